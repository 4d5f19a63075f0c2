from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    name = "certificates"
    label = "certificates"
    verbose_name = "Certificates"

    def ready(self) -> None:
        # Models are loaded only now.
        from ce_platform.accounts import shares
        from ce_platform.core import jobs, mail_kinds, staff_digest, sweep, verification
        from ce_platform.licensing import license_notes
        from ce_platform.licensing.packet import samples
        from ce_platform.licensing.planner import sources
        from certificates import checks as checks  # registers itself
        from certificates.bulk import bundles, making
        from certificates.credits import credits_of_certificates
        from certificates.domain.documents import sweep_documents, sweep_unfinished
        from certificates.domain.eligibility import CertificatesPart
        from certificates.domain.imported import check_imported
        from certificates.domain.verification import (
            check_completions,
            check_documents,
            check_records,
        )
        from certificates.group import issuing
        from certificates.mail_kinds import KINDS
        from certificates.packet_sample import specimen_of
        from certificates.refusals import (
            CHOICE_REFUSALS,
            CORRECTION_REFUSALS,
            ENDING_REFUSALS,
            IMPORTED_REFUSALS,
            PURGE_REFUSALS,
            REFUSALS,
            REPORT_REFUSALS,
            SIGNING_REFUSALS,
            TRANSCRIPT_REFUSALS,
        )
        from certificates.reports.domain.export import sweep_batches
        from certificates.reports.domain.lines import sweep_due, sweep_lines
        from certificates.reports.words import notes_of_licenses
        from certificates.share import SHARE
        from certificates.transcript.asking import KIND
        from certificates.transcript.making import make_in_background
        from certificates.transcript.verification import check_transcripts
        from certificates.waiting import corrections_waiting, reports_waiting
        from courses import parts

        jobs.register(making.KIND, making.make_in_background)
        parts.register(CertificatesPart())
        jobs.register(issuing.KIND, issuing.issue_in_background)
        sweep.register("certificates.group-lists", issuing.sweep_lists)
        samples.register(specimen_of)
        sources.register("certificates", credits_of_certificates)
        sweep.register("certificates.bundles", bundles.sweep_bundles)
        sweep.register("certificates.documents", sweep_documents)
        sweep.register("certificates.unfinished-documents", sweep_unfinished)
        sweep.register("certificates.report-lines", sweep_lines)
        sweep.register("certificates.report-days", sweep_due)
        sweep.register("certificates.report-batches", sweep_batches)
        mail_kinds.register(*KINDS)
        staff_digest.register("reports", reports_waiting)
        staff_digest.register("corrections", corrections_waiting)
        license_notes.register(notes_of_licenses)
        verification.register("certificates", check_records)
        verification.register("certificate documents", check_documents)
        verification.register("completions", check_completions)
        verification.register("imported records", check_imported)
        jobs.register(KIND, make_in_background)
        verification.register("transcripts", check_transcripts)
        verification.register_triggers(
            *REFUSALS,
            *REPORT_REFUSALS,
            *SIGNING_REFUSALS,
            *CORRECTION_REFUSALS,
            *TRANSCRIPT_REFUSALS,
            *CHOICE_REFUSALS,
            *ENDING_REFUSALS,
            *IMPORTED_REFUSALS,
            *PURGE_REFUSALS,
        )
        shares.register(SHARE)
