from django.apps import AppConfig


class LicensingConfig(AppConfig):
    name = "ce_platform.licensing"
    label = "licensing"
    verbose_name = "Licensing"
