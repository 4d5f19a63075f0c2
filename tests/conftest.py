"""Fixtures that every test may use. Three people recur: the owner, the colleague, the stranger."""

import gc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.test import Client
from hypothesis import settings
from pytest_django import DjangoDbBlocker

from ce_platform.accounts.models import User
from ce_platform.core.policies import forget_policies
from ce_platform.core.provider import forget_provider_facts
from certificates.signing.keys import make_signing_key
from courses import frozen
from tests.factories.accounts import UserFactory
from tests.ornaments import draw_long_paths_once
from tests.pictures import encode_pictures_once
from tests.ready_database import make_test_database, remove_test_database
from tests.starting_over import remember_the_beginning, start_over_after_commits

NOW = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)


start_over_after_commits()

# How long one example takes depends on what else the machine does. What may not take long has a
# test of its own, in processor time.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


def pytest_collection_finish() -> None:
    """What is there now stays until the end: the garbage collector need not look at it again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """In place of pytest-django's, which applies all migrations in every process."""
    with django_db_blocker.unblock():
        former = make_test_database()
        remember_the_beginning()
    yield
    with django_db_blocker.unblock():
        remove_test_database(former)


@pytest.fixture(scope="session", autouse=True)
def _drawn_once() -> None:
    draw_long_paths_once()
    encode_pictures_once()


@pytest.fixture(scope="session", autouse=True)
def _signing_key() -> None:
    """A real key: documents of tests are signed as all others."""
    # Old enough for every day that a test thinks it is.
    long_ago = datetime(2024, 1, 1, tzinfo=UTC)
    make_signing_key("Test key", folder=Path(django_settings.SIGNING_KEY_FILE).parent, now=long_ago)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(autouse=True)
def _empty_cache(request: pytest.FixtureRequest) -> None:
    """Rate limits and remembered facts of one test must not reach the next."""
    forget_provider_facts()
    forget_policies()
    frozen.forget()
    for name in ("transactional_db", "db"):
        if name in request.fixturenames:
            request.getfixturevalue(name)
            cache.clear()
            break


@pytest.fixture
def owner(db: None) -> User:
    return UserFactory(email="owner@example.com", name_on_certificates="Olivia Owner")


@pytest.fixture
def stranger(db: None) -> User:
    return UserFactory(email="stranger@example.com", name_on_certificates="Sam Stranger")


@pytest.fixture
def registrar(db: None) -> User:
    user = UserFactory(email="registrar@example.com", name_on_certificates="Rita Registrar")
    user.groups.add(Group.objects.get(name="registrar"))
    return user


@pytest.fixture
def instructor(db: None) -> User:
    user = UserFactory(email="instructor@example.com", name_on_certificates="Ivan Instructor")
    user.groups.add(Group.objects.get(name="instructor"))
    return user


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """A browser in which this person is signed in."""

    def make(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return make
