"""The policies that somebody accepts by starting a course, whichever way they come in."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from django.db import transaction
from django.http import HttpRequest

from ce_platform.accounts.models import User
from ce_platform.core import policies

Done = TypeVar("Done")


def to_accept(request: HttpRequest, *, now: datetime) -> dict[str, object]:
    """For `components/_policies_accept.html`; visitors are asked when they have signed in."""
    if not isinstance(request.user, User):
        return {}
    wanted = policies.unaccepted(request.user.pk, policies.AT_ENROLLING, now=now)
    return {"policies": wanted, "policy_marks": policies.marks_of(wanted)}


def is_shown(request: HttpRequest, user: User, *, now: datetime) -> bool:
    """Whether the form that was sent showed what has to be accepted, in its present version."""
    try:
        policies.check_shown(
            request.POST.get("policies", ""),
            policies.unaccepted(user.pk, policies.AT_ENROLLING, now=now),
        )
    except policies.ShownIsOld:
        return False
    return True


def start_accepting(
    request: HttpRequest, user: User, start: Callable[[], Done], *, now: datetime
) -> Done:
    """Start, and keep what was accepted by it: both or neither.

    Errors: policies.ShownIsOld, and those of `start`.
    """
    wanted = policies.unaccepted(user.pk, policies.AT_ENROLLING, now=now)
    policies.check_shown(request.POST.get("policies", ""), wanted)
    with transaction.atomic():
        done = start()
        policies.accept(user.pk, wanted, where=policies.Where.ENROLLING, now=now)
    return done
