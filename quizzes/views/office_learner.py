"""The office helps somebody with their quizzes: another attempt, more time, setting one aside."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ce_platform.accounts.rules import PersonRequest, registrar_only
from ce_platform.core.errors import DomainError
from ce_platform.core.paging import newest_first
from courses.models import Enrollment
from quizzes.domain.attempts import close_if_overdue, void_attempt
from quizzes.domain.extra_time import grant_time
from quizzes.domain.requests import grant_another
from quizzes.forms import GiveAttemptForm, GiveTimeForm, SetAsideForm
from quizzes.models import Attempt, Quiz
from quizzes.office import learner_enrollments, learner_page
from quizzes.queries import graded, quizzes_of


@require_http_methods(["GET", "HEAD"])
@registrar_only
def office_learner_list(request: PersonRequest) -> HttpResponse:
    words = request.GET.get("q", "")[:200].replace("\0", " ").strip()
    page = newest_first(learner_enrollments(words), after=request.GET.get("after"))
    here = reverse("quizzes:office-learner-list")
    query = request.GET.copy()
    query.pop("after", None)
    older = query.copy()
    older["after"] = str(page.older_after)
    return render(
        request,
        "quizzes/office_learner_list.html",
        {
            "rows": page.rows,
            "words": words,
            "older_url": f"{here}?{older.urlencode()}" if page.older_after else "",
            "newer_url": "" if page.is_first else f"{here}?{query.urlencode()}",
        },
    )


@require_http_methods(["GET", "HEAD"])
@registrar_only
def office_learner_detail(request: PersonRequest, uid: UUID) -> HttpResponse:
    return _page(request, _enrollment_or_404(uid))


@require_POST
@registrar_only
def office_learner_time(request: PersonRequest, uid: UUID) -> HttpResponse:
    enrollment = _enrollment_or_404(uid)
    form = GiveTimeForm(request.POST)
    if not form.is_valid():
        return _page(request, enrollment, time_form=form, status=422)
    try:
        grant_time(
            enrollment,
            extra_percent=form.cleaned_data["extra_percent"],
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=timezone.now(),
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        # Who gets none is not told of it, and keeps what an open attempt has.
        sentence = (
            _("The extra time is set; the learner gets a mail.")
            if form.cleaned_data["extra_percent"]
            else _("No extra time from the next attempt on; one that is open keeps its own.")
        )
        messages.success(request, sentence)
    return redirect("quizzes:office-learner-detail", uid=uid)


@require_POST
@registrar_only
def office_learner_attempt(request: PersonRequest, uid: UUID, quiz: UUID) -> HttpResponse:
    enrollment = _enrollment_or_404(uid)
    row = _quiz_or_404(enrollment, quiz)
    form = GiveAttemptForm(request.POST, prefix=f"a{row.pk}")
    if not form.is_valid():
        return _page(request, enrollment, attempt_forms={row.pk: form}, status=422)
    try:
        grant_another(
            enrollment,
            row,
            left_before=form.cleaned_data["left"],
            answer=form.cleaned_data["answer"],
            by=request.user,
            now=timezone.now(),
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("One more attempt is given; the learner gets a mail."))
    return redirect("quizzes:office-learner-detail", uid=uid)


@require_POST
@registrar_only
def office_attempt_void(request: PersonRequest, uid: UUID) -> HttpResponse:
    attempt = get_object_or_404(Attempt.objects.select_related("enrollment"), uid=uid)
    form = SetAsideForm(request.POST, prefix=f"v{attempt.pk}")
    if not form.is_valid():
        enrollment = _enrollment_or_404(attempt.enrollment.uid)
        return _page(request, enrollment, void_forms={attempt.pk: form}, status=422)
    attempt = close_if_overdue(attempt, now=timezone.now())
    void_attempt(attempt, reason=form.cleaned_data["reason"], by=request.user, now=timezone.now())
    messages.success(request, _("The attempt is set aside: it counts neither way."))
    return redirect("quizzes:office-learner-detail", uid=attempt.enrollment.uid)


def _enrollment_or_404(uid: UUID) -> Enrollment:
    return get_object_or_404(
        Enrollment.objects.select_related("user", "course", "version"), uid=uid
    )


def _quiz_or_404(enrollment: Enrollment, key: UUID) -> Quiz:
    for quiz in graded(quizzes_of([enrollment.version_id])):
        if quiz.key == key:
            return quiz
    raise Http404("No such quiz in this course.")


def _page(
    request: PersonRequest,
    enrollment: Enrollment,
    *,
    time_form: GiveTimeForm | None = None,
    attempt_forms: dict[int, GiveAttemptForm] | None = None,
    void_forms: dict[int, SetAsideForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    page = learner_page(enrollment, now=timezone.now())
    return render(
        request,
        "quizzes/office_learner_detail.html",
        {
            "enrollment": enrollment,
            "page": page,
            "lines": [
                {
                    "line": line,
                    "form": (attempt_forms or {}).get(line.quiz.pk)
                    or GiveAttemptForm(prefix=f"a{line.quiz.pk}", initial={"left": line.left}),
                    "attempts": [
                        {
                            "row": attempt,
                            "percent": percent,
                            "form": (void_forms or {}).get(attempt.pk)
                            or SetAsideForm(prefix=f"v{attempt.pk}"),
                        }
                        for attempt, percent in line.attempts
                    ],
                }
                for line in page.quizzes
            ],
            "time_form": time_form
            or GiveTimeForm(initial={"extra_percent": page.extra_percent or 50}),
            "crumbs": [
                {"label": _("Attempts and time"), "url": reverse("quizzes:office-learner-list")},
                {"label": enrollment.user.get_full_name(), "url": ""},
            ],
        },
        status=status,
    )
