"""The office's daily work across all apps: people, staff, moving in and out."""

from django.urls import URLPattern

from ce_platform.office.people import urls as people

app_name = "office"
urlpatterns: list[URLPattern] = [
    *people.urlpatterns,
]
