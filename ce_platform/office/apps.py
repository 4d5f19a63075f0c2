from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "ce_platform.office"
    label = "office"
    verbose_name = "Office"

    def ready(self) -> None:
        # Models are loaded only now.
        from ce_platform.office.people import setup as people

        people.register()
