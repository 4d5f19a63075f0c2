"""A registrar has the records of one closed account deleted, after the time they are owed.

All or nothing: one transaction per person. The database lets rows go only while a door for this
account stands open, which it refuses before the time is past, and which cannot be committed
(decision 0048). Files are let go in the same transaction and erased after it.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import F, Max, Prefetch, ProtectedError, QuerySet
from django.db.models.functions import Greatest

from ce_platform.accounts.models import User
from ce_platform.core import audit, files
from ce_platform.core.errors import DomainError
from ce_platform.core.models import (
    AccountEnding,
    AuditPack,
    BackgroundJob,
    MailAttachment,
    PurgedNumber,
    PurgeDoor,
    RecordHold,
    RecordPurge,
    StoredFile,
)
from ce_platform.core.purged import remember
from ce_platform.core.text import canonical_json, clean
from ce_platform.office.closing.closing import (
    KEPT_YEARS,
    LONGEST_REASON,
    ReasonMissing,
    completed_before,
    kept_until,
)
from ce_platform.office.numbers.counting import provider_zone
from ce_platform.office.people.models import PeopleListLine
from ce_platform.office.purging.rows import TABLES, Table
from certificates.models import (
    Certificate,
    CertificateDocument,
    ReportBatch,
    ReportBatchLine,
    ReportLine,
    Transcript,
)
from courses.models import AccessCode, AccessCodeUse, Course, Enrollment
from quizzes.domain import tallying
from quizzes.domain.increments import Increments
from quizzes.models import Attempt, AttemptItem, Grade

RULE: Final = f"{KEPT_YEARS} years after the last completion"


class CannotPurge(DomainError):
    """The records stay; the sentence says why."""


def today_here(now: datetime) -> date:
    return now.astimezone(provider_zone()).date()


def past_their_time(now: datetime) -> QuerySet[AccountEnding]:
    """Closed accounts all of whose records are past. Without any certificate the time is not
    known, and what is not known is never past."""
    long_ago = completed_before(today_here(now))
    past = (
        Certificate.objects.order_by()
        .values("user")
        .annotate(last=Max("completed_on"))
        .filter(last__lt=long_ago)
        .values("user")
    )
    return AccountEnding.objects.filter(
        into_id__isnull=True, finished_at__isnull=False, user_id__in=past
    )


def in_the_way(user: User, *, now: datetime) -> list[str]:
    """Why the records of this account stay; empty: they may go. Read again inside the purge."""
    found = []
    ending = AccountEnding.objects.filter(user_id=user.pk, into_id__isnull=True).first()
    if ending is None:
        return ["This account is not closed."]
    if ending.finished_at is None:
        found.append("The closing of this account is not finished yet.")
    until = kept_until(user)
    if until is None:
        found.append("No completion is known, so neither is the time: it is kept.")
    elif until >= today_here(now):
        found.append(f"Kept until {until:%B} {until.day}, {until.year}.")
    hold = RecordHold.objects.filter(user_id=user.pk, lifted_at__isnull=True).first()
    if hold is not None:
        found.append(f"The office keeps these records: {hold.reason}")
    if Enrollment.objects.filter(
        user=user, status=Enrollment.Status.COMPLETED, certificates__isnull=True
    ).exists():
        found.append("A course was completed and no certificate was issued yet.")
    owed = [ReportLine.Status.PENDING, ReportLine.Status.REJECTED]
    if ReportLine.objects.filter(root__user=user, status__in=owed).exists():
        found.append("A completion was not reported to its licensing body yet.")
    lately = Transcript.objects.filter(
        user=user, asked_at__date__gte=completed_before(today_here(now))
    )
    if lately.exists():
        found.append(f"A transcript was handed out less than {KEPT_YEARS} years ago.")
    at_work = [BackgroundJob.Status.QUEUED, BackgroundJob.Status.RUNNING]
    if AuditPack.objects.filter(job__status__in=at_work).exists():
        found.append("An audit pack is being put together: wait until it is done.")
    return found


def accounts_of(user: User) -> list[User]:
    """This account and those merged into it, the merged ones after the one they went into."""
    found, ids = [user], [user.pk]
    for known in found:
        merged = AccountEnding.objects.filter(into_id=known.pk).values_list("user_id", flat=True)
        more = User.objects.filter(pk__in=list(merged)).exclude(pk__in=ids).order_by("pk")
        for each in more:
            found.append(each)
            ids.append(each.pk)
    return found


def counts_of(user: User) -> list[tuple[str, int]]:
    """What would go, by kind."""
    counts: Counter[str] = Counter()
    for account in accounts_of(user):
        for table in TABLES:
            counts[table.name] += table.of(account).count()
    return [(table.name, counts[table.name]) for table in TABLES if counts[table.name]]


@transaction.atomic
def purge_person(user: User, *, reason: str, by: User, now: datetime) -> RecordPurge | None:
    """Delete everything of a closed account, for good. None: somebody has just done it.

    Errors: ReasonMissing, CannotPurge.
    """
    reason = clean(reason)[:LONGEST_REASON]
    if not reason:
        raise ReasonMissing
    # Enrollments first, as everywhere.
    list(Enrollment.objects.select_for_update(of=("self",)).filter(user=user).order_by("pk"))
    locked = User.objects.select_for_update().filter(pk=user.pk).first()
    if locked is None:
        return None
    if stops := in_the_way(locked, now=now):
        raise CannotPurge(" ".join(stops))
    ending = AccountEnding.objects.get(user_id=locked.pk)
    until = kept_until(locked)
    if until is None:  # in_the_way has said so
        raise CannotPurge("The time is not known.")
    accounts = accounts_of(locked)
    counts: Counter[str] = Counter()
    today = today_here(now)
    doors = [PurgeDoor.objects.create(user_id=each.pk) for each in accounts]
    try:
        for account in reversed(accounts):
            _empty(account, counts, today=today, now=now)
    except ProtectedError as error:
        names = {str(row._meta.verbose_name) for row in error.protected_objects}
        raise CannotPurge(
            f"Something of the provider’s refers to this account: {', '.join(sorted(names))}."
        ) from error
    for door in doors:
        door.delete()
    purge = RecordPurge.objects.create(
        purged_at=now,
        by_id=by.pk,
        reason=reason,
        rule=RULE,
        closed_on=ending.began_at.astimezone(provider_zone()).date(),
        kept_until=until,
        record_count=sum(counts.values()),
        counts_json=canonical_json(
            [[table.name, counts[table.name]] for table in TABLES if counts[table.name]]
        ),
    )
    audit.record(
        "records.purged",
        subject_type="record-purge",
        subject_id=purge.uid,
        by=by,
        now=now,
        records=purge.record_count,
    )
    return purge


def _empty(user: User, counts: Counter[str], *, today: date, now: datetime) -> None:
    for model, field, of in (
        (Certificate, "serial", PurgedNumber.Of.CERTIFICATE),
        (Transcript, "code", PurgedNumber.Of.TRANSCRIPT),
    ):
        numbers = model._default_manager.filter(user=user).values_list(field, flat=True)
        remember(list(numbers), of=of, on=today)
    held = list(_files_of(user))
    batches = set(
        ReportBatchLine.objects.filter(line__root__user=user).values_list("batch", flat=True)
    )
    _take_from_sums(user)
    PeopleListLine.objects.filter(enrollment__user=user).update(enrollment=None)
    PeopleListLine.objects.filter(user=user).update(user=None)
    for table in TABLES:
        counts[table.name] += _delete(table, user)
    held += _empty_batches(batches)
    user.delete()
    for file in {each.pk: each for each in held}.values():
        files.let_go(file, now=now)


def _delete(table: Table, user: User) -> int:
    rows = table.of(user)
    if table.name == "Certificates":
        for row in rows:
            row.delete()
        return len(rows)
    count = rows.count()
    rows.delete()
    return count


def _files_of(user: User) -> Iterator[StoredFile]:
    for document in CertificateDocument.objects.filter(certificate__user=user).select_related(
        "file"
    ):
        yield document.file
    for transcript in Transcript.objects.filter(user=user).select_related("file"):
        if transcript.file is not None:
            yield transcript.file
    for attachment in MailAttachment.objects.filter(mail__to_user_id=user.pk).select_related(
        "file"
    ):
        yield attachment.file


def _empty_batches(batches: Any) -> list[StoredFile]:
    """A file sent to a licensing body names many people: it goes with the last of them."""
    empty = ReportBatch.objects.filter(
        pk__in=batches, lines__isnull=True, current_lines__isnull=True
    ).select_related("file")
    found = [batch.file for batch in empty if batch.file is not None]
    for batch in empty:
        batch.delete()
    return found


def _take_from_sums(user: User) -> None:
    """Counters and running sums say what the rows say. One that had drifted stops at nothing:
    that must not keep the office from its work, and `recount` finds it."""
    change = Increments()
    graded = (
        Attempt.objects.filter(enrollment__user=user, status=Attempt.Status.GRADED)
        .prefetch_related(
            Prefetch("items", queryset=AttemptItem.objects.select_related("revision")),
            Prefetch("grades", queryset=Grade.objects.order_by("number")),
        )
        .order_by("pk")
    )
    for attempt in graded:
        grades: Sequence[Grade] = list(attempt.grades.all())
        if grades:
            change.add(
                tallying.increments_of_grade(attempt, attempt.items.all(), grades[-1]), sign=-1
            )
    tallying.add(change)
    enrolled: Counter[int] = Counter()
    completed: Counter[int] = Counter()
    for course, status in Enrollment.objects.filter(user=user).values_list("course", "status"):
        enrolled[course] += 1
        completed[course] += status == Enrollment.Status.COMPLETED
    for course in sorted(enrolled):
        Course.objects.filter(pk=course).update(
            enrollment_count=Greatest(F("enrollment_count") - enrolled[course], 0),
            completion_count=Greatest(F("completion_count") - completed[course], 0),
        )
    # A used code stays used, by nobody who is known here any more.
    for code in sorted(AccessCodeUse.objects.filter(user=user).values_list("code", flat=True)):
        AccessCode.objects.filter(pk=code).update(used_before=F("used_before") + 1)
