"""The pages of item analysis and of grading anew."""

import csv
import io
import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.core.models import OutgoingMail
from courses.models import Course, CourseMember
from quizzes.domain.attempts import submit_attempt
from quizzes.domain.regrading import job_of
from quizzes.models import ChoiceTally, QuestionTally, Quiz, QuizTally, Regrade
from tests.conftest import NOW
from tests.factories.courses import VersionFactory
from tests.factories.pictures import WRITTEN, content_of
from tests.factories.quizzes import EVERY_TYPE, multiple, quiz_with, single, started
from tests.quizzes.answering import answer_all
from tests.quizzes.test_regrading import do, mended, take

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


@pytest.fixture
def quiz(instructor: User) -> Quiz:
    """One that the instructor teaches, of two questions, 50 % to pass."""
    version = VersionFactory(course__slug="taught", course__owner=instructor)
    return quiz_with(2, version=version, slug="q", pass_percent=Decimal(50))


def url_of(quiz: Quiz, name: str = "analysis") -> str:
    return reverse(f"quizzes:studio-quiz-{name}", args=["taught", "1.0", quiz.key])


def regrade_url(quiz: Quiz, step: str = "") -> str:
    wrong = quiz.pool.select_related("revision__question")[0].revision
    return reverse(f"quizzes:studio-quiz-regrade{step}", args=["taught", wrong.question.key])


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def fill(quiz: Quiz, *, people: int) -> None:
    """Sums of so many learners, half of whom are strong and all of whom take c in question 1."""
    one, two = (item.revision for item in quiz.pool.select_related("revision"))
    half = people // 2
    QuizTally.objects.create(
        quiz=quiz,
        attempt_number=1,
        attempt_count=people,
        passed_count=half,
        percent_sum=half * 5_000,
        percent_square_sum=half * 5_000**2,
    )
    for revision, right in ((one, 0), (two, half)):
        rest = half if revision == one else 0
        QuestionTally.objects.create(
            quiz=quiz,
            revision=revision,
            is_first=True,
            asked_count=people,
            answered_count=people,
            right_count=right,
            share_sum=right * 10_000,
            share_square_sum=right * 10_000**2,
            rest_sum=rest * 10_000,
            rest_square_sum=rest * 10_000**2,
        )
    for revision, key, band, count in (
        (one, "", 0, half),
        (one, "", 9, half),
        (one, "c", 0, half),
        (one, "c", 9, half),
        (two, "", 0, people),
        (two, "=", 0, half),
        (two, "b", 0, half),
        (two, "a", 0, half),
    ):
        ChoiceTally.objects.create(quiz=quiz, revision=revision, key=key, band=band, count=count)


def test_nobody_yet(quiz: Quiz, instructor: User, client_of: ClientOf) -> None:
    html = client_of(instructor).get(url_of(quiz)).content.decode()

    assert "Nobody has taken this quiz yet" in html


def test_findings_come_first_in_words(quiz: Quiz, instructor: User, client_of: ClientOf) -> None:
    fill(quiz, people=80)

    html = client_of(instructor).get(url_of(quiz)).content.decode()

    text = words(html)
    said = "“On the chin” draws more strong learners than the key: check the key."
    assert said in text
    assert text.index(said) < text.index("The quiz as a whole") < text.index("Question by question")
    assert " style=" not in html
    assert '<svg class="plot-drawing"' in html


def test_few_answers_are_said_to_be_few(quiz: Quiz, instructor: User, client_of: ClientOf) -> None:
    learner = take(quiz, "ac").enrollment.user

    text = words(client_of(instructor).get(url_of(quiz)).content.decode())

    assert "Too few answers to say (1 of at least 30)." in text
    assert "Of 2 questions nothing can be said yet" in text
    assert learner.get_full_name() not in text
    assert learner.email not in text


def test_queries_and_bytes_are_the_same_at_a_million(
    quiz: Quiz, instructor: User, client_of: ClientOf
) -> None:
    client = client_of(instructor)
    seen = []
    for people in (80, 1_000_000):
        for model in (QuizTally, QuestionTally, ChoiceTally):
            model.objects.all().delete()
        fill(quiz, people=people)
        client.get(url_of(quiz))
        with CaptureQueriesContext(connection) as captured:
            size = len(client.get(url_of(quiz)).content)
        seen.append((len(captured), round(size, -3)))

    assert seen[0] == seen[1]
    assert not any("quizzes_attempt" in query["sql"] for query in captured)


def test_more_questions_need_no_more_queries(instructor: User, client_of: ClientOf) -> None:
    counts = []
    for size in (1, 3):
        version = VersionFactory(course__owner=instructor)
        row = quiz_with([("multiple-choice", multiple())] * size, version=version)
        client = client_of(instructor)
        url = reverse("quizzes:studio-quiz-analysis", args=[version.course.slug, "1.0", row.key])
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_every_type_has_its_answers_listed(instructor: User, client_of: ClientOf) -> None:
    version = VersionFactory(course__slug="taught", course__owner=instructor)
    kinds = [(name, make()) for name, make in EVERY_TYPE.items()]
    pictures = [(name, content_of(name)) for name in WRITTEN]
    quiz = quiz_with([*kinds, *pictures], version=version, purpose="practice")
    attempt = started(quiz)
    answer_all(attempt, now=NOW)
    submit_attempt(attempt, by=attempt.enrollment.user, now=NOW)

    page = client_of(instructor).get(url_of(quiz)).content.decode()
    table = client_of(instructor).get(url_of(quiz, "analysis-csv")).content.decode()

    said = words(page)
    for listed in ("Buccinator", "3 seconds, give or take 0.5", "Chin – Submental"):
        assert listed in said
        assert listed in table
    assert "Chin – Mastoid" not in said
    assert ("for practice only" in said, "to pass" in said, "Passed" in said) == (
        True,
        False,
        False,
    )


def test_table_for_spreadsheets(quiz: Quiz, instructor: User, client_of: ClientOf) -> None:
    fill(quiz, people=80)

    answer = client_of(instructor).get(url_of(quiz, "analysis-csv"))

    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="taught-1.0-q.csv"'
    assert [(row["question"], row["answer"], row["taken"]) for row in rows][:4] == [
        ("1", "", ""),
        ("1", "On the forehead", "0"),
        ("1", "Under the pupil", "0"),
        ("1", "On the chin", "80"),
    ]


def test_text_is_no_formula_of_a_spreadsheet(instructor: User, client_of: ClientOf) -> None:
    version = VersionFactory(course__slug="taught", course__owner=instructor)
    row = quiz_with([("single-choice", single(stem="=HYPERLINK(1)"))], version=version, slug="q")

    text = client_of(instructor).get(url_of(row, "analysis-csv")).content.decode()

    assert "'=HYPERLINK(1)" in text


@pytest.mark.parametrize("number", ["2.0", "1", "x.y", "1.0.0", "99999.1", "١.٠"])
def test_other_versions_are_not_there(
    number: str, quiz: Quiz, instructor: User, client_of: ClientOf
) -> None:
    url = reverse("quizzes:studio-quiz-analysis", args=["taught", number, quiz.key])

    assert client_of(instructor).get(url).status_code == 404


def test_drafts_and_other_courses_are_not_there(
    quiz: Quiz, instructor: User, client_of: ClientOf
) -> None:
    draft = quiz_with(1, version=VersionFactory(course__owner=instructor, status="draft"))
    other = quiz_with(1)
    client = client_of(instructor)

    for row in (draft, other):
        for slug in (row.version.course.slug, "taught"):
            url = reverse("quizzes:studio-quiz-analysis", args=[slug, "1.0", row.key])
            assert client.get(url).status_code == 404


def test_reviewers_do_not_see_it(quiz: Quiz, stranger: User, client_of: ClientOf) -> None:
    stranger.groups.add(Group.objects.get(name="instructor"))
    CourseMember.objects.create(
        course=Course.objects.get(slug="taught"),
        user=stranger,
        role=CourseMember.Role.REVIEWER,
        added_at=NOW,
        added_by_id=stranger.pk,
    )

    assert client_of(stranger).get(url_of(quiz)).status_code == 403
    assert client_of(stranger).get(regrade_url(quiz)).status_code == 403


# ---------------------------------------------------------------- grading anew


def test_whom_it_would_help_is_shown_before(
    quiz: Quiz, instructor: User, registrar: User, client_of: ClientOf
) -> None:
    passing = take(quiz, "aa").enrollment.user
    take(quiz, "bb")
    mended(quiz)
    wish = {"revision": "1", "better": "2", "reason": "It lies there."}

    of_author = words(client_of(instructor).get(regrade_url(quiz), wish).content.decode())
    of_office = words(client_of(registrar).get(regrade_url(quiz), wish).content.decode())

    for text in (of_author, of_office):
        assert "2 graded attempts were asked this revision." in text
        assert "1 of them gains points." in text
        assert "1 attempt passes with them that did not before." in text
    assert "Ask the office to do it" in of_author
    assert passing.get_full_name() not in of_author
    assert "Grade anew now" in of_office
    assert passing.get_full_name() in of_office
    assert Regrade.objects.count() == 0


def test_office_applies_and_the_learner_sees_why(
    quiz: Quiz, registrar: User, client_of: ClientOf
) -> None:
    attempt = take(quiz, "aa")
    mended(quiz)
    wish = {"revision": "1", "better": "2", "reason": "It lies there & here."}
    client = client_of(registrar)

    for _ in range(2):
        answer = client.post(regrade_url(quiz, "-apply"), wish)
        assert answer.status_code == 302
    do(Regrade.objects.get())

    text = words(client.get(regrade_url(quiz)).content.decode())
    assert "1 grade was raised." in text
    result = words(
        client_of(attempt.enrollment.user)
        .get(reverse("quizzes:attempt-review", args=[attempt.uid]))
        .content.decode()
    )
    assert "You passed" in result
    assert "from 0 % to 50 %" in result
    assert "Graded anew: It lies there &amp; here." in result
    mail = OutgoingMail.objects.get(cause__startswith="regrade:")
    assert "It lies there & here." in mail.body


def test_author_proposes_with_the_way_to_the_page(
    quiz: Quiz, instructor: User, registrar: User, client_of: ClientOf
) -> None:
    take(quiz, "aa")
    mended(quiz)
    wish = {"revision": "1", "better": "everybody", "reason": "No answer is right."}

    answer = client_of(instructor).post(regrade_url(quiz, "-propose"), wish)

    assert answer.status_code == 302
    mail = OutgoingMail.objects.get(cause__startswith="regrade-proposed:")
    (path,) = re.findall(r"http\S+?(/studio/\S+)", mail.body)
    assert "Grade anew now" in client_of(registrar).get(path).content.decode()


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"revision": "1", "better": "2"},
        {"revision": "7", "better": "2", "reason": "x"},
        {"revision": "1", "better": "1", "reason": "x"},
        {"revision": "2", "better": "everybody", "reason": "x"},
        {"revision": "1", "better": "2", "reason": "x" * 201},
        {"revision": "1", "better": "2", "reason": "   "},
    ],
)
def test_bad_wishes_come_back_with_the_form(
    wish: dict[str, str], quiz: Quiz, registrar: User, client_of: ClientOf
) -> None:
    """Revision 2 is in no published quiz: nobody was graded by it."""
    mended(quiz)

    for step in ("-apply", "-propose"):
        answer = client_of(registrar).post(regrade_url(quiz, step), wish)
        assert answer.status_code == 422
        assert "See whom it helps" in answer.content.decode()
    assert Regrade.objects.count() == 0


def test_stopped_work_says_so_and_goes_on(quiz: Quiz, registrar: User, client_of: ClientOf) -> None:
    wrong, better = mended(quiz)
    regrade = Regrade.objects.create(
        revision=wrong, better=better, reason="x", created_at=NOW, created_by_id=registrar.pk
    )
    client = client_of(registrar)

    assert "It stopped before the end." in client.get(regrade_url(quiz)).content.decode()
    client.post(regrade_url(quiz, "-apply"), {"revision": "1", "better": "2", "reason": "x"})

    assert job_of(regrade) is not None
    assert Regrade.objects.count() == 1
    assert "At work" in client.get(regrade_url(quiz)).content.decode()
