from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "ce_platform.pages"
    label = "pages"
    verbose_name = "Pages"

    def ready(self) -> None:
        # Models are loaded only now.
        from ce_platform.core import jobs, sweep
        from ce_platform.pages.audit_pack import making, packs

        jobs.register(packs.KIND, making.make_in_background)
        sweep.register("pages.audit-packs", packs.sweep_packs)
