"""Geometry of the small plots, which a template draws as SVG. Pure. Numbers are texts: a template
would format them for the language."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 380
HEIGHT: Final = 170
_LEFT: Final = 34
_RIGHT: Final = 8
_TOP: Final = 10
_BOTTOM: Final = 28
_MOST_LABELS: Final = 5
_GAP: Final = 0.25
"""Of the room of a bar."""


@dataclass(frozen=True)
class Tick:
    at: str
    label: str


@dataclass(frozen=True)
class Shape:
    """A bar, with a mark where the one of the period before would end."""

    x: str
    y: str
    width: str
    height: str
    is_part: bool
    mark_y: str = ""
    mark_end: str = ""


@dataclass(frozen=True)
class Label:
    x: str
    text: str
    anchor: str
    """A class: plot-start, plot-middle or plot-end."""


@dataclass(frozen=True)
class Dot:
    x: str
    y: str
    is_hollow: bool


@dataclass(frozen=True)
class Plot:
    ticks: Sequence[Tick]
    labels: Sequence[Label]
    shapes: Sequence[Shape] = ()
    dots: Sequence[Dot] = ()
    line: str = ""
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    right: int = WIDTH - _RIGHT
    bottom: int = HEIGHT - _BOTTOM
    label_at: int = HEIGHT - _BOTTOM + 18


def bar_plot(
    values: Sequence[int],
    *,
    labels: Sequence[str],
    before: Sequence[int] | None = None,
    parts: Sequence[bool] = (),
) -> Plot:
    top = _nice(max([*values, *(before or ()), 1]))
    room = (WIDTH - _LEFT - _RIGHT) / max(len(values), 1)
    bar = room * (1 - _GAP)
    shapes = []
    for place, value in enumerate(values):
        x = _LEFT + place * room + room * _GAP / 2
        y = _y(value, top)
        shapes.append(
            Shape(
                x=_text(x),
                y=_text(y),
                width=_text(bar),
                height=_text(HEIGHT - _BOTTOM - y),
                is_part=bool(parts) and parts[place],
                mark_y=_text(_y(before[place], top)) if before and before[place] else "",
                mark_end=_text(x + bar) if before else "",
            )
        )
    return Plot(ticks=_ticks(top), labels=_labels(labels, room), shapes=shapes)


def share_plot(shares: Sequence[tuple[int, int]], *, labels: Sequence[str], fewest: int) -> Plot:
    """(part, whole) in percent; nothing where there is nothing, hollow where there are few."""
    room = (WIDTH - _LEFT - _RIGHT) / max(len(shares), 1)
    dots: list[Dot] = []
    line: list[str] = []
    for place, (part, whole) in enumerate(shares):
        if not whole:
            continue
        x, y = _text(_LEFT + (place + 0.5) * room), _text(_y(100 * part / whole, 100))
        dots.append(Dot(x, y, is_hollow=whole < fewest))
        line.append(f"{x},{y}")
    ticks = [Tick(_text(_y(value, 100)), f"{value} %") for value in (0, 50, 100)]
    return Plot(ticks=ticks, labels=_labels(labels, room), dots=dots, line=" ".join(line))


def _nice(most: int) -> int:
    """The next of 2, 4, 10, 20, 40, 100, …: halves of it are whole."""
    size = 1
    while True:
        for step in (2, 4, 10):
            if most <= step * size:
                return step * size
        size *= 10


def _ticks(top: int) -> list[Tick]:
    return [Tick(_text(_y(value, top)), f"{value:,}") for value in (0, top // 2, top)]


def _labels(labels: Sequence[str], room: float) -> list[Label]:
    """A few, evenly apart; the first and the last stay inside."""
    step = -(-len(labels) // _MOST_LABELS) or 1
    return [
        Label(_text(_LEFT + (place + 0.5) * room), text, "plot-middle")
        for place, text in enumerate(labels)
        if place % step == 0
    ]


def _y(value: float, top: float) -> float:
    return _TOP + (HEIGHT - _TOP - _BOTTOM) * (1 - value / top)


def _text(number: float) -> str:
    return f"{number:.1f}"
