"""The course page in the studio: texts, hours, authors."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ce_platform.accounts.models import User
from courses.models import CourseMember, CourseVersion, Subject
from tests.conftest import NOW
from tests.factories.accounts import UserFactory
from tests.factories.courses import (
    CourseAuthorFactory,
    CreditHoursFactory,
    VersionFactory,
    publish,
    publishable,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]
ClientOf = Callable[[User], Client]
LONG_NAME = "Nguyễn-Thị-Thảo-Vy García-Martínez de la Concepción O’Brien 🙂"


@pytest.fixture
def draft(instructor: User) -> CourseVersion:
    version: CourseVersion = VersionFactory(
        status="draft", course__slug="face", course__owner=instructor, title="The face"
    )
    CreditHoursFactory(version=version, category="Theory")
    return version


@pytest.fixture
def client(instructor: User, client_of: ClientOf) -> Client:
    return client_of(instructor)


def url(name: str = "studio-course-page", *args: object) -> str:
    return reverse(f"courses:{name}", args=["face", *args])


def sent(
    client: Client, *, credits: list[tuple[str, str]] | None = None, **changes: Any
) -> dict[str, Any]:
    """What the browser sends when nothing else is touched."""
    context = client.get(url()).context
    rows = credits if credits is not None else [("Theory", "0.5")]
    told: dict[str, Any] = {
        "title": "The face",
        "language": "en-US",
        "summary": "About the face.",
        "difficulty": "3",
        "based_on": context["form"]["based_on"].value(),
        "credits-TOTAL_FORMS": str(len(rows)),
        "credits-INITIAL_FORMS": "1",
    }
    for place, (category, hours) in enumerate(rows):
        told |= {f"credits-{place}-category": category, f"credits-{place}-credit_hours": hours}
    return told | changes


def test_page_shows_form_card_and_worksheet(client: Client, draft: CourseVersion) -> None:
    CourseAuthorFactory(version=draft, name=LONG_NAME)

    html = client.get(url()).content.decode()

    assert "May be claimed: 0 CE hours. Claimed: 0.5 CE hours. That is too much" in html
    assert "NCBTMB home-study figure" in html
    assert LONG_NAME in html
    assert "Home study" in html


def test_saving_changes_page_and_hours(client: Client, draft: CourseVersion) -> None:
    Subject.objects.create(slug="lymph", name="Lymph")
    answer = client.post(
        url(),
        sent(
            client,
            credits=[("Theory", "1.5"), ("Ethics", "0.5"), ("", "")],
            description="Some *words*.",
            subjects=["Lymph"],
            more_subjects="Neck, Jaw ,, ",
            buy_url="https://shop.example.com",
        ),
    )

    assert (answer.status_code, answer.url) == (302, url())
    draft.refresh_from_db()
    assert (draft.credit_hours, draft.buy_url) == (Decimal(2), "https://shop.example.com")
    assert sorted(draft.subjects.values_list("name", flat=True)) == ["Jaw", "Lymph", "Neck"]
    assert [(row.category, row.credit_hours) for row in draft.credits.all()] == [
        ("Theory", Decimal("1.5")),
        ("Ethics", Decimal("0.5")),
    ]


def test_emptied_row_of_hours_is_removed(client: Client, draft: CourseVersion) -> None:
    client.post(url(), sent(client, credits=[("", ""), ("Ethics", "1")]))

    assert [row.category for row in draft.credits.all()] == ["Ethics"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"title": ""}, "Give it a title."),
        ({"title": "x" * 201}, "at most 200 characters"),
        ({"buy_url": "javascript:alert(document.cookie)"}, "begins with https://"),
        ({"buy_url": "http://shop.example.com"}, "begins with https://"),
        ({"buy_url": "https://"}, "begins with https://"),
        ({"language": "English, please"}, "like en-US"),
        ({"difficulty": "6"}, "Select a valid choice"),
        ({"difficulty": ""}, "Say how difficult"),
        ({"subjects": ["Gone"]}, "not there any more"),
        ({"more_subjects": "x" * 81}, "at most 80 letters"),
        ({"more_subjects": ", ".join(f"S{n}" for n in range(21))}, "at most 20 subjects"),
        ({"credits": [("Theory", "0.3")]}, "whole or half hours"),
        ({"credits": [("Theory", "0.55")]}, "whole or half hours"),
        ({"credits": [("Theory", "-1")]}, "above 0"),
        ({"credits": [("Theory", "many")]}, "as a number"),
        ({"credits": [("Theory", "NaN")]}, "as a number"),
        ({"credits": [("Theory", "")]}, "Say how many hours"),
        ({"credits": [("", "1")]}, "Name the category"),
        ({"credits": [("Theory", "1"), ("theory", "1")]}, "stands twice"),
        ({"credits-TOTAL_FORMS": "x"}, "ManagementForm data is missing"),
        ({"credits": [(f"C{n}", "0.5") for n in range(21)]}, "at most 20"),
    ],
)
def test_bad_input_is_told_and_nothing_is_lost(
    client: Client, draft: CourseVersion, change: dict[str, Any], sentence: str
) -> None:
    typed = "Typed for an hour <b>&amp; 🙂"

    answer = client.post(url(), sent(client, **{"description": typed} | change))

    html = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in html
    assert "Typed for an hour &lt;b&gt;&amp;amp; 🙂" in html
    draft.refresh_from_db()
    assert (draft.description, draft.credit_hours) == ("", Decimal("0.5"))


def test_bad_hours_save_no_text_either(client: Client, draft: CourseVersion) -> None:
    """One form, one save: all of it or nothing."""
    client.post(url(), sent(client, title="New", credits=[("Theory", "0.3")]))

    draft.refresh_from_db()
    assert draft.title == "The face"


def test_second_of_two_writers_is_told_and_may_overwrite(
    client: Client, draft: CourseVersion
) -> None:
    first, second = sent(client, title="First"), sent(client, title="Second")
    client.post(url(), first)

    told = client.post(url(), second)
    assert told.status_code == 422
    assert "Somebody changed the course page" in told.content.decode()
    draft.refresh_from_db()
    assert draft.title == "First"
    second["based_on"] = told.context["form"]["based_on"].value()
    assert client.post(url(), second).status_code == 302
    draft.refresh_from_db()
    assert draft.title == "Second"


def test_typo_revision_says_that_hours_stay(client: Client, instructor: User) -> None:
    first = publish(publishable(course__slug="face", course__owner=instructor))
    typo = publishable(course=first.course, revision=1)
    CreditHoursFactory(version=typo, category="Theory")
    typo.credits.exclude(category="Theory").delete()

    shown = client.get(url()).content.decode()
    refused = client.post(url(), sent(client, credits=[("Theory", "1")]))

    assert "so it keeps its 0.5 CE hours and its delivery" in shown
    assert refused.status_code == 422
    assert "make it a new edition" in refused.content.decode()
    typo.refresh_from_db()
    assert typo.credit_hours == Decimal("0.5")
    assert client.post(url(), sent(client, title="Mended")).status_code == 302


def test_problems_of_the_description_are_shown_with_their_line(
    client: Client, draft: CourseVersion
) -> None:
    client.post(url(), sent(client, description="Fine.\n\n[@nobody2000]\n\n![](figure:scale)"))

    html = client.get(url()).content.decode()
    assert "Line 3: There is no reference ‘nobody2000’." in html
    assert "Line 5: A figure cannot stand here." in html


# ---------------------------------------------------------------- preview


def test_preview_shows_what_is_typed_and_saves_nothing(
    client: Client, draft: CourseVersion
) -> None:
    told = sent(
        client,
        title="Unsaved <i>",
        description="Some *words* <script>",
        buy_url="javascript:alert(1)",
        credits=[("Theory", "3")],
    )

    piece = client.post(
        url("studio-course-page-preview"), told, headers={"X-Requested-With": "fetch"}
    ).content.decode()
    page = client.post(url("studio-course-page-preview"), told).content.decode()

    for html in (piece, page):
        assert "Unsaved &lt;i&gt;" in html
        assert "<em>words</em> &lt;script&gt;" in html
        assert "Claimed: 3 CE hours. That is too much" in html
        assert "javascript:" not in html
    assert "<html" not in piece
    draft.refresh_from_db()
    assert (draft.title, draft.credit_hours) == ("The face", Decimal("0.5"))


def test_preview_of_an_empty_form_is_a_page(client: Client, draft: CourseVersion) -> None:
    assert client.post(url("studio-course-page-preview")).status_code == 200


# ---------------------------------------------------------------- authors


def author(**changes: str) -> dict[str, str]:
    return {"name": LONG_NAME, "credentials": "LMT", "biography": "", "email": ""} | changes


def test_author_is_added_and_tied_by_email(
    client: Client, draft: CourseVersion, instructor: User
) -> None:
    answer = client.post(url("studio-author-add"), author(email=instructor.email))

    assert answer.url == url() + "#authors"
    row = draft.authors.get()
    assert (row.name, row.user) == (LONG_NAME, instructor)
    assert "Tied to an instructor" in client.get(url()).content.decode()


def test_email_of_no_instructor_ties_nobody_whoever_it_is(
    client: Client, draft: CourseVersion, owner: User
) -> None:
    """The same words for somebody who has an account here and for nobody."""
    said = [
        client.post(url("studio-author-add"), author(email=email), follow=True)
        .content.decode()
        .count("no instructor here has that email")
        for email in (owner.email, "nobody@example.org")
    ]

    assert said == [1, 1]
    assert list(draft.authors.values_list("user", flat=True)) == [None, None]


@pytest.mark.parametrize("change", [{"name": " "}, {"name": "x" * 121}, {"email": "no address"}])
def test_bad_author_is_told(client: Client, draft: CourseVersion, change: dict[str, str]) -> None:
    answer = client.post(url("studio-author-add"), author(biography="Long 🙂") | change)

    assert answer.status_code == 422
    assert "Long 🙂" in answer.content.decode()
    assert not draft.authors.exists()


def test_author_is_changed_moved_and_removed(client: Client, draft: CourseVersion) -> None:
    first = CourseAuthorFactory(version=draft, name="Ana", position=1)
    second = CourseAuthorFactory(version=draft, name="Bo", position=2)

    assert "Ana" in client.get(url("studio-author", first.key)).content.decode()
    client.post(url("studio-author", first.key), author(name="Anna"))
    client.post(url("studio-author-move", second.key), {"place": "1"})
    assert [row.name for row in draft.authors.all()] == ["Bo", "Anna"]
    client.post(url("studio-author-remove", second.key))
    assert [row.name for row in draft.authors.all()] == ["Anna"]


# ---------------------------------------------------------------- who, and how much it costs

WRITES = [
    ("studio-course-page-preview", False),
    ("studio-author-add", False),
    ("studio-author", True),
    ("studio-author-move", True),
    ("studio-author-remove", True),
]


@pytest.mark.parametrize(("name", "takes_key"), WRITES)
def test_other_instructors_do_not_find_it(
    draft: CourseVersion, client_of: ClientOf, name: str, takes_key: bool
) -> None:
    other = UserFactory()
    other.groups.add(Group.objects.get(name="instructor"))
    key = [CourseAuthorFactory(version=draft).key] if takes_key else []

    assert client_of(other).get(url()).status_code == 404
    assert client_of(other).post(url()).status_code == 404
    assert client_of(other).post(url(name, *key)).status_code == 404


def test_reviewer_reads_and_does_not_write(
    draft: CourseVersion, instructor: User, client_of: ClientOf
) -> None:
    reviewer = UserFactory()
    reviewer.groups.add(Group.objects.get(name="instructor"))
    CourseMember.objects.create(
        course=draft.course, user=reviewer, role="reviewer", added_at=NOW,
        added_by_id=instructor.pk,
    )  # fmt: skip
    client = client_of(reviewer)

    shown = client.get(url())

    assert shown.status_code == 200
    assert "<textarea" not in shown.content.decode()
    assert client.post(url(), {"title": "Mine"}).status_code == 403
    assert client.post(url("studio-author-add"), author()).status_code == 403


def test_published_page_is_shown_and_not_changed(client: Client, instructor: User) -> None:
    publish(publishable(course__slug="face", course__owner=instructor))

    shown = client.get(url())

    assert shown.status_code == 200
    assert "<textarea" not in shown.content.decode()
    assert client.post(url(), {"title": "Mine"}).status_code == 403


def test_wrong_method_is_refused(client: Client, draft: CourseVersion) -> None:
    row = CourseAuthorFactory(version=draft)

    assert client.get(url("studio-course-page-preview")).status_code == 405
    assert client.get(url("studio-author-move", row.key)).status_code == 405
    assert client.get(url("studio-author-remove", row.key)).status_code == 405


def test_queries_do_not_grow(client: Client, draft: CourseVersion) -> None:
    client.get(url())  # What is kept from here on is no part of the page.
    counts = []
    for place in range(1, 4):
        CourseAuthorFactory(version=draft, position=place, user=UserFactory())
        CreditHoursFactory(version=draft, position=place)
        draft.subjects.add(Subject.objects.create(slug=f"s{place}", name=f"S{place}"))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url()).status_code == 200
        counts.append(len(captured))

    assert len(set(counts)) == 1
