"""The office's desk of rules: every body, one with its history, writing, and newer data files."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ce_platform.accounts.rules import PersonRequest, registrar_only
from ce_platform.core.errors import DomainError
from ce_platform.licensing import facts, queries, rule_words, rules_desk
from ce_platform.licensing.domain import loading, proposals, readings
from ce_platform.licensing.domain.data_files import read_texts
from ce_platform.licensing.domain.errors import RuleRefused
from ce_platform.licensing.forms import DecisionForm, RuleEditor, RuleFilesForm
from ce_platform.licensing.models import BodyRule, LicensingBody, RuleProposalLine
from ce_platform.licensing.views.common import office_crumbs, sent, sent_files

MOST_RULES = 200
MOST_REJECTED = 100
MOST_LOOKED = 20


@registrar_only
@require_safe
def office_body_list(request: PersonRequest) -> HttpResponse:
    """Every body with its rule; `q` looks in names and codes, `show` is one of the filters."""
    show = request.GET.get("show", "")
    show = show if show in rules_desk.FILTERS else ""
    words = request.GET.get("q", "")[: rules_desk.LONGEST_SEARCH].replace("\x00", "")
    rows, counts = rules_desk.body_rows(
        words=words, show=show, today=request.user.local_date(timezone.now())
    )
    return render(
        request,
        "licensing/office_body_list.html",
        {
            "rows": rows,
            "words": words,
            "show": show,
            "filters": [
                {"name": name, "label": label, "count": counts[name]}
                for name, label in rules_desk.FILTERS.items()
            ],
            "counts": counts,
        },
    )


@registrar_only
@require_safe
def office_body_detail(request: PersonRequest, code: str) -> HttpResponse:
    body = get_object_or_404(LicensingBody, code=code)
    return _detail(request, body, None, status=200)


@registrar_only
@require_http_methods(["GET", "POST"])
def office_rule_change(request: PersonRequest, code: str) -> HttpResponse:
    """Write another reading. `rule`: over which one; the one in force when none is named."""
    body = get_object_or_404(LicensingBody, code=code)
    now = timezone.now()
    today = request.user.local_date(now)
    rules = list(body.rules.order_by("-valid_from", "-id")[:MOST_RULES])
    wanted = request.POST.get("based_on") or request.GET.get("rule", "")
    rule = next((each for each in rules if str(each.pk) == wanted), None)
    if rule is None:
        rule = queries.rule_on(rules, today)
    editor = RuleEditor(
        sent(request),
        parts=readings.parts_of(rule),
        based_on=rule.pk if rule is not None else None,
        today=max(today, rule.valid_from) if rule is not None else today,
    )
    if request.method == "POST" and editor.is_valid():
        data = editor.form.cleaned_data
        try:
            saved = readings.save_rule(
                body,
                based_on=data["based_on"],
                changes=editor.changes(),
                valid_from=data["valid_from"],
                reason=data["reason"],
                is_checked=data["is_checked"],
                by=request.user,
                now=now,
            )
        except RuleRefused as refusal:
            for name, sentence in refusal.problems.items():
                editor.form.add_error(name if name in editor.form.fields else None, sentence)
        except DomainError as refusal:
            editor.form.add_error(None, str(refusal))
        else:
            messages.success(request, _saved_words(saved, is_checked=data["is_checked"]))
            return redirect("licensing:office-body-detail", code=body.code)
    return render(
        request,
        "licensing/office_rule_form.html",
        {
            "body": body,
            "rule": rule,
            "editor": editor,
            "form": editor.form,
            "is_overtaken": rule is not None and not readings.is_standing(rule, rules, today=today),
            "crumbs": _crumbs(
                (body.place, reverse("licensing:office-body-detail", args=[body.code])),
                (_("Change the rule"), ""),
            ),
        },
        status=422 if editor.is_bound else 200,
    )


@registrar_only
@require_POST
def office_rule_decide(request: PersonRequest, code: str) -> HttpResponse:
    """Lines of newer data files, accepted or rejected."""
    body = get_object_or_404(LicensingBody, code=code)
    now = timezone.now()
    form = DecisionForm(request.POST, lines=_open_ids(body))
    if not form.is_valid():
        return _detail(request, body, form, status=422)
    # "All" means those that stood on the page; a file may have been loaded since.
    shown = [pk for pk in form.lines if f"line-{pk}" in request.POST]
    is_all = request.POST.get("all") == "accept"
    try:
        decided = proposals.decide(
            body,
            based_on=form.cleaned_data["based_on"],
            accepted=shown if is_all else form.chosen("accept"),
            rejected=[] if is_all else form.chosen("reject"),
            valid_from=form.cleaned_data["valid_from"],
            is_checked=form.cleaned_data["is_checked"],
            by=request.user,
            now=now,
        )
    except RuleRefused as refusal:
        for name, sentence in refusal.problems.items():
            form.add_error(name if name in form.fields else None, sentence)
        return _detail(request, body, form, status=422)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("licensing:office-body-detail", code=body.code)
    if decided.accepted or decided.rejected:
        messages.success(request, _decided_words(decided))
    elif _sent_lines(request) - set(form.lines):
        messages.info(request, _("These lines were decided before."))
    else:
        messages.info(request, _("Nothing was chosen. The lines stay open."))
    return redirect("licensing:office-body-detail", code=body.code)


@registrar_only
@require_POST
def office_rule_restore(request: PersonRequest, pk: int) -> HttpResponse:
    """Say again what an earlier reading said."""
    rule = get_object_or_404(BodyRule.objects.select_related("body"), pk=pk)
    based_on = request.POST.get("based_on", "")
    try:
        saved = readings.restore_rule(
            rule,
            based_on=int(based_on) if based_on.isascii() and based_on.isdigit() else None,
            by=request.user,
            now=timezone.now(),
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _saved_words(saved, is_checked=False))
    return redirect("licensing:office-body-detail", code=rule.body.code)


@registrar_only
@require_POST
def office_rule_line_reopen(request: PersonRequest, pk: int) -> HttpResponse:
    """Take the rejection of a line back."""
    line = get_object_or_404(RuleProposalLine.objects.select_related("body"), pk=pk)
    try:
        proposals.reopen(line, by=request.user, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The line is open again."))
    return redirect(f"{reverse('licensing:office-body-detail', args=[line.body.code])}#differences")


@registrar_only
@require_http_methods(["GET", "POST"])
def office_rule_files(request: PersonRequest) -> HttpResponse:
    """A newer set of data files: looked at, or loaded."""
    form = RuleFilesForm(*sent_files(request))
    looked = None
    if request.method == "POST" and form.is_valid():
        is_look = request.POST.get("do") == "look"
        try:
            loaded = loading.load(
                read_texts(bodies=form.cleaned_data["bodies"], rules=form.cleaned_data["rules"]),
                by=request.user,
                now=timezone.now(),
                dry_run=is_look,
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            if not is_look:
                messages.success(request, _loaded_words(loaded))
                show = "?show=differences" if loaded.proposed_lines else ""
                return redirect(f"{reverse('licensing:office-body-list')}{show}")
            looked = loaded
    return render(
        request,
        "licensing/office_rule_files.html",
        {
            "form": form,
            "looked": looked,
            "summary": _loaded_words(looked) if looked else "",
            "changes": [
                (change, rule_words.differences(change.before, change.after))
                for change in looked.changes[:MOST_LOOKED]
            ]
            if looked
            else [],
            "unshown": len(looked.changes[MOST_LOOKED:]) if looked else 0,
            # Of rules the page says more than the command does.
            "body_lines": [
                line for line in looked.lines if not line.startswith(("rule ", "propose "))
            ][:MOST_RULES]
            if looked
            else [],
            "crumbs": _crumbs((_("Newer data files"), "")),
        },
        status=422 if form.is_bound and form.errors else 200,
    )


def _detail(
    request: PersonRequest, body: LicensingBody, form: DecisionForm | None, *, status: int
) -> HttpResponse:
    """Three queries of its own, whatever the number of readings and lines."""
    today = request.user.local_date(timezone.now())
    rules = list(body.rules.order_by("-valid_from", "-id")[:MOST_RULES])
    rule, last = queries.rule_on(rules, today), rules_desk.last_written(rules)
    lines = list(
        body.rule_lines.filter(
            status__in=[RuleProposalLine.Status.OPEN, RuleProposalLine.Status.REJECTED]
        ).select_related("proposal")
    )
    waiting = [line for line in lines if line.status == RuleProposalLine.Status.OPEN]
    rejected = [line for line in lines if line.status == RuleProposalLine.Status.REJECTED]
    if form is None:
        form = DecisionForm(
            lines=[line.pk for line in waiting],
            initial={
                "based_on": last.pk if last is not None else None,
                "valid_from": max(today, last.valid_from) if last is not None else today,
            },
        )
    history = rules_desk.history(rules, today=today)
    return render(
        request,
        "licensing/office_body_detail.html",
        {
            "body": body,
            "rule": rule,
            "last": last,
            "groups": rules_desk.fact_groups(rule) if rule is not None else [],
            "sources": [
                source | {"as_of": facts.day_of_source(source["as_of"])} for source in rule.sources
            ]
            if rule is not None
            else [],
            "confidence": facts.CONFIDENCE_WORDS[rule.confidence] if rule is not None else "",
            "history": history,
            "pair": _pair(request, history),
            "form": form,
            "lines": [
                (row, form[f"line-{row.line.pk}"])
                for row in rules_desk.line_rows(waiting, last)
                if f"line-{row.line.pk}" in form.fields
            ],
            "rejected": rules_desk.rejected_rows(rejected[-MOST_REJECTED:]),
            "crumbs": _crumbs((body.place, "")),
        },
        status=status,
    )


def _pair(request: PersonRequest, history: list[rules_desk.HistoryRow]) -> dict[str, Any] | None:
    """Two readings side by side, as `old` and `new` name them; None where they name none."""
    by_pk = {str(row.rule.pk): row for row in history}
    old, new = (by_pk.get(request.GET.get(name, "")) for name in ("old", "new"))
    if old is None or new is None:
        return None
    return {
        "old": old,
        "new": new,
        "differences": rule_words.differences(
            readings.parts_of(old.rule), readings.parts_of(new.rule)
        ),
    }


def _open_ids(body: LicensingBody) -> list[int]:
    return list(
        body.rule_lines.filter(status=RuleProposalLine.Status.OPEN).values_list("pk", flat=True)
    )


def _saved_words(saved: readings.Saved, *, is_checked: bool) -> str:
    if not saved.is_new:
        return (
            _("Nothing was changed. The check is noted.")
            if is_checked
            else _("Nothing was changed, so nothing was added.")
        )
    if is_checked:
        return _("Saved and checked. The rule is public.")
    return _("Saved. It is shown to the public once somebody has checked it.")


def _sent_lines(request: PersonRequest) -> set[int]:
    """Lines that stood on the page, open or not by now."""
    numbers = (name.removeprefix("line-") for name in request.POST if name.startswith("line-"))
    return {
        int(number)
        for number in numbers
        if number.isascii() and number.isdigit() and len(number) < 19
    }


def _decided_words(decided: proposals.Decided) -> str:
    accepted = ngettext("%(count)d line accepted", "%(count)d lines accepted", decided.accepted)
    rejected = ngettext("%(count)d line rejected", "%(count)d lines rejected", decided.rejected)
    said = [
        words % {"count": count}
        for words, count in ((accepted, decided.accepted), (rejected, decided.rejected))
        if count
    ]
    return f"{', '.join(said)}."


def _loaded_words(loaded: loading.Loaded) -> str:
    """What a file changed (or would change), without what it did not."""
    counted = [
        (loaded.added_bodies, ngettext("%(n)d new body", "%(n)d new bodies", loaded.added_bodies)),
        (
            loaded.changed_bodies,
            ngettext("%(n)d changed body", "%(n)d changed bodies", loaded.changed_bodies),
        ),
        (
            loaded.added_rules,
            ngettext("%(n)d new reading", "%(n)d new readings", loaded.added_rules),
        ),
        (
            loaded.proposed_lines,
            ngettext("%(n)d line to decide", "%(n)d lines to decide", loaded.proposed_lines),
        ),
        (
            loaded.older_rules,
            ngettext(
                "%(n)d rule passed over, because a newer file was read already",
                "%(n)d rules passed over, because newer files were read already",
                loaded.older_rules,
            ),
        ),
    ]
    said = [words % {"n": number} for number, words in counted if number]
    return f"{'; '.join(said)}." if said else _("Everything in it is on file already.")


def _crumbs(*more: tuple[str, str]) -> list[dict[str, str]]:
    return office_crumbs((_("Licensing bodies"), reverse("licensing:office-body-list")), *more)
