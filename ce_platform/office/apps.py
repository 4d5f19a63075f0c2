from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "ce_platform.office"
    label = "office"
    verbose_name = "Office"

    def ready(self) -> None:
        # Models are loaded only now.
        from ce_platform.core import jobs, mail_kinds
        from ce_platform.office.first_run import background
        from ce_platform.office.first_run.mail_kinds import KINDS as FIRST_RUN_MAIL
        from ce_platform.office.people import parts
        from ce_platform.office.staff.person import PART as STAFF

        parts.register(STAFF)
        mail_kinds.register(*FIRST_RUN_MAIL)
        jobs.register(background.BODIES, background.load_bodies)
        jobs.register(background.COURSE, background.import_starter)
