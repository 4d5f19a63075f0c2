"""Access codes: making, using, changing, canceling; and how a course is opened.

Locks, always in this order: course, code. Uses of a code are counted in its row, and the database
refuses one too many.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import Count, F
from django.utils import timezone
from django.utils.formats import date_format

from ce_platform.accounts.models import User
from ce_platform.core import audit
from ce_platform.core.codes import SHORT, new_code, plain
from ce_platform.core.text import clean, fold
from courses.domain.access_errors import AccessRefused, CodeNotUsable, NoSuchCode
from courses.domain.counters import Drift
from courses.domain.enrolling import enroll
from courses.domain.entering import is_refunded, provider_day
from courses.domain.locking import locked_course
from courses.models import AccessCode, AccessCodeUse, Course, Enrollment

MOST_AT_ONCE: Final = 1_000
MOST_USES: Final = 100_000
LONGEST_OLD: Final = 60


# ---------------------------------------------------------------- how a course is opened


@transaction.atomic
def set_access(
    course: Course, *, access: str, price_text: str, shop_url: str, by: User, now: datetime
) -> Course:
    """Whoever has an open enrollment keeps it. Errors: AccessRefused."""
    course = locked_course(course.pk)
    price_text, shop_url = _line(price_text), shop_url.strip()
    if access not in Course.Access.values:
        raise AccessRefused("Choose how the course is opened.")
    if shop_url and not shop_url.startswith("https://"):
        raise AccessRefused("The address of the shop begins with https://.")
    before = (course.access, course.price_text, course.shop_url)
    if before == (access, price_text, shop_url):
        return course
    course.access, course.price_text, course.shop_url = access, price_text, shop_url
    course.save(update_fields=["access", "price_text", "shop_url"])
    audit.record(
        "course.access_set",
        subject_type="course",
        subject_id=course.slug,
        by=by,
        now=now,
        access=access,
        price=price_text,
        shop=shop_url,
    )
    return course


# ---------------------------------------------------------------- making


def make_codes_once(sent: UUID, course: Course, *, by: User, **options: Any) -> list[AccessCode]:
    """The same for a form that carries an id: sent twice, it makes its codes once. The first of
    them has that id, so the database refuses a second time at the same moment. Errors:
    AccessRefused."""
    known = _made_by(sent)
    if known:
        return known
    try:
        with transaction.atomic():
            return make_codes(course, by=by, first_uid=sent, **options)
    except IntegrityError:
        known = _made_by(sent)
        if not known:
            raise
        return known


def _made_by(sent: UUID) -> list[AccessCode]:
    first = AccessCode.objects.filter(uid=sent).select_related("course").first()
    if first is None:
        return []
    return list(codes_of_batch(first.batch)) if first.batch else [first]


@transaction.atomic
def make_codes(
    course: Course,
    *,
    count: int = 1,
    use_limit: int = 1,
    expires_on: date | None = None,
    note: str = "",
    by: User | None,
    now: datetime,
    origin: str = AccessCode.Origin.OFFICE,
    buyer: str = "",
    first_uid: UUID | None = None,
) -> list[AccessCode]:
    """So many fresh codes. `by` None: a shop; `buyer` is found by the search. Errors:
    AccessRefused."""
    if not 1 <= count <= MOST_AT_ONCE:
        raise AccessRefused(f"From 1 to {MOST_AT_ONCE:,} codes are made at once.")
    _check_limit(use_limit)
    note = _line(note)
    batch = uuid4() if count > 1 else None
    # Two equal ones among 36 thousand billions: the database refuses, and nothing is made.
    codes = AccessCode.objects.bulk_create(
        AccessCode(
            uid=first_uid if first_uid and place == 0 else uuid4(),
            code=code,
            key=code,
            course=course,
            origin=origin,
            batch=batch,
            use_limit=use_limit,
            expires_on=expires_on,
            note=note,
            search_text=fold(f"{note} {buyer}"),
            created_at=now,
            created_by_id=by.pk if by else None,
        )
        for place, code in enumerate(new_code(SHORT) for _ in range(count))
    )
    audit.record(
        "access_code.made",
        subject_type="access-batch" if batch else "access-code",
        subject_id=batch or codes[0].uid,
        by=by,
        now=now,
        course=course.slug,
        count=count,
        use_limit=use_limit,
        expires_on=expires_on.isoformat() if expires_on else "",
    )
    return codes


@transaction.atomic
def keep_old_code(
    text: str,
    *,
    course: Course,
    use_limit: int = 1,
    used_before: int = 0,
    expires_on: date | None = None,
    note: str = "",
    by: User,
    now: datetime,
) -> AccessCode:
    """A code that was given out by an old system goes on working, as it is printed there.

    `used_before`: how many of its uses that system has seen; they are spent here too. Keeping it
    again returns it. Errors: AccessRefused, also for one that another course has.
    """
    text, note = _line(text), _line(note)
    key = plain(text)
    if not key or len(text) > LONGEST_OLD:
        raise AccessRefused(f"A code has letters or figures, at most {LONGEST_OLD}.")
    _check_limit(use_limit)
    if not 0 <= used_before <= use_limit:
        raise AccessRefused(f"It was used {used_before} times, and may be used {use_limit} times.")
    code, is_new = AccessCode.objects.get_or_create(
        key=key,
        defaults={
            "code": text,
            "course": course,
            "origin": AccessCode.Origin.OLD,
            "use_limit": use_limit,
            "use_count": used_before,
            "used_before": used_before,
            "expires_on": expires_on,
            "note": note,
            "search_text": fold(note),
            "created_at": now,
            "created_by_id": by.pk,
        },
    )
    if code.course_id != course.pk:
        raise AccessRefused(f"There is a code {text} already, for another course.")
    if is_new:
        audit.record(
            "access_code.kept",
            subject_type="access-code",
            subject_id=code.uid,
            by=by,
            now=now,
            course=course.slug,
        )
    return code


@transaction.atomic
def forget_old_code(code: AccessCode, *, reason: str, by: User, now: datetime) -> bool:
    """Undo `keep_old_code`. One that let somebody in here is canceled, for its use is a record; it
    says whether the row is gone. Errors: AccessRefused."""
    code = _locked(code)
    if code.uses.exists():
        cancel_code(code, reason=reason, by=by, now=now)
        return False
    _note("access_code.forgotten", code, by=by, now=now)
    code.delete()
    return True


# ---------------------------------------------------------------- using


def find_code(typed: str) -> AccessCode | None:
    """Whatever its case, its dashes and spaces, with O for 0 and I or L for 1."""
    key = plain(clean(typed))
    if not key or len(key) > LONGEST_OLD:
        return None
    return (
        AccessCode.objects.filter(key=key)
        .select_related("course__on_sale_version")
        .defer(
            "course__on_sale_version__canonical_text",
            "course__on_sale_version__search_text",
            "course__on_sale_version__description",
            "course__on_sale_version__description_html",
        )
        .first()
    )


@dataclass(frozen=True)
class Redeemed:
    enrollment: Enrollment
    is_used: bool
    """False: the person was in the course, or had used this code; it lost no use."""


@transaction.atomic
def redeem(code: AccessCode, *, by: User, now: datetime) -> Redeemed:
    """Start the course with a code. Doing it twice uses the code once.

    Who is in the course already keeps the code for another time. Errors: CodeNotUsable,
    NotOnSale.
    """
    course = locked_course(code.course_id)
    own = Enrollment.objects.filter(user=by, course=course, status=Enrollment.Status.OPEN).first()
    if own is not None:
        return Redeemed(own, is_used=False)
    used = (
        AccessCodeUse.objects.filter(code=code, user=by)
        .select_related("enrollment__course")
        .first()
    )
    if used is not None and (said := _why_not_again(used)):
        raise CodeNotUsable(said)
    if used is not None:  # They left, and come back as from the course page.
        return Redeemed(enroll(by, course, now=now), is_used=False)
    code = AccessCode.objects.select_for_update(of=("self",)).get(pk=code.pk)
    said = why_not(code, today=provider_day(now))
    if said:
        raise CodeNotUsable(said)
    enrollment = enroll(by, course, now=now, has_code=True)
    AccessCodeUse.objects.create(code=code, user=by, enrollment=enrollment, used_at=now)
    AccessCode.objects.filter(pk=code.pk).update(use_count=F("use_count") + 1)
    audit.record(
        "access_code.used",
        subject_type="access-code",
        subject_id=code.uid,
        by=by,
        now=now,
        enrollment=enrollment.uid.hex,
    )
    return Redeemed(enrollment, is_used=True)


def why_not_for(user: User, code: AccessCode, *, today: date) -> str:
    """The same for who may have used it themselves; empty also for who comes back by it."""
    used = (
        AccessCodeUse.objects.filter(code=code, user=user)
        .select_related("enrollment__course")
        .first()
    )
    if used is None:
        return why_not(code, today=today)
    if used.enrollment.status == Enrollment.Status.OPEN:
        return "You have used this code yourself: you are in the course."
    return _why_not_again(used)


def _why_not_again(used: AccessCodeUse) -> str:
    enrollment = used.enrollment
    if enrollment.status == Enrollment.Status.COMPLETED:
        return (
            "You have used this code and completed the course. To take it again, you need "
            "another code."
        )
    if enrollment.course.access != Course.Access.OPEN and is_refunded(enrollment):
        return (
            "You have used this code, and the money was paid back. To take the course, you need "
            "another code."
        )
    return ""


def why_not(code: AccessCode, *, today: date) -> str:
    """For whoever holds the code; empty when it can be used."""
    match code.state_on(today):
        case AccessCode.State.CANCELED:
            day = date_format(timezone.localtime(code.canceled_at), "F j, Y")
            return f"This code was canceled on {day}. Ask the office if you think it should work."
        case AccessCode.State.EXPIRED:
            day = date_format(code.expires_on or today, "F j, Y")
            return f"This code expired: its last day was {day}. The office may extend it."
        case AccessCode.State.USED_UP:
            if code.use_limit == 1:
                return "This code has been used already, and it works once."
            return f"This code has been used by {code.use_limit} people, as many as it was for."
    return ""


def usable_or_refuse(typed: str) -> AccessCode:
    """Errors: NoSuchCode."""
    code = find_code(typed)
    if code is None:
        raise NoSuchCode
    return code


# ---------------------------------------------------------------- the office


@transaction.atomic
def cancel_code(
    code: AccessCode, *, reason: str, by: User | None, now: datetime, is_refund: bool = False
) -> AccessCode:
    """Nobody starts with it any more; who did stays in. Canceling it again changes nothing, but
    that a refund is noted. Errors: AccessRefused."""
    reason = _line(reason)
    if not reason:
        raise AccessRefused("Write why: the reason is kept.")
    code = _locked(code)
    if code.canceled_at is not None and (code.is_refunded or not is_refund):
        return code
    if code.canceled_at is None:
        code.canceled_at, code.canceled_by_id = now, by.pk if by else None
        code.cancel_reason = reason
    code.is_refunded = is_refund
    code.save(update_fields=["canceled_at", "canceled_by_id", "cancel_reason", "is_refunded"])
    _note("access_code.canceled", code, by=by, now=now, is_refund=is_refund)
    return code


@transaction.atomic
def restore_code(code: AccessCode, *, by: User, now: datetime) -> AccessCode:
    """Undo the canceling. What was paid back stays so: see courses.domain.refunding."""
    code = _locked(code)
    if code.canceled_at is None:
        return code
    code.canceled_at = code.canceled_by_id = None
    code.cancel_reason, code.is_refunded = "", False
    code.save(update_fields=["canceled_at", "canceled_by_id", "cancel_reason", "is_refunded"])
    _note("access_code.restored", code, by=by, now=now)
    return code


@transaction.atomic
def change_code(
    code: AccessCode,
    *,
    use_limit: int,
    expires_on: date | None,
    note: str,
    by: User,
    now: datetime,
) -> AccessCode:
    """Extend it, or shorten it to what was used. Errors: AccessRefused."""
    _check_limit(use_limit)
    code = _locked(code)
    note = _line(note)
    if use_limit < code.use_count:
        raise AccessRefused(f"It has been used {code.use_count} times already.")
    if (code.use_limit, code.expires_on, code.note) == (use_limit, expires_on, note):
        return code
    code.search_text = fold(f"{note} {_buyer(code)}")
    code.use_limit, code.expires_on, code.note = use_limit, expires_on, note
    code.save(update_fields=["use_limit", "expires_on", "note", "search_text"])
    _note(
        "access_code.changed",
        code,
        by=by,
        now=now,
        use_limit=use_limit,
        expires_on=expires_on.isoformat() if expires_on else "",
    )
    return code


def recount_uses(fix: bool) -> Iterable[Drift]:
    """For courses.domain.counters: the uses in the rows of codes, counted again."""
    wrong = AccessCode.objects.annotate(counted=Count("uses") + F("used_before")).exclude(
        use_count=F("counted")
    )
    for code in wrong.order_by("pk"):
        yield Drift(f"access code {code.pk}", "use_count", code.use_count, code.counted)
        if fix:
            with transaction.atomic():
                locked = _locked(code)
                locked.use_count = locked.used_before + locked.uses.count()
                locked.use_limit = max(locked.use_limit, locked.use_count)
                locked.save(update_fields=["use_count", "use_limit"])


def codes_of_batch(batch: UUID) -> Sequence[AccessCode]:
    return list(
        AccessCode.objects.filter(batch=batch)
        .select_related("course")
        .order_by("pk")[:MOST_AT_ONCE]
    )


def _locked(code: AccessCode) -> AccessCode:
    return (
        AccessCode.objects.select_for_update(of=("self",)).select_related("course").get(pk=code.pk)
    )


def _buyer(code: AccessCode) -> str:
    sale = getattr(code, "shop_sale", None)
    return f"{sale.buyer_name} {sale.buyer_email}" if sale else ""


def _note(
    action: str, code: AccessCode, *, by: User | None, now: datetime, **detail: object
) -> None:
    # What people typed stays in the row, where it can be taken out; the log is for ever.
    audit.record(action, subject_type="access-code", subject_id=code.uid, by=by, now=now, **detail)


def _check_limit(use_limit: int) -> None:
    if not 1 <= use_limit <= MOST_USES:
        raise AccessRefused(f"A code is used from 1 to {MOST_USES:,} times.")


def _line(text: str) -> str:
    return " ".join(clean(text).split())[:300]
