"""The page on which the office tries, saves and chooses the design."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from ce_platform.accounts.models import User
from ce_platform.core.models import Provider, StoredFile
from certificates.designs import drawing, views
from certificates.designs.drawing import NotDrawn, StillDrawing, Wish
from certificates.domain.designs import look_of
from certificates.look import Settings
from certificates.models import CertificateDesign, DesignChoice
from tests.factories.certificates import SignatoryFactory, make_provider

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
PAGE = "/office/certificates/design/"
PREVIEW = f"{PAGE}preview/"
USUAL = {
    name: getattr(Settings(), name)
    for name in (
        "paper",
        "frame",
        "ink",
        "accent",
        "tint",
        "opening",
        "deed_achievement",
        "deed_completion",
        "closing",
        "note",
    )
} | {"shows_second_signature": "on"}


def png(size: tuple[int, int] = (200, 80)) -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", size, "#123456").save(out, "PNG")
    return SimpleUploadedFile("logo.png", out.getvalue(), content_type="image/png")


@pytest.fixture
def office(registrar: User, client_of: ClientOf) -> Client:
    make_provider()
    cache.clear()
    return client_of(registrar)


@pytest.fixture
def wishes(monkeypatch: pytest.MonkeyPatch) -> list[Wish]:
    """What the process would have been asked for."""
    found: list[Wish] = []

    def drawn(wish: Wish, *, person_id: int) -> bytes:
        found.append(wish)
        return b"drawn"

    monkeypatch.setattr(views, "draw", drawn)
    return found


def test_saved_settings_are_in_use_and_stand_in_the_history(office: Client) -> None:
    assert office.get(PAGE).status_code == 200

    answer = office.post(PAGE, USUAL | {"paper": "a4", "note": "Since 1987", "logo": png()})

    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    settings = look_of(CertificateDesign.objects.get(number=2)).settings
    assert (settings.paper, settings.note) == ("a4", "Since 1987")
    provider = Provider.objects.select_related("logo").get(pk=1)
    assert provider.logo is not None
    assert settings.logo == provider.logo.sha256
    page = office.get(PAGE).content.decode()
    assert "Design 2 is in use" in page
    assert "A4, engraved" in page


def test_bad_input_shows_the_form_again_with_everything_typed_and_the_logo(
    office: Client,
) -> None:
    sent = USUAL | {"opening": "We certify that", "note": "Approved by all", "logo": png()}

    answer = office.post(PAGE, sent)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "We certify that" in page
    assert "may not stand here" in page
    assert not DesignChoice.objects.exists()
    # The file is not asked for twice: the next try brings it along.
    kept = answer.context["form"].data["kept_logo"]
    assert office.post(PAGE, USUAL | {"kept_logo": kept}).status_code == 302
    assert Provider.objects.get(pk=1).logo == StoredFile.objects.get()


def test_a_logo_of_somebody_elses_making_is_not_taken(office: Client) -> None:
    office.post(PAGE, USUAL | {"logo": png(), "note": "approved"})
    letter = StoredFile.objects.get().sha256

    office.post(PAGE, USUAL | {"kept_logo": letter})

    assert Provider.objects.get(pk=1).logo is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ink": "#dddddd"}, "Too pale to read"),
        ({"accent": "x"}, "Write the color"),
        ({"paper": "legal"}, "Select a valid choice"),
        ({"deed_achievement": ""}, "Write what the certificate says here."),
        ({"logo": SimpleUploadedFile("a.png", b"<svg/>")}, "PNG or JPEG"),
        ({"logo": SimpleUploadedFile("a.png", b"")}, "The file is empty."),
    ],
)
def test_each_mistake_is_told(office: Client, change: dict[str, Any], words: str) -> None:
    answer = office.post(PAGE, USUAL | change)

    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_an_earlier_design_is_chosen_again(office: Client) -> None:
    office.post(PAGE, USUAL | {"frame": "rules"})

    assert office.post(f"{PAGE}1/choose/").status_code == 302
    assert office.post(f"{PAGE}1/choose/").status_code == 302
    assert office.post(f"{PAGE}99/choose/").status_code == 404

    assert list(DesignChoice.objects.order_by("pk").values_list("design__number", flat=True)) == [
        2,
        1,
    ]


def test_preview_asks_for_what_is_on_the_form_and_stores_nothing(
    office: Client, wishes: list[Wish]
) -> None:
    SignatoryFactory()
    sent = USUAL | {"paper": "a4", "logo": png(), "body_count": "40", "holder": "long"}

    answer = office.post(PREVIEW, sent)

    assert (answer.content, answer["Content-Type"]) == (b"drawn", "image/png")
    (wish,) = wishes
    assert (wish.body_count, len(wish.name), wish.form) == (40, 60, "png")
    assert '"paper":"a4"' in wish.settings_json
    assert [content_type for content_type, _ in wish.pictures.values()] == ["image/png"]
    assert wish.provider["signatories"] == (("Eleanor Whitcomb", "Director of Education", ""),)
    assert not StoredFile.objects.exists()
    assert not CertificateDesign.objects.exists()
    office.post(PREVIEW, USUAL | {"as": "pdf"})
    assert (wishes[1].form, wishes[1].body_count) == ("pdf", 5)


def test_preview_of_a_design_that_is_kept(office: Client, wishes: list[Wish]) -> None:
    office.post(PAGE, USUAL | {"frame": "rules"})

    assert office.post(PREVIEW, {"design": "2"}).status_code == 200
    assert office.post(PREVIEW, {"design": "9" * 40}).status_code == 404

    assert '"frame":"rules"' in wishes[0].settings_json


@pytest.mark.parametrize(
    ("trouble", "status"), [(NotDrawn("Too much."), 503), (StillDrawing("Wait."), 409)]
)
def test_a_preview_that_fails_says_a_sentence(
    office: Client, monkeypatch: pytest.MonkeyPatch, trouble: NotDrawn, status: int
) -> None:
    def fails(wish: Wish, *, person_id: int) -> bytes:
        raise trouble

    monkeypatch.setattr(views, "draw", fails)

    asked = office.post(PREVIEW, USUAL, headers={"accept": "application/json"})
    assert (asked.status_code, asked.json()) == (status, {"problems": [str(trouble)]})
    page = office.post(PREVIEW, USUAL | {"opening": "Typed before"})
    assert page.status_code == status
    assert str(trouble) in page.content.decode()
    assert "Typed before" in page.content.decode()
    refused = office.post(PREVIEW, USUAL | {"ink": "x"}, headers={"accept": "application/json"})
    assert (refused.status_code, refused.json()) == (
        422,
        {"problems": ["Ink: Write the color like #1c4a52."]},
    )


def test_the_history_costs_the_same_for_one_and_for_many(
    office: Client, django_assert_num_queries: Callable[..., Any]
) -> None:
    office.post(PAGE, USUAL | {"paper": "a4"})
    office.get(PAGE)
    with django_assert_num_queries(11):
        office.get(PAGE)
    for frame in ("rules", "guilloche", "rules"):
        office.post(PAGE, USUAL | {"frame": frame})
    office.get(PAGE)
    with django_assert_num_queries(11):
        office.get(PAGE)


# ---------------------------------------------------------------- the process of its own


def wish(**values: Any) -> Wish:
    usual: dict[str, Any] = {
        "template": "certificates/designs/2",
        "settings_json": "{}",
        "name": "<img src=file:///etc/passwd>",
        "body_count": 1,
        "form": "pdf",
        "provider": {
            "name": "Margin & Hand",
            "address": "12 Elm Street",
            "city": "Asheville",
            "email": "office@example.com",
            "website": "",
            "numbers": (),
            "signatories": (),
        },
        "verify_url": "http://testserver/verify/0000-SPEC-1MEN-00006/",
        "pictures": {},
    }
    return Wish(**usual | values)


def test_a_specimen_is_drawn_apart_without_the_secrets_of_the_site(
    settings: Any,
) -> None:
    cache.clear()

    environment = drawing._environment(settings.BASE_DIR)
    content = drawing.draw(wish(), person_id=1)

    assert content.startswith(b"%PDF-")
    assert settings.SECRET_KEY not in environment.values()
    assert "DATABASE_URL" not in environment


@pytest.mark.parametrize(
    ("limit", "value", "words"),
    [
        ("SECONDS", 0, "takes too long"),
        ("MEMORY", 60_000_000, "too much time or memory"),
    ],
)
def test_a_process_that_takes_too_much_is_ended_and_said(
    monkeypatch: pytest.MonkeyPatch, limit: str, value: int, words: str
) -> None:
    cache.clear()
    monkeypatch.setattr(drawing, limit, value)

    with pytest.raises(NotDrawn, match=words):
        drawing.draw(wish(), person_id=1)
    assert cache.get("design-preview:1") is None


def test_one_at_a_time_for_each_person(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    monkeypatch.setattr(drawing, "PATIENCE", 0)
    with (
        drawing._alone(1),
        drawing._alone(2),
        pytest.raises(StillDrawing, match="still being drawn"),
        drawing._alone(1),
    ):
        pass
