"""Starting a course, by whichever door: its button accepts the policies that stand beside it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from ce_platform.accounts.models import User
from ce_platform.core import policies


def to_accept(request: HttpRequest) -> dict[str, object]:
    """For components/_policies_accept.html; visitors are asked when they are back."""
    if not isinstance(request.user, User):
        return {}
    wanted = policies.unaccepted(request.user.pk, policies.AT_ENROLLING, now=timezone.now())
    return {"policies": wanted, "policy_marks": policies.marks_of(wanted)}


@contextmanager
def accepting_policies(request: HttpRequest, *, by: User, now: datetime) -> Iterator[None]:
    """What is started within is started with what the form showed, or not at all.

    Errors: ShownIsOld.
    """
    wanted = policies.unaccepted(by.pk, policies.AT_ENROLLING, now=now)
    policies.check_shown(request.POST.get("policies", ""), wanted)
    with transaction.atomic():
        yield
        policies.accept(by.pk, wanted, where=policies.Where.ENROLLING, now=now)
