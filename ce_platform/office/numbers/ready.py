"""What the numbers tell the apps below, once models are loaded."""

from ce_platform.core import sweep
from ce_platform.office.numbers.counting import sweep_numbers


def ready() -> None:
    sweep.register("office.numbers", sweep_numbers)
