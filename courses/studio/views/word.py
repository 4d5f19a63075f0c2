"""A Word document into lessons: choose it, watch it being read, see what it would do, do it."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from ce_platform.accounts.rules import PersonRequest, staff_only
from ce_platform.core.errors import DomainError
from ce_platform.core.models import BackgroundJob
from courses.domain import word_import
from courses.models import CourseVersion, Module
from courses.studio.rules import draft_or_404
from courses.studio.views.common import say_refusal, studio_page, to_outline


class WordUpload(forms.Form):
    document = forms.FileField(
        label=gettext_lazy("Word document"),
        help_text=gettext_lazy(
            "A .docx file from Word, Google Docs or LibreOffice. Headings become lessons. Nothing "
            "changes before you have seen it."
        ),
        widget=forms.FileInput(attrs={"accept": ".docx"}),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("The file is empty."),
        },
    )

    def clean_document(self) -> object:
        document = self.cleaned_data["document"]
        if document.size > word_import.LARGEST_FILE:
            raise forms.ValidationError(
                _("The file is larger than %(size)d MB.")
                % {"size": word_import.LARGEST_FILE // 1_000_000}
            )
        return document


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def word_upload(request: PersonRequest, slug: str) -> HttpResponse:
    version = draft_or_404(request, slug)
    is_sent = request.method == "POST"
    form = WordUpload(request.POST if is_sent else None, request.FILES if is_sent else None)
    if is_sent and form.is_valid():
        upload = form.cleaned_data["document"]
        job = word_import.start_reading(
            version, upload.read(), file_name=upload.name, by=request.user, now=timezone.now()
        )
        return redirect("courses:studio-word-plan", slug=slug, uid=job.uid)
    return studio_page(
        request,
        "studio/word_upload.html",
        version,
        {"form": form},
        here=_("From Word"),
        status=422 if is_sent else 200,
    )


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def word_plan(request: PersonRequest, slug: str, uid: UUID) -> HttpResponse:
    """Progress, then what would change; POST does it."""
    version = draft_or_404(request, slug)
    job = get_object_or_404(
        BackgroundJob.objects.select_related("result_file"), uid=uid, kind=word_import.KIND
    )
    if word_import.version_of(job) != version.pk:
        raise Http404
    document = word_import.document_of(job)
    if request.method == "POST" and document is not None:
        return _apply(request, version, document)
    plans = word_import.plan(version, document) if document is not None else []
    return studio_page(
        request,
        "studio/word_plan.html",
        version,
        {
            "job": job,
            "document": document,
            "plans": plans,
            "refusal": word_import.refusal_of(version, plans),
            "is_unfinished": job.is_unfinished,
            "new_count": sum(each.action == "add" for each in plans),
            "changed_count": sum(each.action == "change" for each in plans),
            "modules": list(version.modules.all()),
        },
        here=_("From Word"),
    )


def _apply(
    request: PersonRequest, version: CourseVersion, document: word_import.ReadDocument
) -> HttpResponse:
    sent = request.POST.get("module", "")
    module = next((each for each in version.modules.all() if str(each.key) == sent), None)
    module = module or Module.objects.filter(version=version).last()
    if module is None:
        messages.error(request, _("Add a module first; lessons stand in modules."))
        return to_outline(version)
    try:
        notes = word_import.apply(
            version, document, module_key=module.key, by=request.user, now=timezone.now()
        )
    except DomainError as error:
        say_refusal(request, error)
        return to_outline(version)
    messages.success(request, _("“%(name)s” is in the outline now.") % {"name": document.file_name})
    for note in notes[:10]:
        messages.warning(request, note)
    return to_outline(version, "main")
