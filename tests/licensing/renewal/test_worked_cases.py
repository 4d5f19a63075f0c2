"""The ten worked cases that came with the rule data."""

import pytest

from tests.licensing.renewal.tables import Case, expected, told

CASES = [
    Case(
        "1 Florida, not first: facial fits only the 5 general hours",
        "US-FL",
        "12 workshop class; 2 ethics home; 2 laws home; 6 facial home",
        "21 of 24",
        until="2027-08-31",
        lines="facial 5",
        missing="2 Prevention of medical errors; 1 Human trafficking awareness",
        says="5 of your 6 hours count: Florida leaves 5 general hours.",
    ),
    Case(
        "2 Florida, first: an hour a month, none in person",
        "US-FL",
        "6 facial home",
        "6 of 10",
        first="2026-11-20",
        until="2027-08-31",
        lines="facial 6",
        missing="2 Prevention of medical errors; 1 Human trafficking awareness; 1 General",
    ),
    Case(
        "3 New York: self-study capped at 12, technique at home is for the board to say",
        "US-NY",
        "6 ethics home; 8 anatomy home; 18 seminar class; 6 facial home",
        "30 of 36",
        until="2027-05-31",
        lines="facial 0",
        home="0",
        says="Ask the New York State Education Department, Office of the Professions before",
    ),
    Case(
        "4 Georgia: 8 hours fail the 70 percent, other hours capped at 12",
        "US-GA",
        "10 workshop class 80%; 8 seminar class 60%; 6 facial home",
        "22 of 24",
        until="2028-10-31",
        missing="2 Direct hands-on supervised instruction (course at least 70 percent hands-on)",
        home="0",
    ),
    Case(
        "5 New Jersey: online capped at 6, required hours kept",
        "US-NJ",
        "10 seminar class; 2 ethics home; 1 laws home; 6 facial home",
        "16 of 20",
        first="2020-03-01",
        until="2026-11-30",
        lines="facial 3; ethics 2; laws 1",
        home="0",
        carries="0",
    ),
    Case(
        "6 Illinois: no self-study without a test",
        "US-IL",
        "2 ethics home; 1 violence home; 12 facial home; 9 anatomy home no-test",
        "15 of 25",
        first="2021-05-01",
        until="2026-12-31",
        lines="anatomy 0",
        home="9",
        says="Illinois counts home study only with a test; this had none.",
    ),
    Case(
        "6 Illinois, licensed in this cycle: nothing due",
        "US-IL",
        "2 ethics home",
        "0 of 0",
        first="2025-03-01",
        until="2026-12-31",
        says="Illinois asks for no hours at the first renewal.",
    ),
    Case(
        "7 Virginia: other learning capped at 12",
        "US-VA",
        "6 facial home; 2 ethics home; 14 reading home unlisted",
        "20 of 24",
        first="2016-04-01",
        until="2027-08-31",
        lines="reading 12",
        missing="4 Any subject; 4 Courses of listed providers",
        says="All hours are met by current NCBTMB board certification.",
    ),
    Case(
        "8 Tennessee, first: the chart says 10, multimedia capped at 8",
        "US-TN",
        "6 facial home; 2 ethics home; 2 laws webinar",
        "8 of 10",
        first="2026-03-15",
        lines="facial 4; ethics 2; laws 2",
        home="0",
        says="All of them must be in person",
    ),
    Case(
        "9 Massachusetts: only ethics or human trafficking",
        "US-MA",
        "6 facial home",
        "0 of 3",
        until="2027-05-28",
        missing="3 Ethical obligations of massage therapists or human trafficking",
    ),
    Case(
        "10 Michigan: 12 hours in 24, a repeat counts nothing",
        "US-MI",
        "6 facial home 2026-05-02; 3 anatomy home 2026-05-02; 2 ethics home 2026-05-02; "
        "1 pain home 2026-05-02; 2 business home 2026-05-02; 6 facial home 2027-01-15",
        "12 of 18",
        until="2027-07-31",
        lines="ethics 2; pain 1",
        missing="6 Any subject",
        says="implicit bias training",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_worked_case(case: Case) -> None:
    assert told(case, case.plan()) == expected(case)


def test_the_fifth_case_has_ten_days_left() -> None:
    assert CASES[4].plan().days_left == 10


def test_the_tenth_case_leaves_implicit_bias_besides_the_hours() -> None:
    (bias, trafficking) = CASES[10].plan().besides

    assert (bias.needed, bias.missing) == (3, 3)
    assert (trafficking.needed, trafficking.missing) == (None, None)
