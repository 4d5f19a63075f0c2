"""Every state × every move, and what each move asks for."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from ce_platform.accounts.models import User
from ce_platform.core.files import store_bytes
from ce_platform.core.models import AuditEvent, StoredFile
from ce_platform.licensing.domain.errors import MoveNotAllowed, SubmissionRefused
from ce_platform.licensing.domain.moves import STAGES, allowed_moves, asked_in
from ce_platform.licensing.domain.submissions import (
    Message,
    add_message,
    answer_by_message,
    ask_by_message,
    correct_submission,
    has_letter,
    move_submission,
    record_submission,
)
from ce_platform.licensing.models import LicensingBody, Submission, SubmissionEvent
from courses.models import CourseVersion
from tests.factories.courses import VersionFactory
from tests.factories.licensing import (
    TODAY,
    ApprovedFactory,
    ApproverFactory,
    BodyFactory,
    SubmissionFactory,
    SubmittedFactory,
)

Status = Submission.Status
pytestmark = pytest.mark.django_db
ALLOWED = {
    "draft": "submitted accepts-list no-preapproval not-needed withdrawn",
    "submitted": "more-info approved denied withdrawn",
    "more-info": "submitted approved denied withdrawn",
    "approved": "withdrawn expired superseded",
    "accepts-list": "draft withdrawn expired superseded",
    "no-preapproval": "draft superseded",
    "not-needed": "draft superseded",
    "denied": "draft superseded",
    "withdrawn": "draft superseded",
    "expired": "draft superseded",
    "superseded": "",
}


def facts_for(to: str, ncbtmb: LicensingBody) -> dict[str, Any]:
    """The least that each move needs."""
    past = TODAY - timedelta(days=10)
    return {
        "submitted": {"submitted_on": past},
        "more-info": {"note": "Asks for the author's CV."},
        "approved": {"decided_on": past, "hours_granted": Decimal("0.5"), "valid_from": past},
        "accepts-list": {"through": ncbtmb},
        "not-needed": {"note": "No continuing education is asked."},
        "denied": {"decided_on": past, "note": "Not massage."},
        "expired": {"valid_to": TODAY - timedelta(days=1)},
    }.get(to, {})


def a_submission(status: str, ncbtmb: LicensingBody) -> Submission:
    fields: dict[str, Any] = {"status": status}
    if status in ("submitted", "more-info", "denied", "withdrawn"):
        fields["submitted_on"] = TODAY - timedelta(days=30)
    if status in ("approved", "expired"):
        fields |= {
            "submitted_on": TODAY - timedelta(days=400),
            "decided_on": TODAY - timedelta(days=390),
            "valid_from": TODAY - timedelta(days=390),
            "hours_granted": Decimal("0.5"),
        }
    if status == "accepts-list":
        fields["through"] = ncbtmb
    return SubmissionFactory(**fields)


@pytest.mark.parametrize("before", Status.values)
@pytest.mark.parametrize("to", Status.values)
def test_every_state_and_every_move(before: str, to: str, registrar: User, now: datetime) -> None:
    ncbtmb = ApproverFactory()
    submission = a_submission(before, ncbtmb)
    facts = facts_for(to, ncbtmb)
    is_allowed = to in ALLOWED[before].split()

    if is_allowed:
        moved = move_submission(submission, to=Status(to), facts=facts, by=registrar, now=now)
        assert moved.status == to
        (event,) = submission.events.all()
        assert (event.from_status, event.to_status) == (before, to)
        assert event.note == facts.get("note", "")
        assert (event.by_id, event.by_label) == (registrar.id, registrar.email)
        assert AuditEvent.objects.filter(action="submission.moved").count() == 1
    else:
        try:
            move_submission(submission, to=Status(to), facts=facts, by=registrar, now=now)
        except MoveNotAllowed:
            pass
        else:
            assert before == to, "only the same step again is taken silently"
        assert not submission.events.exists()
        submission.refresh_from_db()
        assert submission.status == before


def test_allowed_moves_are_the_table() -> None:
    for status, moves in ALLOWED.items():
        assert sorted(allowed_moves(Submission(status=status))) == sorted(moves.split())


def test_every_status_has_a_stage_and_forms_ask_only_its_facts() -> None:
    assert set(STAGES) == set(Status)
    for status, moves in ALLOWED.items():
        for to in moves.split():
            asked = set(asked_in(status, Status(to)))
            assert asked <= set(STAGES[Status(to)].facts)


@pytest.mark.parametrize(
    ("before", "to", "facts", "problems"),
    [
        ("draft", "submitted", {}, {"submitted_on": "Write the day on which it was submitted."}),
        (
            "draft",
            "submitted",
            {"submitted_on": TODAY + timedelta(days=1)},
            {"submitted_on": "This day has not come yet."},
        ),
        (
            "draft",
            "accepts-list",
            {},
            {"through": "Choose whose list the body accepts, e.g. NCBTMB."},
        ),
        ("draft", "not-needed", {}, {"note": "Say why there is nothing to send."}),
        ("submitted", "more-info", {}, {"note": "Write down what the body asks."}),
        (
            "submitted",
            "more-info",
            {"note": "CV", "answer_due_on": TODAY - timedelta(days=31)},
            {
                "answer_due_on": "The answer cannot be due before the submission on "
                "October 21, 2026."
            },
        ),
        (
            "submitted",
            "approved",
            {},
            {
                "decided_on": "Write the day of the decision.",
                "hours_granted": "Write how many hours the body granted.",
                "valid_from": "Write the first day on which the approval holds.",
            },
        ),
        (
            "submitted",
            "approved",
            {
                "decided_on": TODAY - timedelta(days=31),
                "hours_granted": Decimal(0),
                "valid_from": TODAY,
                "valid_to": TODAY - timedelta(days=1),
            },
            {
                "decided_on": "The decision cannot be earlier than the submission on "
                "October 21, 2026.",
                "hours_granted": "Write more than 0 and at most 100 hours.",
                "valid_to": "The last day cannot be earlier than the first, November 20, 2026.",
            },
        ),
        (
            "submitted",
            "approved",
            {"decided_on": TODAY, "valid_from": TODAY, "hours_granted": Decimal(2)},
            {
                "letter": "The course claims 0.5 hours. For more, attach the letter in which the "
                "body grants them."
            },
        ),
        (
            "submitted",
            "approved",
            {"decided_on": TODAY, "valid_from": TODAY, "hours_granted": Decimal("0.333")},
            {"hours_granted": "Write hours with at most two decimals."},
        ),
        (
            "submitted",
            "denied",
            {},
            {
                "decided_on": "Write the day of the decision.",
                "note": "Write down the reason the body gave.",
            },
        ),
        ("approved", "expired", {}, {"valid_to": "Write the last day on which the approval held."}),
        (
            "approved",
            "expired",
            {"valid_to": TODAY},
            {"valid_to": "The approval still holds: its last day is November 20, 2026."},
        ),
    ],
)
def test_a_move_without_its_facts_says_what_is_missing(
    before: str,
    to: str,
    facts: dict[str, Any],
    problems: dict[str, str],
    registrar: User,
    now: datetime,
) -> None:
    submission = a_submission(before, ApproverFactory())

    with pytest.raises(SubmissionRefused) as refused:
        move_submission(submission, to=Status(to), facts=facts, by=registrar, now=now)

    assert refused.value.problems == problems
    assert not submission.events.exists()


def test_own_list_is_no_list(registrar: User, now: datetime) -> None:
    submission = SubmissionFactory()

    with pytest.raises(SubmissionRefused) as refused:
        move_submission(
            submission,
            to=Status.ACCEPTS_LIST,
            facts={"through": submission.body},
            by=registrar,
            now=now,
        )

    assert set(refused.value.problems) == {"through"}


def test_more_hours_than_claimed_with_the_letter_on_file(registrar: User, now: datetime) -> None:
    letter = store_bytes(
        b"%PDF-1.7", area=StoredFile.Area.PRIVATE, content_type="application/pdf", now=now
    )
    submission = SubmittedFactory()

    moved = move_submission(
        submission,
        to=Status.APPROVED,
        facts={
            "decided_on": TODAY,
            "valid_from": TODAY,
            "hours_granted": Decimal(2),
            "letter": letter,
        },
        by=registrar,
        now=now,
    )

    assert moved.hours_granted == 2
    assert has_letter(moved, letter.sha256)
    event = moved.events.get()
    assert json.loads(event.facts_json) == {
        "decided_on": "2026-11-20",
        "hours_granted": "2",
        "letter": letter.sha256,
        "valid_from": "2026-11-20",
    }


def test_a_fact_of_another_stage_is_a_mistake_of_the_program(
    registrar: User, now: datetime
) -> None:
    with pytest.raises(ValueError, match="hours_granted"):
        move_submission(
            SubmissionFactory(),
            to=Status.SUBMITTED,
            facts={"submitted_on": TODAY, "hours_granted": Decimal(1)},
            by=registrar,
            now=now,
        )


def test_the_same_move_sent_twice_is_made_once(registrar: User, now: datetime) -> None:
    submission = SubmissionFactory()
    facts = {"submitted_on": TODAY, "channel": "CE Broker"}

    for _ in range(2):
        move_submission(submission, to=Status.SUBMITTED, facts=facts, by=registrar, now=now)

    assert submission.events.count() == 1


def test_another_fact_for_the_same_status_is_not_a_move(registrar: User, now: datetime) -> None:
    submission = SubmittedFactory()

    with pytest.raises(MoveNotAllowed, match="“Submitted” now and cannot become “Submitted”"):
        move_submission(
            submission,
            to=Status.SUBMITTED,
            facts={"submitted_on": TODAY},
            by=registrar,
            now=now,
        )


def test_starting_over_clears_the_decision_and_history_keeps_it(
    registrar: User, now: datetime
) -> None:
    submission = ApprovedFactory(valid_to=TODAY - timedelta(days=1))
    letter = store_bytes(
        b"%PDF-1", area=StoredFile.Area.PRIVATE, content_type="application/pdf", now=now
    )
    correct_submission(
        submission, facts={"letter": letter}, note="Found it.", by=registrar, now=now
    )
    move_submission(submission, to=Status.EXPIRED, facts={}, by=registrar, now=now)

    again = move_submission(submission, to=Status.DRAFT, facts={}, by=registrar, now=now)

    assert (again.number, again.hours_granted, again.valid_to, again.letter) == (
        "",
        None,
        None,
        None,
    )
    assert has_letter(again, letter.sha256)
    cleared = json.loads(again.events.first().facts_json)  # type: ignore[union-attr]
    assert cleared["number"] == ""
    assert cleared["valid_to"] is None


def test_answer_ends_the_question(registrar: User, now: datetime) -> None:
    submission = a_submission("more-info", ApproverFactory())
    submission.answer_due_on = TODAY + timedelta(days=5)
    submission.save()

    moved = move_submission(submission, to=Status.SUBMITTED, facts={}, by=registrar, now=now)

    assert moved.answer_due_on is None
    assert moved.submitted_on == TODAY - timedelta(days=30)


# ---------------------------------------------------------------- record, correct, note


def test_record_is_made_once(registrar: User, now: datetime) -> None:
    version, body = VersionFactory(), BodyFactory()

    made = [
        record_submission(course=version.course, edition=1, body=body, by=registrar, now=now)
        for _ in range(2)
    ]

    assert made[0] == made[1]
    assert made[0].status == Status.DRAFT
    assert SubmissionEvent.objects.count() == 1


def test_record_refuses_an_edition_that_is_not_there(registrar: User, now: datetime) -> None:
    version: CourseVersion = VersionFactory()

    with pytest.raises(SubmissionRefused, match="no edition 2"):
        record_submission(
            course=version.course, edition=2, body=BodyFactory(), by=registrar, now=now
        )


def test_correction_is_an_event_with_its_reason(registrar: User, now: datetime) -> None:
    submission = ApprovedFactory(number="20-1")

    corrected = correct_submission(
        submission,
        facts={"number": "20-2", "valid_to": date(2028, 9, 30)},
        note="Renewed by letter.",
        by=registrar,
        now=now,
    )

    event = corrected.events.get()
    assert (corrected.number, corrected.status) == ("20-2", "approved")
    assert (event.from_status, event.to_status) == ("approved", "approved")
    assert event.note == "Renewed by letter."
    assert json.loads(event.facts_json) == {"number": "20-2", "valid_to": "2028-09-30"}
    assert AuditEvent.objects.filter(action="submission.corrected").count() == 1


def test_correction_without_a_difference_writes_nothing(registrar: User, now: datetime) -> None:
    submission = ApprovedFactory()

    correct_submission(
        submission, facts={"number": submission.number}, note="?", by=registrar, now=now
    )

    assert not submission.events.exists()


@pytest.mark.parametrize(
    ("facts", "note", "field"),
    [
        ({"number": "20-2"}, "", "note"),
        ({"hours_granted": None}, "Typing mistake.", "hours_granted"),
        ({"valid_to": date(2026, 9, 30)}, "Typing mistake.", "valid_to"),
    ],
)
def test_correction_is_refused(
    facts: dict[str, Any], note: str, field: str, registrar: User, now: datetime
) -> None:
    submission = ApprovedFactory()

    with pytest.raises(SubmissionRefused) as refused:
        correct_submission(submission, facts=facts, note=note, by=registrar, now=now)

    assert set(refused.value.problems) == {field}


def test_note_is_kept_once_and_moves_nothing(registrar: User, now: datetime) -> None:
    submission = SubmittedFactory()
    message = Message("Called them.", contact="Ms. Ortiz", happened_on=TODAY)

    events = [
        add_message(submission, message=message, by=registrar, now=now),
        add_message(submission, message=message, by=registrar, now=now),
    ]
    other = add_message(
        submission, message=replace(message, contact="Mr. Lee"), by=registrar, now=now
    )

    assert events[0] == events[1] != other
    assert (events[0].from_status, events[0].to_status) == ("", "")
    submission.refresh_from_db()
    assert submission.status == "submitted"


def test_a_question_and_its_answer_are_messages_that_move_the_file(
    registrar: User, now: datetime
) -> None:
    submission = SubmittedFactory()
    question = Message("Send the CV.", SubmissionEvent.Direction.FROM_BODY, "Ms. Ortiz", TODAY)
    answer = Message("The CV is attached.", SubmissionEvent.Direction.TO_BODY, "Ms. Ortiz", TODAY)
    due = TODAY + timedelta(days=14)

    ask_by_message(submission, message=question, answer_due_on=due, by=registrar, now=now)
    submission.refresh_from_db()
    asked = (submission.status, submission.answer_due_on)
    for _ in range(2):
        answer_by_message(submission, message=answer, by=registrar, now=now)
    submission.refresh_from_db()

    assert asked == ("more-info", due)
    assert (submission.status, submission.answer_due_on) == ("submitted", None)
    assert [
        (event.from_status, event.to_status, event.direction, event.contact, event.note)
        for event in submission.events.all()
    ] == [
        ("more-info", "submitted", "to-body", "Ms. Ortiz", "The CV is attached."),
        ("submitted", "more-info", "from-body", "Ms. Ortiz", "Send the CV."),
    ]


def test_two_answers_at_once_are_both_kept(
    registrar: User, instructor: User, now: datetime
) -> None:
    submission = SubmittedFactory()
    question = Message("Send the CV.", SubmissionEvent.Direction.FROM_BODY, "", TODAY)
    ask_by_message(submission, message=question, answer_due_on=None, by=registrar, now=now)
    letter = store_bytes(
        b"%PDF-answer", area=StoredFile.Area.PRIVATE, content_type="application/pdf", now=now
    )
    mine = Message("Here is the CV.", SubmissionEvent.Direction.TO_BODY, "", TODAY)
    theirs = Message("CV, and the outline.", SubmissionEvent.Direction.TO_BODY, "", TODAY, letter)

    answer_by_message(submission, message=mine, by=registrar, now=now)
    answer_by_message(submission, message=theirs, by=instructor, now=now)

    assert [(event.to_status, event.note) for event in submission.events.all()][:2] == [
        ("", "CV, and the outline."),
        ("submitted", "Here is the CV."),
    ]
    assert has_letter(submission, letter.sha256)


def test_an_answer_that_is_sent_twice_from_the_page_stands_there_once(
    registrar: User, client_of: Callable[[User], Client], now: datetime
) -> None:
    submission = SubmittedFactory()
    question = Message("Send the CV.", SubmissionEvent.Direction.FROM_BODY, "", TODAY)
    ask_by_message(submission, message=question, answer_due_on=None, by=registrar, now=now)
    sent = {
        "message-direction": "to-body",
        "message-note": "The CV is attached.",
        "message-answers": "on",
    }

    # The second press meets a file that has moved, and a form without that question.
    for _ in range(2):
        client_of(registrar).post(f"/office/submissions/{submission.uid}/note/", sent)

    assert [event.note for event in submission.events.all()] == [
        "The CV is attached.",
        "Send the CV.",
    ]


def test_a_question_from_a_page_that_is_overtaken_keeps_its_day(
    registrar: User, client_of: Callable[[User], Client], now: datetime
) -> None:
    submission = SubmittedFactory()
    sent = {"message-direction": "from-body", "message-asks": "on"}
    first, second = TODAY + timedelta(days=40), TODAY + timedelta(days=14)
    url = f"/office/submissions/{submission.uid}/note/"

    for _ in range(2):
        client_of(registrar).post(
            url, sent | {"message-note": "The CV?", "message-answer_due_on": first.isoformat()}
        )
    client_of(registrar).post(
        url, sent | {"message-note": "And fees?", "message-answer_due_on": second.isoformat()}
    )

    submission.refresh_from_db()
    assert (submission.status, submission.answer_due_on) == ("more-info", second)
    assert [event.note for event in submission.events.filter(direction="from-body")] == [
        "And fees?",
        "The CV?",
    ]
    move_submission(
        submission,
        to=Status.DENIED,
        facts={"decided_on": TODAY, "note": "No."},
        by=registrar,
        now=now,
    )
    late = client_of(registrar).post(url, sent | {"message-note": "What of the exam?"})
    assert (late.status_code, "What of the exam?" in late.content.decode()) == (422, True)


@pytest.mark.parametrize(
    ("message", "field"),
    [
        (Message(""), "note"),
        (Message("Soon", happened_on=TODAY + timedelta(days=2)), "happened_on"),
    ],
    ids=["empty", "tomorrow"],
)
def test_a_message_is_refused(message: Message, field: str, registrar: User, now: datetime) -> None:
    submission = SubmittedFactory()

    with pytest.raises(SubmissionRefused) as refused:
        add_message(submission, message=message, by=registrar, now=now)

    assert set(refused.value.problems) == {field}


def test_an_answer_moves_no_file_that_was_asked_nothing(registrar: User, now: datetime) -> None:
    with pytest.raises(MoveNotAllowed):
        answer_by_message(ApprovedFactory(), message=Message("So."), by=registrar, now=now)
