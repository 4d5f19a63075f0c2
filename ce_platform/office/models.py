"""What belongs to no single app below: each module of models stands with its feature."""

from ce_platform.office.first_run.models import FirstRun

__all__ = ["FirstRun"]
