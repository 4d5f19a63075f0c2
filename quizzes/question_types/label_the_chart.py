"""Put the right name to every numbered place; some names may be left over."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, Final

from ce_platform.core.text import fold
from quizzes.question_types import register
from quizzes.question_types.base import (
    BadResponse,
    Content,
    ContentProblem,
    Counted,
    Fields,
    Line,
    Raw,
    Response,
    Said,
    Shown,
    TableReader,
    first,
    ordered_by_seed,
)
from quizzes.question_types.picture import LONGEST_NAME, PictureQuestion, called
from quizzes.question_types.picture_editor import PictureEditor
from quizzes.question_types.rows import free_name
from quizzes.question_types.shares import PARTIAL, SharedPoints

MOST_PLACES: Final = 20
MOST_DISTRACTORS: Final = 10


@register
class LabelTheChart(PictureEditor, PictureQuestion, SharedPoints):
    name = "label-the-chart"
    label = "Label the chart"
    description = "Put names to places of a chart or a picture"
    studio_place = 11
    editor_template = "quizzes/editors/label_the_chart.html"
    form_template = "quizzes/types/label_the_chart.html"
    review_template = "quizzes/types/label_the_chart_review.html"
    is_right_shown_alone = False
    most_places = MOST_PLACES
    has_labels = True
    usual_scoring = PARTIAL
    whole_label = "All names right, or no points"
    share_label = "A share of the points for each right name"

    def embedded_point(self, place: Content) -> Content:
        """Without a label of the author's own it is the one that lessons print beside the ring;
        letters that only number things (nodes) are none."""
        if place.get("label"):
            return place
        is_code = len(place["code"]) > 1 and any(letter.isdigit() for letter in place["code"])
        return {**place, "label": place["code"] if is_code else place.get("name", "")}

    def clean_answers(self, reader: TableReader) -> Content:
        picture = self.clean_picture(reader)
        places: list[Content] = []
        taken: set[str] = set()
        for each in reader.tables("places"):
            place = self.clean_place(each, picture, taken)
            label = each.text("label", is_required=True, most=LONGEST_NAME)
            places.append({**place, "label": " ".join(label.split())})
            each.nothing_else()
        self.check_places(reader, places)
        labels = {fold(place["label"]) for place in places}
        if len(places) > 1 and len(labels) < 2 and "" not in labels:
            reader.problem("places", "All places have the same name; there is nothing to find out.")
        distractors = self._clean_distractors(reader, labels, taken)
        names = [
            name for place in places for name in (place["label"], place["code"], place["name"])
        ]
        self.check_giveaways(reader, picture, places, names)
        return {
            "picture": picture,
            "places": places,
            "distractors": distractors,
            "scoring": self.clean_scoring(reader),
        }

    def _clean_distractors(
        self, reader: TableReader, labels: set[str], taken: set[str]
    ) -> list[Content]:
        distractors: list[Content] = []
        seen = set(labels)
        for each in reader.tables("distractors"):
            name = each.text("id", is_required=True, most=20)
            text = " ".join(each.text("text", is_required=True, most=LONGEST_NAME).split())
            if name and name in taken:
                each.problem("id", f"Something else has the id “{name}”.")
            taken.add(name)
            if text and fold(text) in seen:
                each.problem("text", f"“{text}” stands among the names already.")
            seen.add(fold(text))
            distractors.append({"id": name, "text": text})
            each.nothing_else()
        if len(distractors) > MOST_DISTRACTORS:
            reader.problem(
                "distractors", f"At most {MOST_DISTRACTORS} names may belong to no place."
            )
        return distractors

    def package_answers(self, content: Content) -> Content:
        return {
            **self.named_picture(content),
            "scoring": self.package_scoring(content),
            "places": [
                {
                    **self.named_place(place),
                    "label": place["label"],
                    "description": place["description"],
                }
                for place in content["places"]
            ],
            "distractors": content["distractors"],
        }

    # ---- answering
    def present_answers(self, content: Content, seed: int) -> Shown:
        places = self.in_order(content, seed)
        return {
            "hint": "Give every place its name: choose it in the list.",
            # With a script there are more ways than one.
            "hint_scripted": "Press a name and then its place, or drag it there with a mouse. "
            "The list does the same.",
            "picture": self.picture_shown(content, seed),
            "names": [
                {"value": str(number), "text": name["text"]}
                for number, name in enumerate(self._names_in_order(content, seed), start=1)
            ],
            "rows": [
                {
                    "value": str(number),
                    "field": f"place-{number}",
                    "text": Line(place["description"]),
                }
                for number, place in enumerate(places, start=1)
            ],
        }

    def clean_response(self, raw: Raw, content: Content, seed: int) -> Response | None:
        by_value = {
            str(number): str(name["id"])
            for number, name in enumerate(self._names_in_order(content, seed), start=1)
        }
        names = {}
        for number, place in enumerate(self.in_order(content, seed), start=1):
            value = first(raw, f"place-{number}")
            if not value:
                continue
            if value not in by_value:
                raise BadResponse("That name is not among the names of this question.")
            names[str(place["id"])] = by_value[value]
        return {"names": names} if names else None

    def raw_of(self, response: Response | None, content: Content, seed: int) -> Fields:
        by_id = {
            str(name["id"]): str(number)
            for number, name in enumerate(self._names_in_order(content, seed), start=1)
        }
        given = response["names"] if response else {}
        return {
            f"place-{number}": [by_id.get(given.get(place["id"], ""), "")]
            for number, place in enumerate(self.in_order(content, seed), start=1)
        }

    def _names(self, content: Content) -> list[Content]:
        """Every name once, in the order of the content; a label has the id of its first place."""
        names: dict[str, Content] = {}
        for place in content["places"]:
            names.setdefault(fold(place["label"]), {"id": place["id"], "text": place["label"]})
        return [*names.values(), *content["distractors"]]

    def _names_in_order(self, content: Content, seed: int) -> list[Content]:
        """By the alphabet when nothing is shuffled: the author's order is that of the places."""
        names = sorted(self._names(content), key=lambda name: (fold(name["text"]), name["id"]))
        return ordered_by_seed(names, seed, names=[f"name:{name['id']}" for name in names])

    # ---- grading and looking back
    def grade(self, content: Content, response: Response | None) -> Fraction:
        places = content["places"]
        given = response["names"] if response else {}
        right = self._right(content)
        count = sum(given.get(place["id"]) == right[place["id"]] for place in places)
        return self.scored(content, Fraction(count, len(places)))

    def _right(self, content: Content) -> dict[str, str]:
        """Place id → name id."""
        by_text = {fold(name["text"]): str(name["id"]) for name in self._names(content)}
        return {place["id"]: by_text[fold(place["label"])] for place in content["places"]}

    def right_response(self, content: Content) -> Response:
        return {"names": self._right(content)}

    def review_answers(self, content: Content, response: Response | None, seed: int) -> Shown:
        right = self._right(content)
        given = response["names"] if response else {}
        text_of = {name["id"]: name["text"] for name in self._names(content)}
        rows = []
        states: list[Shown] = []
        for number, place in enumerate(self.in_order(content, seed), start=1):
            chosen = given.get(place["id"], "")
            is_right = chosen == right[place["id"]]
            states.append(
                {
                    "state": "right" if is_right else "wrong",
                    "is_chosen": True,
                }
            )
            rows.append(
                {
                    "value": str(number),
                    "label": place["label"],
                    "given": text_of.get(chosen, ""),
                    "is_right": is_right,
                    "is_chosen": bool(chosen),
                    **self.told_of_place(place),
                    # A letter that only numbers the rings of a lesson says nothing here.
                    "code": place["code"] if len(place["code"]) > 1 else "",
                }
            )
        return {
            "picture": self.picture_shown(content, seed, states),
            "rows": rows,
            "left_over": ", ".join(each["text"] for each in content["distractors"]),
        }

    # ---- the studio and statistics
    def answers_of_editor(self, raw: Raw) -> Content:
        return {
            **self.picture_of_editor(raw),
            "scoring": self.scoring_of_editor(raw),
            "places": [
                {**place, "label": first(raw, f"label-{token}")}
                for token, place in self.places_of_editor(raw)
            ],
            "distractors": list(_distractors(raw)),
        }

    def raw_of_answers(self, content: Content) -> Fields:
        fields = self.raw_of_places(content)
        for token, place in zip(fields["use"], content["places"], strict=True):
            fields[f"label-{token}"] = [place["label"]]
        return {
            **fields,
            "scoring": [content["scoring"]],
            "distractors": ["\n".join(each["text"] for each in content["distractors"])],
            "distractor-id": [each["id"] for each in content["distractors"]],
        }

    def editor_view(self, raw: Raw, problems: Sequence[ContentProblem]) -> Shown:
        return {
            **super().editor_view(raw, problems),
            "distractors": first(raw, "distractors"),
            "distractor_ids": raw.get("distractor-id", ()),
            "most_distractors": MOST_DISTRACTORS,
            "scorings": self.scoring_views(raw),
        }

    def said_answers(self, content: Content) -> list[Said]:
        lines = self.said_picture(content)
        for place in content["places"]:
            lines += self.said_place(place)
            lines.append(
                Said(f"places.{place['id']}.label", f"Name of {place['id']}", place["label"])
            )
        lines += [
            Said(f"distractors.{each['id']}", "Name that is left over", each["text"])
            for each in content["distractors"]
        ]
        return [*lines, self.said_scoring(content)]

    counted = Counted.COMBINED

    def statistic_keys(self, content: Content, response: Response | None) -> list[str]:
        given = response["names"] if response else {}
        return sorted(f"{place}={name}" for place, name in given.items())

    def statistic_labels(self, content: Content) -> dict[str, str]:
        names = self._names(content)
        return {
            f"{place['id']}={name['id']}": f"{name['text']} (at {called(place)})"
            for place in content["places"]
            for name in names
        }

    def answer_ids(self, content: Content) -> frozenset[str]:
        """A name has the id of a place, so with it goes what it says."""
        places = (f"{place['id']}=" for place in content["places"])
        names = (f"{name['id']}: {name['text']}" for name in self._names(content))
        return frozenset([*places, *names])

    def search_text(self, content: Content) -> str:
        labels = [place["label"] for place in content["places"]]
        left = [each["text"] for each in content["distractors"]]
        return "\n".join([super().search_text(content), *labels, *left])


def _distractors(raw: Raw) -> Iterator[dict[str, Any]]:
    """One name for each line of the form; the ids follow the lines, new lines get new ids.

    The letters of choices are the places' here, so these begin with an x.
    """
    lines = [line.strip() for line in first(raw, "distractors").split("\n") if line.strip()]
    ids = [name for name in raw.get("distractor-id", ()) if name.startswith("x")]
    taken = set(ids)
    for index, text in enumerate(lines):
        if index < len(ids):
            name = ids[index]
        else:
            name = f"x{free_name({each[1:] for each in taken})}"
            taken.add(name)
        yield {"id": name, "text": text}
