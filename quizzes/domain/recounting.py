"""Running sums of quizzes, counted again from attempts and grades. There must be no drift."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Prefetch

from ce_platform.core.jobs import JobProgress
from courses.domain.counters import Drift
from quizzes.domain import tallying
from quizzes.domain.increments import LAST_NUMBER, Amounts, Increments, Key
from quizzes.domain.tallying import Table
from quizzes.models import Attempt, AttemptItem, Grade, QuestionRevision, Quiz

KIND: Final = "quizzes.count-sums"
_PIECE: Final = 200


def recount_sums(fix: bool) -> Iterator[Drift]:
    """Quiz by quiz, in pieces. Memory does not grow with the attempts."""
    for quiz_id in Quiz.objects.order_by("pk").values_list("pk", flat=True).iterator():
        yield from recount_quiz(quiz_id, fix=fix)


def count_in_background(parameters: dict[str, Any], progress: JobProgress) -> None:
    """Fills the sums for what was graded before there were any; doing it again changes nothing."""
    quizzes = list(Quiz.objects.order_by("pk").values_list("pk", flat=True))
    progress.total(len(quizzes))
    for quiz_id in quizzes:
        recount_quiz(quiz_id, fix=True)
        progress.advance()


def recount_quiz(quiz_id: int, *, fix: bool = False) -> list[Drift]:
    """Compared at one moment, so that learners who go on meanwhile are no drift."""
    with _one_moment():
        drifts = _compare(_stored(quiz_id), _counted(quiz_id))
    if drifts and fix:
        _set_right(quiz_id)
    return drifts


def _set_right(quiz_id: int) -> None:
    """Whoever grades an attempt of this quiz waits meanwhile, at the first row of its sums."""
    with transaction.atomic():
        first_rows = Increments()
        for number in range(1, LAST_NUMBER + 1):
            first_rows.quizzes[quiz_id, number] = (0, 0, 0, 0)
        tallying.add(first_rows)
        change = _counted(quiz_id)
        change.add(_stored(quiz_id), sign=-1)
        tallying.add(change)


@contextmanager
def _one_moment() -> Iterator[None]:
    """All queries inside see the rows as they are at the first, and nobody has to wait."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
    else:
        # Ours begin with the lock for writing; to read, SQLite needs none.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")


def _counted(quiz_id: int) -> Increments:
    found = Increments()
    revisions: dict[int, QuestionRevision] = {}
    last = 0
    while True:
        attempts = list(
            Attempt.objects.filter(quiz=quiz_id, status=Attempt.Status.GRADED, pk__gt=last)
            .prefetch_related(
                Prefetch("items", queryset=AttemptItem.objects.defer("seed", "is_flagged")),
                Prefetch("grades", queryset=Grade.objects.order_by("number")),
            )
            .order_by("pk")[:_PIECE]
        )
        if not attempts:
            return found
        _fetch_revisions(attempts, revisions)
        for attempt in attempts:
            grades = list(attempt.grades.all())
            if grades:
                found.add(tallying.increments_of_grade(attempt, attempt.items.all(), grades[-1]))
        last = attempts[-1].pk


def _fetch_revisions(attempts: list[Attempt], known: dict[int, QuestionRevision]) -> None:
    """Each revision once: its text would come with every answer otherwise."""
    items = [item for attempt in attempts for item in attempt.items.all()]
    new = {item.revision_id for item in items} - set(known)
    if new:
        known.update(QuestionRevision.objects.in_bulk(new))
    for item in items:
        item.revision = known[item.revision_id]


def _stored(quiz_id: int) -> Increments:
    found = Increments()
    for table, rows in tallying.tables_of(found):
        _read(table, quiz_id, rows)
    return found


def _read(table: Table, quiz_id: int, rows: dict[Key, Amounts]) -> None:
    width = len(table.keys)
    columns = (*table.keys, *table.counts)
    for row in table.model._base_manager.filter(quiz=quiz_id).values_list(*columns).iterator():
        if any(row[width:]):
            rows[row[:width]] = row[width:]


def _compare(stored: Increments, counted: Increments) -> list[Drift]:
    drifts: list[Drift] = []
    for (table, have), (_, want) in zip(
        tallying.tables_of(stored), tallying.tables_of(counted), strict=True
    ):
        drifts += _differences(table, have, want)
    return drifts


def _differences(
    table: Table, stored: Mapping[Key, Amounts], counted: Mapping[Key, Amounts]
) -> Iterator[Drift]:
    nothing = (0,) * len(table.counts)
    for key in sorted(stored.keys() | counted.keys()):
        have, want = stored.get(key, nothing), counted.get(key, nothing)
        for name, old, new in zip(table.counts, have, want, strict=True):
            if old != new:
                yield Drift(what=_called(table, key), field=name, stored=old, counted=new)


def _called(table: Table, key: Key) -> str:
    of = ", ".join(
        f"{name.removesuffix('_id')} {value}" for name, value in zip(table.keys, key, strict=True)
    )
    return f"{table.model._meta.verbose_name} ({of})"
