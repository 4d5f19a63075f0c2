"""Sending, answers, and sending again; two people who press the button together."""

import io
import threading
from datetime import date, datetime, timedelta

import pytest
from django.db import connections
from openpyxl import Workbook, load_workbook

from ce_platform.accounts.models import User
from ce_platform.core.models import StoredFile
from certificates.models import ReportBatch, ReportBatchLine, ReportChannel, ReportLine
from certificates.reports.domain import export, moves
from certificates.reports.domain.errors import (
    LineMoved,
    NothingToReport,
    NumberRefused,
    ReceiptsUnreadable,
    ReportReasonMissing,
)
from certificates.reports.domain.export import ensure_file, make_batch, sweep_batches
from certificates.reports.domain.receipts import take_receipts
from certificates.reports.roster import roster
from certificates.reports.words import said_of
from tests.factories.accounts import UserFactory
from tests.factories.certificates import make_certificate
from tests.factories.reports import owed_line, reporting_body, set_channel

CE_BROKER = ReportChannel.CE_BROKER
TODAY = date(2026, 11, 20)
Status = ReportLine.Status


def send(by: User, now: datetime) -> ReportBatch:
    return make_batch(CE_BROKER, body=None, by=by, now=now)


def licenses_in(batch: ReportBatch) -> list[str]:
    file = batch.file
    assert file is not None
    sheet = load_workbook(io.BytesIO(file.read())).worksheets[0]
    return [str(row[4].value) for row in sheet.iter_rows()]


@pytest.mark.django_db
def test_only_clean_lines_leave_and_nobody_stands_in_a_second_file(
    registrar: User, now: datetime
) -> None:
    body = reporting_body()
    set_channel(body)
    clean = owed_line(body, number="MA 1")
    stopped = owed_line(body, number="MA 2", submission={"number": "none"})

    first = send(registrar, now)
    with pytest.raises(NothingToReport):
        send(registrar, now)
    third = owed_line(body, number="MA 3")
    second = send(registrar, now + timedelta(minutes=1))

    assert (licenses_in(first), licenses_in(second)) == (["MA 1"], ["MA 3"])
    statuses = dict(ReportLine.objects.values_list("pk", "status"))
    assert statuses == {clean.pk: "exported", stopped.pk: "pending", third.pk: "exported"}
    assert [each.sentence for each in said_of([clean.certificate], today=TODAY)[clean.root_id]] == [
        "Reported to Florida through CE Broker on November 20, 2026."
    ]


@pytest.mark.django_db
def test_file_of_a_process_that_died_is_made_later_with_the_same_bytes(
    registrar: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = reporting_body()
    set_channel(body)
    owed_line(body)

    with monkeypatch.context() as patch:
        patch.setattr(export, "ensure_file", lambda batch, now: None)
        batch = send(registrar, now)
    body.report_channel.provider_number = "50-99999"
    body.report_channel.save()

    assert ReportBatch.objects.get().file is None
    assert sweep_batches(now) == 1
    made = ReportBatch.objects.get()
    first = ensure_file(made, now=now).read()
    assert ensure_file(batch, now=now).read() == first
    assert load_workbook(io.BytesIO(first)).worksheets[0]["A1"].value == "12345"
    assert StoredFile.objects.filter(content_type__contains="spreadsheet").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_people_press_the_button_together(now: datetime) -> None:
    body = reporting_body()
    set_channel(body)
    for number in range(4):
        owed_line(body, number=f"MA {number}")
    people = UserFactory.create_batch(4)
    barrier = threading.Barrier(len(people))
    raised: list[BaseException] = []

    def press(by: User) -> None:
        try:
            barrier.wait()
            send(by, now)
        except BaseException as error:
            raised.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=(by,)) for by in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {type(error) for error in raised} == {NothingToReport}
    batch = ReportBatch.objects.get()
    assert sorted(licenses_in(batch)) == ["MA 0", "MA 1", "MA 2", "MA 3"]
    assert ReportBatchLine.objects.count() == 4


@pytest.mark.django_db
def test_rejected_line_is_corrected_and_leaves_again(registrar: User, now: datetime) -> None:
    body = reporting_body()
    set_channel(body)
    line = owed_line(body, number="MA 1")
    first = send(registrar, now)
    with pytest.raises(LineMoved):
        moves.correct_line(line, license_number="MA 11", reason="Typo.", by=registrar, now=now)
    with pytest.raises(ReportReasonMissing):
        moves.reject_line(line, reason=" ", by=registrar, now=now)
    moves.reject_line(line, reason="Unknown license.", by=registrar, now=now)
    with pytest.raises(NumberRefused):
        moves.correct_line(line, license_number="–", reason="Typo.", by=registrar, now=now)

    moves.correct_line(line, license_number="MA 11", reason="Typo.", by=registrar, now=now)
    second = send(registrar, now + timedelta(minutes=1))
    moves.accept_line(line, by=registrar, now=now)
    moves.accept_line(line, by=registrar, now=now)

    assert (licenses_in(first), licenses_in(second)) == (["MA 1"], ["MA 11"])
    line.refresh_from_db()
    assert (line.status, line.license_number) == ("accepted", "MA 11")
    assert [row.to_status for row in line.events.order_by("id")] == [
        *("pending", "exported", "rejected", "pending", "exported", "accepted")
    ]
    for step in (moves.drop_line, moves.send_again, moves.reject_line):
        with pytest.raises(LineMoved):
            step(line, reason="Again.", by=registrar, now=now)
    assert line.certificate.licenses_json.endswith('"MA 1"]]')


def table(*rows: list[object]) -> bytes:
    book = Workbook()
    for row in [["State", "License number", "Completed on", "Result", "Reason", "Else"], *rows]:
        book.worksheets[0].append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.django_db
def test_answers_are_read_back_in(registrar: User, now: datetime) -> None:
    body = reporting_body()
    set_channel(body)
    lines = [owed_line(body, number=f"MA {number}") for number in range(1, 4)]
    send(registrar, now)
    answers = table(
        ["FL", "ma-1", TODAY, "Accepted", None],
        ["FL", "MA 2", "11/20/2026", "rejected", "Name does not fit."],
        ["FL", "MA 9", TODAY, "accepted", None],
        ["FL", "MA 3", TODAY, "perhaps", None],
        ["FL", "MA 3", "someday", "accepted", None],
    )

    taken = take_receipts(answers, by=registrar, now=now)
    again = take_receipts(answers, by=registrar, now=now)

    assert (taken.accepted_count, taken.rejected_count, taken.known_count) == (1, 1, 0)
    assert sorted(taken.problems) == [
        "Row 4: no line that left has this license, state and day.",
        "Row 5: the result is neither “accepted” nor “rejected”.",
        "Row 6: the day of completion is no date.",
    ]
    assert (again.accepted_count, again.rejected_count, again.known_count) == (0, 0, 2)
    statuses = dict(ReportLine.objects.values_list("pk", "status"))
    assert [statuses[line.pk] for line in lines] == ["accepted", "rejected", "exported"]
    csv = b"State,License number,Completed on,Result\r\nFL,MA 3,2026-11-20,accepted\r\n"
    assert take_receipts(csv, by=registrar, now=now).accepted_count == 1


@pytest.mark.django_db
def test_table_of_before_does_not_answer_what_was_sent_again(
    registrar: User, now: datetime
) -> None:
    body = reporting_body()
    set_channel(body)
    line = owed_line(body, number="MA 1")
    send(registrar, now)
    answers = table(["FL", "MA 1", TODAY, "rejected", "Not yet in our list."])
    take_receipts(answers, by=registrar, now=now)
    moves.send_again(line, reason="It is now.", by=registrar, now=now)
    send(registrar, now + timedelta(minutes=1))

    taken = take_receipts(answers, by=registrar, now=now + timedelta(minutes=2))

    assert (taken.rejected_count, taken.problem_count) == (0, 1)
    assert ReportLine.objects.get().status == "exported"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "content", [b"PK\x03\x04 broken", b"\xff\xfe\x00", b"State,Result\r\nFL,accepted\r\n", b"\x00"]
)
def test_table_that_is_none_is_refused(content: bytes, registrar: User, now: datetime) -> None:
    with pytest.raises(ReceiptsUnreadable):
        take_receipts(content, by=registrar, now=now)


@pytest.mark.django_db
def test_roster_names_everybody_of_a_course_and_of_a_body(registrar: User, now: datetime) -> None:
    line = owed_line(number="MA 1")
    make_certificate(version=line.certificate.enrollment.version)
    period = {"first": TODAY, "last": TODAY, "by": registrar, "now": now}

    of_course = roster(course=line.course, body=None, **period).decode("utf-8-sig").splitlines()
    of_body = roster(course=None, body=line.body, **period).decode("utf-8-sig").splitlines()

    assert (len(of_course), len(of_body)) == (3, 2)
    assert of_body[1] == (
        f"{line.certificate.holder_name},MA 1,FL,,{line.certificate.course_title},20-100200,0.5,"
        f"{line.certificate.delivery},2026-11-20,{line.certificate.serial}"
    )
