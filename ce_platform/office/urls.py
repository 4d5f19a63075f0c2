"""The office's daily work across all apps: people, staff, moving in and out."""

from django.urls import URLPattern

from ce_platform.office.moving_out import urls as moving_out
from ce_platform.office.numbers import urls as numbers

app_name = "office"
urlpatterns: list[URLPattern] = [
    *moving_out.urlpatterns,
    *numbers.urlpatterns,
]
