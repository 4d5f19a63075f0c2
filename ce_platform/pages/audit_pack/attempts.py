"""One attempt at a quiz as it was asked, answered and graded: a page to read, and all of it as
data."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from ce_platform.core.models import AuditEvent
from ce_platform.core.templatetags.wording import plain_number
from ce_platform.pages.audit_pack import names
from ce_platform.pages.audit_pack.gathering import Answered
from courses.frozen import version_by_id
from quizzes import wording
from quizzes.domain.grading import read_response
from quizzes.models import Attempt, AttemptItem
from quizzes.presenting import Renderer, case_views
from quizzes.question_types import type_named


@dataclass(frozen=True)
class AskedQuestion:
    """A question looked back at: what was served, the learner's answer, the right one, why."""

    position: int
    revision: int
    type: str
    sha256: str
    template: str
    shown: dict[str, Any]
    case: Any
    points: Decimal | None
    """None: not graded."""
    points_possible: Decimal
    saved_at: datetime | None

    @property
    def verdict(self) -> str:
        if self.points is None:
            return "Not graded"
        if self.points == self.points_possible:
            return "Right"
        if self.points > 0:
            return "Partly right"
        return "Not right" if self.shown["is_answered"] else "No answer"

    @property
    def said(self) -> SafeString:
        """Verdict and points, for the head of the question."""
        possible = plain_number(self.points_possible)
        points = (
            "" if self.points is None else f", {plain_number(self.points)} of {possible} points"
        )
        kind = {"Right": "right", "Not right": "wrong", "No answer": "wrong"}.get(self.verdict, "")
        return format_html('<p class="{}"><b>{}</b>{}</p>', kind, self.verdict, points)


class Renderers:
    """One renderer for each version, kept while a pack is made: its sources are read once."""

    def __init__(self) -> None:
        self._kept: dict[int, Renderer] = {}

    def of(self, version_id: int) -> Renderer:
        if version_id not in self._kept:
            self._kept[version_id] = Renderer(version_by_id(version_id))
        return self._kept[version_id]


def asked_questions(answered: Answered, renderer: Renderer) -> list[AskedQuestion]:
    """In the order in which they were served; the choices too."""
    points = json.loads(answered.grade.items_json) if answered.grade else {}
    items = answered.items
    contents = [item.revision.data for item in items]
    return [
        _asked(item, content, case, points.get(str(item.position)), renderer)
        for item, content, case in zip(items, contents, case_views(contents, renderer), strict=True)
    ]


def _asked(
    item: AttemptItem, content: dict[str, Any], case: Any, points: str | None, renderer: Renderer
) -> AskedQuestion:
    kind = type_named(item.revision.type)
    return AskedQuestion(
        position=item.position,
        revision=item.revision.number,
        type=str(kind.label),
        sha256=item.revision.sha256,
        template=kind.review_template,
        shown=renderer.html(
            kind.review(content, read_response(item), item.seed), content.get("figures", {})
        ),
        case=case,
        points=None if points is None else Decimal(points),
        points_possible=item.revision.points,
        saved_at=item.saved_at,
    )


@dataclass(frozen=True)
class AttemptLine:
    """One attempt in the table of a person's page."""

    quiz: str
    number: int
    outcome: str
    started_at: datetime
    submitted_at: datetime | None
    page: str
    """Of the attempt, from the person's page."""


def outcome_of(answered: Answered) -> str:
    attempt, grade = answered.attempt, answered.grade
    if attempt.status == Attempt.Status.VOIDED:
        return "Set aside by the office"
    if grade is None:
        return "Not finished" if attempt.status == Attempt.Status.IN_PROGRESS else "Not graded"
    percent = wording.percent(grade.percent, mark=grade.pass_percent)
    if attempt.quiz.purpose == attempt.quiz.Purpose.PRACTICE:
        return f"{percent}, for practice"
    mark = wording.percent(grade.pass_percent, mark=grade.pass_percent)
    return f"{percent}, {'passed' if grade.is_passed else 'not passed'} (pass mark {mark})"


def name_of(place: int, answered: Answered) -> str:
    """The place among the attempts comes first: slugs may come again in a newer version."""
    attempt = answered.attempt
    slug = names.plain(attempt.quiz.slug, empty="quiz")
    return f"{place:02}-{slug}-attempt-{attempt.number}"


def values_of(answered: Answered) -> dict[str, Any]:
    """Everything the rows say, contents of the questions as they were stored."""
    attempt = answered.attempt
    version = attempt.quiz.version
    points = json.loads(answered.grade.items_json) if answered.grade else {}
    return {
        "attempt": {
            "id": str(attempt.uid),
            "number": attempt.number,
            "status": attempt.status,
            "started_at": _time(attempt.started_at),
            "deadline_at": _time(attempt.deadline_at),
            "submitted_at": _time(attempt.submitted_at),
            "closed_by": attempt.closed_by,
            "extra_percent_of_time": attempt.extra_percent,
        },
        "quiz": {
            "key": str(attempt.quiz.key),
            "title": attempt.quiz.title,
            "purpose": attempt.quiz.purpose,
            "pass_percent": str(attempt.quiz.pass_percent),
            "course_edition": version.number,
            "course_sha256": version.canonical_sha256,
        },
        "grades": [
            {
                "number": grade.number,
                "points": str(grade.points),
                "points_possible": str(grade.points_possible),
                "percent": str(grade.percent),
                "pass_percent": str(grade.pass_percent),
                "is_passed": grade.is_passed,
                "graded_at": _time(grade.graded_at),
                "reason": grade.reason,
                "points_by_question": json.loads(grade.items_json),
            }
            for grade in answered.grades
        ],
        "questions": [
            {
                "position": item.position,
                "question": str(item.revision.question.key),
                "revision": item.revision.number,
                "type": item.revision.type,
                "sha256": item.revision.sha256,
                "content": item.revision.data,
                "order": item.seed,
                "answer": read_response(item),
                "answer_saved_at": _time(item.saved_at),
                "points": points.get(str(item.position)),
                "points_possible": str(item.revision.points),
            }
            for item in answered.items
        ],
        "set_aside": [event_values(event) for event in answered.events],
    }


def event_values(event: AuditEvent) -> dict[str, Any]:
    return {
        "at": _time(event.at),
        "by": event.actor_label,
        "what": event.action,
        "detail": json.loads(event.detail),
    }


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def facts_of(answered: Answered) -> Sequence[tuple[str, Any]]:
    """For the head of the page; moments are told by the template."""
    attempt = answered.attempt
    version = attempt.quiz.version
    facts: list[tuple[str, Any]] = [
        ("Attempt", attempt.number),
        ("Outcome", outcome_of(answered)),
        ("Begun", attempt.started_at),
        ("Ended", attempt.submitted_at or "–"),
    ]
    if attempt.closed_by == Attempt.ClosedBy.DEADLINE:
        facts.append(("Ended by", "the time limit"))
    if attempt.deadline_at:
        facts.append(("Time limit", attempt.deadline_at))
    if attempt.extra_percent:
        facts.append(("Extra time given", f"{attempt.extra_percent} %"))
    if answered.grade:
        grade = answered.grade
        facts.append(
            ("Points", f"{plain_number(grade.points)} of {plain_number(grade.points_possible)}")
        )
    facts.append(("Questions from", f"{version.title}, {version.label}"))
    return facts
