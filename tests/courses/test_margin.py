"""Questions in the margin: asked by a learner, answered once, shown to all or to one."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.core.models import AuditEvent, OutgoingMail
from courses.domain import margin
from courses.domain.errors import (
    EnrollmentNotOpen,
    NotYours,
    QuestionRefused,
    WrongLesson,
)
from courses.models import CourseMember, Enrollment, Lesson, MarginQuestion
from tests.conftest import NOW
from tests.factories.accounts import UserFactory
from tests.factories.courses import EnrollmentFactory, LessonFactory, VersionFactory

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


@pytest.fixture
def lesson(instructor: User) -> Lesson:
    made: Lesson = LessonFactory(
        module__version=VersionFactory(course__owner=instructor, course__slug="face"),
        slug="points",
        title="Points",
    )
    return made


@pytest.fixture
def enrollment(owner: User, lesson: Lesson) -> Enrollment:
    made: Enrollment = EnrollmentFactory(user=owner, version=lesson.version)
    return made


def ask(
    enrollment: Enrollment, lesson: Lesson, text: str = "How hard?", *, now: datetime = NOW
) -> MarginQuestion:
    return margin.ask(enrollment, lesson, text=text, by=enrollment.user, now=now)


def answered(
    enrollment: Enrollment, lesson: Lesson, by: User, *, is_shown: bool = True, text: str = "So?"
) -> MarginQuestion:
    return margin.answer(
        ask(enrollment, lesson, text),
        text=f"Answer to {text}",
        is_shown=is_shown,
        by=by,
        now=NOW,
    )


def completed(enrollment: Enrollment) -> Enrollment:
    enrollment.status = Enrollment.Status.COMPLETED
    enrollment.completed_at = NOW
    enrollment.completed_on = NOW.date()
    enrollment.completed_zone = "UTC"
    enrollment.save()
    return enrollment


def with_role(lesson: Lesson, role: str) -> User:
    user: User = UserFactory()
    user.groups.add(Group.objects.get(name="instructor"))
    if role:
        CourseMember.objects.create(
            course=lesson.version.course, user=user, role=role, added_at=NOW, added_by_id=1
        )
    return user


def lesson_page(enrollment: Enrollment, lesson: Lesson) -> str:
    return reverse("courses:lesson-detail", args=[enrollment.uid, lesson.slug])


def questions_page(enrollment: Enrollment, lesson: Lesson) -> str:
    return reverse("courses:lesson-questions", args=[enrollment.uid, lesson.slug])


def studio(name: str, lesson: Lesson, *more: object) -> str:
    return reverse(f"courses:studio-{name}", args=[lesson.version.course.slug, *more])


def html(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


# ---------------------------------------------------------------- asking


def test_question_is_kept_noted_and_sent_to_owner_and_co_author(
    enrollment: Enrollment, lesson: Lesson, instructor: User
) -> None:
    co_author, reviewer = with_role(lesson, "co-author"), with_role(lesson, "reviewer")

    question = ask(enrollment, lesson, "  How\x00 hard?\r\n")

    assert (question.text, question.lesson_key) == ("How hard?", lesson.key)
    assert question.is_shown is False
    mails = OutgoingMail.objects.all()
    assert {mail.to_email for mail in mails} == {instructor.email, co_author.email}
    assert reviewer.email not in {mail.to_email for mail in mails}
    assert all("How hard?" in mail.body and "Points" in mail.subject for mail in mails)
    event = AuditEvent.objects.get(action="margin-question.asked")
    assert "How hard?" not in event.detail


def test_nothing_that_is_read_by_others_names_the_learner(
    enrollment: Enrollment, lesson: Lesson, instructor: User, client_of: ClientOf
) -> None:
    answered(enrollment, lesson, instructor)
    ask(enrollment, lesson, "One more?")
    other = EnrollmentFactory(version=lesson.version)

    pages = [
        html(client_of(instructor), studio("questions", lesson)),
        html(client_of(other.user), lesson_page(other, lesson)),
        html(client_of(other.user), questions_page(other, lesson)),
        *(
            mail.body + mail.subject
            for mail in OutgoingMail.objects.exclude(to_user_id=enrollment.user_id)
        ),
    ]

    assert len(pages) == 4
    for page in pages:
        assert "So?" in page
        assert enrollment.user.email not in page
        assert enrollment.user.name_on_certificates not in page


def test_authors_get_one_mail_an_hour(enrollment: Enrollment, lesson: Lesson) -> None:
    ask(enrollment, lesson, "First?", now=NOW)
    ask(enrollment, lesson, "Second?", now=NOW + timedelta(minutes=20))
    ask(enrollment, lesson, "Third?", now=NOW + timedelta(minutes=60))

    assert OutgoingMail.objects.count() == 2
    assert MarginQuestion.objects.count() == 3


def test_course_without_an_owner_asks_the_office(owner: User) -> None:
    lesson = LessonFactory()
    enrollment = EnrollmentFactory(user=owner, version=lesson.version)

    ask(enrollment, lesson)

    assert OutgoingMail.objects.get().to_user_id is None


def test_same_question_sent_twice_is_one(enrollment: Enrollment, lesson: Lesson) -> None:
    assert ask(enrollment, lesson) == ask(enrollment, lesson)
    assert MarginQuestion.objects.count() == 1
    assert AuditEvent.objects.filter(action="margin-question.asked").count() == 1


def test_sixth_open_question_waits_until_one_is_answered(
    enrollment: Enrollment, lesson: Lesson, instructor: User
) -> None:
    first, *_ = [ask(enrollment, lesson, f"Question {n}?") for n in range(5)]
    with pytest.raises(QuestionRefused, match="wait for an answer"):
        ask(enrollment, lesson, "Sixth?")

    margin.answer(first, text="So.", is_shown=False, by=instructor, now=NOW)

    assert ask(enrollment, lesson, "Sixth?").pk


@pytest.mark.parametrize("text", ["", " \n ", "a" * 2_001])
def test_question_is_neither_empty_nor_long(
    text: str, enrollment: Enrollment, lesson: Lesson
) -> None:
    with pytest.raises(QuestionRefused):
        ask(enrollment, lesson, text)


def test_who_completed_the_course_still_asks(enrollment: Enrollment, lesson: Lesson) -> None:
    assert ask(completed(enrollment), lesson).pk


def test_who_left_does_not_ask(enrollment: Enrollment, lesson: Lesson, client_of: ClientOf) -> None:
    enrollment.status = Enrollment.Status.WITHDRAWN
    enrollment.save()

    with pytest.raises(EnrollmentNotOpen):
        ask(enrollment, lesson)
    page = html(client_of(enrollment.user), lesson_page(enrollment, lesson))
    assert "Ask about this lesson" not in page


def test_nobody_asks_for_somebody_else_or_about_another_course(
    enrollment: Enrollment, lesson: Lesson, stranger: User
) -> None:
    with pytest.raises(NotYours):
        margin.ask(enrollment, lesson, text="How?", by=stranger, now=NOW)
    with pytest.raises(WrongLesson):
        ask(enrollment, LessonFactory())


# ---------------------------------------------------------------- answering


@pytest.mark.parametrize("is_shown", [True, False])
def test_answer_is_kept_noted_and_mailed(
    is_shown: bool, enrollment: Enrollment, lesson: Lesson, instructor: User
) -> None:
    question = answered(enrollment, lesson, instructor, is_shown=is_shown)

    assert (question.answer, question.is_shown) == ("Answer to So?", is_shown)
    assert question.answered_by_name == "Ivan Instructor"
    mail = OutgoingMail.objects.get(to_user_id=enrollment.user_id)
    assert "Answer to So?" in mail.body
    assert questions_page(enrollment, lesson) in mail.body
    assert ("for every learner" in mail.body) is is_shown
    assert AuditEvent.objects.get(action="margin-question.answered").actor_id == instructor.pk


def test_question_is_answered_once(
    enrollment: Enrollment, lesson: Lesson, instructor: User, registrar: User
) -> None:
    question = answered(enrollment, lesson, instructor)

    again = margin.answer(question, text="Answer to So?", is_shown=True, by=registrar, now=NOW)
    with pytest.raises(QuestionRefused, match="answered already"):
        margin.answer(question, text="Otherwise.", is_shown=True, by=registrar, now=NOW)

    assert again.answered_by_id == instructor.pk
    assert OutgoingMail.objects.filter(to_user_id=enrollment.user_id).count() == 1


def test_address_of_an_answerer_without_a_name_is_not_shown(
    enrollment: Enrollment, lesson: Lesson, client_of: ClientOf
) -> None:
    nameless = UserFactory(name_on_certificates="")
    answered(enrollment, lesson, nameless)

    page = html(client_of(enrollment.user), lesson_page(enrollment, lesson))

    assert "Answer to So?" in page
    assert nameless.email not in page


def test_closed_account_gets_no_mail(
    enrollment: Enrollment, lesson: Lesson, instructor: User
) -> None:
    User.objects.filter(pk=enrollment.user_id).update(is_active=False)

    answered(enrollment, lesson, instructor)

    assert not OutgoingMail.objects.filter(to_user_id=enrollment.user_id).exists()


def test_asker_who_left_is_answered_without_a_link(
    enrollment: Enrollment, lesson: Lesson, instructor: User
) -> None:
    question = ask(enrollment, lesson)
    enrollment.status = Enrollment.Status.WITHDRAWN
    enrollment.save()

    margin.answer(question, text="So.", is_shown=False, by=instructor, now=NOW)

    mail = OutgoingMail.objects.get(to_user_id=enrollment.user_id)
    assert "So." in mail.body
    assert "/learn/" not in mail.body


def test_answer_is_hidden_and_shown_again(
    enrollment: Enrollment, lesson: Lesson, instructor: User
) -> None:
    question = answered(enrollment, lesson, instructor)

    margin.show(question, is_shown=False, by=instructor, now=NOW)
    margin.show(question, is_shown=False, by=instructor, now=NOW)
    hidden = MarginQuestion.objects.get().is_shown
    margin.show(question, is_shown=True, by=instructor, now=NOW)

    assert hidden is False
    assert MarginQuestion.objects.get().is_shown is True
    for action in ("margin-question.hidden", "margin-question.shown"):
        assert AuditEvent.objects.filter(action=action).count() == 1


def test_open_question_is_not_shown(
    enrollment: Enrollment, lesson: Lesson, instructor: User
) -> None:
    with pytest.raises(QuestionRefused):
        margin.show(ask(enrollment, lesson), is_shown=True, by=instructor, now=NOW)


# ---------------------------------------------------------------- the lesson page


def test_learner_sees_their_own_and_what_is_shown(
    enrollment: Enrollment, lesson: Lesson, instructor: User, client_of: ClientOf
) -> None:
    answered(enrollment, lesson, instructor, text="Shown?")
    answered(enrollment, lesson, instructor, text="Hidden?", is_shown=False)
    ask(enrollment, lesson, "Open?")
    other = EnrollmentFactory(version=lesson.version)

    for make in (lesson_page, questions_page):
        own = html(client_of(enrollment.user), make(enrollment, lesson))
        theirs = html(client_of(other.user), make(other, lesson))

        assert [text in own for text in ("Shown?", "Hidden?", "Open?")] == [True, True, True]
        assert [text in theirs for text in ("Shown?", "Hidden?", "Open?")] == [True, False, False]


def test_questions_go_on_in_a_new_edition(
    enrollment: Enrollment, lesson: Lesson, instructor: User, client_of: ClientOf
) -> None:
    answered(enrollment, lesson, instructor, text="Asked before?")
    newer = VersionFactory(course=lesson.version.course, edition=2)
    twin = LessonFactory(module__version=newer, key=lesson.key, slug="renamed")
    other = EnrollmentFactory(version=newer)

    assert "Asked before?" in html(client_of(other.user), lesson_page(other, twin))


def test_markup_in_a_question_stays_text(
    enrollment: Enrollment, lesson: Lesson, instructor: User, client_of: ClientOf
) -> None:
    answered(enrollment, lesson, instructor, text="<script>alert(1)</script>?")

    for page in (
        html(client_of(enrollment.user), lesson_page(enrollment, lesson)),
        html(client_of(instructor), studio("questions", lesson)),
    ):
        assert "&lt;script&gt;alert(1)" in page
        assert "<script>alert(1)" not in page


def test_lesson_page_keeps_its_bytes_and_queries_however_much_is_asked(
    enrollment: Enrollment, lesson: Lesson, instructor: User, client_of: ClientOf
) -> None:
    client, url = client_of(enrollment.user), lesson_page(enrollment, lesson)
    html(client, url)
    counts, sizes = [], []
    for number in range(9):
        with CaptureQueriesContext(connection) as captured:
            page = html(client, url)
        counts.append(len(captured))
        sizes.append(len(page))
        answered(enrollment, lesson, instructor, text=f"{number} {'wörd ' * 390}?")

    assert len(set(counts)) == 1
    assert max(sizes) - min(sizes) < 4_000
    assert "Read all questions and answers" in page


def test_asking_in_the_browser_leads_to_the_question(
    enrollment: Enrollment, lesson: Lesson, client_of: ClientOf
) -> None:
    client, url = client_of(enrollment.user), questions_page(enrollment, lesson)

    answer = client.post(url, {"text": "How hard?"})

    assert (answer.status_code, answer["Location"]) == (302, url)
    assert "How hard?" in html(client, url)


def test_empty_question_is_shown_again(
    enrollment: Enrollment, lesson: Lesson, client_of: ClientOf
) -> None:
    answer = client_of(enrollment.user).post(questions_page(enrollment, lesson), {"text": " "})

    assert answer.status_code == 422
    assert "Write your question." in answer.content.decode()


def test_sixth_question_is_shown_again_with_the_reason(
    enrollment: Enrollment, lesson: Lesson, client_of: ClientOf
) -> None:
    for number in range(5):
        ask(enrollment, lesson, f"Question {number}?")

    answer = client_of(enrollment.user).post(questions_page(enrollment, lesson), {"text": "Six?"})

    assert answer.status_code == 422
    assert "wait for an answer" in answer.content.decode()
    assert "Six?</textarea>" in answer.content.decode()


def test_asking_without_end_is_stopped(
    enrollment: Enrollment, lesson: Lesson, client_of: ClientOf
) -> None:
    client = client_of(enrollment.user)
    statuses = [
        client.post(questions_page(enrollment, lesson), {"text": ""}).status_code for _ in range(11)
    ]

    assert statuses == [422] * 10 + [429]


def test_questions_of_another_learner_are_not_there(
    enrollment: Enrollment, lesson: Lesson, stranger: User, client_of: ClientOf
) -> None:
    client, url = client_of(stranger), questions_page(enrollment, lesson)

    assert client.get(url).status_code == 404
    assert client.post(url, {"text": "Me too?"}).status_code == 404
    assert MarginQuestion.objects.count() == 0


# ---------------------------------------------------------------- the studio


@pytest.mark.parametrize(("role", "status"), [("co-author", 200), ("reviewer", 403), ("", 404)])
def test_who_answers(
    role: str, status: int, enrollment: Enrollment, lesson: Lesson, client_of: ClientOf
) -> None:
    question = ask(enrollment, lesson)
    client = client_of(with_role(lesson, role))

    seen = client.get(studio("questions", lesson)).status_code
    sent = client.post(
        studio("question-answer", lesson, question.uid), {f"q{question.pk}-answer": "So."}
    ).status_code
    shown = client.post(studio("question-show", lesson, question.uid)).status_code

    write = 302 if status == 200 else status
    assert (seen, sent, shown) == (status, write, write)


def test_instructor_answers_for_everybody_then_hides(
    enrollment: Enrollment, lesson: Lesson, instructor: User, client_of: ClientOf
) -> None:
    question = ask(enrollment, lesson)
    client = client_of(instructor)
    sent = {f"q{question.pk}-answer": "Lightly.", f"q{question.pk}-is_shown": "on"}

    client.post(studio("question-answer", lesson, question.uid), sent)
    shown = MarginQuestion.objects.get()
    client.post(studio("question-show", lesson, question.uid))

    assert (shown.answer, shown.is_shown) == ("Lightly.", True)
    assert MarginQuestion.objects.get().is_shown is False
    assert "Only the asker sees it" in html(client, studio("questions", lesson))


def test_empty_answer_is_shown_again(
    enrollment: Enrollment, lesson: Lesson, instructor: User, client_of: ClientOf
) -> None:
    question = ask(enrollment, lesson)

    answer = client_of(instructor).post(studio("question-answer", lesson, question.uid), {})

    assert answer.status_code == 422
    assert "Write the answer." in answer.content.decode()
    assert MarginQuestion.objects.get().answered_at is None


def test_question_of_another_course_is_not_answered_here(
    enrollment: Enrollment, lesson: Lesson, instructor: User, client_of: ClientOf
) -> None:
    other = LessonFactory()
    question = ask(EnrollmentFactory(version=other.version), other)

    answer = client_of(instructor).post(
        studio("question-answer", lesson, question.uid), {f"q{question.pk}-answer": "So."}
    )

    assert answer.status_code == 404


def test_page_of_questions_asks_the_same_for_many(
    enrollment: Enrollment, lesson: Lesson, instructor: User, client_of: ClientOf
) -> None:
    client, url = client_of(instructor), studio("questions", lesson)
    counts = []
    for number in range(3):
        answered(enrollment, lesson, instructor, text=f"Answered {number}?")
        ask(enrollment, lesson, f"Open {number}?")
        html(client, url)
        with CaptureQueriesContext(connection) as captured:
            assert f"Open {number}?" in html(client, url)
        counts.append(len(captured))

    assert len(set(counts)) == 1, counts


def test_answered_questions_are_paged_and_open_ones_stand_on_the_first_page(
    enrollment: Enrollment, lesson: Lesson, instructor: User, client_of: ClientOf
) -> None:
    for number in range(26):
        answered(enrollment, lesson, instructor, text=f"Number {number:02}?")
    ask(enrollment, lesson, "Open?")
    client, url = client_of(instructor), studio("questions", lesson)

    first = html(client, url)
    oldest_shown = MarginQuestion.objects.get(text="Number 01?").pk
    second = html(client, f"{url}?after={oldest_shown}")

    assert ("Open?" in first, "Number 25?" in first, "Number 00?" in first) == (True, True, False)
    assert f"?after={oldest_shown}" in first
    assert ("Open?" in second, "Number 25?" in second, "Number 00?" in second) == (
        False,
        False,
        True,
    )
