import pytest
from django.contrib.auth.models import Group
from django.test import Client

from ce_platform.accounts.models import User
from courses.models import ChartView, CourseMember, CourseVersion, Figure
from tests.conftest import NOW
from tests.factories.accounts import UserFactory
from tests.factories.courses import (
    ChartFactory,
    ChartViewFactory,
    EnrollmentFactory,
    FigureFactory,
    VersionFactory,
    stored_file,
)

pytestmark = pytest.mark.django_db


def instructors(count: int) -> list[User]:
    made = UserFactory.create_batch(count)
    for each in made:
        each.groups.add(Group.objects.get(name="instructor"))
    return made


def figure_url(figure: Figure, extension: str = "png") -> str:
    return f"/media/figures/{figure.file.sha256}.{extension}"


def drawing_url(view: ChartView) -> str:
    return f"/media/drawings/{view.drawing.sha256}.svg"


def test_figure_of_a_published_course_is_served_for_ever(client: Client) -> None:
    figure = FigureFactory(file=stored_file(b"picture"))

    response = client.get(figure_url(figure))

    assert (response.status_code, response.content) == (200, b"picture")
    assert response["Content-Type"] == "image/png"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert set(response["Cache-Control"].split(", ")) == {
        "public",
        "max-age=31536000",
        "immutable",
    }


def test_every_size_of_a_figure_is_served(client: Client) -> None:
    small = stored_file(b"small")
    FigureFactory(file=stored_file(b"large"), sizes_json=f'{{"480":"{small.sha256}"}}')

    assert client.get(f"/media/figures/{small.sha256}.png").content == b"small"


def test_drawing_is_served_without_any_right_to_do_something(client: Client) -> None:
    view = ChartViewFactory()

    response = client.get(drawing_url(view))

    assert (response.status_code, response.content) == (200, b"<svg/>")
    assert response["Content-Type"] == "image/svg+xml"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("status", ["draft", "in-review"])
def test_media_of_a_draft_opens_for_its_authors_reviewers_and_the_office(
    client: Client, client_of, owner, instructor, registrar, status: str
) -> None:
    version: CourseVersion = VersionFactory(status=status, course__owner=instructor)
    reviewer, elsewhere = instructors(2)
    CourseMember.objects.create(
        course=version.course, user=reviewer, role="reviewer", added_at=NOW, added_by_id=1
    )
    VersionFactory(status=status, course__owner=elsewhere)
    urls = [
        figure_url(FigureFactory(version=version, file=stored_file(b"draft"))),
        drawing_url(ChartViewFactory(chart=ChartFactory(version=version))),
    ]

    for url in urls:
        assert client.get(url).status_code == 404
        assert client_of(owner).get(url).status_code == 404
        assert client_of(elsewhere).get(url).status_code == 404
        for person in (instructor, reviewer, registrar):
            response = client_of(person).get(url)
            assert response.status_code == 200
            assert "private" in response["Cache-Control"]


def test_media_that_two_drafts_share_opens_for_the_authors_of_both(
    client_of, instructor: User
) -> None:
    (colleague,) = instructors(1)
    for person in (instructor, colleague):
        version = VersionFactory(status="draft", course__owner=person)
        figure = FigureFactory(version=version, file=stored_file(b"shared"))

    for person in (instructor, colleague):
        assert client_of(person).get(figure_url(figure)).status_code == 200


def test_owner_who_is_no_instructor_any_more_sees_no_draft(client_of, owner: User) -> None:
    version = VersionFactory(status="draft", course__owner=owner)
    figure = FigureFactory(version=version, file=stored_file(b"draft"))

    assert client_of(owner).get(figure_url(figure)).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_queries_for_media_are_few_and_constant(
    client: Client,
    client_of,
    instructor: User,
    count: int,
    django_assert_num_queries,
) -> None:
    for _ in range(count):
        draft = VersionFactory(status="draft", course__owner=instructor)
        hidden = FigureFactory(version=draft, file=stored_file(b"draft"))
        shown = FigureFactory(file=stored_file(b"picture"))
    signed_in = client_of(instructor)

    # Whether it is published; the file.
    with django_assert_num_queries(2):
        client.get(figure_url(shown))
    # And session, person, roles, whether it is theirs.
    with django_assert_num_queries(6):
        signed_in.get(figure_url(hidden))


def test_media_of_a_retired_version_is_kept_for_its_learners(
    client: Client, client_of, owner, stranger
) -> None:
    version = VersionFactory(status="retired")
    EnrollmentFactory(user=owner, version=version)
    url = figure_url(FigureFactory(version=version, file=stored_file(b"retired")))

    assert client.get(url).status_code == 404
    assert client_of(stranger).get(url).status_code == 404
    assert client_of(owner).get(url).status_code == 200


def test_file_that_stands_in_no_course_is_404(client: Client) -> None:
    lonely = stored_file(b"lonely")

    assert client.get(f"/media/figures/{lonely.sha256}.png").status_code == 404
    assert client.get(f"/media/drawings/{lonely.sha256}.svg").status_code == 404


@pytest.mark.parametrize(
    "url",
    [
        "/media/figures/abc.png",
        "/media/figures/a.png",
        f"/media/figures/{'0' * 64}.svg",
        f"/media/figures/{'0' * 64}.html",
        "/media/drawings/abc.svg",
    ],
)
def test_odd_address_is_404(client: Client, url: str) -> None:
    FigureFactory(sizes_json='{"480":"abc"}')

    assert client.get(url).status_code == 404


def test_picture_is_not_served_as_another_type(client: Client) -> None:
    figure = FigureFactory(file=stored_file(b"picture"))

    assert client.get(figure_url(figure, "webp")).status_code == 404


def test_wrong_method_is_405(client: Client) -> None:
    assert client.post(figure_url(FigureFactory())).status_code == 405
    assert client.post(drawing_url(ChartViewFactory())).status_code == 405
