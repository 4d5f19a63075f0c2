"""What the pages of packs show, in a number of queries that does not grow with the rows."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q

from ce_platform.accounts.models import User
from ce_platform.core import codes, jobs, made_files
from ce_platform.core.models import AuditPack
from ce_platform.pages.audit_pack.numbers import Found
from ce_platform.pages.audit_pack.packs import look_up_of
from ce_platform.pages.audit_pack.scope import scope_of
from certificates.models import Certificate
from courses.models import CourseVersion

MOST_PEOPLE: Final = 20
MOST_COURSES: Final = 50
EVENT_WORDS: Final = {
    "audit-pack.asked": "Asked for",
    "audit-pack.made": "Made",
    "audit-pack.downloaded": "Downloaded",
    "audit-pack.deleted": "File deleted",
}


def state_of(pack: AuditPack) -> jobs.State:
    """The pack comes with its job."""
    if pack.job is None:
        return jobs.State("Not asked for yet", "wait")
    return made_files.state_of(pack, pack.job)


def people_found(words: str) -> list[tuple[str, str, int, str]]:
    """Learners with certificates, by a name, an e-mail or a certificate number: (uid, what is
    shown, id, name). Two queries."""
    if not words:
        return []
    serial = codes.normalize(words)
    if serial:
        wanted = Q(Exists(Certificate.objects.filter(user=OuterRef("pk"), serial=serial)))
    elif "@" in words:
        wanted = Q(email__startswith=words.lower())
    else:
        printed_so = Certificate.objects.filter(user=OuterRef("pk"), holder_name__icontains=words)
        wanted = Q(name_on_certificates__icontains=words) | Q(Exists(printed_so))
    people = list(
        User.objects.filter(wanted)
        .annotate(count=Count("certificates"))
        .filter(count__gt=0)
        .order_by("pk")[:MOST_PEOPLE]
    )
    # Closing an account blanks the name there; the certificate keeps it.
    printed = {
        row["user"]: row["holder_name"]
        for row in Certificate.objects.filter(user__in=people)
        .order_by("pk")
        .values("user", "holder_name")
    }
    return [
        (
            str(user.uid),
            f"{printed[user.pk]}, {user.email}, {_certificates(user.count)}",
            user.pk,
            printed[user.pk],
        )
        for user in people
    ]


def _certificates(count: int) -> str:
    return f"{count} certificate{'' if count == 1 else 's'}"


def editions() -> dict[str, tuple[int, int, str]]:
    """Every edition that was ever published, retired ones too, by title: "slug:2" → (course id,
    edition, what is shown)."""
    found: dict[str, tuple[int, int, str]] = {}
    for slug, course, edition, title in (
        CourseVersion.objects.filter(published_at__isnull=False)
        .order_by("title", "course_id", "-edition", "-revision")
        .values_list("course__slug", "course_id", "edition", "title")
    ):
        found.setdefault(f"{slug}:{edition}", (course, edition, f"{title}, edition {edition}"))
    return found


@dataclass(frozen=True)
class Preview:
    """What a pack would hold if it were asked for now."""

    certificate_count: int
    person_count: int
    courses: Sequence[Mapping[str, Any]]
    clear: Sequence[Found] = ()
    several: Sequence[Found] = ()
    not_found: Sequence[str] = ()


def preview_of(pack: AuditPack) -> Preview:
    """Of a list: the numbers that lead to one person are counted, those of several wait for a
    choice."""
    scope = scope_of(pack)
    found: list[Found] = []
    if pack.way == AuditPack.Way.LICENSES:
        found = look_up_of(pack)
        people = {each.holders[0].user.pk for each in found if each.is_clear}
        scope = replace(scope, parameters=scope.parameters | {"people": sorted(people)})
    certificates = scope.certificates().order_by()
    counts = certificates.aggregate(certificates=Count("pk"), people=Count("user", distinct=True))
    return Preview(
        certificate_count=counts["certificates"],
        person_count=counts["people"],
        courses=list(
            certificates.values("course_title", "course_edition")
            .annotate(count=Count("pk"))
            .order_by("-count", "course_title")[:MOST_COURSES]
        ),
        clear=[each for each in found if each.is_clear],
        several=[each for each in found if len(each.holders) > 1],
        not_found=[each.number for each in found if not each.holders],
    )


def events_of(pack: AuditPack) -> list[dict[str, Any]]:
    """What happened to the pack, the earliest first."""
    return made_files.events_of("audit-pack", pack.uid, EVENT_WORDS)


def left_out_of(pack: AuditPack) -> dict[str, list[str]]:
    """Of a list that was asked for: numbers that lead to nobody, or to several people."""
    parameters = json.loads(pack.parameters)
    return {
        "not_found": parameters.get("not_found", []),
        "undecided": parameters.get("undecided", []),
    }
