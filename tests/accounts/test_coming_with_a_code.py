"""The link of a message with a code, or an invitation, leads back after signing up or in."""

import re
from html import unescape
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.core.models import OutgoingMail
from courses.domain.inviting import invite_to
from courses.models import Enrollment
from tests.accounts.test_sign_up import PASSWORD, code_in
from tests.conftest import NOW
from tests.factories.access import closed_course, code_for

pytestmark = pytest.mark.django_db


def link_in(page: str, name: str) -> str:
    found = re.search(rf'href="({reverse(name)}\?[^"]*)"', page)
    assert found, name
    return unescape(found[1])


def test_link_with_a_code_survives_signing_up(client: Client) -> None:
    code = code_for()
    wanted = f"{reverse('courses:redeem')}?code={code.printed}"
    entrance = client.get(wanted, follow=True)

    sign_up = link_in(entrance.content.decode(), "account_signup")
    (target,) = parse_qs(urlsplit(sign_up).query)["next"]
    assert target == wanted
    assert 'name="next"' in client.get(sign_up).content.decode()
    waiting = client.post(
        sign_up,
        {
            "name_on_certificates": "Nora New",
            "email": "new@example.com",
            "password1": PASSWORD,
            "next": target,
        },
    )
    mail = OutgoingMail.objects.get(to_email="new@example.com")
    arrived = client.post(waiting.url, {"code": code_in(mail)})

    assert arrived.url == wanted
    assert "opens this course for you" in client.get(wanted).content.decode()


def test_who_is_invited_comes_in_by_a_code_that_proves_the_address(
    client: Client, registrar: User
) -> None:
    course = closed_course("invitation")
    invitation = invite_to(course, email="new@example.com", by=registrar, now=NOW)
    assert invitation is not None
    mail = OutgoingMail.objects.get(kind="account_invited")
    page = reverse("courses:invitation", args=[invitation.uid])

    # They have no password yet, and choose one by the code that is sent to the address.
    [leads_to] = re.findall(r"Choose a password: \S+?(/account/\S+)", mail.body)
    assert leads_to == f"{reverse('account_reset_password')}?{urlencode({'next': page})}"
    assert f'name="next" value="{page}"' in client.get(leads_to).content.decode()
    waiting = client.post(leads_to, {"email": "new@example.com", "next": page})
    assert f'name="next" value="{page}"' in client.get(waiting.url).content.decode()
    sent = OutgoingMail.objects.get(kind="account_password_reset_code")
    chosen = client.post(waiting.url, {"code": code_in(sent)})
    passwords = {"password1": PASSWORD, "password2": PASSWORD, "next": page}
    arrived = client.post(chosen.url, passwords)
    assert arrived.url == page

    started = client.post(page)
    enrollment = Enrollment.objects.get(user__email="new@example.com")
    assert started.url == enrollment.get_absolute_url()
    # The same link again leads to the course, and for anybody else to nothing.
    assert client.get(page).url == enrollment.get_absolute_url()
    other = Client()
    other.force_login(registrar)
    assert other.post(page).status_code == 403
