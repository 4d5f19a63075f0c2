"""Finding people by what somebody says on the phone."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.core.codes import dashed
from ce_platform.licensing.models import License
from ce_platform.office.people import index
from ce_platform.office.people.models import PersonTerm, SimilarWord
from ce_platform.office.people.search import PAGE_SIZE, search
from tests.factories.accounts import UserFactory
from tests.factories.certificates import (
    BodyFactory,
    LicenseFactory,
    make_certificate,
    make_provider,
)
from tests.office.moving_in.brought import apply, bring

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def person(name: str, email: str) -> User:
    user: User = UserFactory(name_on_certificates=name, email=email)
    return user


@pytest.fixture
def people() -> dict[str, User]:
    found = {
        "maria": person("María García López", "mgl@example.com"),
        "john": person("John Michael Johnson", "johnny77@example.com"),
        "obrien": person("Siobhán O’Brien", "shiv.obrien@example.org"),
    }
    User.objects.filter(pk=found["john"].pk).update(phone="+1 (303) 555-0142 ext. 12")
    index.refresh([user.pk for user in found.values()])
    return found


def names(rows: object) -> list[str]:
    return [row.user.name_on_certificates for row in rows]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "typed",
    [
        "Garcia",
        "GARCÍA maria",
        "lop gar",
        "mgl@example.com",
        "mgl@",
        "mgl",
        "  Maria   Lopez ",
    ],
)
def test_person_is_found_by(typed: str, people: dict[str, User]) -> None:
    assert names(search(typed).rows) == ["María García López"]


@pytest.mark.parametrize("typed", ["QH-00417", "qh 00417", "QH-004", "00417"])
def test_certificate_of_an_earlier_system_is_found_by_its_number_and_is_not_issued_anew(
    typed: str, registrar: User, now: datetime, client_of: ClientOf
) -> None:
    make_provider()
    table = b"E-mail,Name,Certificate number,Course,Completed on,CE hours\n"
    table += b"ana@example.com,Ana Perez,QH-00417,Neck,2023-05-01,3\n"
    apply(bring("completions", table, by=registrar, now=now), by=registrar, now=now)
    holder = User.objects.get(email="ana@example.com")
    index.refresh([holder.pk])

    assert names(search(typed).rows) == ["Ana Perez"]
    page = client_of(registrar).get(reverse("office:person-detail", args=[holder.uid]))
    assert b"Certificates to issue anew" not in page.content


@pytest.mark.parametrize(
    "typed",
    ["303 555 0142", "(303)555-0142", "13035550142", "555-0142", "303.555", "Johnson 5550142"],
)
def test_person_is_found_by_the_phone_whatever_its_punctuation(
    typed: str, people: dict[str, User]
) -> None:
    assert names(search(typed).rows) == ["John Michael Johnson"]


def test_area_code_alone_finds_nobody(people: dict[str, User]) -> None:
    assert names(search("303").rows) == []


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Jonson", "John Michael Johnson"),
        ("Micheal Jhonson", "John Michael Johnson"),
        ("Obrian", "Siobhán O’Brien"),
        ("shiv.obrein@exmaple.org", "Siobhán O’Brien"),
    ],
)
def test_mistyped_name_is_only_similar(typed: str, name: str, people: dict[str, User]) -> None:
    results = search(typed)

    assert names(results.rows) == []
    assert names(results.similar) == [name]


def test_license_is_found_whatever_stands_between_its_digits(people: dict[str, User]) -> None:
    LicenseFactory(user=people["john"], body=BodyFactory(), number="MA-00 12.34")
    index.refresh([people["john"].pk])

    for typed in ("ma001234", "MA 00-1234", "1234", "001234", "ma 00"):
        assert names(search(typed).rows) == ["John Michael Johnson"], typed
    assert search("1235").rows == []


def test_certificate_is_found_by_its_serial_and_the_name_of_its_day(
    people: dict[str, User],
) -> None:
    certificate = make_certificate(user=people["maria"])
    User.objects.filter(pk=people["maria"].pk).update(name_on_certificates="Maria Ortega")
    index.refresh([people["maria"].pk])

    for typed in (dashed(certificate.serial).lower(), certificate.serial[:8], "garcia"):
        assert names(search(typed).rows) == ["Maria Ortega"], typed


def test_serial_without_a_figure_is_found(people: dict[str, User]) -> None:
    PersonTerm.objects.create(
        user=people["maria"], kind=PersonTerm.Kind.SERIAL, term="ABCDEFGHJKMNPQRST"
    )
    for typed in ("abcd-efgh", "ABCD-EFGH-JKMN-PQRST"):
        assert names(search(typed).rows) == ["María García López"]


@pytest.mark.parametrize("typed", ["", "%", "🔑", "@", "\0", "-- ;", "9" * 300, "Zoltán Nobody"])
def test_strange_words_find_nobody(typed: str, people: dict[str, User]) -> None:
    results = search(typed)

    assert (results.rows, results.similar) == ([], [])


def test_pages_hold_everybody_once_the_exact_first(people: dict[str, User]) -> None:
    made = [person("Ann Ray", f"ann{number}@example.com") for number in range(PAGE_SIZE)]
    made += [person("Anna Ray", f"anna{number}@example.com") for number in range(PAGE_SIZE)]
    index.refresh([user.pk for user in made])
    first = search("ann")
    second = search("ann", after=first.older_after)

    assert names(first.rows) == ["Ann Ray"] * PAGE_SIZE
    assert names(second.rows) == ["Anna Ray"] * PAGE_SIZE
    assert second.older_after == ""
    assert search("ann", after="7-x").rows == first.rows


def test_search_asks_as_often_for_three_people_as_for_one(
    registrar: User, client_of: ClientOf
) -> None:
    client = client_of(registrar)
    counts = []
    for number in range(3):
        made = person("Nora Unique", f"nora{number}@example.com")
        LicenseFactory(user=made, body=BodyFactory(code=f"US-{number}"))
        index.refresh([made.pk])
        client.get(reverse("office:person-list"))
        with CaptureQueriesContext(connection) as captured:
            page = client.get(reverse("office:person-list"), {"q": "Nora Unique"})
        assert page.content.decode().count("Nora Unique</a>") == number + 1
        counts.append(len(captured))

    assert len(set(counts)) == 1, counts


# ---------------------------------------------------------------- keeping in step


def test_saving_wakes_the_worker(
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        user = person("Wanda Wake", "wanda@example.com")
        LicenseFactory(user=user, body=BodyFactory(), number="W 4711")
    assert names(search("4711").rows) == ["Wanda Wake"]

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        user.name_on_certificates = "Wanda Wyoming"
        user.save(update_fields=["name_on_certificates"])
    assert names(search("wyoming").rows) == ["Wanda Wyoming"]
    assert search("wake").rows == []


def test_sweep_mends_what_was_written_in_bulk(now: datetime, people: dict[str, User]) -> None:
    User.objects.bulk_create([User(email="bulk@example.com", name_on_certificates="Bulk Imported")])
    License.objects.update(number="X 1")
    PersonTerm.objects.filter(user=people["john"], term="johnson").delete()
    SimilarWord.objects.filter(word="garcia").delete()

    assert index.sweep_people(now) == 3
    assert index.sweep_people(now) == 0
    assert names(search("imported").rows) == ["Bulk Imported"]
    assert names(search("johnson").rows) == ["John Michael Johnson"]
    assert names(search("garzia").similar) == ["María García López"]


def test_closing_leaves_no_word_of_the_person(now: datetime, people: dict[str, User]) -> None:
    maria = people["maria"]
    certificate = make_certificate(user=maria)
    index.refresh([maria.pk])
    User.objects.filter(pk=maria.pk).update(closed_at=now)

    index.forget_person(maria, now=now)
    index.refresh([maria.pk])

    left = PersonTerm.objects.filter(user=maria).values_list("kind", "term")
    assert list(left) == [("serial", certificate.serial)]
    assert not SimilarWord.objects.filter(word__in=["garcia", "lopez", "maria"]).exists()
