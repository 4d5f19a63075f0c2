"""Second steps: set up, asked for, needed by the office, lost and reset."""

import re
from datetime import datetime
from io import StringIO
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal import flows as code_flows
from allauth.mfa.totp.internal import flows as app_flows
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from ce_platform.accounts.models import User
from ce_platform.accounts.safety import encryption
from ce_platform.accounts.safety.adapter import MFAAdapter
from ce_platform.accounts.safety.second_step import ResetRefused, reset_second_step
from ce_platform.core.errors import NotAllowed
from ce_platform.core.models import AuditEvent, OutgoingMail
from tests.accounts.second_steps import SECRET, add_app, can_sign_in, code_now, secret_of, sign_in
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
SECURITY = "/account/security/"


@pytest.fixture(autouse=True)
def _told_within_the_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a site: there the transaction ends inside the request, here with the test."""
    at_once = SimpleNamespace(on_commit=lambda tell: tell())
    for flows in (app_flows, code_flows):
        monkeypatch.setattr(flows, "transaction", at_once)


def subjects(user: User) -> list[str]:
    return list(
        OutgoingMail.objects.filter(to_email=user.email)
        .order_by("pk")
        .values_list("subject", flat=True)
    )


def events(prefix: str) -> list[str]:
    return list(
        AuditEvent.objects.filter(action__startswith=prefix)
        .order_by("pk")
        .values_list("action", flat=True)
    )


def set_up_app(client: Client) -> str:
    """Through the pages; the secret."""
    page = client.get(reverse("mfa_activate_totp"))
    assert page.status_code == 200
    secret = page.context["form"].secret
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_now(secret)})
    assert answer.url == reverse("mfa_view_recovery_codes")
    return str(secret)


# ---------------------------------------------------------------- set up


def test_app_is_set_up_with_codes_shown_once_and_told_by_mail(owner: User) -> None:
    client, _ = sign_in(can_sign_in(owner))

    secret = set_up_app(client)
    unseen = client.get(SECURITY).context["codes_unseen"]
    codes = client.get(reverse("mfa_view_recovery_codes"))
    again = client.get(reverse("mfa_view_recovery_codes")).content.decode()

    assert secret_of(Authenticator.objects.get(user=owner, type="totp")) == secret
    assert (unseen, client.get(SECURITY).context["codes_unseen"]) == (True, False)
    assert len(codes.context["unused_codes"]) == 10
    assert "no-store" in codes.headers["Cache-Control"]
    assert [code for code in codes.context["unused_codes"] if code in again] == []
    assert client.get(reverse("mfa_download_recovery_codes")).status_code == 403
    assert subjects(owner)[-1] == "An authenticator app was added"
    assert events("second_step") == ["second_step.added", "second_step.added"]


def test_setting_up_ends_the_other_sign_ins(owner: User) -> None:
    """Whoever came in with the password alone must show the second step too."""
    elsewhere, _ = sign_in(can_sign_in(owner))
    unlisted = Client()
    unlisted.force_login(owner)
    here, _ = sign_in(owner)

    set_up_app(here)

    assert [client.get(SECURITY).status_code for client in (here, elsewhere, unlisted)] == [
        200,
        302,
        302,
    ]


def test_no_secret_stands_in_the_database(owner: User) -> None:
    """Neither afterwards nor while it waits in the session for its first code."""
    client, _ = sign_in(can_sign_in(owner))
    waiting = client.get(reverse("mfa_activate_totp")).context["form"].secret
    sessions = [session.get_decoded() for session in Session.objects.all()]
    secret = set_up_app(client)
    codes = client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]

    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator")
        rows = str(cursor.fetchall())
    seed = encryption.decrypt(Authenticator.objects.get(type="recovery_codes").data["seed"])

    assert any(SECRET_SESSION_KEY in session for session in sessions)
    assert waiting not in str(sessions)
    assert [each for each in (secret, seed, *codes) if each in rows] == []


def test_secrets_are_read_with_former_keys_and_never_by_accident(settings: Settings) -> None:
    written = encryption.encrypt(SECRET)
    former = settings.SECRET_KEY
    settings.SECRET_KEY = "another-" + "z" * 50

    settings.SECRET_KEY_FALLBACKS = [former]
    assert encryption.decrypt(written) == SECRET

    settings.SECRET_KEY_FALLBACKS = []
    lost = MFAAdapter().decrypt(written)
    assert lost != SECRET
    assert MFAAdapter().decrypt(written) != lost


def test_square_for_the_app_is_drawn_here() -> None:
    svg = MFAAdapter().build_totp_svg("otpauth://totp/a?secret=B")

    assert svg.startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    assert svg.count("<path") == 2


# ---------------------------------------------------------------- asked for


def test_sign_in_needs_the_code_and_leads_on(owner: User) -> None:
    add_app(can_sign_in(owner))
    client, first = sign_in(owner, next=reverse("pages:learning"))

    outside = client.get(reverse("pages:learning"))
    wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    right = client.post(reverse("mfa_authenticate"), {"code": code_now()})

    assert first.url == reverse("mfa_authenticate")
    assert (outside.status_code, wrong.status_code) == (302, 200)
    assert right.url == reverse("pages:learning")


def test_new_password_does_not_pass_the_second_step(owner: User) -> None:
    add_app(can_sign_in(owner))
    client = Client()
    asked = client.post(reverse("account_reset_password"), {"email": owner.email})
    body = OutgoingMail.objects.get(to_email=owner.email).body
    code = re.search(r"^\s{2,}(\S+)\s*$", body, re.MULTILINE)
    assert code
    client.post(asked.url, {"code": code[1]})
    new = {"password1": "another long one", "password2": "another long one"}

    answer = client.post(reverse("account_complete_password_reset"), new)

    assert answer.url == reverse("mfa_authenticate")
    assert client.get(SECURITY).status_code == 302


def test_recovery_code_signs_in_once_and_is_told(owner: User) -> None:
    add_app(can_sign_in(owner))
    code = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]

    answers = []
    for _ in range(2):
        client, _ = sign_in(owner)
        client.post(reverse("mfa_authenticate"), {"code": code})
        answers.append(client.get(SECURITY).status_code)

    assert answers == [200, 302]
    mail = OutgoingMail.objects.get(subject="A recovery code was used")
    assert "9 are left" in mail.body


# ---------------------------------------------------------------- the office


@pytest.fixture
def required(settings: Settings) -> None:
    settings.SECOND_STEP_REQUIRED = True


@pytest.mark.usefixtures("required")
def test_registrar_is_led_to_the_set_up_and_back(registrar: User) -> None:
    client, signed_in = sign_in(can_sign_in(registrar))
    office = reverse("pages:mail-list")

    led = client.get(office)
    page = client.get(led.url).content.decode()
    set_up_app(client)
    codes = client.get(reverse("mfa_view_recovery_codes"))
    after = client.get(SECURITY).content.decode()

    assert signed_in.url == led.url == SECURITY
    assert "open once your account has a second step" in page
    assert "Your work in the office needs a second step" in page
    assert codes.status_code == 200
    assert f'href="{office}"' in after
    assert client.get(office).status_code == 200


@pytest.mark.usefixtures("required")
def test_sleeping_role_is_no_role_anywhere(registrar: User) -> None:
    """Posts, pages that many roles share, and the operators' pages."""
    registrar.is_staff = registrar.is_superuser = True
    client, _ = sign_in(can_sign_in(registrar))

    answers = [
        client.post(reverse("pages:audit-pack-new", args=["learner"]), {}),
        client.get(reverse("courses:studio")),
        client.get(reverse("admin:index")),
        client.get(reverse("admin:accounts_user_changelist")),
    ]

    assert [(answer.status_code, answer.url) for answer in answers] == [(302, SECURITY)] * 4
    assert "Nothing was saved" in client.get(SECURITY).content.decode()
    add_app(registrar)
    assert client.get(reverse("admin:index")).status_code == 200


@pytest.mark.usefixtures("required")
def test_nobody_else_is_led_anywhere(owner: User, instructor: User, client_of) -> None:
    assert client_of(owner).get(reverse("pages:office")).status_code == 403
    assert client_of(instructor).get(reverse("courses:studio")).status_code == 200
    assert client_of(owner).get("/certificates/NOPE/").status_code == 404


def test_role_that_is_taken_away_is_gone_at_the_next_request(registrar: User) -> None:
    client, _ = sign_in(can_sign_in(registrar))
    before = client.get(reverse("pages:office")).status_code
    registrar.groups.remove(Group.objects.get(name="registrar"))

    assert (before, client.get(reverse("pages:office")).status_code) == (200, 403)
    assert client.get(SECURITY).status_code == 200


# ---------------------------------------------------------------- lost


def test_reset_ends_everything_and_tells(owner: User, registrar: User, now: datetime) -> None:
    client = Client()
    client.force_login(can_sign_in(owner))
    add_app(owner)
    add_app(stranger := UserFactory())

    counts = [
        reset_second_step(owner, by=registrar, reason="Called back, knew the last course.", now=now)
        for _ in range(2)
    ]

    assert counts == [2, 0]
    assert set(Authenticator.objects.values_list("user", flat=True)) == {stranger.pk}
    assert client.get(SECURITY).status_code == 302
    assert subjects(owner) == ["Your second step was taken away"]
    assert events("second_step") == ["second_step.reset"]


def test_reset_is_refused_for_oneself_for_others_and_without_a_reason(
    owner: User, registrar: User, now: datetime
) -> None:
    add_app(owner)
    add_app(registrar)

    with pytest.raises(NotAllowed):
        reset_second_step(registrar, by=registrar, reason="Mine.", now=now)
    with pytest.raises(NotAllowed):
        reset_second_step(registrar, by=owner, reason="A friend.", now=now)
    with pytest.raises(ResetRefused):
        reset_second_step(owner, by=registrar, reason=" \n", now=now)

    assert Authenticator.objects.count() == 4


def test_operator_at_the_machine_lets_the_only_registrar_in(registrar: User) -> None:
    add_app(registrar)
    said = StringIO()

    call_command("reset_second_step", "Registrar@Example.com", reason="Stood here.", stdout=said)

    assert said.getvalue() == "Removed: 2.\n"
    with pytest.raises(CommandError, match="No account"):
        call_command("reset_second_step", "nobody@example.com", reason="Stood here.")


# ---------------------------------------------------------------- other people's passkeys


def test_passkeys_of_others_are_not_found(owner: User, stranger: User) -> None:
    key = WebAuthn.add(stranger, "Theirs", {}).instance
    client, _ = sign_in(can_sign_in(owner))

    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        url = reverse(name, args=[key.pk])
        assert (client.get(url).status_code, client.post(url).status_code) == (404, 404)


@pytest.mark.parametrize("sent", ["", "{", "[]", "7", '{"id": "x"}', '{"response": null}'])
def test_made_up_passkey_is_refused(client: Client, sent: str) -> None:
    client.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"})

    answer = client.post(reverse("mfa_login_webauthn"), {"credential": sent})

    assert (answer.status_code, answer.url) == (302, reverse("account_login"))
