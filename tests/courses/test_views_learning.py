import re

import pytest
from django.test import Client
from django.utils import timezone

from courses.domain.enrolling import enroll
from courses.models import CourseVersion, Enrollment, Evaluation
from courses.parts import ChecklistLine, CoursePart, Item
from tests.conftest import NOW
from tests.courses.conftest import Package
from tests.factories.courses import (
    EnrollmentFactory,
    LessonFactory,
    ModuleFactory,
    ObjectiveFactory,
    VersionFactory,
    publish,
)

pytestmark = pytest.mark.django_db
ANSWERS = {
    "objectives_met": "5",
    "content_accurate": "4",
    "useful_in_practice": "4",
    "free_of_bias": "5",
    "minutes_taken": "45",
    "comment": "  More on the neck. ",
}


class LastSteps(CoursePart):
    """Stands for certificates: something after the evaluation."""

    name = "last"
    is_after_evaluation = True

    def unmet(self, enrollments):  # type: ignore[no-untyped-def]
        return {each.pk: [Item("attest", "You still need: the statement.", "/finish/")]
                for each in enrollments}  # fmt: skip

    def checklist(self, enrollment: Enrollment) -> list[ChecklistLine]:
        return [ChecklistLine("attest", "Sign the statement", False, "/finish/", "last of all")]


@pytest.fixture
def version() -> CourseVersion:
    version: CourseVersion = VersionFactory(title="Face work", lesson_count=1)
    LessonFactory(module__version=version, position=1, slug="one", title="Lesson one")
    ObjectiveFactory(version=version, text="Find the points.")
    return version


@pytest.fixture
def enrollment(owner, version: CourseVersion) -> Enrollment:
    row: Enrollment = EnrollmentFactory(user=owner, version=version)
    return row


@pytest.fixture
def browser(client_of, owner) -> Client:
    made: Client = client_of(owner)
    return made


def text_of(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


# ---------------------------------------------------------------- overview


def test_overview_shows_the_next_step_and_all_that_is_open(
    browser: Client, enrollment: Enrollment, alone: list[CoursePart]
) -> None:
    alone.append(LastSteps())

    found = text_of(browser.get(enrollment.get_absolute_url()))

    for sentence in (
        "Start the first lesson",
        "Finish every lesson",
        "0 of 1",
        "Answer the evaluation",
        "Sign the statement",
        "last of all",
        "Leave this course",
        "Print the whole course",
    ):
        assert sentence in found, sentence


def test_overview_of_a_completed_course_leads_to_the_certificate(
    browser: Client, enrollment: Enrollment
) -> None:
    Enrollment.objects.update(
        status="completed", completed_at=NOW, completed_on=NOW.date(), completed_zone="UTC"
    )

    found = text_of(browser.get(enrollment.get_absolute_url()))

    assert "You completed this course" in found
    assert "November 20, 2026" in found
    assert "Leave this course" not in found


def test_overview_queries_do_not_grow(
    browser: Client, owner, django_assert_max_num_queries, alone: list[CoursePart]
) -> None:
    browser.get("/courses/")
    counts = []
    for lessons in (1, 3):
        version = VersionFactory()
        module = ModuleFactory(version=version)
        for position in range(lessons):
            LessonFactory(module=module, position=position + 1)
        enrollment = EnrollmentFactory(user=owner, version=version)
        with django_assert_max_num_queries(16) as seen:
            browser.get(enrollment.get_absolute_url())
        counts.append(len(seen))
    assert counts[0] == counts[1]


# ---------------------------------------------------------------- leaving and coming back


def test_leaving_is_undone_by_enrolling_again(browser: Client, enrollment: Enrollment) -> None:
    response = browser.post(f"/learn/{enrollment.uid}/withdraw/", follow=True)

    enrollment.refresh_from_db()
    assert enrollment.status == "withdrawn"
    assert "What you finished is kept" in text_of(response)
    assert "Go back in" in text_of(browser.get(enrollment.get_absolute_url()))

    browser.post(f"/courses/{enrollment.course.slug}/enroll/")

    enrollment.refresh_from_db()
    assert enrollment.status == "open"


def test_a_completed_course_cannot_be_left(browser: Client, enrollment: Enrollment) -> None:
    Enrollment.objects.update(
        status="completed", completed_at=NOW, completed_on=NOW.date(), completed_zone="UTC"
    )

    response = browser.post(f"/learn/{enrollment.uid}/withdraw/", follow=True)

    assert "You have completed this course" in text_of(response)
    enrollment.refresh_from_db()
    assert enrollment.status == "completed"


# ---------------------------------------------------------------- evaluation


def test_evaluation_is_kept_and_leads_to_the_last_step(
    browser: Client, owner, version: CourseVersion, alone: list[CoursePart]
) -> None:
    alone.append(LastSteps())
    enrollment = enroll(owner, version.course, now=timezone.now())
    browser.post(f"/learn/{enrollment.uid}/lessons/one/finish/")

    response = browser.post(f"/learn/{enrollment.uid}/evaluation/", ANSWERS)

    assert (response.status_code, response["Location"]) == (302, "/finish/")
    kept = Evaluation.objects.get()
    assert (kept.objectives_met, kept.minutes_taken, kept.comment) == (5, 45, "More on the neck.")


def test_evaluation_as_the_last_step_completes_the_course(
    browser: Client, enrollment: Enrollment, alone: list[CoursePart]
) -> None:
    browser.post(f"/learn/{enrollment.uid}/lessons/one/finish/")

    browser.post(f"/learn/{enrollment.uid}/evaluation/", ANSWERS)

    enrollment.refresh_from_db()
    assert enrollment.status == "completed"


def test_evaluation_sent_twice_is_kept_once(browser: Client, enrollment: Enrollment) -> None:
    for useful in ("5", "1"):
        answers = ANSWERS | {"useful_in_practice": useful}
        assert browser.post(f"/learn/{enrollment.uid}/evaluation/", answers).status_code == 302

    assert Evaluation.objects.get().useful_in_practice == 5
    assert "Thank you" in text_of(browser.get(f"/learn/{enrollment.uid}/evaluation/"))


@pytest.mark.parametrize(
    "wrong",
    [{"objectives_met": ""}, {"free_of_bias": "6"}, {"minutes_taken": "0"},
     {"minutes_taken": "many"}, {"comment": "x" * 5000}, {"comment": "a\x00b"}],
)  # fmt: skip
def test_evaluation_with_a_gap_is_422_and_says_where(
    browser: Client, enrollment: Enrollment, wrong: dict[str, str]
) -> None:
    response = browser.post(f"/learn/{enrollment.uid}/evaluation/", ANSWERS | wrong)

    assert response.status_code == 422
    assert "Please look at this again" in text_of(response)
    assert not Evaluation.objects.exists()


def test_evaluation_says_what_is_open_before_it(browser: Client, enrollment: Enrollment) -> None:
    found = text_of(browser.get(f"/learn/{enrollment.uid}/evaluation/"))

    assert "One thing is still open before this" in found
    assert "Find the points." in found


def test_evaluation_of_a_withdrawn_course_is_not_taken(
    browser: Client, enrollment: Enrollment
) -> None:
    Enrollment.objects.update(status="withdrawn")

    assert browser.post(f"/learn/{enrollment.uid}/evaluation/", ANSWERS).status_code == 422
    assert not Evaluation.objects.exists()


# ---------------------------------------------------------------- print


def test_printable_course_has_every_lesson_and_no_id_twice(
    client_of, owner, package: Package, alone: list[CoursePart]
) -> None:
    version = package.load().version
    assert version is not None
    publish(version)
    enrollment = EnrollmentFactory(user=owner, version=version)

    found = text_of(client_of(owner).get(f"/learn/{enrollment.uid}/print/"))

    for lesson in version.lessons.all():
        assert f'id="lesson-{lesson.position}"' in found
    ids = re.findall(r'\sid="([^"]+)"', found)
    assert len(ids) == len(set(ids))
    targets = set(re.findall(r'href="#([^"]+)"', found))
    assert targets <= set(ids)


# ---------------------------------------------------------------- permission

PAGES = ("", "print/", "evaluation/")


@pytest.mark.parametrize("page", PAGES)
def test_learning_pages_need_login(client: Client, enrollment: Enrollment, page: str) -> None:
    response = client.get(f"/learn/{enrollment.uid}/{page}")

    assert response.status_code == 302
    assert "/account/login/" in response["Location"]


@pytest.mark.parametrize("page", PAGES)
def test_learning_pages_are_404_for_others(
    client_of, stranger, instructor, registrar, enrollment: Enrollment, page: str
) -> None:
    for person in (stranger, instructor, registrar):
        assert client_of(person).get(f"/learn/{enrollment.uid}/{page}").status_code == 404


def test_leaving_is_404_for_a_stranger(client_of, stranger, enrollment: Enrollment) -> None:
    assert client_of(stranger).post(f"/learn/{enrollment.uid}/withdraw/").status_code == 404
    enrollment.refresh_from_db()
    assert enrollment.status == "open"


def test_wrong_method_is_405(browser: Client, enrollment: Enrollment) -> None:
    assert browser.get(f"/learn/{enrollment.uid}/withdraw/").status_code == 405
    assert browser.post(f"/learn/{enrollment.uid}/").status_code == 405
    assert browser.post(f"/learn/{enrollment.uid}/print/").status_code == 405
    assert browser.put(f"/learn/{enrollment.uid}/evaluation/").status_code == 405
