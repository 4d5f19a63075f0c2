"""The queue and the worker: nothing in them may stop the sweep or keep a connection."""

import signal
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from huey import PostgresHuey, SqliteHuey
from pytest_django import Settings

from ce_platform.core import queue as queues
from ce_platform.core import sweep, tasks
from ce_platform.core.management.commands import run_worker
from ce_platform.core.queue import wake_after_commit

Capture = Callable[..., object]


@pytest.fixture
def own_queue(tmp_path: Path) -> SqliteHuey:
    return SqliteHuey("test", filename=str(tmp_path / "queue.sqlite3"), results=False)


# ---------------------------------------------------------------- waking


@pytest.mark.django_db(transaction=True)
def test_queue_that_refuses_costs_the_person_nothing(caplog: pytest.LogCaptureFixture) -> None:
    woken: list[int] = []

    def broken(row: int) -> None:
        raise ConnectionError("the queue is not reached")

    with transaction.atomic():
        wake_after_commit(broken, 1)
        wake_after_commit(woken.append, 2)

    assert woken == [2]
    assert "the sweep will do the work" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_nothing_is_woken_by_what_was_rolled_back() -> None:
    woken: list[int] = []

    @transaction.atomic
    def wake_and_fail(number: int) -> None:
        wake_after_commit(woken.append, number)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        wake_and_fail(1)
    with transaction.atomic():
        with pytest.raises(RuntimeError):
            wake_and_fail(2)
        wake_after_commit(woken.append, 3)
        assert woken == []

    assert woken == [3]


@pytest.mark.django_db(transaction=True)
def test_without_a_transaction_the_task_is_woken_at_once() -> None:
    woken: list[int] = []

    wake_after_commit(woken.append, 1)

    assert woken == [1]


# ---------------------------------------------------------------- the sweep


def test_sweep_runs_again_after_one_that_was_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A killed process takes the lock along; nothing of it may stay in the queue."""
    ran: list[int] = []
    monkeypatch.setattr(sweep, "run", lambda: ran.append(1))

    tasks.sweep_task.call_local()
    tasks.sweep_task.call_local()

    assert len(ran) == 2
    assert queues.queue._locks == set()


def test_sweep_is_not_begun_beside_another_one_of_the_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ran: list[int] = []

    def sweep_within_a_sweep() -> None:
        ran.append(1)
        tasks.sweep_task.call_local()

    monkeypatch.setattr(sweep, "run", sweep_within_a_sweep)
    tasks.sweep_task.call_local()

    assert ran == [1]


def test_sweep_goes_on_after_one_that_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise RuntimeError

    monkeypatch.setattr(sweep, "run", fail)
    for _ in range(2):
        with pytest.raises(RuntimeError):
            tasks.sweep_task.call_local()


# ---------------------------------------------------------------- the worker


def test_worker_closes_old_connections_around_each_task(
    own_queue: SqliteHuey, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    monkeypatch.setattr(run_worker, "close_old_connections", lambda: seen.append("close"))
    run_worker.watch_connections(own_queue)

    @own_queue.task()
    def work(fails: bool) -> None:
        seen.append("work")
        if fails:
            raise ValueError("on purpose")

    for fails in (False, True):
        work(fails)
        own_queue.execute(own_queue.dequeue())

    assert seen == ["close", "work", "close"] * 2


def test_worker_ends_its_tasks_on_term(own_queue: SqliteHuey) -> None:
    consumer = run_worker.make_consumer(own_queue, workers=3)

    assert len(consumer.worker_threads) == 3
    assert consumer._signal_actions[signal.SIGTERM] == (False, True)  # (restart, graceful)
    assert consumer.shutdown_timeout == run_worker.SECONDS_TO_STOP < 90


@pytest.fixture
def as_worker(
    own_queue: SqliteHuey, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], list[str]]]:
    """`run_worker` up to the point where the consumer would begin to wait."""
    seen: list[str] = []

    class NoConsumer:
        def run(self) -> None:
            seen.append("consumer")

    monkeypatch.setattr(queues, "queue", own_queue)
    monkeypatch.setattr(run_worker, "make_consumer", lambda queue, workers: NoConsumer())
    monkeypatch.setattr(tasks, "sweep_task", lambda: seen.append("sweep asked for"))
    return lambda: (call_command("run_worker"), seen)[1]


def test_worker_asks_for_a_sweep_first_and_opens_no_connection_itself(
    as_worker: Callable[[], list[str]],
) -> None:
    # Without the database fixture any query in this thread would fail the test.
    assert as_worker() == ["sweep asked for", "consumer"]


def test_worker_starts_while_the_queue_is_away(
    as_worker: Callable[[], list[str]],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def away() -> None:
        raise ConnectionError("no route")

    monkeypatch.setattr(tasks, "sweep_task", away)

    assert as_worker() == ["consumer"]
    assert "not reached yet" in caplog.text


def test_worker_refuses_a_queue_that_does_everything_at_once() -> None:
    with pytest.raises(CommandError, match="QUEUE_IMMEDIATE"):
        call_command("run_worker")


# ---------------------------------------------------------------- which queue


def test_queue_file_survives_a_power_cut(settings: Settings, tmp_path: Path) -> None:
    settings.QUEUE_IMMEDIATE = False
    settings.DATA_DIR = tmp_path / "data"

    made = queues._make_queue()

    assert isinstance(made, SqliteHuey)
    connection = made.storage.conn
    assert isinstance(connection, sqlite3.Connection)
    facts = [
        connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("synchronous", "journal_mode")
    ]
    made.storage.close()
    assert facts == [2, "wal"]


@pytest.mark.django_db(transaction=True)
def test_queue_on_postgresql_needs_no_other_package(settings: Settings) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL")
    settings.QUEUE_IMMEDIATE = False
    facts = connection.get_connection_params()
    settings.QUEUE_URL = (
        f"postgresql:///{facts['dbname']}?host={facts['host']}&user={facts['user']}"
    )

    made = queues._make_queue()
    done: list[int] = []
    made.task()(done.append)(7)
    task = made.dequeue()
    made.execute(task)
    made.storage.close()

    assert isinstance(made, PostgresHuey)
    assert done == [7]
