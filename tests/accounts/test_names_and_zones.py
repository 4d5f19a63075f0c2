"""What people write into the two fields that end on certificates: name and time zone."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from ce_platform.accounts.forms import PersonName, ProfileForm, SignupFields, name_to_greet
from ce_platform.accounts.models import User, check_time_zone, zone_named
from ce_platform.core.models import AuditEvent

ClientOf = Callable[[User], Client]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Mary\n Jo\t O’Neill-Đặng ", "Mary Jo O’Neill-Đặng"),
        ("Henry J. Ford 3rd, LMT", "Henry J. Ford 3rd, LMT"),
        ("Jose\u0301", "José"),
        ("A" * 60 + " " + "B" * 59, "A" * 60 + " " + "B" * 59),
        ("山田 花子", "山田 花子"),
        # Direction marks: "Ann \u202eecilA" would read "Ann Alice".
        ("Ann \u202eecilA\u202c", "Ann ecilA"),
        ("\u2067Ann\u2069", "Ann"),
        # Zero width: two names that look alike would be two names.
        ("An\u200bn\ufeff\u2060 \u00adLee\u200d", "Ann Lee"),
        ("Ann\x00\x1b[31m".replace("[31m", ""), "Ann"),
        ("Ann\u3164Lee", "AnnLee"),
    ],
)
def test_name_is_one_line_of_visible_letters(typed: str, kept: str) -> None:
    assert PersonName.clean(typed) == kept


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("Ann 🙂", "Remove: 🙂"),
        ("<b>Ann</b>", "Remove: < >"),
        ("Ann = Lee", "Remove: ="),
        ("\u200b\u3164", "in letters"),
        ("123", "in letters"),
        ("---", "in letters"),
        ("Ann" + "\u0335\u0321\u0336\u0322\u0337", "fewer accents"),
        # Composition excludes this letter: 120 typed letters become 240.
        ("\u0958" * 120, "at most 120"),
    ],
)
def test_name_that_cannot_stand_on_a_certificate_is_refused(typed: str, sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        PersonName.clean(typed)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["", "\u200b", "🙂", "x" * 121])
def test_sign_up_asks_for_a_name_again(name: str) -> None:
    form = SignupFields({"name_on_certificates": name})

    assert not form.is_valid()
    assert list(form.errors) == ["name_on_certificates"]


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../../etc/passwd", "America", "\x00"])
def test_unknown_zone_is_refused_and_never_breaks_a_page(
    zone: str, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(ValidationError):
        check_time_zone(zone)
    assert zone_named(zone).key == "America/New_York"
    assert "not known here" in caplog.text


@pytest.mark.django_db
def test_page_opens_for_a_person_whose_zone_is_gone(owner: User, client_of: ClientOf) -> None:
    User.objects.filter(pk=owner.pk).update(time_zone="US/Nowhere")
    owner.refresh_from_db()

    assert client_of(owner).get(reverse("pages:learning")).status_code == 200
    assert owner.local_date(datetime(2026, 11, 20, 3, tzinfo=UTC)) == date(2026, 11, 19)


def test_zone_outside_the_list_is_offered_as_it_is() -> None:
    """A browser would otherwise choose the first of the list, unasked."""
    form = ProfileForm(instance=User(time_zone="UTC"))

    assert '<option value="UTC" selected>' in str(form["time_zone"])


@pytest.mark.django_db
def test_profile_keeps_what_an_operator_changed_meanwhile(
    owner: User, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(owner)
    original = ProfileForm.is_valid

    def close_meanwhile(form: ProfileForm) -> bool:
        User.objects.filter(pk=owner.pk).update(is_active=False)
        return original(form)

    monkeypatch.setattr(ProfileForm, "is_valid", close_meanwhile)
    client.post(
        reverse("accounts:profile"),
        {"name_on_certificates": "Olivia New", "time_zone": "America/Denver"},
    )

    owner.refresh_from_db()
    assert (owner.name_on_certificates, owner.is_active) == ("Olivia New", False)


@pytest.mark.django_db
def test_profile_is_not_saved_without_its_audit_event(
    owner: User, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr("ce_platform.core.audit.record", fail)
    with pytest.raises(RuntimeError):
        client_of(owner).post(
            reverse("accounts:profile"),
            {"name_on_certificates": "Olivia New", "time_zone": "America/Denver"},
        )

    owner.refresh_from_db()
    assert owner.name_on_certificates == "Olivia Owner"
    assert AuditEvent.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "greeted"),
    [
        ("Maria  Castañeda", "Maria Castañeda"),
        ("J.R. Smith, L.M.T.", "J.R. Smith, L.M.T."),
        ("Dr. Ann Lee (Elm)", "Dr. Ann Lee (Elm)"),
        ("www.evil.example", ""),
        ("see evil.example", ""),
        ("evil/now", ""),
        ("Win $$$", ""),
        ("", ""),
    ],
)
def test_a_stranger_is_greeted_by_a_name_alone(typed: str, greeted: str) -> None:
    assert name_to_greet(typed) == greeted
