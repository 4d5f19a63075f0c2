from django.apps import AppConfig


class LicensingConfig(AppConfig):
    name = "ce_platform.licensing"
    label = "licensing"
    verbose_name = "Licensing"

    def ready(self) -> None:
        # Models are loaded only now.
        from ce_platform.core import verification
        from ce_platform.licensing.parts import LicensingPart
        from ce_platform.licensing.refusals import CONSENT_REFUSALS, REFUSALS
        from courses import parts

        parts.register(LicensingPart())
        verification.register_triggers(*REFUSALS, *CONSENT_REFUSALS)
