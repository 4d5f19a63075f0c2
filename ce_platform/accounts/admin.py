"""Operators give roles here; names and addresses are the person's own to change."""

from typing import Any

import allauth.mfa.admin
import allauth.usersessions.admin  # noqa: F401
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest

from ce_platform.accounts.models import InstructorLicense, InstructorProfile, User

# Secrets and sign-ins of people are nobody's to edit; a lost second step is reset by the office.
admin.site.unregister(Authenticator)
admin.site.unregister(UserSession)


@admin.register(User)
class PersonAdmin(UserAdmin[User]):
    ordering = ("-id",)
    list_display = ("email", "name_on_certificates", "is_active", "is_staff")
    list_filter = ("groups", "is_active", "is_staff")
    search_fields = ("email", "name_on_certificates")
    readonly_fields = ("date_joined", "last_login", "closed_at")
    fieldsets = (
        (None, {"fields": ("email", "name_on_certificates", "phone", "time_zone")}),
        ("Access", {"fields": ("is_active", "groups", "is_staff", "is_superuser")}),
        ("Dates", {"fields": ("last_login", "date_joined", "closed_at")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "password1", "password2")}),)
    filter_horizontal = ("groups",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Records of law point at people; an account is closed, not deleted.
        return False


@admin.register(InstructorProfile)
class InstructorProfileAdmin(admin.ModelAdmin[InstructorProfile]):
    list_display = ("display_name", "credentials", "user")


@admin.register(InstructorLicense)
class InstructorLicenseAdmin(admin.ModelAdmin[InstructorLicense]):
    list_display = ("profile", "state", "kind", "number", "valid_until", "checked_at")
    readonly_fields = ("checked_at", "checked_by_id", "checked_by_name")
