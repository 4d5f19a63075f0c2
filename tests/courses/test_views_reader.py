from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from courses import frozen
from courses.models import CourseVersion, Enrollment, LessonProgress
from courses.parts import CoursePart, OutlineLine
from tests.courses.conftest import Package
from tests.factories.courses import (
    EnrollmentFactory,
    LessonFactory,
    ModuleFactory,
    ObjectiveFactory,
    VersionFactory,
    publish,
)
from tests.factories.thaw import thawed

pytestmark = pytest.mark.django_db


class Quizzes(CoursePart):
    """Stands for quizzes: one line at the end of the course."""

    name = "quizzes"

    def outline_lines(
        self, version: CourseVersion, enrollment: Enrollment | None
    ) -> list[OutlineLine]:
        return [OutlineLine("Final exam", "80 % to pass", "/exam/", False, None)]


@pytest.fixture
def version() -> CourseVersion:
    version: CourseVersion = VersionFactory(title="Face work", lesson_count=2)
    module = ModuleFactory(version=version, position=1, title="First module")
    first = LessonFactory(
        module=module, position=1, slug="one", title="Lesson one", counted_words=800
    )
    LessonFactory(module=module, position=2, slug="two", title="Lesson two")
    objective = ObjectiveFactory(version=version, text="Find the points.")
    with thawed():
        first.objectives.add(objective)
    return version


@pytest.fixture
def enrollment(owner, version: CourseVersion) -> Enrollment:
    row: Enrollment = EnrollmentFactory(user=owner, version=version, started_at=timezone.now())
    return row


@pytest.fixture
def browser(client_of, owner) -> Client:
    made: Client = client_of(owner)
    return made


def url_of(enrollment: Enrollment, slug: str = "one", end: str = "") -> str:
    return f"/learn/{enrollment.uid}/lessons/{slug}/{end}"


def text_of(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


# ---------------------------------------------------------------- the page


def test_lesson_shows_where_one_is_and_what_is_next(
    browser: Client, enrollment: Enrollment, alone: list[CoursePart]
) -> None:
    alone.append(Quizzes())

    found = text_of(browser.get(url_of(enrollment)))

    for sentence in (
        "<p>Some text.</p>",
        "Lesson one",
        "First module",
        "About 5 minutes to read",
        "Find the points.",
        "0 of 2 lessons finished",
        "Finish this lesson",
        "Lesson two",
        "Final exam",
        "We note how long this page is open and visible. It never holds you up.",
    ):
        assert sentence in found, sentence
    assert 'aria-current="page"' in found
    assert "style=" not in found


def test_opening_a_lesson_is_remembered_for_any_device(
    browser: Client, enrollment: Enrollment
) -> None:
    browser.get(url_of(enrollment, "two"))

    enrollment.refresh_from_db()
    assert enrollment.last_lesson is not None
    assert enrollment.last_lesson.slug == "two"
    assert LessonProgress.objects.get().lesson_key == enrollment.last_lesson.key


def test_lesson_leads_back_to_the_place_where_one_stopped(
    browser: Client, enrollment: Enrollment
) -> None:
    browser.get(url_of(enrollment))
    LessonProgress.objects.update(scroll_permille=420)

    assert 'data-resume="420"' in text_of(browser.get(url_of(enrollment)))


@pytest.mark.parametrize("place", [0, 20, 990])
def test_lesson_stays_at_the_top_when_there_is_nothing_to_go_back_to(
    browser: Client, enrollment: Enrollment, place: int
) -> None:
    browser.get(url_of(enrollment))
    LessonProgress.objects.update(scroll_permille=place)

    assert "data-resume=" not in text_of(browser.get(url_of(enrollment)))


def test_lesson_page_takes_eight_queries_however_many_lessons(
    browser: Client, enrollment: Enrollment, version: CourseVersion, django_assert_max_num_queries
) -> None:
    browser.get(url_of(enrollment))
    with django_assert_max_num_queries(8) as one:
        browser.get(url_of(enrollment))

    module = ModuleFactory(version=version, position=2)
    for position in (3, 4, 5):
        LessonFactory(module=module, position=position)
    frozen.forget()
    browser.get(url_of(enrollment))
    with django_assert_max_num_queries(8) as three:
        assert "0 of 5 lessons finished" in text_of(browser.get(url_of(enrollment)))
    assert len(one) == len(three)


def test_lesson_of_a_withdrawn_course_can_be_read_but_counts_nothing(
    browser: Client, enrollment: Enrollment
) -> None:
    Enrollment.objects.update(status="withdrawn")

    found = text_of(browser.get(url_of(enrollment)))

    assert "You left this course" in found
    assert "Finish this lesson" not in found
    assert not LessonProgress.objects.exists()


def test_package_lesson_stays_below_sixty_kilobytes(
    client_of, owner, package: Package, alone: list[CoursePart]
) -> None:
    version = package.load().version
    assert version is not None
    publish(version)
    enrollment = EnrollmentFactory(user=owner, version=version)

    for lesson in version.lessons.all():
        response = client_of(owner).get(url_of(enrollment, lesson.slug))
        assert response.status_code == 200
        assert len(response.content) < 60_000


# ---------------------------------------------------------------- finishing


def test_finishing_a_lesson_turns_the_page(browser: Client, enrollment: Enrollment) -> None:
    response = browser.post(url_of(enrollment, "one", "finish/"))

    assert (response.status_code, response["Location"]) == (302, url_of(enrollment, "two"))
    enrollment.refresh_from_db()
    assert enrollment.finished_lesson_count == 1
    assert "You finished this lesson on" in text_of(browser.get(url_of(enrollment)))


def test_finishing_twice_counts_once(browser: Client, enrollment: Enrollment) -> None:
    for _ in range(2):
        browser.post(url_of(enrollment, "one", "finish/"))

    enrollment.refresh_from_db()
    assert enrollment.finished_lesson_count == 1


def test_finishing_the_last_lesson_leads_to_the_exam(
    browser: Client, enrollment: Enrollment, alone: list[CoursePart]
) -> None:
    alone.append(Quizzes())

    assert browser.post(url_of(enrollment, "two", "finish/"))["Location"] == "/exam/"


def test_finishing_the_last_lesson_without_an_exam_leads_to_the_overview(
    browser: Client, enrollment: Enrollment, alone: list[CoursePart]
) -> None:
    response = browser.post(url_of(enrollment, "two", "finish/"))

    assert response["Location"] == enrollment.get_absolute_url()


def test_finishing_can_be_undone(browser: Client, enrollment: Enrollment) -> None:
    browser.post(url_of(enrollment, "one", "finish/"))

    response = browser.post(url_of(enrollment, "one", "unfinish/"))

    assert response["Location"] == url_of(enrollment)
    enrollment.refresh_from_db()
    assert enrollment.finished_lesson_count == 0


@pytest.mark.parametrize("end", ["finish/", "unfinish/"])
def test_nothing_moves_in_a_withdrawn_course(
    browser: Client, enrollment: Enrollment, end: str
) -> None:
    Enrollment.objects.update(status="withdrawn")

    response = browser.post(url_of(enrollment, "one", end), follow=True)

    assert "You left this course" in text_of(response)
    assert not LessonProgress.objects.exists()


# ---------------------------------------------------------------- time


def test_time_report_is_added_and_capped_by_what_has_passed(
    browser: Client, enrollment: Enrollment
) -> None:
    browser.get(url_of(enrollment))
    LessonProgress.objects.update(opened_at=timezone.now() - timedelta(seconds=20))

    response = browser.post(url_of(enrollment, end="time/"), {"seconds": "900", "scroll": "300"})

    assert response.status_code == 204
    row = LessonProgress.objects.get()
    assert (row.seconds_visible in (20, 21), row.scroll_permille) == (True, 300)
    enrollment.refresh_from_db()
    assert enrollment.seconds_on_task == row.seconds_visible


@pytest.mark.parametrize(
    "report",
    [{}, {"seconds": "x", "scroll": "1"}, {"seconds": "1"}, {"seconds": "1", "scroll": "1001"},
     {"seconds": "-1", "scroll": "0"}],
)  # fmt: skip
def test_odd_time_report_is_422_and_writes_nothing(
    browser: Client, enrollment: Enrollment, report: dict[str, str]
) -> None:
    assert browser.post(url_of(enrollment, end="time/"), report).status_code == 422
    assert not LessonProgress.objects.exists()


def test_time_report_needs_the_token_of_the_page(owner, enrollment: Enrollment) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(owner)

    response = browser.post(url_of(enrollment, end="time/"), {"seconds": "5", "scroll": "0"})

    assert response.status_code == 403


# ---------------------------------------------------------------- permission

ENDS = ("", "finish/", "unfinish/", "time/")


@pytest.mark.parametrize("end", ENDS)
def test_lesson_pages_need_login(client: Client, enrollment: Enrollment, end: str) -> None:
    response = client.post(url_of(enrollment, end=end)) if end else client.get(url_of(enrollment))

    assert response.status_code == 302
    assert "/account/login/" in response["Location"]


@pytest.mark.parametrize("end", ENDS)
def test_lesson_pages_are_404_for_a_stranger(
    client_of, stranger, registrar, enrollment: Enrollment, end: str
) -> None:
    for person in (stranger, registrar):
        browser = client_of(person)
        url = url_of(enrollment, end=end)
        data = {"seconds": "1", "scroll": "1"}
        assert (browser.post(url, data) if end else browser.get(url)).status_code == 404


@pytest.mark.parametrize("end", ENDS)
def test_lesson_of_another_course_is_404(browser: Client, enrollment: Enrollment, end: str) -> None:
    LessonFactory(slug="elsewhere")
    url = url_of(enrollment, "elsewhere", end)

    data = {"seconds": "1", "scroll": "1"}
    assert (browser.post(url, data) if end else browser.get(url)).status_code == 404


@pytest.mark.parametrize("end", ENDS)
def test_wrong_method_is_405(browser: Client, enrollment: Enrollment, end: str) -> None:
    url = url_of(enrollment, end=end)

    assert (browser.get(url) if end else browser.post(url)).status_code == 405
