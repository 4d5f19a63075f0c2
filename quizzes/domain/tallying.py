"""Running sums kept in the transaction that grades.

Rows are taken in one order everywhere (quizzes, questions, choices, each by key), so two
transactions never wait for each other crosswise: call `add` once per transaction.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db import connection, models

from quizzes.domain.grading import read_response
from quizzes.domain.increments import (
    Amounts,
    CountedAttempt,
    CountedItem,
    Increments,
    Key,
    increments_of,
    named_keys,
)
from quizzes.models import Attempt, AttemptItem, ChoiceTally, Grade, QuestionTally, QuizTally
from quizzes.question_types import type_named

# SQLite takes 32,766 values in one statement at most.
_MOST_VALUES: Final = 30_000


@dataclass(frozen=True)
class Table:
    model: type[models.Model]
    keys: tuple[str, ...]
    counts: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.model._meta.db_table


QUIZZES: Final = Table(
    QuizTally,
    ("quiz_id", "attempt_number"),
    ("attempt_count", "passed_count", "percent_sum", "percent_square_sum"),
)
QUESTIONS: Final = Table(
    QuestionTally,
    ("quiz_id", "revision_id", "is_first"),
    (
        "asked_count",
        "answered_count",
        "right_count",
        "share_sum",
        "share_square_sum",
        "rest_sum",
        "rest_square_sum",
        "product_sum",
        "timed_count",
        "seconds_sum",
    ),
)
CHOICES: Final = Table(ChoiceTally, ("quiz_id", "revision_id", "key", "band"), ("count",))


def tables_of(increments: Increments) -> Sequence[tuple[Table, dict[Key, Amounts]]]:
    return (
        (QUIZZES, increments.quizzes),
        (QUESTIONS, increments.questions),
        (CHOICES, increments.choices),
    )


def increments_of_grade(attempt: Attempt, items: Iterable[AttemptItem], grade: Grade) -> Increments:
    """What this attempt counts with this grade. Items come with their revision."""
    points = json.loads(grade.items_json)
    return increments_of(
        CountedAttempt(
            quiz_id=attempt.quiz_id,
            number=attempt.number,
            percent=grade.percent,
            is_passed=grade.is_passed,
            started_at=attempt.started_at,
            items=[
                CountedItem(
                    revision_id=item.revision_id,
                    points=Decimal(points[str(item.position)]),
                    points_possible=item.revision.points,
                    keys=_keys_of(item),
                    saved_at=item.saved_at,
                )
                for item in items
            ],
        )
    )


def _keys_of(item: AttemptItem) -> list[str] | None:
    response = read_response(item)
    if response is None:
        return None
    kind, content = type_named(item.revision.type), item.revision.data
    return named_keys(kind.statistic_keys(content, response), kind.statistic_labels(content))


def add(change: Increments) -> None:
    """One statement per table when everything grows; two where something shrinks."""
    for table, rows in tables_of(change):
        in_order = sorted(rows.items())
        size = _MOST_VALUES // (len(table.keys) + len(table.counts))
        for start in range(0, len(in_order), size):
            _add(table, in_order[start : start + size])


def _add(table: Table, rows: Sequence[tuple[Key, Amounts]]) -> None:
    if all(amount >= 0 for _, amounts in rows for amount in amounts):
        _upsert(table, rows)
        return
    # PostgreSQL checks a row before it finds that it is there already, so nothing negative may
    # be inserted. Nothing is added first: that takes the rows in their order.
    _upsert(table, [(key, (0,) * len(table.counts)) for key, _ in rows])
    _update(table, rows)


def _upsert(table: Table, rows: Sequence[tuple[Key, Amounts]]) -> None:
    columns = (*table.keys, *table.counts)
    sums = ", ".join(f"{name} = {table.name}.{name} + excluded.{name}" for name in table.counts)
    # Names come from the tables above, values are parameters.
    _execute(
        f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES {_places(columns, rows)} "  # noqa: S608
        f"ON CONFLICT ({', '.join(table.keys)}) DO UPDATE SET {sums}",
        rows,
    )


def _update(table: Table, rows: Sequence[tuple[Key, Amounts]]) -> None:
    """A sum that had drifted stops at nothing: that must not keep the office from its work, and
    `recount` finds it."""
    columns = (*table.keys, *table.counts)
    sums = ", ".join(
        f"{name} = CASE WHEN {table.name}.{name} + change.{name} < 0 THEN 0 "
        f"ELSE {table.name}.{name} + change.{name} END"
        for name in table.counts
    )
    same = " AND ".join(f"{table.name}.{name} = change.{name}" for name in table.keys)
    _execute(
        f"WITH change ({', '.join(columns)}) AS (VALUES {_places(columns, rows)}) "  # noqa: S608
        f"UPDATE {table.name} SET {sums} FROM change WHERE {same}",
        rows,
    )


def _places(columns: Sequence[str], rows: Sequence[tuple[Key, Amounts]]) -> str:
    return ", ".join([f"({', '.join(['%s'] * len(columns))})"] * len(rows))


def _execute(statement: str, rows: Sequence[tuple[Key, Amounts]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [value for key, amounts in rows for value in (*key, *amounts)])
