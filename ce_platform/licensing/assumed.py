"""Licenses that an author assumes to see a course as their holder does. No row is written."""

from collections.abc import Sequence
from typing import Final

from django.http import QueryDict

from ce_platform.accounts.models import User
from ce_platform.licensing.models import License, LicensingBody
from ce_platform.licensing.queries import body_choices, license_bodies
from courses.parts import Assumption

PARAMETER: Final = "license"
# Few therapists hold more, and a certificate has room for no more on its first line.
MOST: Final = 5
# Stands where a number would: nobody can take it for one.
NUMBER: Final = "(number)"


def license_assumption(query: QueryDict) -> Assumption:
    """What may be chosen and what is; one query."""
    bodies = license_bodies()
    chosen = _chosen(query, bodies)
    return Assumption(
        name=PARAMETER,
        label="License",
        choices=body_choices(body for body in bodies if body not in chosen)
        if len(chosen) < MOST
        else [],
        chosen=[(body.code, body.place) for body in chosen],
        nothing="no license",
    )


def assumed_licenses(query: QueryDict, *, user: User) -> list[License]:
    """Unsaved licenses of this person, in alphabetical order; at most one query."""
    if not query.getlist(PARAMETER):
        return []
    return [
        License(user=user, body=body, number=NUMBER) for body in _chosen(query, license_bodies())
    ]


def _chosen(query: QueryDict, bodies: Sequence[LicensingBody]) -> list[LicensingBody]:
    codes = set(query.getlist(PARAMETER))
    return [body for body in bodies if body.code in codes][:MOST]
