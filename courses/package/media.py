"""Figures and charts of a package: pictures decoded, drawings rebuilt, points checked."""

import hashlib
import re

from courses import drawings, pictures
from courses.package.chart_tables import read_chart, read_view
from courses.package.content import PackagedChart, PackagedFigure, PackagedView
from courses.package.schema import SLUG, Keys, Table
from courses.package.source import PackageSource

_PICTURE = re.compile(r"([a-z0-9]+(?:-[a-z0-9]+)*)\.(?:png|jpg|jpeg|webp)")
# Decoding takes time and memory, and every picture is decoded before anything is refused.
MOST_PIXELS_IN_ALL = 600_000_000


def read_figures(source: PackageSource, keys: Keys) -> list[PackagedFigure]:
    path = "figures/figures.toml"
    files = {each for each in source.paths() if each.startswith("figures/")} - {path}
    values = source.toml(path) if source.has(path) else None
    found: list[PackagedFigure] = []
    named: set[str] = set()
    budget = _Pixels()
    if values is not None:
        table = Table(source, path, values)
        for row in table.tables("figures", most=300):
            if isinstance(row.values.get("file"), str):
                named.add(f"figures/{row.values['file']}")
            figure = _read_figure(source, row, keys, budget)
            if figure is None:
                continue
            if figure.slug in [each.slug for each in found]:
                row.problem("file", f"the figure ‘{figure.slug}’ stands twice")
            found.append(figure)
        table.nothing_else()
    for extra in sorted(files - {figure.path for figure in found}):
        # A picture named by an entry with a mistake has been spoken of already.
        if extra not in named:
            source.problem(extra, 1, "this picture has no entry in figures/figures.toml")
    return found


class _Pixels:
    """What the pictures of one package may have together."""

    def __init__(self) -> None:
        self.left = MOST_PIXELS_IN_ALL


def _read_figure(
    source: PackageSource, row: Table, keys: Keys, budget: _Pixels
) -> PackagedFigure | None:
    name = row.text("file", most=100, is_required=True)
    key = row.key()
    alt = row.text("alt", most=2_000, is_required=True)
    caption = row.text("caption", most=1_000)
    credit = row.text("credit", most=300, is_required=True)
    keys.once("figure", row, key)
    row.nothing_else()
    path = f"figures/{name}"
    named = _PICTURE.fullmatch(name)
    if not name:
        return None
    if named is None:
        row.problem("file", f"‘{name}’ must be named like my-picture.png (png, jpg, jpeg, webp)")
        return None
    if not source.has(path):
        row.problem("file", f"there is no file {path}")
        return None
    content = source.read_bytes(path)
    try:
        if budget.left < 0:
            raise pictures.PictureRefused(
                f"the pictures have more than {MOST_PIXELS_IN_ALL // 1_000_000} million pixels in "
                "all"
            )
        width, height = pictures.check(content)
        budget.left -= width * height
    except pictures.PictureRefused as error:
        source.problem(path, 1, str(error))
        return None
    sha256 = hashlib.sha256(content).hexdigest()
    return PackagedFigure(
        key=key,
        slug=named[1],
        path=path,
        alt=alt,
        caption=caption,
        credit=credit,
        sha256=sha256,
        source_sha256=sha256,
        width=width,
        height=height,
    )


# ---------------------------------------------------------------- charts


def read_charts(source: PackageSource, keys: Keys) -> list[PackagedChart]:
    found = []
    used: set[str] = set()

    def view_of(row: Table) -> PackagedView:
        return _read_view(source, row, used)

    for path in source.paths():
        if not path.startswith("charts/") or not path.endswith(".toml"):
            continue
        values = source.toml(path)
        slug = path.removeprefix("charts/").removesuffix(".toml")
        if not SLUG.fullmatch(slug):
            source.problem(path, 1, "a chart is named with small letters, digits and hyphens")
        elif values is not None:
            table = Table(source, path, values)
            found.append(read_chart(table, slug, keys, source.references, view_of=view_of))
    for path in source.paths():
        if path.startswith("charts/drawings/") and path not in used:
            source.problem(path, 1, "no chart uses this drawing")
    return found


def _read_view(source: PackageSource, row: Table, used: set[str]) -> PackagedView:
    name = row.text("drawing", most=100, is_required=True)
    path = f"charts/drawings/{name}"
    rebuilt = b""
    if name and not source.has(path):
        row.problem("drawing", f"there is no file {path}")
    elif name:
        used.add(path)
        try:
            rebuilt = drawings.rebuild(source.read_bytes(path))
        except drawings.DrawingRefused as error:
            source.problem(path, 1, str(error))
    return read_view(row, rebuilt)
