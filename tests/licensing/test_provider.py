"""The office's own papers: provider, numbers, who signs."""

import io
import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from ce_platform.accounts.models import User
from ce_platform.core.models import AuditEvent, Provider
from ce_platform.licensing import queries
from ce_platform.licensing.domain import signatures
from ce_platform.licensing.domain.errors import SignatureRefused
from ce_platform.licensing.models import ProviderNumber, Signatory
from tests.factories.licensing import (
    TODAY,
    ApproverFactory,
    BodyFactory,
    ProviderFactory,
    ProviderNumberFactory,
    SignatoryFactory,
)

ClientOf = Callable[[User], Client]
PAGE = "/office/provider/"
FIELDS = {
    "name": "Margin & Hand",
    "address": "12 Elm Street\r\nSuite 4",
    "city": "Asheville, NC",
    "email": "office@example.com",
    "phone": "",
    "website": "https://example.com",
    "time_zone": "America/New_York",
}


@pytest.fixture
def office(registrar: User, client_of: ClientOf) -> Client:
    return client_of(registrar)


def picture(
    *, mode: str = "RGB", size: tuple[int, int] = (400, 120), kind: str = "PNG", **options: Any
) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, 0).save(out, kind, **options)
    return out.getvalue()


# ---------------------------------------------------------------- provider


@pytest.mark.django_db
def test_who_lives_in_the_zone_of_the_office_moves_with_it(
    office: Client, registrar: User, stranger: User
) -> None:
    office.post(PAGE, FIELDS | {"time_zone": "America/Denver"})
    assert User.objects.get(pk=registrar.pk).time_zone == "America/Denver"

    User.objects.filter(pk=registrar.pk).update(time_zone="America/Chicago")
    office.post(PAGE, FIELDS | {"time_zone": "Pacific/Honolulu"})
    assert User.objects.get(pk=registrar.pk).time_zone == "America/Chicago"
    assert User.objects.get(pk=stranger.pk).time_zone == "America/New_York"


@pytest.mark.django_db
def test_provider_is_made_then_changed_with_an_audit_row(
    office: Client, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    assert b"Nobody yet" in office.get(PAGE).content

    office.post(PAGE, FIELDS)
    office.post(PAGE, FIELDS)
    with django_capture_on_commit_callbacks(execute=True):
        office.post(PAGE, FIELDS | {"name": "Margin and Hand"})

    provider = Provider.objects.get()
    assert (provider.name, provider.address) == ("Margin and Hand", "12 Elm Street\nSuite 4")
    assert "Margin and Hand · continuing education" in office.get(PAGE).content.decode()
    made, changed = AuditEvent.objects.filter(action="provider.changed").order_by("id")
    assert set(json.loads(made.detail)["changed"]) >= {"name", "address", "city", "email"}
    assert json.loads(changed.detail)["changed"] == {
        "name": {"before": "Margin & Hand", "after": "Margin and Hand"}
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"email": "nobody"}, {"time_zone": "Moon/Base"}, {"website": "javascript:1"}],
    ids=str,
)
def test_provider_with_bad_input(wrong: dict[str, str], office: Client) -> None:
    assert office.post(PAGE, FIELDS | wrong).status_code == 422
    assert not Provider.objects.exists()


# ---------------------------------------------------------------- logo


def logo_of() -> bytes | None:
    logo = Provider.objects.select_related("logo").get().logo
    return logo.read() if logo else None


@pytest.mark.django_db
def test_logo_is_drawn_anew_shown_to_the_office_and_taken_away(office: Client) -> None:
    ProviderFactory()
    sent = SimpleUploadedFile("logo.jpg", picture(size=(400, 100), kind="JPEG"))

    office.post(PAGE, FIELDS | {"logo": sent})

    printed = logo_of()
    assert printed is not None
    assert Image.open(io.BytesIO(printed)).format == "PNG"
    assert office.get(f"{PAGE}logo/").content == printed
    assert f'src="{PAGE}logo/"' in office.get(PAGE).content.decode()

    office.post(PAGE, FIELDS)
    assert logo_of() == printed

    office.post(PAGE, FIELDS | {"is_logo_removed": "on"})
    assert logo_of() is None
    assert office.get(f"{PAGE}logo/").status_code == 404
    assert AuditEvent.objects.filter(action="provider.logo-changed").count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"GIF89a", "Attach the logo as PNG or JPEG."),
        (b"", "The file is empty."),
        (picture(size=(900, 100)), "The logo is too long for its height"),
        (picture(size=(30, 30)), "The picture is too small to print."),
    ],
)
def test_logo_that_cannot_be_printed_is_refused(
    content: bytes, sentence: str, office: Client
) -> None:
    ProviderFactory()

    answer = office.post(PAGE, FIELDS | {"logo": SimpleUploadedFile("logo.png", content)})

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert logo_of() is None


# ---------------------------------------------------------------- numbers


@pytest.mark.django_db
def test_numbers_are_added_changed_and_removed(office: Client) -> None:
    BodyFactory(code="US-FL", jurisdiction="Florida")
    sent = {"body": "US-FL", "number": "50-1", "valid_from": "2026-01-01", "valid_to": ""}

    for _ in range(2):
        assert office.post(f"{PAGE}numbers/add/", sent).status_code == 302
    row = ProviderNumber.objects.get()
    assert (row.number, row.valid_from, row.valid_to) == ("50-1", date(2026, 1, 1), None)

    office.post(f"{PAGE}numbers/{row.pk}/", sent | {"valid_to": "2027-08-31"})
    row.refresh_from_db()
    assert row.valid_to == date(2027, 8, 31)

    for _ in range(2):
        assert office.post(f"{PAGE}numbers/{row.pk}/remove/").status_code == 302
    assert not ProviderNumber.objects.exists()
    assert [
        event.action for event in AuditEvent.objects.filter(subject_type="provider-number")
    ] == ["provider-number.added", "provider-number.changed", "provider-number.removed"]


@pytest.mark.django_db
def test_numbers_with_bad_input(office: Client) -> None:
    first, second = ProviderNumberFactory.create_batch(2, body=BodyFactory(code="US-FL"))
    sent = {"body": "US-FL", "number": "50-9"}

    assert office.post(f"{PAGE}numbers/add/", {}).status_code == 422
    assert office.post(f"{PAGE}numbers/add/", sent | {"body": "US-XX"}).status_code == 422
    backwards = {"valid_from": "2026-02-01", "valid_to": "2026-01-01"}
    assert office.post(f"{PAGE}numbers/add/", sent | backwards).status_code == 422
    twin = office.post(f"{PAGE}numbers/{second.pk}/", {"body": "US-FL", "number": first.number})
    assert twin.status_code == 422
    assert "stands here already" in twin.content.decode()
    assert ProviderNumber.objects.count() == 2


@pytest.mark.django_db
def test_numbers_in_force_on_a_day(django_assert_num_queries: Callable[..., Any]) -> None:
    always = ProviderNumberFactory(body=ApproverFactory())
    on_the_day = ProviderNumberFactory(valid_from=TODAY, valid_to=TODAY)
    ProviderNumberFactory(valid_to=date(2026, 11, 19))
    ProviderNumberFactory(valid_from=date(2026, 11, 21))

    with django_assert_num_queries(1):
        found = queries.provider_numbers_on(TODAY)
        names = [row.body.name for row in found]

    assert set(found) == {always, on_the_day}
    assert len(names) == 2


# ---------------------------------------------------------------- who signs


@pytest.mark.django_db
def test_signatory_with_a_picture(office: Client) -> None:
    upload = SimpleUploadedFile("sig.jpg", picture(kind="JPEG", size=(1800, 400)))
    sent = {"name": "Ruth Calloway", "title": "Administrator", "position": "1", "is_active": "on"}

    assert office.post(f"{PAGE}signatories/add/", sent | {"picture": upload}).status_code == 302

    row = Signatory.objects.get()
    answer = office.get(f"{PAGE}signatories/{row.pk}/picture/")
    image = Image.open(io.BytesIO(answer.content))
    assert (image.format, image.mode, image.size) == ("PNG", "RGB", (900, 200))
    assert answer["Cache-Control"] == "private, no-store"

    # A change without a new picture keeps the old one.
    office.post(f"{PAGE}signatories/{row.pk}/", sent | {"title": "Director", "is_active": ""})
    row.refresh_from_db()
    assert (row.title, row.is_active) == ("Director", False)
    assert row.signature is not None
    assert queries.active_signatories() == []


@pytest.mark.django_db
def test_signatory_with_bad_input(office: Client) -> None:
    sent = {"name": "Ruth", "title": "Administrator", "position": "1"}
    upload = SimpleUploadedFile("sig.png", b"<svg onload='x'/>")

    assert office.post(f"{PAGE}signatories/add/", {}).status_code == 422
    assert office.post(f"{PAGE}signatories/add/", sent | {"position": "0"}).status_code == 422
    answer = office.post(f"{PAGE}signatories/add/", sent | {"picture": upload})
    assert answer.status_code == 422
    assert "Attach the signature as PNG or JPEG." in answer.content.decode()
    assert not Signatory.objects.exists()


@pytest.mark.django_db
def test_signatories_in_order_with_their_pictures(
    django_assert_num_queries: Callable[..., Any],
) -> None:
    second, first = SignatoryFactory(position=2), SignatoryFactory(position=1)
    SignatoryFactory(is_active=False)

    with django_assert_num_queries(1):
        found = queries.active_signatories()
        assert [row.signature for row in found] == [None, None]

    assert found == [first, second]


def test_see_through_parts_become_paper_and_riders_are_gone() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Camera"
    plain = Image.open(io.BytesIO(signatures.printable_png(picture(mode="RGBA", exif=exif))))

    assert plain.getpixel((10, 10)) == (255, 255, 255)
    assert dict(plain.getexif()) == {}
    assert plain.info == {}


def test_a_turned_photo_is_set_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # The camera was held sideways.

    upright = Image.open(
        io.BytesIO(signatures.printable_png(picture(kind="JPEG", size=(120, 400), exif=exif)))
    )

    assert upright.size == (400, 120)


def test_a_scanned_signature_loses_the_gray_of_its_paper_and_its_margins() -> None:
    scan = Image.new("RGB", (600, 400), (214, 208, 190))
    scan.paste((20, 24, 60), (200, 150, 420, 230))
    out = io.BytesIO()
    scan.save(out, "PNG")

    printed = Image.open(io.BytesIO(signatures.printable_png(out.getvalue())))

    assert printed.size == (226, 86)
    assert printed.getpixel((0, 0)) == (255, 255, 255)
    assert max(printed.getpixel((100, 40))) < 110  # type: ignore[arg-type, type-var]


def test_a_logo_keeps_its_pale_colors_and_loses_white_margins() -> None:
    drawn = Image.new("RGB", (600, 400), "white")
    drawn.paste((214, 208, 190), (200, 150, 420, 230))
    out = io.BytesIO()
    drawn.save(out, "PNG")

    printed = Image.open(io.BytesIO(signatures.printable_png(out.getvalue(), noun="logo")))

    assert printed.size == (226, 86)
    assert printed.getpixel((100, 40)) == (214, 208, 190)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "PNG or JPEG"),
        (b"GIF89a" + bytes(40), "PNG or JPEG"),
        (picture(size=(70, 20)), "too small"),
        (picture(mode="1", size=(5000, 4001)), "too many pixels"),
        (picture(mode="L", size=(400, 200), kind="JPEG")[:-400], "broken"),
    ],
    ids=["empty", "gif", "small", "huge", "cut off"],
)
def test_pictures_that_are_refused(content: bytes, words: str) -> None:
    with pytest.raises(SignatureRefused, match=words):
        signatures.printable_png(content)


@pytest.mark.django_db
def test_a_file_that_is_too_large_is_not_decoded(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signatures, "LARGEST_FILE", 10)

    with pytest.raises(SignatureRefused, match="larger than"):
        signatures.store_signature(SimpleUploadedFile("sig.png", picture()), now=now)


# ---------------------------------------------------------------- who may


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "",
        "numbers/add/",
        "numbers/{number}/",
        "signatories/add/",
        "signatories/{signatory}/",
        "signatories/{signatory}/picture/",
    ],
)
def test_pages_are_for_the_registrar(
    path: str, owner: User, instructor: User, office: Client, client_of: ClientOf
) -> None:
    url = PAGE + path.format(number=ProviderNumberFactory().pk, signatory=SignatoryFactory().pk)

    assert Client().get(url).status_code == 302
    for person in (owner, instructor):
        assert client_of(person).get(url).status_code == 403
    # A signatory without a picture has none to show.
    assert office.get(url).status_code == (404 if path.endswith("picture/") else 200)


@pytest.mark.django_db
def test_removing_is_by_post(office: Client, owner: User, client_of: ClientOf) -> None:
    url = f"{PAGE}numbers/{ProviderNumberFactory().pk}/remove/"

    assert office.get(url).status_code == 405
    assert client_of(owner).post(url).status_code == 403
    assert office.get(f"{PAGE}numbers/999999/").status_code == 404
    assert office.get(f"{PAGE}signatories/999999/").status_code == 404
    assert ProviderNumber.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_the_same_queries_for_any_number(
    count: int, office: Client, django_assert_num_queries: Callable[..., Any]
) -> None:
    ProviderFactory()
    for _ in range(count):
        ProviderNumberFactory()
        SignatoryFactory()
    office.get(PAGE)

    with django_assert_num_queries(6):
        office.get(PAGE)
