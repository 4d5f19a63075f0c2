"""One look at the whole database, however long the reading takes.

While the block runs, this thread's connection is one of its own, inside one transaction that only
reads and that sees the database as it was at its beginning: REPEATABLE READ on PostgreSQL, a
deferred transaction in WAL mode on SQLite. Nobody who writes waits for it. `outside` goes back to
the usual connection for a moment, to tell of progress.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from django.db import DEFAULT_DB_ALIAS, connections

Outside = Callable[[], AbstractContextManager[None]]


@contextmanager
def snapshot() -> Iterator[Outside]:
    usual = connections[DEFAULT_DB_ALIAS]
    if usual.in_atomic_block:  # Somebody's transaction is a look of its own.
        yield nullcontext
        return
    reading = connections.create_connection(DEFAULT_DB_ALIAS)

    @contextmanager
    def outside() -> Iterator[None]:
        connections[DEFAULT_DB_ALIAS] = usual
        try:
            yield
        finally:
            connections[DEFAULT_DB_ALIAS] = reading

    try:
        reading.connect()
        with reading.cursor() as cursor:
            if reading.vendor == "sqlite":
                cursor.execute("PRAGMA query_only = ON")
        reading.set_autocommit(False)
        with reading.cursor() as cursor:
            if reading.vendor == "postgresql":
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                cursor.execute("SELECT 1")
            else:
                cursor.execute("BEGIN DEFERRED")
                cursor.execute("SELECT COUNT(*) FROM sqlite_master")
        connections[DEFAULT_DB_ALIAS] = reading
        yield outside
    finally:
        connections[DEFAULT_DB_ALIAS] = usual
        reading.close()
