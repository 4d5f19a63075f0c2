"""Policies in the office: drafted with a preview, put into force from a day on."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ce_platform.accounts.rules import PersonRequest, registrar_only
from ce_platform.core import policies
from ce_platform.core.errors import DomainError
from ce_platform.core.models import PolicyDocument
from ce_platform.core.text import clean, sha256_text
from ce_platform.office.policies.forms import PolicyDraftForm, PolicyPublishForm
from ce_platform.office.policies.starters import starter_text
from ce_platform.office.policies.views import history_of, what_changed
from courses.markdown import parse
from courses.markdown import render as html_of

Kind = PolicyDocument.Kind
PURPOSES = {
    Kind.REGISTRATION: gettext_lazy(
        "Who may enroll, how, and what you ask for. NCBTMB asks for one."
    ),
    Kind.CANCELLATION: gettext_lazy("What happens when a course is canceled. NCBTMB asks for one."),
    Kind.REFUND: gettext_lazy("When money is paid back, and how much. NCBTMB asks for one."),
    Kind.PRIVACY: gettext_lazy("What is kept about people, why, and for how long."),
    Kind.COMPLAINT: gettext_lazy(
        "How somebody complains, who decides, and by when. Boards ask for it."
    ),
    Kind.ACCESSIBILITY: gettext_lazy(
        "What is offered to people who read, see, hear or move otherwise."
    ),
}


@registrar_only
@require_safe
def policy_list(request: PersonRequest) -> HttpResponse:
    today = policies.provider_today(timezone.now())
    rows = list(PolicyDocument.objects.defer("text").order_by("kind", "-version"))
    shown = []
    for kind in Kind:
        mine = [row for row in rows if row.kind == kind]
        lines = history_of([row for row in mine if not row.is_draft], today=today)
        shown.append(
            {
                "kind": kind,
                "purpose": PURPOSES[kind],
                "draft": next((row for row in mine if row.is_draft), None),
                "current": next((line for line in lines if line.state == "in-force"), None),
                "coming": next((line for line in lines if line.state == "to-come"), None),
            }
        )
    return render(request, "office/policies/office_policy_list.html", {"shown": shown})


@registrar_only
@require_http_methods(["GET", "POST"])
def policy_edit(request: PersonRequest, kind: str) -> HttpResponse:
    """Write the draft; what was saved stands beside it as it will read."""
    if request.method == "GET":
        return _edit(request, kind)
    form = PolicyDraftForm(request.POST, is_first=not policies.published_of(kind).exists())
    if not form.is_valid():
        return _edit(request, kind, form=form, status=422)
    try:
        policies.save_draft(
            kind,
            text=form.cleaned_data["text"],
            changes=form.cleaned_data.get("changes", ""),
            seen=form.cleaned_data["seen"],
            by=request.user,
            now=timezone.now(),
        )
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return _edit(request, kind, form=form, status=422)
    messages.success(request, _("The draft is saved. Nobody outside the office sees it."))
    return redirect(f"{request.path}#preview")


@registrar_only
@require_POST
def policy_publish(request: PersonRequest, kind: str) -> HttpResponse:
    now = timezone.now()
    form = PolicyPublishForm(request.POST, today=policies.provider_today(now))
    if not form.is_valid():
        return _edit(request, kind, publish_form=form, status=422)
    try:
        row = policies.publish(
            kind,
            seen=form.cleaned_data["seen"],
            effective_on=form.cleaned_data["effective_on"],
            by=request.user,
            now=now,
        )
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return _edit(request, kind, publish_form=form, status=422)
    messages.success(request, _("%(policy)s is published.") % {"policy": str(row)})
    return redirect("office:policy-version", kind=kind, version=row.version)


@registrar_only
@require_POST
def policy_discard(request: PersonRequest, kind: str) -> HttpResponse:
    policies.discard_draft(kind, by=request.user, now=timezone.now())
    messages.success(request, _("The draft is thrown away. What was published stays."))
    return redirect("office:office-policy-list")


def _edit(
    request: PersonRequest,
    kind: str,
    *,
    form: PolicyDraftForm | None = None,
    publish_form: PolicyPublishForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    today = policies.provider_today(now)
    draft = policies.draft_of(kind)
    published = list(policies.published_of(kind))
    newest = published[0] if published else None
    begun = draft.text if draft else newest.text if newest else starter_text(kind)
    seen = sha256_text(draft.text) if draft else ""
    if form is None:
        form = PolicyDraftForm(
            initial={"text": begun, "changes": draft.changes if draft else "", "seen": seen},
            is_first=newest is None,
        )
    elif form.non_field_errors():
        # What is saved now has been shown beside it: the next save may take its place.
        form.data = {**dict(form.data.items()), "seen": seen}
    if publish_form is not None:
        publish_form.data = {**dict(publish_form.data.items()), "seen": seen}
    # A draft that differs from what is being typed is shown as it was saved.
    text = clean(draft.text) if draft else begun
    return render(
        request,
        "office/policies/office_policy_edit.html",
        {
            "kind": Kind(kind),
            "purpose": PURPOSES[Kind(kind)],
            "draft": draft,
            "newest": newest,
            "form": form,
            "publish_form": publish_form
            or PolicyPublishForm(initial={"effective_on": today, "seen": seen}, today=today),
            "html": html_of(text, prefix="policy"),
            "problems": parse(text).problems,
            "gap_count": text.count(policies.FILL_IN),
            "paragraphs": (what_changed(newest.text, draft.text) if newest and draft else None),
            "lines": history_of(published, today=today),
            "crumbs": [
                {"label": _("Policies"), "url": reverse("office:office-policy-list")},
                {"label": Kind(kind).label, "url": ""},
            ],
        },
        status=status,
    )
