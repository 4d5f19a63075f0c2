"""A newer data file at a body whose rule is in the office's hands: line by line, nothing lost."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from ce_platform.accounts.models import User
from ce_platform.core.models import AuditEvent
from ce_platform.licensing.domain import office
from ce_platform.licensing.domain.data_files import read_texts
from ce_platform.licensing.domain.errors import RuleOvertaken, RuleRefused, RulesUnreadable
from ce_platform.licensing.domain.loading import Loaded, load
from ce_platform.licensing.domain.proposals import decide, reopen
from ce_platform.licensing.domain.readings import save_rule
from ce_platform.licensing.models import BodyRule, RuleProposalLine
from tests.factories.licensing import TODAY, BodyFactory

pytestmark = pytest.mark.django_db
File = Callable[..., Loaded]


@pytest.fixture
def file(now: datetime) -> File:
    """Load a file that says this of Florida."""
    BodyFactory(code="US-FL", jurisdiction="Florida")

    def send(*lines: str, day: int = 20, dry_run: bool = False) -> Loaded:
        text = "\n".join([f"as_of = 2026-11-{day}", "[US-FL]", 'confidence = "medium"', *lines])
        return load(read_texts(bodies=None, rules=text.encode()), by=None, now=now, dry_run=dry_run)

    return send


@pytest.fixture
def held(file: File, registrar: User, now: datetime) -> BodyRule:
    """24 hours, 12 of them at home, as the first file said and the office checked."""
    file("ce_hours = 24", "home_study_max_hours = 12")
    return office.check_rule(BodyRule.objects.get(), is_checked=True, by=registrar, now=now)


def lines() -> list[tuple[str, str, str, str]]:
    rows = RuleProposalLine.objects.order_by("pk")
    return [(row.key, row.old_json, row.new_json, row.status) for row in rows]


def choose(
    rule: BodyRule, *, accept: list[str], reject: list[str], by: User, now: datetime
) -> None:
    ids = dict(RuleProposalLine.objects.filter(status="open").values_list("key", "pk"))
    decide(
        rule.body,
        based_on=rule.pk,
        accepted=[ids[key] for key in accept],
        rejected=[ids[key] for key in reject],
        valid_from=TODAY,
        is_checked=False,
        by=by,
        now=now,
    )


def test_nobody_touched_the_rule_so_the_file_writes_it(file: File) -> None:
    file("ce_hours = 24")
    loaded = file("ce_hours = 25", day=21)

    assert (loaded.added_rules, loaded.proposed_lines) == (1, 0)
    assert [rule.rule for rule in BodyRule.objects.all()] == [{"ce_hours": 25}, {"ce_hours": 24}]
    assert lines() == []


def test_a_checked_rule_is_not_overwritten_but_proposed(file: File, held: BodyRule) -> None:
    looked = file("ce_hours = 25", "carry_over_hours = 0", day=21, dry_run=True)
    assert lines() == []
    loaded = file("ce_hours = 25", "carry_over_hours = 0", day=21)

    assert BodyRule.objects.get() == held
    assert lines() == [
        ("carry_over_hours", "", "0", "open"),
        ("ce_hours", "24", "25", "open"),
        ("home_study_max_hours", "12", "", "open"),
    ]
    assert loaded.lines == looked.lines
    assert loaded.lines == [
        "propose US-FL carry_over_hours: not known → 0",
        "propose US-FL ce_hours: 24 → 25",
        "propose US-FL home_study_max_hours: 12 → not known",
    ]


def test_the_same_file_again_never_argues_with_what_the_office_wrote(
    file: File, held: BodyRule, registrar: User, now: datetime
) -> None:
    save_rule(
        held.body,
        based_on=held.pk,
        changes={"ce_hours": 30},
        valid_from=TODAY,
        reason="A letter.",
        is_checked=False,
        by=registrar,
        now=now,
    )

    same = file("ce_hours = 24", "home_study_max_hours = 12")
    newer = file("ce_hours = 24", "home_study_max_hours = 10", day=21)

    assert (same.proposed_lines, same.unchanged_rules, newer.proposed_lines) == (0, 1, 1)
    assert lines() == [("home_study_max_hours", "12", "10", "open")]


def test_accepted_lines_become_one_reading_and_rejected_ones_are_remembered(
    file: File, held: BodyRule, registrar: User, now: datetime
) -> None:
    file("ce_hours = 25", "carry_over_hours = 0", "hour_minutes = 50", day=21)

    choose(
        held,
        accept=["carry_over_hours", "home_study_max_hours"],
        reject=["ce_hours"],
        by=registrar,
        now=now,
    )

    new = BodyRule.objects.get(written_by_id=registrar.id)
    assert new.rule == {"ce_hours": 24, "carry_over_hours": 0}
    assert (new.reason, new.checked_at) == (
        "Accepted from the data file of November 21, 2026.",
        None,
    )
    assert [(key, status) for key, _, _, status in lines()] == [
        ("carry_over_hours", "accepted"),
        ("ce_hours", "rejected"),
        ("home_study_max_hours", "accepted"),
        ("hour_minutes", "open"),
    ]
    assert AuditEvent.objects.filter(subject_type="rule-line").count() == 3
    # The file after the next says the rejected value again, after one that did not.
    file("ce_hours = 24", "carry_over_hours = 0", "hour_minutes = 50", day=22)
    assert (
        file("ce_hours = 25", "carry_over_hours = 0", "hour_minutes = 50", day=23).proposed_lines
        == 0
    )
    assert file("ce_hours = 26", "carry_over_hours = 0", day=24).proposed_lines == 1


def test_a_newer_file_overtakes_an_open_line(file: File, held: BodyRule) -> None:
    file("ce_hours = 25", "home_study_max_hours = 12", day=21)
    file("ce_hours = 26", "home_study_max_hours = 12", day=22)
    file("ce_hours = 24", "home_study_max_hours = 12", day=23)

    assert lines() == [
        ("ce_hours", "24", "25", "overtaken"),
        ("ce_hours", "24", "26", "overtaken"),
    ]


def test_decisions_twice_stale_or_of_another_body_change_nothing(
    file: File, held: BodyRule, registrar: User, now: datetime
) -> None:
    file("ce_hours = 25", "home_study_max_hours = 10", day=21)
    hours, home = RuleProposalLine.objects.order_by("key")
    common = {
        "valid_from": TODAY,
        "is_checked": False,
        "by": registrar,
        "now": now,
    }

    with pytest.raises(RuleRefused):
        decide(held.body, based_on=held.pk, accepted=[hours.pk], rejected=[hours.pk], **common)
    stranger = decide(BodyFactory(), based_on=None, accepted=[hours.pk], rejected=[], **common)
    assert (stranger.accepted, stranger.saved) == (0, None)
    for _ in range(2):
        decide(held.body, based_on=held.pk, accepted=[hours.pk], rejected=[], **common)
    assert BodyRule.objects.filter(body=held.body).count() == 2
    with pytest.raises(RuleOvertaken):
        decide(held.body, based_on=held.pk, accepted=[home.pk], rejected=[], **common)
    home.refresh_from_db()
    assert home.status == "open"


def test_a_rejection_is_taken_back_unless_a_newer_line_stands_there(
    file: File, held: BodyRule, registrar: User, now: datetime
) -> None:
    file("ce_hours = 25", "home_study_max_hours = 12", day=21)
    choose(held, accept=[], reject=["ce_hours"], by=registrar, now=now)
    line = RuleProposalLine.objects.get()

    for _ in range(2):
        reopen(line, by=registrar, now=now)
    assert lines() == [("ce_hours", "24", "25", "open")]
    choose(held, accept=[], reject=["ce_hours"], by=registrar, now=now)
    file("ce_hours = 26", "home_study_max_hours = 12", day=22)
    with pytest.raises(RuleRefused):
        reopen(line, by=registrar, now=now + timedelta(days=1))


def test_an_older_file_is_passed_over_and_a_stranger_refused(
    file: File, held: BodyRule, now: datetime
) -> None:
    file("ce_hours = 25", day=22)

    older = file("ce_hours = 26", day=21)
    assert older.lines == ["older   US-FL: read on 2026-11-22 already; this file is of 2026-11-21"]
    assert not older.has_changes
    with pytest.raises(RulesUnreadable, match="No body on file has the code US-XX"):
        load(
            read_texts(bodies=None, rules=b'as_of = 2026-11-23\n[US-XX]\nconfidence = "low"'),
            by=None,
            now=now,
        )


@pytest.mark.parametrize(
    "line",
    [
        "ce_hours = nan",
        "ce_hours = inf",
        "ce_hours = 1e99",
        "ce_hours = 1.123456789",
        "x = " + "[" * 3000,
    ],
)
def test_numbers_and_depths_that_only_a_parser_takes_are_refused(line: str) -> None:
    text = f'as_of = 2026-11-23\n[US-XX]\nconfidence = "low"\n{line}'

    with pytest.raises(RulesUnreadable):
        read_texts(bodies=None, rules=text.encode())
