"""The pages of the studio about pictures."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ce_platform.accounts.models import User
from ce_platform.core.models import StoredFile
from courses.domain import picturing
from courses.models import CourseMember, CourseVersion, Figure
from tests.conftest import NOW
from tests.courses import sent_pictures as sent
from tests.factories.accounts import UserFactory
from tests.factories.courses import FigureFactory, LessonFactory, ModuleFactory, VersionFactory

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


@pytest.fixture
def draft(instructor: User) -> CourseVersion:
    return VersionFactory(status="draft", course__slug="face", course__owner=instructor)


@pytest.fixture
def client(client_of: ClientOf, instructor: User) -> Client:
    return client_of(instructor)


PAGE = "/studio/face/pictures/"


def page_of(figure: Figure) -> str:
    return f"{PAGE}{figure.key}/"


def upload(content: bytes | None = None, name: str = "face.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, sent.png() if content is None else content)


def texts(page: Any) -> str:
    return " ".join(page.content.decode().split())


def lesson_saying(version: CourseVersion, body: str, **values: Any) -> Any:
    return LessonFactory(module=ModuleFactory(version=version), body=body, **values)


def member(version: CourseVersion, role: str) -> User:
    from django.contrib.auth.models import Group

    user: User = UserFactory()
    user.groups.add(Group.objects.get(name="instructor"))
    CourseMember.objects.create(
        course=version.course, user=user, role=role, added_at=NOW, added_by_id=user.pk
    )
    return user


# ---------------------------------------------------------------- the page of all


def test_page_shows_pictures_with_what_they_lack_and_where_they_are_used(
    client: Client, draft: CourseVersion
) -> None:
    FigureFactory(version=draft, slug="neck", alt="Two hands on a neck.", credit="Ana Author")
    bare = FigureFactory(version=draft, slug="scalp", alt="", credit="")
    lesson = lesson_saying(draft, "![](figure:neck)", title="Away from the neck")

    page = texts(client.get(PAGE))

    neck, scalp = page.split('data-picture="scalp"')
    assert "Two hands on a neck." in neck
    assert f'<a href="/studio/face/lessons/{lesson.key}/">Away from the neck</a>' in neck
    assert "No alternative text yet" not in neck
    assert "No alternative text yet" in scalp
    assert "No credit yet" in scalp
    assert "Not used in any lesson" in scalp
    assert f"/media/figures/{bare.file.sha256}.png" in scalp


def test_empty_page_says_what_will_be_here(client: Client, draft: CourseVersion) -> None:
    page = texts(client.get(PAGE))

    assert "No pictures yet" in page
    assert 'name="pictures"' in page


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ("", {"neck", "scalp", "face"}),
        ("q=nape", {"neck"}),
        ("q=Ána+NECK", {"neck"}),
        ("q=nothing+like+it", set()),
        ("q=%00", {"neck", "scalp", "face"}),
        ("show=missing", {"scalp"}),
        ("show=unused", {"scalp", "face"}),
        ("show=whatever", {"neck", "scalp", "face"}),
    ],
)
def test_search_and_views(
    client: Client, draft: CourseVersion, query: str, slugs: set[str]
) -> None:
    FigureFactory(version=draft, slug="neck", alt="The nape.", credit="Ana Author")
    FigureFactory(version=draft, slug="scalp", alt="", caption="")
    FigureFactory(version=draft, slug="face")
    lesson_saying(draft, "![](figure:neck)")

    page = texts(client.get(f"{PAGE}?{query}"))

    assert {slug for slug in ("neck", "scalp", "face") if f'data-picture="{slug}"' in page} == slugs


def test_page_asks_as_often_for_three_pictures_as_for_one(
    client: Client, draft: CourseVersion
) -> None:
    client.get(PAGE)
    counts = []
    for number in range(3):
        FigureFactory(version=draft, slug=f"figure-{number}", alt="")
        lesson_saying(draft, f"![](figure:figure-{number})", title=f"Lesson {number} of it")
        with CaptureQueriesContext(connection) as captured:
            page = texts(client.get(PAGE))
        assert f"Lesson {number} of it" in page
        counts.append(len(captured))

    assert counts == [counts[0]] * 3
    assert counts[0] <= 10


def test_page_of_one_asks_as_often_for_three_as_for_one(
    client: Client, draft: CourseVersion
) -> None:
    client.get(PAGE)
    counts = []
    for number in range(3):
        figure = FigureFactory(version=draft, slug=f"figure-{number}", alt="")
        lesson_saying(draft, "![](figure:figure-0)")
        with CaptureQueriesContext(connection) as captured:
            assert figure.slug in texts(client.get(page_of(figure)))
        counts.append(len(captured))

    assert counts == [counts[0]] * 3
    assert counts[0] <= 10


# ---------------------------------------------------------------- sending


def test_several_are_sent_at_once_and_the_refused_one_is_named(
    client: Client, draft: CourseVersion
) -> None:
    answer = client.post(
        PAGE,
        {
            "pictures": [
                upload(sent.png(seed=1), "face.png"),
                upload(sent.HEIC, "IMG_1.HEIC"),
                upload(sent.png(seed=2), "neck.png"),
            ],
            "credit": "Ana Author",
        },
        follow=True,
    )

    page = texts(answer)
    assert answer.redirect_chain == [(PAGE, 302)]
    assert "In the course now: face, neck." in page
    assert "IMG_1.HEIC: This is a HEIC photo" in page
    assert set(draft.figures.values_list("slug", "credit")) == {
        ("face", "Ana Author"),
        ("neck", "Ana Author"),
    }


@pytest.mark.parametrize("what", list(sent.REFUSED))
def test_when_all_are_refused_the_page_says_why_and_nothing_is_left(
    client: Client, draft: CourseVersion, what: str
) -> None:
    name, content, words = sent.REFUSED[what]

    answer = client.post(PAGE, {"pictures": [upload(content, name)]})

    assert answer.status_code == 422
    assert f"{name}: " in texts(answer)
    assert words in texts(answer)
    assert not Figure.objects.exists()
    assert not StoredFile.objects.exists()


def test_nothing_chosen_and_too_many_chosen_are_422(client: Client, draft: CourseVersion) -> None:
    assert "Choose at least one picture." in texts(client.post(PAGE, {}))
    many = [upload(sent.png(), f"{number}.png") for number in range(21)]

    answer = client.post(PAGE, {"pictures": many})

    assert answer.status_code == 422
    assert "Choose at most 20 pictures at once." in texts(answer)
    assert not Figure.objects.exists()


def test_file_names_of_others_are_shown_as_text_and_short(
    client: Client, draft: CourseVersion
) -> None:
    name = "<script>🙂" + "x" * 200 + ".gif"

    page = texts(client.post(PAGE, {"pictures": [upload(b"GIF89a", name)]}))

    assert "&lt;script&gt;🙂" in page
    assert "<script>🙂" not in page
    assert "x" * 60 not in page


def test_editor_sends_one_and_is_told_where_it_is(client: Client, draft: CourseVersion) -> None:
    answer = client.post(
        f"{PAGE}add/", {"file": upload(sent.phone_jpeg(), "Scan 1.jpg"), "alt": "A face."}
    )

    figure = draft.figures.get()
    assert answer.status_code == 201
    assert answer.json() == {
        "slug": "scan-1",
        "alt": "A face.",
        "url": f"/media/figures/{figure.sizes[480]}.webp",
        "page": page_of(figure),
    }
    assert client.get(answer.json()["url"]).status_code == 200


def test_editor_sends_the_same_twice_and_gets_the_same(
    client: Client, draft: CourseVersion
) -> None:
    answers = [client.post(f"{PAGE}add/", {"file": upload()}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()


@pytest.mark.parametrize("what", ["bomb", "svg named png", "cut off", "nothing in it"])
def test_editor_is_told_in_a_sentence(client: Client, draft: CourseVersion, what: str) -> None:
    name, content, words = sent.REFUSED[what]

    answer = client.post(f"{PAGE}add/", {"file": upload(content, name)})

    assert answer.status_code == 422
    assert words in answer.json()["sentence"]
    assert not StoredFile.objects.exists()


def test_editor_that_sends_no_file_is_told(client: Client, draft: CourseVersion) -> None:
    answer = client.post(f"{PAGE}add/", {"file": "text"})

    assert (answer.status_code, answer.json()) == (422, {"sentence": "Choose a picture."})


def test_credit_that_is_too_long_keeps_nothing(client: Client, draft: CourseVersion) -> None:
    answer = client.post(f"{PAGE}add/", {"file": upload(), "credit": "x" * 301})

    assert answer.json() == {"sentence": "The credit has at most 300 characters."}
    assert not StoredFile.objects.exists()


def test_sending_without_the_token_is_403(instructor: User, draft: CourseVersion) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(instructor)

    assert client.post(f"{PAGE}add/", {"file": upload()}).status_code == 403
    assert not Figure.objects.exists()


# ---------------------------------------------------------------- one picture


def test_texts_are_saved(client: Client, draft: CourseVersion) -> None:
    figure = FigureFactory(version=draft, alt="", credit="")

    answer = client.post(
        page_of(figure), {"alt": "A face.", "caption": "Face", "credit": "Ana"}, follow=True
    )

    figure.refresh_from_db()
    assert answer.redirect_chain == [(page_of(figure), 302)]
    assert (figure.alt, figure.caption, figure.credit) == ("A face.", "Face", "Ana")
    assert 'alt="A face."' in texts(answer)


def test_saving_goes_on_to_the_next_that_lacks_something(
    client: Client, draft: CourseVersion
) -> None:
    FigureFactory(version=draft, slug="a", alt="")
    here = FigureFactory(version=draft, slug="b", alt="")
    FigureFactory(version=draft, slug="c")
    after = FigureFactory(version=draft, slug="d", credit="")

    answer = client.post(page_of(here), {"alt": "B.", "credit": "Ana", "next": "yes"})

    assert answer.url == page_of(after)


def test_texts_that_are_too_long_are_422_and_stay_in_the_form(
    client: Client, draft: CourseVersion
) -> None:
    figure = FigureFactory(version=draft)

    answer = client.post(page_of(figure), {"alt": "x" * 2001, "credit": "Kept words"})

    assert answer.status_code == 422
    assert "Kept words" in texts(answer)
    assert Figure.objects.get().alt == "What the picture shows."


def test_replacing_shows_the_new_one_and_asks_for_the_text(
    client: Client, draft: CourseVersion
) -> None:
    figure = FigureFactory(version=draft)

    answer = client.post(f"{page_of(figure)}replace/", {"file": upload()}, follow=True)

    figure.refresh_from_db()
    assert figure.width == 200
    assert "Does the alternative text still say it?" in texts(answer)
    assert figure.file.sha256 in texts(answer)


@pytest.mark.parametrize("files", [{}, {"file": "gif"}], ids=["nothing", "a gif"])
def test_replacing_with_no_picture_is_422(
    client: Client, draft: CourseVersion, files: dict[str, str]
) -> None:
    figure = FigureFactory(version=draft)
    data = {name: upload(sent.REFUSED[what][1]) for name, what in files.items()}

    answer = client.post(f"{page_of(figure)}replace/", data)

    assert answer.status_code == 422
    assert ("This is a GIF." if files else "Choose a picture first.") in texts(answer)
    assert Figure.objects.get().file_id == figure.file_id


def test_removing_and_undoing(client: Client, draft: CourseVersion) -> None:
    figure = FigureFactory(version=draft, slug="neck")

    removed = client.post(f"{page_of(figure)}remove/", follow=True)
    assert "Removed “neck”" in texts(removed)
    assert not draft.figures.exists()
    assert client.get(page_of(figure)).status_code == 404
    back = client.post(f"{PAGE}undo/", follow=True)

    assert back.redirect_chain == [(page_of(figure), 302)]
    assert "“neck” is back." in texts(back)
    assert client.post(f"{PAGE}undo/").url == PAGE


def test_removing_what_lessons_show_needs_a_second_word(
    client: Client, draft: CourseVersion
) -> None:
    figure = FigureFactory(version=draft, slug="neck")
    lesson_saying(draft, "![](figure:neck)", title="Away from the neck")

    refused = client.post(f"{page_of(figure)}remove/", follow=True)

    assert "“Away from the neck” shows this picture. Take it out there first." in texts(refused)
    assert "Remove it anyway" in texts(refused)
    assert client.post(f"{page_of(figure)}remove/", {"anyway": "yes"}).url == PAGE
    assert not draft.figures.exists()


@pytest.mark.parametrize("way", ["replace", "remove"])
def test_picture_that_is_gone_changes_nothing(
    client: Client, draft: CourseVersion, way: str
) -> None:
    answer = client.post(f"{PAGE}{uuid4()}/{way}/", {"file": upload()})

    assert answer.status_code in (302, 404)
    assert client.get(f"{PAGE}{uuid4()}/").status_code == 404


# ---------------------------------------------------------------- who may


def ways(figure: Figure) -> list[tuple[str, dict[str, Any]]]:
    return [
        (PAGE, {"pictures": upload()}),
        (f"{PAGE}add/", {"file": upload()}),
        (f"{PAGE}undo/", {}),
        (page_of(figure), {"alt": "Mine."}),
        (f"{page_of(figure)}replace/", {"file": upload()}),
        (f"{page_of(figure)}remove/", {}),
    ]


def test_other_instructors_find_nothing_there(client_of: ClientOf, draft: CourseVersion) -> None:
    other = member(VersionFactory(status="draft"), "co-author")
    figure = FigureFactory(version=draft)

    assert client_of(other).get(PAGE).status_code == 404
    assert client_of(other).get(page_of(figure)).status_code == 404
    for url, data in ways(figure):
        assert client_of(other).post(url, data).status_code == 404
    assert Figure.objects.get().alt == "What the picture shows."


def test_reviewer_sees_and_does_not_write(client_of: ClientOf, draft: CourseVersion) -> None:
    reviewer = client_of(member(draft, "reviewer"))
    figure = FigureFactory(version=draft)
    lesson = lesson_saying(draft, f"![](figure:{figure.slug})")

    page = texts(reviewer.get(PAGE))
    assert 'name="pictures"' not in page
    assert f"/studio/face/lessons/{lesson.key}/preview/" in page
    assert '<form method="post" class="form"' not in texts(reviewer.get(page_of(figure)))
    for url, data in ways(figure):
        assert reviewer.post(url, data).status_code == 403
    assert Figure.objects.get().alt == "What the picture shows."


def test_co_author_writes(client_of: ClientOf, draft: CourseVersion) -> None:
    author = client_of(member(draft, "co-author"))

    assert author.post(f"{PAGE}add/", {"file": upload()}).status_code == 201


def test_what_is_published_is_shown_and_never_changed(client: Client, instructor: User) -> None:
    version = VersionFactory(course__slug="face", course__owner=instructor)
    figure = FigureFactory(version=version)

    page = texts(client.get(PAGE))
    assert figure.slug in page
    assert 'name="pictures"' not in page
    assert "What the picture shows." in texts(client.get(page_of(figure)))
    for url, data in ways(figure):
        assert client.post(url, data).status_code == 403


def test_anonymous_is_sent_to_sign_in(draft: CourseVersion) -> None:
    assert Client().get(PAGE).url.startswith("/account/login/")


@pytest.mark.parametrize("path", ["add/", "undo/"])
def test_wrong_method_is_405(client: Client, draft: CourseVersion, path: str) -> None:
    assert client.get(f"{PAGE}{path}").status_code == 405


def test_library_that_is_full_says_so(
    client: Client, draft: CourseVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picturing, "MOST_FIGURES", 1)
    FigureFactory(version=draft)

    answer = client.post(PAGE, {"pictures": upload()})

    assert answer.status_code == 422
    assert "Remove one first." in texts(answer)
