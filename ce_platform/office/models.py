"""What belongs to no single app below: each module of models stands with its feature."""

from ce_platform.office.own_data.models import OwnData

__all__ = ["OwnData"]
