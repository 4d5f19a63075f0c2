"""What the first run tells the apps below, once models are loaded."""

from ce_platform.core import jobs, mail_kinds
from ce_platform.office.first_run import background
from ce_platform.office.first_run.mail_kinds import KINDS


def ready() -> None:
    mail_kinds.register(*KINDS)
    jobs.register(background.BODIES, background.load_bodies)
    jobs.register(background.COURSE, background.import_starter)
