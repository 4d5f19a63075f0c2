"""Who may do what, by role, and how often the database is asked for it."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from pytest_django import DjangoAssertNumQueries

from ce_platform.accounts import rules
from ce_platform.accounts.models import User
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
PREDICATES = (rules.is_instructor, rules.is_registrar, rules.is_operator, rules.is_staff_member)


def person(role: str) -> User | AnonymousUser:
    if role == "anonymous":
        return AnonymousUser()
    if role == "superuser":
        return UserFactory(is_superuser=True)
    user = UserFactory()
    user.groups.set(Group.objects.filter(name__in=role.split("+")))
    return user


@pytest.mark.parametrize(
    ("role", "answers"),
    [  # instructor, registrar, operator, staff member
        ("anonymous", (False, False, False, False)),
        ("therapist", (False, False, False, False)),
        ("instructor", (True, False, False, True)),
        ("registrar", (False, True, False, True)),
        ("operator", (False, False, True, True)),
        ("instructor+registrar", (True, True, False, True)),
        # A superuser runs the machine; records are the registrar's.
        ("superuser", (False, False, True, True)),
    ],
)
def test_predicates_of_each_role(role: str, answers: tuple[bool, ...]) -> None:
    someone = person(role)

    assert tuple(predicate(someone) for predicate in PREDICATES) == answers


def test_roles_are_read_once_per_person_and_afresh_for_the_next_request(
    registrar: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        assert [predicate(registrar) for predicate in PREDICATES] == [False, True, False, True]
    registrar.groups.clear()

    assert rules.is_registrar(User.objects.get(pk=registrar.pk)) is False


@pytest.mark.parametrize(
    ("guard", "role", "sentence"),
    [
        (rules.registrar_only, "instructor", "for the office"),
        (rules.instructor_only, "registrar", "for instructors"),
        (rules.staff_only, "therapist", "for the people who work here"),
    ],
)
def test_guard_refuses_with_a_sentence_of_its_own(
    guard: Callable[..., Callable[..., HttpResponse]], role: str, sentence: str
) -> None:
    @guard
    def view(request: HttpRequest) -> HttpResponse:
        raise AssertionError("The view must not be reached.")

    request = HttpRequest()
    request.user = person(role)

    with pytest.raises(PermissionDenied, match=sentence):
        view(request)


def test_guard_lets_the_right_role_through_and_keeps_the_views_name(registrar: User) -> None:
    @rules.registrar_only
    def desk(request: HttpRequest, number: int, *, kind: str) -> HttpResponse:
        return HttpResponse(f"{kind} {number}")

    request = HttpRequest()
    request.user = registrar

    assert desk(request, 3, kind="page").content == b"page 3"
    assert desk.__name__ == "desk"
