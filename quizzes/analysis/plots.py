"""Geometry of the small plots, which templates draw as SVG. Numbers are texts: a template would
format them for the language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from quizzes.analysis.figures import BandFigures, QuestionFigures

# The drawing's own units; the page scales it.
CURVE_WIDTH: Final = 300
CURVE_HEIGHT: Final = 150
MAP_WIDTH: Final = 380
MAP_HEIGHT: Final = 280
_LEFT: Final = 38
_RIGHT: Final = 20
_TOP: Final = 10
_BOTTOM: Final = 34
# With fewer learners a dot is drawn hollow: it may lie anywhere.
FEWEST_FOR_DOT: Final = 10
_LOWEST_DISCRIMINATION: Final = -0.4


@dataclass(frozen=True)
class Dot:
    x: str
    y: str
    is_hollow: bool
    label: str = ""
    label_x: str = ""
    label_y: str = ""


@dataclass(frozen=True)
class Tick:
    at: str
    label: str


@dataclass(frozen=True)
class CurvePlot:
    """Share of right answers, from the weakest learners to the strongest."""

    width: int
    height: int
    left: str
    right: str
    bottom: str
    ticks: list[Tick]
    dots: list[Dot]
    line: str
    """The points of a polyline."""
    rows: list[tuple[str, int, int]]
    """(band, asked, right)"""


@dataclass(frozen=True)
class MapPlot:
    """Every question by how many are right and how well it separates."""

    width: int
    height: int
    left: str
    right: str
    top: str
    bottom: str
    ticks_x: list[Tick]
    ticks_y: list[Tick]
    zero: str
    poor: str
    dots: list[Dot]


def curve_plot(bands: Sequence[BandFigures]) -> CurvePlot | None:
    """None with fewer than two bands: one dot is no curve."""
    if len(bands) < 2:
        return None
    width, height = CURVE_WIDTH - _LEFT - _RIGHT, CURVE_HEIGHT - _TOP - _BOTTOM

    def y(share: float) -> str:
        return _number(_TOP + height * (1 - share))

    dots = [
        Dot(
            x=_number(_LEFT + width * (each.band + 0.5) / 10),
            y=y(each.right / each.asked),
            is_hollow=each.asked < FEWEST_FOR_DOT,
        )
        for each in bands
    ]
    return CurvePlot(
        width=CURVE_WIDTH,
        height=CURVE_HEIGHT,
        left=_number(_LEFT),
        right=_number(CURVE_WIDTH - _RIGHT),
        bottom=_number(CURVE_HEIGHT - _BOTTOM),
        ticks=[Tick(y(share / 100), f"{share} %") for share in (0, 50, 100)],
        dots=dots,
        line=" ".join(f"{dot.x},{dot.y}" for dot in dots),
        rows=[(band_name(each.band), each.asked, each.right) for each in bands],
    )


def band_name(band: int) -> str:
    """Tenths of the points in all other questions."""
    return f"{band * 10}–{band * 10 + 10} %"


def map_plot(questions: Sequence[tuple[int, QuestionFigures]]) -> MapPlot | None:
    """Only questions with enough answers; None where there are none."""
    width, height = MAP_WIDTH - _LEFT - _RIGHT, MAP_HEIGHT - _TOP - _BOTTOM

    def x(share: float) -> str:
        return _number(_LEFT + width * share)

    def y(found: float) -> str:
        kept = max(_LOWEST_DISCRIMINATION, min(1.0, found))
        part = (kept - _LOWEST_DISCRIMINATION) / (1 - _LOWEST_DISCRIMINATION)
        return _number(_TOP + height * (1 - part))

    places = {
        str(place): (x(figures.facility), y(figures.discrimination))
        for place, figures in questions
        if figures.is_enough and figures.facility is not None and figures.discrimination is not None
    }
    dots = _labeled({label: (float(at), float(high)) for label, (at, high) in places.items()})
    if len(dots) < 2:
        return None
    return MapPlot(
        width=MAP_WIDTH,
        height=MAP_HEIGHT,
        left=_number(_LEFT),
        right=_number(MAP_WIDTH - _RIGHT),
        top=_number(_TOP),
        bottom=_number(MAP_HEIGHT - _BOTTOM),
        ticks_x=[Tick(x(share / 100), f"{share} %") for share in (0, 25, 50, 75, 100)],
        ticks_y=[
            Tick(y(found), f"{found:g}".replace("-", "−")) for found in (-0.4, 0, 0.2, 0.6, 1)
        ],
        zero=y(0),
        poor=y(0.2),
        dots=dots,
    )


# Around a dot, in this order: right, left, above, below, then the corners.
_BESIDE: Final = ((11, 0), (-11, 0), (0, -11), (0, 11), (9, -9), (9, 9), (-9, -9), (-9, 9))
_FARTHER: Final = tuple((2 * x, 2 * y) for x, y in _BESIDE)


def _labeled(places: Mapping[str, tuple[float, float]]) -> list[Dot]:
    """Dots where they belong, each number in the first free place beside its dot."""
    taken = list(places.values())
    dots = []
    for label, (x, y) in places.items():
        tried = [(x + right, y + down) for right, down in (*_BESIDE, *_FARTHER)]
        spot = next((each for each in tried if not _is_taken(each, taken, (x, y))), tried[0])
        taken.append(spot)
        dots.append(
            Dot(
                x=_number(x),
                y=_number(y),
                is_hollow=False,
                label=label,
                label_x=_number(spot[0]),
                label_y=_number(spot[1]),
            )
        )
    return dots


def _is_taken(
    spot: tuple[float, float], taken: Sequence[tuple[float, float]], own: tuple[float, float]
) -> bool:
    return any(abs(spot[0] - x) < 12 and abs(spot[1] - y) < 9 for x, y in taken if (x, y) != own)


def _number(value: float) -> str:
    return f"{value:.1f}"
