"""The registrar's pages of submissions."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ce_platform.accounts.models import User
from ce_platform.licensing import desk
from ce_platform.licensing.models import Submission
from tests.factories.courses import VersionFactory
from tests.factories.licensing import (
    TODAY,
    ApprovedFactory,
    ApproverFactory,
    BodyFactory,
    SubmissionFactory,
    SubmittedFactory,
)

ClientOf = Callable[[User], Client]
pytestmark = pytest.mark.django_db
LIST = "/office/submissions/"
PDF = b"%PDF-1.7 a letter"


@pytest.fixture
def office(registrar: User, client_of: ClientOf) -> Client:
    return client_of(registrar)


def note(text: str, **more: str) -> dict[str, str]:
    sent = {"direction": "internal", "note": text} | more
    return {f"message-{name}": value for name, value in sent.items()}


def detail(submission: Submission) -> str:
    return f"{LIST}{submission.uid}/"


# ---------------------------------------------------------------- what is due


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"status": "draft"}, None),
        ({"valid_to": None}, None),
        ({"valid_to": TODAY + timedelta(days=121)}, None),
        ({"valid_to": TODAY + timedelta(days=120)}, ("Within 120 days", "in 120 days", "wait")),
        ({"valid_to": TODAY + timedelta(days=60)}, ("Within 60 days", "in 60 days", "wait")),
        ({"valid_to": TODAY + timedelta(days=30)}, ("Within 30 days", "in 30 days", "warn")),
        ({"valid_to": TODAY}, ("Within 30 days", "today", "warn")),
        ({"valid_to": TODAY - timedelta(days=1)}, ("Past its day", "1 day ago", "bad")),
        ({"status": "more-info"}, ("Within 30 days", "no date given", "warn")),
        (
            {"status": "more-info", "answer_due_on": TODAY + timedelta(days=9)},
            ("Within 30 days", "in 9 days", "warn"),
        ),
        (
            {"status": "denied", "answer_due_on": TODAY + timedelta(days=9)},
            ("Within 30 days", "in 9 days", "warn"),
        ),
        ({"status": "denied", "answer_due_on": TODAY - timedelta(days=9)}, None),
        ({"status": "submitted"}, None),
    ],
    ids=str,
)
def test_what_is_due(fields: dict[str, Any], expected: tuple[str, str, str] | None) -> None:
    submission = ApprovedFactory(**fields)

    due = desk.due_of(submission, today=TODAY)
    listed = desk.due_rows(today=TODAY)

    assert (due and (due.notice, due.when, due.tone)) == expected
    assert [row.submission for row in listed] == ([submission] if expected else [])


def test_due_is_soonest_first() -> None:
    later = ApprovedFactory(valid_to=TODAY + timedelta(days=100))
    over = ApprovedFactory(valid_to=TODAY - timedelta(days=3))
    asked = SubmittedFactory(status="more-info", answer_due_on=TODAY + timedelta(days=9))

    groups = desk.due_groups(today=TODAY)

    assert [(heading, [row.submission for row in rows]) for heading, rows in groups] == [
        ("Past its day", [over]),
        ("Within 30 days", [asked]),
        ("Within 120 days", [later]),
    ]


def test_due_first_is_looked_at_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where more is due than the desk looks at."""
    monkeypatch.setattr(desk, "MOST_DUE", 1)
    rows = [ApprovedFactory(valid_to=TODAY + timedelta(days=60 - number)) for number in range(6)]

    assert [row.submission for row in desk.due_rows(today=TODAY)] == [rows[-1]]


# ---------------------------------------------------------------- the list


def test_list_filters_and_searches(office: Client) -> None:
    florida = BodyFactory(code="US-FL", jurisdiction="Florida", name="Florida Board")
    ohio = BodyFactory(code="US-OH", jurisdiction="Ohio", name="Medical Board")
    face = VersionFactory(title="Face", search_text="face and neck").course
    back = VersionFactory(title="Back", search_text="back").course
    rows = {
        "face-fl": ApprovedFactory(course=face, body=florida, number="20-777"),
        "face-oh": SubmissionFactory(course=face, body=ohio),
        "back-fl": SubmittedFactory(course=back, body=florida, reference="REF9"),
    }

    def found(**query: str) -> list[str]:
        text = office.get(LIST, query).content.decode()
        table = text[text.index('id="all"') :]
        return [name for name, row in rows.items() if str(row.uid) in table]

    assert found() == ["face-fl", "face-oh", "back-fl"]
    assert found(status="submitted") == ["back-fl"]
    assert found(body="US-OH") == ["face-oh"]
    assert found(course=face.slug) == ["face-fl", "face-oh"]
    assert found(q="florida neck") == ["face-fl"]
    assert found(q="20-777") == ["face-fl"]
    assert found(q="ref9") == ["back-fl"]
    assert found(q="nothing like it") == []
    assert found(status="no-such", after="x\x00") == []


def test_list_goes_on_by_key(office: Client) -> None:
    body = BodyFactory()
    for _ in range(26):
        SubmissionFactory(body=body)

    first = office.get(LIST, {"body": body.code}).content.decode()
    last = Submission.objects.order_by("-pk")[24]
    assert f"body={body.code}&amp;after={last.pk}" in first
    second = office.get(LIST, {"body": body.code, "after": str(last.pk)}).content.decode()
    assert str(Submission.objects.order_by("pk")[0].uid) in second
    assert f'href="{LIST}?body={body.code}"' in second


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_queries_for_any_number(
    count: int, office: Client, django_assert_num_queries: Callable[..., object]
) -> None:
    for _ in range(count):
        ApprovedFactory(valid_to=TODAY)
    office.get(LIST)

    with django_assert_num_queries(10):  # type: ignore[attr-defined]
        office.get(LIST)


@pytest.mark.parametrize("count", [1, 3])
def test_detail_takes_the_same_queries_for_any_history(
    count: int, office: Client, django_assert_num_queries: Callable[..., object]
) -> None:
    submission = SubmittedFactory()
    for number in range(count):
        office.post(f"{detail(submission)}note/", note(f"Call {number}"))
    office.get(detail(submission))

    with django_assert_num_queries(7):  # type: ignore[attr-defined]
        office.get(detail(submission))


def test_list_names_editions_on_sale_that_went_nowhere(office: Client) -> None:
    for title, sent_editions in (("Face", [1]), ("Back", [1, 2])):
        version = VersionFactory(title=title, edition=2)
        version.course.on_sale_version = version
        version.course.save()
        for edition in sent_editions:
            SubmissionFactory(course=version.course, edition=edition)

    assert [title for _key, title in desk.never_sent()] == ["Face, edition 2"]
    assert "On sale, sent to nobody" in office.get(LIST).content.decode()


def test_empty_list_says_what_will_be_here(office: Client) -> None:
    assert b"No submission yet" in office.get(LIST).content


# ---------------------------------------------------------------- add


def test_add_leads_to_the_file(office: Client) -> None:
    version, body = VersionFactory(), BodyFactory()
    sent = {"edition": f"{version.course.slug}:1", "body": body.code}

    first = office.post(f"{LIST}add/", sent)
    second = office.post(f"{LIST}add/", sent)

    submission = Submission.objects.get()
    assert (submission.course, submission.body, submission.status) == (
        version.course,
        body,
        "draft",
    )
    assert first.url == second.url == detail(submission)


@pytest.mark.parametrize("field", ["edition", "body"])
def test_add_without_a_choice(field: str, office: Client) -> None:
    version, body = VersionFactory(), BodyFactory()
    sent = {"edition": f"{version.course.slug}:1", "body": body.code, field: "elsewhere:9"}

    assert office.post(f"{LIST}add/", sent).status_code == 422
    assert office.post(f"{LIST}add/", {}).status_code == 422
    assert not Submission.objects.exists()


# ---------------------------------------------------------------- moves


def test_only_allowed_moves_are_offered(office: Client) -> None:
    for status, offered in (
        ("submitted", {"more-info", "approved", "denied", "withdrawn"}),
        ("approved", {"withdrawn", "expired", "superseded"}),
        ("superseded", set()),
    ):
        submission = ApprovedFactory(status=status)
        text = office.get(detail(submission)).content.decode()
        assert {
            to for to in Submission.Status.values if f'name="to" value="{to}"' in text
        } == offered


def test_the_whole_way_of_a_submission(office: Client) -> None:
    submission = SubmissionFactory()
    page = detail(submission)

    def move(to: str, **fields: Any) -> int:
        sent = {"to": to} | {f"{to}-{name}": value for name, value in fields.items()}
        return office.post(f"{page}move/", sent).status_code

    assert move("submitted", submitted_on="2026-09-14", channel="CE Broker") == 302
    assert move("more-info", answer_due_on="2026-10-01", note="Asks for the CV.") == 302
    assert move("submitted", submitted_on="2026-09-14", channel="CE Broker") == 302
    letter = SimpleUploadedFile("letter.exe", PDF, content_type="application/x-msdownload")
    assert (
        move(
            "approved",
            decided_on="2026-10-01",
            number=" 20-100200 ",
            hours_granted="0.5",
            valid_from="2026-10-01",
            valid_to="2028-09-30",
            letter=letter,
        )
        == 302
    )

    submission.refresh_from_db()
    assert (submission.status, submission.number, submission.channel) == (
        "approved",
        "20-100200",
        "CE Broker",
    )
    assert (submission.hours_granted, submission.valid_to, submission.answer_due_on) == (
        Decimal("0.5"),
        date(2028, 9, 30),
        None,
    )
    assert submission.letter is not None
    assert submission.letter.content_type == "application/pdf"
    text = office.get(page).content.decode()
    assert "Asks for the CV." in text
    answer = office.get(f"{page}letters/{submission.letter.sha256}/")
    assert (answer.content, answer["Content-Type"]) == (PDF, "application/pdf")
    assert answer["Content-Disposition"].startswith("attachment;")


def test_accepts_a_list_names_the_list(office: Client) -> None:
    ncbtmb, submission = ApproverFactory(), SubmissionFactory()

    office.post(
        f"{detail(submission)}move/", {"to": "accepts-list", "accepts-list-through": "US-NCBTMB"}
    )

    submission.refresh_from_db()
    assert (submission.status, submission.through) == ("accepts-list", ncbtmb)


@pytest.mark.parametrize(
    ("to", "fields", "sentence"),
    [
        ("approved", {}, "Write how many hours the body granted."),
        ("approved", {"hours_granted": "many"}, "Write the hours as a number, e.g. 0.5."),
        (
            "approved",
            {"decided_on": "2026-10-01", "valid_from": "2026-10-01", "hours_granted": "9"},
            "For more, attach the letter",
        ),
        (
            "approved",
            {
                "decided_on": "2026-10-01",
                "valid_from": "2026-10-01",
                "hours_granted": "0.5",
                "valid_to": "2026-09-01",
            },
            "The last day cannot be earlier",
        ),
        ("more-info", {}, "Write down what the body asks."),
        ("denied", {"decided_on": "2026-10-01"}, "Write down the reason the body gave."),
    ],
)
def test_a_refused_move_shows_its_form_again(
    to: str, fields: dict[str, str], sentence: str, office: Client
) -> None:
    submission = SubmittedFactory()

    answer = office.post(
        f"{detail(submission)}move/",
        {"to": to} | {f"{to}-{name}": value for name, value in fields.items()},
    )

    assert answer.status_code == 422
    text = answer.content.decode()
    assert sentence in text
    assert f'<details class="disclosure" id="{to}" open>' in text
    submission.refresh_from_db()
    assert submission.status == "submitted"


def test_day_of_an_answer_is_not_offered_as_the_day_of_an_appeal(office: Client) -> None:
    submission = SubmittedFactory(status="more-info", answer_due_on=TODAY + timedelta(days=9))

    text = office.get(detail(submission)).content.decode()

    field = text[text.index('name="denied-answer_due_on"') :]
    assert "value=" not in field[: field.index(">")]


def test_a_move_that_is_not_allowed_says_so(office: Client) -> None:
    submission = SubmissionFactory(status="not-needed")

    answer = office.post(
        f"{detail(submission)}move/",
        {"to": "submitted", "submitted-submitted_on": "2026-09-14"},
        follow=True,
    )

    assert "cannot become “Submitted”" in answer.content.decode()
    assert office.post(f"{detail(submission)}move/", {"to": "nonsense"}).status_code == 422
    assert office.post(f"{detail(submission)}move/", {}).status_code == 422


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"<html><script>", "Attach the letter as PDF, PNG or JPEG."),
        (b"GIF89a", "Attach the letter as PDF, PNG or JPEG."),
        (b"", "The file is empty."),
    ],
)
def test_letters_that_are_none(content: bytes, sentence: str, office: Client) -> None:
    submission = SubmittedFactory()

    answer = office.post(
        f"{detail(submission)}move/",
        {
            "to": "more-info",
            "more-info-note": "?",
            "more-info-letter": SimpleUploadedFile("letter.pdf", content),
        },
    )

    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_a_letter_that_is_too_large(office: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ce_platform.licensing.domain.letters.LARGEST_LETTER", 10)

    answer = office.post(
        f"{detail(SubmittedFactory())}move/",
        {
            "to": "more-info",
            "more-info-note": "?",
            "more-info-letter": SimpleUploadedFile("letter.pdf", PDF),
        },
    )

    assert answer.status_code == 422
    assert "The file is larger" in answer.content.decode()


# ---------------------------------------------------------------- correct, note, letter


def test_correction(office: Client) -> None:
    submission = ApprovedFactory()
    sent = {
        "correct-submitted_on": "2026-09-14",
        "correct-decided_on": "2026-10-01",
        "correct-hours_granted": "0.5",
        "correct-valid_from": "2026-10-01",
        "correct-valid_to": "2028-09-30",
        "correct-number": "20-2",
    }

    refused = office.post(f"{detail(submission)}correct/", sent)
    assert refused.status_code == 422
    assert "Say why the facts are corrected." in refused.content.decode()

    assert office.post(f"{detail(submission)}correct/", sent | {"correct-note": "Renewed."})
    submission.refresh_from_db()
    assert (submission.number, submission.valid_to) == ("20-2", date(2028, 9, 30))


def test_note(office: Client) -> None:
    submission = SubmittedFactory()

    assert office.post(f"{detail(submission)}note/", note(" ")).status_code == 422
    assert office.post(f"{detail(submission)}note/", note("<b>Called</b>")).status_code == 302
    assert "&lt;b&gt;Called&lt;/b&gt;" in office.get(detail(submission)).content.decode()


def test_the_answer_to_a_question_is_sent_with_its_attachment(office: Client) -> None:
    submission = SubmittedFactory(status="more-info", answer_due_on=TODAY + timedelta(days=9))
    url = f"{detail(submission)}note/"
    sent = note("Here is the CV.", answers="on", contact="Ms. Ortiz")

    assert office.post(url, sent).status_code == 422, "An answer goes to the body."
    letter = SimpleUploadedFile("cv.pdf", PDF)
    answer = office.post(url, sent | {"message-direction": "to-body", "message-letter": letter})

    assert answer.status_code == 302
    submission.refresh_from_db()
    assert (submission.status, submission.answer_due_on) == ("submitted", None)
    page = office.get(detail(submission)).content.decode()
    assert "Ms. Ortiz" in page
    link = page[page.index("/letters/") :]
    sha256 = link.removeprefix("/letters/").partition("/")[0]
    assert office.get(f"{detail(submission)}letters/{sha256}/").content == PDF


def test_letter_of_another_file_is_not_there(office: Client, registrar: User) -> None:
    submission, other = SubmittedFactory(), SubmittedFactory()
    office.post(
        f"{detail(other)}move/",
        {
            "to": "more-info",
            "more-info-note": "?",
            "more-info-letter": SimpleUploadedFile("letter.pdf", PDF),
        },
    )
    other.refresh_from_db()
    assert other.letter is not None

    assert office.get(f"{detail(other)}letters/{other.letter.sha256}/").status_code == 200
    assert office.get(f"{detail(submission)}letters/{other.letter.sha256}/").status_code == 404


# ---------------------------------------------------------------- who may


@pytest.mark.parametrize("path", ["", "add/", "{uid}/", "{uid}/letters/ab/"])
def test_pages_are_for_the_registrar(
    path: str, owner: User, instructor: User, client_of: ClientOf
) -> None:
    url = LIST + path.format(uid=SubmittedFactory().uid)

    assert Client().get(url).status_code == 302
    for person in (owner, instructor):
        assert client_of(person).get(url).status_code == 403


@pytest.mark.parametrize("action", ["move", "correct", "note"])
def test_changes_are_for_the_registrar_and_by_post(
    action: str, owner: User, instructor: User, office: Client, client_of: ClientOf
) -> None:
    submission = SubmittedFactory()
    url = f"{detail(submission)}{action}/"

    for person in (owner, instructor):
        assert client_of(person).post(url, {"note": "x"}).status_code == 403
    assert office.get(url).status_code == 405
    assert office.post(f"{LIST}{uuid4()}/{action}/").status_code == 404
    assert not submission.events.exists()
