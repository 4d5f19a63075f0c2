"""Which lesson teaches and which quiz tests each objective, as a table."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.urls import reverse

from courses.models import CourseVersion, Lesson, Module, Objective
from courses.parts import StudioLine, parts


@dataclass(frozen=True)
class Cell:
    """Of a lesson: whether it teaches the objective. Of a quiz: how many questions ask for it."""

    objective: Objective
    is_taught: bool = False
    count: int = 0


@dataclass(frozen=True)
class Row:
    title: str
    url: str
    cells: Sequence[Cell]
    lesson: Lesson | None = None


@dataclass
class Group:
    """A module with what is in it; without a title: what ends the whole course."""

    title: str
    rows: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class Matrix:
    objectives: Sequence[Objective]
    groups: Sequence[Group]

    @property
    def _cells(self) -> list[Cell]:
        return [cell for group in self.groups for row in group.rows for cell in row.cells]

    @property
    def untaught(self) -> list[Objective]:
        taught = {cell.objective.pk for cell in self._cells if cell.is_taught}
        return [each for each in self.objectives if each.pk not in taught]

    @property
    def untested(self) -> list[Objective]:
        tested = {cell.objective.pk for cell in self._cells if cell.count}
        return [each for each in self.objectives if each.pk not in tested]

    @property
    def idle(self) -> list[Row]:
        """Lessons that teach no objective."""
        return [
            row
            for group in self.groups
            for row in group.rows
            if row.lesson is not None and not any(cell.is_taught for cell in row.cells)
        ]

    @property
    def ticks(self) -> str:
        """The ticks of all lessons, for the form to tell what was changed."""
        return " ".join(
            f"{row.lesson.pk}-{cell.objective.pk}"
            for group in self.groups
            for row in group.rows
            for cell in row.cells
            if row.lesson is not None and cell.is_taught
        )


def matrix_of(version: CourseVersion) -> Matrix:
    """Four queries and those of the parts, for any number of lessons."""
    objectives = list(version.objectives.all())
    modules = list(Module.objects.filter(version=version))
    groups = {module.pk: Group(module.title) for module in modules}
    taught = set(
        Lesson.objectives.through.objects.filter(lesson__version=version).values_list(
            "lesson_id", "objective_id"
        )
    )
    before = reverse("courses:studio-outline", args=[version.course.slug])
    for lesson in Lesson.objects.filter(version=version).defer("body", "body_html"):
        cells = [Cell(each, is_taught=(lesson.pk, each.pk) in taught) for each in objectives]
        # Put together by hand: to reverse the address of a hundred lessons takes longer than all
        # the rest.
        url = f"{before}lessons/{lesson.key}/"
        groups[lesson.module_id].rows.append(Row(lesson.title, url, cells, lesson))
    at_the_end = Group("")
    for line, counts in _quizzes(version):
        cells = [Cell(each, count=counts.get(str(each.key), 0)) for each in objectives]
        group = groups.get(line.module_id or 0, at_the_end)
        group.rows.append(Row(line.title, line.url, cells))
    ordered = [groups[module.pk] for module in modules]
    return Matrix(objectives, [*ordered, at_the_end] if at_the_end.rows else ordered)


def _quizzes(version: CourseVersion) -> list[tuple[StudioLine, dict[str, int]]]:
    """What the parts have in the outline, with the number of questions by key of objective.

    A module ends with one quiz of a name, so place and title tell quizzes apart.
    """
    lines: dict[tuple[int | None, str], StudioLine] = {}
    counts: dict[tuple[int | None, str], dict[str, int]] = {}
    for part in parts():
        for line in part.studio_lines(version):
            lines[line.module_id, line.title] = line
        for key, questions in part.objective_uses(version).items():
            for question in questions:
                place = (question.module_id, question.title)
                lines.setdefault(place, question)
                of_quiz = counts.setdefault(place, {})
                of_quiz[key] = of_quiz.get(key, 0) + 1
    return [(line, counts.get(place, {})) for place, line in lines.items()]
