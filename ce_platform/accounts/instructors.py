"""What an instructor says of themselves, the licenses they teach under, and the office's check.

Florida, Texas and others may ask a provider for the instructor's CV and licenses as they were when
a course was given; `courses.domain.instructing` keeps them with every published version.
"""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from ce_platform.accounts.models import InstructorLicense, InstructorProfile, User
from ce_platform.accounts.states import STATES
from ce_platform.core import audit
from ce_platform.core.errors import DomainError
from ce_platform.core.models import StoredFile
from ce_platform.core.text import clean

MOST_LICENSES: Final = 30
LONGEST_CV: Final = 20_000


class ProfileRefused(DomainError):
    """Something of a profile or a license cannot be kept as it was written."""


def profile_of(user: User) -> InstructorProfile:
    """The kept profile, or an empty one that is not saved yet."""
    return InstructorProfile.objects.select_related("cv").filter(
        user=user
    ).first() or InstructorProfile(user=user, display_name=user.name_on_certificates)


@transaction.atomic
def save_profile(
    user: User,
    *,
    display_name: str,
    credentials: str,
    biography: str,
    cv_text: str,
    cv: StoredFile | None = None,
    without_cv_file: bool = False,
    by: User,
    now: datetime,
) -> InstructorProfile:
    """Write the own profile. `cv`: a file to keep from now on; None leaves what is there.

    What a published course says of its authors does not change. Errors: ProfileRefused.
    """
    profile = _locked(user)
    profile.display_name = _line(display_name)
    if not profile.display_name:
        raise ProfileRefused("Write your name.")
    profile.credentials = _line(credentials)
    profile.biography = clean(biography)
    profile.cv_text = clean(cv_text)[:LONGEST_CV]
    if cv is not None:
        profile.cv = cv
    elif without_cv_file:
        profile.cv = None
    profile.save()
    audit.record(
        "instructor-profile.changed",
        subject_type="user",
        subject_id=user.uid,
        by=by,
        now=now,
        credentials=profile.credentials,
        cv_sha256=profile.cv.sha256 if profile.cv else "",
    )
    return profile


@transaction.atomic
def save_license(
    user: User,
    uid: UUID | None,
    *,
    body_code: str,
    kind: str,
    number: str,
    valid_until: date,
    by: User,
    now: datetime,
) -> InstructorLicense:
    """A license of `user`: a new one without `uid`. What was checked is no longer so once anything
    of it changes. Errors: ProfileRefused.
    """
    profile = _locked(user)
    if uid is None:
        if profile.licenses.count() >= MOST_LICENSES:
            raise ProfileRefused(f"At most {MOST_LICENSES} licenses are kept.")
        row = InstructorLicense(profile=profile)
    else:
        row = _license(profile, uid)
    before = (row.body_code, row.kind, row.number, row.valid_until)
    if body_code not in STATES:
        raise ProfileRefused("Choose the state that issued the license.")
    if kind not in InstructorLicense.Kind.values:
        raise ProfileRefused("Choose what kind of license it is.")
    row.body_code, row.state, row.kind = body_code, STATES[body_code], kind
    row.number, row.valid_until = _line(number), valid_until
    if not row.number:
        raise ProfileRefused("Write the number as it stands on the license.")
    twins = profile.licenses.filter(body_code=body_code, number=row.number)
    if twins.exclude(pk=row.pk).exists():
        raise ProfileRefused(f"The license {row.number} of {row.state} is there already.")
    if uid is not None and before == (row.body_code, row.kind, row.number, row.valid_until):
        return row
    row.checked_at, row.checked_by_id, row.checked_by_name = None, None, ""
    row.save()
    _recorded("instructor-license.saved", row, by=by, now=now)
    return row


@transaction.atomic
def remove_license(user: User, uid: UUID, *, by: User, now: datetime) -> str:
    """Take a license off the own profile; gives what it was called. Errors: ProfileRefused."""
    row = _license(_locked(user), uid)
    _recorded("instructor-license.removed", row, by=by, now=now)
    row.delete()
    return str(row)


@transaction.atomic
def check_license(
    row: InstructorLicense, *, number: str, valid_until: str, by: User, now: datetime
) -> InstructorLicense:
    """The office has found the license in the public register, as `number` and `valid_until` (ISO)
    say: what was on the screen, so that nobody vouches for what was typed in meanwhile.

    Errors: ProfileRefused.
    """
    locked = InstructorLicense.objects.select_for_update(of=("self",)).filter(pk=row.pk).first()
    if locked is None:
        raise ProfileRefused("That license is not there any more.")
    if (locked.number, locked.valid_until.isoformat()) != (number, valid_until):
        raise ProfileRefused(
            "The license was changed meanwhile. Look at it, and check it in the register again."
        )
    locked.checked_at, locked.checked_by_id = now, by.pk
    locked.checked_by_name = by.get_full_name()
    locked.save(update_fields=["checked_at", "checked_by_id", "checked_by_name"])
    _recorded("instructor-license.checked", locked, by=by, now=now)
    return locked


def _locked(user: User) -> InstructorProfile:
    """The profile of `user`, made when there is none, locked for a change."""
    profile, _ = InstructorProfile.objects.select_for_update(of=("self",)).get_or_create(
        user=user, defaults={"display_name": user.name_on_certificates}
    )
    return profile


def _license(profile: InstructorProfile, uid: UUID) -> InstructorLicense:
    row = profile.licenses.filter(uid=uid).first()
    if row is None:
        raise ProfileRefused("That license is not there any more.")
    return row


def _line(text: str) -> str:
    return " ".join(clean(text).split())


def _recorded(action: str, row: InstructorLicense, *, by: User, now: datetime) -> None:
    audit.record(
        action,
        subject_type="instructor-license",
        subject_id=row.uid,
        by=by,
        now=now,
        body=row.body_code,
        kind=row.kind,
        number=row.number,
        valid_until=row.valid_until.isoformat(),
    )
