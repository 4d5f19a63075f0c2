from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group
from hypothesis import given, settings
from hypothesis import strategies as st

from ce_platform.accounts.models import User
from ce_platform.core.models import AuditEvent
from courses.domain import describing
from courses.domain.errors import DescriptionRefused, NotADraft, PageMoved
from courses.models import CourseVersion, Subject
from tests.conftest import NOW
from tests.factories.accounts import UserFactory
from tests.factories.courses import (
    CreditHoursFactory,
    GlossaryTermFactory,
    ReferenceFactory,
    VersionFactory,
    publish,
    publishable,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]
Save = Callable[..., CourseVersion]


@pytest.fixture
def draft() -> CourseVersion:
    return VersionFactory(status="draft", course__slug="face")


@pytest.fixture
def save(draft: CourseVersion, instructor: User) -> Save:
    def save(**changes: Any) -> CourseVersion:
        told: dict[str, Any] = {
            "title": "The face",
            "subtitle": "",
            "language": "en-US",
            "subjects": [],
            "summary": "About the face.",
            "description": "",
            "audience": "",
            "prerequisites": "",
            "cost_text": "",
            "buy_url": "",
            "difficulty": 2,
            "difficulty_reason": "",
        }
        describing.save_course_page(draft, **(told | changes), by=instructor, now=NOW)
        draft.refresh_from_db()
        return draft

    return save


def test_course_page_says_what_was_typed(save: Save, instructor: User) -> None:
    version = save(
        title="  Face \x00  and\nneck 🙂 ",
        description="Some *words*.\r\n",
        buy_url=" https://shop.example.com/?a=1&b=2 ",
        difficulty=5,
    )

    assert (version.title, version.description, version.buy_url, version.difficulty) == (
        "Face and neck 🙂",
        "Some *words*.",
        "https://shop.example.com/?a=1&b=2",
        5,
    )
    assert version.description_html == "<p>Some <em>words</em>.</p>\n"
    assert "face and neck" in version.search_text
    assert AuditEvent.objects.get(action="course-page.saved").actor_id == instructor.pk


def test_saving_the_same_again_leaves_no_trace(save: Save) -> None:
    save()
    save()

    assert AuditEvent.objects.filter(action="course-page.saved").count() == 1


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "![x](https://example.com/x.png)",
        '<img src=x onerror="alert(1)">',
        '[a](https://example.com/"onmouseover="alert(1))',
        "<style>body{display:none}</style>",
    ],
)
def test_hostile_description_is_harmless(save: Save, hostile: str) -> None:
    html = save(description=hostile).description_html

    assert "<script" not in html
    assert "<img" not in html
    assert "<style" not in html
    assert 'href="javascript' not in html
    assert '"onmouseover=' not in html


def test_description_cites_references_and_uses_terms(save: Save, draft: CourseVersion) -> None:
    ReferenceFactory(version=draft, slug="who2008", position=1, doi="10.1000/1")
    GlossaryTermFactory(version=draft, slug="fascia", term="Fascia")

    html = save(description="About [fascia](glossary:fascia) [@who2008].").description_html

    assert 'href="https://doi.org/10.1000/1"' in html
    assert "term-definition" in html


@pytest.mark.parametrize(
    "change",
    [
        {"title": " \n"},
        {"buy_url": "javascript:alert(1)"},
        {"buy_url": "http://shop.example.com"},
        {"difficulty": 0},
        {"difficulty": 6},
        {"subjects": [f"Subject {number}" for number in range(21)]},
    ],
)
def test_course_page_refuses(save: Save, draft: CourseVersion, change: dict[str, Any]) -> None:
    before = draft.title

    with pytest.raises(DescriptionRefused):
        save(**change)

    draft.refresh_from_db()
    assert draft.title == before


def test_subjects_are_found_again_however_they_are_spelled(save: Save) -> None:
    Subject.objects.create(slug="lymph", name="Lymph")

    version = save(subjects=["LYMPH", "Neck", "neck ", "  "])

    assert sorted(version.subjects.values_list("name", flat=True)) == ["Lymph", "Neck"]
    assert Subject.objects.count() == 2


def test_two_subjects_whose_letters_give_one_slug_stay_two(save: Save) -> None:
    save(subjects=["推拿", "按摩", "Face & neck", "Face, neck"])

    assert sorted(Subject.objects.values_list("slug", flat=True)) == [
        "face-neck",
        "face-neck-2",
        "other",
        "other-2",
    ]


def test_nobody_overwrites_a_course_page_unseen(save: Save, draft: CourseVersion) -> None:
    seen = describing.page_state(draft)
    save(title="Hers")

    with pytest.raises(PageMoved):
        save(title="His", based_on=seen)

    draft.refresh_from_db()
    assert draft.title == "Hers"
    assert save(title="His", based_on=describing.page_state(draft)).title == "His"


def test_published_course_page_is_not_changed(instructor: User) -> None:
    version = publish(publishable())

    with pytest.raises(NotADraft):
        describing.save_credits(version, [("Theory", Decimal(1))], by=instructor, now=NOW)
    with pytest.raises(NotADraft):
        describing.remove_author(version, version.authors.get().key, by=instructor, now=NOW)


# ---------------------------------------------------------------- hours


def claimed(version: CourseVersion) -> tuple[Decimal, list[tuple[str, Decimal]]]:
    version.refresh_from_db()
    return version.credit_hours, [(row.category, row.credit_hours) for row in version.credits.all()]


def test_headline_hours_are_the_sum(draft: CourseVersion, instructor: User) -> None:
    CreditHoursFactory(version=draft, category="Old")
    rows = [("Theory", Decimal("1.5")), ("Ethics", Decimal("0.5"))]

    describing.save_credits(draft, rows, by=instructor, now=NOW)
    describing.save_credits(draft, rows, by=instructor, now=NOW)

    assert claimed(draft) == (Decimal(2), rows)
    assert AuditEvent.objects.filter(action="hours.claimed").count() == 1


def test_draft_may_claim_more_than_the_formula_allows(
    draft: CourseVersion, instructor: User
) -> None:
    """Its page says so and publishing refuses; writing goes on."""
    describing.save_credits(draft, [("Theory", Decimal(40))], by=instructor, now=NOW)

    assert claimed(draft)[0] == Decimal(40)


@pytest.mark.parametrize(
    "rows",
    [
        [("", Decimal(1))],
        [("Theory", Decimal("0.3"))],
        [("Theory", Decimal(0))],
        [("Theory", Decimal("-0.5"))],
        [("Theory", Decimal("NaN"))],
        [("Theory", Decimal("Infinity"))],
        [("Theory", Decimal("100.5"))],
        [("Theory", Decimal(1)), ("THEORY ", Decimal(1))],
        [(f"Category {number}", Decimal(1)) for number in range(21)],
    ],
)
def test_hours_refuse(
    draft: CourseVersion, instructor: User, rows: list[tuple[str, Decimal]]
) -> None:
    with pytest.raises(DescriptionRefused):
        describing.save_credits(draft, rows, by=instructor, now=NOW)

    assert claimed(draft) == (Decimal("0.5"), [])


def test_revision_keeps_the_hours_of_its_edition(instructor: User) -> None:
    first = publish(publishable())
    typo = publishable(course=first.course, revision=1)

    with pytest.raises(DescriptionRefused, match=r"keeps its 0\.5 hours"):
        describing.save_credits(typo, [("Theory", Decimal(1))], by=instructor, now=NOW)
    describing.save_credits(typo, [("Renamed", Decimal("0.5"))], by=instructor, now=NOW)

    assert claimed(typo) == (Decimal("0.5"), [("Renamed", Decimal("0.5"))])


# ---------------------------------------------------------------- authors


def add(version: CourseVersion, by: User, name: str, email: str = "") -> Any:
    return describing.add_author(
        version, name=name, credentials="LMT", biography="", email=email, by=by, now=NOW
    )


def test_authors_are_added_changed_ordered_and_removed(
    draft: CourseVersion, instructor: User
) -> None:
    ana, bo, cy = (add(draft, instructor, name) for name in ("Ana", "Bo", "Cy"))

    describing.move_author(draft, cy.key, place=1, by=instructor, now=NOW)
    describing.remove_author(draft, ana.key, by=instructor, now=NOW)
    describing.save_author(
        draft,
        bo.key,
        name="Bo Z",
        credentials="",
        biography="Long ago.",
        email="",
        by=instructor,
        now=NOW,
    )

    assert [(row.key, row.position, str(row)) for row in draft.authors.all()] == [
        (cy.key, 1, "Cy, LMT"),
        (bo.key, 2, "Bo Z"),
    ]
    with pytest.raises(DescriptionRefused, match="not there any more"):
        describing.remove_author(draft, ana.key, by=instructor, now=NOW)


def test_author_is_tied_to_an_instructor_only(
    draft: CourseVersion, instructor: User, owner: User
) -> None:
    retired = UserFactory(email="old@example.com")
    retired.groups.add(Group.objects.get(name="registrar"))

    tied = [
        add(draft, instructor, "A", email).user
        for email in (" Instructor@Example.com ", owner.email, retired.email, "nobody@x.org", "")
    ]

    assert tied == [instructor, None, None, None, None]


def test_author_let_go_of_the_account(draft: CourseVersion, instructor: User) -> None:
    author = add(draft, instructor, "Ana", instructor.email)

    describing.save_author(
        draft, author.key, name="Ana", credentials="", biography="", email="", by=instructor,
        now=NOW,
    )  # fmt: skip

    author.refresh_from_db()
    assert author.user is None


@settings(deadline=None, max_examples=15)
@given(places=st.lists(st.tuples(st.integers(0, 3), st.integers(1, 6)), max_size=6))
def test_moving_authors_loses_and_doubles_nobody(places: list[tuple[int, int]]) -> None:
    version = VersionFactory(status="draft")
    by = UserFactory()
    authors = [add(version, by, name) for name in "ABCD"]

    for which, place in places:
        describing.move_author(version, authors[which].key, place=place, by=by, now=NOW)

    rows = list(version.authors.all())
    assert [row.position for row in rows] == [1, 2, 3, 4]
    assert {row.name for row in rows} == set("ABCD")
