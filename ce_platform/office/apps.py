from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "ce_platform.office"
    label = "office"
    verbose_name = "Office"

    def ready(self) -> None:
        # Models are loaded only now. Each feature says in its `ready.py` what it registers.
        from ce_platform.office.access import ready as access

        for feature in (access,):
            feature.ready()
