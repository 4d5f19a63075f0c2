"""The sums of a plan and their sentences."""

from datetime import date
from decimal import Decimal

from ce_platform.licensing.renewal import HeldLicense, Plan, Subject, plan, subject_of
from courses.domain.instructing import TECHNIQUE
from tests.licensing.renewal.tables import TODAY, credits_of, rule_of


def made(body: str, done: str, ends_on: date, *, is_checked: bool = True) -> Plan:
    license = HeldLicense(body, first_issued_on=date(2015, 1, 1), cycle_ends_on=ends_on)
    credits = credits_of(done, date(2026, 6, 1))
    return plan(rule_of(body, is_checked=is_checked), license, credits, TODAY)


def test_earned_planned_and_missing() -> None:
    found = made(
        "US-FL", "12 workshop class; 2 ethics home planned; 6 facial home", date(2027, 8, 31)
    )

    assert (found.earned, found.planned, found.missing, found.days_left) == (17, 2, 5, 284)
    assert found.headline == (
        "You need 24 hours by August 31, 2027. 17 hours count so far, 2 are planned; 5 hours are "
        "missing."
    )
    assert found.missing_sentences == (
        "2 hours of prevention of medical errors.",
        "2 hours of Florida laws and rules.",
        "1 hour of human trafficking awareness.",
    )
    assert [(each.name, each.filled, each.planned) for each in found.categories if each.filled] == [
        ("Technique in person, hands-on or demonstration", 12, 0),
        ("Professional ethics", 2, 2),
        ("General", 5, 0),
    ]
    assert found.home_study is not None
    assert (found.home_study.used, found.home_study.most, found.home_study.left) == (7, 12, 5)
    assert found.unknown == ("Whether a course counts again in a later cycle is not known.",)
    assert not found.is_met


def test_planned_hours_are_not_done() -> None:
    done, meant = "10 facial home", "6 facial home; 4 anatomy home planned"

    assert made("US-OK", done, date(2027, 4, 30)).is_met
    planned = made("US-OK", meant, date(2027, 4, 30))
    assert not planned.is_met
    assert planned.headline == (
        "With what is planned you have all 10 hours Oklahoma asks for by April 30, 2027."
    )


def test_an_unchecked_rule_counts_probably() -> None:
    found = made("US-OK", "10 facial home", date(2027, 4, 30), is_checked=False)

    assert found.headline == ("You probably have all 10 hours Oklahoma asks for by April 30, 2027.")
    assert found.cautions[0].startswith("This rule was not checked by this office; please confirm")


def test_a_minimum_over_other_categories_tells_its_planned_share() -> None:
    found = made(
        "US-NM", "4 ethics class; 2 seminar class planned; 4 facial home", date(2027, 10, 31)
    )

    (live,) = [each for each in found.categories if each.is_overlapping]
    assert (live.needed, live.filled, live.planned, live.missing) == (8, 6, 2, 2)
    assert found.missing_sentences == (
        "6 hours of any subject.",
        "At least 2 hours of what is missing: live, in-person training.",
        "At most 4 hours of them may be home study.",
    )


def test_what_is_due_besides_the_hours() -> None:
    found = made("US-MI", "1 bias home; 2 implicit-bias home planned", date(2027, 7, 31))

    assert [(each.what[:13], each.needed, each.filled, each.missing) for each in found.besides] == [
        ("Implicit bias", 3, 3, 0),
        ("Human traffic", None, 0, None),
    ]
    assert found.counted == 0


def test_of_a_body_that_asks_for_nothing_nothing_is_unknown() -> None:
    found = made("US-OH", "6 facial home", date(2027, 1, 31))

    assert (found.needed, found.counted, found.missing, found.unknown) == (0, 0, 0, ())
    assert found.headline == "Ohio asks for no hours."


def test_subjects_are_read_from_the_words_of_courses() -> None:
    assert {
        words: subject_of(words)
        for words in (
            "Massage theory and technique",
            "Professional ethics",
            "Florida laws and rules",
            "Prevention of medical errors",
            "Anatomy and physiology",
            "Facial massage",
            "Business management",
            "First aid and CPR",
            "Something else",
            "theory",
        )
    } == {
        "Massage theory and technique": Subject.TECHNIQUE,
        "Professional ethics": Subject.ETHICS,
        "Florida laws and rules": Subject.LAWS,
        "Prevention of medical errors": Subject.MEDICAL_ERRORS,
        "Anatomy and physiology": Subject.THEORY,
        "Facial massage": Subject.TECHNIQUE,
        "Business management": Subject.BUSINESS,
        "First aid and CPR": Subject.CPR,
        "Something else": Subject.OTHER,
        "theory": Subject.THEORY,
    }


def test_what_a_course_calls_technique_the_planner_does_too() -> None:
    assert {subject_of(word) for word in TECHNIQUE} == {Subject.TECHNIQUE}


def test_a_carry_over_that_nobody_notes_is_none() -> None:
    license = HeldLicense("US-FL", cycle_ends_on=date(2027, 8, 31))

    found = plan(rule_of("US-FL"), license, [], TODAY, carried_hours=Decimal(9))

    # Florida carries nothing over, whatever a therapist noted.
    assert (found.carried_in, found.counted, found.carries_over) == (0, 0, 0)
