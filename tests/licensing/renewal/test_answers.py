"""Will it count? One answer per license or state, with reasons, source and date."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from ce_platform.licensing.renewal import (
    CountAnswer,
    CourseStanding,
    Credit,
    HeldLicense,
    Standing,
    Verdict,
    plan,
    will_it_count,
)
from tests.licensing.renewal.tables import TODAY, all_codes, credit_of, credits_of, rule_of

FACIAL = credit_of("6 facial home planned", place=99)
FLORIDA = HeldLicense("US-FL", first_issued_on=date(2015, 3, 1), expires_on=date(2027, 8, 31))

PLAIN_YES = re.compile(r"(All [\d.]+ hours|The 1 hour|[\d.]+ of your [\d.]+ hours) counts?\b")


def ask(body: str, line: str = "6 facial home planned", **changes: object) -> CountAnswer:
    """Without a license, for a fresh full cycle."""
    return will_it_count(rule_of(body, **changes), None, [], credit_of(line), TODAY)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("body", "line", "verdict", "hours"),
    [
        ("US-FL", "5 facial home", Verdict.COUNTS, 5),
        ("US-FL", "6 facial home", Verdict.IN_PART, 5),
        ("US-FL", "2 ethics home pending", Verdict.PENDING, 0),
        ("US-FL", "2 ethics home denied", Verdict.DOES_NOT_COUNT, 0),
        ("US-FL", "2 ethics home none", Verdict.DOES_NOT_COUNT, 0),
        ("US-MT", "2 ethics class none", Verdict.COUNTS, 2),
        ("US-DE", "2 ethics class none", Verdict.NOT_KNOWN, 0),
        ("US-NY", "6 facial home", Verdict.NOT_KNOWN, 0),
        ("US-NY", "6 anatomy home", Verdict.COUNTS, 6),
        ("US-TX", "6 facial home", Verdict.NOT_KNOWN, 0),
        ("US-MA", "6 facial home", Verdict.DOES_NOT_COUNT, 0),
        # Category fit decides before the office of the body has: nothing would count anyway.
        ("US-MA", "6 facial home pending", Verdict.DOES_NOT_COUNT, 0),
        ("US-MA", "2 ethics home", Verdict.NOT_KNOWN, 0),
        # Words of a course that mean no subject we know: no for nothing, yes for any subject.
        ("US-MD", "4 other class", Verdict.NOT_KNOWN, 0),
        ("US-TX", "12 other class", Verdict.COUNTS, 12),
        ("US-MI", "3 bias home", Verdict.BESIDES, 0),
        ("US-OH", "6 facial home", Verdict.NOTHING_DUE, 0),
        ("US-KS", "6 facial home", Verdict.NOT_KNOWN, 0),
        ("CA-ON", "6 facial home", Verdict.NOT_KNOWN, 0),
    ],
)
def test_verdict_without_a_license(body: str, line: str, verdict: Verdict, hours: int) -> None:
    answer = ask(body, line)

    assert (answer.verdict, answer.hours) == (verdict, hours)


def test_category_fit_decides_before_the_cap() -> None:
    """Twelve hours of home study are free in Florida, but five general ones only."""
    answer = will_it_count(rule_of("US-FL"), FLORIDA, [], FACIAL, TODAY)

    assert answer.headline == "Counts 5 of 6 hours for Florida."
    assert answer.reasons[0] == "5 of your 6 hours count: Florida leaves 5 general hours."
    assert (answer.source_as_of, answer.as_of) == ("2024-09-24", TODAY)
    assert answer.source_url.startswith("https://regulations.justia.com/states/florida/")
    assert answer.confirm == ""


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("US-MI", "Michigan counts hands-on technique learned at home."),
        ("US-FL", "Florida counts hands-on technique learned at home only in part or on a"),
        ("US-MA", "Massachusetts does not count hands-on technique learned at home."),
        ("US-AK", "Whether Alaska counts hands-on technique learned at home is not known; ask"),
        ("US-NY", "Ask the New York State Education Department, Office of the Professions before"),
    ],
)
def test_technique_at_home_has_its_own_sentence(body: str, sentence: str) -> None:
    assert ask(body).technique.startswith(sentence)
    assert ask(body, "6 workshop class").technique == ""
    assert ask(body, "6 ethics home").technique == ""


def test_what_must_be_hands_on_is_said_before_enrolling() -> None:
    assert ask("US-FL").technique.endswith(
        "12 hours must be in person, which no course at home can fill: technique in person, "
        "hands-on or demonstration."
    )


@pytest.mark.parametrize("code", all_codes())
def test_an_unchecked_rule_never_yields_a_plain_yes(code: str) -> None:
    rule = rule_of(code, is_checked=False)
    plain = {Verdict.COUNTS, Verdict.IN_PART, Verdict.BESIDES}

    for line in ("6 facial home", "2 ethics class", "3 bias class", "30 workshop class 90%"):
        answer = will_it_count(rule, None, [], credit_of(line), TODAY)
        assert answer.verdict not in plain
        assert "not checked by this office; please confirm" in answer.confirm
        assert not any(PLAIN_YES.match(reason) for reason in answer.reasons)


def test_an_unchecked_rule_says_probably() -> None:
    answer = will_it_count(rule_of("US-FL", is_checked=False), FLORIDA, [], FACIAL, TODAY)

    assert (answer.verdict, answer.hours) == (Verdict.ASK, 5)
    assert answer.headline == "Probably counts 5 of 6 hours for Florida."
    assert answer.reasons[0].startswith("5 of your 6 hours probably count: ")
    assert answer.plan.headline.startswith("You probably need 24 hours by August 31, 2027.")


def test_below_high_confidence_please_confirm() -> None:
    assert ask("US-GA").confirm == "Please confirm with the Georgia Board of Massage Therapy."
    assert ask("US-FL").confirm == ""


def test_a_place_with_an_article_begins_and_goes_on_a_sentence() -> None:
    answer = ask("US-DC")

    assert answer.headline == "Counts 3 of 6 hours for the District of Columbia."
    assert answer.reasons[0] == (
        "3 of your 6 hours count: the District of Columbia leaves 3 hours of other "
        "massage-related course work."
    )
    assert answer.technique.startswith("The District of Columbia counts")


def test_where_no_state_body_exists_the_city_is_asked() -> None:
    assert ask("US-KS").headline == "Not known: ask your city or county."


def test_two_credits_with_one_key_are_refused() -> None:
    with pytest.raises(ValueError, match="a key of its own"):
        plan(rule_of("US-FL"), FLORIDA, [FACIAL, FACIAL], TODAY)


def test_required_hours_take_the_place_of_others_and_say_so() -> None:
    """All six online hours of New Jersey are used; ethics would still be filled first."""
    taken = credits_of("6 facial home", date(2026, 1, 5))
    license = HeldLicense("US-NJ", first_issued_on=date(2020, 1, 1), expires_on=date(2026, 11, 30))

    answer = will_it_count(
        rule_of("US-NJ"), license, taken, credit_of("2 ethics home planned", place=5), TODAY
    )

    assert (answer.hours, answer.adds) == (2, 0)
    assert answer.reasons[-1] == (
        "It takes the place of 2 hours of other courses, because its subject is required."
    )


def test_a_course_steps_back_behind_all_others() -> None:
    taken = credits_of("4 seminar home; 1 anatomy home planned", date(2026, 1, 5))

    answer = will_it_count(rule_of("US-FL"), FLORIDA, taken, FACIAL, TODAY)

    assert (answer.hours, answer.adds, answer.plan.planned) == (0, 0, 1)
    assert answer.reasons[0] == (
        "Florida leaves 5 general hours, and other courses fill 5 of them."
    )


def test_the_same_course_again() -> None:
    taken = credits_of("6 facial home", date(2026, 1, 5))

    def again(body: str, ends: date) -> CountAnswer:
        license = HeldLicense(body, expires_on=ends)
        return will_it_count(rule_of(body), license, taken, FACIAL, TODAY)

    oklahoma, michigan = again("US-OK", date(2027, 4, 30)), again("US-MI", date(2027, 7, 31))

    # Oklahoma's rule says nothing of repeats: unknown stays unknown, and is not counted.
    assert (oklahoma.verdict, oklahoma.hours, oklahoma.open_hours) == (Verdict.NOT_KNOWN, 0, 4)
    assert (michigan.verdict, michigan.hours, michigan.open_hours) == (Verdict.DOES_NOT_COUNT, 0, 0)


def test_hours_granted_and_category_of_the_letter_decide() -> None:
    def standing(**facts: object) -> Credit:
        given = CourseStanding(Standing.APPROVED, **facts)  # type: ignore[arg-type]
        return replace(credit_of("6 facial home"), standing=given)

    rule = rule_of("US-FL")
    fewer = will_it_count(rule, None, [], standing(hours_granted=Decimal(4)), TODAY)
    ethics = will_it_count(rule, None, [], standing(category="Professional ethics"), TODAY)
    general = will_it_count(rule, None, [], standing(category="General"), TODAY)
    odd = will_it_count(rule_of("US-NY"), None, [], standing(category="Home study"), TODAY)

    assert (fewer.hours, fewer.of_hours) == (4, 6)
    assert "Florida approved this course for 4 hours, not for 6 hours." in fewer.reasons
    assert (ethics.hours, general.hours) == (6, 5)
    assert odd.verdict == Verdict.NOT_KNOWN


def test_a_course_of_two_subjects_fills_both() -> None:
    course = replace(FACIAL, hours={"technique": Decimal(5), "ethics": Decimal(1)})

    line = plan(rule_of("US-FL"), FLORIDA, [course], TODAY).line_of(course.key)

    assert line.took == (("Professional ethics", 1), ("General", 5))
    assert line.sentences[0] == (
        "All 6 hours count: 1 as professional ethics and 5 as general hours."
    )


def test_several_licenses_of_one_person_answer_each_for_itself() -> None:
    """The same three completions: the general hours of Florida, the other hours of Georgia, and
    nothing of them for Massachusetts but ethics, of which home study is not known."""
    taken = credits_of("6 facial home; 12 workshop class 80%; 2 ethics home", date(2026, 11, 10))
    licenses = [
        HeldLicense("US-FL", expires_on=date(2027, 8, 31)),
        HeldLicense("US-GA", expires_on=date(2028, 10, 31)),
        HeldLicense("US-MA", expires_on=date(2027, 5, 28)),
        HeldLicense("US-OK", expires_on=date(2027, 4, 30)),
    ]

    counted = {
        license.body_code: plan(rule_of(license.body_code), license, taken, TODAY).counted
        for license in licenses
    }

    assert counted == {"US-FL": 19, "US-GA": 20, "US-MA": 0, "US-OK": 10}


# ---------------------------------------------------------------- days, zones, 24 hours


def at(zone: str, *moment: int) -> dict[str, object]:
    """A completion on the clock of a place: its local date, and the instant."""
    local = datetime(*moment, tzinfo=ZoneInfo(zone))  # type: ignore[arg-type,misc]
    return {"completed_on": local.date(), "completed_at": local.astimezone(UTC)}


def test_late_in_honolulu_is_the_last_day_of_the_cycle() -> None:
    """23:30 on the last day there is the morning of the next day in Florida and in UTC."""
    license = HeldLicense("US-FL", expires_on=date(2027, 8, 31))
    last = replace(FACIAL, status="earned", **at("Pacific/Honolulu", 2027, 8, 31, 23, 30))

    line = plan(rule_of("US-FL"), license, [last], TODAY).line_of(last.key)

    assert (line.hours, line.is_elsewhere) == (5, False)
    assert last.completed_at is not None
    assert last.completed_at.date() == date(2027, 9, 1)


def test_early_in_new_york_is_the_first_day_of_the_next_cycle() -> None:
    license = HeldLicense("US-NY", expires_on=date(2027, 5, 31))
    done = replace(credit_of("6 anatomy home"), **at("America/New_York", 2027, 6, 1, 0, 30))

    this = plan(rule_of("US-NY"), license, [done], TODAY)
    following = plan(
        rule_of("US-NY"), replace(license, expires_on=date(2030, 5, 31)), [done], TODAY
    )

    assert (this.counted, this.lines[0].is_elsewhere) == (0, True)
    assert (following.counted, following.lines[0].is_elsewhere) == (6, False)


@pytest.mark.parametrize(("hours_between", "counted"), [(0, 12), (23, 12), (24, 15), (30, 15)])
def test_twelve_hours_in_any_24_whatever_the_calendar_says(
    hours_between: int, counted: int
) -> None:
    """The window goes over midnight: instants count, not dates."""
    first = datetime(2026, 5, 2, 20, tzinfo=UTC)
    done = [
        replace(
            credit_of(line, place=place),
            completed_on=moment.date(),
            completed_at=moment,
        )
        for place, (line, moment) in enumerate(
            [
                ("9 anatomy home", first),
                ("6 pathology home", first + timedelta(hours=hours_between)),
            ]
        )
    ]

    found = plan(rule_of("US-MI"), HeldLicense("US-MI", expires_on=date(2027, 7, 31)), done, TODAY)

    assert found.counted == counted


def test_a_class_over_three_days_is_held_to_three_days() -> None:
    class_ = replace(
        credit_of("40 seminar class"), begun_on=date(2026, 5, 1), completed_on=date(2026, 5, 3)
    )
    rule = rule_of("US-MI", ce_hours=60, home_study_max_hours=60)

    found = plan(rule, HeldLicense("US-MI", expires_on=date(2027, 7, 31)), [class_], TODAY)

    assert found.counted == 36


# ---------------------------------------------------------------- what is not known


def test_unknown_cycle_counts_no_completion_and_asks_for_the_card() -> None:
    done = credits_of("12 facial home", date(2026, 1, 5))

    found = plan(rule_of("US-OK"), HeldLicense("US-OK"), done, TODAY)

    assert (found.counted, found.open_hours, found.days_left) == (0, 10, None)
    assert found.lines[0].verdict == Verdict.NOT_KNOWN
    assert "it is printed on your card" in found.unknown[0]


def test_hours_in_person_at_a_shortened_first_renewal_are_asked_about() -> None:
    """Arizona: 12 of 24 in person; of the 12 that a young license owes nobody says how many."""
    license = HeldLicense("US-AZ", first_issued_on=date(2026, 1, 10), expires_on=date(2026, 12, 20))

    answer = will_it_count(rule_of("US-AZ"), license, [], FACIAL, TODAY)

    assert (answer.verdict, answer.hours, answer.open_hours) == (Verdict.NOT_KNOWN, 0, 6)
    assert answer.plan.home_study_room is None
    assert answer.reasons[0].startswith("Whether Arizona wants 12 hours in person at a first")


def test_a_test_that_nobody_noted_is_not_a_test() -> None:
    done = replace(credit_of("6 anatomy home"), has_exam=None)

    answer = will_it_count(rule_of("US-IL"), None, [], done, TODAY)

    assert (answer.verdict, answer.hours, answer.open_hours) == (Verdict.NOT_KNOWN, 0, 6)


def test_a_cycle_that_is_over_says_so() -> None:
    license = HeldLicense("US-FL", expires_on=date(2025, 8, 31))

    found = will_it_count(rule_of("US-FL"), license, [], FACIAL, TODAY).plan

    # What is begun now cannot count in a cycle that is over.
    assert (found.counted, found.lines[0].verdict) == (0, Verdict.NOT_KNOWN)
    assert found.days_left == -446
    assert found.cautions[0].startswith("This cycle ended on August 31, 2025.")


def test_a_course_without_hours_and_no_credits_at_all() -> None:
    empty = replace(FACIAL, hours={})

    assert plan(rule_of("US-FL"), FLORIDA, [], TODAY).counted == 0
    assert plan(rule_of("US-FL"), FLORIDA, [empty], TODAY).lines[0].sentences == (
        "No hours are noted.",
    )


@pytest.mark.parametrize("code", all_codes())
def test_every_body_answers_every_kind_of_course(code: str) -> None:
    """Nothing breaks and nothing is silent, whatever a rule leaves out."""
    license = HeldLicense(code, first_issued_on=date(2026, 2, 1), cycle_ends_on=date(2027, 1, 31))
    for held in (None, license):
        for delivery in ("home", "webinar", "class"):
            for line in (f"6 facial {delivery}", f"2 ethics {delivery} none"):
                answer = will_it_count(rule_of(code), held, [], credit_of(line), TODAY)
                assert answer.headline
                assert answer.reasons
                assert 0 <= answer.hours <= answer.of_hours
