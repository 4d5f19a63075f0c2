"""The admin is for operators; records are shown, never changed, there."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from ce_platform.core.models import (
    AuditEvent,
    AuditPack,
    BackgroundJob,
    BouncedAddress,
    OutgoingMail,
    StoredFile,
)


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    """Nothing can be added, changed or deleted here."""

    # COUNT over large tables is what makes admin pages slow.
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    list_display = ("at", "action", "subject_type", "subject_id", "actor_label")
    search_fields = ("subject_id", "actor_label", "action")


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "status", "to_email", "subject", "tries")
    list_filter = ("status",)
    exclude = ("body",)


@admin.register(BouncedAddress)
class BouncedAddressAdmin(ReadOnlyAdmin):
    list_display = ("email", "reason", "bounced_at")


@admin.register(StoredFile)
class StoredFileAdmin(ReadOnlyAdmin):
    list_display = ("sha256", "area", "content_type", "size_bytes", "created_at")


@admin.register(BackgroundJob)
class BackgroundJobAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "kind", "status", "done_count", "total_count")


@admin.register(AuditPack)
class AuditPackAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "title", "created_by_label", "made_at", "deleted_at")
    exclude = ("parameters",)
