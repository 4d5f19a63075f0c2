"""Inviting an address to a course."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.urls import reverse

from ce_platform.accounts.inviting import invite
from ce_platform.accounts.making import account_for
from ce_platform.accounts.models import User
from ce_platform.core import audit
from ce_platform.core.mail import write_mail
from ce_platform.core.text import clean
from courses.domain.access_errors import AccessRefused
from courses.domain.entering import provider_day
from courses.models import Course, CourseInvitation, Enrollment

MOST_AT_ONCE: Final = 500


@dataclass
class Invited:
    made: list[CourseInvitation] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    """Addresses that are invited, or in the course, already."""


def read_addresses(text: str) -> list[str]:
    """One a line, or between commas and spaces; each once. Errors: AccessRefused, naming what is
    no address."""
    found: dict[str, None] = {}
    wrong = []
    for each in clean(text).replace(",", " ").replace(";", " ").split():
        address = each.strip("<>").lower()
        try:
            validate_email(address)
        except ValidationError:
            wrong.append(each[:60])
        else:
            found[address] = None
    if wrong:
        raise AccessRefused(f"No address: {', '.join(wrong[:10])}.")
    if not found:
        raise AccessRefused("Write at least one address.")
    if len(found) > MOST_AT_ONCE:
        raise AccessRefused(f"At most {MOST_AT_ONCE} people are invited at once.")
    return list(found)


def invite_all(
    course: Course,
    *,
    emails: Iterable[str],
    expires_on: date | None = None,
    note: str = "",
    by: User,
    now: datetime,
) -> Invited:
    """Each in a transaction of its own: sent twice, those who are invited are left alone."""
    result = Invited()
    for email in emails:
        invitation = invite_to(
            course, email=email, expires_on=expires_on, note=note, by=by, now=now
        )
        if invitation is None:
            result.known.append(email)
        else:
            result.made.append(invitation)
    return result


@transaction.atomic
def invite_to(
    course: Course,
    *,
    email: str,
    expires_on: date | None = None,
    note: str = "",
    by: User,
    now: datetime,
) -> CourseInvitation | None:
    """None for somebody who is in the course, or whose invitation waits. Errors: AccessRefused."""
    email = email.strip().lower()
    today = provider_day(now)
    if expires_on is not None and expires_on < today:
        raise AccessRefused("The last day lies in the past.")
    if Enrollment.objects.filter(
        course=course, user__email=email, status=Enrollment.Status.OPEN
    ).exists():
        return None
    open_ones = CourseInvitation.objects.filter(
        course=course, email=email, accepted_at=None, withdrawn_at=None
    )
    if open_ones.exclude(expires_on__lt=today).exists():
        return None
    # One that has expired makes room.
    open_ones.update(withdrawn_at=now, withdrawn_by_id=by.pk)
    try:
        with transaction.atomic():
            invitation = CourseInvitation.objects.create(
                course=course,
                email=email,
                expires_on=expires_on,
                note=" ".join(clean(note).split())[:300],
                created_at=now,
                created_by_id=by.pk,
            )
    except IntegrityError:  # Somebody else of the office, at this very moment.
        return None
    audit.record(
        "invitation.made",
        subject_type="course-invitation",
        subject_id=invitation.uid,
        by=by,
        now=now,
        course=course.slug,
    )
    _tell(invitation, by=by, now=now)
    return invitation


@transaction.atomic
def tell_again(invitation: CourseInvitation, *, by: User, now: datetime) -> None:
    """The message once more; twice in a minute is once. Errors: AccessRefused."""
    if invitation.state_on(provider_day(now)) != CourseInvitation.State.WAITING:
        raise AccessRefused("This invitation does not wait any more.")
    _tell(invitation, by=by, now=now)


@transaction.atomic
def withdraw_invitation(invitation: CourseInvitation, *, by: User, now: datetime) -> None:
    """Errors: AccessRefused for one that was accepted: then there is an enrollment."""
    is_withdrawn = CourseInvitation.objects.filter(
        pk=invitation.pk, accepted_at=None, withdrawn_at=None
    ).update(withdrawn_at=now, withdrawn_by_id=by.pk)
    if is_withdrawn:
        audit.record(
            "invitation.withdrawn",
            subject_type="course-invitation",
            subject_id=invitation.uid,
            by=by,
            now=now,
        )
        return
    invitation.refresh_from_db()
    if invitation.accepted_at is not None:
        raise AccessRefused("They have accepted it and are in the course.")


def is_for(invitation: CourseInvitation, user: User) -> bool:
    """Only who has proved the address can use it."""
    return EmailAddress.objects.filter(
        user=user, verified=True, email=invitation.email
    ).exists() and bool(invitation.email)


def _tell(invitation: CourseInvitation, *, by: User, now: datetime) -> None:
    """Who never came here gets the invitation to an account, which says of the course; everybody
    else the one to the course."""
    path = reverse("courses:invitation", args=[invitation.uid])
    title = title_of(invitation.course)
    proved = EmailAddress.objects.filter(email=invitation.email, verified=True).first()
    user = proved.user if proved else account_for(invitation.email, name="", by=by, now=now)[0]
    said = f"You are invited to the course “{title}”."
    if invitation.note:
        said += f"\n{invitation.note}"
    if invite(user, by=by, now=now, note=said, next_path=path) is not None:
        return
    write_mail(
        "course_invited",
        to_email=invitation.email,
        to_user_id=user.pk,
        now=now,
        cause=f"course-invited:{invitation.uid.hex}:{now:%Y-%m-%dT%H:%M}",
        person=user,
        course_title=title,
        note=invitation.note,
        expires_on=invitation.expires_on,
        path=path,
    )


def title_of(course: Course) -> str:
    """As new learners see it; of a course that is not on sale its newest version."""
    titles = course.versions.order_by("-edition", "-revision").values_list("pk", "title")
    known = list(titles)
    on_sale = next((title for pk, title in known if pk == course.on_sale_version_id), "")
    return on_sale or (known[0][1] if known else course.slug)
