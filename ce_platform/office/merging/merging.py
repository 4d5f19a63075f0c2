"""Two accounts of one person become one: everything moves to the account that stays.

Records of law keep every printed word; what moves is whose they are, which is printed nowhere. The
database lets it move only while the row of this merging is open, which is within this transaction
(decision 0042).
"""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from ce_platform.accounts.models import InstructorProfile, User
from ce_platform.accounts.shares import shares
from ce_platform.core import audit
from ce_platform.core.erasing import without
from ce_platform.core.errors import DomainError
from ce_platform.core.mail import write_mail
from ce_platform.core.models import AccountEnding
from ce_platform.core.text import clean
from ce_platform.licensing.models import ExternalCredit, License
from ce_platform.office.closing.closing import (
    LONGEST_REASON,
    ReasonMissing,
    names_and_addresses,
)
from ce_platform.office.merging.courses_twice import (
    Twice,
    courses_twice,
    let_one_go_on,
    unchosen,
)
from certificates.models import Certificate, Transcript
from courses.models import Course, CourseMember, Enrollment
from courses.parts import Item


class CannotMerge(DomainError):
    def __init__(self, items: Sequence[Item]) -> None:
        super().__init__(" ".join(item.sentence for item in items))
        self.items = items


@dataclass(frozen=True)
class Line:
    """One kind of thing, how many of it each account has, and what becomes of it."""

    name: str
    of_old: int
    of_into: int
    note: str = ""


def account_named(words: str) -> User | None:
    """By an address, proved or the one to sign in with, or by the id in the address of its page."""
    words = words.strip().lower()
    try:
        return User.objects.filter(uid=UUID(words)).first()
    except ValueError:
        pass
    known = EmailAddress.objects.filter(email__iexact=words, verified=True).select_related("user")
    found = known.first()
    return found.user if found else User.objects.filter(email__iexact=words).first()


def in_the_way(old: User, into: User, twice: Sequence[Twice]) -> list[Item]:
    """Why these two cannot be merged, as they are; empty: they can. `twice`: their courses."""
    if old.pk == into.pk:
        return [Item("same", "This is the same account.")]
    return (
        whatever_the_other(old)
        + whatever_the_other(into)
        + [item for each in twice for item in each.in_the_way]
    )


def whatever_the_other(user: User) -> list[Item]:
    """Why this account is merged with none; empty: it can be."""
    if user.closed_at is not None or not user.is_active:
        return [Item("closed", f"{user.email} is closed or cannot sign in.")]
    if _works_here(user):
        return [
            Item(
                "staff",
                f"{user.email} works here. Roles and courses have to be taken from the account "
                "first, so that nobody gets them by a merge.",
            )
        ]
    return []


def _works_here(user: User) -> bool:
    return (
        user.is_staff
        or user.is_superuser
        or user.groups.exists()
        or InstructorProfile.objects.filter(user=user).exists()
        or Course.objects.filter(owner=user).exists()
        or CourseMember.objects.filter(user=user).exists()
    )


def preview(old: User, into: User) -> list[Line]:
    """A constant number of queries, whatever the accounts hold."""
    both = Q(user__in=[old, into])
    statuses = Counter(Enrollment.objects.filter(both).order_by().values_list("user_id", "status"))
    licenses = License.objects.filter(both, removed_at__isnull=True)
    cards: dict[int, set[tuple[int, str]]] = {old.pk: set(), into.pk: set()}
    for owner, body, number in licenses.values_list("user_id", "body_id", "number"):
        cards[owner].add((body, number))
    twice = len(cards[old.pk] & cards[into.pk])

    def line(name: str, count: Callable[[User], int], note: str = "") -> Line:
        return Line(name, count(old), count(into), note)

    return [
        line("Completed courses", lambda user: statuses[(user.pk, "completed")]),
        line("Courses under way", lambda user: statuses[(user.pk, "open")]),
        line(
            "Certificates",
            lambda user: Certificate.objects.filter(user=user).count(),
            "They keep their numbers and what is printed on them.",
        ),
        line("Transcripts", lambda user: Transcript.objects.filter(user=user).count()),
        line(
            "Licenses",
            lambda user: len(cards[user.pk]),
            f"{twice} in both; it stays once." if twice else "",
        ),
        line(
            "Hours noted from elsewhere",
            lambda user: ExternalCredit.objects.filter(user=user, removed_at__isnull=True).count(),
            "Look for courses noted twice afterwards.",
        ),
    ]


@transaction.atomic
def merge_accounts(
    old: User,
    into: User,
    *,
    reason: str,
    by: User,
    now: datetime,
    going_on: Collection[UUID] = (),
) -> AccountEnding:
    """Everything of `old` moves to `into`, and `old` is closed. The same once more changes nothing.

    `going_on`: of each course that is under way in both, the enrollment that goes on; the other is
    withdrawn. Errors: ReasonMissing, CannotMerge.
    """
    reason = clean(reason)[:LONGEST_REASON]
    if not reason:
        raise ReasonMissing
    old, into, held = _locked(old, into)
    known = AccountEnding.objects.filter(user_id=old.pk, into_id=into.pk).first()
    if known is not None:
        return known
    if by.pk in (old.pk, into.pk):
        raise CannotMerge([Item("own", "Somebody else has to merge your own account.")])
    twice = courses_twice(old, into, now=now)
    if items := in_the_way(old, into, twice) or unchosen(twice, going_on):
        raise CannotMerge(items)
    # Enrolling waits for the person, so one may have been begun after those were held.
    if any(row.enrollment.pk not in held for each in twice for row in (each.ends, each.stays)):
        raise CannotMerge([Item("begun", "A course was begun just now. Look at both again.")])
    old_email, into_email = old.email, into.email
    # The row of an ending is never rewritten, not even when the account that stays is closed.
    reason = without(reason, {*names_and_addresses(old), *names_and_addresses(into)})
    ending = AccountEnding.objects.create(
        user_id=old.pk,
        into_id=into.pk,
        began_at=now,
        by_id=by.pk,
        by_label=by.email,
        reason=reason[:LONGEST_REASON],
    )
    let_one_go_on(twice, going_on, by=by, now=now)
    for share in reversed(list(shares())):
        share.move(old, into, now=now)
    ending.finished_at = now
    ending.save(update_fields=["finished_at"])
    for user, part in ((old, "gone"), (into, "stays")):
        audit.record(
            "account.merged",
            subject_type="user",
            subject_id=user.uid,
            by=by,
            now=now,
            part=part,
            old=str(old.uid),
            into=str(into.uid),
            reason=reason,
        )
    for address in (old_email, into_email):
        write_mail(
            "account_merged",
            to_email=address,
            to_user_id=into.pk,
            now=now,
            person=into,
            old_email=old_email,
            email=into.email,
            page=reverse("account_login"),
        )
    return ending


def _locked(old: User, into: User) -> tuple[User, User, set[int]]:
    """Both, and the ids of their enrollments, all held until the end of the transaction."""
    # Enrollments first: whoever takes a last step holds one and then refers to the person.
    held = set(
        Enrollment.objects.select_for_update(of=("self",))
        .filter(user__in=[old, into])
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    # In one order, whichever of the two is to stay: of A into B and B into A at once one waits.
    both = User.objects.select_for_update().filter(pk__in=[old.pk, into.pk]).order_by("pk")
    locked = {user.pk: user for user in both}
    return locked[old.pk], locked[into.pk], held
