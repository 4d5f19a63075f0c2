"""The page “What each role may do” says what the permission table says."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.office.staff import areas
from ce_platform.office.staff.permissions import TABLE, line


def test_every_row_belongs_to_an_area_and_every_area_has_rows() -> None:
    assert [row.name for row in TABLE if areas.area_of(row) is None] == []
    assert [str(row.area.title) for row in areas.shown() if not row.addresses] == []
    assert sum(len(row.addresses) for row in areas.shown()) == len(TABLE)


def test_every_address_is_shown_as_it_is_typed() -> None:
    paths = [address.path for row in areas.shown() for address in row.addresses]

    assert [path for path in paths if not path.startswith("/")] == []
    assert "/office/staff/<uuid:uid>/" in paths


@pytest.mark.parametrize(
    ("statuses", "cell"),
    [
        (("200", "302"), areas.EVERYTHING),
        (("200", "403"), areas.LOOKING),
        (("404", "302"), areas.IN_PART),
        (("login", "405"), areas.NOTHING),
    ],
)
def test_cell_says_what_a_role_may(statuses: tuple[str, str], cell: areas.Cell) -> None:
    lines = [
        line("a", f"login login login login {status}", method)
        for status, method in zip(statuses, ("GET", "POST"), strict=True)
    ]

    assert areas.cell_of(lines, "registrar") == cell
    assert areas.cell_of(lines, "anonymous") == areas.NOTHING


@pytest.mark.django_db
def test_page_is_shown(registrar: User, client_of: Callable[[User], Client]) -> None:
    page = client_of(registrar).get(reverse("office:staff-permissions")).content.decode()

    assert page.count('<details class="disclosure"') == len(areas.AREAS)
    assert "/office/mail/&lt;uuid:uid&gt;/resend/" in page
