"""Which bodies are printed on a day, and in which words (domain.md 2.4)."""

from dataclasses import asdict, replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ce_platform.licensing.domain.printing import (
    APPROVED_BLOCK,
    PENDING_BLOCK,
    PrintedBody,
    compose,
    ended,
    status_on,
)
from ce_platform.licensing.models import License, LicensingBody, Submission

ON = date(2026, 11, 20)
Status = Submission.Status


def body(pk: int = 1, **fields: object) -> LicensingBody:
    values: dict[str, object] = {
        "code": f"US-{pk:02d}",
        "kind": "state-board",
        "jurisdiction": f"State {pk}",
        "name": f"State {pk} Board",
    }
    return LicensingBody(pk=pk, **(values | fields))


NCBTMB = body(99, code="US-NCBTMB", kind="approver", name="National Board", abbreviation="NCBTMB")


def submission(status: str, of: LicensingBody | None = None, **fields: object) -> Submission:
    return Submission(course_id=1, edition=1, body=of or body(), status=status, **fields)


def approved(of: LicensingBody | None = None, **fields: object) -> Submission:
    values: dict[str, object] = {
        "submitted_on": date(2026, 9, 14),
        "decided_on": date(2026, 10, 1),
        "hours_granted": Decimal("0.50"),
        "number": "20-1",
        "valid_from": date(2026, 10, 1),
        "valid_to": date(2027, 9, 30),
    }
    return submission("approved", of, **(values | fields))


def license_of(of: LicensingBody, number: str = "MA 1") -> License:
    return License(user_id=1, body=of, number=number)


def lines(*rows: Submission, **options: object) -> list[PrintedBody]:
    values: dict[str, object] = {
        "licenses": [],
        "numbers": {},
        "course_hours": Decimal("0.5"),
        "on": ON,
    }
    return compose(rows, **(values | options))  # type: ignore[arg-type]


def test_approved_line_has_every_fact() -> None:
    assert lines(approved(title_approved="Face work")) == [
        PrintedBody(
            body_code="US-01",
            body_name="State 1 Board",
            jurisdiction="State 1",
            block="approved",
            status="approved",
            status_word="Approved",
            number="20-1",
            hours=Decimal("0.50"),
            title="Face work",
            sentence="Approved by State 1 Board for 0.5 CE hours, no. 20-1, "
            "valid October 1, 2026 to September 30, 2027.",
            license_number="",
            is_own=False,
        )
    ]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {"number": ""},
            "Approved by State 1 Board for 0.5 CE hours, "
            "valid October 1, 2026 to September 30, 2027.",
        ),
        (
            {"valid_to": None},
            "Approved by State 1 Board for 0.5 CE hours, no. 20-1, valid from October 1, 2026.",
        ),
        (
            {"hours_granted": Decimal("1.00")},
            "Approved by State 1 Board for 1 CE hour, no. 20-1, "
            "valid October 1, 2026 to September 30, 2027.",
        ),
    ],
)
def test_approved_sentence_leaves_out_what_is_not_known(
    fields: dict[str, object], sentence: str
) -> None:
    assert [line.sentence for line in lines(approved(**fields))] == [sentence]


@pytest.mark.parametrize("status", ["submitted", "more-info"])
def test_pending_sentence(status: str) -> None:
    (line,) = lines(submission(status, submitted_on=date(2026, 9, 14)))

    assert line.sentence == (
        "Submitted to State 1 Board on September 14, 2026; "
        "decision pending on November 20, 2026. Not approved."
    )
    assert (line.block, line.hours, line.number, line.title) == ("pending", None, "", "")


def test_accepts_list_names_number_and_day_of_the_list() -> None:
    own = body()
    rows = [submission("accepts-list", own, through=NCBTMB), approved(NCBTMB)]

    found = lines(*rows, licenses=[license_of(own)], numbers={99: "451771-11"})

    assert [line.sentence for line in found if line.is_own] == [
        "State 1 Board accepts courses of NCBTMB Approved Providers (provider no. 451771-11, "
        "course approved October 1, 2026); not reviewed by State 1 Board itself."
    ]


@pytest.mark.parametrize(
    ("rows", "numbers", "is_printed"),
    [
        ([], {}, False),
        ([], {99: "1"}, True),
        ([approved(NCBTMB)], {}, True),
        ([approved(NCBTMB, valid_to=ON - timedelta(days=1))], {99: "1"}, False),
        ([submission("submitted", NCBTMB, submitted_on=ON)], {99: "1"}, False),
        ([submission("denied", NCBTMB)], {99: "1"}, False),
    ],
    ids=["nothing known", "number", "approved", "expired", "pending", "denied"],
)
def test_accepts_list_only_while_we_stand_on_the_list(
    rows: list[Submission], numbers: dict[int, str], is_printed: bool
) -> None:
    found = lines(
        submission("accepts-list", through=NCBTMB), *rows, numbers=numbers, with_every_list=True
    )

    assert ("accepts-list" in {line.status for line in found}) is is_printed


def test_accepts_list_of_a_state_and_a_recorded_day() -> None:
    other = body(2)

    (line,) = lines(
        submission("accepts-list", through=other, decided_on=date(2026, 3, 2)),
        with_every_list=True,
    )

    assert line.sentence == (
        "State 1 Board accepts courses of providers approved by State 2 Board "
        "(course approved March 2, 2026); not reviewed by State 1 Board itself."
    )


def test_no_preapproval_sentence() -> None:
    own = body()

    (line,) = lines(submission("no-preapproval", own), licenses=[license_of(own)])

    assert line.sentence == (
        "State 1 Board does not pre-approve courses; the licensee decides and keeps proof."
    )
    assert (line.block, line.hours) == ("approved", Decimal("0.5"))


def test_hours_through_a_list_never_exceed_what_the_list_granted() -> None:
    rows = [
        submission("accepts-list", through=NCBTMB),
        approved(NCBTMB, hours_granted=Decimal("1.5")),
    ]

    found = lines(*rows, course_hours=Decimal(2), with_every_list=True)

    assert {line.status: line.hours for line in found} == {
        "accepts-list": Decimal("1.5"),
        "approved": Decimal("1.5"),
    }


def test_bodies_without_a_decision_only_for_holders() -> None:
    own, other = body(1), body(2)
    rows = [submission("no-preapproval", own), submission("no-preapproval", other)]

    found = lines(*rows, licenses=[license_of(own)])

    assert [line.body_code for line in found] == ["US-01"]


def test_order_approved_first_own_first_then_alphabet() -> None:
    rows = [
        submission("submitted", body(1), submitted_on=ON),
        submission("submitted", body(2), submitted_on=ON),
        approved(body(3)),
        approved(body(4)),
    ]

    found = lines(*rows, licenses=[license_of(body(2)), license_of(body(4))])

    assert [line.body_code for line in found] == ["US-04", "US-03", "US-02", "US-01"]


def test_hidden_pending_body_is_not_printed_but_its_approval_is() -> None:
    hidden = body(is_pending_hidden=True)

    assert lines(submission("submitted", hidden, submitted_on=ON)) == []
    assert len(lines(approved(hidden))) == 1


def test_two_licenses_of_one_body_are_joined() -> None:
    own = body()

    (line,) = lines(approved(own), licenses=[license_of(own, "MA 1"), license_of(own, "MA 2")])

    assert (line.license_number, line.is_own) == ("MA 1, MA 2", True)


@pytest.mark.parametrize(
    ("row", "status"),
    [
        (approved(), "approved"),
        (approved(valid_from=ON, valid_to=ON), "approved"),
        (approved(valid_from=ON + timedelta(days=1)), None),
        (approved(valid_to=ON - timedelta(days=1)), None),
        (approved(decided_on=ON + timedelta(days=1), valid_from=date(2026, 1, 1)), "submitted"),
        (approved(decided_on=ON + timedelta(days=1), submitted_on=None), None),
        (submission("submitted", submitted_on=ON), "submitted"),
        (submission("submitted", submitted_on=ON + timedelta(days=1)), None),
        (submission("more-info", submitted_on=ON), "more-info"),
        (submission("accepts-list", through=NCBTMB), "accepts-list"),
        (submission("accepts-list", through=NCBTMB, valid_to=ON - timedelta(days=1)), None),
        (submission("no-preapproval"), "no-preapproval"),
        (submission("draft"), None),
        (submission("not-needed"), None),
        (submission("denied"), None),
        (submission("withdrawn"), None),
        (submission("expired"), None),
        (submission("superseded"), None),
    ],
)
def test_status_on_a_day(row: Submission, status: str | None) -> None:
    assert status_on(row, ON) == status


@pytest.mark.parametrize(
    ("row", "sentences"),
    [
        (approved(), []),
        (
            approved(valid_to=date(2026, 11, 1)),
            ["The approval for State 1 Board ended on November 1, 2026."],
        ),
        (
            approved(valid_from=date(2026, 12, 1)),
            ["The approval for State 1 Board begins on December 1, 2026."],
        ),
        (
            submission("expired", valid_to=date(2026, 11, 1)),
            ["The approval for State 1 Board ended on November 1, 2026."],
        ),
        (
            submission("denied", decided_on=date(2026, 11, 1)),
            ["State 1 Board has declined this course (November 1, 2026). It does not count there."],
        ),
        (
            submission("withdrawn", submitted_on=date(2026, 9, 1)),
            ["This course was withdrawn from State 1 Board. It is not approved there."],
        ),
        (submission("withdrawn"), []),
        (submission("submitted", submitted_on=ON), []),
        (submission("not-needed"), []),
        (submission("superseded"), []),
    ],
)
def test_what_is_over_is_told_on_the_course_page(row: Submission, sentences: list[str]) -> None:
    assert [line.sentence for line in ended([row], licenses=[], on=ON)] == sentences


days = st.dates(min_value=date(2025, 1, 1), max_value=date(2028, 12, 31))
some_days = st.none() | days
texts = st.text(alphabet="ABC abc-12", max_size=12).map(str.strip)


@st.composite
def any_submission(draw: st.DrawFn, pk: int) -> Submission:
    """Any row, also such as the database would refuse: printing must stay honest."""
    return submission(
        draw(st.sampled_from(Status.values)),
        body(pk, is_pending_hidden=draw(st.booleans())),
        submitted_on=draw(some_days),
        decided_on=draw(some_days),
        valid_from=draw(some_days),
        valid_to=draw(some_days),
        number=draw(texts),
        title_approved=draw(texts),
        hours_granted=draw(st.none() | st.decimals("0.25", "20", places=2)),
        through=draw(st.sampled_from([NCBTMB, body(7)])),
    )


@st.composite
def any_rows(draw: st.DrawFn) -> list[Submission]:
    count = draw(st.integers(min_value=0, max_value=5))
    return [draw(any_submission(pk)) for pk in range(1, count + 1)]


@given(rows=any_rows(), on=days, own=st.sets(st.integers(1, 5)), every=st.booleans())
def test_pending_never_looks_approved(
    rows: list[Submission], on: date, own: set[int], every: bool
) -> None:
    found = lines(
        *rows,
        on=on,
        licenses=[license_of(body(pk)) for pk in own],
        numbers={99: "1"},
        with_every_list=every,
    )

    for line in found:
        is_pending = line.status in ("submitted", "more-info")
        assert line.block == (PENDING_BLOCK if is_pending else APPROVED_BLOCK)
        if is_pending:
            said = line.sentence.removesuffix(" Not approved.")
            assert said != line.sentence
            for word in ("approve", "accept", "recogni"):
                assert word not in f"{said} {line.status_word}".lower()
            assert (line.hours, line.number, line.title) == (None, "", "")
        if line.status == "no-preapproval":
            rest = line.sentence.replace("does not pre-approve", "")
            assert "approv" not in rest
            assert "accept" not in rest
        if line.status == "accepts-list":
            assert f"pproved by {line.body_name}" not in line.sentence


@given(rows=any_rows(), on=days)
def test_an_approval_is_printed_only_on_its_days(rows: list[Submission], on: date) -> None:
    by_code = {row.body.code: row for row in rows}

    for line in lines(*rows, on=on):
        row = by_code[line.body_code]
        if line.status == "approved":
            assert row.valid_from is not None
            assert row.valid_from <= on
            assert row.valid_to is None or on <= row.valid_to
            assert row.decided_on is not None
            assert row.decided_on <= on
            assert line.hours == row.hours_granted
        assert row.status not in ("draft", "denied", "withdrawn", "expired", "superseded")


@given(rows=any_rows(), on=days)
def test_order_of_rows_does_not_matter(rows: list[Submission], on: date) -> None:
    forward = lines(*rows, on=on, with_every_list=True, numbers={99: "1"})
    backward = lines(*reversed(rows), on=on, with_every_list=True, numbers={99: "1"})

    assert list(map(asdict, forward)) == list(map(asdict, backward))


@given(rows=any_rows(), on=days)
def test_a_license_adds_lines_and_changes_none(rows: list[Submission], on: date) -> None:
    without = lines(*rows, on=on)
    holder = lines(*rows, on=on, licenses=[license_of(row.body) for row in rows])

    plain = {replace(line, is_own=False, license_number="") for line in holder}
    assert set(without) <= plain
