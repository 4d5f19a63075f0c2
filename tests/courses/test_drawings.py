import time

import pytest

from courses.drawings import LARGEST_FILE, MOST_SHAPES, DrawingRefused, rebuild, size_of

NS = 'xmlns="http://www.w3.org/2000/svg"'


def svg(inside: str, head: str = 'viewBox="0 0 1000 1200"') -> bytes:
    return f"<svg {NS} {head}>{inside}</svg>".encode()


def refused(content: bytes) -> str:
    with pytest.raises(DrawingRefused) as error:
        rebuild(content)
    return str(error.value)


def test_drawing_is_written_anew_as_one_group() -> None:
    found = rebuild(
        svg('<!-- x --><g id="head"><path class="ink" fill="currentColor" d="M1 2\n L3 4"/></g>')
    )

    assert found.decode() == (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 1200">\n<g id="drawing">\n'
        '<g id="part-head">\n<path class="ink" fill="currentColor" d="M1 2 L3 4"/>\n</g>\n</g>\n'
        "</svg>\n"
    )


def test_pale_fills_can_be_restyled_by_the_page() -> None:
    found = rebuild(svg('<path class="tint" fill="#ECE3D6" d="M0 0"/><path fill="#fff" d="M0 0"/>'))

    assert 'fill="var(--drawing-tint, #ece3d6)"' in found.decode()
    assert 'fill="#fff"' in found.decode()


def test_rebuilding_gives_the_same_bytes_for_the_same_bytes() -> None:
    content = svg('<circle cx="1" cy="2" r="3" stroke="#123456" stroke-width="2"/>')

    assert rebuild(content) == rebuild(content)


def test_size_comes_from_the_view_box() -> None:
    assert size_of(rebuild(svg("", 'viewBox="0 0 640 480.5" width="64" height="48"'))) == (
        640.0,
        480.5,
    )


@pytest.mark.parametrize(
    ("inside", "sentence"),
    [
        ("<script>alert(1)</script>", "<script> is not allowed in a drawing"),
        ("<style>*{}</style>", "<style> is not allowed in a drawing"),
        ("<foreignObject/>", "<foreignObject> is not allowed in a drawing"),
        ('<image href="https://a.b/c.png"/>', "<image> is not allowed in a drawing"),
        ('<use href="#a"/>', "<use> is not allowed in a drawing"),
        ('<a href="https://a.b"/>', "<a> is not allowed in a drawing"),
        ('<animate attributeName="x"/>', "<animate> is not allowed in a drawing"),
        ("<text>x</text>", "<text> is not allowed in a drawing"),
        ("<g>loose text</g>", "text is not allowed in a drawing"),
        ('<path d="M0 0" onclick="x"/>', "‘onclick’ is not allowed on <path>"),
        ('<path d="M0 0" style="x"/>', "‘style’ is not allowed on <path>"),
        ('<path d="M0 0" fill="url(#x)"/>', "‘fill’ of <path> has a value that is not allowed"),
        (
            '<path d="M0 0" fill="url(https://a.b)"/>',
            "‘fill’ of <path> has a value that is not allowed",
        ),
        ('<path d="M0 0" fill="red"/>', "‘fill’ of <path> has a value that is not allowed"),
        ('<path d="javascript:x"/>', "‘d’ of <path> has a value that is not allowed"),
        ('<circle r="1" d="M0 0"/>', "‘d’ is not allowed on <circle>"),
        ('<circle r="calc(1)"/>', "‘r’ of <circle> has a value that is not allowed"),
        ('<g id="a b!"/>', "‘id’ of <g> has a value that is not allowed"),
        (
            '<g transform="translate(1) url(x)"/>',
            "‘transform’ of <g> has a value that is not allowed",
        ),
        ('<path d="M0 0"><g/></path>', "<path> holds something inside"),
        (
            '<path xmlns:x="http://www.w3.org/1999/xlink" x:href="#a" d="M0 0"/>',
            "‘{http://www.w3.org/1999/xlink}href’ is not allowed on <path>",
        ),
        (
            '<path xmlns="http://other" d="M0 0"/>',
            "<{http://other}path> is not allowed in a drawing",
        ),
        ("<g>" * 25 + "</g>" * 25, "the drawing is nested too deeply"),
        ('<path d="M0 0"/>' * (MOST_SHAPES + 1), "the drawing has more than 5,000 shapes"),
    ],
)
def test_everything_but_plain_shapes_is_refused(inside: str, sentence: str) -> None:
    assert refused(svg(inside)) == sentence


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            b'<!DOCTYPE s [<!ENTITY a "b">]><svg/>',
            "the drawing declares entities or a document type",
        ),
        (
            b'<!DOCTYPE s SYSTEM "file:///etc/passwd"><svg/>',
            "the drawing declares entities or a document type",
        ),
        (b"<html/>", "the drawing is not an SVG file"),
        (svg("", ""), 'the drawing needs a viewBox like "0 0 1000 1200"'),
        (svg("", 'viewBox="5 5 10 10"'), 'the drawing needs a viewBox like "0 0 1000 1200"'),
        (
            svg("", 'viewBox="0 0 10 10" onload="alert(1)"'),
            "‘onload’ is not allowed on the drawing",
        ),
        (b" " * (LARGEST_FILE + 1), "the drawing is larger than 1000 kB"),
    ],
)
def test_file_that_is_no_drawing_is_refused(content: bytes, sentence: str) -> None:
    assert refused(content) == sentence


@pytest.mark.parametrize("content", [b"", b"<svg", b"\xff\xfe\x00", b"\x89PNG"])
def test_broken_file_is_refused_with_a_sentence(content: bytes) -> None:
    assert refused(content).startswith("the drawing is not well-formed")


@pytest.mark.parametrize(
    "inside",
    [
        f'<circle cx="{"1" * 900_000}x"/>',
        f'<polyline points="{"1" * 900_000}x"/>',
        f'<polyline points="{"1 " * 400_000}x"/>',
        f'<polyline points="{"1.5,-2 " * 120_000}x"/>',
        f'<g transform="scale(1){" " * 900_000}x"/>',
        f'<g transform="{"scale(1)" * 100_000}x"/>',
        f'<g transform="scale({"1," * 400_000}x)"/>',
        f'<g id="{"a" * 900_000}"/>',
        "<g>" * 100_000 + "</g>" * 100_000,
    ],
    ids=lambda inside: inside[:24],
)
def test_no_value_takes_long(inside: str) -> None:
    """A pattern that matches in two ways would try for hours."""
    began = time.process_time()

    refused(svg(inside))

    assert time.process_time() - began < 3
