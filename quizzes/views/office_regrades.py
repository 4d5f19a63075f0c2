"""The office: what authors ask it to grade anew."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ce_platform.accounts.rules import PersonRequest, registrar_only
from ce_platform.core.errors import DomainError
from quizzes.domain.proposing import turn_down
from quizzes.models import RegradeProposal
from quizzes.proposal_queries import proposal_page
from quizzes.regrade_forms import TurnDownForm


@require_safe
@registrar_only
def office_regrade_list(request: PersonRequest) -> HttpResponse:
    """What waits, and below what was decided."""
    return _page(request)


@require_POST
@registrar_only
def office_regrade_turn_down(request: PersonRequest, uid: UUID) -> HttpResponse:
    proposal = get_object_or_404(RegradeProposal.objects.select_related("revision"), uid=uid)
    form = TurnDownForm(request.POST, prefix=_prefix(proposal))
    if not form.is_valid():
        return _page(request, bound={proposal.pk: form}, status=422)
    answer = form.cleaned_data["answer"]
    try:
        decided = turn_down(proposal, answer=answer, by=request.user, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("quizzes:office-regrade-list")
    if (decided.answer, decided.decided_by_id) != (answer, request.user.pk):
        # A page that was opened before; the author has the other reason in a mail.
        messages.warning(request, _("It was turned down already, and the first reason stands."))
    else:
        messages.success(request, _("It is turned down; the author gets a mail with your reason."))
    return redirect("quizzes:office-regrade-list")


def _prefix(proposal: RegradeProposal) -> str:
    return f"p{proposal.pk}"


def _page(
    request: PersonRequest, *, bound: dict[int, TurnDownForm] | None = None, status: int = 200
) -> HttpResponse:
    page = proposal_page(after=request.GET.get("after"))
    here = reverse("quizzes:office-regrade-list")
    forms = bound or {}
    return render(
        request,
        "quizzes/office_regrade_list.html",
        {
            "waiting": [
                {
                    "line": line,
                    "form": forms.get(line.proposal.pk)
                    or TurnDownForm(prefix=_prefix(line.proposal)),
                    "is_open": line.proposal.pk in forms,
                }
                for line in page.waiting
            ],
            "decided": page.decided,
            "older_url": f"{here}?after={page.older_after}#decided" if page.older_after else "",
            "newer_url": "" if page.is_first else f"{here}#decided",
        },
        status=status,
    )
