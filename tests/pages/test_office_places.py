"""The bar of the office, and the page that lists everything it works from."""

import pytest
from django.urls import reverse

from ce_platform.office.staff.permissions import REGISTRAR, TABLE
from ce_platform.pages.office_places import GROUPS, bar

# The desk itself, the page that lists, and the one for those who build pages.
NOT_LISTED = {"pages:office", "pages:office-index", "pages:components"}


def test_every_first_page_of_the_office_is_listed() -> None:
    """`/office/something/`: what stands deeper is reached from there."""
    simple = [line for line in TABLE if line.method == "GET" and not line.key]
    first = {
        line.name
        for line in simple
        if line.statuses == REGISTRAR
        and reverse(line.name).startswith("/office/")
        and reverse(line.name).count("/") == 3
        and not line.name.endswith("-file")
    }
    assert first - NOT_LISTED <= {place.url for group in GROUPS for place in group.places}


@pytest.mark.parametrize(
    ("here", "marked"),
    [
        ("pages:office", {"pages:office": "page"}),
        (
            "certificates:office-certificate-detail",
            {"certificates:office-certificate-list": "true"},
        ),
        ("pages:mail-list", {"pages:mail-list": "page"}),
        ("licensing:office-signatory-edit", {"pages:office-index": "true"}),
        ("courses:studio-instructors", {"pages:office-index": "true"}),
        ("courses:course-detail", {}),
    ],
)
def test_the_bar_marks_where_one_is(here: str, marked: dict[str, str]) -> None:
    assert {link.url: link.state for link in bar(here) if link.state} == marked
