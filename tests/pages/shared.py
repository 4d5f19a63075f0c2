"""Rows made once for all tests of a file; what a test does to them is taken back by its own
transaction."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar
from unittest.mock import patch

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from pytest_django import DjangoDbBlocker

Made = TypeVar("Made")


@contextmanager
def made_once(make: Callable[[], Made], *, blocker: DjangoDbBlocker) -> Iterator[Made]:
    """What `make` gives, in a transaction around all tests that use it."""
    around = transaction.atomic()
    with blocker.unblock():
        around.__enter__()
    try:
        with blocker.unblock():
            made = make()
        # A test closes its connection at its end, and with it would go this transaction.
        with patch.object(connections[DEFAULT_DB_ALIAS], "close", lambda: None):
            yield made
    finally:
        with blocker.unblock():
            transaction.set_rollback(True)
            around.__exit__(None, None, None)
