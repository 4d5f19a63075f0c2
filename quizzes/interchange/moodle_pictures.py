"""Questions about places on a picture in Moodle XML: markers (ddmarker), and names that are
dragged to places (ddimageortext)."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from xml.etree.ElementTree import Element

from ce_platform.core.text import clean
from quizzes.interchange import origin
from quizzes.interchange.errors import NotRepresented
from quizzes.interchange.found import Item, decimal, letter
from quizzes.interchange.moodle_files import file_element, files_of, xml_text
from quizzes.interchange.outgoing import Losses
from quizzes.interchange.picture_reading import (
    finished,
    origin_for,
    pixels_of,
    place_of,
    taken_picture,
    with_origin,
)
from quizzes.interchange.picture_writing import DrawnPicture, drawn, say_chart
from quizzes.interchange.shelf import Folder
from quizzes.question_types.base import Content

# Moodle makes larger backgrounds smaller, and leaves the numbers of its places as they are.
_MOST: Final = (600, 400)
_MARKER: Final = "Here"
_NUMBERS: Final = re.compile(r"[;,]")
# A name in a box, in pixels: of a letter, and around all of them.
_LETTER: Final = 8
_AROUND: Final = 14
_LINE: Final = 26


@dataclass(frozen=True)
class Drag:
    text: str
    group: str
    has_picture: bool


# ------------------------------------------------------------------------------- reading


def read_markers(element: Element, item: Item) -> tuple[str, Content]:
    """Markers with names become a question of names; one marker for places that are marked, as it
    leaves from here, a question of places."""
    drags = _drags(element)
    picture = _picture(element, item)
    drops = [
        (_words(drop, "shape"), _words(drop, "coords"), _words(drop, "choice"))
        for drop in element.findall("drop")
    ]
    before = origin_for(item, "tap-the-point")
    if before is not None:
        right = [each["drawn"] for each in before["places"].values() if each["correct"]]
        if right == [coords for _shape, coords, _choice in drops]:
            return "tap-the-point", _tapped(item, before, picture)
        item.origin = None
    places = []
    for number, (shape, coords, choice) in enumerate(drops):
        if choice in drags:
            place = place_of(number, shape, _shape_numbers(shape, coords), drawn=coords)
            places.append({**place, "label": drags[choice].text})
    if len({place["label"] for place in places}) < 2 and len(drags) < 2:
        raise NotRepresented(
            "It has one marker and names no other place. Here one chooses among marked places, so "
            "everything that can be seen would be right."
        )
    item.changed("The places were hidden there; here they are marked with numbers.")
    return "label-the-chart", _labelled(item, picture, places, drags)


def read_names(element: Element, item: Item) -> tuple[str, Content]:
    drags = _drags(element)
    picture = _picture(element, item)
    before = origin_for(item, "label-the-chart")
    known = {each["drawn"]: each for each in before["places"].values()} if before else {}
    places: list[Content] = []
    longest = max((len(drag.text) for drag in drags.values()), default=1)
    for drop in element.findall("drop"):
        choice = _words(drop, "choice")
        x, y = _words(drop, "xleft"), _words(drop, "ytop")
        if choice not in drags:
            continue
        told = f"{x},{y}"
        if before is not None and told in known:
            own = known[told]
            numbers = pixels_of(before, own, picture[1])
            place = place_of(len(places), own["shape"], numbers, drawn=told)
            place = with_origin(place, own)
        else:
            box = [decimal(x), decimal(y), _LETTER * longest + _AROUND, _LINE]
            place = place_of(
                len(places), "rectangle", _inside(_floats(box), picture[1:]), drawn=told
            )
            item.changed("How large its boxes are is not in the file; they fit the longest name.")
        places.append({**place, "label": drags[choice].text})
    if len({drag.group for drag in drags.values()}) > 1:
        item.changed("Names were for places of the same color; here each is offered for all.")
    if any(drag.has_picture for drag in drags.values()):
        if not all(drag.text for drag in drags.values()):
            raise NotRepresented("Pictures are dragged in it; here names are words.")
        item.leave("The pictures that are dragged were left out; their names came along.")
    return "label-the-chart", _labelled(item, picture, places, drags)


def _tapped(item: Item, before: Mapping[str, Any], picture: tuple[str, int, int]) -> Content:
    places = []
    for number, own in enumerate(before["places"].values()):
        numbers = pixels_of(before, own, picture[1])
        place = with_origin(place_of(number, own["shape"], numbers, drawn=own["drawn"]), own)
        places.append({**place, "correct": own["correct"]})
    return {
        **finished(item, picture, places, alt=""),
        "scoring": before["scoring"] or "partial",
    }


def _labelled(
    item: Item, picture: tuple[str, int, int], places: list[Content], drags: Mapping[str, Drag]
) -> Content:
    before = item.origin
    used = {place["label"] for place in places}
    left = dict.fromkeys(drag.text for drag in drags.values() if drag.text not in used)
    names = before["extras"] if before and len(before["extras"]) == len(left) else []
    own = finished(item, picture, places, alt="", asked_for=[drag.text for drag in drags.values()])
    return {
        **own,
        "distractors": [
            {"id": names[number] if names else f"x{letter(number)}", "text": text}
            for number, text in enumerate(left)
        ],
        "scoring": (before["scoring"] if before else "") or "partial",
    }


def _picture(element: Element, item: Item) -> tuple[str, int, int]:
    files = files_of(element)
    item.find = Folder(files)
    if not files:
        raise NotRepresented("The picture that it is about is not in the file.")
    name = next(iter(files))
    if len(files) > 1:
        item.leave("It has several pictures in its background; the first one came along.")
    alt = str(item.origin["alt"]) if item.origin else ""
    return taken_picture(item, name, alt=alt, name=name)


def _drags(element: Element) -> dict[str, Drag]:
    """Number → what is dragged."""
    found = {}
    for drag in element.findall("drag"):
        text = " ".join(_words(drag, "text").split())
        files = drag.find("file") is not None
        if text or files:
            found[_words(drag, "no")] = Drag(text, _words(drag, "draggroup"), files)
    return found


def _words(element: Element, name: str) -> str:
    found = element.find(name)
    return clean("".join(found.itertext())).strip() if found is not None else ""


def _shape_numbers(shape: str, coords: str) -> list[Any]:
    """`120,80;15`: the place, and how large it is. Polygons are their corners."""
    numbers = _floats([decimal(each) for each in _NUMBERS.split(coords.strip("; "))][:82])
    if shape == "polygon":
        return [list(corner) for corner in zip(numbers[::2], numbers[1::2], strict=False)]
    return numbers


def _floats(values: list[Any]) -> list[Any]:
    # What is no number is no place either.
    return [float(value) if value is not None else None for value in values]


def _inside(box: list[Any], size: tuple[int, ...]) -> list[Any]:
    """A box that begins in the picture ends in it."""
    if None in box:
        return box
    x, y, width, height = box
    return [x, y, max(1.0, min(width, size[0] - x)), max(1.0, min(height, size[1] - y))]


# ------------------------------------------------------------------------------- writing


def write_tap(content: Content, losses: Losses) -> tuple[str, str, list[str]]:
    """The places are drawn into the picture as rings, because there nothing marks them."""
    say_chart(content, losses)
    losses.add("There one puts a marker on the picture, on which the places are drawn as rings.")
    losses.add("The words that describe its places stay here; there it cannot be done by ear.")
    right = [place for place in content["places"] if place["correct"]]
    if len(right) > 1:
        losses.add("There, each marker in a right place earns a share of the points.")
    picture = drawn(content, losses, most=_MOST, rings=content["places"])
    told = {
        place["id"]: _coords(place["shape"], picture.easy_to_hit(place, content["places"]))
        for place in content["places"]
    }
    lines = [
        *_head(picture, content, "tap-the-point", told),
        f"<drag><no>1</no><text>{_MARKER}</text><noofdrags>{len(right)}</noofdrags></drag>",
    ]
    for number, place in enumerate(right, start=1):
        lines.append(
            f"<drop><no>{number}</no><shape>{place['shape']}</shape>"
            f"<coords>{told[place['id']]}</coords><choice>1</choice></drop>"
        )
    return "ddmarker", content["stem"], lines


def write_label(content: Content, losses: Losses) -> tuple[str, str, list[str]]:
    say_chart(content, losses)
    losses.add("There, boxes for the names stand at the places.")
    losses.add("The words that describe its places stay here; there it cannot be done by ear.")
    if content["scoring"] != "partial":
        losses.add("There, each right name earns a share of the points.")
    picture = drawn(content, losses, most=_MOST, rings=content["places"])
    told = {}
    for place in content["places"]:
        x, y = picture.middle_of(place)
        told[place["id"]] = f"{round(x)},{round(y)}"
    if len(set(told.values())) < len(told):
        raise NotRepresented("Two of its places would stand on one another there.")
    names = dict.fromkeys(
        [place["label"] for place in content["places"]]
        + [each["text"] for each in content["distractors"]]
    )
    numbers = {name: number for number, name in enumerate(names, start=1)}
    lines = _head(picture, content, "label-the-chart", told)
    for name, number in numbers.items():
        lines.append(
            f"<drag><no>{number}</no><text>{xml_text(name, losses)}</text>"
            "<draggroup>1</draggroup><infinite/></drag>"
        )
    for number, place in enumerate(content["places"], start=1):
        left, _, top = told[place["id"]].partition(",")
        lines.append(
            f"<drop><text></text><no>{number}</no><choice>{numbers[place['label']]}</choice>"
            f"<xleft>{left}</xleft><ytop>{top}</ytop></drop>"
        )
    return "ddimageortext", content["stem"], lines


def _head(
    picture: DrawnPicture, content: Content, type_name: str, told: Mapping[str, str]
) -> list[str]:
    return [
        "<shuffleanswers/>",
        origin.xml_of(type_name, content, told),
        file_element(f"picture.{picture.extension}", picture.content),
    ]


def _coords(shape: str, numbers: Sequence[Any]) -> str:
    if shape == "circle":
        x, y, radius = numbers
        return f"{round(x)},{round(y)};{max(1, round(radius))}"
    if shape == "rectangle":
        x, y, width, height = numbers
        return f"{round(x)},{round(y)};{max(1, round(width))},{max(1, round(height))}"
    return ";".join(f"{round(x)},{round(y)}" for x, y in numbers)


READERS: Final[Mapping[str, Callable[[Element, Item], tuple[str, Content]]]] = {
    "ddmarker": read_markers,
    "ddimageortext": read_names,
}
WRITERS: Final[Mapping[str, Callable[[Content, Losses], tuple[str, str, list[str]]]]] = {
    "tap-the-point": write_tap,
    "label-the-chart": write_label,
}
