"""Pictures sent from several tabs at the same moment."""

import pytest

from courses.domain.errors import FigureRefused
from courses.domain.picturing import add_figure, remove_figure, undo_figure_step
from courses.models import CourseVersion, Figure
from tests.conftest import NOW
from tests.courses import sent_pictures as sent
from tests.courses.test_concurrency import together
from tests.factories.accounts import UserFactory
from tests.factories.courses import VersionFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("alone")]


@pytest.fixture
def draft() -> CourseVersion:
    return VersionFactory(status="draft", course__owner=UserFactory())


def add(version: CourseVersion, seed: int) -> str:
    figure = add_figure(
        version,
        sent.png(seed=seed),
        file_name="face.png",
        by=version.course.owner,
        now=NOW,
    )
    return figure.slug


def test_pictures_of_one_name_get_a_name_each(draft: CourseVersion) -> None:
    found = together(*[lambda seed=seed: add(draft, seed) for seed in range(4)])

    assert sorted(found) == ["face", "face-2", "face-3", "face-4"]


def test_the_same_picture_is_there_once(draft: CourseVersion) -> None:
    found = together(*[lambda: add(draft, 1)] * 4)

    assert found == ["face"] * 4
    assert Figure.objects.count() == 1


def test_one_of_two_removals_does_it_and_one_undo_brings_it_back(draft: CourseVersion) -> None:
    add(draft, 1)
    key = draft.figures.get().key
    by = draft.course.owner

    removed = together(*[lambda: remove_figure(draft, key, by=by, now=NOW)] * 2)
    assert sorted(type(each) for each in removed if each) == [FigureRefused]
    undone = together(*[lambda: undo_figure_step(draft, by=by, now=NOW)] * 2)

    assert sorted(each is None for each in undone) == [False, True]
    assert draft.figures.get().key == key
