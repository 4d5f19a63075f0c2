"""Tap the right place, or all right places, among marks that all look the same."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from quizzes.question_types import register
from quizzes.question_types.base import (
    BadResponse,
    Content,
    ContentProblem,
    Fields,
    Line,
    Raw,
    Response,
    Said,
    Shown,
    TableReader,
)
from quizzes.question_types.picture import PictureQuestion, called
from quizzes.question_types.picture_editor import PictureEditor
from quizzes.question_types.shares import SharedPoints, share_of

MOST_PLACES: Final = 30
_ONE: Final = "Tap the place on the picture, or choose it in the list."
_SEVERAL: Final = "Tap all places that apply, or choose them in the list."


@register
class TapThePoint(PictureEditor, PictureQuestion, SharedPoints):
    name = "tap-the-point"
    label = "Tap the point"
    description = "Find a place on a chart or a picture"
    studio_place = 10
    editor_template = "quizzes/editors/tap_the_point.html"
    form_template = "quizzes/types/tap_the_point.html"
    review_template = "quizzes/types/tap_the_point_review.html"
    most_places = MOST_PLACES
    whole_label = "All right ones and no wrong one, or no points"
    share_label = "A share of the points for each right one, less one share for each wrong one"

    def clean_answers(self, reader: TableReader) -> Content:
        picture = self.clean_picture(reader)
        places: list[Content] = []
        taken: set[str] = set()
        for each in reader.tables("places"):
            place = self.clean_place(each, picture, taken)
            places.append({**place, "correct": each.flag("correct", default=False)})
            each.nothing_else()
        self.check_places(reader, places)
        right = [place for place in places if place["correct"]]
        if places and not right:
            reader.problem("places", "At least one place must be correct; here none is.")
        names = [name for place in right for name in (place["code"], place["name"])]
        self.check_giveaways(reader, picture, places, names)
        scoring = self.clean_scoring(reader)
        return {"picture": picture, "places": places, "scoring": scoring}

    def package_answers(self, content: Content) -> Content:
        return {
            **self.named_picture(content),
            "scoring": self.package_scoring(content),
            "places": [
                {
                    **self.named_place(place),
                    "correct": place["correct"] or None,
                    "description": place["description"],
                }
                for place in content["places"]
            ],
        }

    # ---- answering
    def present_answers(self, content: Content, seed: int) -> Shown:
        places = self.in_order(content, seed)
        is_single = len(self._right(content)) < 2
        return {
            "hint": _ONE if is_single else _SEVERAL,
            "input": "radio" if is_single else "checkbox",
            "picture": self.picture_shown(content, seed),
            "options": [
                {"value": str(number), "text": Line(place["description"])}
                for number, place in enumerate(places, start=1)
            ],
        }

    def clean_response(self, raw: Raw, content: Content, seed: int) -> Response | None:
        by_value = {
            str(number): str(place["id"])
            for number, place in enumerate(self.in_order(content, seed), start=1)
        }
        values = set(raw.get("choice", ()))
        if not values <= set(by_value):
            raise BadResponse("That place is not among the places of this question.")
        if len(values) > 1 and len(self._right(content)) < 2:
            raise BadResponse("Choose one place.")
        return {"places": sorted(by_value[value] for value in values)} if values else None

    def raw_of(self, response: Response | None, content: Content, seed: int) -> Fields:
        chosen = self._chosen(response)
        return {
            "choice": [
                str(number)
                for number, place in enumerate(self.in_order(content, seed), start=1)
                if place["id"] in chosen
            ]
        }

    # ---- grading and looking back
    def grade(self, content: Content, response: Response | None) -> Fraction:
        return self.scored(content, share_of(self._chosen(response), self._right(content)))

    def right_response(self, content: Content) -> Response:
        return {"places": sorted(self._right(content))}

    def review_answers(self, content: Content, response: Response | None, seed: int) -> Shown:
        chosen = self._chosen(response)
        options = []
        states: list[Shown] = []
        for number, place in enumerate(self.in_order(content, seed), start=1):
            is_right, is_chosen = place["correct"], place["id"] in chosen
            states.append(
                {
                    "state": "right" if is_right else "wrong" if is_chosen else "",
                    "is_chosen": is_chosen,
                }
            )
            options.append(
                {
                    "value": str(number),
                    "is_right": is_right,
                    "is_chosen": is_chosen,
                    **self.told_of_place(place),
                }
            )
        return {"picture": self.picture_shown(content, seed, states), "options": options}

    def _chosen(self, response: Response | None) -> set[str]:
        return set(response["places"]) if response else set()

    def _right(self, content: Content) -> set[str]:
        return {place["id"] for place in content["places"] if place["correct"]}

    # ---- the studio and statistics
    def answers_of_editor(self, raw: Raw) -> Content:
        right = set(raw.get("right", ()))
        return {
            **self.picture_of_editor(raw),
            "scoring": self.scoring_of_editor(raw),
            "places": [
                {**place, "correct": token in right} for token, place in self.places_of_editor(raw)
            ],
        }

    def raw_of_answers(self, content: Content) -> Fields:
        fields = self.raw_of_places(content)
        right = [
            token
            for token, place in zip(fields["use"], content["places"], strict=True)
            if place["correct"]
        ]
        return {**fields, "right": right, "scoring": [content["scoring"]]}

    def editor_view(self, raw: Raw, problems: Sequence[ContentProblem]) -> Shown:
        return {**super().editor_view(raw, problems), "scorings": self.scoring_views(raw)}

    def said_answers(self, content: Content) -> list[Said]:
        lines = self.said_picture(content)
        for place in content["places"]:
            lines += self.said_place(place)
            mark = "right" if place["correct"] else "not right"
            lines.append(Said(f"places.{place['id']}.correct", f"Place {place['id']} counts", mark))
        return [*lines, self.said_scoring(content)]

    def statistic_keys(self, content: Content, response: Response | None) -> list[str]:
        return sorted(self._chosen(response))

    def statistic_labels(self, content: Content) -> dict[str, str]:
        return {place["id"]: called(place) for place in content["places"]}
