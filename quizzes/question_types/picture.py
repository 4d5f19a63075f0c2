"""What questions about places on a picture have in common.

The picture is a view of a chart or a figure; a place is a point of the chart, or a circle, a
rectangle or a polygon of the author's own. The page numbers the places anew for every seed. An
answer can be given by the picture and by the list beside it, which describes each place in words
and never tells the name that is asked for.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final

from django.urls import reverse

from ce_platform.core.text import fold
from quizzes.question_types import places as geometry
from quizzes.question_types.base import (
    LONGEST_LINE,
    Content,
    ContentProblem,
    Line,
    QuestionType,
    Said,
    Shown,
    TableReader,
    ordered_by_seed,
)
from quizzes.question_types.figures import Pictures, is_figure, is_sha256
from quizzes.question_types.giveaways import giveaway_in
from quizzes.question_types.picture_sources import Source, source_of
from quizzes.references import texts_of

FEWEST: Final = 2
LONGEST_DESCRIPTION: Final = 400
LONGEST_NAME: Final = 120
_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,19}")
_NAMED: Final = ("chart", "view", "figure", "alt")
_EMPTY_PLACE: Final[Content] = {
    "point": "",
    "shape": "circle",
    "at": [0, 0, 1],
    "side": "e",
    "code": "",
    "name": "",
    "language": "",
    "caution": "",
}


class PictureQuestion(QuestionType):
    most_places: ClassVar[int]
    stylesheets = ("css/quiz-pictures.css",)
    scripts = ("js/quiz-pictures.js",)

    # ---- what it shows
    def embed_answers(
        self,
        content: Content,
        pictures: Pictures,
        kept: Content | None,
        problems: list[ContentProblem],
    ) -> Content:
        """Names become what they name. Nothing that only the platform fills in is taken over."""
        source = source_of(content, pictures, kept, problems)
        given = content.get("places")
        answers = {
            name: value for name, value in content.items() if name not in (*_NAMED, "picture")
        }
        if source is not None:
            answers["picture"] = source.picture
        if isinstance(given, list):
            answers["places"] = [
                self._embedded_place(place, source, (("places", index)), problems)
                if isinstance(place, Mapping)
                else place
                for index, place in enumerate(given)
            ]
        return answers

    def _embedded_place(
        self,
        given: Mapping[str, Any],
        source: Source | None,
        where: tuple[str | int, ...],
        problems: list[ContentProblem],
    ) -> Content:
        own = {shape: given[shape] for shape in geometry.SHAPES if shape in given}
        taken = ("point", *geometry.SHAPES, "shape", "at", "side", "code", "language", "caution")
        place = {name: value for name, value in given.items() if name not in taken}
        point = given.get("point", "")
        if source is None:
            return {**_EMPTY_PLACE, **place}
        if point and not own:
            found = source.point(point)
            if found is None:
                problems.append(ContentProblem((*where, "point"), _no_point(point, source)))
                return {**_EMPTY_PLACE, **place}
            return self.embedded_point({**place, **found})
        if len(own) != 1 or point:
            problems.append(
                ContentProblem(
                    (*where, "at"),
                    "A place is a “point” of the chart, or a “circle”, a “rectangle” or a "
                    "“polygon”.",
                )
            )
            return {**_EMPTY_PLACE, **place}
        ((shape, numbers),) = own.items()
        sentence = geometry.shape_problem(shape, numbers)
        if sentence:
            problems.append(ContentProblem((*where, "at"), sentence))
            return {**_EMPTY_PLACE, **place}
        at = geometry.canonical(shape, numbers)
        return self.embedded_point({**_EMPTY_PLACE, **place, "shape": shape, "at": at})

    def embedded_point(self, place: Content) -> Content:
        """A place with what this type fills in when the author wrote nothing."""
        return place

    # ---- cleaning
    def clean_picture(self, reader: TableReader) -> Content:
        """The embedded picture; empty after a problem."""
        reader.known.add("picture")
        given = reader.table.get("picture")
        if not isinstance(given, Mapping) or not _is_picture(given):
            reader.problem("picture", "“picture” is filled in by the platform.")
            return {}
        picture = dict(given)
        alt = TableReader({"alt": picture["alt"]}, reader.problems, (*reader.where, "picture"))
        picture["alt"] = alt.text("alt", is_required=True, most=LONGEST_LINE)
        return picture

    def clean_place(self, place: TableReader, picture: Content, taken: set[str]) -> Content:
        """What all types keep of a place."""
        name = place.text("id", is_required=True)
        if name and not _ID.fullmatch(name):
            place.problem("id", "“id” may have small letters, digits and dashes, at most 20.")
        elif name in taken:
            place.problem("id", f"Two places have the id “{name}”.")
        taken.add(name)
        shape = place.word("shape", of=geometry.SHAPES, default="circle")
        place.known.add("at")
        at = place.table.get("at")
        sentence = geometry.shape_problem(shape, at)
        if sentence:
            place.problem("at", sentence)
            shape, at = "circle", [0, 0, 1]
        elif picture and not geometry.is_inside(picture["crop"], *geometry.middle(shape, at or [])):
            place.problem("at", "This place lies outside the picture.")
        return {
            "id": name,
            "point": place.text("point", most=40),
            "shape": shape,
            "at": geometry.canonical(shape, at),
            "side": place.word("side", of=geometry.SIDES, default="e"),
            "code": place.text("code", most=12),
            "name": place.text("name", most=LONGEST_NAME),
            "language": place.text("language", most=35),
            "caution": place.text("caution", most=LONGEST_LINE),
            "description": place.text("description", is_required=True, most=LONGEST_DESCRIPTION),
        }

    def check_places(self, reader: TableReader, places: Sequence[Content]) -> None:
        if not FEWEST <= len(places) <= self.most_places:
            reader.problem(
                "places",
                f"A question needs {FEWEST} to {self.most_places} places; this has {len(places)}.",
            )
        seen: dict[str, int] = {}
        for index, place in enumerate(places):
            text = fold(place["description"])
            if text and seen.setdefault(text, index) != index:
                self.place_problem(
                    reader,
                    index,
                    "description",
                    "Two places have the same description; nobody who reads could tell them apart.",
                )

    def check_giveaways(
        self,
        reader: TableReader,
        picture: Content,
        places: Sequence[Content],
        names: Sequence[str],
    ) -> None:
        """No text beside the picture may tell a name that is asked for."""
        for index, place in enumerate(places):
            told = giveaway_in(place["description"], names)
            if told:
                self.place_problem(
                    reader,
                    index,
                    "description",
                    f"The description tells “{told}”, which the question asks for. Describe the "
                    "place itself.",
                )
        told = giveaway_in(picture.get("alt", ""), names)
        if told:
            where = (*reader.where, "picture", "alt")
            reader.problems.append(
                ContentProblem(
                    where, f"“alt” tells “{told}”, which the question asks for. Leave it out."
                )
            )

    def place_problem(self, reader: TableReader, index: int, key: str, sentence: str) -> None:
        reader.problems.append(ContentProblem((*reader.where, "places", index, key), sentence))

    def texts(self, content: Content) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Names and cautions are plain text, as in the chart they come from."""
        for where, text in texts_of(content):
            if where in (("stem",), ("explanation",)) or where[-1] == "description":
                yield where, text

    # ---- showing
    def in_order(self, content: Content, seed: int) -> list[Content]:
        places: list[Content] = content["places"]
        return ordered_by_seed(places, seed, names=[place["id"] for place in places])

    def picture_shown(
        self, content: Content, seed: int, states: Sequence[Shown] = ()
    ) -> Shown | None:
        """The picture with the marks that everybody may see: where, and its number on this page;
        none while the author has not chosen one. `states`: more for each mark, when looking back.
        """
        picture = content["picture"]
        if not picture:
            return None
        places = [
            (place["shape"], place["at"], place["side"]) for place in self.in_order(content, seed)
        ]
        marks: list[Shown] = [*geometry.marks(places, picture["crop"])]
        if states:
            marks = [{**mark, **state} for mark, state in zip(marks, states, strict=True)]
        return {**shown_picture(picture), "marks": marks}

    def told_of_place(self, place: Content) -> Shown:
        """A place as it is shown afterwards."""
        return {
            "text": Line(place["description"]),
            "code": place["code"],
            "name": place["name"],
            "language": place["language"],
            "caution": place["caution"],
        }

    # ---- other formats
    def named_picture(self, content: Content) -> Content:
        picture = content["picture"]
        return {name: picture[name] for name in _NAMED}

    def named_place(self, place: Content) -> Content:
        """How the author says which place it is."""
        if place["point"]:
            return {"id": place["id"], "point": place["point"]}
        return {"id": place["id"], place["shape"]: place["at"], "name": place["name"]}

    def used_files(self, content: Content) -> set[str]:
        picture = content["picture"]
        own = {picture["drawing"], *picture["sizes"].values()} - {""} if picture else set()
        return super().used_files(content) | own

    def search_text(self, content: Content) -> str:
        places = (
            f"{place['code']} {place['name']} {place['description']}" for place in content["places"]
        )
        return "\n".join([content["stem"], *places])

    def said_picture(self, content: Content) -> list[Said]:
        picture = content["picture"]
        file = picture["drawing"] or picture["sizes"].get(max(picture["sizes"], default=""), "")
        return [
            Said("picture.alt", "What the picture shows", picture["alt"]),
            # Another drawing is another hash; nobody reads it, but it is seen to differ.
            Said("picture.file", "Picture", f"{picture['view'] or picture['figure']} {file[:12]}"),
        ]

    def said_place(self, place: Content) -> list[Said]:
        key, name = f"places.{place['id']}", f"Place {place['id']}"
        numbers = re.sub(r"[\[\]]", "", str(place["at"]))
        return [
            Said(f"{key}.name", f"{name} is", called(place)),
            Said(f"{key}.description", f"{name}, described", place["description"]),
            Said(f"{key}.at", f"{name}, on the picture", f"{place['shape']} {numbers}"),
            *([Said(f"{key}.caution", f"Caution at {place['id']}", place["caution"])]
              if place["caution"] else []),
        ]  # fmt: skip


def called(place: Content) -> str:
    """How a place is called where names may be seen."""
    return f"{place['code']} {place['name']}".strip() or place["description"]


def shown_picture(picture: Content) -> Shown:
    """The addresses and the measures of an embedded picture."""
    return {
        **geometry.art(picture["crop"]),
        "alt": picture["alt"],
        "credit": picture["credit"],
        "width": str(picture["width"]),
        "height": str(picture["height"]),
        "drawing_url": f"{reverse('courses:drawing', args=[picture['drawing']])}#drawing"
        if picture["drawing"]
        else "",
        "image_url": _image_url(picture) if picture["sizes"] else "",
    }


def _image_url(picture: Content) -> str:
    sha256 = picture["sizes"][shown_width(picture)]
    return reverse("courses:figure", args=[sha256, picture["extension"]])


def shown_width(picture: Content) -> str:
    """The middle one of the usual sizes: sharp on a phone, and not a photograph's whole weight."""
    widths = sorted(int(width) for width in picture["sizes"])
    return str(next((each for each in widths if each >= 960), widths[-1]))


def _is_picture(given: Mapping[str, Any]) -> bool:
    figure = {name: given.get(name) for name in ("sizes", "extension", "width", "height", "credit")}
    crop = given.get("crop")
    is_drawing = is_sha256(given.get("drawing")) and given.get("sizes") == {}
    return (
        set(given) == {"chart", "view", "drawing", "crop", *_NAMED, *figure}
        and all(isinstance(given[name], str) for name in ("chart", "view", "figure", "extension"))
        and isinstance(crop, list)
        and geometry.shape_problem("rectangle", crop) == ""
        and (
            is_figure({**figure, "alt": "", "extension": "png"})
            if is_drawing
            else is_figure({**figure, "alt": ""})
        )
    )


def _no_point(name: object, source: Source) -> str:
    if any(name in (point["point"], point["code"]) for point in source.old_points):
        return (
            "The chart has another drawing by now. Take over the new drawing to use points that "
            "this question did not have."
        )
    return f"“{str(name)[:60]}” is no point of this chart in this view, or two have that code."
