"""References and glossary in the studio."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ce_platform.accounts.models import User
from courses.models import CourseVersion
from tests.factories.accounts import UserFactory
from tests.factories.courses import (
    ChartPointFactory,
    GlossaryTermFactory,
    LessonFactory,
    ModuleFactory,
    ReferenceFactory,
    VersionFactory,
    publish,
    publishable,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]
ClientOf = Callable[[User], Client]


@pytest.fixture
def draft(instructor: User) -> CourseVersion:
    return VersionFactory(status="draft", course__slug="face", course__owner=instructor)


@pytest.fixture
def client(instructor: User, client_of: ClientOf) -> Client:
    return client_of(instructor)


def url(name: str = "studio-references", *args: object) -> str:
    return reverse(f"courses:{name}", args=["face", *args])


def source(**changes: str) -> dict[str, str]:
    return {
        "authors": "Miyaji A, Sugimori K",
        "year": "2018",
        "title": "Faces & hands",
        "where": "Complement Ther Med 41",
        "pages": "271-276",
        "doi": "https://doi.org/10.1016/j.ctim.2018.09.009",
        "read": "abstract",
    } | changes


def test_source_is_typed_piece_by_piece(client: Client, draft: CourseVersion) -> None:
    answer = client.post(url("studio-reference-add"), source(), follow=True)

    row = draft.references.get()
    assert (row.slug, row.text, row.doi, row.read) == (
        "miyaji2018",
        "Miyaji A, Sugimori K. 2018. Faces & hands. Complement Ther Med 41:271–276.",
        "10.1016/j.ctim.2018.09.009",
        "abstract",
    )
    html = answer.content.decode()
    assert "Cite it in a lesson as [@miyaji2018]." in html
    assert 'href="https://doi.org/10.1016/j.ctim.2018.09.009"' in html
    assert "Not used yet" in html


def test_source_is_typed_as_one_line(client: Client, draft: CourseVersion) -> None:
    client.post(
        url("studio-reference-add"),
        {"text": " Alam M et al. 2018.\n Faces 🙂. ", "pmid": "PMID: 28434473"},
    )

    row = draft.references.get()
    assert (row.slug, row.text, row.pmid) == (
        "alam2018",
        "Alam M et al. 2018. Faces 🙂.",
        "28434473",
    )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"title": "", "authors": "", "year": "", "where": "", "pages": ""}, "Say what the source"),
        ({"title": ""}, "Give the source its title"),
        ({"text": "One line."}, "not both"),
        ({"doi": "10.x"}, "begins with “10.”"),
        ({"pmid": "PMC12"}, "digits only"),
        ({"url": "javascript:alert(1)"}, "begins with https://"),
        ({"read": "cover"}, "Select a valid choice"),
        ({"slug": "two words"}, "letters, digits"),
        ({"slug": "taken"}, "is called taken already"),
        ({"doi": "10.1000/TAKEN"}, "Number 1, taken, has this DOI"),
        ({"title": "x" * 501}, "at most 500"),
    ],
)
def test_bad_source_is_told_and_nothing_is_lost(
    client: Client, draft: CourseVersion, change: dict[str, str], sentence: str
) -> None:
    ReferenceFactory(version=draft, slug="taken", position=1, doi="10.1000/taken")
    typed = "Miyaji <A> & 🙂"

    answer = client.post(url("studio-reference-add"), source(**{"where": typed} | change))

    html = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in html
    assert change.get("where", "Miyaji &lt;A&gt; &amp; 🙂") in html
    assert draft.references.count() == 1


def test_used_source_keeps_its_name_and_has_no_remove_button(
    client: Client, draft: CourseVersion
) -> None:
    used = ReferenceFactory(version=draft, slug="used", position=1, text="A.")
    LessonFactory(module__version=draft, title="Skin", body="So [@used].")

    listed = client.get(url()).content.decode()
    assert "Skin" in listed
    assert url("studio-reference-remove", used.key) not in listed
    assert "disabled" in client.get(url("studio-reference", used.key)).content.decode()
    client.post(url("studio-reference", used.key), {"text": "B.", "slug": "other"})
    refused = client.post(url("studio-reference-remove", used.key), follow=True)

    assert "still used: “Skin”" in refused.content.decode()
    used.refresh_from_db()
    assert (used.slug, used.text) == ("used", "B.")


def test_list_is_searched_ordered_and_shortened(client: Client, draft: CourseVersion) -> None:
    rows = [
        ReferenceFactory(version=draft, slug=slug, position=place, text=text)
        for place, (slug, text) in enumerate(
            [("zhu", "Zhu. 2020. Tuína."), ("adams", "Adams. 2019. Skin."), ("k", "Klein. 2014.")],
            start=1,
        )
    ]

    found = client.get(url(), {"q": " TUINA zhu "}).context["rows"]
    assert [row["reference"].slug for row in found] == ["zhu"]
    assert client.get(url(), {"q": "absent"}).context["rows"] == []
    client.post(url("studio-reference-move", rows[2].key), {"place": "1"})
    assert [row.slug for row in draft.references.all()] == ["k", "zhu", "adams"]
    client.post(url("studio-references-order"), {"how": "name"})
    assert [row.slug for row in draft.references.all()] == ["adams", "k", "zhu"]
    client.post(url("studio-reference-remove", rows[0].key))
    assert [row.slug for row in draft.references.all()] == ["adams", "k"]


def test_long_and_odd_names_do_not_break_the_list(client: Client, draft: CourseVersion) -> None:
    client.post(url("studio-reference-add"), {"text": "Ω" * 60 + " 🙂 <b>. 2020. X."})
    client.post(url("studio-reference-add"), {"text": "a" * 200 + ". 2020. X."})

    html = client.get(url()).content.decode()
    assert "🙂 &lt;b&gt;" in html
    assert all(len(row.slug) <= 60 for row in draft.references.all())


# ---------------------------------------------------------------- glossary


def term(**changes: str) -> dict[str, str]:
    return {"term": "Fascia", "definition": "A sheet of <tissue> 🙂.", "language": ""} | changes


def test_term_is_added_changed_and_removed(client: Client, draft: CourseVersion) -> None:
    client.post(url("studio-term-add"), term())
    row = draft.glossary.get()

    assert "A sheet of &lt;tissue&gt; 🙂." in client.get(url("studio-glossary")).content.decode()
    client.post(url("studio-term", row.key), term(term="Fasciae", language="la"))
    row.refresh_from_db()
    assert (row.slug, row.term, row.language) == ("fascia", "Fasciae", "la")
    client.post(url("studio-term-remove", row.key))
    assert not draft.glossary.exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"term": ""}, "Which word is it?"),
        ({"definition": " "}, "Say what it means."),
        ({"term": "x" * 121}, "at most 120"),
        ({"language": "Latin language"}, "like en-US"),
        ({"term": "KNOWN"}, "in the glossary already"),
    ],
)
def test_bad_term_is_told_and_nothing_is_lost(
    client: Client, draft: CourseVersion, change: dict[str, str], sentence: str
) -> None:
    GlossaryTermFactory(version=draft, term="Known")

    answer = client.post(url("studio-term-add"), term(**change))

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert all(value.strip() in answer.content.decode() for value in change.values())
    assert draft.glossary.count() == 1


def test_used_term_is_not_removed(client: Client, draft: CourseVersion) -> None:
    row = GlossaryTermFactory(version=draft, slug="fascia", term="Fascia")
    LessonFactory(module__version=draft, title="Skin", body="The [sheet](glossary:fascia).")

    listed = client.get(url("studio-glossary"), {"q": "fascia"}).content.decode()
    assert "Skin" in listed
    refused = client.post(url("studio-term-remove", row.key), follow=True)
    assert "“Fascia” is still used: “Skin”." in refused.content.decode()
    assert draft.glossary.exists()


# ---------------------------------------------------------------- who, and how much it costs

WRITES = [
    ("studio-reference-add", ""),
    ("studio-references-order", ""),
    ("studio-reference", "reference"),
    ("studio-reference-move", "reference"),
    ("studio-reference-remove", "reference"),
    ("studio-term-add", ""),
    ("studio-term", "term"),
    ("studio-term-remove", "term"),
]


@pytest.mark.parametrize(("name", "thing"), WRITES)
def test_other_instructors_do_not_find_it(
    draft: CourseVersion, client_of: ClientOf, name: str, thing: str
) -> None:
    rows: dict[str, Any] = {
        "reference": ReferenceFactory(version=draft),
        "term": GlossaryTermFactory(version=draft),
    }
    other = UserFactory()
    other.groups.add(Group.objects.get(name="instructor"))
    key = [rows[thing].key] if thing else []

    assert client_of(other).get(url()).status_code == 404
    assert client_of(other).get(url("studio-glossary")).status_code == 404
    assert client_of(other).post(url(name, *key)).status_code == 404
    assert (draft.references.count(), draft.glossary.count()) == (1, 1)


def test_what_is_published_is_shown_and_not_changed(client: Client, instructor: User) -> None:
    version = publishable(course__slug="face", course__owner=instructor)
    ReferenceFactory(version=version, slug="one", text="The one.")
    GlossaryTermFactory(version=version, term="Word")
    publish(version)

    assert "The one." in client.get(url()).content.decode()
    assert "Word" in client.get(url("studio-glossary")).content.decode()
    assert '<form method="post" action="/studio/' not in client.get(url()).content.decode()
    assert client.post(url("studio-reference-add"), source()).status_code == 403
    assert client.get(url("studio-term-add")).status_code == 403


def test_queries_do_not_grow(client: Client, draft: CourseVersion) -> None:
    client.get(url())  # What is kept from here on is no part of the page.
    module = ModuleFactory(version=draft)
    counts = []
    for place in range(1, 4):
        ReferenceFactory(version=draft, slug=f"s{place}", position=place)
        GlossaryTermFactory(version=draft, slug=f"t{place}")
        LessonFactory(module=module, body=f"[@s{place}] [x](glossary:t{place})")
        ChartPointFactory(chart__version=draft, references_json=f'["s{place}"]')
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url()).status_code == 200
            assert client.get(url("studio-glossary")).status_code == 200
        counts.append(len(captured))

    assert len(set(counts)) == 1
