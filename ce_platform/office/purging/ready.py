"""What purging tells the apps below, once models are loaded."""

from ce_platform.core import jobs
from ce_platform.office.purging import background


def ready() -> None:
    jobs.register(background.KIND, background.purge_in_background)
