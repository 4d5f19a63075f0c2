"""Licenses that were lines of text end in the CV, and find the way back."""

from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest

migration: Any = import_module("ce_platform.accounts.migrations.0004_license_lines_into_cv")


class Profiles(list[Any]):
    """As much of a manager as the migration asks for."""

    def exclude(self, *, licenses: str) -> list[Any]:
        return [each for each in self if each.licenses != licenses]

    def all(self) -> list[Any]:
        return list(self)


@pytest.mark.parametrize(
    ("cv_text", "licenses", "joined"),
    [
        ("", "NC 1\nTX 2", "Licenses:\nNC 1\nTX 2"),
        ("2010 School", "NC 1", "2010 School\n\nLicenses:\nNC 1"),
        ("2010 School", "", "2010 School"),
    ],
)
def test_lines_go_into_the_cv_and_back(cv_text: str, licenses: str, joined: str) -> None:
    row = SimpleNamespace(cv_text=cv_text, licenses=licenses, save=lambda **_: None)
    apps = SimpleNamespace(get_model=lambda *_: SimpleNamespace(objects=Profiles([row])))

    migration.into_cv(apps, None)
    assert row.cv_text == joined
    row.licenses = ""
    migration.out_of_cv(apps, None)

    assert (row.cv_text, row.licenses) == (cv_text, licenses)
