"""The author's form of questions about places on a picture.

A row of the form is called by its token: the key of a point of the chart, or a number for a place
of the author's own. `row` lists the tokens in the order of the page, `use` those that are places
of the question; `description-TOKEN` and the like are the fields of a row.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final

from quizzes.question_types.base import (
    Content,
    ContentProblem,
    Fields,
    QuestionType,
    Raw,
    Shown,
    first,
    is_of_answers,
)
from quizzes.question_types.figures import PictureChoices
from quizzes.question_types.giveaways import giveaway_in
from quizzes.question_types.picture import shown_picture
from quizzes.question_types.places import SHAPES
from quizzes.question_types.rows import free_name

# A form may have a thousand fields; a chart with more points shows those of its first layers.
_MOST_ROWS: Final = 200
_FIRST_OWN: Final = 3
_TOKEN: Final = re.compile(r"[0-9]{1,3}|[0-9a-f-]{36}", re.ASCII)
_NUMBER: Final = re.compile(r"-?[0-9]{1,5}(?:\.[0-9]{1,3})?", re.ASCII)


class PictureEditor(QuestionType):
    has_labels: ClassVar[bool] = False
    """Whether every place has a name that learners choose."""

    # ---- what was sent
    def picture_of_editor(self, raw: Raw) -> Content:
        kind, _, rest = first(raw, "picture").partition(":")
        name, _, view = rest.partition(":")
        picture: Content = {"alt": first(raw, "alt")}
        if kind == "chart":
            picture |= {"chart": name, "view": view}
        elif kind == "figure":
            picture["figure"] = name
        return picture

    def places_of_editor(self, raw: Raw) -> Iterator[tuple[str, Content]]:
        """Token and place, in the order of the page. Rows of a picture that was chosen before are
        none."""
        if first(raw, "picture") != first(raw, "rows-of"):
            return
        used = set(raw.get("use", ()))
        tokens = [token for token in _tokens(raw) if token in used]
        taken = {first(raw, f"id-{token}") for token in tokens}
        for token in tokens:
            name = first(raw, f"id-{token}")
            if not name:
                name = free_name(taken)
                taken.add(name)
            place: Content = {"id": name, "description": first(raw, f"description-{token}")}
            if token.isdecimal():
                shape = first(raw, f"shape-{token}")
                place["name"] = first(raw, f"name-{token}")
                place[shape if shape in SHAPES else "circle"] = _numbers(
                    shape, first(raw, f"at-{token}")
                )
            else:
                place["point"] = token
            yield token, place

    def raw_of_places(self, content: Content) -> Fields:
        """The form for the picture and the places; `use` holds their tokens in order."""
        picture = content["picture"]
        chosen = (
            f"chart:{picture['chart']}:{picture['view']}"
            if picture["chart"]
            else f"figure:{picture['figure']}"
        )
        fields: Fields = {
            "picture": [chosen],
            "rows-of": [chosen],
            "alt": [picture["alt"]],
            "row": [],
        }
        own = 0
        for place in content["places"]:
            token = place["point"] or str(own)
            if not place["point"]:
                own += 1
                fields[f"shape-{token}"] = [place["shape"]]
                fields[f"at-{token}"] = [_numbers_text(place["at"])]
                fields[f"name-{token}"] = [place["name"]]
            fields["row"].append(token)
            fields[f"id-{token}"] = [place["id"]]
            fields[f"description-{token}"] = [place["description"]]
        return {**fields, "use": list(fields["row"])}

    def rearranged(self, raw: Raw, step: str) -> Fields:
        fields = super().rearranged(raw, step)
        if step == "add-place":
            tokens = _tokens(raw)
            own = [int(token) for token in tokens if token.isdecimal()]
            fields["row"] = [*tokens, str(max(own, default=-1) + 1)]
        return fields

    # ---- what is shown
    def editor_view(self, raw: Raw, problems: Sequence[ContentProblem]) -> Shown:
        tokens = [token for token, _ in self.places_of_editor(raw)]
        found: list[dict[str, str]] = []
        of_row: dict[str, list[str]] = {}
        for problem in problems:
            if not is_of_answers(problem):
                continue
            match problem.where:
                case ("places", int(index), *_) if index < len(tokens):
                    of_row.setdefault(tokens[index], []).append(problem.sentence)
                    found.append({"id": f"place-{tokens[index]}", "sentence": problem.sentence})
                case ("picture", "alt"):
                    found.append({"id": "id_alt", "sentence": problem.sentence})
                case ("picture", *_):
                    found.append({"id": "id_picture", "sentence": problem.sentence})
                case ("distractors", *_):
                    found.append({"id": "id_distractors", "sentence": problem.sentence})
                case _:
                    found.append({"id": "places", "sentence": problem.sentence})
        of_field: dict[str, list[str]] = {}
        for each in found:
            of_field.setdefault(each["id"], []).append(each["sentence"])
        return {
            "alt": first(raw, "alt"),
            "problems": found,
            "of_row": of_row,
            "alt_problems": of_field.get("id_alt", []),
            "picture_problems": of_field.get("id_picture", []),
            "distractor_problems": of_field.get("id_distractors", []),
            "general": of_field.get("places", []),
        }

    def editor_pictures(
        self, raw: Raw, pictures: PictureChoices, problems: Sequence[ContentProblem]
    ) -> Shown:
        """What there is to choose from: the views of all charts, the figures, and the points of
        the chosen view."""
        chosen = first(raw, "picture")
        choices = [
            {
                "value": f"chart:{chart['key']}:{view['id']}",
                "label": f"{chart['title']}: {view['title']}",
            }
            for chart in pictures.charts()
            for view in chart["views"]
        ]
        figures = [
            {"value": f"figure:{figure['slug']}", "label": figure["slug"]}
            for figure in pictures.figures()
        ]
        every = [*choices, *figures]
        is_chosen = any(choice["value"] == chosen for choice in every)
        if chosen and not is_chosen:
            # The question keeps what the course no longer has.
            choices.append({"value": chosen, "label": "The picture of this question"})
        of_row = self.editor_view(raw, problems)["of_row"]
        rows = list(self._rows(raw, pictures, of_row)) if chosen else []
        return {
            "charts": choices,
            "figures": figures,
            "chosen": chosen,
            "rows": rows,
            "has_own": any(row["is_own"] for row in rows) or chosen.startswith("figure:"),
            "canvas": self._canvas(chosen, pictures),
        }

    def _rows(
        self, raw: Raw, pictures: PictureChoices, of_row: Mapping[str, Sequence[str]]
    ) -> Iterator[dict[str, Any]]:
        chosen = first(raw, "picture")
        is_of_these = chosen == first(raw, "rows-of")
        sent = _tokens(raw) if is_of_these else []
        used = set(raw.get("use", ())) if is_of_these else set()
        right = set(raw.get("right", ())) if is_of_these else set()
        points = _points_of(chosen, pictures)
        # Points that the chart no longer has stay as the question has them.
        gone = [token for token in sent if token not in points and not token.isdecimal()]
        own = [token for token in sent if token.isdecimal()]
        if chosen.startswith("figure:") and not own:
            own = [str(number) for number in range(_FIRST_OWN)]
        for token in [*list(points)[:_MOST_ROWS], *gone, *own]:
            point = points.get(token, {})
            is_sent = f"description-{token}" in raw and is_of_these
            description = (
                first(raw, f"description-{token}") if is_sent else str(point.get("place", ""))
            )
            label = first(raw, f"label-{token}") if is_sent else _label(point)
            names = [str(point.get(name, "")) for name in ("code", "name")]
            told = giveaway_in(description, names)
            yield {
                "token": token,
                "id": first(raw, f"id-{token}") if is_of_these else "",
                "code": names[0],
                "name": first(raw, f"name-{token}") if token.isdecimal() else names[1],
                "language": point.get("language", ""),
                "is_own": token.isdecimal(),
                "is_used": token in used,
                "is_right": token in right,
                "description": description,
                "label": label,
                "shapes": [
                    {"value": shape, "is_chosen": first(raw, f"shape-{token}") == shape}
                    for shape in SHAPES
                ],
                "at": first(raw, f"at-{token}"),
                "told": told,
                "problems": of_row.get(token, []),
            }

    def _canvas(self, chosen: str, pictures: PictureChoices) -> Shown | None:
        """The figure in its own units, on which the script takes places."""
        figure = pictures.figure(chosen.removeprefix("figure:"))
        if not chosen.startswith("figure:") or figure is None:
            return None
        width, height = figure["width"], figure["height"]
        shown = shown_picture(
            {
                "drawing": "",
                "sizes": figure["sizes"],
                "extension": figure["extension"],
                "width": width,
                "height": height,
                "crop": [0, 0, width, height],
                "alt": "",
                "credit": "",
            }
        )
        return {"url": shown["image_url"], "width": str(width), "height": str(height)}


def _tokens(raw: Raw) -> list[str]:
    tokens = [token for token in dict.fromkeys(raw.get("row", ())) if _TOKEN.fullmatch(token)]
    return tokens[: 2 * _MOST_ROWS]


def _points_of(chosen: str, pictures: PictureChoices) -> dict[str, Mapping[str, Any]]:
    """Key → point, those that stand in the chosen view."""
    kind, _, rest = chosen.partition(":")
    key, _, view = rest.partition(":")
    chart = pictures.chart(key) if kind == "chart" else None
    if chart is None:
        return {}
    return {
        point["key"]: point
        for point in chart["points"]
        if any(at["view"] == view for at in point["at"])
    }


def _label(point: Mapping[str, Any]) -> str:
    code = str(point.get("code", ""))
    return code if any(letter.isdigit() for letter in code) else str(point.get("name", ""))


def _numbers(shape: str, text: str) -> list[Any]:
    """`300 200 40`, with commas or without; of a polygon two for each corner. What is no such
    list is given back as it cannot be, so that the shape is refused."""
    words = text.replace(",", " ").replace(";", " ").split()
    if not words or len(words) > 100 or not all(_NUMBER.fullmatch(word) for word in words):
        return []
    numbers = [float(word) for word in words]
    if shape != "polygon":
        return numbers
    return [numbers[at : at + 2] for at in range(0, len(numbers), 2)]


def _numbers_text(at: Sequence[Any]) -> str:
    if at and isinstance(at[0], list):
        return ", ".join(f"{x} {y}" for x, y in at)
    return " ".join(str(number) for number in at)
