"""The form of one question: the fields all types share, and the answers of its type."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.http import QueryDict

from ce_platform.core.templatetags.wording import plain_number
from ce_platform.core.text import clean
from courses.models import CourseVersion
from quizzes.domain.checking import check_content
from quizzes.embedding import VersionPictures, is_as_now
from quizzes.models import QuestionRevision
from quizzes.presenting import LessonLink, Preview, preview_of
from quizzes.question_types import type_named
from quizzes.question_types.base import ContentProblem, Fields, first
from quizzes.studio_forms import QuestionForm
from quizzes.studio_queries import Names

_ONE: Final = Decimal(1)
_SHARED: Final = ("stem", "explanation")
# A form about a chart of many points sends some hundred fields; who sends more does not use it.
_MOST_FIELDS: Final = 900


class QuestionEditor:
    """Bound to what was sent (`sent`), or showing a stored revision, or blank."""

    def __init__(
        self,
        version: CourseVersion,
        type_name: str,
        *,
        names: Names,
        revision: QuestionRevision | None = None,
        sent: QueryDict | None = None,
        raw: Fields | None = None,
    ) -> None:
        """`raw`: the fields of the type, when they are not those that were sent. What `revision`
        shows stays as it is there, unless the form says that the new pictures are taken over.

        Errors: UnknownQuestionType.
        """
        self.version = version
        self.type = type_named(type_name)
        self.names = names
        self.is_bound = sent is not None
        self._checks_all = False
        if raw is not None:
            self.raw = raw
        elif sent is not None:
            self.raw = raw_in(sent)
        elif revision is not None:
            self.raw = self.type.raw_of_content(revision.data)
        else:
            self.raw = self.type.blank_editor()
        self.form = QuestionForm(
            sent,
            names=names,
            initial={
                "stem": next(iter(self.raw.get("stem", [])), ""),
                "explanation": next(iter(self.raw.get("explanation", [])), ""),
                "points": plain_number(revision.points) if revision else "1",
                "objective": str(revision.objective_key or "") if revision else "",
                "lesson": str(revision.lesson_key or "") if revision else "",
                "number": revision.number if revision else 0,
            },
        )
        self.form.fields["stem"].label = self.type.stem_label
        self.content = self.type.content_of_editor(self.raw)
        self.pictures = VersionPictures(version)
        self.takes_over = first(self.raw, "take-over") == "on"
        kept = revision.data if revision and not self.takes_over else None
        cleaned = check_content(version, type_name, self.content, kept=kept, pictures=self.pictures)
        self.cleaned_content = cleaned.content
        self.problems = cleaned.problems
        self.is_outdated = revision is not None and not is_as_now(
            self.type, revision.data, self.pictures
        )
        """A chart or a figure was changed since the revision was written."""

    def is_valid(self) -> bool:
        """Checks everything; from now on every problem is shown at its field."""
        self._checks_all = True
        self.form.is_valid()
        for problem in self.problems:
            name = str(problem.where[0]) if problem.where else ""
            if name in _SHARED and not self.form.has_error(name):
                self.form.add_error(name, problem.sentence)
        return not self.problems and not self.form.errors

    @property
    def points(self) -> Decimal:
        """As they stand in the form; one when that is no number."""
        if not self.is_bound:
            return Decimal(str(self.form.initial["points"]))
        self.form.is_valid()
        points: Decimal = self.form.cleaned_data.get("points") or _ONE
        return points

    @property
    def objective_key(self) -> UUID | None:
        return self._key("objective")

    @property
    def lesson_key(self) -> UUID | None:
        return self._key("lesson")

    def _key(self, name: str) -> UUID | None:
        if self.is_bound:
            self.form.is_valid()
            return self.form.key(name)
        value = self.form.initial[name]
        return UUID(value) if value else None

    @property
    def view(self) -> dict[str, Any]:
        """What the type's template shows; problems only once somebody asked to save."""
        shown: list[ContentProblem] = self.problems if self._checks_all else []
        return {
            **self.type.editor_view(self.raw, shown),
            **self.type.editor_pictures(self.raw, self.pictures, shown),
        }

    @property
    def error_lines(self) -> list[dict[str, str]]:
        """For the summary on top: (id of the field, what it is called, sentence)."""
        if not self._checks_all:
            return []
        lines = [
            {"id": str(field.id_for_label), "label": str(field.label), "sentence": str(error)}
            for field in self.form.visible_fields()
            for error in field.errors
        ]
        lines += [
            {"id": each["id"], "label": "", "sentence": each["sentence"]}
            for each in self.view["problems"]
        ]
        return lines

    def preview(self) -> Preview:
        key = self.lesson_key
        lesson = self.names.lessons.get(key) if key else None
        return preview_of(
            self.type.name,
            self.cleaned_content,
            self.problems,
            self.version,
            points=self.points,
            # There is no learner whose lesson it could be.
            lesson=LessonLink(lesson.title, "") if lesson else None,
        )


def raw_in(sent: QueryDict) -> Fields:
    """The fields of a form, cleaned. What belongs to the other part of the form does no harm."""
    return {
        name: [clean(value) for value in sent.getlist(name)[:_MOST_FIELDS]]
        for name in list(sent)[:_MOST_FIELDS]
    }


def step_in(sent: Mapping[str, str]) -> str:
    """Which button was pressed; without one (Enter in a field) it is saving."""
    return str(sent.get("then") or "save")
