"""Tap the point and label the chart: pure functions, and what they embed."""

import json
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ce_platform.core.text import canonical_json
from quizzes.embedding import NamedPictures, embedded, is_as_now
from quizzes.question_types import places, type_named
from quizzes.question_types.base import AUTHORED_ORDER, BadResponse
from quizzes.question_types.giveaways import giveaway_in
from tests.factories.pictures import (
    CHART,
    DESCRIPTIONS,
    DRAWING,
    FIGURE,
    PICTURES,
    WRITTEN,
    chart_record,
    content_of,
    label,
    tap,
)

TAP, LABEL = type_named("tap-the-point"), type_named("label-the-chart")
KINDS = list(WRITTEN)
seeds = st.integers(min_value=0, max_value=2**62)


def own(**changes: Any) -> dict[str, Any]:
    """Places of the author's own on a figure."""
    places = [
        {
            "id": "a",
            "circle": [100, 90, 30],
            "name": "Mental point",
            "description": "At the front",
            "correct": True,
        },
        {"id": "b", "rectangle": [300, 200, 80, 40.25], "description": "In the middle"},
        {"id": "c", "polygon": [[500, 400], [600, 400], [550, 500]], "description": "Below"},
    ]
    return {
        "stem": "Where?",
        "figure": "hand",
        "alt": "A hand with numbered places.",
        "places": places,
        **changes,
    }


# ------------------------------------------------------------------------------- embedding


def test_a_question_holds_everything_it_shows() -> None:
    content = content_of("tap-the-point")

    assert content["picture"] == {
        "chart": str(CHART),
        "view": "front",
        "figure": "",
        "drawing": DRAWING,
        "sizes": {},
        "extension": "",
        "width": 1000,
        "height": 1200,
        "crop": [150, 30, 700, 960],
        "credit": "Own drawing",
        "alt": "Line drawing of a face with numbered marks.",
    }
    assert content["places"][3] == {
        "id": "d",
        "point": "00000000-0000-0000-0000-00000000025b",
        "shape": "circle",
        "at": [601, 726, 8],
        "side": "e",
        "code": "ST4",
        "name": "Dicang",
        "language": "zh-Latn",
        "caution": "Light touch only.",
        "description": "Outside the corner of the mouth",
        "correct": False,
    }
    assert TAP.used_files(content) == {DRAWING}


def test_own_places_on_a_figure_are_kept_in_its_units() -> None:
    cleaned = embedded(TAP, own(), PICTURES)

    assert cleaned.problems == []
    assert [(each["shape"], each["at"]) for each in cleaned.content["places"]] == [
        ("circle", [100, 90, 30]),
        ("rectangle", [300, 200, 80, 40.2]),
        ("polygon", [[500, 400], [600, 400], [550, 500]]),
    ]
    assert cleaned.content["picture"]["sizes"] == FIGURE["sizes"]
    assert TAP.used_files(cleaned.content) == {"a" * 64, "b" * 64}
    shown = TAP.present(cleaned.content, AUTHORED_ORDER)
    assert shown["picture"]["image_url"].endswith(f"/{'b' * 64}.png")
    assert "Mental" not in json.dumps(shown)


def test_a_figure_in_a_text_is_embedded_with_its_alternative_text_and_no_caption() -> None:
    written = {
        "stem": "What is it?\n\n![](figure:hand)",
        "choices": [
            {"id": "a", "text": "![Another hand](figure:hand)", "correct": True},
            {"id": "b", "text": "A foot"},
        ],
    }
    kind = type_named("single-choice")

    cleaned = embedded(kind, written, PICTURES)

    assert cleaned.problems == []
    record = {name: FIGURE[name] for name in FIGURE if name not in ("slug", "caption")}
    assert cleaned.content["figures"] == {"hand": record}
    assert kind.used_files(cleaned.content) == {"a" * 64, "b" * 64}
    assert embedded(kind, kind.named(cleaned.content), PICTURES).content == cleaned.content


@pytest.mark.parametrize("name", KINDS)
def test_cleaning_and_embedding_again_change_nothing(name: str) -> None:
    kind, content = type_named(name), content_of(name)
    stored = json.loads(canonical_json(content))

    assert kind.clean(stored).content == content
    assert kind.clean(stored).problems == []
    assert embedded(kind, kind.named(stored), PICTURES).content == content
    assert is_as_now(kind, stored, PICTURES)


def test_what_only_the_platform_fills_in_is_not_taken_from_an_author() -> None:
    content = content_of("tap-the-point")
    forged = {**tap(), "picture": {**content["picture"], "drawing": "e" * 64}}
    forged["places"][0] |= {"at": [1, 2, 3], "caution": "Mine."}

    assert embedded(TAP, forged, PICTURES).content == content


def moved_chart(**view: Any) -> NamedPictures:
    chart = chart_record()
    chart["points"][0] |= {"at": [{"view": "front", "x": 300, "y": 300, "label": "w"}]}
    chart["points"][0]["name"] = "Another name"
    chart["views"][0] |= view
    return NamedPictures(charts=[chart], figures=[FIGURE])


@pytest.mark.parametrize("name", KINDS)
def test_a_changed_chart_does_not_change_what_was_written(name: str) -> None:
    kind, before = type_named(name), content_of(name)
    now = moved_chart(drawing="e" * 64)
    edited = {**kind.named(before), "stem": "Another stem?"}

    kept = embedded(kind, edited, now, kept=before)
    taken_over = embedded(kind, edited, now)

    assert kept.content == {**before, "stem": "Another stem?"}
    assert taken_over.content["picture"]["drawing"] == "e" * 64
    assert taken_over.content["places"][0]["at"] == [300, 300, 8]
    assert not is_as_now(kind, before, now)


def test_new_points_join_kept_ones_only_on_the_same_drawing() -> None:
    written = tap()
    three = {**written, "places": written["places"][:3]}
    before = embedded(TAP, three, PICTURES).content

    same = embedded(TAP, written, moved_chart(), kept=before)
    another = embedded(TAP, written, moved_chart(drawing="e" * 64), kept=before)

    assert [place["at"] for place in same.content["places"]][::3] == [[600, 650, 8], [601, 726, 8]]
    assert [(each.where, each.sentence[:36]) for each in another.problems] == [
        (("places", 3, "point"), "The chart has another drawing by now")
    ]


def test_a_point_that_is_gone_stays_in_the_question() -> None:
    before = content_of("tap-the-point")
    chart = chart_record()
    chart["points"] = chart["points"][1:]

    cleaned = embedded(TAP, TAP.named(before), NamedPictures(charts=[chart]), kept=before)

    assert (cleaned.content, cleaned.problems) == (before, [])


# ------------------------------------------------------------------------------- mistakes


def with_place(index: int, **changes: Any) -> dict[str, Any]:
    written = tap()
    written["places"][index] = {**written["places"][index], **changes}
    return {"places": written["places"]}


@pytest.mark.parametrize(
    ("changes", "where", "words"),
    [
        ({"chart": "nose"}, ("picture",), "no chart “nose”"),
        ({"chart": ""}, ("picture",), "Say which picture"),
        ({"chart": 7}, ("picture",), "Say which picture"),
        ({"view": "back"}, ("picture",), "no view “back”"),
        ({"figure": "hand"}, ("picture",), "one picture"),
        ({"alt": ""}, ("picture", "alt"), "missing"),
        ({"alt": "A face, ST 3 on the cheek"}, ("picture", "alt"), "“ST3”"),
        ({"places": []}, ("places",), "2 to 30 places"),
        ({"places": "x"}, ("places",), "list of tables"),
        ({"places": [3]}, ("places",), "list of tables"),
        ({"scoring": "half"}, ("scoring",), "all-or-nothing, partial"),
        (with_place(0, correct=False), ("places",), "here none is"),
        (with_place(1, point="ST99"), ("places", 1, "point"), "no point of this chart"),
        (with_place(1, point=["x"]), ("places", 1, "point"), "no point of this chart"),
        (with_place(1, circle=[1, 2, 3]), ("places", 1, "at"), "A place is"),
        (with_place(1, point="", circle=[1, 2]), ("places", 1, "at"), "three numbers"),
        (with_place(1, point="", circle=[1, 2, float("nan")]), ("places", 1, "at"), "three"),
        (with_place(1, point="", polygon=[[1, 2]]), ("places", 1, "at"), "corners"),
        (with_place(1, point="", circle=[1, 2, 3]), ("places", 1, "at"), "outside the picture"),
        (with_place(1, id="a"), ("places", 1, "id"), "Two places"),
        (with_place(1, id="A b"), ("places", 1, "id"), "small letters"),
        (with_place(1, hint="x"), ("places", 1, "hint"), "means nothing here"),
        (with_place(1, description=" "), ("places", 1, "description"), "missing"),
        (
            with_place(1, description=DESCRIPTIONS[0].upper()),
            ("places", 1, "description"),
            "same description",
        ),
        (with_place(2, description="Straight below st3"), ("places", 2, "description"), "“ST3”"),
        (
            with_place(0, description="Where Juliao is"),
            ("places", 0, "description"),
            "“Juliao”",
        ),
    ],
)
def test_mistakes_are_named_with_their_place(
    changes: dict[str, Any], where: tuple[Any, ...], words: str
) -> None:
    problems = embedded(TAP, tap(**changes), PICTURES).problems

    assert where in [each.where for each in problems if words in each.sentence]


@pytest.mark.parametrize(
    ("changes", "where", "words"),
    [
        ({"distractors": [{"id": "a", "text": "X"}]}, ("distractors", 0, "id"), "Something else"),
        ({"distractors": [{"id": "xa", "text": "st3"}]}, ("distractors", 0, "text"), "already"),
        (
            {"distractors": [{"id": f"x{n}", "text": f"X {n}"} for n in range(11)]},
            ("distractors",),
            "At most 10",
        ),
        (
            {"places": [{**each, "label": "Same"} for each in label()["places"]]},
            ("places",),
            "nothing to find out",
        ),
        ({"alt": "ST4 is at the mouth"}, ("picture", "alt"), "“ST4”"),
    ],
)
def test_mistakes_in_names_are_named(
    changes: dict[str, Any], where: tuple[Any, ...], words: str
) -> None:
    problems = embedded(LABEL, label(**changes), PICTURES).problems

    assert where in [each.where for each in problems if words in each.sentence]


@pytest.mark.parametrize(
    ("text", "names", "told"),
    [
        ("Straight below GB3", ["GB3"], "GB3"),
        ("Straight below gb 3.", ["GB3"], "GB3"),
        ("Below GB30", ["GB3"], ""),
        ("Between EX HN3 and the nose", ["EX-HN3"], "EX-HN3"),
        ("Beside the submental group", ["A", "Submental nodes (not in everyone)"], "Submental"),
        ("A dip in the bone", ["A", "(L)"], ""),
        ("承泣下方", ["承泣"], "承泣"),
        ("Anything", ["", " "], ""),
    ],
)
def test_a_name_is_found_in_any_spelling(text: str, names: list[str], told: str) -> None:
    found = giveaway_in(text, names)

    assert found.startswith(told) if told else found == ""


# ------------------------------------------------------------------------------- answering


@pytest.mark.parametrize("name", KINDS)
def test_presentation_says_nothing_about_what_is_right(name: str) -> None:
    shown = type_named(name).present(content_of(name), 7)
    text = json.dumps(shown)

    for secret in ("Juliao", "Light touch", "correct", str(CHART), "0000025b", "Because"):
        assert secret not in text
    if name == "tap-the-point":
        assert "ST3" not in text
    assert [mark["value"] for mark in shown["picture"]["marks"]] == ["1", "2", "3", "4"]


def test_one_right_place_is_chosen_and_several_are_ticked() -> None:
    assert TAP.present(content_of("tap-the-point"), 7)["input"] == "radio"
    assert TAP.present(content_of("tap-the-point", "ST3", "ST4"), 7)["input"] == "checkbox"


def test_a_number_means_the_same_place_on_the_picture_and_in_the_list() -> None:
    content = content_of("tap-the-point")
    for seed in (1, 2, 3):
        shown = TAP.present(content, seed)
        for mark, option in zip(shown["picture"]["marks"], shown["options"], strict=True):
            place = next(p for p in content["places"] if p["description"] == option["text"])
            assert mark["value"] == option["value"]
            assert float(mark["x"]) == pytest.approx((place["at"][0] - 150) / 0.7, abs=0.1)


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        (TAP, {"choice": ["9"]}),
        (TAP, {"choice": ["a"]}),
        (TAP, {"choice": ["1", "2"]}),
        (LABEL, {"place-1": ["9"]}),
        (LABEL, {"place-1": ["a"]}),
    ],
)
def test_what_is_no_answer_is_refused(kind: Any, raw: dict[str, list[str]]) -> None:
    with pytest.raises(BadResponse):
        kind.clean_response(raw, content_of(kind.name), 3)


@pytest.mark.parametrize(
    ("right", "scoring", "chosen", "share"),
    [
        (["ST3"], "all-or-nothing", "a", 1),
        (["ST3"], "all-or-nothing", "b", 0),
        (["ST3", "ST4"], "all-or-nothing", "ad", 1),
        (["ST3", "ST4"], "all-or-nothing", "a", 0),
        (["ST3", "ST4"], "partial", "a", Fraction(1, 2)),
        (["ST3", "ST4"], "partial", "abd", Fraction(1, 2)),
        (["ST3", "ST4"], "partial", "bc", 0),
    ],
)
def test_tapped_places_earn_their_share(
    right: list[str], scoring: str, chosen: str, share: Fraction
) -> None:
    content = content_of("tap-the-point", *right, scoring=scoring)

    assert TAP.grade(content, {"places": list(chosen)}) == share
    assert TAP.grade(content, None) == 0


@pytest.mark.parametrize(
    ("scoring", "names", "share"),
    [
        ("partial", {"a": "a", "b": "b", "c": "c", "d": "d"}, 1),
        ("partial", {"a": "a", "b": "c", "c": "xa"}, Fraction(1, 4)),
        ("all-or-nothing", {"a": "a", "b": "b", "c": "c", "d": "xa"}, 0),
        ("all-or-nothing", {"a": "a", "b": "b", "c": "c", "d": "d"}, 1),
        ("partial", {}, 0),
    ],
)
def test_names_at_their_places_earn_their_share(
    scoring: str, names: dict[str, str], share: Fraction
) -> None:
    content = content_of("label-the-chart", scoring=scoring)

    assert LABEL.grade(content, {"names": names} if names else None) == share


def test_places_of_one_name_may_change_names() -> None:
    written = label()
    written["places"][0]["label"] = written["places"][1]["label"] = "Twin"
    content = embedded(LABEL, written, PICTURES).content

    names = [name["text"] for name in LABEL.present(content, AUTHORED_ORDER)["names"]]

    assert names == ["CV24", "ST4", "ST9", "Twin"]
    right = {"names": {"a": "a", "b": "a", "c": "c", "d": "d"}}
    assert LABEL.right_response(content) == right
    assert LABEL.grade(content, right) == 1


@given(st.sampled_from(KINDS), seeds, st.data())
def test_an_answer_survives_the_form(name: str, seed: int, data: st.DataObject) -> None:
    kind = type_named(name)
    content = content_of(name, *(("ST3", "ST4") if kind is TAP else ()))
    if kind is TAP:
        chosen = data.draw(st.sets(st.sampled_from("abcd")))
        response = {"places": sorted(chosen)} if chosen else None
    else:
        given_names = data.draw(
            st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["a", "b", "c", "d", "xa"]))
        )
        response = {"names": given_names} if given_names else None

    assert kind.clean_response(kind.raw_of(response, content, seed), content, seed) == response
    assert 0 <= kind.grade(content, response) <= 1
    assert kind.grade(content, kind.right_response(content)) == 1
    assert kind.present(content, seed) == kind.present(content, seed)


# ------------------------------------------------------------------------------- looking back


def test_review_tells_names_cautions_and_both_answers_by_more_than_color() -> None:
    content = content_of("tap-the-point")

    review = TAP.review(content, {"places": ["d"]}, AUTHORED_ORDER)

    assert [
        (each["code"], each["name"], each["is_right"], each["is_chosen"], each["caution"])
        for each in review["options"]
    ] == [
        ("ST3", "Juliao", True, False, ""),
        ("GB14", "Yangbai", False, False, ""),
        ("CV24", "Chengjiang", False, False, ""),
        ("ST4", "Dicang", False, True, "Light touch only."),
    ]
    assert [(each["state"], each["is_chosen"]) for each in review["picture"]["marks"]] == [
        ("right", False),
        ("", False),
        ("", False),
        ("wrong", True),
    ]


def test_review_tells_what_was_put_where() -> None:
    content = content_of("label-the-chart")

    review = LABEL.review(content, {"names": {"a": "xa", "b": "b"}}, AUTHORED_ORDER)

    assert [(each["label"], each["given"], each["is_right"]) for each in review["rows"]] == [
        ("ST3", "ST9", False),
        ("GB14", "GB14", True),
        ("CV24", "", False),
        ("ST4", "", False),
    ]


# ------------------------------------------------------------------------------- the rest


def test_statistics_count_places_and_names() -> None:
    tapped, named = content_of("tap-the-point"), content_of("label-the-chart")

    assert TAP.statistic_keys(tapped, {"places": ["d", "a"]}) == ["a", "d"]
    assert TAP.statistic_labels(tapped)["d"] == "ST4 Dicang"
    assert LABEL.statistic_keys(named, {"names": {"a": "xa"}}) == ["a=xa"]
    assert LABEL.statistic_labels(named)["a=xa"] == "ST9 (at ST3 Juliao)"
    assert "Yangbai" in TAP.search_text(tapped)
    assert "ST9" in LABEL.search_text(named)


@pytest.mark.parametrize("name", KINDS)
def test_said_tells_everything_with_different_keys(name: str) -> None:
    lines = type_named(name).said(content_of(name))

    assert len({line.key for line in lines}) == len(lines)
    text = "\n".join(f"{line.label}: {line.text}" for line in lines)
    for words in ("Line drawing", DRAWING[:12], "circle 601, 726, 8", *DESCRIPTIONS, "Because."):
        assert words in text


@pytest.mark.parametrize("name", KINDS)
def test_the_form_of_a_content_gives_the_content(name: str) -> None:
    kind, content = type_named(name), content_of(name)

    sent = kind.content_of_editor(kind.raw_of_content(content))

    assert embedded(kind, sent, PICTURES).content == content


def test_the_form_of_own_places_gives_them_again() -> None:
    content = embedded(TAP, own(), PICTURES).content

    sent = TAP.content_of_editor(TAP.raw_of_content(content))

    assert embedded(TAP, sent, PICTURES).content == content


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"picture": ["chart:x:y"], "rows-of": ["chart:x:y"], "row": ["1"], "use": ["1"]},
        {"picture": ["figure:hand"], "rows-of": ["figure:hand"], "row": ["0"], "use": ["0"]},
        {
            "picture": ["figure:hand"],
            "rows-of": ["figure:hand"],
            "row": ["0", "0", "x", "-1"],
            "use": ["0", "x"],
            "shape-0": ["star"],
            "at-0": ["1 2 3e999"],
            "scoring": ["none"],
        },
        {"picture": [":::"], "rows-of": [":::"], "row": [str(n) for n in range(900)]},
    ],
)
def test_whatever_is_sent_is_shown_again(name: str, raw: dict[str, list[str]]) -> None:
    kind = type_named(name)

    cleaned = embedded(kind, kind.content_of_editor(raw), PICTURES)

    assert cleaned.problems
    assert kind.editor_view(raw, cleaned.problems)["problems"]
    kind.editor_pictures(raw, PICTURES, cleaned.problems)
    kind.present(cleaned.content, AUTHORED_ORDER)
    assert not kind.is_answerable(cleaned.problems)


def test_the_form_offers_every_point_with_its_words_and_warns_of_its_name() -> None:
    raw = {"picture": [f"chart:{CHART}:front"]}

    shown = TAP.editor_pictures(raw, PICTURES, [])

    assert [(row["code"], row["is_used"], row["description"]) for row in shown["rows"]] == [
        (code, False, place)
        for code, place in (
            ("ST3", "Under the pupil, level with the nostril wing."),
            ("GB14", "On the forehead, above the brow."),
            ("CV24", "In the groove under the lip, below ST4."),
            ("ST4", "Outside the corner of the mouth."),
        )
    ]
    told = TAP.editor_pictures(
        {
            **raw,
            "rows-of": raw["picture"],
            f"description-{shown['rows'][0]['token']}": ["Around ST3"],
        },
        PICTURES,
        [],
    )
    assert [row["told"] for row in told["rows"]] == ["ST3", "", "", ""]


def test_numbers_do_not_stand_on_other_marks() -> None:
    close = [("circle", [300 + 45 * step, 400, 8], "e") for step in range(4)]

    marks = places.marks(close, [0, 0, 1000, 1000])

    rings = [float(mark["x"]) for mark in marks]
    for mark in marks:
        if float(mark["number_y"]) in (pytest.approx(414, abs=1),):
            assert all(abs(float(mark["number_x"]) - ring) > 19 for ring in rings)
    assert len({(mark["number_x"], mark["number_y"]) for mark in marks}) == 4
