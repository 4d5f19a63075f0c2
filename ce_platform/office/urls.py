"""The office's daily work across all apps: people, staff, moving in and out."""

from django.urls import URLPattern

from ce_platform.office.moving_in import urls as moving_in

app_name = "office"
urlpatterns: list[URLPattern] = [
    *moving_in.urlpatterns,
]
