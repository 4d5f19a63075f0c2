"""Objectives in the studio, and the matrix of what teaches and tests them."""

from collections.abc import Callable, Mapping, Sequence

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ce_platform.accounts.models import User
from courses.models import CourseVersion, Lesson, Objective
from courses.parts import CoursePart, StudioLine
from tests.factories.accounts import UserFactory
from tests.factories.courses import (
    LessonFactory,
    ModuleFactory,
    ObjectiveFactory,
    VersionFactory,
    publish,
    publishable,
)

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


class Part(CoursePart):
    name = "part"

    def __init__(self) -> None:
        self.uses: dict[str, list[StudioLine]] = {}
        self.lines: list[StudioLine] = []

    def objective_uses(self, version: CourseVersion) -> Mapping[str, Sequence[StudioLine]]:
        return self.uses

    def studio_lines(self, version: CourseVersion) -> list[StudioLine]:
        return self.lines


@pytest.fixture(autouse=True)
def part(alone: list[CoursePart]) -> Part:
    part = Part()
    alone.append(part)
    return part


@pytest.fixture
def draft(instructor: User) -> CourseVersion:
    return VersionFactory(status="draft", course__slug="face", course__owner=instructor)


@pytest.fixture
def client(instructor: User, client_of: ClientOf) -> Client:
    return client_of(instructor)


def url(name: str = "studio-objectives", *args: object) -> str:
    return reverse(f"courses:{name}", args=["face", *args])


def codes(version: CourseVersion) -> list[str]:
    return list(version.objectives.values_list("code", flat=True))


@pytest.fixture
def three(draft: CourseVersion) -> list[Objective]:
    return [
        ObjectiveFactory(version=draft, code=f"O{place}", position=place, text=f"Do {place}.")
        for place in (1, 2, 3)
    ]


def test_empty_list_offers_the_first_step(client: Client, draft: CourseVersion) -> None:
    html = client.get(url()).content.decode()

    assert "No objectives yet" in html
    assert "Number the codes anew" not in html


def test_objective_is_added_changed_and_moved(
    client: Client, draft: CourseVersion, three: list[Objective]
) -> None:
    client.post(url("studio-objective-add"), {"text": "Locate 🙂 <points>."})
    added = draft.objectives.get(code="O4")
    client.post(url("studio-objective", three[0].key), {"text": "Do it well."})
    answer = client.post(url("studio-objective-move", added.key), {"place": "1"})

    assert answer.url == f"{url()}#at-{added.key}"
    assert codes(draft) == ["O4", "O1", "O2", "O3"]
    html = client.get(url()).content.decode()
    assert "Locate 🙂 &lt;points&gt;." in html
    assert "Do it well." in html
    assert "Number the codes anew" in html
    client.post(url("studio-objectives-renumber"))
    assert codes(draft) == ["O1", "O2", "O3", "O4"]


@pytest.mark.parametrize("text", ["", "  ", "x" * 601])
def test_bad_words_are_told_and_kept(
    client: Client, draft: CourseVersion, three: list[Objective], text: str
) -> None:
    added = client.post(url("studio-objective-add"), {"text": text})
    changed = client.post(url("studio-objective", three[1].key), {"text": text})

    for answer in (added, changed):
        assert answer.status_code == 422
        assert text.strip() in answer.content.decode()
    assert "open" in changed.content.decode().split(f'id="at-{three[1].key}"')[1]
    assert codes(draft) == ["O1", "O2", "O3"]


def test_removing_names_what_hangs_on_it(
    client: Client, draft: CourseVersion, three: list[Objective], part: Part
) -> None:
    lesson = LessonFactory(module__version=draft, title="Points of the face")
    lesson.objectives.add(three[0])
    part.uses = {str(three[0].key): [StudioLine("Exam", "Where is ST3?", "/exam/", None)]}

    asked = client.get(url("studio-objective-remove", three[0].key)).content.decode()
    assert "Points of the face" in asked
    assert '<a href="/exam/">Exam: Where is ST3?</a>' in asked
    idle = client.get(url("studio-objective-remove", three[1].key)).content.decode()
    assert "No lesson and no question uses it." in idle
    assert codes(draft) == ["O1", "O2", "O3"]

    client.post(url("studio-objective-remove", three[0].key))

    assert codes(draft) == ["O2", "O3"]
    again = client.post(url("studio-objective-remove", three[0].key), follow=True)
    assert "not there any more" in again.content.decode()


# ---------------------------------------------------------------- matrix


@pytest.fixture
def lessons(draft: CourseVersion, three: list[Objective]) -> list[Lesson]:
    module = ModuleFactory(version=draft, title="Points")
    made = [LessonFactory(module=module, title=f"Lesson {place}") for place in (1, 2)]
    made[0].objectives.set([three[0]])
    return made


def test_matrix_says_in_words_what_is_missing(
    client: Client, three: list[Objective], lessons: list[Lesson], part: Part
) -> None:
    module_id = lessons[0].module_id
    quiz = StudioLine("Quiz", "5 questions", "/quiz/", module_id)
    part.lines = [quiz, StudioLine("Exam", "10 questions", "/exam/", None)]
    question = StudioLine("Quiz", "Where?", "/elsewhere/", module_id)
    part.uses = {str(three[1].key): [question, question]}

    answer = client.get(url("studio-matrix"))

    matrix, html = answer.context["matrix"], answer.content.decode()
    assert [each.code for each in matrix.untaught] == ["O2", "O3"]
    assert [each.code for each in matrix.untested] == ["O1", "O3"]
    assert [
        (group.title, [(row.title, row.url, [cell.count for cell in row.cells])
                       for row in group.rows if not row.lesson])
        for group in matrix.groups
    ] == [
        ("Points", [("Quiz", "/quiz/", [0, 2, 0])]),
        ("", [("Exam", "/exam/", [0, 0, 0])]),
    ]  # fmt: skip
    assert "1 lesson teaches no objective." in html
    assert reverse("courses:studio-lesson", args=["face", lessons[0].key]) in html
    assert '<a href="/quiz/">2<span class="visually-hidden"> questions for O2 in Quiz' in html


def test_ticks_are_saved_all_at_once(
    client: Client, three: list[Objective], lessons: list[Lesson]
) -> None:
    was = client.get(url("studio-matrix")).context["matrix"].ticks
    ticks = [
        f"{lessons[0].pk}-{three[2].pk}",
        f"{lessons[1].pk}-{three[0].pk}",
        f"{lessons[1].pk}-{three[1].pk}",
    ]

    answer = client.post(url("studio-matrix"), {"was": was, "teaches": ticks})

    assert (answer.status_code, answer.url) == (302, url("studio-matrix"))
    assert [sorted(each.code for each in lesson.objectives.all()) for lesson in lessons] == [
        ["O3"],
        ["O1", "O2"],
    ]


def test_two_who_tick_at_once_keep_both(
    client: Client, three: list[Objective], lessons: list[Lesson]
) -> None:
    was = client.get(url("studio-matrix")).context["matrix"].ticks
    first, second = (f"{lessons[1].pk}-{each.pk}" for each in three[:2])

    client.post(url("studio-matrix"), {"was": was, "teaches": [*was.split(), first]})
    client.post(url("studio-matrix"), {"was": was, "teaches": [*was.split(), second]})

    assert sorted(each.code for each in lessons[1].objectives.all()) == ["O1", "O2"]


@pytest.mark.parametrize(
    "ticks", [["x"], ["1"], ["-"], ["1-x"], ["9" * 30 + "-1"], ["١-٢"], ["1-2-3"], ["0-0"]]
)
def test_senseless_ticks_change_nothing(
    client: Client, lessons: list[Lesson], ticks: list[str]
) -> None:
    answer = client.post(url("studio-matrix"), {"was": " ".join(ticks), "teaches": ticks})

    assert answer.status_code == 302
    assert [lesson.objectives.count() for lesson in lessons] == [1, 0]


def test_ticks_of_another_course_are_not_touched(
    client: Client, three: list[Objective], lessons: list[Lesson]
) -> None:
    other = LessonFactory(module__version__status="draft")
    theirs = ObjectiveFactory(version=other.version)
    other.objectives.add(theirs)

    client.post(
        url("studio-matrix"),
        {
            "was": f"{other.pk}-{theirs.pk}",
            "teaches": [f"{other.pk}-{three[0].pk}", f"{lessons[1].pk}-{theirs.pk}"],
        },
    )

    assert list(other.objectives.all()) == [theirs]
    assert lessons[1].objectives.count() == 0


def test_matrix_without_objectives_offers_to_write_them(
    client: Client, draft: CourseVersion
) -> None:
    assert "Write objectives" in client.get(url("studio-matrix")).content.decode()


def test_matrix_of_what_is_published_has_no_boxes(client: Client, instructor: User) -> None:
    publish(publishable(course__slug="face", course__owner=instructor))

    html = client.get(url("studio-matrix")).content.decode()

    assert "tick-mark" in html
    assert "checkbox" not in html
    assert client.post(url("studio-matrix"), {"was": ""}).status_code == 403


def test_a_hundred_lessons_cost_as_many_queries_as_two(
    client: Client, draft: CourseVersion, lessons: list[Lesson], three: list[Objective]
) -> None:
    def asked(name: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url(name)).status_code == 200
        return len(captured)

    client.get(url())  # What is kept from here on is no part of the page.
    before = [asked("studio-matrix"), asked("studio-objectives")]
    module = ModuleFactory(version=draft)
    for _ in range(98):
        LessonFactory(module=module).objectives.set(three)

    assert [asked("studio-matrix"), asked("studio-objectives")] == before
    assert before[0] <= 10


# ---------------------------------------------------------------- who

WRITES = [
    ("studio-objective-add", False),
    ("studio-objectives-renumber", False),
    ("studio-matrix", False),
    ("studio-objective", True),
    ("studio-objective-move", True),
    ("studio-objective-remove", True),
]


@pytest.mark.parametrize(("name", "takes_key"), WRITES)
def test_other_instructors_do_not_find_it(
    draft: CourseVersion, three: list[Objective], client_of: ClientOf, name: str, takes_key: bool
) -> None:
    other = UserFactory()
    other.groups.add(Group.objects.get(name="instructor"))
    key = [three[0].key] if takes_key else []

    assert client_of(other).get(url()).status_code == 404
    assert client_of(other).get(url("studio-matrix")).status_code == 404
    assert client_of(other).post(url(name, *key), {"text": "Mine."}).status_code == 404
    assert codes(draft) == ["O1", "O2", "O3"]


def test_key_of_another_course_is_not_found(client: Client, draft: CourseVersion) -> None:
    theirs = ObjectiveFactory(version__status="draft")

    assert client.post(url("studio-objective", theirs.key), {"text": "x"}).status_code == 404
    assert client.get(url("studio-objective-remove", theirs.key)).status_code == 404
    assert (
        "not there any more"
        in client.post(
            url("studio-objective-move", theirs.key), {"place": "1"}, follow=True
        ).content.decode()
    )
