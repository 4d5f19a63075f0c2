"""The picture of a question as other systems show it: pixels, and its places in them."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import dist
from typing import TYPE_CHECKING, Any, Final

from quizzes.interchange.errors import NotRepresented
from quizzes.interchange.origin import moved
from quizzes.interchange.outgoing import Losses, unseen
from quizzes.question_types.base import Content
from quizzes.question_types.places import middle

if TYPE_CHECKING:
    from PIL.Image import Image

_INK: Final = (31, 26, 22)
_PAPER: Final = (255, 255, 255)
LEAST_RADIUS: Final = 10.0
"""Pixels: a smaller circle is hit with a mouse by luck."""


@dataclass(frozen=True)
class DrawnPicture:
    content: bytes
    extension: str
    """png | jpg | webp"""
    width: int
    height: int
    scale: float
    """Pixels in a unit of the question."""
    left: float
    top: float
    """Where the picture begins, in units of the question."""

    @property
    def media_type(self) -> str:
        return "image/jpeg" if self.extension == "jpg" else f"image/{self.extension}"

    def in_pixels(self, place: Content) -> list[Any]:
        """The numbers of its shape, as `places` has them."""
        return moved(
            place["shape"],
            place["at"],
            scale=self.scale,
            left=-self.left * self.scale,
            top=-self.top * self.scale,
        )

    def middle_of(self, place: Content) -> tuple[float, float]:
        return middle(place["shape"], self.in_pixels(place))

    def easy_to_hit(self, place: Content, places: Sequence[Content]) -> list[Any]:
        """The same, a small circle made larger as far as its neighbors leave room."""
        numbers = self.in_pixels(place)
        if place["shape"] != "circle" or numbers[2] >= LEAST_RADIUS:
            return numbers
        nearest = min(
            (dist(numbers[:2], self.middle_of(other)) for other in places if other is not place),
            default=2 * LEAST_RADIUS,
        )
        return [*numbers[:2], max(numbers[2], min(LEAST_RADIUS, nearest / 2))]


def drawn(
    content: Content,
    losses: Losses,
    *,
    most: tuple[int, int],
    is_kept: bool = False,
    rings: Sequence[Content] = (),
) -> DrawnPicture:
    """At most so wide and high. `is_kept`: a figure leaves as it is, whatever its size. `rings`:
    places to be seen in the picture itself. Errors: NotRepresented."""
    picture = content["picture"]
    left, top, across, down = picture["crop"]
    is_drawing = bool(picture["drawing"])
    scale = min(most[0] / across, most[1] / down)
    if not is_drawing:
        scale = 1.0 if is_kept else min(1.0, scale)
    width, height = max(1, round(across * scale)), max(1, round(down * scale))
    extension = "png" if is_drawing or picture["extension"] == "png" else "jpg"
    if not is_drawing and is_kept and not rings:
        extension = picture["extension"]
    shown = DrawnPicture(b"", extension, width, height, width / across, left, top)
    if losses.files is unseen:
        return shown
    sha256 = picture["drawing"] or picture["sizes"][max(picture["sizes"], key=int)]
    source = losses.files(sha256)
    if not is_drawing and is_kept and not rings:
        pixels = source
    else:
        image = _image(source, tuple(picture["crop"]), width, height, is_drawing=is_drawing)
        for place in rings:
            _ring(image, place["shape"], shown.easy_to_hit(place, rings))
        pixels = _encoded(image, extension)
    return DrawnPicture(pixels, extension, width, height, width / across, left, top)


def _image(
    source: bytes, crop: tuple[float, ...], width: int, height: int, *, is_drawing: bool
) -> "Image":
    from PIL import Image

    try:
        if is_drawing:
            return _raster(source, crop, width, height).copy()
        image = Image.open(io.BytesIO(source), formats=("PNG", "WEBP")).convert("RGBA")
        paper = Image.new("RGBA", image.size, _PAPER)
        flat = Image.alpha_composite(paper, image).convert("RGB")
        return flat.resize((width, height), Image.Resampling.LANCZOS)
    except Exception:  # Decoders raise many kinds of errors, and numbers may be out of all bounds.
        raise NotRepresented("Its picture cannot be made one that others can show.") from None


@lru_cache(maxsize=8)
def _raster(source: bytes, crop: tuple[float, ...], width: int, height: int) -> "Image":
    """Many questions of a quiz are about one drawing."""
    from courses.drawing_raster import raster

    return raster(source, crop, width, height)


def _ring(image: "Image", shape: str, numbers: Sequence[Any]) -> None:
    """Dark on a light halo, so that it is seen on a photograph too."""
    from PIL import ImageDraw

    draw = ImageDraw.Draw(image)
    for color, width in ((_PAPER, 4), (_INK, 2)):
        if shape == "circle":
            draw.circle(numbers[:2], numbers[2], outline=color, width=width)
        elif shape == "rectangle":
            x, y, across, down = numbers
            draw.rectangle((x, y, x + across, y + down), outline=color, width=width)
        else:
            corners = [tuple(corner) for corner in numbers]
            draw.line([*corners, corners[0]], fill=color, width=width)


def _encoded(image: "Image", extension: str) -> bytes:
    out = io.BytesIO()
    if extension == "jpg":
        image.save(out, "JPEG", quality=88)
    else:
        image.quantize(128).save(out, "PNG", optimize=True)
    return out.getvalue()


def say_chart(content: Content, losses: Losses) -> None:
    """What stays behind of every question about places."""
    if content["picture"]["chart"]:
        losses.add(
            "Elsewhere it is about a picture of its chart; codes, names and cautions of the points "
            "stay here."
        )
    elif any(place["name"] for place in content["places"]):
        losses.add("Names of places, which are shown when looking back, stay here.")
