"""Outline and lessons as pages of the studio."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ce_platform.accounts.models import User
from courses.models import Course, CourseVersion, Lesson, LessonRevision, SetAside
from tests.courses.marked import marked
from tests.factories.accounts import UserFactory
from tests.factories.courses import LessonFactory, VersionFactory

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


@pytest.fixture
def lesson(instructor: User) -> Lesson:
    made: Lesson = LessonFactory(
        module__version__status="draft",
        module__version__course__owner=instructor,
        title="Flow",
        body="It flows.\n",
    )
    return made


def url(name: str, lesson: Lesson) -> str:
    return reverse(f"courses:studio-{name}", args=[lesson.version.course.slug, lesson.key])


def outline_url(lesson: Lesson) -> str:
    return reverse("courses:studio-outline", args=[lesson.version.course.slug])


def counted(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("name", ["lesson", "lesson-preview", "lesson-history", "outline"])
def test_pages_ask_as_often_for_a_hundred_lessons(
    name: str, lesson: Lesson, instructor: User, client_of: ClientOf
) -> None:
    client = client_of(instructor)
    address = outline_url(lesson) if name == "outline" else url(name, lesson)
    one = counted(client, address)
    for place in range(2, 101):
        LessonFactory(module=lesson.module, position=place)

    assert counted(client, address) == one <= 20


def test_studio_lists_own_courses_in_three_queries_more(
    instructor: User, client_of: ClientOf
) -> None:
    client, address = client_of(instructor), reverse("courses:studio")
    counts = []
    for _ in range(3):
        version = VersionFactory(status="draft", course__owner=instructor)
        VersionFactory(status="draft")
        counts.append(counted(client, address))
        page = client.get(address).content.decode()
        assert version.title in page

    assert len(set(counts)) == 1
    assert page.count('class="row-title"') == 3


def test_other_instructors_and_learners_do_not_see_a_draft(
    lesson: Lesson, stranger: User, client_of: ClientOf
) -> None:
    other = UserFactory()
    other.groups.add(Group.objects.get(name="instructor"))

    assert client_of(other).get(outline_url(lesson)).status_code == 404
    assert client_of(other).get(url("lesson-preview", lesson)).status_code == 404
    assert client_of(other).post(url("lesson-save", lesson)).status_code == 404
    assert client_of(stranger).get(outline_url(lesson)).status_code == 403


def test_owner_who_is_no_instructor_any_more_is_refused(
    lesson: Lesson, instructor: User, client_of: ClientOf
) -> None:
    instructor.groups.clear()

    assert client_of(instructor).get(outline_url(lesson)).status_code == 403


def test_save_answers_with_the_next_number(
    lesson: Lesson, instructor: User, client_of: ClientOf
) -> None:
    client = client_of(instructor)
    sent = {"title": "Flow", "body": "It flows toward the neck. [@nobody", "based_on": 0}

    told = client.post(url("lesson-save", lesson), sent).json()

    assert (told["number"], told["words"]) == (2, 6)
    assert [each["line"] for each in told["problems"]] == [1]
    assert client.post(url("lesson-save", lesson), sent | {"body": "More."}).status_code == 409
    again = client.post(url("lesson-save", lesson), sent | {"body": "More.", "based_on": 2})
    assert again.json()["number"] == 3


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"title": "Flow", "body": "x"},
        {"title": "Flow", "body": "x", "based_on": "many"},
        {"title": " ", "body": "x", "based_on": 0},
        {"title": "x" * 201, "body": "x", "based_on": 0},
        {"title": "Flow", "body": "word " * 50_000, "based_on": 0},
    ],
)
def test_save_of_bad_input_gets_a_sentence(
    sent: dict[str, str], lesson: Lesson, instructor: User, client_of: ClientOf
) -> None:
    answer = client_of(instructor).post(url("lesson-save", lesson), sent)

    assert answer.status_code == 422
    assert answer.json()["sentence"]
    lesson.refresh_from_db()
    assert lesson.body == "It flows.\n"


def test_form_saves_without_javascript(
    lesson: Lesson, instructor: User, client_of: ClientOf
) -> None:
    client = client_of(instructor)
    form = client.get(url("lesson", lesson)).context["form"]

    answer = client.post(
        url("lesson", lesson),
        {"title": "Flow", "body": "New.\n", "based_on": form["based_on"].value()},
    )

    assert answer.status_code == 302
    lesson.refresh_from_db()
    assert lesson.body == "New.\n"


def test_stale_form_leads_to_both_texts(
    lesson: Lesson, instructor: User, registrar: User, client_of: ClientOf
) -> None:
    client = client_of(instructor)
    theirs = {"title": "Flow", "body": "Of the office.", "based_on": 0}
    client_of(registrar).post(url("lesson-save", lesson), theirs)

    answer = client.post(url("lesson", lesson), {"title": "Flow", "body": "Mine.", "based_on": 0})
    page = client.get(answer["Location"]).content.decode()

    assert "(added) </span>Mine.<" in page
    assert "Rita Registrar" in page
    number = client.get(answer["Location"]).context["number"]
    client.post(answer["Location"], {"take": "mine", "number": number})
    lesson.refresh_from_db()
    assert lesson.body == "Mine.\n"
    assert SetAside.objects.get().settled_at is not None
    assert [row.body for row in LessonRevision.objects.order_by("number")] == [
        "It flows.\n",
        "Of the office.\n",
        "Mine.\n",
    ]


def test_each_of_several_texts_is_compared_taken_or_thrown_away(
    lesson: Lesson, instructor: User, registrar: User, client_of: ClientOf
) -> None:
    client, page = client_of(instructor), url("lesson-aside", lesson)
    theirs = {"title": "Flow", "body": "Of the office.", "based_on": 0}
    client_of(registrar).post(url("lesson-save", lesson), theirs)
    for text in ("First window.", "Second window."):
        sent = {"title": "Flow", "body": text, "based_on": 0}
        assert client.post(url("lesson-save", lesson), sent).status_code == 409
    first, second = SetAside.objects.order_by("pk")

    shown = client.get(f"{page}?text={first.pk}").content.decode()
    unknown = client.post(page, {"take": "mine", "text": "0", "number": 2})
    thrown = client.post(page, {"take": "theirs", "text": first.pk})
    taken = client.post(page, {"take": "mine", "text": second.pk, "number": 2})

    assert "<ins>First window.</ins>" in marked(shown)
    assert [answer["Location"] for answer in (unknown, thrown, taken)] == [
        page,
        page,
        url("lesson", lesson),
    ]
    lesson.refresh_from_db()
    assert lesson.body == "Second window.\n"
    assert not SetAside.objects.filter(settled_at=None).exists()


def test_history_shows_differences_and_restores(
    lesson: Lesson, instructor: User, client_of: ClientOf
) -> None:
    client = client_of(instructor)
    client.post(
        url("lesson-save", lesson), {"title": "Flow", "body": "It flows down.", "based_on": 0}
    )

    page = client.get(url("lesson-history", lesson)).content.decode()
    assert "<ins>flows down.</ins>" in marked(page)
    client.post(url("lesson-restore", lesson), {"number": "1"})

    lesson.refresh_from_db()
    assert lesson.body == "It flows.\n"


@pytest.mark.parametrize("number", ["", "x", "0", "99", "9" * 40, "-1"])
def test_restoring_what_is_not_there_says_so(
    number: str, lesson: Lesson, instructor: User, client_of: ClientOf
) -> None:
    answer = client_of(instructor).post(
        url("lesson-restore", lesson), {"number": number}, follow=True
    )

    assert "not there any more" in answer.content.decode()


@pytest.mark.parametrize("query", ["?to=x", "?to=99", "?from=1&to=1", "?to=" + "9" * 30])
def test_history_takes_any_query(
    query: str, lesson: Lesson, instructor: User, client_of: ClientOf
) -> None:
    assert client_of(instructor).get(url("lesson-history", lesson) + query).status_code == 200


def test_preview_shows_the_text_that_is_not_saved_yet_and_keeps_nothing(
    lesson: Lesson, instructor: User, client_of: ClientOf
) -> None:
    answer = client_of(instructor).post(
        url("lesson-preview", lesson),
        {"title": "Flow", "body": "Not *saved*.", "based_on": 0},
        headers={"X-Requested-With": "fetch"},
    )

    assert "Not <em>saved</em>." in answer.content.decode()
    lesson.refresh_from_db()
    assert lesson.body == "It flows.\n"
    assert not LessonRevision.objects.exists()


def test_authored_text_brings_no_script_along(
    lesson: Lesson, instructor: User, client_of: ClientOf
) -> None:
    body = '<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror="alert(1)">'
    client = client_of(instructor)
    client.post(url("lesson-save", lesson), {"title": "<b>T</b>", "body": body, "based_on": 0})

    for name in ("lesson-preview", "lesson-history", "lesson"):
        page = client.get(url(name, lesson)).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert 'href="javascript:' not in page
        assert "<b>T</b>" not in page


def test_outline_actions_by_form(lesson: Lesson, instructor: User, client_of: ClientOf) -> None:
    client, slug = client_of(instructor), lesson.version.course.slug
    add = reverse("courses:studio-lesson-add", args=[slug, lesson.module.key])

    client.post(add, {"title": "Second"})
    second = Lesson.objects.get(title="Second")
    client.post(url("lesson-move", second), {"place": "1"})
    client.post(url("lesson-remove", lesson))
    assert [each.title for each in lesson.version.lessons.all()] == ["Second"]
    page = client.get(outline_url(lesson)).content.decode()
    assert "Removed the lesson “Flow”" in page
    client.post(reverse("courses:studio-outline-undo", args=[slug]))

    assert [each.title for each in lesson.version.lessons.all()] == ["Second", "Flow"]


@pytest.mark.parametrize("place", ["", "x", "0", "-3", "9" * 30])
def test_move_to_nowhere_says_so(
    place: str, lesson: Lesson, instructor: User, client_of: ClientOf
) -> None:
    answer = client_of(instructor).post(url("lesson-move", lesson), {"place": place}, follow=True)

    assert "Say where it should go." in answer.content.decode()


def test_empty_title_says_so(lesson: Lesson, instructor: User, client_of: ClientOf) -> None:
    slug = lesson.version.course.slug
    answer = client_of(instructor).post(
        reverse("courses:studio-module-add", args=[slug]), {"title": "  "}, follow=True
    )

    assert "Give it a title." in answer.content.decode()


def test_course_is_begun_from_its_title(instructor: User, client_of: ClientOf) -> None:
    client = client_of(instructor)

    assert client.post(reverse("courses:studio-course-new"), {"title": " "}).status_code == 422
    answer = client.post(reverse("courses:studio-course-new"), {"title": "Jaw & neck 🧘"})

    course = Course.objects.get()
    assert answer["Location"] == reverse("courses:studio-outline", args=[course.slug])
    assert CourseVersion.objects.get().title == "Jaw & neck 🧘"


def test_draft_is_begun_from_what_is_published(instructor: User, client_of: ClientOf) -> None:
    published = LessonFactory(module__version__course__owner=instructor).version
    client, slug = client_of(instructor), published.course.slug

    page = client.get(reverse("courses:studio-outline", args=[slug])).content.decode()
    assert "Begin a new edition" in page
    client.post(reverse("courses:studio-draft-begin", args=[slug]), {"kind": "typo"})
    again = client.post(
        reverse("courses:studio-draft-begin", args=[slug]), {"kind": "typo"}, follow=True
    )

    assert [str(each.label) for each in published.course.versions.order_by("pk")] == [
        "edition 1.0",
        "edition 1.1",
    ]
    assert "There is a draft already" in again.content.decode()
