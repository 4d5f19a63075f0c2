"""An author walks through the whole course as its learner, and nothing is left behind."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ce_platform.accounts.models import User
from courses import frozen
from courses.models import CourseMember, CourseVersion, Enrollment
from quizzes.domain.trying import read_trial
from quizzes.models import QuestionRevision, Quiz
from quizzes.question_types import type_named
from tests.factories.accounts import UserFactory
from tests.factories.certificates import (
    BodyFactory,
    LicenseFactory,
    SubmissionFactory,
    make_provider,
)
from tests.factories.courses import (
    LessonFactory,
    ModuleFactory,
    ObjectiveFactory,
    ReferenceFactory,
    VersionFactory,
)
from tests.factories.quizzes import EVERY_TYPE, multiple, quiz_with, single, true_false
from tests.factories.thaw import thawed

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
KINDS = [
    ("single-choice", single()),
    ("multiple-choice", multiple()),
    ("true-false", true_false()),
]
# What the questions above say about their answers.
SECRETS = ("Level with the lower edge", "Three of the five", "With the client", "That is GB14")
LINK = re.compile(r'href="([^"]+)"')
ANSWERS = {
    "objectives_met": "4",
    "content_accurate": "4",
    "useful_in_practice": "5",
    "free_of_bias": "5",
    "minutes_taken": "30",
}


@pytest.fixture
def version(instructor: User) -> CourseVersion:
    return make_course(instructor, status="draft")


def make_course(instructor: User, *, status: str) -> CourseVersion:
    """Two modules, a free lesson, two quizzes, and two licensing bodies that know the course."""
    make_provider()
    made: CourseVersion = VersionFactory(
        status=status,
        title="Calm hands",
        course__slug="calm-hands",
        course__owner=instructor,
        description="It is *calm*.",
    )
    first, second = (ModuleFactory(version=made, position=place) for place in (1, 2))
    LessonFactory(module=first, slug="first", title="Hands", is_free=True, body="They rest.\n")
    lesson = LessonFactory(module=second, slug="second", title="Calm", body="It **flows**.\n")
    quiz_with(KINDS, version=made, module=first, slug="hands", title="Quiz: hands")
    with thawed("quizzes_questionrevision"):
        QuestionRevision.objects.filter(question__course=made.course).update(lesson_key=lesson.key)
    quiz_with(KINDS, version=made, slug="exam", title="Final exam", time_limit_seconds=600)
    ObjectiveFactory(version=made)
    florida = BodyFactory()
    # Always in force: pages ask the real clock.
    SubmissionFactory(course=made.course, body=florida, valid_from=date(2020, 1, 1), valid_to=None)
    SubmissionFactory(
        course=made.course,
        body=BodyFactory(code="US-NY", jurisdiction="New York", name="New York Board"),
        status="submitted",
        submitted_on=date(2020, 1, 1),
    )
    BodyFactory(code="US-OH", jurisdiction="Ohio", name="Ohio Board")
    return made


@pytest.fixture
def author(instructor: User, client_of: ClientOf) -> Client:
    return client_of(instructor)


def at(page: str, *args: str, query: str = "") -> str:
    app, _, name = page.partition(":")
    return reverse(f"{app}:studio-preview-{name}", args=["calm-hands", *args]) + query


def text(answer: Any) -> str:
    return str(answer.content.decode())


def walk(client: Client, start: str) -> Iterator[tuple[str, str]]:
    """Every page of the preview that a link leads to, with what it says."""
    waiting, known = [start], {start}
    prefix = at("courses:course-detail")
    while waiting:
        url = waiting.pop(0)
        answer = client.get(url)
        assert answer.status_code == 200, url
        said = text(answer)
        yield url, said
        for link in map(unescape, LINK.findall(said)):
            link = link.partition("#")[0]
            # Of one quiz the tries go on for ever.
            if link.startswith(prefix) and link not in known and "after=" not in link:
                known.add(link)
                waiting.append(link)


def right_form(quiz: Quiz, said: str) -> dict[str, Any]:
    """The form of a try, answered right."""
    token = re.search(r'name="trial" value="([^"]+)"', said)
    assert token
    form: dict[str, Any] = {"trial": token[1]}
    for item in read_trial(quiz, token[1]).items:
        kind, content = type_named(item.revision.type), item.revision.data
        form[f"q{item.position}-number"] = "0"
        for name, values in kind.raw_of(kind.right_response(content), content, item.seed).items():
            form[f"q{item.position}-{name}"] = values
    return form


def rows() -> dict[str, int]:
    models = apps.get_models(include_auto_created=True)
    return {each._meta.label: each._base_manager.count() for each in models}


@pytest.mark.parametrize("status", ["draft", "published"])
def test_walk_through_everything_leaves_no_row(
    status: str, instructor: User, author: Client
) -> None:
    version = make_course(instructor, status=status)
    before = rows()

    walked = dict(walk(author, at("courses:course-detail", query="?license=US-FL")))
    for quiz in Quiz.objects.filter(version=version):
        url = at("quizzes:attempt-detail", quiz.slug, query="?license=US-FL")
        passed = author.post(url, right_form(quiz, walked[url]))
        assert "You passed" in text(passed)
        assert "Not passed this time" in text(author.post(url, {"trial": _token(walked[url])}))
    kept = author.post(at("courses:evaluation", query="?license=US-FL"), ANSWERS)

    assert rows() == before
    assert kept.status_code == 302
    assert kept.url == at("certificates:finish", query="?license=US-FL")
    assert {urlsplit(url).path for url in walked} == {
        at("courses:course-detail"),
        at("courses:course-hours"),
        at("courses:lesson-sample", "first"),
        at("courses:enrollment-detail"),
        at("courses:lesson-detail", "first"),
        at("courses:lesson-detail", "second"),
        at("courses:evaluation"),
        at("quizzes:quiz-detail", "hands"),
        at("quizzes:quiz-detail", "exam"),
        at("quizzes:attempt-detail", "hands"),
        at("quizzes:attempt-detail", "exam"),
        at("certificates:finish"),
    }
    # The license goes along wherever one goes, and every page says what it is.
    assert {urlsplit(url).query for url in walked} == {"license=US-FL"}
    assert all("nothing is kept" in said and "noindex" in said for said in walked.values())
    # No page leads to what only an enrollment or a published course has.
    assert not [url for said in walked.values() for url in LINK.findall(said) if "/learn/0" in url]
    assert not [said for said in walked.values() if "/courses/calm-hands/" in said]


def _token(said: str) -> str:
    found = re.search(r'name="trial" value="([^"]+)"', said)
    assert found
    return found[1]


# ---------------------------------------------------------------- who may look


def test_members_look_and_others_find_nothing(
    version: CourseVersion, stranger: User, registrar: User, client_of: ClientOf
) -> None:
    reviewer, other = UserFactory(), UserFactory()
    for user in (reviewer, other):
        user.groups.add(Group.objects.get(name="instructor"))
    CourseMember.objects.create(
        course=version.course,
        user=reviewer,
        role="reviewer",
        added_at=version.created_at,
        added_by_id=registrar.pk,
    )
    pages = [
        at("courses:enrollment-detail"),
        at("quizzes:attempt-detail", "hands"),
        at("certificates:finish"),
    ]

    seen = {
        name: [client_of(user).get(page).status_code for page in pages]
        for name, user in {
            "stranger": stranger,
            "other": other,
            "reviewer": reviewer,
            "registrar": registrar,
        }.items()
    }

    assert seen == {
        "stranger": [404, 404, 404],
        "other": [404, 404, 404],
        "reviewer": [200, 200, 200],
        "registrar": [200, 200, 200],
    }


def test_lessons_and_quizzes_of_another_course_are_not_there(
    version: CourseVersion, author: Client
) -> None:
    LessonFactory(slug="elsewhere", is_free=True)
    quiz = quiz_with(1, slug="other-quiz")

    assert author.get(at("courses:lesson-detail", "elsewhere")).status_code == 404
    assert author.get(at("courses:lesson-sample", "elsewhere")).status_code == 404
    assert author.get(at("courses:lesson-sample", "second")).status_code == 404
    assert author.get(at("quizzes:attempt-detail", quiz.slug)).status_code == 404


# ---------------------------------------------------------------- what is assumed


def test_course_page_speaks_to_the_holder_of_the_license_chosen(
    version: CourseVersion, author: Client
) -> None:
    url = at("courses:course-detail")

    nobody = text(author.get(url))
    florida = text(author.get(url + "?license=US-FL"))
    ohio = text(author.get(url + "?license=US-OH&license=US-NY"))

    assert "License: no license" in nobody
    assert "your license" not in nobody
    assert "Florida, your license (number)" in florida
    assert "License: Florida <span" in florida
    assert "Ohio:</b> nothing is recorded" in ohio
    assert "New York, your license (number)" in ohio
    assert "License: New York, Ohio <span" in ohio


def test_only_known_bodies_are_assumed_and_nothing_else_goes_along(
    version: CourseVersion, author: Client
) -> None:
    for number in range(8):
        BodyFactory(code=f"US-{number}", jurisdiction=f"State {number}", name=f"Board {number}")
    asked = "&".join(f"license=US-{number}" for number in range(8))

    strange = text(author.get(at("courses:enrollment-detail", query="?license=<b>&a=b&license=")))
    many = text(author.get(at("courses:enrollment-detail", query=f"?{asked}")))

    assert "License: no license" in strange
    assert at("courses:lesson-detail", "first") + '"' in strange
    assert "License: State 0, State 1, State 2, State 3, State 4 <span" in many
    assert "<option" not in many


def test_certificate_is_that_of_the_assumed_license_and_no_certificate(
    version: CourseVersion, author: Client
) -> None:
    url = at("certificates:finish")

    said = text(author.get(url + "?license=US-FL"))

    assert "Florida license (number)" in said
    assert "Ivan Instructor" in said
    assert "PREVIEW – not a certificate, not valid for CE" in said
    assert "given on the day of issue" in said
    assert 'class="sheet-watermark"' in said
    main = said.partition("<main")[2].partition("</main>")[0]
    assert [bad for bad in ("/verify/", "<form", 'class="sheet-qr"') if bad in main] == []
    assert "license (number)" not in text(author.get(url))


def test_own_licenses_of_the_author_are_not_mixed_in(
    version: CourseVersion, instructor: User, author: Client
) -> None:
    LicenseFactory(user=instructor, body=BodyFactory(), number="MA 77777")

    assert "MA 77777" not in text(author.get(at("certificates:finish")))
    assert "MA 77777" not in text(author.get(at("courses:course-detail")))


def test_author_without_a_name_sees_where_it_will_stand(
    version: CourseVersion, instructor: User, author: Client
) -> None:
    User.objects.filter(pk=instructor.pk).update(name_on_certificates="")

    said = text(author.get(at("certificates:finish")))

    assert "Your name</p>" in said
    assert f"<span>{instructor.email}</span>" in said  # Only the certificate is told otherwise.


# ---------------------------------------------------------------- lessons


def test_draft_shows_what_its_lesson_cites_as_it_reads_now(
    version: CourseVersion, author: Client
) -> None:
    source = ReferenceFactory(version=version, slug="who", text="Points of the face, 1991.")
    LessonFactory(
        module=version.modules.first(), position=5, slug="cited", body="It lies there.[@who]\n"
    )
    url = at("courses:lesson-detail", "cited")
    before = text(author.get(url))

    type(source).objects.filter(pk=source.pk).update(text="Points of the face, 2008.")

    assert "Points of the face, 1991." in before
    assert "Points of the face, 2008." in text(author.get(url))


def test_previous_and_next_stay_in_the_preview(version: CourseVersion, author: Client) -> None:
    said = text(author.get(at("courses:lesson-detail", "second", query="?license=US-FL")))

    before, after = re.findall(r'rel="(?:prev|next)" href="([^"]+)"', said)

    assert before == at("quizzes:quiz-detail", "hands", query="?license=US-FL")
    assert after == at("quizzes:quiz-detail", "exam", query="?license=US-FL")
    assert "/studio/calm-hands/lessons/" in said  # Where it is written.


def test_course_that_was_just_begun_can_be_looked_at(instructor: User, author: Client) -> None:
    VersionFactory(status="draft", course__slug="calm-hands", course__owner=instructor)
    pages = ["course-detail", "course-hours", "enrollment-detail", "evaluation"]

    statuses = [author.get(at(f"courses:{page}")).status_code for page in pages]

    assert [*statuses, author.get(at("certificates:finish")).status_code] == [200] * 5


# ---------------------------------------------------------------- quizzes


def test_right_answers_are_not_in_the_form(version: CourseVersion, author: Client) -> None:
    for _ in range(3):
        said = text(author.get(at("quizzes:attempt-detail", "hands")))
        assert [secret for secret in SECRETS if secret in said] == []
        assert "quiz.js" not in said


@pytest.mark.parametrize(
    ("review", "shown"),
    [
        ("after-submit", (True, True)),
        ("after-pass", (False, True)),
        ("never", (False, False)),
    ],
)
def test_review_rule_decides_what_is_shown(
    review: str, shown: tuple[bool, bool], version: CourseVersion, author: Client
) -> None:
    quiz = Quiz.objects.get(version=version, slug="hands")
    Quiz.objects.filter(pk=quiz.pk).update(review=review)
    url = at("quizzes:attempt-detail", "hands")
    form = right_form(quiz, text(author.get(url)))

    failed = text(author.post(url, {"trial": form["trial"]}))
    passed = text(author.post(url, form))

    assert ("Level with the lower edge" in failed, "Level with the lower edge" in passed) == shown
    # On after the quiz, and back to the lesson the question names.
    assert at("courses:lesson-detail", "second") in passed
    assert (f'href="{at("courses:lesson-detail", "second")}">Calm</a></p>' in failed) is shown[0]


def test_bad_answer_is_422_with_the_form_and_strange_token_draws_anew(
    version: CourseVersion, author: Client
) -> None:
    url = at("quizzes:attempt-detail", "hands")
    form = right_form(Quiz.objects.get(slug="hands"), text(author.get(url)))
    exam = text(author.get(at("quizzes:attempt-detail", "exam")))
    other = right_form(Quiz.objects.get(slug="exam"), exam)

    bad = author.post(url, form | {"q1-choice": "99"})

    assert bad.status_code == 422
    assert _token(text(bad)) == form["trial"]
    assert "You passed" in text(author.post(url, form | {"trial": _token(text(bad))}))
    for token in ("", "\x00", "forged", other["trial"]):
        answer = author.post(url, form | {"trial": token})
        assert (answer.status_code, answer.url) == (302, url)


def test_what_was_typed_stays_to_be_mended_and_enter_moves_nothing(
    version: CourseVersion, author: Client
) -> None:
    kinds = [(name, EVERY_TYPE[name]()) for name in ("ordering", "numeric")]
    quiz_with(kinds, version=version, slug="typed", is_shuffled=False)
    url = at("quizzes:attempt-detail", "typed")
    before = text(author.get(url))
    form = {"trial": _token(before), "q2-number": "0", "q2-value": "about three"}

    bad = author.post(url, form)

    assert bad.status_code == 422
    for said in (before, text(bad)):
        first = re.search(r"<button[^>]*>", said[said.index('id="quiz"') :])
        assert first is not None
        assert "name=" not in first[0]
    assert 'value="about three"' in text(bad)


def test_quiz_without_questions_says_so(version: CourseVersion, author: Client) -> None:
    quiz_with(0, version=version, slug="empty")

    answer = author.get(at("quizzes:attempt-detail", "empty"), follow=True)

    assert answer.redirect_chain == [(at("quizzes:quiz-detail", "empty"), 302)]
    assert "has no questions yet" in text(answer)


def test_evaluation_asks_as_it_asks_learners(version: CourseVersion, author: Client) -> None:
    answer = author.post(at("courses:evaluation"), ANSWERS | {"minutes_taken": ""})

    assert answer.status_code == 422
    assert "Write a number of minutes." in text(answer)


def test_band_stands_over_the_preview_alone(version: CourseVersion, author: Client) -> None:
    quiz = Quiz.objects.get(version=version, slug="hands")
    question = quiz.pool.all()[0].revision.question
    pages = {
        "outline": reverse("courses:studio-outline", args=["calm-hands"]),
        "question": reverse(
            "quizzes:studio-quiz-question", args=["calm-hands", quiz.key, question.key]
        ),
        "preview": at("courses:enrollment-detail"),
    }

    assert {name: "preview-band" in text(author.get(url)) for name, url in pages.items()} == {
        "outline": False,
        "question": False,
        "preview": True,
    }


# ---------------------------------------------------------------- queries


@pytest.mark.parametrize(
    ("page", "args", "most"),
    [
        ("courses:course-detail", [], 26),
        ("courses:course-hours", [], 14),
        ("courses:enrollment-detail", [], 26),
        ("courses:lesson-detail", ["first"], 22),
        ("courses:evaluation", [], 18),
        ("quizzes:quiz-detail", ["hands"], 14),
        ("quizzes:attempt-detail", ["hands"], 14),
        ("certificates:finish", [], 26),
    ],
)
def test_pages_ask_as_often_for_a_hundred_lessons(
    page: str, args: list[str], most: int, version: CourseVersion, author: Client
) -> None:
    url = at(page, *args, query="?license=US-FL")
    few = _queries(author, url)
    module = ModuleFactory(version=version, position=3)
    for place in range(3, 101):
        LessonFactory(module=module, position=place)
    for _ in range(3):
        quiz_with(KINDS, version=version, module=module)
    for number in range(20):
        BodyFactory(code=f"US-{number}", jurisdiction=f"State {number}", name=f"Board {number}")

    assert _queries(author, url) == few <= most


def _queries(client: Client, url: str) -> int:
    client.get(url)
    frozen.forget()
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_an_enrollment_of_a_preview_has_no_row_and_no_address_of_its_own(
    version: CourseVersion, author: Client
) -> None:
    answer = author.get(at("courses:enrollment-detail"))
    enrollment = answer.context["enrollment"]

    assert (enrollment.pk, enrollment.get_absolute_url()) == (0, at("courses:enrollment-detail"))
    assert not Enrollment.objects.exists()
