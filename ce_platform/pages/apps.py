from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "ce_platform.pages"
    label = "pages"
    verbose_name = "Pages"

    def ready(self) -> None:
        # Models are loaded only now.
        from ce_platform.core import jobs, mail_kinds, staff_digest, sweep
        from ce_platform.pages.audit_pack import making, packs
        from ce_platform.pages.mail_kinds import KINDS
        from ce_platform.pages.staff_mail import mail_waiting, sweep_staff_digest

        jobs.register(packs.KIND, making.make_in_background)
        sweep.register("pages.audit-packs", packs.sweep_packs)
        sweep.register("pages.staff-digest", sweep_staff_digest)
        mail_kinds.register(*KINDS)
        staff_digest.register("mail", mail_waiting)
