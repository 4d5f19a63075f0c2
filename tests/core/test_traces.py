"""A view that promises to keep nothing cannot write."""

from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from ce_platform.accounts.models import User
from ce_platform.core.traces import WouldLeaveTrace, leaves_no_trace
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "write",
    [
        lambda: UserFactory(),
        lambda: User.objects.update(name_on_certificates="Somebody"),
        lambda: User.objects.all().delete(),
        lambda: User.objects.bulk_create([User(email="a@example.com")], ignore_conflicts=True),
    ],
    ids=["insert", "update", "delete", "insert or ignore"],
)
def test_every_kind_of_write_is_refused(write: Callable[[], object], owner: User) -> None:
    with pytest.raises(WouldLeaveTrace), transaction.atomic():
        leaves_no_trace(write)()

    assert list(User.objects.values_list("pk", "name_on_certificates")) == [
        (owner.pk, "Olivia Owner")
    ]
    UserFactory()  # Outside of it nothing is refused.


def test_reading_the_session_and_the_cache_are_not_refused(owner: User) -> None:
    @leaves_no_trace
    def view() -> tuple[int, str]:
        Session.objects.create(session_key="a", session_data="", expire_date=timezone.now())
        cache.set("asked", "twice")
        return User.objects.count(), cache.get("asked")

    assert view() == (1, "twice")
