"""Sign-up, code, sign-in, reset through the pages, with the message as it was written."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.core.models import AuditEvent, OutgoingMail

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


def sign_up(client: Client, email: str = "new@example.com", name: str = "Nora New"):
    return client.post(
        reverse("account_signup"),
        {"name_on_certificates": name, "email": email, "password1": PASSWORD},
    )


def code_in(mail: OutgoingMail) -> str:
    # A code stands alone on its line.
    found = re.search(r"^\s*([A-Z0-9]{3,}(?:-[A-Z0-9]{3,})*)\s*$", mail.body, re.MULTILINE)
    assert found, mail.body
    return found.group(1)


def test_sign_up_sends_a_code_and_the_code_signs_in(client: Client) -> None:
    answer = sign_up(client)
    mail = OutgoingMail.objects.get(to_email="new@example.com")

    confirmed = client.post(answer.url, {"code": code_in(mail)})

    user = User.objects.get(email="new@example.com")
    assert (user.name_on_certificates, confirmed.status_code) == ("Nora New", 302)
    assert EmailAddress.objects.get(user=user).verified
    assert client.get(reverse("pages:learning")).status_code == 200
    assert mail.is_secret
    assert not AuditEvent.objects.filter(action="email.changed").exists()


def test_sign_up_with_a_wrong_code_stays_outside(client: Client) -> None:
    answer = sign_up(client)

    client.post(answer.url, {"code": "AAAAAA"})

    assert client.get(reverse("pages:learning")).status_code == 302


def test_sign_up_with_a_known_address_looks_the_same_and_tells_its_owner(
    client: Client, owner: User
) -> None:
    EmailAddress.objects.create(user=owner, email=owner.email, verified=True, primary=True)

    known = sign_up(client, email=owner.email)
    unknown = sign_up(Client(), email="unknown@example.com")

    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert User.objects.filter(email=owner.email).count() == 1
    assert "already" in OutgoingMail.objects.get(to_email=owner.email).body


@pytest.mark.parametrize("password", ["short", "new@example.com", "password123"])
def test_sign_up_refuses_weak_passwords(client: Client, password: str) -> None:
    answer = client.post(
        reverse("account_signup"),
        {"name_on_certificates": "N", "email": "new@example.com", "password1": password},
    )

    assert answer.status_code == 200
    assert not User.objects.filter(email="new@example.com").exists()


def test_email_is_one_account_whatever_its_case(client: Client) -> None:
    sign_up(client, email="Mixed@Example.com")
    sign_up(Client(), email="mixed@example.COM")

    assert [user.email for user in User.objects.all()] == ["mixed@example.com"]


def test_password_reset_by_code(client: Client, owner: User) -> None:
    EmailAddress.objects.create(user=owner, email=owner.email, verified=True, primary=True)
    asked = client.post(reverse("account_reset_password"), {"email": owner.email})
    mail = OutgoingMail.objects.get(to_email=owner.email)

    checked = client.post(asked.url, {"code": code_in(mail)})
    client.post(checked.url, {"password1": PASSWORD, "password2": PASSWORD})

    owner.refresh_from_db()
    assert owner.check_password(PASSWORD)


def test_login_is_rate_limited(client: Client, owner: User) -> None:
    EmailAddress.objects.create(user=owner, email=owner.email, verified=True, primary=True)

    answers = [
        client.post(reverse("account_login"), {"login": owner.email, "password": "wrong"})
        for _ in range(12)
    ]

    assert answers[0].status_code == 200
    assert "too many" in answers[-1].content.decode().lower() or answers[-1].status_code == 429


def test_stranger_cannot_sign_in_with_a_made_up_host(client: Client) -> None:
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400
