"""Charts made and changed in the studio: all or nothing, nothing overwritten unseen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.text import slugify

from ce_platform.accounts.models import User
from ce_platform.core import audit
from ce_platform.core.files import store_bytes
from ce_platform.core.models import AuditEvent, StoredFile
from ce_platform.core.text import canonical_json, clean
from courses import drawings
from courses.domain.chart_values import (
    Values,
    chart_of,
    hash_of,
    lessons_by_chart,
    read_values,
    reference_numbers,
    values_of,
    values_packaged,
)
from courses.domain.drafting import locked_draft
from courses.domain.errors import ChartInUse, ChartMoved, ChartRefused
from courses.drawing_library import library_drawing
from courses.models import Chart, ChartPoint, ChartView, CourseVersion, Lesson
from courses.package.chart_tables import LARGEST, MOST_VIEWS, SMALLEST, read_view
from courses.package.content import PackagedChart, PackagedPoint, PackagedView
from courses.package.schema import Table
from courses.parts import StudioLine, parts

SVG_TYPE: Final = "image/svg+xml"
LONGEST_SLUG: Final = 80
LONGEST_TITLE: Final = 200
MOST_CHARTS: Final = 200
# Saves of one person within this time are one line of the audit trail.
ONE_GO: Final = timedelta(minutes=10)
FIRST_LAYER: Final = {"id": "points", "title": "Points", "kind": "points", "on": True}


@dataclass(frozen=True)
class Drawing:
    """A drawing that is kept and may be put under a chart."""

    file: StoredFile
    width: int
    height: int
    title: str = ""
    about: str = ""
    credit: str = ""


@dataclass(frozen=True)
class SavedChart:
    chart: Chart
    values: Values
    is_changed: bool

    @property
    def number(self) -> str:
        return hash_of(self.values)


# ---------------------------------------------------------------- drawings


def drawing_from_library(name: str, *, now: datetime) -> Drawing:
    """One of our own. Errors: ChartRefused. Call it outside a transaction, like its neighbors."""
    found = library_drawing(name)
    if found is None:
        raise ChartRefused("Choose a drawing.")
    kept = _keep(found.read(), now=now)
    return Drawing(kept.file, kept.width, kept.height, found.title, found.about, found.credit)


def drawing_from_upload(content: bytes, *, now: datetime) -> Drawing:
    """An SVG file as it was uploaded, rebuilt from plain shapes. Errors: DrawingRefused (with a
    sentence that says which part is not allowed), ChartRefused (its size).
    """
    return _keep(drawings.rebuild(content), now=now)


def drawing_of_course(version: CourseVersion, sha256: str) -> Drawing:
    """A drawing that charts of this course show already. Errors: ChartRefused."""
    view = (
        ChartView.objects.filter(
            chart__version__course=version.course_id, drawing__sha256=sha256[:64]
        )
        .select_related("drawing", "chart")
        .order_by("-pk")
        .first()
    )
    if view is None:
        raise ChartRefused("Choose a drawing.")
    return Drawing(
        view.drawing, view.width, view.height, title=view.title, credit=view.chart.credit
    )


def drawings_of_course(version: CourseVersion) -> list[ChartView]:
    """One view for each drawing that the charts of this version show. One query."""
    seen: dict[int, ChartView] = {}
    for view in (
        ChartView.objects.filter(chart__version=version)
        .select_related("drawing", "chart")
        .order_by("chart__title", "position", "id")
    ):
        seen.setdefault(view.drawing_id, view)
    return list(seen.values())


def _keep(rebuilt: bytes, *, now: datetime) -> Drawing:
    width, height = drawings.size_of(rebuilt)
    for side in (width, height):
        if not side.is_integer() or not SMALLEST <= side <= LARGEST:
            raise ChartRefused(
                f"The drawing is {width:g} × {height:g} units. Its viewBox must be from "
                f"{SMALLEST} to {LARGEST:,} units wide and high, in whole numbers."
            )
    file = store_bytes(rebuilt, area=StoredFile.Area.COURSE_MEDIA, content_type=SVG_TYPE, now=now)
    return Drawing(file, int(width), int(height))


# ---------------------------------------------------------------- begin, copy, remove


@transaction.atomic
def begin_chart(
    version: CourseVersion, *, title: str, drawing: Drawing, by: User, now: datetime
) -> Chart:
    """A new chart with one view of `drawing`, one empty layer and no points yet.

    Errors: NotADraft, ChartRefused.
    """
    version = locked_draft(version)
    title = " ".join(clean(title).split())[:LONGEST_TITLE]
    if not title:
        raise ChartRefused("Give it a title.")
    _room_for_one(version)
    chart = Chart.objects.create(
        version=version,
        slug=_free_slug(version, title),
        title=title,
        description=drawing.about,
        credit=drawing.credit,
        layers_json=canonical_json([FIRST_LAYER]),
    )
    _put_view(chart, drawing, title=drawing.title or "Front", position=1, taken=[])
    _record("chart.begun", chart, by=by, now=now)
    return chart


@transaction.atomic
def duplicate_chart(version: CourseVersion, key: UUID, *, by: User, now: datetime) -> Chart:
    """The same chart once more, with keys and an address of its own.

    Errors: NotADraft, ChartRefused.
    """
    version = locked_draft(version)
    old = _chart(version, key)
    _room_for_one(version)
    title = f"{old.title[: LONGEST_TITLE - 7]} (copy)"
    chart = Chart.objects.create(
        version=version,
        slug=_free_slug(version, title),
        title=title,
        description=old.description,
        credit=old.credit,
        layers_json=old.layers_json,
        paths_json=canonical_json([{**path, "key": str(uuid4())} for path in old.paths]),
    )
    views, points = list(old.views.all()), list(old.points.all())
    for view in views:
        view.pk, view.chart, view._state.adding = None, chart, True
    for point in points:
        point.pk, point.chart, point._state.adding = None, chart, True
        point.key = uuid4()
    ChartView.objects.bulk_create(views)
    ChartPoint.objects.bulk_create(points)
    _record("chart.duplicated", chart, by=by, now=now, copied_from=str(old.key))
    return chart


@transaction.atomic
def remove_chart(
    version: CourseVersion, key: UUID, *, by: User, now: datetime, is_forced: bool = False
) -> Chart:
    """Take a chart out of the draft. While lessons show it, only when `is_forced`; while
    questions do, not at all: they name it in the course package.

    Errors: NotADraft, ChartRefused, ChartInUse.
    """
    version = locked_draft(version)
    chart = _chart(version, key)
    lessons = used_in(version, chart.slug)
    if lessons and not is_forced:
        raise ChartInUse([lesson.title for lesson in lessons])
    if asked_in(version, chart):
        raise ChartRefused(
            "Questions of this course are about this chart. Take them out of their quizzes first."
        )
    _record("chart.removed", chart, by=by, now=now, lessons=[each.slug for each in lessons])
    ChartView.objects.filter(chart=chart).delete()
    ChartPoint.objects.filter(chart=chart).delete()
    Chart.objects.filter(pk=chart.pk).delete()
    return chart


@transaction.atomic
def add_view(
    version: CourseVersion,
    key: UUID,
    *,
    title: str,
    drawing: Drawing,
    by: User,
    now: datetime,
) -> ChartView:
    """One more drawing beside those that the chart has. Errors: NotADraft, ChartRefused."""
    version = locked_draft(version)
    chart = _chart(version, key)
    views = list(chart.views.all())
    if len(views) >= MOST_VIEWS:
        raise ChartRefused(f"A chart has at most {MOST_VIEWS} views.")
    view = _put_view(
        chart,
        drawing,
        title=" ".join(clean(title).split())[:80] or drawing.title or "View",
        position=len(views) + 1,
        taken=[each.slug for each in views],
    )
    if drawing.credit and not chart.credit:
        chart.credit = drawing.credit
        chart.save(update_fields=["credit"])
    _record("chart.view-added", chart, by=by, now=now, view=view.slug)
    return view


def _put_view(
    chart: Chart, drawing: Drawing, *, title: str, position: int, taken: Sequence[str]
) -> ChartView:
    wanted = _short_name(title, most=34) or "view"
    slugs = (wanted if number == 1 else f"{wanted}-{number}" for number in range(1, 100))
    return ChartView.objects.create(
        chart=chart,
        position=position,
        slug=next(slug for slug in slugs if slug not in taken),
        title=title,
        drawing=drawing.file,
        width=drawing.width,
        height=drawing.height,
        crop_width=drawing.width,
        crop_height=drawing.height,
    )


# ---------------------------------------------------------------- save


def save_chart(
    version: CourseVersion,
    key: UUID,
    *,
    values: Values,
    based_on: str,
    by: User,
    now: datetime,
) -> SavedChart:
    """Make the chart say what `values` say, all of it or nothing.

    `based_on` is the hash of the state that was in front of the writer. When another one was
    saved since then, nothing is written. Errors: NotADraft, ChartRefused, ChartMoved.
    """
    with transaction.atomic():
        version = locked_draft(version)
        chart = _chart(version, key)
        now_there = values_of(chart)
        files: dict[str, StoredFile] = {
            view.drawing.sha256: view.drawing for view in chart.views.all()
        }
        packaged, wanted = _read(chart, values, version=version, files=files)
        if hash_of(wanted) == hash_of(now_there):
            return SavedChart(chart, now_there, is_changed=False)
        if hash_of(now_there) != based_on:
            last = last_save(chart)
            raise ChartMoved(
                who=last.actor_label if last else "",
                number=hash_of(now_there),
                values=now_there,
            )
        _check_keys(version, chart, packaged)
        _write_chart(version, chart, packaged)
        _write_views(chart, wanted["views"], files)
        _write_points(chart, packaged.points)
        _audit_save(chart, by=by, now=now)
    return SavedChart(chart, wanted, is_changed=True)


def checked(
    version: CourseVersion, chart: Chart, values: Values, *, references: Mapping[str, int]
) -> Values:
    """What would be saved, for a look at it. Errors: ChartRefused."""
    files = {view.drawing.sha256: view.drawing for view in chart.views.all()}
    return _read(chart, values, version=version, files=files, references=references)[1]


def _read(
    chart: Chart,
    values: Values,
    *,
    version: CourseVersion,
    files: dict[str, StoredFile],
    references: Mapping[str, int] | None = None,
) -> tuple[PackagedChart, Values]:
    """Checked as an import is checked. Drawings that are new to the chart come into `files`."""
    chosen: dict[str, str] = {}
    if references is None:
        references = reference_numbers(version)

    def view_of(row: Table) -> PackagedView:
        sha256 = row.text("drawing", most=64, is_required=True)
        if sha256 and sha256 not in files:
            file = StoredFile.objects.filter(
                area=StoredFile.Area.COURSE_MEDIA, sha256=sha256, content_type=SVG_TYPE
            ).first()
            if file is not None:
                files[sha256] = file
        if sha256 and sha256 not in files:
            row.problem("drawing", "its drawing is not there any more")
        rebuilt = files[sha256].read() if sha256 in files and sha256 not in known else b""
        view = read_view(row, rebuilt)
        if sha256 in known and known[sha256] != (view.width, view.height):
            row.problem("width", "the size of a drawing cannot be changed")
        chosen[view.slug] = sha256
        return view

    known = {view.drawing.sha256: (view.width, view.height) for view in chart.views.all()}
    packaged, sentences = read_values(
        # A chart keeps its key, whatever was sent.
        {**values, "key": str(chart.key)},
        view_of=view_of,
        references=references,
    )
    if sentences or packaged is None:
        raise ChartRefused(*sentences)
    packaged.title = " ".join(packaged.title.split())
    return packaged, values_packaged(packaged, chosen)


def _check_keys(version: CourseVersion, chart: Chart, packaged: PackagedChart) -> None:
    """The keys of other charts' points stay theirs."""
    keys = [point.key for point in packaged.points]
    if ChartPoint.objects.filter(version=version, key__in=keys).exclude(chart=chart).exists():
        raise ChartRefused("A point of another chart cannot be moved here; add a new one.")


def _write_chart(version: CourseVersion, chart: Chart, packaged: PackagedChart) -> None:
    if packaged.title != chart.title and not used_in(version, chart.slug):
        # Nobody refers to it yet, so its short name may follow.
        chart.slug = _free_slug(version, packaged.title, own=chart)
    chart.title = packaged.title
    chart.description = packaged.description
    chart.credit = packaged.credit
    chart.layers_json = canonical_json(packaged.layers)
    chart.paths_json = canonical_json(packaged.paths)
    chart.save()


def _write_views(
    chart: Chart, views: Sequence[Mapping[str, Any]], files: Mapping[str, StoredFile]
) -> None:
    rows = {view.slug: view for view in chart.views.all()}
    gone = set(rows) - {each["id"] for each in views}
    if gone:
        ChartView.objects.filter(chart=chart, slug__in=gone).delete()
    fresh: list[ChartView] = []
    kept: list[ChartView] = []
    for position, each in enumerate(views, start=1):
        row = rows.get(each["id"]) or ChartView(chart=chart, slug=each["id"])
        row.position = position
        row.title = each["title"]
        row.drawing = files[each["drawing"]]
        row.width, row.height = each["width"], each["height"]
        row.crop_x, row.crop_y, row.crop_width, row.crop_height = each["crop"]
        (fresh if row.pk is None else kept).append(row)
    ChartView.objects.bulk_create(fresh)
    ChartView.objects.bulk_update(
        kept,
        ["position", "title", "drawing", "width", "height", "crop_x", "crop_y", "crop_width",
         "crop_height"],
    )  # fmt: skip


def _write_points(chart: Chart, points: Sequence[PackagedPoint]) -> None:
    rows = {row.key: row for row in chart.points.all()}
    gone = set(rows) - {point.key for point in points}
    if gone:
        ChartPoint.objects.filter(chart=chart, key__in=gone).delete()
    fresh: list[ChartPoint] = []
    kept: list[ChartPoint] = []
    for position, point in enumerate(points, start=1):
        row = rows.get(point.key) or ChartPoint(
            version_id=chart.version_id, chart=chart, key=point.key
        )
        row.position = position
        row.code, row.name, row.language = point.code, point.name, point.language
        row.layer, row.place, row.note = point.layer, point.place, point.note
        row.caution, row.caution_level = point.caution, point.caution_level
        row.references_json = canonical_json(point.references)
        row.at_json = canonical_json(point.at)
        (fresh if row.pk is None else kept).append(row)
    ChartPoint.objects.bulk_create(fresh)
    ChartPoint.objects.bulk_update(
        kept,
        ["position", "code", "name", "language", "layer", "place", "note", "caution",
         "caution_level", "references_json", "at_json"],
    )  # fmt: skip


# ---------------------------------------------------------------- what others ask


def asked_in(version: CourseVersion, chart: Chart) -> list[StudioLine]:
    """What of the parts (questions) is about this chart."""
    return [
        line
        for part in parts()
        for line in part.picture_uses(version).get(f"chart:{chart.key}", ())
    ]


def used_in(version: CourseVersion, slug: str) -> list[Lesson]:
    """The lessons that show this chart, in their order."""
    return lessons_by_chart(version).get(slug, [])


def last_save(chart: Chart) -> AuditEvent | None:
    """Who wrote this chart last, and when they began to."""
    return (
        AuditEvent.objects.filter(subject_type="chart", subject_id=str(chart.key))
        .order_by("-pk")
        .first()
    )


def _audit_save(chart: Chart, *, by: User, now: datetime) -> None:
    """One line for all saves of one person in one go: the last line names who wrote last."""
    last = last_save(chart)
    if (
        last is not None
        and last.action == "chart.saved"
        and last.actor_id == by.pk
        and now - last.at < ONE_GO
        and f'"version":{chart.version_id}' in last.detail
    ):
        return
    _record("chart.saved", chart, by=by, now=now)


def _record(action: str, chart: Chart, *, by: User, now: datetime, **detail: Any) -> None:
    audit.record(
        action,
        subject_type="chart",
        subject_id=chart.key,
        by=by,
        now=now,
        version=chart.version_id,
        slug=chart.slug,
        **detail,
    )


def _room_for_one(version: CourseVersion) -> None:
    if Chart.objects.filter(version=version).count() >= MOST_CHARTS:
        raise ChartRefused(f"A course has at most {MOST_CHARTS} charts.")


def _free_slug(version: CourseVersion, title: str, *, own: Chart | None = None) -> str:
    """A short name that no other chart of the version has."""
    wanted = _short_name(title, most=LONGEST_SLUG - 4) or "chart"
    others = Chart.objects.filter(version=version, slug__startswith=wanted)
    if own is not None:
        others = others.exclude(pk=own.pk)
    taken = set(others.values_list("slug", flat=True))
    for number in range(1, MOST_CHARTS + 2):
        slug = wanted if number == 1 else f"{wanted}-{number}"
        if slug not in taken:
            return slug
    raise ChartRefused("Too many charts have this title. Choose another one.")


def _short_name(title: str, *, most: int) -> str:
    return slugify(title.replace("_", " "))[:most].strip("-")


def _chart(version: CourseVersion, key: UUID) -> Chart:
    chart = chart_of(version, key)
    if chart is None:
        raise ChartRefused("That chart is not there any more.")
    return chart
