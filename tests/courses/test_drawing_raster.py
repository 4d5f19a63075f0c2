"""Drawings as pixels: what is inside is inked, what is a hole is not, and the crop is what is
shown."""

import io
from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image

from courses import drawings
from courses.drawing_raster import INK, PAPER, raster, rasterize

RED = (204, 0, 0)


def drawn(shapes: str, crop: tuple[float, ...] = (0, 0, 100, 100)) -> Image.Image:
    """A hundred pixels for a hundred units, unless the crop is another one."""
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">{shapes}</svg>'
    return raster(drawings.rebuild(svg.encode()), crop, 100, 100)


@pytest.mark.parametrize(
    ("shapes", "inside", "outside"),
    [
        ('<path fill="#c00" d="M10 10h40v40h-40z"/>', (30, 30), (60, 60)),
        ('<path fill="#c00" d="M10 10h80v80h-80zM30 30v40h40v-40z"/>', (20, 20), (50, 50)),
        (
            '<path fill="#c00" fill-rule="evenodd" d="M10 10h80v80h-80zM30 30h40v40h-40z"/>',
            (20, 20),
            (50, 50),
        ),
        ('<path fill="#c00" d="M50 10C90 10 90 90 50 90S10 10 50 10"/>', (60, 50), (95, 50)),
        ('<path fill="#c00" d="M20 50a30 30 0 01 60 0z"/>', (50, 30), (50, 60)),
        ('<path fill="#c00" d="M10 50q40-80 80 0z"/>', (50, 30), (50, 60)),
        ('<circle fill="#c00" cx="50" cy="50" r="20"/>', (50, 35), (50, 25)),
        ('<ellipse fill="#c00" cx="50" cy="50" rx="40" ry="10"/>', (80, 50), (50, 65)),
        ('<rect fill="#c00" x="10" y="10" width="80" height="80" rx="20"/>', (50, 15), (11, 11)),
        ('<polygon fill="#c00" points="10,10 90,10 50,90"/>', (50, 30), (15, 80)),
        (
            '<g transform="translate(50 50) rotate(90)"><rect fill="#c00" x="0" y="-5" width="40" '
            'height="10"/></g>',
            (50, 80),
            (80, 50),
        ),
        (
            '<line x1="0" y1="50" x2="100" y2="50" stroke="#c00" stroke-width="6" fill="none"/>',
            (50, 50),
            (50, 60),
        ),
    ],
)  # fmt: skip
def test_shapes_are_inked_where_they_are(
    shapes: str, inside: tuple[int, int], outside: tuple[int, int]
) -> None:
    image = drawn(shapes)

    assert (image.getpixel(inside), image.getpixel(outside)) == (RED, PAPER)


def test_the_crop_fills_the_picture_and_ink_has_its_color() -> None:
    image = drawn(
        '<rect fill="currentColor" x="40" y="40" width="10" height="10"/>', (40, 40, 20, 20)
    )

    assert (image.getpixel((25, 25)), image.getpixel((75, 75))) == (INK, PAPER)


def test_a_drawing_of_the_house_is_the_same_bytes_every_time() -> None:
    content = (Path(settings.BASE_DIR) / "static" / "drawings" / "front.svg").read_bytes()

    first, second = (rasterize(content, (150, 30, 700, 960), 140, 192) for _ in range(2))

    assert first == second
    assert Image.open(io.BytesIO(first)).size == (140, 192)


@pytest.mark.parametrize("d", ["M", "M0 0A0 0 0 0 0 5 5", "M5 5Zl4 4", "T3 3", "M0 0h", "M1 1"])
def test_a_path_that_goes_nowhere_breaks_nothing(d: str) -> None:
    assert drawn(f'<path d="{d}" stroke="#c00"/>').size == (100, 100)
