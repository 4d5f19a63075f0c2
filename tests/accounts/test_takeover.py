"""Ways to take over an account, each tried: stuffing, guessing, replay, fixation, old sign-ins."""

import re
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from ce_platform.accounts.models import User
from ce_platform.accounts.safety import browsers, forms, guessing
from ce_platform.core.models import AuditEvent, OutgoingMail
from certificates.models import Certificate
from tests.accounts.second_steps import PASSWORD, add_app, can_sign_in, code_now, sign_in
from tests.factories.certificates import make_certificate

pytestmark = pytest.mark.django_db
SECURITY = "/account/security/"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36"
EVIL = "Hello, call 555-0100 to keep your account"


@pytest.fixture
def member(owner: User) -> User:
    return can_sign_in(owner)


def mails(subject: str) -> list[str]:
    return list(OutgoingMail.objects.filter(subject=subject).values_list("body", flat=True))


# ---------------------------------------------------------------- guessing


def test_stuffing_is_refused_written_down_and_told_once_a_day(
    member: User, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(7):
        sign_in(member, password=f"guess number {number}")

    _, with_the_right_one = sign_in(member)

    assert with_the_right_one.status_code == 200
    assert len(mails("Somebody tries to get into your account")) == 1
    event = AuditEvent.objects.get(action="sign_in.guessing_refused")
    assert '"kind":"password"' in event.detail
    assert "guess number" not in caplog.text + event.detail
    assert caplog.text.count("Refused: too many tries (password)") == 3


def test_connection_that_tries_many_accounts_writes_to_none_of_them(member: User) -> None:
    for number in range(12):
        Client().post(
            reverse("account_login"), {"login": f"p{number}@example.com", "password": "guess"}
        )

    _, answer = sign_in(member, password="guess")

    assert answer.status_code == 200
    assert OutgoingMail.objects.count() == 0


def test_guessing_codes_is_refused_and_told(member: User) -> None:
    add_app(member)
    client, _ = sign_in(member)

    for number in range(6):
        client.post(reverse("mfa_authenticate"), {"code": f"00000{number}"})
    client.post(reverse("mfa_authenticate"), {"code": code_now()})

    assert client.get(SECURITY).status_code == 302
    (mail,) = mails("Somebody tries to get into your account")
    assert "the one you have is known to somebody" in mail


def test_slow_guessing_of_codes_ends_after_a_day_of_tries(
    member: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        guessing, "CODES_A_DAY", guessing.Limit("second-step-codes", count=2, seconds=86_400)
    )
    add_app(member)
    client, _ = sign_in(member)

    for code in ("000000", "000001", code_now()):
        client.post(reverse("mfa_authenticate"), {"code": code})

    assert client.get(SECURITY).status_code == 302


def test_code_of_the_app_works_once_even_in_the_next_half_minute(
    member: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """allauth remembers a used code for 30 seconds, and with a tolerance it is good for 90."""
    add_app(member)
    code = code_now()
    first, _ = sign_in(member)
    first.post(reverse("mfa_authenticate"), {"code": code})
    cache.delete(f"allauth.mfa.totp.used?user={member.pk}&code={code}")  # As after 30 seconds.

    second, _ = sign_in(member)
    second.post(reverse("mfa_authenticate"), {"code": f" {code[:3]} {code[3:]} "})

    assert [client.get(SECURITY).status_code for client in (first, second)] == [200, 302]


@pytest.mark.parametrize("seconds", ["a moment", "half a minute"])
def test_replayed_code_is_refused_written_down_and_told(
    member: User, caplog: pytest.LogCaptureFixture, seconds: str
) -> None:
    add_app(member)
    code = code_now()
    sign_in(member)[0].post(reverse("mfa_authenticate"), {"code": code})
    if seconds == "half a minute":  # Then allauth itself has forgotten it.
        cache.delete(f"allauth.mfa.totp.used?user={member.pk}&code={code}")

    thief, _ = sign_in(member)
    thief.post(reverse("mfa_authenticate"), {"code": code})

    assert thief.get(SECURITY).status_code == 302
    event = AuditEvent.objects.get(action="sign_in.guessing_refused")
    assert '"kind":"used-code"' in event.detail
    (mail,) = mails("Somebody tries to get into your account")
    assert "that had been used already" in mail
    assert "Refused: a used code" in caplog.text
    assert code not in caplog.text + event.detail + mail


def test_used_code_is_remembered_as_long_as_it_is_good(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[int] = []
    monkeypatch.setattr(
        forms, "cache", SimpleNamespace(add=lambda *_, timeout: kept.append(timeout) or True)
    )

    forms.use_up(User(pk=1), "123456")

    assert kept == [90]


# ---------------------------------------------------------------- who has an account here


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How often a password was hashed: with the real hasher that is what takes the time."""
    counted: list[int] = []
    encode = MD5PasswordHasher.encode

    def count(self: MD5PasswordHasher, password: str, salt: str) -> str:
        counted.append(1)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", count)
    return counted


def shown(answer) -> tuple[int, str, str]:
    page = re.sub(r'value="[^"]*"', "", answer.content.decode())
    return answer.status_code, answer.headers.get("Location", ""), page


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("account_login", {"login": "{}", "password": "wrong password"}),
        (
            "account_signup",
            {"email": "{}", "password1": PASSWORD, "name_on_certificates": "Some Body"},
        ),
        ("account_reset_password", {"email": "{}"}),
    ],
)
def test_known_and_unknown_addresses_get_the_same_answer_in_the_same_time(
    member: User, hashed: list[int], name: str, fields: dict[str, str]
) -> None:
    seen = []
    for email in (member.email, "nobody@example.com"):
        hashed.clear()
        sent = {key: value.format(email) for key, value in fields.items()}
        seen.append((shown(Client().post(reverse(name), sent)), len(hashed)))
        cache.clear()

    assert seen[0] == seen[1]


# ---------------------------------------------------------------- sign-ins


def test_signing_in_changes_the_session(member: User) -> None:
    client = Client()
    client.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"})
    before = client.cookies["sessionid"].value

    sign_in(member, client)

    assert client.cookies["sessionid"].value != before
    # A number that somebody made up is not taken over either.
    planted = Client()
    planted.cookies["sessionid"] = "p" * 32
    sign_in(member, planted)
    assert planted.cookies["sessionid"].value != "p" * 32
    assert planted.get(SECURITY).status_code == 200
    thief = Client()
    thief.cookies["sessionid"] = before
    assert thief.get(SECURITY).status_code == 302


def test_changed_password_ends_the_other_sign_ins(member: User) -> None:
    here, elsewhere = sign_in(member)[0], sign_in(member)[0]

    here.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": "a new long one", "password2": "a new long one"},
    )

    assert [client.get(SECURITY).status_code for client in (here, elsewhere)] == [200, 302]
    assert AuditEvent.objects.filter(action="password.changed").count() == 1
    assert OutgoingMail.objects.filter(kind="account_password_changed").count() == 1
    assert [each.is_this for each in here.get(SECURITY).context["sign_ins"]] == [True]


def test_new_password_after_a_forgotten_one_ends_all_sign_ins(member: User) -> None:
    elsewhere, _ = sign_in(member)
    client = Client()
    asked = client.post(reverse("account_reset_password"), {"email": member.email})
    code = re.search(
        r"^\s{2,}(\S+)\s*$", OutgoingMail.objects.get(is_secret=True).body, re.MULTILINE
    )
    assert code
    client.post(asked.url, {"code": code[1]})
    new = {"password1": "another long one", "password2": "another long one"}
    client.post(reverse("account_complete_password_reset"), new)

    assert [each.get(SECURITY).status_code for each in (client, elsewhere)] == [200, 302]
    assert AuditEvent.objects.filter(action="password.reset").count() == 1
    assert OutgoingMail.objects.filter(kind="account_password_reset").count() == 1


def test_code_for_a_new_password_works_in_the_browser_that_asked(member: User) -> None:
    """Whoever is signed in keeps their password until somebody has read the mail and typed it."""
    here, _ = sign_in(member)
    Client().post(reverse("account_reset_password"), {"email": member.email})
    code = re.search(
        r"^\s{2,}(\S+)\s*$", OutgoingMail.objects.get(is_secret=True).body, re.MULTILINE
    )
    assert code
    thief = Client()

    thief.post(reverse("account_confirm_password_reset_code"), {"code": code[1]})
    new = {"password1": "another long one", "password2": "another long one"}
    thief.post(reverse("account_complete_password_reset"), new)

    assert here.get(SECURITY).status_code == 200
    assert sign_in(member)[1].status_code == 302
    assert AuditEvent.objects.filter(action="password.reset").count() == 0


def test_sign_ins_are_listed_and_ended(
    member: User, stranger: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    here = Client(headers={"user-agent": CHROME})
    others = [Client(), Client()]
    for client in (here, *others):
        sign_in(member, client)
    unlisted = Client()
    unlisted.force_login(member)
    theirs, _ = sign_in(can_sign_in(stranger))
    row = UserSession.objects.get(session_key=others[0].cookies["sessionid"].value)

    listed = here.get(SECURITY).context["sign_ins"]
    not_theirs = theirs.post(reverse("accounts:sign-in-end", args=[row.pk]))
    here.post(reverse("accounts:sign-in-end", args=[row.pk]))
    after_one = [client.get(SECURITY).status_code for client in (here, *others, unlisted)]
    here.post(reverse("accounts:sign-ins-end-others"))
    after_all = [client.get(SECURITY).status_code for client in (here, *others, unlisted, theirs)]

    assert (listed[0].browser, listed[0].is_this, len(listed)) == ("Chrome on Windows", True, 3)
    assert not_theirs.status_code == 404
    assert after_one == [200, 302, 200, 200]
    assert after_all == [200, 302, 302, 302, 200]


def test_page_asks_as_often_for_many_sign_ins_as_for_one(
    member: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client, _ = sign_in(member)
    client.get(SECURITY)
    for _ in range(3):
        with django_assert_num_queries(6):
            client.get(SECURITY)
        sign_in(member)


def test_new_device_is_told_once_and_the_first_sign_up_is_not(member: User) -> None:
    phone, other = Client(headers={"user-agent": EVIL}), Client()

    for client in (phone, phone, other):
        sign_in(member, client)
        client.post(reverse("account_logout"))
    forged = Client()
    forged.cookies["known"] = phone.cookies["known"].value[:-2] + "xx"
    sign_in(member, forged)

    told = mails("You signed in from a new device")
    assert len(told) == 3
    assert EVIL not in "".join(told)
    assert "an unknown browser" in told[0]

    newcomer = Client()
    fields = {"email": "new@example.com", "password1": PASSWORD, "name_on_certificates": "New"}
    asked = newcomer.post(reverse("account_signup"), fields)
    code = re.search(
        r"^\s{2,}(\S+)\s*$", OutgoingMail.objects.get(to_email="new@example.com").body, re.MULTILINE
    )
    assert code
    newcomer.post(asked.url, {"code": code[1]})
    assert newcomer.get(SECURITY).status_code == 200
    assert len(mails("You signed in from a new device")) == 3


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (CHROME, "Chrome on Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36 Edg/130.0", "Edge on Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1",
            "Safari on an iPhone",
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0",
            "Firefox on Linux",
        ),
        ("Mozilla/5.0 (iPad) something", "iPad"),
        ("curl/8", "an unknown browser"),
        ("", "an unknown browser"),
    ],
)
def test_browser_in_words(agent: str, words: str) -> None:
    assert browsers.in_words(agent) == words


# ---------------------------------------------------------------- before what matters


def test_revoking_asks_once_more_and_goes_on_from_there(
    registrar: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = make_certificate()
    url = reverse("certificates:office-certificate-revoke", args=[certificate.serial])
    sent = {"reason": "Issued by mistake.", "is_sure": "on"}
    client, _ = sign_in(can_sign_in(registrar))
    settings.FRESH_SIGN_IN_SECONDS = -1  # As if a quarter of an hour had passed.

    asked = client.post(url, sent)
    certificate.refresh_from_db()
    status_before = certificate.status
    settings.FRESH_SIGN_IN_SECONDS = 900
    wrong = client.post(asked.url, {"password": "wrong"})
    done = client.post(asked.url, {"password": PASSWORD, "next": url})

    assert asked.url.startswith(reverse("account_reauthenticate"))
    assert (status_before, wrong.status_code) == (Certificate.Status.ISSUED, 200)
    certificate.refresh_from_db()
    assert (certificate.status, done.status_code) == (Certificate.Status.REVOKED, 302)
    assert "is revoked" in client.get(done.url).content.decode()


def test_fresh_sign_in_is_not_asked_again(registrar: User, settings: Settings) -> None:
    settings.FRESH_SIGN_IN_SECONDS = 900
    certificate = make_certificate()
    client, _ = sign_in(can_sign_in(registrar))

    client.post(
        reverse("certificates:office-certificate-revoke", args=[certificate.serial]),
        {"reason": "Issued by mistake.", "is_sure": "on"},
    )

    certificate.refresh_from_db()
    assert certificate.status == Certificate.Status.REVOKED


def test_last_seen_is_kept_without_a_query_per_page(member: User) -> None:
    client, _ = sign_in(member)
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    UserSession.objects.update(last_seen_at=long_ago)

    client.get(SECURITY)
    first = UserSession.objects.get().last_seen_at
    UserSession.objects.update(last_seen_at=long_ago)
    client.get(SECURITY)

    assert first > long_ago
    assert UserSession.objects.get().last_seen_at == long_ago
