"""What belongs to no single app below: each module of models stands with its feature."""

from ce_platform.office.moving_out.models import Archive
from ce_platform.office.numbers.models import Counting, NumberCount

__all__ = ["Archive", "Counting", "NumberCount"]
