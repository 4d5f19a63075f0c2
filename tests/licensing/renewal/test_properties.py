"""What holds for every rule of our data and whatever anybody has done."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from ce_platform.licensing.renewal import (
    CourseStanding,
    Credit,
    Delivery,
    HeldLicense,
    Plan,
    Standing,
    Status,
    Subject,
    Verdict,
    plan,
    will_it_count,
)
from tests.licensing.renewal.tables import TODAY, all_codes, rule_of

ENDS_ON = date(2027, 6, 30)
FEW = settings(max_examples=50, deadline=None)
CODES = [code for code in all_codes() if rule_of(code).ce_hours or rule_of(code).categories]
HOURS = st.sampled_from([Decimal(each) for each in ("0.5", "1", "2", "3", "6", "12", "20")])
SUBJECTS = (
    Subject.TECHNIQUE,
    Subject.TECHNIQUE,
    Subject.THEORY,
    Subject.ETHICS,
    Subject.LAWS,
    Subject.BUSINESS,
    Subject.CPR,
    Subject.TRAFFICKING,
    Subject.IMPLICIT_BIAS,
)

credits = st.builds(
    Credit,
    key=st.just(""),
    title=st.just("a course"),
    hours=st.dictionaries(st.sampled_from(SUBJECTS), HOURS, min_size=1, max_size=2),
    delivery=st.sampled_from(Delivery),
    standing=st.builds(
        CourseStanding,
        kind=st.sampled_from([Standing.APPROVED, Standing.APPROVED, *Standing]),
        is_listed=st.sampled_from([None, None, True, False]),
    ),
    completed_on=st.integers(0, 300).map(lambda days: ENDS_ON - timedelta(days=days)),
    has_exam=st.sampled_from([True, True, False, None]),
    hands_on_percent=st.sampled_from([None, 60, 80]),
    status=st.sampled_from(Status),
)


def numbered(made: list[Credit]) -> list[Credit]:
    return [
        replace(credit, key=f"{place:02}", course_key=f"course {place}")
        for place, credit in enumerate(made)
    ]


histories = st.lists(credits, max_size=6).map(numbered)
codes = st.sampled_from(CODES)


def planned(code: str, made: list[Credit], **changes: object) -> Plan:
    license = HeldLicense(code, cycle_ends_on=ENDS_ON)
    return plan(rule_of(code, **changes), license, made, TODAY)  # type: ignore[arg-type]


@FEW
@given(code=codes, made=histories, extra=credits)
def test_more_hours_never_hurt(code: str, made: list[Credit], extra: Credit) -> None:
    """Neither another course nor more hours in one of them."""
    before = planned(code, made)

    after = planned(code, [*made, replace(extra, key="99", course_key="another")])
    assert after.counted >= before.counted
    assert (after.missing or 0) <= (before.missing or 0)

    if made:
        longer = {subject: hours + 1 for subject, hours in made[0].hours.items()}
        more = planned(code, [replace(made[0], hours=longer), *made[1:]])
        assert more.counted >= before.counted


@FEW
@given(code=codes, made=histories, random=st.randoms(use_true_random=False))
def test_the_order_of_completion_does_not_matter(
    code: str, made: list[Credit], random: object
) -> None:
    shuffled = list(made)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert planned(code, shuffled) == planned(code, made)

    # Other days within the cycle; where so many hours a day count, days do matter.
    if rule_of(code).per_day_max_hours is None:
        exchanged = [
            replace(credit, completed_on=other.completed_on)
            for credit, other in zip(made, shuffled, strict=True)
        ]
        assert planned(code, exchanged).counted == planned(code, made).counted


@FEW
@given(code=codes, made=histories, days=st.integers(0, 300))
def test_nothing_counts_twice_in_a_cycle(code: str, made: list[Credit], days: int) -> None:
    later = ENDS_ON - timedelta(days=days)
    again = [replace(credit, key=f"{credit.key} again", completed_on=later) for credit in made]

    found = planned(code, [*made, *again])

    for credit in made:
        lines = [line for line in found.lines if line.credit.course_key == credit.course_key]
        assert sum(line.hours for line in lines) <= credit.total_hours
        assert sum(1 for line in lines if line.hours) <= 1
    if rule_of(code).per_day_max_hours is None:
        assert found.counted == planned(code, made).counted


DECIDING = (
    "ce_hours",
    "home_study_max_hours",
    "technique_by_home_study",
    "live_interactive_counts_as",
    "repeat",
)


@FEW
@given(code=codes, made=histories, key=st.sampled_from(DECIDING))
def test_unknown_never_becomes_a_yes(code: str, made: list[Credit], key: str) -> None:
    """A key that is taken away never lets more hours count."""
    known, unknown = planned(code, made), planned(code, made, **{key: None})

    assert unknown.counted <= known.counted


@FEW
@given(code=codes, made=histories, course=credits)
def test_an_unchecked_rule_counts_nothing_plainly(
    code: str, made: list[Credit], course: Credit
) -> None:
    rule = rule_of(code, is_checked=False)
    asked = replace(course, key="99", course_key="asked")

    answer = will_it_count(rule, HeldLicense(code, cycle_ends_on=ENDS_ON), made, asked, TODAY)

    verdicts = {line.verdict for line in answer.plan.lines} | {answer.verdict}
    assert not verdicts & {Verdict.COUNTS, Verdict.IN_PART, Verdict.BESIDES}


@FEW
@given(code=codes, made=histories)
def test_the_sums_agree_and_every_line_has_its_reasons(code: str, made: list[Credit]) -> None:
    found = planned(code, made)

    assert found.counted == sum(line.hours for line in found.lines)
    assert found.counted == found.earned + found.planned
    if found.needed is not None:
        assert found.counted <= found.needed
        assert found.missing == found.needed - found.counted
    for line in found.lines:
        assert 0 <= line.hours <= line.hours + line.open_hours <= line.of_hours
        assert line.hours == sum(hours for _, hours in line.took)
        assert line.sentences
        if line.credit.standing.kind in (Standing.PENDING, Standing.DENIED):
            assert line.hours == 0
    for each in found.categories:
        assert 0 <= each.filled <= each.needed
    for limit in found.limits:
        assert limit.used <= limit.most
