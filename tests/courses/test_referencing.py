import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ce_platform.accounts.models import User
from courses.domain import referencing
from courses.domain.errors import NotADraft, ReferenceRefused
from courses.domain.referencing import clean_doi, clean_pmid, printed, proposed_slug
from courses.domain.using import uses_in
from courses.markdown.grammar import SLUG
from courses.models import CourseVersion, Reference
from courses.parts import CoursePart, StudioLine
from tests.conftest import NOW
from tests.factories.courses import (
    ChartPointFactory,
    LessonFactory,
    ModuleFactory,
    ReferenceFactory,
    VersionFactory,
    publish,
    publishable,
)

# ---------------------------------------------------------------- one spelling


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        (
            ("Bazarganipour F et al.", "2017", "The effect of pressure: a trial.",
             "Complement Ther Med 31", "65-70"),
            "Bazarganipour F et al. 2017. The effect of pressure: a trial. "
            "Complement Ther Med 31:65–70.",
        ),
        (
            ("Cobo JL, Solé-Magdalena A", "2019", "The proprioception", "In: Topics. Intech", ""),
            "Cobo JL, Solé-Magdalena A. 2019. The proprioception. In: Topics. Intech.",
        ),
        (("", "", "What is fascia?", "", ""), "What is fascia?"),
        (("WHO", "2008", "Points\n of  it!", "", "12 – 14"), "WHO. 2008. Points of it! 12–14."),
        (("Li 李", "2020", "Tuina 🙂", "J", "e1-e2"), "Li 李. 2020. Tuina 🙂. J:e1–e2."),
    ],
)  # fmt: skip
def test_source_is_printed_one_way(pieces: tuple[str, ...], text: str) -> None:
    names = ("authors", "year", "title", "where", "pages")

    assert printed(**dict(zip(names, pieces, strict=True))) == text


@pytest.mark.parametrize(
    "given",
    [
        "10.1016/j.ctim.2018.09.009",
        " https://doi.org/10.1016/j.ctim.2018.09.009 ",
        "http://dx.doi.org/10.1016/j.ctim.2018.09.009",
        "doi.org/10.1016/j.ctim.2018.09.009",
        "DOI: 10.1016/j.ctim.2018.09.009.",
        "doi:10.1016/j.ctim.2018.09.009",
    ],
)
def test_doi_is_cleaned(given: str) -> None:
    assert clean_doi(given) == "10.1016/j.ctim.2018.09.009"


@pytest.mark.parametrize(
    "given", ["10.1/x", "11.1000/x", "10.1000/a b", "javascript:10.1000/x", "10.1000/" + "x" * 200]
)
def test_bad_doi_is_refused(given: str) -> None:
    with pytest.raises(ReferenceRefused):
        clean_doi(given)


@pytest.mark.parametrize(
    "given",
    [
        "30477852",
        "PMID: 30477852",
        "pmid 30477852",
        "https://pubmed.ncbi.nlm.nih.gov/30477852/",
        "https://www.ncbi.nlm.nih.gov/pubmed/30477852",
    ],
)
def test_pubmed_number_is_cleaned(given: str) -> None:
    assert clean_pmid(given) == "30477852"


@pytest.mark.parametrize("given", ["PMC3576706", "12a", "0", "١٢٣", "1234567890"])
def test_bad_pubmed_number_is_refused(given: str) -> None:
    with pytest.raises(ReferenceRefused):
        clean_pmid(given)


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Miyaji A, Sugimori K. 2018. Something of 1999.", "miyaji2018"),
        ("Alam M et al. 2018. Faces.", "alam2018"),
        ("Solé-Magdalena A. 2019. Muscles.", "solemagdalena2019"),
        ("van der Berg AB, Doe J. 2020. Skin.", "vanderberg2020"),
        ("O’Neill T. 2001. Hands.", "oneill2001"),
        ("Biology Insights. What is massage?", "biologyinsights"),
        ("WHO 2008 Points", "who2008"),
        ("Łukasz Ørsted. 2011.", "lukaszorsted2011"),
        ("李时珍. 1596. 本草纲目.", "source1596"),
        ("🙂", "source"),
    ],
)
def test_slug_is_proposed_from_author_and_year(text: str, slug: str) -> None:
    assert proposed_slug(text, []) == slug


def test_proposed_slug_is_free() -> None:
    taken: list[str] = []
    for _ in range(28):
        taken.append(proposed_slug("Miyaji A. 2018. A.", taken))

    assert taken[:3] == ["miyaji2018", "miyaji2018b", "miyaji2018c"]
    assert taken[-3:] == ["miyaji2018z", "miyaji2018-2", "miyaji2018-3"]
    assert proposed_slug("Miyaji A. 2018.", ["Miyaji2018"]) == "miyaji2018b"


@given(st.text(max_size=200))
def test_proposed_slug_can_be_cited(text: str) -> None:
    assert re.fullmatch(SLUG, proposed_slug(text, []))


# ---------------------------------------------------------------- the list


@pytest.fixture
def draft(alone: list[CoursePart]) -> CourseVersion:
    return VersionFactory(status="draft", course__slug="face")


def source(**changes: Any) -> dict[str, Any]:
    return {
        "text": "Miyaji A. 2018. Faces.",
        "doi": "",
        "pmid": "",
        "url": "",
        "read": "",
        "slug": "",
    } | changes


def add(version: CourseVersion, by: User, **changes: Any) -> Reference:
    return referencing.add_reference(version, **source(**changes), by=by, now=NOW)


def slugs(version: CourseVersion) -> list[str]:
    rows = list(version.references.all())
    assert [row.position for row in rows] == list(range(1, len(rows) + 1))
    return [row.slug for row in rows]


@pytest.mark.django_db
def test_new_source_comes_last(draft: CourseVersion, instructor: User) -> None:
    add(draft, instructor)
    second = add(draft, instructor, read="full text", pmid="PMID: 1", url="https://x.org/a")
    add(draft, instructor, slug="Klein.2014_a")

    assert slugs(draft) == ["miyaji2018", "miyaji2018b", "Klein.2014_a"]
    second.refresh_from_db()
    assert (second.read, second.pmid, second.url) == ("full text", "1", "https://x.org/a")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {"text": " "},
        {"text": "x" * 2_001},
        {"doi": "nothing"},
        {"pmid": "x"},
        {"url": "javascript:alert(1)"},
        {"url": "http://x.org"},
        {"read": "the cover"},
        {"slug": "two words"},
        {"slug": "-dash"},
        {"slug": "x" * 61},
        {"slug": "taken"},
        {"slug": "TAKEN"},
        {"slug": "end."},
        {"doi": "https://doi.org/10.1000/ABC"},
        {"pmid": "77"},
    ],
)
def test_source_is_refused(draft: CourseVersion, instructor: User, change: dict[str, Any]) -> None:
    ReferenceFactory(version=draft, slug="taken", position=1, doi="10.1000/abc", pmid="77")

    with pytest.raises(ReferenceRefused):
        add(draft, instructor, **change)

    assert slugs(draft) == ["taken"]


@pytest.mark.django_db
def test_duplicate_says_which_source_it_is(draft: CourseVersion, instructor: User) -> None:
    ReferenceFactory(version=draft, slug="first", position=1, doi="10.1000/abc", text="The first.")

    with pytest.raises(ReferenceRefused, match=r"Number 1, first, .* already: The first"):
        add(draft, instructor, doi="10.1000/ABC")


@pytest.mark.django_db
def test_source_keeps_its_own_doi_when_changed(draft: CourseVersion, instructor: User) -> None:
    row = add(draft, instructor, doi="10.1000/abc")

    referencing.save_reference(
        draft, row.key, **source(doi="10.1000/abc", text="Other."), by=instructor, now=NOW
    )

    row.refresh_from_db()
    assert (row.text, row.slug) == ("Other.", "miyaji2018")


@pytest.mark.django_db
def test_name_of_a_cited_source_stays(draft: CourseVersion, instructor: User) -> None:
    row = add(draft, instructor)
    free = add(draft, instructor)
    LessonFactory(module__version=draft, body="So it is [@miyaji2018].")

    with pytest.raises(ReferenceRefused, match="the name stays"):
        referencing.save_reference(draft, row.key, **source(slug="other"), by=instructor, now=NOW)
    referencing.save_reference(draft, free.key, **source(slug="other"), by=instructor, now=NOW)

    assert slugs(draft) == ["miyaji2018", "other"]


class Part(CoursePart):
    name = "part"

    def studio_texts(self, version: CourseVersion) -> list[tuple[StudioLine, str]]:
        return [(StudioLine("Exam", "Where?", "/exam/", None), "Because [@quizzed].")]


@pytest.fixture
def used(draft: CourseVersion, alone: list[CoursePart]) -> CourseVersion:
    alone.append(Part())
    module = ModuleFactory(version=draft)
    LessonFactory(
        module=module,
        title="One",
        position=1,
        body="[weakly supported: @graded @both]\n\n::: claim C05 unsupported @claimed\nX\n:::\n",
    )
    LessonFactory(module=module, title="Two", position=2, body="Again [@both] [@both].")
    draft.description = "As [@described] says."
    draft.save()
    ChartPointFactory(chart__version=draft, chart__title="Points", references_json='["charted"]')
    for place, slug in enumerate(
        ("graded", "both", "claimed", "described", "charted", "quizzed", "idle"), start=1
    ):
        ReferenceFactory(version=draft, slug=slug, position=place)
    return draft


@pytest.mark.django_db
def test_every_use_is_found(used: CourseVersion) -> None:
    found = uses_in(used).references

    assert {slug: [place.title for place in places] for slug, places in found.items()} == {
        "graded": ["One"],
        "both": ["One", "Two"],
        "claimed": ["One"],
        "described": ["The course page"],
        "charted": ["The chart “Points”"],
        "quizzed": ["Exam: Where?"],
    }


@pytest.mark.django_db
@pytest.mark.parametrize("slug", ["graded", "both", "claimed", "described", "charted", "quizzed"])
def test_used_source_is_not_removed(used: CourseVersion, instructor: User, slug: str) -> None:
    with pytest.raises(ReferenceRefused, match="still used"):
        referencing.remove_reference(
            used, used.references.get(slug=slug).key, by=instructor, now=NOW
        )

    assert slug in slugs(used)


@pytest.mark.django_db
def test_idle_source_is_removed_and_numbers_close_up(used: CourseVersion, instructor: User) -> None:
    idle = used.references.get(slug="idle")
    referencing.move_reference(used, idle.key, place=2, by=instructor, now=NOW)

    referencing.remove_reference(used, idle.key, by=instructor, now=NOW)

    assert slugs(used) == ["graded", "both", "claimed", "described", "charted", "quizzed"]


@pytest.mark.django_db
def test_order_is_made_by_hand_or_once_by_a_button(draft: CourseVersion, instructor: User) -> None:
    for place, (slug, text) in enumerate(
        [
            ("z", "Zhu. 2020."),
            ("a2", "adams. 2021."),
            ("a1", "Ádams. 2019."),
            ("k", "Klein. 2014."),
        ],
        start=1,
    ):
        ReferenceFactory(version=draft, slug=slug, text=text, position=place)
    module = ModuleFactory(version=draft)
    LessonFactory(module=module, position=2, body="[@z]")
    LessonFactory(module=module, position=1, body="[@k @a2]")

    k = draft.references.get(slug="k").key
    referencing.move_reference(draft, k, place=1, by=instructor, now=NOW)
    assert slugs(draft) == ["k", "z", "a2", "a1"]
    referencing.move_reference(draft, k, place=99, by=instructor, now=NOW)
    assert slugs(draft) == ["z", "a2", "a1", "k"]
    referencing.order_references(draft, by_citation=True, by=instructor, now=NOW)
    assert slugs(draft) == ["k", "a2", "z", "a1"]
    referencing.order_references(draft, by_citation=False, by=instructor, now=NOW)
    assert slugs(draft) == ["a1", "a2", "k", "z"]


@pytest.mark.django_db
def test_published_list_is_not_changed(instructor: User, alone: list[CoursePart]) -> None:
    draft = publishable()
    ReferenceFactory(version=draft, slug="one", position=1)
    version = publish(draft)

    with pytest.raises(NotADraft):
        add(version, instructor)
    with pytest.raises(NotADraft):
        referencing.order_references(version, by_citation=True, by=instructor, now=NOW)
