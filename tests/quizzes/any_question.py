"""Any question of any type, and any answer to it, for hypothesis."""

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from ce_platform.core.text import clean, fold
from quizzes.question_types import type_named
from quizzes.question_types.base import Content, Response, told_apart

Question = tuple[str, Content]
Answered = tuple[str, Content, Response | None]
Draw = st.DrawFn

seeds = st.integers(min_value=0, max_value=2**62)
scorings = st.sampled_from(["all-or-nothing", "partial"])
letters = [chr(ord("a") + place) for place in range(12)]
# Marks of TOML and Markdown, and anything people paste.
pieces = st.sampled_from(['"', '"""', "'", "\\", "\n", "+++", "[[questions]]", "a = 1", ".", "*"])
authored = st.lists(pieces | st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
texts = authored.map("".join).filter(clean)
notes = st.just("") | texts
words = st.text("abcdeé-’ ", min_size=1, max_size=12).filter(lambda text: fold(text).strip("- '’"))
numbers = st.decimals(-9999, 9999, places=3).map(lambda number: f"{number:f}")


def distinct(draw: Draw, least: int, most: int, of: st.SearchStrategy[str] = texts) -> list[str]:
    return draw(
        st.lists(of, min_size=least, max_size=most, unique_by=lambda text: told_apart(clean(text)))
    )


# ------------------------------------------------------------------------------- questions


def _choices(draw: Draw) -> dict[str, Any]:
    count = draw(st.integers(2, 10))
    right = draw(st.integers(0, count - 1))
    return {
        "choices": [
            {"id": name, "text": draw(texts), "correct": place == right, "feedback": draw(notes)}
            for place, name in enumerate(letters[:count])
        ]
    }


def _several_choices(draw: Draw) -> dict[str, Any]:
    content = _choices(draw)
    for choice in content["choices"]:
        choice["correct"] = choice["correct"] or draw(st.booleans())
    return content | {"scoring": draw(scorings)}


def _true_false(draw: Draw) -> dict[str, Any]:
    return {"answer": draw(st.booleans()), "feedback_true": draw(notes)}


def _matching(draw: Draw) -> dict[str, Any]:
    terms = distinct(draw, 2, 10)
    reuse = draw(st.booleans())
    answers = distinct(draw, 1 if reuse else len(terms), len(terms))
    return {
        "pairs": [
            {"id": name, "term": term, "answer": answers[place % len(answers)]}
            for place, (name, term) in enumerate(zip(letters, terms, strict=False))
        ],
        "extras": draw(st.just([]) | st.just(["none of these answers", "nor this one"])),
        "reuse": reuse,
        "scoring": draw(scorings),
    }


def _ordering(draw: Draw) -> dict[str, Any]:
    return {
        "items": [
            {"id": name, "text": text, "feedback": draw(notes)}
            for name, text in zip(letters, distinct(draw, 3, 12), strict=False)
        ],
        "scoring": draw(scorings),
    }


def _fill_in(draw: Draw) -> dict[str, Any]:
    count = draw(st.integers(1, 4))
    gaps = []
    for name in letters[:count]:
        right, *others = distinct(draw, 2, 8, words)
        gaps.append({"id": name, "right": right, "others": others, "feedback": draw(notes)})
    named = draw(st.permutations(letters[:count]))
    return {
        "text": " ".join(f"before *it* [[{name}]]" for name in named),
        "gaps": gaps,
        "scoring": draw(scorings),
    }


def _short_text(draw: Draw) -> dict[str, Any]:
    right, *others = distinct(draw, 1, 4, words)
    shares = st.sampled_from(["0", "0.25", "0.5", "1"])
    return {
        "answers": [
            {"text": right},
            *({"text": text, "share": draw(shares), "feedback": draw(notes)} for text in others),
        ],
        "exact_case": draw(st.booleans()),
    }


def _numeric(draw: Draw) -> dict[str, Any]:
    value = draw(numbers)
    percent = draw(st.booleans()) and float(value) != 0
    return {
        "value": value,
        "tolerance": draw(numbers).lstrip("-"),
        "tolerance_in": "percent" if percent else "absolute",
        "unit": draw(st.sampled_from(["", "seconds"])),
        "feedback_low": draw(notes),
    }


QUESTIONS: dict[str, Callable[[Draw], dict[str, Any]]] = {
    "single-choice": _choices,
    "multiple-choice": _several_choices,
    "true-false": _true_false,
    "matching": _matching,
    "ordering": _ordering,
    "fill-in": _fill_in,
    "short-text": _short_text,
    "numeric": _numeric,
}


@st.composite
def questions(draw: Draw) -> Question:
    name = draw(st.sampled_from(sorted(QUESTIONS)))
    content = {"stem": draw(texts), "explanation": draw(notes), **QUESTIONS[name](draw)}
    cleaned = type_named(name).clean(content)
    if name == "short-text":
        # Words that differ for a search may be one answer.
        cleaned = type_named(name).clean(
            {**content, "answers": [content["answers"][0]]} if cleaned.problems else content
        )
    assert cleaned.problems == [], content
    return name, cleaned.content


# ------------------------------------------------------------------------------- answers


def _some_ids(draw: Draw, content: Content) -> Response | None:
    chosen = draw(st.sets(st.sampled_from([each["id"] for each in content["choices"]])))
    return {"choices": sorted(chosen)} if chosen else None


def _some_pairs(draw: Draw, content: Content) -> Response | None:
    right = type_named("matching").right_response(content)["pairs"]
    names = list(dict.fromkeys([*right.values(), *("+1" for _ in content["extras"])]))
    given: dict[str, str] = {}
    for term in draw(st.lists(st.sampled_from(sorted(right)), unique=True)):
        free = [name for name in names if content["reuse"] or name not in given.values()]
        if free:
            given[term] = draw(st.sampled_from(free))
    return {"pairs": given} if given else None


def _some_options(draw: Draw, content: Content) -> Response | None:
    chosen = {
        gap["id"]: draw(st.sampled_from([gap["right"], *gap["others"]]))
        for gap in content["gaps"]
        if draw(st.booleans())
    }
    return {"gaps": chosen} if chosen else None


def _an_order(draw: Draw, content: Content) -> Response:
    return {"order": draw(st.permutations([item["id"] for item in content["items"]]))}


def _some_words(draw: Draw, content: Content) -> Response:
    of_author = st.sampled_from([each["text"] for each in content["answers"]])
    return {"text": " ".join(draw(of_author | words).split()).replace("*", "x")}


def _a_number(draw: Draw, content: Content) -> Response | None:
    typed = draw(numbers)
    return type_named("numeric").clean_response({"value": [typed]}, content, 1)


ANSWERS: dict[str, Callable[[Draw, Content], Response | None]] = {
    "single-choice": lambda draw, content: {
        "choice": draw(st.sampled_from([each["id"] for each in content["choices"]]))
    },
    "multiple-choice": _some_ids,
    "true-false": lambda draw, content: {"answer": draw(st.booleans())},
    "matching": _some_pairs,
    "ordering": _an_order,
    "fill-in": _some_options,
    "short-text": _some_words,
    "numeric": _a_number,
}


@st.composite
def answered(draw: Draw) -> Answered:
    name, content = draw(questions())
    response = None if draw(st.integers(0, 9)) == 0 else ANSWERS[name](draw, content)
    return name, content, response


# ------------------------------------------------------------------------------- one step better


def _one_more(of: str) -> Callable[[Draw, Content, Response | None, Response], Response]:
    """Of several parts, one more is right: a term, a gap."""

    def better(draw: Draw, content: Content, given: Response | None, right: Response) -> Response:
        name = draw(st.sampled_from(sorted(right[of])))
        kept = dict(given[of]) if given else {}
        if of == "pairs" and not content["reuse"]:
            # An answer fits once: it leaves the term that it was wrongly given to.
            kept = {term: answer for term, answer in kept.items() if answer != right[of][name]}
        return {of: kept | {name: right[of][name]}}

    return better


def _one_more_choice(
    draw: Draw, content: Content, given: Response | None, right: Response
) -> Response:
    chosen = given["choices"] if given else []
    return {"choices": sorted({draw(st.sampled_from(right["choices"])), *chosen})}


def _neighbors_exchanged(
    draw: Draw, content: Content, given: Response | None, right: Response
) -> Response:
    order = list(given["order"]) if given else list(right["order"])[::-1]
    wrong = [
        place
        for place, (one, other) in enumerate(pairwise(order))
        if right["order"].index(one) > right["order"].index(other)
    ]
    if wrong:
        place = draw(st.sampled_from(wrong))
        order[place : place + 2] = reversed(order[place : place + 2])
    return {"order": order}


BETTER: dict[str, Callable[[Draw, Content, Response | None, Response], Response]] = {
    "multiple-choice": _one_more_choice,
    "matching": _one_more("pairs"),
    "fill-in": _one_more("gaps"),
    "ordering": _neighbors_exchanged,
}


@st.composite
def bettered(draw: Draw) -> tuple[str, Content, Response | None, Response]:
    """An answer, and one that is right in one thing more."""
    name, content, response = draw(answered())
    right = type_named(name).right_response(content)
    better = BETTER.get(name)
    return name, content, response, better(draw, content, response, right) if better else right


def is_share(value: Fraction) -> bool:
    return isinstance(value, Fraction) and 0 <= value <= 1
