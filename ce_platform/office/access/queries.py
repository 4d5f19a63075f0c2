"""What the desk of access looks for, in a number of queries that does not grow with the rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import F, Q, QuerySet
from django.http import QueryDict

from ce_platform.accounts.models import User
from ce_platform.core.codes import plain
from ce_platform.core.text import clean, fold
from courses.models import (
    AccessCode,
    AccessCodeUse,
    Course,
    CourseInvitation,
    CourseVersion,
    long_texts,
)

MOST_PEOPLE: Final = 200
TONES: Final = {
    AccessCode.State.USABLE: "good",
    AccessCode.State.USED_UP: "",
    AccessCode.State.EXPIRED: "wait",
    AccessCode.State.CANCELED: "bad",
}
INVITATION_TONES: Final = {
    CourseInvitation.State.WAITING: "wait",
    CourseInvitation.State.ACCEPTED: "good",
    CourseInvitation.State.EXPIRED: "",
    CourseInvitation.State.WITHDRAWN: "",
}


@dataclass(frozen=True)
class Wanted:
    """What stands above the list of codes; whatever was typed, there is an answer."""

    words: str = ""
    course: str = ""
    state: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> "Wanted":
        return cls(
            words=" ".join(clean(query.get("q", "")).split())[:254],
            course=query.get("course", "")[:80],
            state=query.get("state", "")[:20],
        )

    @property
    def is_any(self) -> bool:
        return bool(self.words or self.course or self.state)


def codes(wanted: Wanted, *, today: date) -> QuerySet[AccessCode]:
    found = AccessCode.objects.select_related("course__on_sale_version").defer(
        *long_texts("course__on_sale_version")
    )
    if wanted.course:
        found = found.filter(course__slug=wanted.course)
    if wanted.words:
        found = found.filter(_has_words(wanted.words))
    is_past = Q(expires_on__isnull=False, expires_on__lt=today)
    match wanted.state:
        case AccessCode.State.USABLE:
            found = found.filter(~is_past, canceled_at=None, use_count__lt=F("use_limit"))
        case AccessCode.State.USED_UP:
            found = found.filter(~is_past, canceled_at=None, use_count__gte=F("use_limit"))
        case AccessCode.State.EXPIRED:
            found = found.filter(is_past, canceled_at=None)
        case AccessCode.State.CANCELED:
            found = found.filter(canceled_at__isnull=False)
    return found


def _has_words(words: str) -> Q:
    """How the code begins; a word of its note or buyer; who used it."""
    condition = Q(search_text__contains=fold(words))
    if plain(words):
        condition |= Q(key__startswith=plain(words))
    people = people_named(words)
    if people:
        condition |= Q(pk__in=AccessCodeUse.objects.filter(user__in=people).values("code_id"))
    return condition


def people_named(words: str) -> list[int]:
    """By the beginning of an address, or a part of a name; a person's addresses are few."""
    by = Q(email__startswith=words.lower())
    if "@" not in words:
        by |= Q(name_on_certificates__icontains=words)
    return list(User.objects.filter(by).order_by("pk").values_list("pk", flat=True)[:MOST_PEOPLE])


@dataclass(frozen=True)
class CodeRow:
    code: AccessCode
    title: str
    state: AccessCode.State
    tone: str
    users: list[User]
    """The first three who used it."""


def code_rows(found: Iterable[AccessCode], *, today: date) -> list[CodeRow]:
    listed = list(found)
    users: dict[int, list[User]] = {code.pk: [] for code in listed}
    # A code of a school has thousands of uses: the few of small codes are named, no more.
    small = [code.pk for code in listed if 0 < code.use_count <= 3]
    for use in AccessCodeUse.objects.filter(code__in=small).select_related("user").order_by("pk"):
        users[use.code_id].append(use.user)
    rows = []
    for code in listed:
        state = code.state_on(today)
        rows.append(CodeRow(code, title_on_sale(code.course), state, TONES[state], users[code.pk]))
    return rows


def title_on_sale(course: Course) -> str:
    version = course.on_sale_version
    return version.title if version else course.slug


def course_choices() -> list[tuple[str, str]]:
    """(slug, title) of all courses, by title; of one that is not on sale its newest version."""
    titles: dict[str, str] = {}
    versions = CourseVersion.objects.order_by("edition", "revision").values_list(
        "course__slug", "title", "pk", "course__on_sale_version"
    )
    on_sale: set[str] = set()
    for slug, title, pk, sold in versions:
        if slug in on_sale:
            continue
        titles[slug] = title
        if pk == sold:
            on_sale.add(slug)
    return sorted(titles.items(), key=lambda pair: fold(pair[1]))


def invitations(wanted: Wanted, *, today: date) -> QuerySet[CourseInvitation]:
    found = CourseInvitation.objects.select_related("course__on_sale_version", "accepted_by").defer(
        *long_texts("course__on_sale_version")
    )
    if wanted.course:
        found = found.filter(course__slug=wanted.course)
    if wanted.words:
        found = found.filter(
            Q(email__contains=wanted.words.lower()) | Q(accepted_by__in=people_named(wanted.words))
        )
    is_past = Q(expires_on__isnull=False, expires_on__lt=today)
    match wanted.state:
        case CourseInvitation.State.WAITING:
            found = found.filter(~is_past, accepted_at=None, withdrawn_at=None)
        case CourseInvitation.State.ACCEPTED:
            found = found.filter(accepted_at__isnull=False)
        case CourseInvitation.State.EXPIRED:
            found = found.filter(is_past, accepted_at=None, withdrawn_at=None)
        case CourseInvitation.State.WITHDRAWN:
            found = found.filter(withdrawn_at__isnull=False)
    return found
