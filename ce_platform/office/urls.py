"""The office's daily work across all apps: people, staff, moving in and out."""

from django.urls import URLPattern

from ce_platform.office.asking import urls as asking
from ce_platform.office.policies import urls as policies

app_name = "office"
urlpatterns: list[URLPattern] = [
    *asking.urlpatterns,
    *policies.urlpatterns,
]
