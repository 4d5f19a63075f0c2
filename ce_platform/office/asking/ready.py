"""What questions to the office tell the apps below, once models are loaded."""

from allauth.account.signals import email_confirmed

from ce_platform.accounts import shares
from ce_platform.core import mail_kinds, staff_digest
from ce_platform.office.asking import parts as asking
from ce_platform.office.asking.mail_kinds import KINDS
from ce_platform.office.people import parts


def ready() -> None:
    parts.register(asking.PART)
    shares.register(asking.SHARE)
    mail_kinds.register(*KINDS)
    staff_digest.register("office-questions", asking.questions_waiting)
    email_confirmed.connect(asking.address_proved)
