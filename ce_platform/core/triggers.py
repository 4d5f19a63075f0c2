"""Triggers that refuse a write, for SQLite and PostgreSQL, to be used in migrations.

    operations = refusals(
        forbid_update("quizzes_grade", "A grade is never changed."),
        forbid_delete("quizzes_grade", "A grade is never deleted."),
    )

A refused write raises `django.db.IntegrityError` with the sentence. Conditions are SQL that both
databases understand; `OLD` and `NEW` are the row before and after; subqueries are fine.

Later migrations: on SQLite, changing or renaming a table rebuilds it and takes its triggers
along, and a trigger that names a rebuilt table in a subquery stops the rebuild. So a migration
that changes such a table begins with `lift(...)` and ends with `refusals(...)` of the same list.
`manage.py verify_records` says when a trigger is missing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import migrations
from django.db.backends.base.base import BaseDatabaseWrapper

_PREFIX = "refuse"


@dataclass(frozen=True)
class Refusal:
    """One trigger: this event on this table is refused while the condition holds."""

    table: str
    event: str
    """INSERT | UPDATE | DELETE"""
    sentence: str
    when: str = ""
    """SQL condition; empty: always."""
    except_columns: tuple[str, ...] = ()
    """Of an UPDATE: columns that may change; every other one of that day's table may not."""
    is_whole_row: bool = True
    """Of an UPDATE: compare columns (True) or look at the condition alone (False)."""
    name_part: str = ""

    @property
    def name(self) -> str:
        parts = (_PREFIX, self.event.lower(), self.table, self.name_part)
        return "_".join(part for part in parts if part)


def forbid_update(
    table: str,
    sentence: str,
    *,
    except_columns: Sequence[str] = (),
    when: str = "",
    name: str = "",
) -> Refusal:
    """Columns other than `except_columns` keep their value (while `when` holds).

    A second one on the same table needs a `name`.
    """
    return Refusal(table, "UPDATE", sentence, when, tuple(except_columns), name_part=name)


def forbid_update_when(table: str, sentence: str, *, when: str, name: str) -> Refusal:
    """An update for which `when` holds is refused, whatever columns it changes."""
    return Refusal(table, "UPDATE", sentence, when, is_whole_row=False, name_part=name)


def forbid_delete(table: str, sentence: str, *, when: str = "") -> Refusal:
    return Refusal(table, "DELETE", sentence, when)


def forbid_insert(table: str, sentence: str, *, when: str) -> Refusal:
    return Refusal(table, "INSERT", sentence, when)


def refusals(*wanted: Refusal) -> list[migrations.RunPython]:
    """Operations that create these triggers, and drop them on the way back."""
    return [migrations.RunPython(_creates(wanted), _drops(wanted), elidable=False)]


def lift(*wanted: Refusal) -> list[migrations.RunPython]:
    """Operations that drop these triggers, and create them on the way back."""
    return [migrations.RunPython(_drops(wanted), _creates(wanted), elidable=False)]


def missing(connection: BaseDatabaseWrapper, wanted: Sequence[Refusal]) -> list[str]:
    """Names of triggers that should be in the database and are not."""
    return sorted({each.name for each in wanted} - set(present(connection)))


def present(connection: BaseDatabaseWrapper) -> list[str]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D' "
                "AND tgname LIKE %s",
                [f"{_PREFIX}\\_%"],
            )
        else:
            cursor.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s "
                "ESCAPE '\\'",
                [f"{_PREFIX}\\_%"],
            )
        return [row[0] for row in cursor.fetchall()]


def create_sql(connection: BaseDatabaseWrapper, refusal: Refusal) -> list[str]:
    """Statements that make one trigger, for this kind of database."""
    condition = _condition(connection, refusal)
    quote = connection.ops.quote_name
    name, table = quote(refusal.name), quote(refusal.table)
    sentence = refusal.sentence.replace("'", "''")
    if connection.vendor == "postgresql":
        row = "OLD" if refusal.event == "DELETE" else "NEW"
        # WHEN of a PostgreSQL trigger takes no subquery, so the condition stands in a function.
        return [
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $refuse$ "
            f"BEGIN IF {condition} THEN RAISE EXCEPTION USING "
            f"ERRCODE = 'integrity_constraint_violation', MESSAGE = '{sentence}'; END IF; "
            f"RETURN {row}; END $refuse$",
            f"CREATE TRIGGER {name} BEFORE {refusal.event} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {name}()",
        ]
    return [
        f"CREATE TRIGGER {name} BEFORE {refusal.event} ON {table} FOR EACH ROW "
        f"WHEN {condition} BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
    ]


def drop_sql(connection: BaseDatabaseWrapper, refusal: Refusal) -> list[str]:
    quote = connection.ops.quote_name
    name = quote(refusal.name)
    if connection.vendor == "postgresql":
        return [
            f"DROP TRIGGER IF EXISTS {name} ON {quote(refusal.table)}",
            f"DROP FUNCTION IF EXISTS {name}()",
        ]
    return [f"DROP TRIGGER IF EXISTS {name}"]


def _condition(connection: BaseDatabaseWrapper, refusal: Refusal) -> str:
    conditions = [f"({refusal.when})"] if refusal.when else []
    if refusal.event == "UPDATE" and refusal.is_whole_row:
        with connection.cursor() as cursor:
            described = connection.introspection.get_table_description(cursor, refusal.table)
        columns = [column.name for column in described]
        unknown = set(refusal.except_columns) - set(columns)
        if unknown:
            raise ValueError(f"{refusal.table} has no column {sorted(unknown)}")
        differs = "IS DISTINCT FROM" if connection.vendor == "postgresql" else "IS NOT"
        quote = connection.ops.quote_name
        changed = [
            f"NEW.{quote(column)} {differs} OLD.{quote(column)}"
            for column in columns
            if column not in refusal.except_columns
        ]
        conditions.append(f"({' OR '.join(changed)})")
    return " AND ".join(conditions) or "TRUE"


def _creates(wanted: Sequence[Refusal]) -> Any:
    def create(apps: Any, schema_editor: Any) -> None:
        connection = schema_editor.connection
        for refusal in wanted:
            for statement in drop_sql(connection, refusal) + create_sql(connection, refusal):
                schema_editor.execute(statement, params=None)

    return create


def _drops(wanted: Sequence[Refusal]) -> Any:
    def drop(apps: Any, schema_editor: Any) -> None:
        for refusal in wanted:
            for statement in drop_sql(schema_editor.connection, refusal):
                schema_editor.execute(statement, params=None)

    return drop
