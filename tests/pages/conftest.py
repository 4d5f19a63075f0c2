"""One of everything, made once for all tests of a file that ask for it."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests.pages.shared import made_once
from tests.pages.world import World, make_world, sign_in_everybody


def _make() -> World:
    world = make_world()
    sign_in_everybody(world)
    return world


@pytest.fixture(scope="module")
def _world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with made_once(_make, blocker=django_db_blocker) as world:
        yield world


@pytest.fixture
def world(_world: World, db: None) -> World:
    return _world
