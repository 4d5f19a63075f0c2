"""What cannot be taken back asks once more who is there, unless that was asked a moment ago."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

Params = ParamSpec("Params")
Answer = TypeVar("Answer", bound=HttpResponseBase)


def is_fresh(request: HttpRequest) -> bool:
    """Signed in, or confirmed by password, code or passkey, within FRESH_SIGN_IN_SECONDS."""
    if not settings.FRESH_SIGN_IN_SECONDS:
        return True
    if not get_reauthentication_flows(request.user):
        return True  # There is nothing that could be asked.
    records = get_authentication_records(request, request.user)
    return bool(records) and time.time() - records[-1]["at"] < settings.FRESH_SIGN_IN_SECONDS


def fresh_sign_in(
    view: Callable[Concatenate[Any, Params], Answer],
) -> Callable[Concatenate[Any, Params], Answer]:
    """Outermost but for who may come here at all.

    A form that was sent is kept in the session, on the server, and taken up where it stood once
    the person has confirmed. Uploaded files are not kept: use it on forms without any.
    """

    @wraps(view)
    def guarded(request: Any, /, *args: Params.args, **kwargs: Params.kwargs) -> Answer:
        if not is_fresh(request):
            raise ReauthenticationRequired  # AccountMiddleware asks, and resumes
        return view(request, *args, **kwargs)

    return guarded
