"""The steps of an empty installation to its first course.

A step is done when what it sets up is there, whoever set it up and wherever. Only what somebody
sets aside is kept.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Exists, QuerySet, Subquery
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ce_platform.accounts.models import StaffInvitation, User
from ce_platform.accounts.rules import INSTRUCTOR, REGISTRAR
from ce_platform.accounts.safety.factors import SECOND_STEPS
from ce_platform.core import audit
from ce_platform.core.models import OutgoingMail, Provider
from ce_platform.licensing.models import LicensingBody, Signatory
from ce_platform.office.first_run.models import FirstRun
from certificates.models import Certificate, DesignChoice
from courses.models import Course

Text = str | Promise


@dataclass(frozen=True)
class Kind:
    """What is known of a step beforehand."""

    code: str
    title: Text
    why: Text
    url: Callable[[], str]
    link: Text
    may_be_skipped: bool = True
    is_sent: bool = False
    """Its address starts something, so it is a button and no link."""

    @property
    def link_url(self) -> str:
        return self.url()


@dataclass(frozen=True)
class Step:
    kind: Kind
    is_done: bool
    is_skipped: bool

    @property
    def is_settled(self) -> bool:
        return self.is_done or self.is_skipped


@dataclass(frozen=True)
class Progress:
    steps: list[Step]

    @property
    def settled_count(self) -> int:
        return sum(step.is_settled for step in self.steps)

    @property
    def count(self) -> int:
        return len(self.steps)

    @property
    def is_complete(self) -> bool:
        return self.settled_count == self.count

    @property
    def next(self) -> Step | None:
        return next((step for step in self.steps if not step.is_settled), None)


KINDS: Final = (
    Kind(
        "account",
        _("Your second step"),
        _("You can open records of many people, so a password alone is not enough."),
        lambda: reverse("accounts:security"),
        _("Sign-in and security"),
        may_be_skipped=False,
    ),
    Kind(
        "provider",
        _("Who you are"),
        _("Name, postal address, email and time zone: they stand on every certificate and mail."),
        lambda: reverse("licensing:office-provider") + "#provider",
        _("Name, address, logo"),
        may_be_skipped=False,
    ),
    Kind(
        "mail",
        _("Mail"),
        _("Codes to sign in and certificates go out by mail. A test mail shows that it works."),
        lambda: reverse("office:first-run-mail"),
        _("Send a test mail"),
    ),
    Kind(
        "bodies",
        _("Licensing bodies"),
        _("The boards of the states and the approvers, with their rules and where they stand."),
        lambda: reverse("office:first-run-bodies"),
        _("Load them"),
        is_sent=True,
    ),
    Kind(
        "signatory",
        _("Who signs"),
        _("Name, title and a picture of the signature for certificates."),
        lambda: reverse("licensing:office-signatory-add"),
        _("Add somebody who signs"),
    ),
    Kind(
        "design",
        _("How certificates look"),
        _("There is a design to begin with. Look at it before the first one is issued."),
        lambda: reverse("certificates:office-certificate-design"),
        _("Choose a design"),
    ),
    Kind(
        "staff",
        _("Who works with you"),
        _("Instructors, and a second registrar who can help when you lose your phone."),
        lambda: reverse("office:staff-invite"),
        _("Invite somebody"),
    ),
    Kind(
        "course",
        _("The first course"),
        _("Write your own, bring one as a package, or begin with the starter course."),
        lambda: reverse("office:first-run-course"),
        _("Choose a way"),
    ),
)
CODES: Final = tuple(kind.code for kind in KINDS)


def progress(user: User) -> Progress:
    """Where the first run stands, seen by this registrar; one query."""
    facts = _facts(user)
    skipped = str(facts.get("skipped") or "").split()
    return Progress(
        [
            Step(
                kind=kind,
                is_done=bool(facts.get(kind.code)),
                is_skipped=kind.may_be_skipped and kind.code in skipped,
            )
            for kind in KINDS
        ]
    )


# The desk is opened all day and a site is set up once: a process that has seen it settled does
# not ask again for an hour.
_ASK_AGAIN_SECONDS: Final = 60 * 60
_settled_until = 0.0


def unfinished(user: User) -> Progress | None:
    """The same for the desk: None once everything is done or set aside."""
    global _settled_until
    clock = time.monotonic()
    if clock < _settled_until:
        return None
    found = progress(user)
    if not found.is_complete:
        return found
    _settled_until = clock + _ASK_AGAIN_SECONDS
    return None


def forget() -> None:
    """As a process that has seen nothing yet."""
    global _settled_until
    _settled_until = 0.0


def _facts(user: User) -> Mapping[str, Any]:
    # The registrars' group is the one row that is there from the beginning.
    is_issued = Exists(Certificate.objects.all())
    return (
        Group.objects.filter(name=REGISTRAR)
        .values(
            account=_second_step(user),
            provider=Exists(
                Provider.objects.filter(pk=1).exclude(name="").exclude(address="").exclude(email="")
            ),
            # Not any message: somebody is to look into the mailbox once.
            mail=Exists(
                OutgoingMail.objects.filter(
                    kind="test_mail", status=OutgoingMail.Status.SENT, bounced_at__isnull=True
                )
            )
            | is_issued,
            bodies=Exists(LicensingBody.objects.all()),
            signatory=Exists(Signatory.objects.filter(is_active=True)),
            design=Exists(DesignChoice.objects.all()) | is_issued,
            staff=Exists(_colleagues(user)) | Exists(_invited()),
            course=Exists(Course.objects.all()),
            skipped=Subquery(FirstRun.objects.filter(pk=1).values("skipped")[:1]),
        )
        .first()
        or {}
    )


def _second_step(user: User) -> Any:
    held = Authenticator.objects.filter(user=user.pk, type__in=SECOND_STEPS)
    # Where none is asked for, the step is done with the account.
    return (
        Exists(held) if settings.SECOND_STEP_REQUIRED else Exists(User.objects.filter(pk=user.pk))
    )


def _colleagues(user: User) -> QuerySet[User]:
    return User.objects.filter(
        groups__name__in=[REGISTRAR, INSTRUCTOR], is_active=True, closed_at__isnull=True
    ).exclude(pk=user.pk)


def _invited() -> QuerySet[StaffInvitation]:
    return StaffInvitation.objects.filter(accepted_at__isnull=True, withdrawn_at__isnull=True)


@transaction.atomic
def set_aside(code: str, *, is_skipped: bool, by: User, now: datetime) -> None:
    """Skip a step, or take it up again. One that cannot be skipped, or is unknown, stays."""
    kind = next((kind for kind in KINDS if kind.code == code), None)
    if kind is None or not kind.may_be_skipped:
        return
    FirstRun.objects.get_or_create(pk=1)
    row = FirstRun.objects.select_for_update().get(pk=1)
    before = set(row.skipped.split())
    after = before | {code} if is_skipped else before - {code}
    if after == before:
        return
    row.skipped = " ".join(sorted(after))
    row.save(update_fields=["skipped"])
    audit.record(
        "first-run.skipped" if is_skipped else "first-run.taken-up",
        subject_type="first-run",
        subject_id=1,
        by=by,
        now=now,
        step=code,
    )
