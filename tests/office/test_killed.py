"""Whenever a worker of the office dies, the next one ends its work: once, whole, nothing left."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from ce_platform.accounts.models import User
from ce_platform.core import files, jobs, keeping, mail
from ce_platform.core.models import AuditEvent, AuditPack, BackgroundJob, OutgoingMail, StoredFile
from ce_platform.office.moving_in import looking, running, throwing_away, writing
from ce_platform.office.moving_in.kinds import kind_named
from ce_platform.office.moving_in.models import ImportRun
from ce_platform.office.moving_out import archives
from ce_platform.office.moving_out.models import Archive
from ce_platform.office.own_data import asking, share
from ce_platform.office.own_data.models import OwnData
from ce_platform.office.people import lists, messages
from ce_platform.office.people.models import CourseMessage
from certificates.models import Certificate
from courses.models import Course, Enrollment
from tests.factories.accounts import UserFactory
from tests.factories.certificates import make_provider
from tests.factories.courses import EnrollmentFactory, VersionFactory
from tests.killed import killed, next_worker
from tests.office.moving_in.brought import bring
from tests.office.moving_in.test_importing import completions
from tests.pages.audit_pack.made import Way, asked, make_course, pass_course

pytestmark = pytest.mark.django_db
Made = Archive | OwnData | AuditPack


# ---------------------------------------------------------------- files that are made


def an_archive(by: User, now: datetime) -> Made:
    make_provider()
    return archives.ask_for_archive(by=by, now=now)


def own_data(by: User, now: datetime) -> Made:
    return asking.ask(by, now=now)


def an_audit_pack(by: User, now: datetime) -> Made:
    certificate = pass_course(make_course())
    return asked(Way.LEARNER, {"user": certificate.user_id}, by=by)


ASKED = [(an_archive, "archive"), (own_data, "own-data"), (an_audit_pack, "audit-pack")]
STEPS: dict[str, tuple[Any, str, bool]] = {
    "all is written": (keeping, "_sha256_of", False),
    "the bytes are stored": (files, "store_open_file", False),
    "file and mail are written, not committed": (mail, "write_mail", False),
    "all is committed": (jobs.JobProgress, "conclude", True),
}


def bytes_kept() -> set[str]:
    storage: Any = StoredFile(area=StoredFile.Area.PRIVATE).storage
    return {path.name for path in Path(storage.location).rglob("*") if path.is_file()}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(("ask", "name"), ASKED)
def test_file_is_made_once_and_told_once(
    ask: Callable[[User, datetime], Made], name: str, step: str, registrar: User, now: datetime
) -> None:
    row = ask(registrar, now)
    owner, function, before = STEPS[step]
    kept, mails = bytes_kept(), OutgoingMail.objects.count()
    with killed(owner, function, before=before):
        jobs.run(row.job_id or 0, now=now)

    next_worker(row.job_id, now=now)

    row.refresh_from_db()
    assert bytes_kept() - kept == {row.sha256}
    assert StoredFile.objects.filter(sha256=row.sha256).count() == 1
    assert (row.unfinished_sha256, OutgoingMail.objects.count()) == ("", mails + 1)
    assert AuditEvent.objects.filter(action=f"{name}.made").count() == 1


@pytest.mark.parametrize(("ask", "name"), ASKED)
def test_what_is_left_of_work_that_nobody_goes_on_with_is_swept_away(
    ask: Callable[[User, datetime], Made], name: str, registrar: User, now: datetime
) -> None:
    row = ask(registrar, now)
    kept = bytes_kept()
    with killed(files, "store_open_file"):
        jobs.run(row.job_id or 0, now=now)
    assert len(bytes_kept() - kept) == 1
    assert keeping.sweep_unfinished(now) == 0, "its worker may be alive"

    jobs.stop(row.job_id or 0, said="Stopped.", now=now)
    assert keeping.sweep_unfinished(now) == 1

    row.refresh_from_db()
    assert (bytes_kept() - kept, row.unfinished_sha256, row.made_at) == (set(), "", None)


def test_half_kept_data_of_somebody_goes_with_the_account(owner: User, now: datetime) -> None:
    row = own_data(owner, now)
    kept = bytes_kept()
    with killed(files, "store_open_file"):
        jobs.run(row.job_id or 0, now=now)

    share.erase(owner, now=now)
    jobs.sweep_jobs(now.replace(year=2027))

    assert (bytes_kept() - kept, OwnData.objects.count()) == (set(), 0)


# ---------------------------------------------------------------- messages to a course


@pytest.fixture
def message(registrar: User, now: datetime, monkeypatch: pytest.MonkeyPatch) -> CourseMessage:
    """To five readers, written in chunks of two."""
    monkeypatch.setattr(messages, "_CHUNK", 2)
    version = VersionFactory()
    for _ in range(5):
        EnrollmentFactory(version=version)
    kept = messages.keep_message(
        version.course, to="open", subject="News", body="A lesson.", by=registrar, now=now
    )
    return messages.send_message(kept, by=registrar, now=now)


def assert_each_reader_has_it_once(message: CourseMessage) -> None:
    mails = OutgoingMail.objects.filter(kind=messages.MAIL)
    assert sorted(mails.values_list("to_email", flat=True)) == sorted(
        messages.readers_of(message).values_list("email", flat=True)
    )
    message.refresh_from_db()
    assert (message.written_count, message.unwanted_count) == (5, 0)


@pytest.mark.parametrize(
    ("owner", "function", "call", "before", "written"),
    [
        (messages, "_write", 4, False, 2),
        (jobs.JobProgress, "advance", 2, True, 4),
        (jobs.JobProgress, "advance", 3, False, 5),
        (jobs.JobProgress, "conclude", 1, True, 5),
    ],
    ids=["in a chunk", "after a chunk", "after the last", "before it is said to be done"],
)
def test_nobody_gets_a_message_twice_or_is_missed(
    message: CourseMessage,
    owner: Any,
    function: str,
    call: int,
    before: bool,
    written: int,
    now: datetime,
) -> None:
    with killed(owner, function, call=call, before=before):
        jobs.run(message.job_id or 0, now=now)
    assert OutgoingMail.objects.filter(kind=messages.MAIL).count() == written

    next_worker(message.job_id, now=now)

    assert_each_reader_has_it_once(message)


def test_message_that_stopped_half_way_can_go_on(
    message: CourseMessage, registrar: User, now: datetime
) -> None:
    with killed(messages, "_write", call=4):
        jobs.run(message.job_id or 0, now=now)
    jobs.stop(message.job_id or 0, said="Stopped.", now=now)

    again = messages.send_message(message, by=registrar, now=now)
    pressed_twice = messages.send_message(message, by=registrar, now=now)
    jobs.run(again.job_id or 0, now=now)

    assert again.job_id == pressed_twice.job_id != message.job_id
    assert_each_reader_has_it_once(message)
    assert messages.send_message(message, by=registrar, now=now).job_id == again.job_id


# ---------------------------------------------------------------- lists of people

LIST_STEPS: list[tuple[Any, str, bool]] = [
    (lists, "account_for", False),
    (lists, "invite", False),
    (lists, "_note", False),
    (jobs.JobProgress, "advance", True),
    (jobs.JobProgress, "conclude", True),
]


@pytest.mark.parametrize("is_enrolling", [False, True])
@pytest.mark.parametrize(("owner", "function", "before"), LIST_STEPS)
def test_everybody_on_a_list_is_invited_and_enrolled_once(
    owner: Any, function: str, before: bool, is_enrolling: bool, registrar: User, now: datetime
) -> None:
    course: Course | None = VersionFactory().course if is_enrolling else None
    text = "Name, E-mail\n" + "".join(f"Person {each}, {each}@example.com\n" for each in "abc")
    kept = lists.keep_list(lists.read_people(text), course=course, note="", by=registrar, now=now)
    begun = lists.start_list(kept, by=registrar, now=now)
    with killed(owner, function, call=1 if function == "conclude" else 2, before=before):
        jobs.run(begun.job_id or 0, now=now)

    job = next_worker(begun.job_id, now=now)

    assert (job.done_count, list(kept.lines.values_list("outcome", flat=True))) == (3, ["done"] * 3)
    invited = OutgoingMail.objects.filter(kind="account_invited").values_list("to_email", flat=True)
    everybody = [f"{each}@example.com" for each in "abc"]
    assert sorted(invited) == everybody
    enrolled = Enrollment.objects.values_list("user__email", flat=True)
    assert sorted(enrolled) == (everybody if is_enrolling else [])


# ---------------------------------------------------------------- moving in

APPLY_STEPS: dict[str, tuple[Any, str, int, bool]] = {
    "between two PDFs": (files, "store_bytes", 2, False),
    "before the transaction": (writing, "_write_lines", 1, True),
    "between two chunks": (kind_named("completions"), "write", 2, False),
    "all written, not committed": (writing, "_write_lines", 1, False),
    "committed": (jobs.JobProgress, "conclude", 1, True),
}


def brought(registrar: User, now: datetime, monkeypatch: pytest.MonkeyPatch) -> ImportRun:
    """Seven completions of four people, three PDFs, written in chunks of three."""
    make_provider()
    for module in (looking, writing):
        monkeypatch.setattr(module, "CHUNK", 3)
    return bring("completions", completions(7), by=registrar, now=now)


def here() -> tuple[int, int]:
    return Certificate.objects.count(), User.objects.count()


@pytest.mark.parametrize("step", APPLY_STEPS)
def test_all_of_a_file_comes_in_or_nothing(
    step: str, registrar: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = brought(registrar, now, monkeypatch)
    run = running.apply(run, by=registrar, now=now)
    owner, function, call, before = APPLY_STEPS[step]
    with killed(owner, function, call=call, before=before):
        jobs.run(run.job_id or 0, now=now)
    run.refresh_from_db()
    assert (here(), run.state) == (
        ((7, 5), "done") if step == "committed" else ((0, 1), "applying")
    )

    next_worker(run.job_id, now=now)

    run.refresh_from_db()
    assert (here(), run.state, run.new_count) == ((7, 5), "done", 7)
    assert AuditEvent.objects.filter(action="import.done").count() == 1
    assert StoredFile.objects.filter(content_type="application/pdf").count() == 3
    assert OutgoingMail.objects.count() == 0


def test_import_that_was_given_up_or_refused_can_be_begun_again_at_once(
    registrar: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = brought(registrar, now, monkeypatch)
    begun = running.apply(run, by=registrar, now=now)
    with killed(writing, "_write_lines"):
        jobs.run(begun.job_id or 0, now=now)
    jobs.stop(begun.job_id or 0, said="Stopped.", now=now)
    throwing_away.sweep_runs(now)
    run.refresh_from_db()
    assert (run.state, here()) == ("looked-at", (0, 1))

    # Refused in its transaction: the job has ended with it, and the page may go on.
    again = running.apply(run, by=registrar, now=now)
    with monkeypatch.context() as patched:

        def refuse(*args: Any, **values: Any) -> None:
            raise running.ImportRefused(writing.MEANWHILE)

        patched.setattr(writing, "_write_lines", refuse)
        jobs.run(again.job_id or 0, now=now)
    checked = running.check(run, by=registrar, now=now)
    assert checked.job_id != again.job_id
    jobs.run(checked.job_id or 0, now=now)
    last = running.apply(run, by=registrar, now=now)
    jobs.run(last.job_id or 0, now=now)

    assert here() == (7, 5)


@pytest.mark.parametrize(("function", "call"), [("line_of", 5), ("_conclude", 1)])
def test_file_is_looked_through_anew(
    function: str, call: int, registrar: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = running.check(brought(registrar, now, monkeypatch), by=registrar, now=now)
    with killed(looking, function, call=call):
        jobs.run(run.job_id or 0, now=now)

    next_worker(run.job_id, now=now)

    run.refresh_from_db()
    assert (run.state, run.line_count, run.new_count, run.pdf_count) == ("looked-at", 7, 7, 3)
    assert list(run.lines.order_by("row").values_list("row", flat=True)) == list(range(2, 9))


def test_those_whom_an_import_made_are_invited_once(registrar: User, now: datetime) -> None:
    make_provider()
    table = "Name,E-mail\n" + "".join(f"Person {each},{each}@example.com\n" for each in "abc")
    run = running.apply(
        bring("people", table.encode(), by=registrar, now=now), by=registrar, now=now
    )
    jobs.run(run.job_id or 0, now=now)
    running.start_inviting(run, by=registrar, now=now)
    run.refresh_from_db()
    with killed(running, "invite", call=2):
        jobs.run(run.job_id or 0, now=now)

    next_worker(run.job_id, now=now)

    assert sorted(OutgoingMail.objects.values_list("to_email", flat=True)) == [
        f"{each}@example.com" for each in "abc"
    ]


def test_file_that_was_brought_and_never_noted_goes_again(registrar: User, now: datetime) -> None:
    """The web process died between the bytes and their row."""
    table = b"Name,E-mail\nOn Trial,trial@example.com\n"
    kept = bytes_kept()
    with killed(files, "store_open_file"):
        bring("people", table, by=registrar, now=now)
    assert len(bytes_kept() - kept) == 1

    jobs.sweep_jobs(now + files.TRIAL)
    assert len(bytes_kept() - kept) == 1, "it may still be on its way"
    jobs.sweep_jobs(now.replace(year=2027))
    assert (bytes_kept() - kept, StoredFile.objects.count()) == (set(), 0)

    run = bring("people", table, by=registrar, now=now)
    jobs.sweep_jobs(now.replace(year=2028))
    assert run.file is not None
    assert run.file.storage.exists(run.file.path)
    assert not BackgroundJob.objects.filter(kind=files.LET_GO, status="queued").exists()


def test_two_lists_with_the_same_person_send_one_invitation(registrar: User, now: datetime) -> None:
    UserFactory(email="a@example.com", name_on_certificates="Person A")
    for _ in range(2):
        kept = lists.keep_list(
            lists.read_people("Name, E-mail\nPerson A, a@example.com\n"),
            course=None, note="", by=registrar, now=now,
        )  # fmt: skip
        jobs.run(lists.start_list(kept, by=registrar, now=now).job_id or 0, now=now)

    assert OutgoingMail.objects.filter(kind="account_invited").count() == 1
