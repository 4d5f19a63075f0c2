"""The office's daily work across all apps: people, staff, moving in and out."""

from django.urls import URLPattern

from ce_platform.office.access import urls as access

app_name = "office"
urlpatterns: list[URLPattern] = [
    *access.urlpatterns,
]
