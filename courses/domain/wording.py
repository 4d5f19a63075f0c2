"""Sentences of a draft that promise too much: found, mended, or left with a reason.

What counts is in `courses.wording`; here are the texts of a course, in the order in which a
learner meets them, and the reasons of those who read a finding and judged it wrong.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.core import audit
from ce_platform.core.text import clean
from courses.domain.errors import WordingRefused
from courses.domain.using import Place, lesson_url
from courses.models import Course, CourseVersion, Lesson, WordingDismissal
from courses.parts import Item, parts
from courses.wording import (
    PATTERNS,
    Finding,
    check_markdown,
    check_statement,
    check_title,
    examines_a_claim,
)

LONGEST_REASON: Final = 1_000
MOST_TOLD: Final = 20


@dataclass(frozen=True)
class Found:
    """A finding with the place it stands in, and the reason for which it stays."""

    finding: Finding
    place: Place
    dismissal: WordingDismissal | None = None

    @property
    def where(self) -> str:
        """“Lesson title, line 3”."""
        if self.finding.line is None:
            return self.place.title
        return f"{self.place.title}, line {self.finding.line + 1}"


@dataclass(frozen=True)
class Gathered:
    """A sentence with all that was found in it."""

    found: tuple[Found, ...]

    @property
    def place(self) -> Place:
        return self.found[0].place

    @property
    def where(self) -> str:
        return self.found[0].where

    @property
    def sentence(self) -> str:
        return self.found[0].finding.sentence


def by_sentence(found: Iterable[Found]) -> list[Gathered]:
    """In the order of the first finding of each sentence."""
    groups: dict[tuple[str, Place], list[Found]] = {}
    for each in found:
        groups.setdefault((each.finding.fingerprint, each.place), []).append(each)
    return [Gathered(tuple(group)) for group in groups.values()]


def wording_of(version: CourseVersion) -> list[Found]:
    """Every finding of a draft, unsafe instructions first, a repeated one once in each place. A
    constant number of queries."""
    reasons = {
        (row.pattern, row.fingerprint): row
        for row in WordingDismissal.objects.filter(
            course=version.course_id, withdrawn_at__isnull=True
        )
    }
    found: dict[tuple[str, str, Place], Found] = {}
    for place, finding in _findings(version):
        key = (finding.pattern.id, finding.fingerprint)
        reason = None if finding.pattern.is_blocking else reasons.get(key)
        found.setdefault((*key, place), Found(finding, place, reason))
    return sorted(found.values(), key=lambda each: not each.finding.pattern.is_blocking)


def missing_of_wording(found: Iterable[Found]) -> list[Item]:
    """What stops publishing, and advice; what has a reason to stay is neither."""
    items = [
        Item(
            "unsafe-instruction" if each.finding.pattern.is_blocking else "asserted-words",
            f"{each.where}: “{each.finding.sentence}” {each.finding.pattern.why} Write instead: "
            f"{each.finding.pattern.instead}.",
            each.place.url,
            is_blocking=each.finding.pattern.is_blocking,
        )
        for each in found
        if each.dismissal is None
    ]
    advice = [item for item in items if not item.is_blocking]
    blocking = [item for item in items if item.is_blocking]
    return blocking + advice[:MOST_TOLD]


def _findings(version: CourseVersion) -> Iterator[tuple[Place, Finding]]:
    slug = version.course.slug
    lessons = list(Lesson.objects.filter(version=version).only("key", "title", "body", "position"))
    examined = {lesson.pk: examines_a_claim(lesson.body) for lesson in lessons}
    is_examined = any(examined.values())
    page = Place("The course page", reverse("courses:studio-course-page", args=[slug]))
    yield from _in(page, check_title(version.title, is_examined=is_examined))
    yield from _in(page, check_title(version.subtitle, is_examined=is_examined))
    for text in (version.summary, version.audience, version.prerequisites):
        yield from _in(page, check_statement(text, is_markdown=False))
    yield from _in(page, check_markdown(version.description))
    for author in version.authors.all():
        yield from _in(page, check_statement(author.biography, is_markdown=False))
    place = Place("Learning objectives", reverse("courses:studio-objectives", args=[slug]))
    for objective in version.objectives.all():
        yield from _in(place, check_statement(objective.text))
    for module in version.modules.all():
        url = reverse("courses:studio-module", args=[slug, module.key])
        place = Place(f"The module “{module.title}”", url)
        yield from _in(place, check_title(module.title, is_examined=is_examined))
        yield from _in(place, check_statement(module.summary, is_markdown=False))
    for lesson in lessons:
        place = Place(lesson.title, lesson_url(slug, lesson))
        yield from _in(place, check_title(lesson.title, is_examined=examined[lesson.pk]))
        yield from _in(place, check_markdown(lesson.body))
    yield from _beside_lessons(version, slug)
    for part in parts():
        for told in part.statements(version):
            title = f"{told.line.title}: {told.line.detail}".removesuffix(": ")
            findings = check_statement(
                told.text,
                is_question=told.is_question,
                is_wrong=told.is_wrong,
                verdict=told.verdict,
            )
            yield from _in(Place(title, told.line.url), findings)


def _beside_lessons(version: CourseVersion, slug: str) -> Iterator[tuple[Place, Finding]]:
    """Pictures, recordings, charts and the glossary."""
    for figure in version.figures.order_by("slug").only(
        "version_id", "key", "slug", "alt", "caption"
    ):
        url = reverse("courses:studio-picture", args=[slug, figure.key])
        place = Place(f"The picture “{figure.slug}”", url)
        yield from _in(place, check_statement(figure.alt, is_markdown=False))
        yield from _in(place, check_statement(figure.caption))
    for recording in version.recordings.order_by("slug").only(
        "version_id", "key", "title", "transcript"
    ):
        url = reverse("courses:studio-recording", args=[slug, recording.key])
        place = Place(f"The recording “{recording.title}”", url)
        yield from _in(place, check_markdown(recording.transcript))
    for chart in version.charts.order_by("slug").prefetch_related("points"):
        url = reverse("courses:studio-chart", args=[slug, chart.key])
        place = Place(f"The chart “{chart.title}”", url)
        yield from _in(place, check_statement(chart.description, is_markdown=False))
        for point in chart.points.all():
            for text in (point.place, point.note):
                yield from _in(place, check_statement(text, is_markdown=False))
    place = Place("The glossary", reverse("courses:studio-glossary", args=[slug]))
    for term in version.glossary.order_by("slug"):
        yield from _in(place, check_statement(term.definition, is_markdown=False))


def _in(place: Place, findings: Iterable[Finding]) -> Iterator[tuple[Place, Finding]]:
    for finding in findings:
        yield place, finding


# ---------------------------------------------------------------- reasons


@transaction.atomic
def dismiss_wording(
    version: CourseVersion,
    *,
    pattern: str,
    fingerprint: str,
    reason: str,
    by: User,
    now: datetime,
) -> WordingDismissal:
    """Let a sentence stand, with the reason of who judged it. The first reason stays; giving
    another needs taking it back. Unsafe instructions stand for no reason.

    Errors: WordingRefused.
    """
    Course.objects.select_for_update(of=("self",)).get(pk=version.course_id)
    reason = clean(reason)
    if not reason:
        raise WordingRefused("Say why the sentence may stand.")
    if len(reason) > LONGEST_REASON:
        raise WordingRefused(f"A reason has at most {LONGEST_REASON:,} letters.")
    if pattern in {each.id for each in PATTERNS if each.is_blocking}:
        raise WordingRefused("An unsafe instruction cannot stay. Rewrite it, or leave it out.")
    found = next(
        (
            each
            for each in wording_of(version)
            if (each.finding.pattern.id, each.finding.fingerprint) == (pattern, fingerprint)
        ),
        None,
    )
    if found is None:
        raise WordingRefused("That sentence is not there any more.")
    if found.dismissal is not None:
        return found.dismissal
    try:
        with transaction.atomic():
            row = WordingDismissal.objects.create(
                course_id=version.course_id,
                pattern=pattern,
                fingerprint=fingerprint,
                sentence=found.finding.sentence,
                reason=reason,
                at=now,
                by=by,
                by_name=by.get_full_name(),
            )
    except IntegrityError:  # On a database without row locks somebody else was first.
        return WordingDismissal.objects.get(
            course=version.course_id,
            pattern=pattern,
            fingerprint=fingerprint,
            withdrawn_at__isnull=True,
        )
    _recorded("wording.dismissed", row, version, by=by, now=now)
    return row


@transaction.atomic
def take_back_dismissal(version: CourseVersion, pk: int, *, by: User, now: datetime) -> None:
    """The finding counts again; the reason is kept with who took it back. Twice is once.

    Errors: WordingRefused.
    """
    row = (
        WordingDismissal.objects.select_for_update(of=("self",))
        .filter(course=version.course_id, pk=pk)
        .first()
    )
    if row is None:
        raise WordingRefused("That reason is not there.")
    if row.withdrawn_at is None:
        row.withdrawn_at, row.withdrawn_by_id = now, by.pk
        row.save(update_fields=["withdrawn_at", "withdrawn_by_id"])
        _recorded("wording.dismissal-taken-back", row, version, by=by, now=now)


def _recorded(
    action: str, row: WordingDismissal, version: CourseVersion, *, by: User, now: datetime
) -> None:
    audit.record(
        action,
        subject_type="version",
        subject_id=version.pk,
        by=by,
        now=now,
        label=version.label,
        pattern=row.pattern,
        sentence=row.sentence,
        reason=row.reason,
    )
