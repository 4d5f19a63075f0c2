from collections.abc import Mapping, Sequence

import pytest

from ce_platform.accounts.models import User
from ce_platform.core.models import AuditEvent
from courses.domain import objectives, outline
from courses.domain.errors import NotADraft, ObjectiveRefused
from courses.models import CourseVersion
from courses.parts import CoursePart, StudioLine
from tests.conftest import NOW
from tests.factories.courses import (
    LessonFactory,
    ModuleFactory,
    ObjectiveFactory,
    VersionFactory,
    publish,
    publishable,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]


@pytest.fixture
def draft() -> CourseVersion:
    return VersionFactory(status="draft")


def codes(version: CourseVersion) -> list[str]:
    return list(version.objectives.values_list("code", flat=True))


def add(version: CourseVersion, by: User, *texts: str) -> list[objectives.Objective]:
    return [objectives.add_objective(version, text=text, by=by, now=NOW) for text in texts]


def test_codes_go_on_from_the_highest(draft: CourseVersion, instructor: User) -> None:
    ObjectiveFactory(version=draft, code="A.1", position=1)
    ObjectiveFactory(version=draft, code="O7", position=2)

    add(draft, instructor, "Locate  ten\npoints.", "Plan a session.")

    assert codes(draft) == ["A.1", "O7", "O8", "O9"]
    assert draft.objectives.get(code="O8").text == "Locate ten points."


def test_code_stays_when_words_and_places_change(draft: CourseVersion, instructor: User) -> None:
    one, two, three = add(draft, instructor, "One.", "Two.", "Three.")

    objectives.save_objective(draft, one.key, text="First.", by=instructor, now=NOW)
    objectives.move_objective(draft, three.key, place=1, by=instructor, now=NOW)
    objectives.remove_objective(draft, two.key, by=instructor, now=NOW)

    assert [(row.key, row.position, row.code, row.text) for row in draft.objectives.all()] == [
        (three.key, 1, "O3", "Three."),
        (one.key, 2, "O1", "First."),
    ]


def test_numbering_anew_keeps_every_tie(draft: CourseVersion, instructor: User) -> None:
    one, two, three = add(draft, instructor, "One.", "Two.", "Three.")
    lesson = LessonFactory(module__version=draft)
    lesson.objectives.set([one, three])
    objectives.move_objective(draft, three.key, place=1, by=instructor, now=NOW)

    changed = objectives.renumber_objectives(draft, by=instructor, now=NOW)
    again = objectives.renumber_objectives(draft, by=instructor, now=NOW)

    assert (changed, again) == (3, 0)
    assert [(row.code, row.key) for row in draft.objectives.all()] == [
        ("O1", three.key),
        ("O2", one.key),
        ("O3", two.key),
    ]
    assert {each.key for each in lesson.objectives.all()} == {one.key, three.key}
    assert AuditEvent.objects.filter(action="objectives.renumbered").count() == 1


@pytest.mark.parametrize("text", ["", " \n ", "x" * 601])
def test_objective_refuses(draft: CourseVersion, instructor: User, text: str) -> None:
    with pytest.raises(ObjectiveRefused):
        add(draft, instructor, text)

    assert codes(draft) == []


def test_a_hundred_objectives_are_enough(draft: CourseVersion, instructor: User) -> None:
    for _ in range(100):
        ObjectiveFactory(version=draft)

    with pytest.raises(ObjectiveRefused, match="at most 100"):
        add(draft, instructor, "One more.")


def test_objective_of_another_course_is_not_there(draft: CourseVersion, instructor: User) -> None:
    other = ObjectiveFactory(version__status="draft")

    with pytest.raises(ObjectiveRefused, match="not there any more"):
        objectives.remove_objective(draft, other.key, by=instructor, now=NOW)


def test_published_objectives_are_not_changed(instructor: User) -> None:
    version = publish(publishable())
    key = version.objectives.get().key

    for change in (objectives.remove_objective, objectives.renumber_objectives):
        with pytest.raises(NotADraft):
            change(version, *([key] if "remove" in change.__name__ else []), by=instructor, now=NOW)


class Part(CoursePart):
    name = "part"

    def __init__(self, uses: Mapping[str, Sequence[StudioLine]]) -> None:
        self.uses = uses

    def objective_uses(self, version: CourseVersion) -> Mapping[str, Sequence[StudioLine]]:
        return self.uses


def test_uses_name_lessons_and_questions(
    draft: CourseVersion, instructor: User, alone: list[CoursePart]
) -> None:
    one, two = add(draft, instructor, "One.", "Two.")
    lesson = LessonFactory(module__version=draft, title="Points")
    lesson.objectives.set([one])
    alone.append(Part({str(one.key): [StudioLine("Exam", "Where?", "/there/", None)]}))

    uses = objectives.objective_uses(draft)

    assert [place.title for place in uses[one.key].lessons] == ["Points"]
    assert [(each.title, each.url) for each in uses[one.key].questions] == [
        ("Exam: Where?", "/there/")
    ]
    assert (uses[two.key].is_taught, uses[two.key].is_tested) == (False, False)


def test_removing_an_objective_unties_its_lessons(draft: CourseVersion, instructor: User) -> None:
    one, two = add(draft, instructor, "One.", "Two.")
    lesson = LessonFactory(module__version=draft)
    lesson.objectives.set([one, two])

    objectives.remove_objective(draft, one.key, by=instructor, now=NOW)

    assert [each.key for each in lesson.objectives.all()] == [two.key]


# ---------------------------------------------------------------- ties


def test_ties_change_only_what_is_named(draft: CourseVersion, instructor: User) -> None:
    one, two = add(draft, instructor, "One.", "Two.")
    module = ModuleFactory(version=draft)
    first, second = LessonFactory(module=module), LessonFactory(module=module)
    first.objectives.set([one])
    second.objectives.set([two])
    stranger = LessonFactory(module__version__status="draft")

    outline.tie_objectives(
        draft,
        added=[(first.pk, two.pk), (stranger.pk, one.pk), (first.pk, 10**9)],
        removed=[(first.pk, one.pk), (second.pk, one.pk)],
        by=instructor,
        now=NOW,
    )

    assert list(first.objectives.all()) == [two]
    assert list(second.objectives.all()) == [two]
    assert list(stranger.objectives.all()) == []


def test_undo_takes_ties_back(draft: CourseVersion, instructor: User) -> None:
    (one,) = add(draft, instructor, "One.")
    lesson = LessonFactory(module__version=draft)

    outline.tie_objectives(draft, added=[(lesson.pk, one.pk)], removed=[], by=instructor, now=NOW)
    assert list(lesson.objectives.all()) == [one]
    step = outline.undo(draft, by=instructor, now=NOW)

    assert step is not None
    assert step.sentence == "Changed which lessons teach which objectives"
    assert list(lesson.objectives.all()) == []
