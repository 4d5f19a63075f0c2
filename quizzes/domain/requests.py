"""Asking the office for another attempt, and its answer."""

from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction

from ce_platform.accounts.models import User
from ce_platform.core import audit
from ce_platform.core.mail import write_mail
from ce_platform.core.models import Provider
from courses.domain.completion import lock_enrollment
from courses.models import Enrollment, long_texts
from quizzes.addresses import quiz_url
from quizzes.domain.allowance import allowance_of
from quizzes.domain.errors import AlreadyAnswered, GrantRefused, NothingToAsk
from quizzes.models import Attempt, AttemptRequest, Quiz

# Nobody needs more at once.
MOST_LEFT: Final = 5


@transaction.atomic
def request_another(
    enrollment: Enrollment, quiz: Quiz, *, message: str, by: User, now: datetime
) -> AttemptRequest:
    """Ask once; while the question is open, asking again returns it. The office gets a mail.

    Errors: NothingToAsk.
    """
    enrollment = lock_enrollment(enrollment.pk)
    waiting = AttemptRequest.objects.filter(
        enrollment=enrollment, quiz__key=quiz.key, answered_at__isnull=True
    ).first()
    if waiting is not None:
        return waiting
    if enrollment.status != Enrollment.Status.OPEN:
        raise NothingToAsk("This course is not open for you, so its quizzes are closed.")
    if Attempt.objects.filter(
        enrollment=enrollment,
        quiz__key=quiz.key,
        status=Attempt.Status.GRADED,
        is_passed=True,
    ).exists():
        raise NothingToAsk("You have passed this quiz; no further attempt is needed.")
    if allowance_of(enrollment, quiz).left != 0:
        raise NothingToAsk("You still have an attempt at this quiz; start it whenever you like.")
    request = AttemptRequest.objects.create(
        enrollment=enrollment, quiz=quiz, asked_at=now, message=message
    )
    audit.record(
        "attempt-request.asked",
        subject_type="attempt-request",
        subject_id=request.uid,
        by=by,
        now=now,
        quiz=quiz.title,
    )
    provider = Provider.objects.filter(pk=1).first()
    write_mail(
        "attempt_request_asked",
        to_email=provider.email if provider else settings.SERVER_EMAIL,
        cause=f"attempt-request-asked:{request.uid}",
        now=now,
        learner=by,
        quiz=quiz,
        course_title=enrollment.version.title,
        message=message,
    )
    return request


@transaction.atomic
def answer_request(
    request: AttemptRequest,
    *,
    is_granted: bool,
    answer: str,
    by: User,
    now: datetime,
    granted_count: int = 1,
) -> AttemptRequest:
    """Grant one more attempt, or decline with a reason. The learner gets a mail.

    `granted_count`: how many the mail speaks of, when others were granted beside this one.

    The same answer sent twice is one answer. Errors: AlreadyAnswered for a different one.
    """
    lock_enrollment(request.enrollment_id)
    request = (
        AttemptRequest.objects.select_related("quiz", "enrollment__user", "enrollment__version")
        .defer(*long_texts("enrollment__version"))
        .get(pk=request.pk)
    )
    if request.answered_at is not None:
        if request.is_granted == is_granted:
            return request
        raise AlreadyAnswered
    request.answered_at = now
    request.answered_by_id = by.pk
    request.is_granted = is_granted
    request.answer = answer
    request.save(update_fields=["answered_at", "answered_by_id", "is_granted", "answer"])
    audit.record(
        "attempt-request.granted" if is_granted else "attempt-request.declined",
        subject_type="attempt-request",
        subject_id=request.uid,
        by=by,
        now=now,
        quiz=request.quiz.title,
    )
    learner = request.enrollment.user
    write_mail(
        "attempt_request_answered",
        to_email=learner.email,
        to_user_id=learner.pk,
        cause=f"attempt-request-answered:{request.uid}",
        now=now,
        request=request,
        granted_count=granted_count,
        learner=learner,
        quiz=request.quiz,
        course_title=request.enrollment.version.title,
        quiz_path=quiz_url(request.enrollment, request.quiz),
    )
    return request


@transaction.atomic
def grant_another(
    enrollment: Enrollment,
    quiz: Quiz,
    *,
    left_before: int,
    answer: str,
    by: User,
    now: datetime,
    count: int = 1,
) -> AttemptRequest:
    """So many more attempts without being asked; a waiting request is answered with it. The
    learner gets one mail.

    `left_before`: how many were left on the page of whoever gives it, so that a second click
    gives no second one. Errors: GrantRefused.
    """
    enrollment = lock_enrollment(enrollment.pk)
    if enrollment.status != Enrollment.Status.OPEN:
        raise GrantRefused("This course is not open for the learner, so its quizzes are closed.")
    left = allowance_of(enrollment, quiz).left
    if left is None:
        raise GrantRefused("This quiz can be taken as often as one likes.")
    if left != left_before:
        raise GrantRefused(f"The learner has {left} left by now. Look again, please.")
    if left >= MOST_LEFT:
        raise GrantRefused(f"The learner has {left} attempts left already.")
    if not 1 <= count <= MOST_LEFT - left:
        raise GrantRefused(f"Give between 1 and {MOST_LEFT - left}; {left} are left already.")
    for _ in range(count - 1):
        _grant_silently(enrollment, quiz, by=by, now=now)
    request = AttemptRequest.objects.filter(
        enrollment=enrollment, quiz__key=quiz.key, answered_at__isnull=True
    ).first() or AttemptRequest.objects.create(enrollment=enrollment, quiz=quiz, asked_at=now)
    return answer_request(
        request, is_granted=True, answer=answer, by=by, now=now, granted_count=count
    )


def _grant_silently(enrollment: Enrollment, quiz: Quiz, *, by: User, now: datetime) -> None:
    """One of several that are told in one mail."""
    granted = AttemptRequest.objects.create(
        enrollment=enrollment,
        quiz=quiz,
        asked_at=now,
        answered_at=now,
        answered_by_id=by.pk,
        is_granted=True,
    )
    audit.record(
        "attempt-request.granted",
        subject_type="attempt-request",
        subject_id=granted.uid,
        by=by,
        now=now,
        quiz=quiz.title,
    )
