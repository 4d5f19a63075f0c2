"""Who may see and do what. What is not yours does not exist: 404."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404

from ce_platform.accounts.models import User
from ce_platform.accounts.rules import PersonRequest, is_registrar
from courses.frozen import version_by_id
from courses.models import Course, CourseVersion, Enrollment, long_texts
from courses.studio.rules import may_write, studio_course_or_404
from quizzes.models import Attempt, Question, Quiz, QuizPoolItem
from quizzes.queries import quizzes_of


def attempt_or_404(request: PersonRequest, uid: UUID) -> Attempt:
    """The learner's own attempt with quiz, enrollment, course and version."""
    attempt = get_object_or_404(
        Attempt.objects.select_related("quiz", "enrollment__course"),
        uid=uid,
        enrollment__user=request.user,
    )
    enrollment = attempt.enrollment
    enrollment.version = version_by_id(enrollment.version_id)
    enrollment.version.course = enrollment.course
    return attempt


def own_attempt_or_404(request: PersonRequest, uid: UUID) -> Attempt:
    """The same for saving one answer, where nothing else is needed and every query counts."""
    return get_object_or_404(Attempt, uid=uid, enrollment__user=request.user)


def quiz_or_404(enrollment: Enrollment, slug: str) -> Quiz:
    """A quiz of the version that the learner studies, with its `pool_count`."""
    for quiz in quizzes_of([enrollment.version_id]):
        if quiz.slug == slug:
            return quiz
    raise Http404("No such quiz in this course.")


def version_of(attempt: Attempt) -> CourseVersion:
    """The version in which the attempt was taken: what it shows is shown as it was there, also
    after the learner moved to a newer one. The attempt comes with quiz, enrollment and version."""
    if attempt.quiz.version_id == attempt.enrollment.version_id:
        return attempt.enrollment.version
    return version_by_id(attempt.quiz.version_id)


def may_review(attempt: Attempt) -> bool:
    """Whether answers and explanations of a closed attempt may be shown now."""
    if attempt.status != Attempt.Status.GRADED:
        return False
    match attempt.quiz.review:
        case Quiz.Review.AFTER_SUBMIT:
            return True
        case Quiz.Review.AFTER_PASS:
            return (
                attempt.is_passed
                or Attempt.objects.filter(
                    enrollment_id=attempt.enrollment_id,
                    quiz__key=attempt.quiz.key,
                    status=Attempt.Status.GRADED,
                    is_passed=True,
                ).exists()
            )
        case _:
            return False


# ------------------------------------------------------------------------------- the studio


def draft_quiz_or_404(version: CourseVersion, key: UUID) -> Quiz:
    """A quiz of the draft with its module and its `pool_count`."""
    for quiz in quizzes_of([version.pk]):
        if quiz.key == key:
            quiz.version = version
            return quiz
    raise Http404("No such quiz in this draft.")


def pool_item_or_404(quiz: Quiz, question_key: UUID) -> QuizPoolItem:
    """A question that the author put into a quiz of the draft, with its revision."""
    item = get_object_or_404(
        QuizPoolItem.objects.select_related("revision__question"),
        quiz=quiz,
        draw__isnull=True,
        revision__question__key=question_key,
    )
    item.quiz = quiz
    return item


def bank_question_or_404(version: CourseVersion, key: UUID) -> Question:
    return get_object_or_404(Question, course=version.course_id, key=key)


# ------------------------------------------------------------------------------- what was answered


def written_course_or_404(request: PersonRequest, slug: str) -> Course:
    """A course whose authors, or the office, ask. 404: not theirs. 403: they only read it."""
    course = studio_course_or_404(request, slug)
    if not may_write(course):
        raise PermissionDenied("What learners answered is for the authors of the course.")
    return course


def published_quiz_or_404(course: Course, number: str, key: UUID) -> Quiz:
    """A quiz of a version that learners have or had, with its version."""
    edition, _, revision = number.partition(".")
    if not all(part.isascii() and part.isdigit() and len(part) < 5 for part in (edition, revision)):
        raise Http404("No such version.")
    quiz = get_object_or_404(
        Quiz.objects.select_related("version", "module").defer(*long_texts("version")),
        version__course=course,
        version__edition=int(edition),
        version__revision=int(revision),
        version__status__in=[CourseVersion.Status.PUBLISHED, CourseVersion.Status.RETIRED],
        key=key,
    )
    quiz.version.course = course
    return quiz


def course_question_or_404(course: Course, key: UUID) -> Question:
    return get_object_or_404(Question, course=course, key=key)


def may_apply_regrade(user: User) -> bool:
    """Authors propose, the office decides: a grade may bring a certificate."""
    return is_registrar(user)
