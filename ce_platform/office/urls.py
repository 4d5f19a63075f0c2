"""The office's daily work across all apps: people, staff, moving in and out."""

from django.urls import URLPattern

from ce_platform.office.first_run import urls as first_run
from ce_platform.office.staff import urls as staff

app_name = "office"
urlpatterns: list[URLPattern] = [
    *first_run.urlpatterns,
    *staff.urlpatterns,
]
