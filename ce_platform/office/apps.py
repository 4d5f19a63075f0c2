from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "ce_platform.office"
    label = "office"
    verbose_name = "Office"

    def ready(self) -> None:
        # Models are loaded only now.
        from ce_platform.core import mail_kinds, sweep
        from ce_platform.office.closing.mail_kinds import KINDS as CLOSING_KINDS
        from ce_platform.office.closing.search import sweep_endings

        mail_kinds.register(*CLOSING_KINDS)
        sweep.register("office.endings", sweep_endings)
