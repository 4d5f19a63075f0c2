"""Questions of several parts, and questions with a typed answer: what each type adds of its own."""

import time
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.markdown import render
from quizzes.question_types import type_named
from quizzes.question_types.base import AUTHORED_ORDER, BadResponse
from quizzes.question_types.decimals import decimal_text, read_decimal
from quizzes.question_types.short_text import Folding
from tests.factories.quizzes import EVERY_TYPE

SEEDS = range(40)


def cleaned(name: str, **changes: object) -> dict:
    result = type_named(name).clean(EVERY_TYPE[name](**changes))
    assert result.problems == []
    return result.content


PAIR = {"id": "a", "term": "Chin", "answer": "Submental"}
OTHER_PAIR = {"id": "b", "term": "Nose", "answer": "Submandibular"}
ITEMS = [{"id": name, "text": name.upper()} for name in "abc"]
GAP = {"id": "first", "right": "jaw", "others": ["ear"]}


@pytest.mark.parametrize(
    ("name", "changes", "where", "words"),
    [
        ("matching", {"pairs": [PAIR]}, ("pairs",), "2 to 10 pairs"),
        ("matching", {"pairs": [PAIR, {**OTHER_PAIR, "id": "a"}]}, ("pairs", 1, "id"), "Two pairs"),
        (
            "matching",
            {"pairs": [PAIR, {**OTHER_PAIR, "term": " chin "}]},
            ("pairs", 1, "term"),
            "have the term",
        ),
        (
            "matching",
            {"pairs": [PAIR, {**OTHER_PAIR, "answer": "submental"}]},
            ("pairs", 1, "answer"),
            "several terms",
        ),
        (
            "matching",
            {"pairs": [PAIR, {**OTHER_PAIR, "answer": ""}]},
            ("pairs", 1, "answer"),
            "missing",
        ),
        ("matching", {"extras": ["Mastoid", "mastoid"]}, ("extras",), "stands here already"),
        ("matching", {"extras": [f"No {n}" for n in range(11)]}, ("extras",), "At most 10"),
        ("matching", {"extras": "Mastoid"}, ("extras",), "list of texts"),
        ("matching", {"reuse": "yes"}, ("reuse",), "true or false"),
        ("ordering", {"items": ITEMS[:2]}, ("items",), "3 to 12 items"),
        (
            "ordering",
            {"items": [*ITEMS, {"id": "d", "text": "a"}]},
            ("items", 3, "text"),
            "say the same",
        ),
        ("ordering", {"scoring": "half"}, ("scoring",), "all-or-nothing, partial"),
        ("fill-in", {"text": "No gap"}, ("gaps", 0, "id"), "has no gap [[first]]"),
        (
            "fill-in",
            {"text": "[[first]] [[second]] [[third]]"},
            ("text",),
            "[[third]], which is not described",
        ),
        (
            "fill-in",
            {"text": "[[first]] [[second]] [[first]]"},
            ("text",),
            "more than once",
        ),
        (
            "fill-in",
            {"text": "[[first]]", "gaps": [{**GAP, "others": []}]},
            ("gaps", 0, "others"),
            "1 to 7 options",
        ),
        (
            "fill-in",
            {"text": "[[first]]", "gaps": [{**GAP, "others": ["ear", "Jaw"]}]},
            ("gaps", 0, "others"),
            "“Jaw” stands here already",
        ),
        ("short-text", {"answers": []}, ("answers",), "1 to 20 accepted answers"),
        ("short-text", {"answers": [{"text": "a*b*"}]}, ("answers", 0, "text"), "one *"),
        ("short-text", {"answers": [{"text": "*"}]}, ("answers", 0, "text"), "everything"),
        (
            "short-text",
            {"answers": [{"text": "naïve"}, {"text": "Naive"}]},
            ("answers", 1, "text"),
            "means the same",
        ),
        (
            "short-text",
            {"answers": [{"text": "a", "share": "0.5"}]},
            ("answers", 0, "share"),
            "its share is 1",
        ),
        (
            "short-text",
            {"answers": [{"text": "a"}, {"text": "b", "share": "1.5"}]},
            ("answers", 1, "share"),
            "from 0 to 1",
        ),
        ("numeric", {"value": "three"}, ("value",), "must be a number"),
        ("numeric", {"value": 3}, ("value",), "must be text"),
        ("numeric", {"tolerance": "-1"}, ("tolerance",), "below zero"),
        (
            "numeric",
            {"value": "0", "tolerance": "5", "tolerance_in": "percent"},
            ("tolerance",),
            "percentage of 0",
        ),
        ("numeric", {"tolerance_in": "inches"}, ("tolerance_in",), "absolute, percent"),
    ],
)
def test_mistakes_are_named_with_their_place(
    name: str, changes: dict, where: tuple, words: str
) -> None:
    problems = type_named(name).clean(EVERY_TYPE[name](**changes)).problems

    assert [problem.where for problem in problems if words in problem.sentence] == [where]


@pytest.mark.parametrize("name", EVERY_TYPE)
@pytest.mark.parametrize("junk", [None, "x", 3, [], ["x"], [3], [[]], {}, [{}], [{"id": 3}]])
def test_whatever_stands_in_a_package_is_answered_with_problems(name: str, junk: object) -> None:
    for field in EVERY_TYPE[name]():
        result = type_named(name).clean(EVERY_TYPE[name](**{field: junk}))
        # Shown to the author all the same, beside what is wrong.
        shown = type_named(name).present(result.content, AUTHORED_ORDER)
        fields = type_named(name).raw_of(None, result.content, AUTHORED_ORDER)
        assert type_named(name).laid_out(shown, fields)["stem"] is not None


# ---------------------------------------------------------------- nothing leaks by order


@pytest.mark.parametrize("seed", SEEDS)
def test_fields_and_values_are_places(seed: int) -> None:
    for name in ("matching", "ordering", "fill-in"):
        raw = type_named(name).raw_of(
            type_named(name).right_response(cleaned(name)), cleaned(name), seed
        )
        assert {field.split("-")[1].isdecimal() for field in raw} == {True}
        assert {value.isdecimal() for values in raw.values() for value in values} == {True}


def test_the_right_places_are_others_in_each_question() -> None:
    """Even where choices stay in the order of their author."""
    matched, ordered = set(), set()
    for number in range(12):
        pairs = [{**PAIR, "answer": f"Submental {number}"}, OTHER_PAIR]
        items = [{"id": name, "text": f"{name} {number}"} for name in "abc"]
        for name, content, found in (
            ("matching", cleaned("matching", pairs=pairs, extras=[]), matched),
            ("ordering", cleaned("ordering", items=items), ordered),
        ):
            right = type_named(name).right_response(content)
            raw = type_named(name).raw_of(right, content, AUTHORED_ORDER)
            found.add(tuple(value for values in raw.values() for value in values))

    assert len(matched) == 2
    assert len(ordered) >= 4


def test_options_of_a_gap_stand_in_the_order_of_the_alphabet() -> None:
    content = cleaned(
        "fill-in", text="[[first]]", gaps=[{**GAP, "right": "10 times", "others": ["5 times", "2"]}]
    )

    (options,) = type_named("fill-in").present(content, AUTHORED_ORDER)["gaps"]

    assert [option["text"] for option in options] == ["2", "5 times", "10 times"]


# ---------------------------------------------------------------- matching


def test_an_answer_of_two_terms_is_offered_once_and_right_for_both() -> None:
    kind = type_named("matching")
    content = cleaned("matching", pairs=[PAIR, {**OTHER_PAIR, "answer": "Submental"}], reuse=True)

    assert len(kind.present(content, 5)["answers"]) == 2
    assert kind.grade(content, {"pairs": {"a": "a", "b": "a"}}) == 1


def test_an_answer_given_twice_is_refused_where_each_fits_once() -> None:
    with pytest.raises(BadResponse, match="each fits once"):
        type_named("matching").clean_response(
            {"term-1": ["1"], "term-2": ["1"]}, cleaned("matching"), 3
        )


@pytest.mark.parametrize("value", ["0", "5", "a", "1 "])
def test_an_answer_that_is_not_offered_is_refused(value: str) -> None:
    with pytest.raises(BadResponse):
        type_named("matching").clean_response({"term-1": [value]}, cleaned("matching"), 3)


@pytest.mark.parametrize(
    ("scoring", "pairs", "share"),
    [
        ("partial", {"a": "a", "b": "b", "c": "c"}, Fraction(1)),
        ("partial", {"a": "a", "b": "c"}, Fraction(1, 3)),
        ("partial", {"a": "+1"}, Fraction(0)),
        ("all-or-nothing", {"a": "a", "b": "b"}, Fraction(0)),
    ],
)
def test_matching_gives_a_share_for_each_right_pair(
    scoring: str, pairs: dict, share: Fraction
) -> None:
    content = cleaned("matching", scoring=scoring)

    assert type_named("matching").grade(content, {"pairs": pairs}) == share


# ---------------------------------------------------------------- ordering


@pytest.mark.parametrize(
    ("order", "share"),
    [
        ("abcd", Fraction(1)),
        ("abdc", Fraction(2, 3)),
        ("bacd", Fraction(2, 3)),
        ("dabc", Fraction(0)),
        ("badc", Fraction(1, 3)),
        ("dcba", Fraction(0)),
    ],
)
def test_ordering_counts_which_of_two_comes_first(order: str, share: Fraction) -> None:
    response = {"order": list(order)}

    assert type_named("ordering").grade(cleaned("ordering"), response) == share
    whole = cleaned("ordering", scoring="all-or-nothing")
    assert type_named("ordering").grade(whole, response) == int(order == "abcd")


def test_a_list_nobody_touched_is_no_answer_even_in_the_right_order() -> None:
    kind, content = type_named("ordering"), cleaned("ordering")
    right = [str(place) for place in range(1, 5)]
    seed = next(
        seed
        for seed in range(1000)
        if [kind.raw_of(kind.right_response(content), content, seed)[f"place-{n}"] for n in right]
        == [[n] for n in right]
    )
    untouched = kind.raw_of(None, content, seed)

    assert kind.clean_response(untouched, content, seed) is None
    kept = kind.clean_response({**untouched, "move": ["keep"]}, content, seed)
    assert kind.grade(content, kept) == 1


@pytest.mark.parametrize(
    ("places", "words"),
    [
        (["1", "2", "3", ""], "1 of 4 have none yet"),
        (["1", "2", "2", "3"], "2 items have place 2"),
        (["1", "2", "3", "5"], "not in this list"),
        (["1", "2", "3", "x"], "not in this list"),
    ],
)
def test_places_that_make_no_order_are_refused(places: list[str], words: str) -> None:
    raw = {f"place-{number}": [place] for number, place in enumerate(places, start=1)}

    with pytest.raises(BadResponse, match=words):
        type_named("ordering").clean_response(raw, cleaned("ordering"), 3)


@pytest.mark.parametrize(
    ("places", "move", "after"),
    [
        ("", "up-3", "1324"),
        ("", "up-1", "1234"),
        ("", "down-4", "1234"),
        ("", "keep", "1234"),
        ("4321", "down-4", "3421"),
        ("4321", "clear", ""),
        ("4321", "up-9", "4321"),
        ("4321", "nonsense", "4321"),
    ],
)
def test_buttons_move_an_item_without_a_script(places: str, move: str, after: str) -> None:
    kind, content = type_named("ordering"), cleaned("ordering")
    raw = {f"place-{token}": [str(place)] for place, token in enumerate(places, start=1)}

    response = kind.clean_response({**raw, "move": [move]}, content, 3)

    fields = kind.raw_of(response, content, 3)
    shown = kind.laid_out(kind.present(content, 3), fields)
    assert "".join(item["token"] for item in shown["items"]) == (after or "1234")
    assert shown["is_placed"] is bool(after)


# ---------------------------------------------------------------- gaps


def test_gaps_stand_between_the_words_and_are_called_by_their_place() -> None:
    kind, content = type_named("fill-in"), cleaned("fill-in")
    shown = kind.present(content, 3)
    fields = kind.raw_of({"gaps": {"second": "jugular"}}, content, 3)

    pieces = kind.laid_out({**shown, "text": f'<p title="[[1]]">{shown["text"]}</p>'}, fields)

    assert [piece["html"] for piece in pieces["pieces"]] == [
        '<p title="[[1]]">From the nose to the ',
        " nodes, and on to the *deep* ",
    ]
    assert pieces["rest"] == " chain.</p>"
    assert [bool(piece["chosen"]) for piece in pieces["pieces"]] == [False, True]
    assert "first" not in str(pieces)


@pytest.mark.parametrize(
    "text",
    [
        "See [the atlas](https://example.com/[[first]]) and [[second]].",
        "See [[[first]] in the atlas](https://example.com) and [[second]].",
        "See [the [[first]] node](glossary:node) and [[second]].",
        "![The neck](figure:[[first]])\n\nThen [[second]].",
        "![The [[first]] chain](figure:neck)\n\nThen [[second]].",
        "Type `[[first]]`, then [[second]].",
        "[[[first]]{lang=fr}], then [[second]].",
        "```\n[[first]]\n```\n\nThen [[second]].",
        "Then [[second]].\n\n    [[first]]",
        "Then [[second]].\n\n[^1]: A note that nothing leads to: [[first]].",
        "| a |\n|---|\n| [[second]] | [[first]] |",
        "[[first]] and [[second]], by source.\n\n[1]: https://example.com",
    ],
)
def test_a_gap_that_would_show_no_list_is_refused(text: str) -> None:
    cleaned = type_named("fill-in").clean(EVERY_TYPE["fill-in"](text=text))

    (problem,) = cleaned.problems
    assert problem.where == ("text",)
    assert problem.sentence.startswith("The gap [[first]] must stand among the words of the text")


@pytest.mark.parametrize("number", [1, 7])
def test_brackets_that_would_become_a_gap_are_refused(number: int) -> None:
    text = rf"[[first]] and [[second]], see \[\[{number}\]\]."

    cleaned = type_named("fill-in").clean(EVERY_TYPE["fill-in"](text=text))

    assert [problem.sentence for problem in cleaned.problems] == [
        "The text has two square brackets around a number that is no gap."
    ]


MARKS = ["`", "](https://a.b/", "[", "](figure:a)", "![", "\\", "    ", "*", "|", "|---|", "## "]
MARKS += ["> ", "\n- ", "\n\n", "```", "{lang=fr}", "[^1]", ": ", " a ", "<", "](glossary:a)"]


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(MARKS), max_size=10)
    .flatmap(lambda marks: st.permutations([*marks, "[[first]]", "[[second]]"]))
    .map("".join)
)
def test_every_gap_that_is_accepted_is_one_list_in_the_page(text: str) -> None:
    kind = type_named("fill-in")
    cleaned = kind.clean(EVERY_TYPE["fill-in"](text=text))
    if cleaned.problems:
        return

    shown = kind.present(cleaned.content, 3)
    page = kind.laid_out({**shown, "text": render(shown["text"])}, {})

    assert sorted(piece["token"] for piece in page["pieces"]) == ["1", "2"]


@pytest.mark.parametrize("value", ["4", "0", "x", "11"])
def test_an_option_that_is_not_offered_is_refused(value: str) -> None:
    with pytest.raises(BadResponse):
        type_named("fill-in").clean_response({"gap-1": [value]}, cleaned("fill-in"), 3)


def test_no_text_with_gaps_takes_long() -> None:
    for text in ("[[" + " " * 7_900, "[" * 7_900, "[[a" * 2_600, "[[a b " * 1_300):
        started = time.process_time()
        type_named("fill-in").clean(EVERY_TYPE["fill-in"](text=text))
        assert time.process_time() - started < 1


# ---------------------------------------------------------------- short answers


@pytest.mark.parametrize(
    ("accepted", "given"),
    [
        ("Buccinator", "  BUCCINATOR "),
        ("Chéngqì", "chengqi"),
        ("don't press", "don’t  press"),
        ('the "light" hand', "the “light” hand"),
        ("lymph-node", "lymph–node"),
        ("naïve", "nai\u0308ve"),
        ("straße", "STRASSE"),
        ("ﬁve", "five"),
        ("Łódź", "lodz"),
        ("lymph", "lym\u00adph"),
        ("sub*", "submandibular"),
        ("sub*", "SUB"),
        ("*nodes", "submandibular nodes"),
        ("sub * nodes", "sub mandibular nodes"),
    ],
)
def test_what_makes_no_difference_is_accepted(accepted: str, given: str) -> None:
    kind, content = type_named("short-text"), cleaned("short-text", answers=[{"text": accepted}])
    response = kind.clean_response({"text": [given]}, content, 1)

    assert kind.grade(content, response) == 1


@pytest.mark.parametrize(
    ("accepted", "given"),
    [("node", "nodes"), ("sub*", "the sub"), ("aba*ba", "aba"), ("sub * nodes", "sub nodes")],
)
def test_what_makes_a_difference_is_not(accepted: str, given: str) -> None:
    assert not Folding(exact_case=False, exact_accents=False).accepts(accepted, given)


def test_case_and_accents_count_where_the_author_says_so() -> None:
    assert not Folding(exact_case=True, exact_accents=False).accepts("ST3", "st3")
    assert Folding(exact_case=True, exact_accents=False).accepts("Éa", "Ea")
    assert not Folding(exact_case=False, exact_accents=True).accepts("shū", "shù")
    assert Folding(exact_case=False, exact_accents=True).accepts("shū", "SHU\u0304")


@pytest.mark.parametrize(
    ("given", "share", "note"),
    [
        ("Buccinator", Fraction(1), ""),
        ("buccinater", Fraction(1, 2), "Mind the ending."),
        ("Masseter", Fraction(0), "That one moves the jaw."),
        ("temporalis", Fraction(0), ""),
    ],
)
def test_accepted_answers_have_a_share_and_a_note_of_their_own(
    given: str, share: Fraction, note: str
) -> None:
    kind, content = type_named("short-text"), cleaned("short-text")

    assert kind.grade(content, {"text": given}) == share
    assert kind.review(content, {"text": given}, 1)["parts"][0]["feedback"] == note


def test_a_long_answer_is_refused_and_spaces_alone_are_none() -> None:
    kind, content = type_named("short-text"), cleaned("short-text")

    assert kind.clean_response({"text": ["x" * 200]}, content, 1) == {"text": "x" * 200}
    assert kind.clean_response({"text": [" \u200b "]}, content, 1) is None
    with pytest.raises(BadResponse, match="at most 200 characters; this has 201"):
        kind.clean_response({"text": ["x" * 201]}, content, 1)


# ---------------------------------------------------------------- numbers


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("3", "3"),
        ("1.5", "1.5"),
        ("1,5", "1.5"),
        (".5", "0.5"),
        ("5.", "5"),
        ("0,500", "0.5"),
        ("1,500", "1500"),
        ("1 500", "1500"),
        ("1\u202f500,25", "1500.25"),
        ("1\u00a0234\u00a0567.5", "1234567.5"),
        ("1’500", "1500"),
        ("1,234,567.50", "1234567.5"),
        ("1.234,5", "1234.5"),
        ("1.234.567", "1234567"),
        ("1.500", "1.5"),
        ("-2", "-2"),
        ("\u22122,5", "-2.5"),
        ("– 2", "-2"),
        ("－３", "-3"),
        ("+4", "4"),
        ("-0", "0"),
        ("٣", "3"),
        ("007", "7"),
        ("0.1000", "0.1"),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, number: str) -> None:
    value = read_decimal(text)

    assert value is not None
    assert decimal_text(value) == number
    assert read_decimal(number) == value


@pytest.mark.parametrize(
    "text",
    [
        *("", "-", ".", ",", "three", "3 or 4", "1e3", "1/2", "½", "--2", "1 50", "1,50,0"),
        *("3 %", "NaN", "Infinity", "1..2", "1,2,3", "9" * 41, "0x10", "1_000"),
    ],
)
def test_what_is_no_number_is_told_apart(text: str) -> None:
    assert read_decimal(text) is None


@pytest.mark.parametrize(
    "typed", ["three", "3 or 4", "3 minutes", "3 s" + "\u0308" * 99 + "econds"]
)
def test_words_are_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(BadResponse, match="Write a number alone"):
        type_named("numeric").clean_response({"value": [typed]}, cleaned("numeric"), 1)


@pytest.mark.parametrize(
    ("changes", "typed", "is_right"),
    [
        ({}, "2.5", True),
        ({}, "3,5 Seconds", True),
        ({}, "3.5000001", False),
        ({}, "-3", False),
        ({"value": "0.3", "tolerance": "0"}, "0.30", True),
        ({"value": "0.3", "tolerance": "0.1"}, "0.2", True),
        ({"value": "-40", "tolerance": "10", "tolerance_in": "percent"}, "-44", True),
        ({"value": "-40", "tolerance": "10", "tolerance_in": "percent"}, "-44.01", False),
    ],
)
def test_a_number_is_right_within_the_tolerance(changes: dict, typed: str, is_right: bool) -> None:
    kind, content = type_named("numeric"), cleaned("numeric", **changes)
    response = kind.clean_response({"value": [typed]}, content, 1)

    assert kind.grade(content, response) == int(is_right)


def test_a_wrong_number_gets_the_note_for_its_side() -> None:
    kind, content = type_named("numeric"), cleaned("numeric")

    notes = [
        kind.review(content, kind.clean_response({"value": [typed]}, content, 1), 1)["parts"][0]
        for typed in ("1", "3", "9")
    ]

    assert [each["feedback"] for each in notes] == ["Slower.", "", "Quicker."]
    assert notes[0]["right"] == "3 seconds, give or take 0.5"
