"""A question about places on a picture, out of the picture and its areas in another system."""

import io
from collections.abc import Mapping, Sequence
from typing import Any, Final

from quizzes.interchange import shelf
from quizzes.interchange.errors import NotRepresented
from quizzes.interchange.found import Item, letter
from quizzes.interchange.origin import moved
from quizzes.question_types import places as geometry
from quizzes.question_types.base import Content
from quizzes.question_types.giveaways import giveaway_in

NO_ALT: Final = "The picture of this question."
_SHAPES: Final = geometry.SHAPES


def taken_picture(
    item: Item, address: str, *, alt: str = "", name: str = ""
) -> tuple[str, int, int]:
    """What the picture is called, and its pixels across and down. Errors: NotRepresented; then the
    item says why it did not come."""
    found = item.picture(address, alt=alt, name=name)
    if not found:
        raise NotRepresented("Without its picture there is nothing to ask.")
    width, height = _size_of(item.pictures[found].content)
    return found, width, height


def _size_of(content: bytes) -> tuple[int, int]:
    """By its head; the whole picture is looked at when it is made ready."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as image:
            return image.size
    except Exception:  # Decoders raise many kinds of errors on broken files.
        raise NotRepresented(
            "Its picture is broken, or none that pages can show: JPEG, PNG and WebP are."
        ) from None


def pixels_in(content: bytes) -> int:
    """As the head of the picture says; 0 where it is none."""
    try:
        width, height = _size_of(content)
    except NotRepresented:
        return 0
    return width * height


def finished(
    item: Item,
    picture: tuple[str, int, int],
    places: list[Content],
    *,
    alt: str,
    asked_for: Sequence[str] = (),
) -> Content:
    """The share of the content that all questions on pictures have. Every place gets an id and
    words of where it is; `asked_for` are names that no such words may tell."""
    name, width, height = picture
    origin = item.origin
    alt = shelf.alt_of(alt) or (str(origin["alt"]) if origin else "")
    if not alt or giveaway_in(alt, asked_for):
        item.changed(
            "The picture is not described in words that do not tell the answer; describe it, for "
            "those who cannot see it."
        )
        alt = NO_ALT
    told: set[str] = set()
    for place in places:
        words = " ".join(str(place.get("description", "")).split())[:400]
        if not words or giveaway_in(words, asked_for) or words.casefold() in told:
            item.changed("Places are described by where they stand; better words can be written.")
            words = _where(place, width, height)
        number = 1
        while words.casefold() in told:
            number += 1
            words = f"{_where(place, width, height)} ({number})"
        told.add(words.casefold())
        place["description"] = words
    return {"figure": name, "alt": alt, "places": places}


def _where(place: Content, width: int, height: int) -> str:
    shape = next(each for each in _SHAPES if each in place)
    x, y = geometry.middle(shape, place[shape])
    across, down = 100 * x / max(1, width), 100 * y / max(1, height)
    row = "upper part" if down < 34 else "lower part" if down > 66 else "middle"
    column = "left" if across < 34 else "right" if across > 66 else "center"
    return f"{row}, {column}: {across:.0f} % across and {down:.0f} % down".capitalize()


def place_of(number: int, shape: str, numbers: list[Any], *, drawn: str) -> Content:
    """A place in pixels. `drawn`: how the file says where it is. Errors: NotRepresented."""
    problem = geometry.shape_problem(shape, numbers)
    if problem:
        raise NotRepresented(f"An area of it, “{drawn[:60]}”, is none that is known here.")
    return {"id": letter(number), shape: numbers, "drawn": drawn}


def origin_for(item: Item, type_name: str) -> Mapping[str, Any] | None:
    """What the question was when it left from here, if it is of that type."""
    if item.origin is not None and item.origin["type"] != type_name:
        item.origin = None
    return item.origin


def with_origin(place: Content, before: Mapping[str, Any]) -> Content:
    """What other systems had no word for."""
    known = {name: before[name] for name in ("name", "description") if before[name]}
    return {**place, "id": before["id"], **known}


def pixels_of(origin: Mapping[str, Any], before: Mapping[str, Any], width: int) -> list[Any]:
    """Where a place of the origin is in a picture that is so many pixels wide."""
    left, top, across, _down = origin["crop"]
    scale = width / across
    return moved(before["shape"], before["at"], scale=scale, left=-left * scale, top=-top * scale)
