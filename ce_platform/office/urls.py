"""The office's daily work across all apps: people, staff, moving in and out."""

from django.urls import URLPattern

from ce_platform.office.access import urls as access
from ce_platform.office.asking import urls as asking
from ce_platform.office.closing import urls as closing
from ce_platform.office.first_run import urls as first_run
from ce_platform.office.merging import urls as merging
from ce_platform.office.moving_in import urls as moving_in
from ce_platform.office.moving_out import urls as moving_out
from ce_platform.office.numbers import urls as numbers
from ce_platform.office.own_data import urls as own_data
from ce_platform.office.people import urls as people
from ce_platform.office.policies import urls as policies
from ce_platform.office.purging import urls as purging
from ce_platform.office.staff import urls as staff

app_name = "office"
urlpatterns: list[URLPattern] = [
    *closing.urlpatterns,
    *merging.urlpatterns,
    *purging.urlpatterns,
    *own_data.urlpatterns,
    *asking.urlpatterns,
    *policies.urlpatterns,
    *moving_in.urlpatterns,
    *access.urlpatterns,
    *first_run.urlpatterns,
    *staff.urlpatterns,
    *moving_out.urlpatterns,
    *numbers.urlpatterns,
    *people.urlpatterns,
]
