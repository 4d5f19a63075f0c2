from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "ce_platform.office"
    label = "office"
    verbose_name = "Office"

    def ready(self) -> None:
        # Models are loaded only now.
        from allauth.account.signals import email_confirmed

        from ce_platform.accounts import shares
        from ce_platform.core import mail_kinds, staff_digest
        from ce_platform.office.asking import mail_kinds as asking_mail
        from ce_platform.office.asking import parts as asking
        from ce_platform.office.people import parts
        from ce_platform.office.policies import parts as policies

        parts.register(policies.PART)
        shares.register(policies.SHARE)
        parts.register(asking.PART)
        shares.register(asking.SHARE)
        mail_kinds.register(*asking_mail.KINDS)
        staff_digest.register("office-questions", asking.questions_waiting)
        email_confirmed.connect(asking.address_proved)
