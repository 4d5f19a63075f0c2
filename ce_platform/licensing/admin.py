"""For operators, to look. The office changes these things on its own pages, with an audit row."""

from django.contrib import admin

from ce_platform.core.admin import ReadOnlyAdmin
from ce_platform.licensing.models import (
    BodyRule,
    LicensingBody,
    ProviderNumber,
    Signatory,
    Submission,
    SubmissionEvent,
)


@admin.register(LicensingBody)
class LicensingBodyAdmin(ReadOnlyAdmin):
    list_display = ("code", "name", "kind", "approval_model", "is_pending_hidden")
    list_filter = ("kind", "approval_model")
    search_fields = ("code", "name", "jurisdiction")


@admin.register(BodyRule)
class BodyRuleAdmin(ReadOnlyAdmin):
    list_display = ("body", "valid_from", "confidence", "checked_at", "checked_by_label")
    list_filter = ("confidence",)
    list_select_related = ("body",)


@admin.register(Submission)
class SubmissionAdmin(ReadOnlyAdmin):
    list_display = ("course", "edition", "body", "status", "number", "valid_to")
    list_filter = ("status",)
    list_select_related = ("course", "body")


@admin.register(SubmissionEvent)
class SubmissionEventAdmin(ReadOnlyAdmin):
    list_display = ("at", "submission", "from_status", "to_status", "by_label")
    list_select_related = ("submission",)


@admin.register(ProviderNumber)
class ProviderNumberAdmin(ReadOnlyAdmin):
    list_display = ("body", "number", "valid_from", "valid_to")
    list_select_related = ("body",)


@admin.register(Signatory)
class SignatoryAdmin(ReadOnlyAdmin):
    list_display = ("name", "title", "position", "is_active")
