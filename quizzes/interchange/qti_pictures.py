"""Questions about places on a picture in QTI: hotspots, and names for them.

Names are pictures in QTI 2.1 (`gapImg`), with their words beside them; 2.2 and 3.0 have `gapText`
too. https://www.imsglobal.org/question/qtiv2p1/imsqti_infov2p1.html, “Graphic Interactions”.
"""

import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import quote
from xml.etree.ElementTree import Element
from xml.sax.saxutils import quoteattr

from django.conf import settings

from ce_platform.core.text import sha256_text
from quizzes.interchange import origin
from quizzes.interchange.errors import NotRepresented
from quizzes.interchange.found import Item, decimal, letter
from quizzes.interchange.moodle_files import NEVER, xml_text
from quizzes.interchange.outgoing import Losses, unseen
from quizzes.interchange.picture_reading import (
    finished,
    origin_for,
    place_of,
    taken_picture,
    with_origin,
)
from quizzes.interchange.picture_writing import DrawnPicture, drawn, say_chart
from quizzes.question_types.base import Content

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

_MOST: Final = (1000, 1000)
_TEMPLATES: Final = "http://www.imsglobal.org/question/qti_v2p1/rptemplates"
_SEPARATOR: Final = re.compile(r"[,\s]+")
_DISTRACTOR: Final = re.compile(r"D-(x[a-z0-9-]{1,18})")
# What `hotspotLabel` may hold.
_LONGEST_LABEL: Final = 256


class Answers(Protocol):
    """What a response declares, see `qti_items`."""

    interaction: Element
    declaration: Element
    right: list[str]
    worth: dict[str, Any]
    is_single: bool

    @property
    def is_mapped(self) -> bool: ...


# ------------------------------------------------------------------------------- reading


def read_hotspots(answers: Answers, item: Item) -> tuple[str, Content]:
    right = set(answers.right) or {name for name, worth in answers.worth.items() if worth > 0}
    before = origin_for(item, "tap-the-point")
    picture, alt, areas = _areas(answers.interaction, item, "hotspotChoice", before)
    places = [{**place, "correct": name in right} for name, place in areas]
    return "tap-the-point", {
        **finished(item, picture, places, alt=alt),
        "scoring": "partial" if answers.is_mapped else "all-or-nothing",
    }


def read_points(answers: Answers, item: Item) -> tuple[str, Content]:
    """Taps anywhere, with areas that earn points."""
    item.origin = None
    entries = answers.declaration.findall("areaMapping/areaMapEntry")
    if len(entries) < 2:
        raise NotRepresented(
            "It lets people tap anywhere and knows one area. Here one chooses among marked places, "
            "so a single one would tell the answer."
        )
    picture, alt, factor = _shown(answers.interaction, item)
    places = []
    for number, entry in enumerate(entries):
        place = _place(number, entry, picture, factor, item)
        places.append({**place, "correct": (decimal(entry.get("mappedValue")) or 0) > 0})
    item.changed("There one taps anywhere; here the areas are marked, and one chooses among them.")
    return "tap-the-point", {
        **finished(item, picture, places, alt=alt),
        "scoring": "partial" if sum(place["correct"] for place in places) > 1 else "all-or-nothing",
    }


def read_names(answers: Answers, item: Item) -> tuple[str, Content]:
    before = origin_for(item, "label-the-chart")
    interaction = answers.interaction
    picture, alt, areas = _areas(interaction, item, "associableHotspot", before)
    names = {
        each.get("identifier", ""): _label_of(each)
        for each in interaction
        if each.tag in ("gapImg", "gapText")
    }
    if "" in names.values():
        raise NotRepresented("A name of it is a picture without words; here names are words.")
    if any(each.tag == "gapImg" for each in interaction) and before is None:
        item.changed("Pictures that are dragged became the words that stand beside them.")
    chosen: dict[str, str] = {}
    hotspots = {name for name, _place in areas}
    for value in answers.right or list(answers.worth):
        one, _, other = value.partition(" ")
        name, hotspot = (other, one) if one in hotspots and other in names else (one, other)
        if hotspot in chosen:
            raise NotRepresented("A place of it has several right names.")
        if hotspot in hotspots and name in names:
            chosen[hotspot] = name
    if any(hotspot not in chosen for hotspot in hotspots):
        raise NotRepresented("Not every place of it has a name.")
    places = [{**place, "label": names[chosen[hotspot]]} for hotspot, place in areas]
    left = {name: text for name, text in names.items() if name not in chosen.values()}
    distractors = []
    for number, (name, text) in enumerate(left.items()):
        own = _DISTRACTOR.fullmatch(name)
        distractors.append({"id": own[1] if own else f"x{letter(number)}", "text": text})
    return "label-the-chart", {
        **finished(item, picture, places, alt=alt, asked_for=list(names.values())),
        "distractors": distractors,
        "scoring": "partial" if answers.is_mapped else "all-or-nothing",
    }


def _label_of(each: Element) -> str:
    words = each.get("objectLabel", "") or "".join(each.itertext())
    return " ".join(words.split())


def _areas(
    interaction: Element, item: Item, tag: str, before: Mapping[str, Any] | None
) -> tuple[tuple[str, int, int], str, list[tuple[str, Content]]]:
    """The picture, its words, and the areas by their identifiers."""
    picture, alt, factor = _shown(interaction, item)
    areas = []
    for number, each in enumerate(interaction.findall(tag)):
        place = _place(number, each, picture, factor, item)
        place["description"] = each.get("hotspotLabel", "")
        name = each.get("identifier", "")
        known = before["places"].get(name.removeprefix("C-")) if before else None
        areas.append((name, with_origin(place, known) if known else place))
    return picture, alt, areas


def _shown(interaction: Element, item: Item) -> tuple[tuple[str, int, int], str, float]:
    """The picture, its words, and how many of its pixels are one of those that areas count in."""
    shown = next((each for each in interaction if each.tag in ("object", "img")), None)
    if shown is None:
        raise NotRepresented("The picture that it is about is not in the file.")
    alt = shown.get("alt", "") or " ".join("".join(shown.itertext()).split())
    address = shown.get("data", "") or shown.get("src", "")
    picture = taken_picture(item, address, alt=alt)
    width = decimal(shown.get("width"))
    return picture, alt, picture[1] / float(width) if width else 1.0


def _place(
    number: int, element: Element, picture: tuple[str, int, int], factor: float, item: Item
) -> Content:
    told = element.get("coords", "")
    shape = element.get("shape", "")
    numbers = []
    for index, each in enumerate(_SEPARATOR.split(told.strip())[:82]):
        value = decimal(each.removesuffix("%"))
        if value is None:
            raise NotRepresented(f"An area of it, “{told[:60]}”, is none that is known here.")
        is_share = each.endswith("%")
        whole = picture[2] if index % 2 else picture[1]
        numbers.append(float(value) * (whole / 100 if is_share else factor))
    match shape:
        case "rect" if len(numbers) == 4:
            left, top, right, bottom = numbers
            return place_of(
                number, "rectangle", [left, top, right - left, bottom - top], drawn=told
            )
        case "poly":
            corners = [list(pair) for pair in zip(numbers[::2], numbers[1::2], strict=False)]
            if len(corners) > 3 and corners[0] == corners[-1]:
                corners.pop()
            return place_of(number, "polygon", corners, drawn=told)
        case "ellipse" if len(numbers) == 4:
            item.changed("An ellipse became a circle.")
            numbers = [*numbers[:2], (numbers[2] + numbers[3]) / 2]
            return place_of(number, "circle", numbers, drawn=told)
        case "circle":
            return place_of(number, "circle", numbers, drawn=told)
    raise NotRepresented(f"An area of the shape “{shape[:20]}” is not known here.")


# ------------------------------------------------------------------------------- writing


@dataclass(frozen=True)
class Said:
    declared: str
    body: str
    processing: str
    origin: str


def write_tap(content: Content, losses: Losses) -> Said:
    say_chart(content, losses)
    picture = drawn(content, losses, most=_MOST, is_kept=True)
    right = [_name(place) for place in content["places"] if place["correct"]]
    share = Fraction(1, len(right))
    worth = {_name(place): share if place["correct"] else -share for place in content["places"]}
    told = {place["id"]: _coords(picture, place)[1] for place in content["places"]}
    spots = "".join(_spot("hotspotChoice", picture, place, losses) for place in content["places"])
    body = (
        '<hotspotInteraction responseIdentifier="RESPONSE" '
        f'maxChoices="{1 if len(right) == 1 else 0}">{_object(picture, content, losses)}{spots}'
        "</hotspotInteraction>"
    )
    declared, processing = _answers(
        "single" if len(right) == 1 else "multiple",
        "identifier",
        right,
        worth if content["scoring"] == "partial" else {},
    )
    return Said(declared, body, processing, origin.xml_of("tap-the-point", content, told))


def write_label(content: Content, losses: Losses) -> Said:
    say_chart(content, losses)
    picture = drawn(content, losses, most=_MOST, is_kept=True)
    labels = dict.fromkeys(place["label"] for place in content["places"])
    names = {label: f"L-{number}" for number, label in enumerate(labels, start=1)}
    offered = {name: label for label, name in names.items()}
    offered |= {f"D-{each['id']}": each["text"] for each in content["distractors"]}
    right = [f"{names[place['label']]} {_name(place)}" for place in content["places"]]
    told = {place["id"]: _coords(picture, place)[1] for place in content["places"]}
    gaps = "".join(_gap(name, label, losses) for name, label in offered.items())
    spots = "".join(
        _spot("associableHotspot", picture, place, losses, more=' matchMax="1"')
        for place in content["places"]
    )
    body = (
        '<graphicGapMatchInteraction responseIdentifier="RESPONSE">'
        f"{_object(picture, content, losses)}{gaps}{spots}</graphicGapMatchInteraction>"
    )
    worth = dict.fromkeys(right, Fraction(1, len(right)))
    declared, processing = _answers(
        "multiple", "directedPair", right, worth if content["scoring"] == "partial" else {}
    )
    return Said(declared, body, processing, origin.xml_of("label-the-chart", content, told))


def _name(place: Content) -> str:
    """Ids of ours may begin with a digit, those of QTI may not."""
    return f"C-{place['id']}"


def _answers(
    cardinality: str, base: str, right: Sequence[str], worth: Mapping[str, Fraction]
) -> tuple[str, str]:
    values = "".join(f"<value>{value}</value>" for value in right)
    entries = "".join(
        f'<mapEntry mapKey="{key}" mappedValue="{float(value):.6f}"/>'
        for key, value in worth.items()
    )
    mapping = f'<mapping lowerBound="0" defaultValue="0">{entries}</mapping>' if entries else ""
    template = "map_response" if entries else "match_correct"
    return (
        f'<responseDeclaration identifier="RESPONSE" cardinality="{cardinality}" '
        f'baseType="{base}"><correctResponse>{values}</correctResponse>{mapping}'
        "</responseDeclaration>",
        f'<responseProcessing template="{_TEMPLATES}/{template}"/>',
    )


def _object(picture: DrawnPicture, content: Content, losses: Losses) -> str:
    own = content["picture"]
    # The name of a figure may be what is asked for, and whoever is asked can read it there.
    name = "picture" if own["figure"] else own["view"] or "picture"
    sha256 = own["drawing"] or own["sizes"][max(own["sizes"], key=int)]
    # One drawing may be shown in several crops.
    folder = sha256_text(f"{sha256}{own['crop']}")[:12]
    path = f"media/{folder}/{name}.{picture.extension}"
    losses.media[path] = picture.content
    return (
        f'<object type="{picture.media_type}" data={quoteattr(f"../{quote(path)}")} '
        f'width="{picture.width}" height="{picture.height}">{escape(own["alt"])}</object>'
    )


def _spot(
    tag: str, picture: DrawnPicture, place: Content, losses: Losses, *, more: str = ""
) -> str:
    shape, coords = _coords(picture, place)
    words = place["description"]
    if len(words) > _LONGEST_LABEL:
        losses.add("Long descriptions of places are cut off there.")
        words = f"{words[: _LONGEST_LABEL - 1]}…"
    return (
        f'<{tag} identifier="{_name(place)}" shape="{shape}" coords="{coords}" '
        f"hotspotLabel={quoteattr(words)}{more}/>"
    )


def _coords(picture: DrawnPicture, place: Content) -> tuple[str, str]:
    numbers = picture.in_pixels(place)
    if place["shape"] == "circle":
        x, y, radius = numbers
        return "circle", f"{round(x)},{round(y)},{max(1, round(radius))}"
    if place["shape"] == "rectangle":
        x, y, width, height = numbers
        corner = f"{round(x + max(1, width))},{round(y + max(1, height))}"
        return "rect", f"{round(x)},{round(y)},{corner}"
    return "poly", ",".join(f"{round(x)},{round(y)}" for x, y in numbers)


def _gap(name: str, label: str, losses: Losses) -> str:
    """A name to be dragged: its letters as a picture, and as words for those who listen."""
    content, width, height = (b"", 1, 1) if losses.files is unseen else _lettered(label)
    path = f"media/names/{sha256_text(label)[:16]}.png"
    losses.media[path] = content
    said = quoteattr(NEVER.sub("", label))
    return (
        f'<gapImg identifier="{name}" matchMax="0" objectLabel={said}><object type="image/png" '
        f'data="../{path}" width="{width}" height="{height}">{xml_text(label, losses)}</object>'
        "</gapImg>"
    )


def _lettered(label: str) -> tuple[bytes, int, int]:
    from PIL import Image, ImageDraw

    font = _font()
    left, _top, right, _bottom = font.getbbox(label)
    width, height = round(right - left) + 20, 36
    image = Image.new("L", (width, height), 255)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, width - 1, height - 1), outline=120)
    draw.text((10 - left, height / 2), label, fill=20, font=font, anchor="lm")
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue(), width, height


@lru_cache(maxsize=1)
def _font() -> "FreeTypeFont":
    from PIL import ImageFont

    path = Path(settings.BASE_DIR) / "static" / "fonts" / "pdf" / "SourceSans3-Regular.ttf"
    return ImageFont.truetype(path, 20)


READERS: Final[Mapping[str, Callable[[Answers, Item], tuple[str, Content]]]] = {
    "hotspotInteraction": read_hotspots,
    "selectPointInteraction": read_points,
    "graphicGapMatchInteraction": read_names,
}
WRITERS: Final[Mapping[str, Callable[[Content, Losses], Said]]] = {
    "tap-the-point": write_tap,
    "label-the-chart": write_label,
}
