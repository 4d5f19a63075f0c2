"""What a draft says about itself: the course page, the hours it claims, its authors."""

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.text import slugify

from ce_platform.accounts.instructors import profile_of
from ce_platform.accounts.models import User
from ce_platform.accounts.rules import INSTRUCTOR
from ce_platform.core.text import canonical_json, clean, sha256_text
from courses.domain.drafting import changed, locked_draft, record_change
from courses.domain.errors import DescriptionRefused, PageMoved
from courses.domain.publishing import published_in_edition
from courses.markdown import context_for, render
from courses.models import CourseAuthor, CourseVersion, CreditHours, LiveSession, Subject

MOST_SUBJECTS: Final = 20
MOST_CATEGORIES: Final = 20
MOST_AUTHORS: Final = 50
MOST_HOURS: Final = 100
NOTHING: Final = Decimal("0.0")
PAGE_TEXTS: Final = (
    "title",
    "subtitle",
    "language",
    "delivery",
    "summary",
    "description",
    "audience",
    "prerequisites",
    "cost_text",
    "buy_url",
    "difficulty",
    "difficulty_reason",
)
Credits = Sequence[tuple[str, Decimal]]


# ---------------------------------------------------------------- the course page


@transaction.atomic
def save_course_page(
    version: CourseVersion,
    *,
    title: str,
    subtitle: str,
    language: str,
    subjects: Sequence[str],
    summary: str,
    description: str,
    audience: str,
    prerequisites: str,
    cost_text: str,
    buy_url: str,
    difficulty: int,
    difficulty_reason: str,
    by: User,
    now: datetime,
    delivery: str = "",
    based_on: str = "",
) -> CourseVersion:
    """What the catalogue and the course page say. Subjects are named; a new name makes a new one.

    `difficulty` is the Mergener level, 1 to 5. `based_on`: the `page_state` that was in front of
    the writer, so that nobody overwrites what they have not seen; empty: it does not matter.
    `delivery`: home study, live webinar or live class; empty: as it is.
    Errors: NotADraft, DescriptionRefused, PageMoved.
    """
    version = locked_draft(version)
    before = page_state(version)
    if based_on and based_on != before:
        raise PageMoved
    buy_url = buy_url.strip()
    told = {
        "title": _line(title),
        "subtitle": _line(subtitle),
        "language": language,
        "delivery": delivery or version.delivery,
        "summary": clean(summary),
        "description": clean(description),
        "audience": clean(audience),
        "prerequisites": clean(prerequisites),
        "cost_text": _line(cost_text),
        "buy_url": buy_url,
        "difficulty": difficulty,
        "difficulty_reason": clean(difficulty_reason),
    }
    if not told["title"]:
        raise DescriptionRefused("Give the course a title.")
    if buy_url and not buy_url.startswith("https://"):
        raise DescriptionRefused("The address to buy access at begins with https://.")
    if not 1 <= difficulty <= 5:
        raise DescriptionRefused("The difficulty is a whole number from 1 to 5.")
    _check_delivery(version, str(told["delivery"]))
    for name, value in told.items():
        setattr(version, name, value)
    version.description_html = describe(version, version.description)
    version.save(update_fields=[*told, "description_html"])
    version.subjects.set([_subject(name) for name in _names(subjects)])
    if page_state(version) != before:
        record_change("course-page.saved", version, by=by, now=now)
        changed(version)
    return version


def _check_delivery(version: CourseVersion, delivery: str) -> None:
    if delivery == version.delivery:
        return
    if delivery not in CourseVersion.Delivery.values:
        raise DescriptionRefused("Choose how the course is delivered.")
    earlier = published_in_edition(version)
    if earlier is not None and earlier.delivery != delivery:
        raise DescriptionRefused(
            f"This draft corrects typing mistakes of {earlier.label}, so it keeps its delivery. "
            "To deliver the course otherwise, make it a new edition."
        )
    if delivery not in CourseVersion.LIVE and _has_sessions(version):
        raise DescriptionRefused("The course has sessions. Cancel them before it is home study.")


def _has_sessions(version: CourseVersion) -> bool:
    return (
        LiveSession.objects.filter(course=version.course_id, edition=version.edition)
        .exclude(status=LiveSession.Status.CANCELLED)
        .exists()
    )


def page_state(version: CourseVersion) -> str:
    """Stands for everything the form of the course page holds: another state, another text."""
    return sha256_text(
        canonical_json(
            [
                *(getattr(version, name) for name in PAGE_TEXTS),
                sorted(version.subjects.values_list("name", flat=True)),
                [[row.category, str(row.credit_hours)] for row in version.credits.all()],
            ]
        )
    )[:16]


def describe(version: CourseVersion, text: str) -> str:
    """The description as the course page shows it."""
    return render(text, version_context=context_for(version).without_list(), prefix="description")


def _names(subjects: Sequence[str]) -> list[str]:
    names = list(dict.fromkeys(filter(None, (_line(name)[:80] for name in subjects))))
    if len(names) > MOST_SUBJECTS:
        raise DescriptionRefused(f"A course has at most {MOST_SUBJECTS} subjects.")
    return names


def _subject(name: str) -> Subject:
    """One of this name, however it is spelled large or small; else a new one."""
    known = Subject.objects.filter(name__iexact=name).first()
    if known is not None:
        return known
    slug = slugify(name)[:50].strip("-") or "other"
    number = 1
    free = slug
    while Subject.objects.filter(slug=free).exists():
        number += 1
        free = f"{slug[:44]}-{number}"
    return Subject.objects.create(slug=free, name=name)


# ---------------------------------------------------------------- the hours


@transaction.atomic
def save_credits(
    version: CourseVersion, rows: Credits, *, by: User, now: datetime
) -> CourseVersion:
    """The CE hours that are claimed, by category, in whole or half hours; the headline hours are
    their sum. A draft may claim more than the formula allows: its page says so, and it cannot be
    published. Errors: NotADraft, DescriptionRefused.
    """
    version = locked_draft(version)
    told = [(_line(category), hours) for category, hours in rows]
    _check_credits(version, told)
    before = [(row.category, row.credit_hours) for row in version.credits.all()]
    total = sum((hours for _, hours in told), NOTHING)
    if told == before and total == version.credit_hours:
        return version
    version.credits.all().delete()
    CreditHours.objects.bulk_create(
        CreditHours(version=version, position=place, category=category, credit_hours=hours)
        for place, (category, hours) in enumerate(told, start=1)
    )
    version.credit_hours = total
    version.save(update_fields=["credit_hours"])
    record_change("hours.claimed", version, by=by, now=now, hours=str(total))
    return version


def _check_credits(version: CourseVersion, rows: Credits) -> None:
    if len(rows) > MOST_CATEGORIES:
        raise DescriptionRefused(f"There are at most {MOST_CATEGORIES} categories.")
    names = set()
    for category, hours in rows:
        if not category:
            raise DescriptionRefused("Name the category of these hours.")
        if not hours.is_finite() or hours <= 0 or hours > MOST_HOURS or hours * 2 % 1:
            raise DescriptionRefused("Hours come in whole or half hours, above 0.")
        if category.casefold() in names:
            raise DescriptionRefused(f"The category “{category}” stands twice.")
        names.add(category.casefold())
    earlier = published_in_edition(version)
    total = sum((hours for _, hours in rows), Decimal(0))
    if earlier is not None and earlier.credit_hours != total:
        raise DescriptionRefused(
            f"This draft corrects typing mistakes of {earlier.label}, so it keeps its "
            f"{earlier.credit_hours} hours. To claim others, make it a new edition."
        )


# ---------------------------------------------------------------- authors


def accounts_of(emails: Collection[str]) -> dict[str, User]:
    """The instructors' accounts that have these e-mails; anything else ties nobody.

    Not other people's: a course must not be put on somebody unasked, nor may it tell who has an
    account here.
    """
    wanted = {email.lower() for email in emails if email}
    if not wanted:
        return {}
    instructors = User.objects.filter(email__in=wanted, groups__name=INSTRUCTOR)
    return {user.email.lower(): user for user in instructors}


@transaction.atomic
def add_author(
    version: CourseVersion,
    *,
    name: str,
    credentials: str,
    biography: str,
    email: str,
    by: User,
    now: datetime,
) -> CourseAuthor:
    """One more author, last in the order. Errors: NotADraft, DescriptionRefused."""
    version = locked_draft(version)
    count = version.authors.count()
    if count >= MOST_AUTHORS:
        raise DescriptionRefused(f"A course has at most {MOST_AUTHORS} authors.")
    author = CourseAuthor(version=version, position=count + 1)
    _write_author(author, name=name, credentials=credentials, biography=biography, email=email)
    record_change("author.added", version, by=by, now=now, name=author.name)
    changed(version)
    return author


@transaction.atomic
def save_author(
    version: CourseVersion,
    key: UUID,
    *,
    name: str,
    credentials: str,
    biography: str,
    email: str,
    by: User,
    now: datetime,
) -> CourseAuthor:
    """What the course page says of an author. Errors: NotADraft, DescriptionRefused."""
    version = locked_draft(version)
    author = _author(version, key)
    _write_author(author, name=name, credentials=credentials, biography=biography, email=email)
    record_change("author.changed", version, by=by, now=now, name=author.name)
    changed(version)
    return author


@transaction.atomic
def move_author(
    version: CourseVersion, key: UUID, *, place: int, by: User, now: datetime
) -> CourseAuthor:
    """Put an author at `place` (from 1). Errors: NotADraft, DescriptionRefused."""
    version = locked_draft(version)
    author = _author(version, key)
    authors = [each for each in version.authors.all() if each.pk != author.pk]
    authors.insert(max(0, place - 1), author)
    for number, each in enumerate(authors, start=1):
        each.position = number
    CourseAuthor.objects.bulk_update(authors, ["position"])
    record_change("author.moved", version, by=by, now=now, name=author.name, place=place)
    return author


@transaction.atomic
def remove_author(version: CourseVersion, key: UUID, *, by: User, now: datetime) -> str:
    """Take an author off the draft; gives the name. Errors: NotADraft, DescriptionRefused."""
    version = locked_draft(version)
    author = _author(version, key)
    author.delete()
    for number, each in enumerate(version.authors.all(), start=1):
        CourseAuthor.objects.filter(pk=each.pk).update(position=number)
    record_change("author.removed", version, by=by, now=now, name=author.name)
    changed(version)
    return author.name


def _write_author(
    author: CourseAuthor, *, name: str, credentials: str, biography: str, email: str
) -> None:
    author.name = _line(name)
    if not author.name:
        raise DescriptionRefused("Give the author a name.")
    author.credentials = _line(credentials)
    author.biography = clean(biography)
    author.user = accounts_of([email.strip()]).get(email.strip().lower())
    if author.user is not None and not author.credentials:
        author.credentials = profile_of(author.user).credentials
    author.save()


def _author(version: CourseVersion, key: UUID) -> CourseAuthor:
    author = CourseAuthor.objects.filter(version=version, key=key).first()
    if author is None:
        raise DescriptionRefused("That author is not there any more.")
    return author


def _line(text: str) -> str:
    return " ".join(clean(text).split())
