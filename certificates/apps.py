from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    name = "certificates"
    label = "certificates"
    verbose_name = "Certificates"

    def ready(self) -> None:
        # Models are loaded only now.
        from ce_platform.core import sweep, verification
        from ce_platform.licensing.packet import samples
        from certificates.domain.documents import sweep_documents
        from certificates.domain.eligibility import CertificatesPart
        from certificates.domain.verification import (
            check_completions,
            check_documents,
            check_records,
        )
        from certificates.packet_sample import specimen_of
        from certificates.refusals import REFUSALS
        from courses import parts

        parts.register(CertificatesPart())
        samples.register(specimen_of)
        sweep.register("certificates.documents", sweep_documents)
        verification.register("certificates", check_records)
        verification.register("certificate documents", check_documents)
        verification.register("completions", check_completions)
        verification.register_triggers(*REFUSALS)
