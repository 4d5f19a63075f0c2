"""Questions in the margin of a lesson: asked by a learner, answered once, shown to all or to one.

Nobody but the asker learns who asked: rows and mails carry no name of a learner.
"""

from datetime import UTC, datetime
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from ce_platform.accounts.models import User
from ce_platform.core import audit
from ce_platform.core.mail import write_mail
from ce_platform.core.models import Provider
from ce_platform.core.text import clean
from courses.domain.completion import lock_enrollment
from courses.domain.errors import EnrollmentNotOpen, NotYours, QuestionRefused, WrongLesson
from courses.models import Course, CourseMember, Enrollment, Lesson, MarginQuestion, long_texts

LONGEST_QUESTION: Final = 2_000
LONGEST_ANSWER: Final = 4_000
MOST_OPEN: Final = 5


@transaction.atomic
def ask(
    enrollment: Enrollment, lesson: Lesson, *, text: str, by: User, now: datetime
) -> MarginQuestion:
    """Ask about a lesson, while studying it or after. The authors get a mail, one an hour.

    Sending the same question twice asks once.
    Errors: NotYours, WrongLesson, EnrollmentNotOpen (the course was left), QuestionRefused.
    """
    enrollment = lock_enrollment(enrollment.pk)
    if enrollment.user_id != by.pk:
        raise NotYours
    if lesson.version_id != enrollment.version_id:
        raise WrongLesson
    if enrollment.status == Enrollment.Status.WITHDRAWN:
        raise EnrollmentNotOpen(enrollment.status)
    text = _written(text, most=LONGEST_QUESTION, missing="Write your question.")
    waiting = list(
        MarginQuestion.objects.filter(
            course=enrollment.course, asked_by=by, answered_at__isnull=True
        )
    )
    for known in waiting:
        if (known.lesson_key, known.text) == (lesson.key, text):
            return known
    if len(waiting) >= MOST_OPEN:
        raise QuestionRefused(
            f"{MOST_OPEN} of your questions in this course still wait for an answer. "
            "Ask the next one when the first of them is answered."
        )
    question = MarginQuestion.objects.create(
        course=enrollment.course,
        version=enrollment.version,
        lesson_key=lesson.key,
        text=text,
        asked_at=now,
        asked_by=by,
    )
    _record("asked", question, by=by, now=now)
    _tell_authors(question, lesson, title=enrollment.version.title, now=now)
    return question


@transaction.atomic
def answer(
    question: MarginQuestion, *, text: str, is_shown: bool, by: User, now: datetime
) -> MarginQuestion:
    """Answer, for every learner of the lesson or for the asker alone, who gets a mail.

    The same answer sent twice is one answer. Errors: QuestionRefused, also for a second answer.
    """
    question = _locked(question)
    text = _written(text, most=LONGEST_ANSWER, missing="Write the answer.")
    if question.answered_at is not None:
        if question.answer == text:
            return question
        raise QuestionRefused("This question has been answered already; its answer stays.")
    question.answer = text
    question.answered_at = now
    question.answered_by_id = by.pk
    # An address is nobody's name: without a name the page says who it was by the role.
    question.answered_by_name = by.name_on_certificates[:120]
    question.is_shown = is_shown
    question.save(
        update_fields=["answer", "answered_at", "answered_by_id", "answered_by_name", "is_shown"]
    )
    _record("answered", question, by=by, now=now, is_shown=is_shown)
    _tell_asker(question, now=now)
    return question


@transaction.atomic
def show(question: MarginQuestion, *, is_shown: bool, by: User, now: datetime) -> MarginQuestion:
    """Show an answered question to every learner, or hide it again; the asker keeps seeing it.

    Errors: QuestionRefused for one that has no answer.
    """
    question = _locked(question)
    if question.answered_at is None:
        raise QuestionRefused("Only a question with an answer can be shown to learners.")
    if question.is_shown != is_shown:
        question.is_shown = is_shown
        question.save(update_fields=["is_shown"])
        _record("shown" if is_shown else "hidden", question, by=by, now=now)
    return question


def _written(text: str, *, most: int, missing: str) -> str:
    text = clean(text)
    if not text:
        raise QuestionRefused(missing)
    if len(text) > most:
        raise QuestionRefused(f"Please keep it below {most:,} characters.")
    return text


def _locked(question: MarginQuestion) -> MarginQuestion:
    return (
        MarginQuestion.objects.select_for_update(of=("self",))
        .select_related("course", "asked_by", "version")
        .defer(*long_texts("version"))
        .get(pk=question.pk)
    )


def _tell_authors(question: MarginQuestion, lesson: Lesson, *, title: str, now: datetime) -> None:
    """Owner and co-authors; the office where a course has neither. One mail an hour and course."""
    course = question.course
    hour = f"{now.astimezone(UTC):%Y-%m-%dT%H}"
    for name, email, user_id in _authors(course):
        write_mail(
            "margin_question_asked",
            to_email=email,
            to_user_id=user_id,
            cause=f"margin-asked:{course.pk}:{hour}:{name}",
            now=now,
            question=question,
            lesson=lesson,
            course=course,
            course_title=title,
        )


def _authors(course: Course) -> list[tuple[str, str, int | None]]:
    """(what the mail is remembered by, address, account)"""
    people = User.objects.filter(
        Q(pk=course.owner_id)
        | Q(
            pk__in=CourseMember.objects.filter(
                course=course, role=CourseMember.Role.CO_AUTHOR
            ).values("user_id")
        ),
        is_active=True,
    )
    found: list[tuple[str, str, int | None]] = [
        (str(each.pk), each.email, each.pk) for each in people
    ]
    if not found:
        provider = Provider.objects.filter(pk=1).first()
        found = [("office", provider.email if provider else settings.SERVER_EMAIL, None)]
    return found


def _tell_asker(question: MarginQuestion, *, now: datetime) -> None:
    """With a link to the lesson as they study it now; a closed account gets nothing."""
    learner = question.asked_by
    if not learner.is_active:
        return
    enrollment = (
        Enrollment.objects.filter(user=learner, course=question.course)
        .exclude(status=Enrollment.Status.WITHDRAWN)
        .order_by("-pk")
        .first()
    )
    lesson = (
        Lesson.objects.filter(version=enrollment.version_id, key=question.lesson_key)
        .only("slug", "title")
        .first()
        if enrollment
        else None
    )
    write_mail(
        "margin_question_answered",
        to_email=learner.email,
        to_user_id=learner.pk,
        cause=f"margin-answered:{question.uid}",
        now=now,
        question=question,
        learner=learner,
        course_title=question.version.title,
        enrollment=enrollment,
        lesson=lesson,
    )


def _record(
    what: str, question: MarginQuestion, *, by: User, now: datetime, **detail: bool
) -> None:
    audit.record(
        f"margin-question.{what}",
        subject_type="margin-question",
        subject_id=question.uid,
        by=by,
        now=now,
        course=question.course.slug,
        lesson=str(question.lesson_key),
        **detail,
    )
