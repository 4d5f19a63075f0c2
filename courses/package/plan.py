"""What an import will change: everything in the package beside the newest version, by key."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Any

from ce_platform.accounts.models import User
from courses.domain import describing
from courses.models import Course, CourseVersion
from courses.package.content import PackagedChart, PackagedCourse
from courses.parts import Change

COURSE_TEXTS = (
    "title",
    "subtitle",
    "language",
    "delivery",
    "summary",
    "description",
    "audience",
    "prerequisites",
    "cost_text",
    "difficulty_reason",
)
Key = tuple[str, str]


@dataclass(frozen=True)
class Thing:
    """Something with a key: its name for the person, and its fields to compare."""

    label: str
    fields: Mapping[str, Any]


def newest_version(course: Course | None) -> CourseVersion | None:
    if course is None:
        return None
    return course.versions.order_by("-edition", "-revision").first()


def changes_of(course: PackagedCourse, newest: CourseVersion | None) -> list[Change]:
    """One line per thing: added, changed (and which fields), removed, kept."""
    before = things_of_version(newest) if newest is not None else {}
    return _changes(before, things_of_package(course))


def changes_between(before: CourseVersion, after: CourseVersion) -> list[Change]:
    """The same for two versions of one course."""
    return _changes(things_of_version(before), things_of_version(after))


def _changes(before: Mapping[Key, Thing], after: Mapping[Key, Thing]) -> list[Change]:
    changes = []
    for key, thing in after.items():
        old = before.get(key)
        if old is None:
            changes.append(Change("add", thing.label))
            continue
        changed = [name for name, value in thing.fields.items() if old.fields.get(name) != value]
        if changed:
            changes.append(Change("change", f"{thing.label}: {', '.join(changed)}"))
        else:
            changes.append(Change("keep", thing.label))
    changes += [Change("remove", thing.label) for key, thing in before.items() if key not in after]
    return changes


def accounts_of(course: PackagedCourse) -> dict[str, User]:
    """The instructors' accounts that authors name by e-mail; anything else ties nobody."""
    return describing.accounts_of([author.email for author in course.authors])


def things_of_package(course: PackagedCourse) -> dict[Key, Thing]:
    accounts = accounts_of(course)
    objectives = {each.code: str(each.key) for each in course.objectives}
    found: dict[Key, Thing] = {
        ("course", ""): Thing(
            "the course page",
            {
                **{name: course.texts[name] for name in COURSE_TEXTS},
                "subjects": sorted(course.subjects),
                "difficulty": course.difficulty,
                "credit hours": [[name, _hours(hours)] for name, hours in course.credits],
            },
        )
    }
    for place, author in enumerate(course.authors, start=1):
        account = accounts.get(author.email)
        found["author", str(author.key)] = Thing(
            f"the author {author.name}",
            {
                "place": place,
                "name": author.name,
                "credentials": author.credentials,
                "biography": author.biography,
                "account": account.pk if account else None,
            },
        )
    for place, objective in enumerate(course.objectives, start=1):
        found["objective", str(objective.key)] = Thing(
            f"the objective {objective.code}",
            {"place": place, "code": objective.code, "text": objective.text},
        )
    for place, module in enumerate(course.modules, start=1):
        found["module", str(module.key)] = Thing(
            f"the module “{module.title}”",
            {
                "place": place,
                "name": module.slug,
                "title": module.title,
                "summary": module.summary,
            },
        )
    number = 0
    for module in course.modules:
        for lesson in module.lessons:
            number += 1
            found["lesson", str(lesson.key)] = Thing(
                f"the lesson “{lesson.title}”",
                {
                    "place": number,
                    "module": str(module.key),
                    "name": lesson.slug,
                    "title": lesson.title,
                    "text": lesson.body,
                    "free": lesson.is_free,
                    "media minutes": _hours(lesson.media_minutes),
                    "objectives": sorted(objectives[code] for code in lesson.objectives),
                },
            )
    for figure in course.figures:
        found["figure", str(figure.key)] = Thing(
            f"the figure {figure.slug}",
            {
                "name": figure.slug,
                "picture": figure.source_sha256,
                "alternative text": figure.alt,
                "caption": figure.caption,
                "credit": figure.credit,
            },
        )
    for recording in course.recordings:
        found["recording", str(recording.key)] = Thing(
            f"the recording {recording.slug}",
            {
                "name": recording.slug,
                "file": recording.sha256,
                "title": recording.title,
                "captions": recording.captions,
                "language of captions": recording.captions_language,
                "transcript": recording.transcript,
                "credit": recording.credit,
            },
        )
    for handout in course.handouts:
        found["handout", str(handout.key)] = Thing(
            f"the handout {handout.slug}",
            {
                "name": handout.slug,
                "file": handout.sha256,
                "title": handout.title,
                "credit": handout.credit,
            },
        )
    for chart in course.charts:
        found["chart", str(chart.key)] = Thing(f"the chart “{chart.title}”", _chart_fields(chart))
    for place, reference in enumerate(course.references, start=1):
        found["reference", str(reference.key)] = Thing(
            f"the reference {reference.slug}",
            {
                "number": place,
                "id": reference.slug,
                "text": reference.text,
                "doi": reference.doi,
                "pmid": reference.pmid,
                "url": reference.url,
                "read": reference.read,
            },
        )
    for term in course.glossary:
        found["term", str(term.key)] = Thing(
            f"the term “{term.term}”",
            {
                "id": term.slug,
                "term": term.term,
                "definition": term.definition,
                "language": term.language,
            },
        )
    return found


def _chart_fields(chart: PackagedChart) -> dict[str, Any]:
    return {
        "name": chart.slug,
        "title": chart.title,
        "description": chart.description,
        "credit": chart.credit,
        "layers": chart.layers,
        "paths": chart.paths,
        "views": [
            [
                view.slug,
                view.title,
                sha256(view.drawing).hexdigest(),
                view.width,
                view.height,
                *view.crop,
            ]
            for view in chart.views
        ],
        "points": [
            [
                str(point.key),
                point.code,
                point.name,
                point.language,
                point.layer,
                point.place,
                point.caution,
                point.caution_level,
                point.note,
                point.references,
                point.at,
            ]
            for point in chart.points
        ],
    }


def things_of_version(version: CourseVersion) -> dict[Key, Thing]:
    """The same from the database; a fixed number of queries."""
    found: dict[Key, Thing] = {
        ("course", ""): Thing(
            "the course page",
            {
                **{name: getattr(version, name) for name in COURSE_TEXTS},
                "subjects": sorted(version.subjects.values_list("name", flat=True)),
                "difficulty": version.difficulty,
                "credit hours": [
                    [row.category, _hours(row.credit_hours)] for row in version.credits.all()
                ],
            },
        )
    }
    for place, author in enumerate(version.authors.all(), start=1):
        found["author", str(author.key)] = Thing(
            f"the author {author.name}",
            {
                "place": place,
                "name": author.name,
                "credentials": author.credentials,
                "biography": author.biography,
                "account": author.user_id,
            },
        )
    for place, objective in enumerate(version.objectives.all(), start=1):
        found["objective", str(objective.key)] = Thing(
            f"the objective {objective.code}",
            {"place": place, "code": objective.code, "text": objective.text},
        )
    modules = {}
    for place, module in enumerate(version.modules.all(), start=1):
        modules[module.pk] = str(module.key)
        found["module", str(module.key)] = Thing(
            f"the module “{module.title}”",
            {
                "place": place,
                "name": module.slug,
                "title": module.title,
                "summary": module.summary,
            },
        )
    for number, lesson in enumerate(version.lessons.prefetch_related("objectives"), start=1):
        found["lesson", str(lesson.key)] = Thing(
            f"the lesson “{lesson.title}”",
            {
                "place": number,
                "module": modules[lesson.module_id],
                "name": lesson.slug,
                "title": lesson.title,
                "text": lesson.body,
                "free": lesson.is_free,
                "media minutes": _hours(lesson.media_minutes),
                "objectives": sorted(str(each.key) for each in lesson.objectives.all()),
            },
        )
    for figure in version.figures.all():
        found["figure", str(figure.key)] = Thing(
            f"the figure {figure.slug}",
            {
                "name": figure.slug,
                "picture": figure.source_sha256,
                "alternative text": figure.alt,
                "caption": figure.caption,
                "credit": figure.credit,
            },
        )
    found.update(_charts_of(version))
    for recording in version.recordings.select_related("file"):
        found["recording", str(recording.key)] = Thing(
            f"the recording {recording.slug}",
            {
                "name": recording.slug,
                "file": recording.file.sha256,
                "title": recording.title,
                "captions": recording.captions,
                "language of captions": recording.captions_language,
                "transcript": recording.transcript,
                "credit": recording.credit,
            },
        )
    for handout in version.handouts.select_related("file"):
        found["handout", str(handout.key)] = Thing(
            f"the handout {handout.slug}",
            {
                "name": handout.slug,
                "file": handout.file.sha256,
                "title": handout.title,
                "credit": handout.credit,
            },
        )
    for reference in version.references.all():
        found["reference", str(reference.key)] = Thing(
            f"the reference {reference.slug}",
            {
                "number": reference.position,
                "id": reference.slug,
                "text": reference.text,
                "doi": reference.doi,
                "pmid": reference.pmid,
                "url": reference.url,
                "read": reference.read,
            },
        )
    for term in version.glossary.all():
        found["term", str(term.key)] = Thing(
            f"the term “{term.term}”",
            {
                "id": term.slug,
                "term": term.term,
                "definition": term.definition,
                "language": term.language,
            },
        )
    return found


def _charts_of(version: CourseVersion) -> Iterable[tuple[Key, Thing]]:
    charts = version.charts.prefetch_related("views", "views__drawing", "points")
    for chart in charts:
        fields = {
            "name": chart.slug,
            "title": chart.title,
            "description": chart.description,
            "credit": chart.credit,
            "layers": json.loads(chart.layers_json),
            "paths": json.loads(chart.paths_json),
            "views": [
                [
                    view.slug,
                    view.title,
                    view.drawing.sha256,
                    view.width,
                    view.height,
                    view.crop_x,
                    view.crop_y,
                    view.crop_width,
                    view.crop_height,
                ]
                for view in chart.views.all()
            ],
            "points": [
                [
                    str(point.key),
                    point.code,
                    point.name,
                    point.language,
                    point.layer,
                    point.place,
                    point.caution,
                    point.caution_level,
                    point.note,
                    point.references,
                    point.places,
                ]
                for point in chart.points.all()
            ],
        }
        yield ("chart", str(chart.key)), Thing(f"the chart “{chart.title}”", fields)


def _hours(value: Decimal) -> str:
    return f"{value.normalize():f}"
