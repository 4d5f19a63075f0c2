"""Policies of the provider: drafting, publishing, what is in force, who accepted what.

Every page carries links to what is in force and it changes once in years, so each process asks
the database once a minute, as with the provider's name.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import IntegrityError, transaction
from django.db.models import Count, Max, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from ce_platform.core import audit
from ce_platform.core.errors import DomainError
from ce_platform.core.models import PolicyAcceptance, PolicyDocument, Provider
from ce_platform.core.text import clean, sha256_text
from ce_platform.core.verification import Finding, Tally

Kind = PolicyDocument.Kind
Where = PolicyAcceptance.Where

AT_SIGN_UP: Final = (Kind.REGISTRATION, Kind.PRIVACY)
AT_ENROLLING: Final = (Kind.REGISTRATION, Kind.CANCELLATION, Kind.REFUND, Kind.PRIVACY)
ABOUT_MONEY: Final = (Kind.CANCELLATION, Kind.REFUND)
FILL_IN: Final = "[FILL IN"
"""Begins what a starter text leaves to the owner; a text that still has one is not published."""
LONGEST_TEXT: Final = 60_000
_SECONDS: Final = 60


class PolicyRefused(DomainError):
    """The text or the day does not go; says why."""


class ChangedMeanwhile(DomainError):
    """Somebody else saved the draft since this page was opened."""


class ShownIsOld(DomainError):
    """A newer version came into force while the page was open."""


# ---- what is in force


@dataclass(frozen=True)
class InForce:
    """As pages link to it."""

    pk: int
    kind: str
    version: int
    effective_on: date
    url: str

    @property
    def name(self) -> str:
        return str(Kind(self.kind).label)

    @property
    def mark(self) -> str:
        """What a form sends back of what it showed."""
        return f"{self.kind}:{self.version}"


_known: tuple[float, tuple[InForce, ...]] | None = None


def provider_today(now: datetime) -> date:
    """The calendar day where the provider is: a policy begins at its midnight."""
    name = Provider.objects.filter(pk=1).values_list("time_zone", flat=True).first()
    try:
        return now.astimezone(ZoneInfo(name or "America/New_York")).date()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return now.astimezone(ZoneInfo("America/New_York")).date()


def in_force(now: datetime, kinds: Sequence[str] = tuple(Kind)) -> tuple[InForce, ...]:
    """What is in force of these kinds, in their order; asked of the database once a minute."""
    global _known
    clock = time.monotonic()
    if _known is None or _known[0] < clock:
        _known = (clock + _SECONDS, _asked(now))
    by_kind = {each.kind: each for each in _known[1]}
    return tuple(by_kind[kind] for kind in kinds if kind in by_kind)


def forget_policies() -> None:
    """Call after publishing, so that this process shows it at once."""
    global _known
    _known = None


def _asked(now: datetime) -> tuple[InForce, ...]:
    # Most sites publish all or none: who has none is not asked for the day.
    rows = list(
        PolicyDocument.objects.filter(published_at__isnull=False)
        .order_by("kind", "version")
        .values_list("pk", "kind", "version", "effective_on")
    )
    if not rows:
        return ()
    today = provider_today(now)
    newest: dict[str, InForce] = {}
    for pk, kind, version, day in rows:  # A newer one takes the place of the one before.
        if day is not None and day <= today:
            url = reverse("office:policy-detail", args=[kind])
            newest[kind] = InForce(pk, kind, version, day, url)
    return tuple(newest[kind] for kind in Kind if kind in newest)


def in_force_on(kind: str, day: date) -> PolicyDocument | None:
    return (
        PolicyDocument.objects.filter(kind=kind, published_at__isnull=False, effective_on__lte=day)
        .order_by("-version")
        .first()
    )


def in_force_between(first: date, last: date) -> list[PolicyDocument]:
    """Those that held on any day of the period, by kind and version."""
    rows = list(
        PolicyDocument.objects.filter(published_at__isnull=False, effective_on__lte=last).order_by(
            "kind", "version"
        )
    )
    held = []
    for place, row in enumerate(rows):
        following = rows[place + 1] if place + 1 < len(rows) else None
        ends = following.effective_on if following and following.kind == row.kind else None
        # Replaced on its first day: it never held.
        if ends is None or (ends > first and ends != row.effective_on):
            held.append(row)
    return sorted(held, key=lambda row: (list(Kind).index(Kind(row.kind)), row.version))


# ---- writing


def save_draft(
    kind: str, *, text: str, changes: str, seen: str, by: audit.Actor, now: datetime
) -> PolicyDocument:
    """Keep the draft of this kind; there is one. `seen`: the SHA-256 of the text that the page
    was opened with, "" for none. Errors: PolicyRefused, ChangedMeanwhile."""
    text, changes = clean(text), " ".join(clean(changes).split())
    if not text:
        raise PolicyRefused("Write the text first.")
    if len(text) > LONGEST_TEXT:
        raise PolicyRefused(f"A policy has at most {LONGEST_TEXT:,} letters.")
    try:
        with transaction.atomic():
            draft = _draft(kind, is_locked=True)
            if draft is None:
                last = PolicyDocument.objects.filter(kind=kind).aggregate(last=Max("version"))
                draft = PolicyDocument(kind=kind, version=(last["last"] or 0) + 1, created_at=now)
            elif seen != sha256_text(draft.text) and draft.text != text:
                raise ChangedMeanwhile(
                    "Somebody saved this draft since you opened it. Your text is still below; the "
                    "saved one is beside it. Saving once more puts yours in its place."
                )
            draft.text, draft.changes, draft.changed_at = text, changes, now
            draft.save()
            _record("policy.drafted", draft, by=by, now=now)
    except IntegrityError:  # Two begin the first draft at once.
        raise ChangedMeanwhile("Somebody began this draft at the same moment.") from None
    return draft


@transaction.atomic
def discard_draft(kind: str, *, by: audit.Actor, now: datetime) -> None:
    draft = _draft(kind, is_locked=True)
    if draft is not None:
        _record("policy.draft-discarded", draft, by=by, now=now)
        draft.delete()


@transaction.atomic
def publish(
    kind: str, *, seen: str, effective_on: date, by: audit.Actor, now: datetime
) -> PolicyDocument:
    """From now on the version is public and never changes; it holds from `effective_on`.

    `seen`: the SHA-256 of the text that was read. Errors: PolicyRefused, ChangedMeanwhile.
    """
    draft = _draft(kind, is_locked=True)
    if draft is None:
        raise PolicyRefused("There is no draft to publish; perhaps it was published just now.")
    if seen != sha256_text(draft.text):
        raise ChangedMeanwhile("The draft was changed since you read it. Look at it once more.")
    if FILL_IN in draft.text:
        raise PolicyRefused(
            f"Something is left to fill in: look for “{FILL_IN}” in the text. "
            "What stands there goes out to everybody."
        )
    today = provider_today(now)
    if effective_on < today:
        raise PolicyRefused("A policy begins today or later: nobody can accept one afterwards.")
    newest = published_of(kind).first()
    if newest is not None and newest.effective_on and effective_on < newest.effective_on:
        raise PolicyRefused(
            f"Version {newest.version} begins on {newest.effective_on:%B} "
            f"{newest.effective_on.day}, {newest.effective_on.year}; a newer one cannot begin "
            "before it."
        )
    if newest is not None and newest.text == draft.text:
        raise PolicyRefused(f"The text is the same as in version {newest.version}.")
    draft.effective_on = effective_on
    draft.published_at = draft.changed_at = now
    draft.published_by_id = by.id
    draft.text_sha256 = sha256_text(draft.text)
    draft.save()
    _record(
        "policy.published",
        draft,
        by=by,
        now=now,
        effective_on=effective_on.isoformat(),
        sha256=draft.text_sha256,
    )
    forget_policies()
    transaction.on_commit(forget_policies)  # Another request may have asked in between.
    return draft


def version_url(policy: PolicyDocument) -> str:
    return reverse("office:policy-version", args=[policy.kind, policy.version])


def draft_of(kind: str) -> PolicyDocument | None:
    return _draft(kind)


def published_of(kind: str) -> QuerySet[PolicyDocument]:
    """The newest first."""
    return PolicyDocument.objects.filter(kind=kind, published_at__isnull=False).order_by("-version")


def _draft(kind: str, *, is_locked: bool = False) -> PolicyDocument | None:
    rows = PolicyDocument.objects.filter(kind=kind, published_at__isnull=True)
    return (rows.select_for_update() if is_locked else rows).first()


def _record(
    action: str, policy: PolicyDocument, *, by: audit.Actor, now: datetime, **detail: str
) -> None:
    audit.record(
        action,
        subject_type="policy",
        subject_id=policy.uid,
        by=by,
        now=now,
        kind=policy.kind,
        version=policy.version,
        **detail,
    )


# ---- accepting


def unaccepted(user_id: int, kinds: Sequence[str], *, now: datetime) -> tuple[InForce, ...]:
    """Of what is in force: what the person has not agreed to. No query when nothing is."""
    wanted = in_force(now, kinds)
    if not wanted:
        return ()
    accepted = set(
        PolicyAcceptance.objects.filter(
            user_id=user_id, policy__in=[each.pk for each in wanted]
        ).values_list("policy_id", flat=True)
    )
    return tuple(each for each in wanted if each.pk not in accepted)


def accepted_count(user_id: int, policies: Sequence[InForce]) -> Coalesce:
    """To ride along with a query of the same person: how many of these they have accepted."""
    counted = (
        PolicyAcceptance.objects.filter(user_id=user_id, policy__in=[each.pk for each in policies])
        .order_by()
        .values("user_id")
        .annotate(count=Count("pk"))
        .values("count")
    )
    return Coalesce(Subquery(counted), 0)


def marks_of(policies: Iterable[InForce]) -> str:
    """What a form carries of what it showed: “registration:2 privacy:1”."""
    return " ".join(each.mark for each in policies)


def check_shown(shown: str, wanted: Sequence[InForce]) -> None:
    """Everything that has to be accepted was on the page. Errors: ShownIsOld."""
    if {each.mark for each in wanted} - set(shown.split()):
        raise ShownIsOld(
            "One of our policies was renewed while this page was open. Look at it and go on."
        )


def accept(user_id: int, policies: Sequence[InForce], *, where: str, now: datetime) -> None:
    """Keep that the person agreed; doing it twice keeps the first time."""
    PolicyAcceptance.objects.bulk_create(
        [
            PolicyAcceptance(user_id=user_id, policy_id=each.pk, accepted_at=now, where=where)
            for each in policies
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def move_acceptances(old_id: int, into_id: int) -> None:
    """Two accounts become one: the earlier agreement to a version is the one that stays."""
    theirs = {row.policy_id: row for row in PolicyAcceptance.objects.filter(user_id=into_id)}
    for row in PolicyAcceptance.objects.filter(user_id=old_id):
        other = theirs.get(row.policy_id)
        if other is not None and other.accepted_at <= row.accepted_at:
            row.delete()
            continue
        if other is not None:
            other.delete()
        row.user_id = into_id
        row.save(update_fields=["user_id"])


def check_policies(tally: Tally) -> Iterator[Finding]:
    """The text of every published version has the SHA-256 of its day."""
    for row in PolicyDocument.objects.filter(~Q(text_sha256="")).order_by("pk"):
        tally.count += 1
        if sha256_text(row.text) != row.text_sha256:
            yield Finding(f"{row}", "its text is not what was published")
