"""The office's daily work across all apps: people, staff, moving in and out."""

from django.urls import URLPattern

from ce_platform.office.staff import urls as staff

app_name = "office"
urlpatterns: list[URLPattern] = [
    *staff.urlpatterns,
]
