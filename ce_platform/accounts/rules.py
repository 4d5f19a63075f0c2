"""Who may do what, as plain predicates. Roles are groups, read once per request."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from ce_platform.accounts.models import User

INSTRUCTOR = "instructor"
REGISTRAR = "registrar"
OPERATOR = "operator"

Params = ParamSpec("Params")


class PersonRequest(HttpRequest):
    """A request whose user is signed in."""

    user: User


def roles_of(user: User | AnonymousUser) -> frozenset[str]:
    """The names of the person's groups; one query per user object."""
    if not isinstance(user, User):
        return frozenset()
    known: frozenset[str] | None = getattr(user, "_roles", None)
    if known is None:
        known = frozenset(user.groups.values_list("name", flat=True))
        user._roles = known  # type: ignore[attr-defined]
    return known


def is_registrar(user: User | AnonymousUser) -> bool:
    return REGISTRAR in roles_of(user)


def is_instructor(user: User | AnonymousUser) -> bool:
    return INSTRUCTOR in roles_of(user)


def is_operator(user: User | AnonymousUser) -> bool:
    return OPERATOR in roles_of(user) or (isinstance(user, User) and user.is_superuser)


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


def instructor_only(
    view: View[Params],
) -> Callable[Concatenate[HttpRequest, Params], HttpResponseBase]:
    return _only(is_instructor, view, sentence="This page is for instructors.")


def staff_only(
    view: View[Params],
) -> Callable[Concatenate[HttpRequest, Params], HttpResponseBase]:
    return _only(is_staff_member, view, sentence="This page is for the people who work here.")
