"""What belongs to no single app below: each module of models stands with its feature."""

from ce_platform.office.moving_in.models import ColumnName, ImportLine, ImportRun, Redirect

__all__ = ["ColumnName", "ImportLine", "ImportRun", "Redirect"]
