import re
from decimal import Decimal

import pytest
from django.http import HttpRequest, QueryDict
from django.test import Client
from django.urls import reverse

from ce_platform.accounts.models import User
from courses import frozen
from courses.models import Course, CourseVersion, Enrollment, Subject
from courses.parts import CatalogueFilter, CoursePart, OutlineLine, Panel
from tests.conftest import NOW
from tests.courses.conftest import Package
from tests.factories.courses import (
    CourseAuthorFactory,
    CourseFactory,
    CreditHoursFactory,
    EnrollmentFactory,
    LessonFactory,
    ModuleFactory,
    ObjectiveFactory,
    ReferenceFactory,
    VersionFactory,
    publish,
)
from tests.factories.thaw import thawed

pytestmark = pytest.mark.django_db
LIST = "/courses/"


class States(CoursePart):
    """Stands for licensing: a state filter, notes, a panel, sentences."""

    name = "states"

    def catalogue_filters(
        self, query: QueryDict, *, user: User | None = None
    ) -> list[CatalogueFilter]:
        chosen = query.get("state", "")
        return [CatalogueFilter("state", "Counts in", [("", "Any"), ("FL", "Florida")], chosen)]

    def filter_catalogue(self, courses, query, *, user=None):  # type: ignore[no-untyped-def]
        return courses.filter(slug="in-florida") if query.get("state") == "FL" else courses

    def catalogue_notes(self, versions, query, *, user=None):  # type: ignore[no-untyped-def]
        return {version.pk: ["Approved: Florida"] for version in versions}

    def requirement_sentences(self, version: CourseVersion) -> list[str]:
        return ["Pass the exam: 80 % to pass."]

    def outline_lines(
        self, version: CourseVersion, enrollment: Enrollment | None
    ) -> list[OutlineLine]:
        return [OutlineLine("Final exam", "10 questions", "", False, None)]

    def course_panels(
        self, request: HttpRequest, version: CourseVersion, *, assumed: QueryDict | None = None
    ) -> list[Panel]:
        return [Panel("components/_pill.html", {"label": "Panel of another app"})]


def text_of(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


def course_called(title: str, *, slug: str, subject: str = "") -> CourseVersion:
    version: CourseVersion = VersionFactory(
        course__slug=slug, title=title, search_text=title.lower(), lesson_count=3
    )
    if subject:
        row, _ = Subject.objects.get_or_create(slug=subject.lower(), defaults={"name": subject})
        with thawed(CourseVersion.subjects.through._meta.db_table):
            version.subjects.add(row)
    return version


# ---------------------------------------------------------------- catalogue


def test_catalogue_shows_courses_on_sale_and_no_drafts(client: Client) -> None:
    course_called("Neck work", slug="neck")
    VersionFactory(status="draft", title="Secret draft")

    response = client.get(LIST)

    assert response.status_code == 200
    assert "Neck work" in text_of(response)
    assert "0.5 CE hours" in text_of(response)
    assert "Secret draft" not in text_of(response)


def test_catalogue_search_takes_every_word_and_folds(client: Client) -> None:
    course_called("Neck work", slug="neck")
    course_called("Face work", slug="face")

    found = text_of(client.get(LIST, {"q": "  FÁCE work "}))

    assert "Face work" in found
    assert "Neck work" not in found
    assert 'value="FÁCE work"' in found


def test_catalogue_search_with_nul_and_endless_words_is_answered(client: Client) -> None:
    assert client.get(LIST, {"q": "a\x00b " * 500, "after": "x" * 400}).status_code == 200


def test_catalogue_filters_by_subject(client: Client) -> None:
    course_called("Neck work", slug="neck", subject="Neck")
    course_called("Face work", slug="face", subject="Face")

    found = text_of(client.get(LIST, {"subject": "neck"}))

    assert "Neck work" in found
    assert "Face work" not in found
    assert '<option value="neck" selected>' in found


def test_catalogue_asks_the_parts_for_filters_and_notes(
    client: Client, alone: list[CoursePart]
) -> None:
    alone.append(States())
    course_called("Neck work", slug="neck")
    course_called("Face work", slug="in-florida")

    found = text_of(client.get(LIST, {"state": "FL"}))

    assert "Face work" in found
    assert "Neck work" not in found
    assert "Approved: Florida" in found
    assert '<option value="FL" selected>Florida</option>' in found


def test_catalogue_without_a_match_offers_all_courses(client: Client) -> None:
    course_called("Neck work", slug="neck")

    found = text_of(client.get(LIST, {"q": "nothing like it"}))

    assert "No course fits all of that" in found
    assert "Show all courses" in found


def test_catalogue_empty_says_what_will_be_here(client: Client) -> None:
    assert "No courses yet" in text_of(client.get(LIST))


def test_catalogue_goes_on_to_older_courses_with_the_filters_kept(client: Client) -> None:
    for number in range(14):
        course_called(f"Neck {number}", slug=f"neck-{number}")

    first = text_of(client.get(LIST, {"q": "neck"}))
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert older is not None
    second = text_of(client.get(LIST + older[1].replace("&amp;", "&")))

    assert "Neck 13" in first
    assert "q=neck" in older[1]
    assert "Neck 1<" in second
    assert "Neck 13" not in second


def test_catalogue_queries_do_not_grow(
    client: Client, django_assert_num_queries, alone: list[CoursePart]
) -> None:
    alone.append(States())
    client.get(LIST)
    course_called("One", slug="one", subject="Neck")
    with django_assert_num_queries(3):
        client.get(LIST)

    course_called("Two", slug="two", subject="Face")
    course_called("Three", slug="three", subject="Neck")
    with django_assert_num_queries(3):
        client.get(LIST)


def test_catalogue_takes_ten_queries_with_every_app_taking_part(
    client_of, registrar, django_assert_max_num_queries
) -> None:
    browser = client_of(registrar)
    browser.get(LIST)
    course_called("One", slug="one", subject="Neck")
    with django_assert_max_num_queries(10) as one:
        browser.get(LIST)

    course_called("Two", slug="two", subject="Face")
    course_called("Three", slug="three", subject="Neck")
    with django_assert_max_num_queries(10) as three:
        browser.get(LIST)
    assert len(one) == len(three)


# ---------------------------------------------------------------- course page


@pytest.fixture
def version() -> CourseVersion:
    version: CourseVersion = VersionFactory(
        course__slug="face",
        title="Face work",
        subtitle="Softly",
        credit_hours=Decimal("0.5"),
        counted_words=6000,
        question_count=10,
        cost_text="No charge.",
        description_html="<p>Sanitized at import.</p>",
    )
    module = ModuleFactory(version=version, position=1, title="First module")
    LessonFactory(module=module, position=1, slug="free", title="Free lesson", is_free=True)
    LessonFactory(module=module, position=2, slug="paid", title="Paid lesson")
    ObjectiveFactory(version=version, text="Find the points.")
    CourseAuthorFactory(version=version, name="Ana Author", credentials="LMT")
    CreditHoursFactory(version=version, category="Theory")
    ReferenceFactory(version=version)
    return version


def test_course_page_says_everything_before_enrolling(
    client: Client, version: CourseVersion, alone: list[CoursePart]
) -> None:
    alone.append(States())

    found = text_of(client.get("/courses/face/"))

    for sentence in (
        "Face work",
        "Softly",
        "Sanitized at import.",
        "Find the points.",
        "Ana Author",
        "LMT",
        "0.5 CE hours",
        "6,000",
        "Theory",
        'Pass the exam: <span class="nowrap">80 %</span> to pass.',
        "Panel of another app",
        "Final exam",
        "No charge.",
        "English",
        "Home study",
        "Paid lesson",
        "Start this course",
        "November 20, 2026",
        "weakly supported",
    ):
        assert sentence in found, sentence
    assert reverse("courses:lesson-sample", args=["face", "free"]) in found
    assert reverse("courses:lesson-sample", args=["face", "paid"]) not in found


def test_course_not_on_sale_is_404(client: Client, version: CourseVersion) -> None:
    Course.objects.update(on_sale_version=None)

    for url in ("/courses/face/", "/courses/face/hours/", "/courses/face/lessons/free/"):
        assert client.get(url).status_code == 404, url
    assert client.post("/courses/face/enroll/").status_code == 404


def test_course_with_only_a_draft_is_404(client: Client) -> None:
    VersionFactory(status="draft", course__slug="face")

    assert client.get("/courses/face/").status_code == 404


def test_course_page_offers_to_go_on_to_who_has_started(
    client_of, owner, version: CourseVersion
) -> None:
    enrollment = EnrollmentFactory(user=owner, version=version)

    found = text_of(client_of(owner).get("/courses/face/"))

    assert "Go on with this course" in found
    assert enrollment.get_absolute_url() in found


def test_course_page_offers_the_way_back_to_who_left(
    client_of, owner, version: CourseVersion
) -> None:
    EnrollmentFactory(user=owner, version=version, status="withdrawn")

    assert "Go back in" in text_of(client_of(owner).get("/courses/face/"))


def test_course_page_offers_a_retake_to_who_completed(
    client_of, owner, version: CourseVersion
) -> None:
    EnrollmentFactory(
        user=owner,
        version=version,
        status="completed",
        completed_at=NOW,
        completed_on=NOW.date(),
        completed_zone="UTC",
    )

    assert "Take it again" in text_of(client_of(owner).get("/courses/face/"))


def test_course_page_queries_do_not_grow(
    client: Client, version: CourseVersion, django_assert_num_queries, alone: list[CoursePart]
) -> None:
    def count(queries: int) -> None:
        frozen.forget()
        with django_assert_num_queries(queries):
            client.get("/courses/face/")

    client.get("/courses/face/")
    count(9)
    module = ModuleFactory(version=version, position=2)
    LessonFactory(module=module, position=3)
    LessonFactory(module=module, position=4)
    ObjectiveFactory(version=version)
    CourseAuthorFactory(version=version, position=2)
    count(9)


def test_hours_page_shows_the_worksheet_and_every_lesson(
    client: Client, version: CourseVersion
) -> None:
    found = text_of(client.get("/courses/face/hours/"))

    assert "Mergener formula" in found
    assert "6,000" in found
    assert "Paid lesson" in found
    assert "Theory" in found


# ---------------------------------------------------------------- free lesson


def test_free_lesson_is_open_to_everybody(client: Client, version: CourseVersion) -> None:
    found = text_of(client.get("/courses/face/lessons/free/"))

    assert "<p>Some text.</p>" in found
    assert "This lesson is free to read." in found
    assert "Start this course" in found


def test_other_lessons_are_404_for_visitors(client: Client, version: CourseVersion) -> None:
    assert client.get("/courses/face/lessons/paid/").status_code == 404
    assert client.get("/courses/face/lessons/none/").status_code == 404


def test_free_lesson_of_a_package_shows_figures_charts_and_references(
    client: Client, package: Package, alone: list[CoursePart]
) -> None:
    version = package.load().version
    assert version is not None
    free = version.lessons.get(is_free=True)
    publish(version)

    found = text_of(client.get(f"/courses/{version.course.slug}/lessons/{free.slug}/"))

    assert "data-chart" in found or "<img" in found
    assert "style=" not in found
    assert "<script>" not in found


# ---------------------------------------------------------------- enrolling


def test_enrolling_opens_the_course_once(client_of, owner, version: CourseVersion) -> None:
    browser = client_of(owner)

    first = browser.post("/courses/face/enroll/")
    second = browser.post("/courses/face/enroll/")

    enrollment = Enrollment.objects.get()
    assert (first.status_code, first["Location"]) == (302, enrollment.get_absolute_url())
    assert second["Location"] == enrollment.get_absolute_url()


def test_enrolling_asks_visitors_to_sign_in_and_brings_them_back(
    client: Client, version: CourseVersion
) -> None:
    response = client.post("/courses/face/enroll/")

    assert response.status_code == 302
    assert response["Location"] == reverse("account_login") + "?next=/courses/face/"
    assert not Enrollment.objects.exists()


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("post", "/courses/"),
        ("post", "/courses/face/"),
        ("post", "/courses/face/hours/"),
        ("post", "/courses/face/lessons/free/"),
        ("get", "/courses/face/enroll/"),
    ],
)
def test_wrong_method_is_405(client: Client, version: CourseVersion, method: str, url: str) -> None:
    assert getattr(client, method)(url).status_code == 405


def test_course_without_authors_and_free_lessons_is_shown(client: Client) -> None:
    VersionFactory(course=CourseFactory(slug="bare"))

    assert client.get("/courses/bare/").status_code == 200
