"""Who may do what, as plain predicates. Roles are groups, read once per request.

The roles of the office **sleep** while their holder has no second step and one is required: every
predicate then says no, wherever it is asked. `safety.middleware` leads from there to the set-up.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from ce_platform.accounts.models import User
from ce_platform.accounts.safety.factors import has_second_step

INSTRUCTOR = "instructor"
REGISTRAR = "registrar"
OPERATOR = "operator"

Params = ParamSpec("Params")


class PersonRequest(HttpRequest):
    """A request whose user is signed in."""

    user: User


# What these may do to other people's records waits for a second step.
_WEIGHTY = frozenset({REGISTRAR, OPERATOR})


def roles_of(user: User | AnonymousUser) -> frozenset[str]:
    """The names of the person's groups that are awake; one query per user object, and one more
    for the office's people where a second step is required."""
    if not isinstance(user, User):
        return frozenset()
    known: frozenset[str] | None = getattr(user, "_roles", None)
    if known is None:
        held = frozenset(user.groups.values_list("name", flat=True))
        weighty = held & _WEIGHTY
        if user.is_staff or user.is_superuser:  # Both open the operators' pages.
            weighty |= {OPERATOR}
        is_awake = not weighty or not settings.SECOND_STEP_REQUIRED or has_second_step(user)
        known = held if is_awake else held - weighty
        user._roles = known  # type: ignore[attr-defined]
        user._sleeping_roles = frozenset() if is_awake else weighty  # type: ignore[attr-defined]
    return known


def sleeping_roles(user: User | AnonymousUser) -> frozenset[str]:
    """The roles that wait for the person's second step."""
    roles_of(user)
    return getattr(user, "_sleeping_roles", frozenset())


def is_registrar(user: User | AnonymousUser) -> bool:
    return REGISTRAR in roles_of(user)


def is_instructor(user: User | AnonymousUser) -> bool:
    return INSTRUCTOR in roles_of(user)


def is_operator(user: User | AnonymousUser) -> bool:
    if OPERATOR in roles_of(user):
        return True
    return isinstance(user, User) and user.is_superuser and not sleeping_roles(user)


def is_staff_member(user: User | AnonymousUser) -> bool:
    return is_operator(user) or bool(roles_of(user) & {INSTRUCTOR, REGISTRAR})


View = Callable[Concatenate[PersonRequest, Params], HttpResponseBase]


def _only(
    allowed: Callable[[User | AnonymousUser], bool], view: View[Params], *, sentence: str
) -> Callable[Concatenate[HttpRequest, Params], HttpResponseBase]:
    @wraps(view)
    def guarded(request: Any, /, *args: Params.args, **kwargs: Params.kwargs) -> HttpResponseBase:
        # Anonymous visitors never come here: LoginRequiredMiddleware sends them to sign in.
        if not allowed(request.user):
            raise PermissionDenied(sentence)
        return view(request, *args, **kwargs)

    return guarded


def registrar_only(
    view: View[Params],
) -> Callable[Concatenate[HttpRequest, Params], HttpResponseBase]:
    return _only(is_registrar, view, sentence="This page is for the office.")


def registrar_or_operator_only(
    view: View[Params],
) -> Callable[Concatenate[HttpRequest, Params], HttpResponseBase]:
    return _only(
        lambda user: is_registrar(user) or is_operator(user),
        view,
        sentence="This page is for the office and for operators.",
    )


def instructor_only(
    view: View[Params],
) -> Callable[Concatenate[HttpRequest, Params], HttpResponseBase]:
    return _only(is_instructor, view, sentence="This page is for instructors.")


def staff_only(
    view: View[Params],
) -> Callable[Concatenate[HttpRequest, Params], HttpResponseBase]:
    return _only(is_staff_member, view, sentence="This page is for the people who work here.")
