"""For operators: records are shown, never changed."""

from django.contrib import admin

from ce_platform.core.admin import ReadOnlyAdmin
from certificates.models import (
    Attestation,
    Certificate,
    CertificateBody,
    CertificateDesign,
    CertificateDocument,
    CorrectionRequest,
    ReportBatch,
    ReportEvent,
    ReportLine,
    SharedPage,
    Transcript,
)


@admin.register(Certificate)
class CertificateAdmin(ReadOnlyAdmin):
    list_display = ("serial", "holder_name", "course_title", "status", "issued_at")
    list_filter = ("status",)
    search_fields = ("=serial", "holder_name", "user__email")


@admin.register(CertificateBody)
class CertificateBodyAdmin(ReadOnlyAdmin):
    list_display = ("certificate", "position", "body_code", "block", "status", "number")
    list_select_related = ("certificate",)


@admin.register(CertificateDocument)
class CertificateDocumentAdmin(ReadOnlyAdmin):
    list_display = ("certificate", "sha256", "renderer", "page_count", "rendered_at")
    list_select_related = ("certificate",)


@admin.register(CertificateDesign)
class CertificateDesignAdmin(ReadOnlyAdmin):
    list_display = ("number", "name", "template", "created_at")


@admin.register(Attestation)
class AttestationAdmin(ReadOnlyAdmin):
    list_display = ("enrollment", "holder_name", "made_at")
    list_select_related = ("enrollment",)


@admin.register(ReportLine)
class ReportLineAdmin(ReadOnlyAdmin):
    list_display = ("root", "state", "license_number", "status", "due_on", "channel")
    list_filter = ("status", "channel")
    list_select_related = ("root",)


@admin.register(ReportBatch)
class ReportBatchAdmin(ReadOnlyAdmin):
    list_display = ("file_name", "channel", "line_count", "made_at", "made_by_label")


@admin.register(ReportEvent)
class ReportEventAdmin(ReadOnlyAdmin):
    list_display = ("at", "line", "from_status", "to_status", "by_label")
    list_select_related = ("line",)


@admin.register(Transcript)
class TranscriptAdmin(ReadOnlyAdmin):
    list_display = ("code", "user", "first_on", "last_on", "asked_at", "made_at")
    list_select_related = ("user",)


@admin.register(SharedPage)
class SharedPageAdmin(ReadOnlyAdmin):
    # The link is not shown: whoever has it can open the page.
    list_display = ("user", "certificate", "switched_on_at", "switched_off_at")
    list_select_related = ("user", "certificate")
    exclude = ("token",)


@admin.register(CorrectionRequest)
class CorrectionRequestAdmin(ReadOnlyAdmin):
    list_display = ("certificate", "holder_name", "status", "asked_at", "decided_at")
    list_filter = ("status",)
    list_select_related = ("certificate",)
