"""The database as a test finds it, after one that committed.

Django empties every table then, has the permissions written anew, and leaves out what migrations
wrote. Putting back what was there at the beginning takes a twentieth of the time, and every test
finds the same, whatever ran before.
"""

import sqlite3
from typing import Any

from django.db import connection, transaction
from django.test import TransactionTestCase

_kept: sqlite3.Connection | None = None


def remember_the_beginning() -> None:
    """Of the test database that was just made."""
    if connection.vendor == "sqlite":
        global _kept
        _kept = sqlite3.connect(":memory:", check_same_thread=False)
        connection.ensure_connection()
        connection.connection.backup(_kept)
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA kept")
        for table in _filled(cursor):
            cursor.execute(f'CREATE TABLE kept."{table}" AS TABLE "{table}"')


def start_over_after_commits() -> None:
    """In place of Django's flush."""
    TransactionTestCase._fixture_teardown = lambda test: start_over()  # type: ignore[attr-defined]


def start_over() -> None:
    if _kept is not None:
        connection.ensure_connection()
        _kept.backup(connection.connection)
        return
    with transaction.atomic(), connection.cursor() as cursor:
        # As if there were no triggers and no foreign keys: what is frozen goes as well, in any
        # order.
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in _filled(cursor):
            cursor.execute(f'DELETE FROM "{table}"')
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'kept'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'INSERT INTO "{table}" SELECT * FROM kept."{table}"')


def _filled(cursor: Any) -> list[str]:
    """The tables that have rows."""
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    cursor.execute("SELECT " + ", ".join(f'EXISTS (SELECT FROM "{each}")' for each in tables))
    return [table for table, has_rows in zip(tables, cursor.fetchone(), strict=True) if has_rows]
