"""Lets factories build what triggers refuse, in any order. Only tests may do this."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def thawed(*tables: str) -> Iterator[None]:
    """Write in these tables (all, when none is named) as if there were no triggers."""
    if connection.vendor == "postgresql":
        with _as_replica():
            yield
        return
    with connection.cursor() as cursor:
        found = _triggers(cursor, tables)
        for name, _ in found:
            cursor.execute(f'DROP TRIGGER "{name}"')
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for _, sql in found:
                cursor.execute(sql)


@contextmanager
def _as_replica() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            yield
        finally:
            # After an error the transaction takes no command; its end resets the setting.
            if not connection.needs_rollback:
                cursor.execute("SET session_replication_role = DEFAULT")


def _triggers(cursor: Any, tables: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    cursor.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
    return [(name, sql) for name, table, sql in cursor.fetchall() if not tables or table in tables]
