"""Your data: ask for the zip, see how far it is, fetch it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ce_platform.accounts.rules import PersonRequest
from ce_platform.accounts.safety.fresh import fresh_sign_in
from ce_platform.core import made_files
from ce_platform.core.errors import DomainError
from ce_platform.office.own_data import asking
from ce_platform.office.own_data.models import OwnData


@never_cache
@require_safe
def own_data(request: PersonRequest) -> HttpResponse:
    row = asking.newest_of(request.user)
    return render(
        request,
        "office/own_data/own_data.html",
        {"row": row, "days": asking.kept_for().days},
    )


@require_POST
@fresh_sign_in
def own_data_ask(request: PersonRequest) -> HttpResponse:
    try:
        asking.ask(request.user, now=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("office:own-data")


@require_POST
@fresh_sign_in
def own_data_download(request: PersonRequest, uid: UUID) -> HttpResponseBase:
    """In pieces. By POST, for it writes down that somebody fetched it."""
    row = get_object_or_404(OwnData.objects.select_related("file"), uid=uid, user=request.user)
    stored = made_files.file_of(row)
    if stored is None:
        messages.error(request, _("The file is not there any more. Ask for a new one."))
        return redirect("office:own-data")
    asking.log_download(row, by=request.user, now=timezone.now())
    return made_files.handed_out(stored, row.file_name)
