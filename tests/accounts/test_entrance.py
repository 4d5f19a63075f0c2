"""The entrance: what strangers learn there, where it leads, and for whom it is closed."""

import re
from urllib.parse import quote

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ce_platform.accounts.adapter import AccountAdapter
from ce_platform.accounts.models import User
from ce_platform.core import mail as outbox
from ce_platform.core.models import AuditEvent, BouncedAddress, OutgoingMail

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture
def member(owner: User) -> User:
    EmailAddress.objects.create(user=owner, email=owner.email, verified=True, primary=True)
    owner.set_password(PASSWORD)
    owner.save()
    return owner


def sign_in(email: str, password: str = PASSWORD, **query: str):
    return Client().post(
        reverse("account_login", query=query), {"login": email, "password": password, **query}
    )


def shown(page: bytes) -> str:
    """A page without what differs anyway: tokens, and the address that was typed."""
    return re.sub(r'value="[^"]*"', "", page.decode())


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "http://testserver@evil.example/",
        "\thttps://evil.example",
    ],
)
def test_sign_in_never_leads_to_another_site(member: User, target: str) -> None:
    assert sign_in(member.email, next=target).url == reverse("pages:home")


def test_sign_in_leads_back_to_the_page_that_was_asked_for(member: User) -> None:
    asked = Client().get(reverse("accounts:profile")).url

    assert asked == f"{reverse('account_login')}?next={reverse('accounts:profile')}"
    # Whoever bought a code or was invited has no account yet.
    new = f"{reverse('account_signup')}?next={quote(reverse('accounts:profile'), safe='')}"
    assert f'<a href="{new}">Create one</a>' in Client().get(asked).content.decode()
    assert sign_in(member.email, next=reverse("accounts:profile")).url == reverse(
        "accounts:profile"
    )


def test_wrong_password_and_unknown_address_look_the_same(member: User) -> None:
    known = sign_in(member.email, "wrong")
    unknown = sign_in("nobody@example.com", "wrong")

    assert known.status_code == unknown.status_code
    assert shown(known.content) == shown(unknown.content)


def test_password_reset_looks_the_same_for_an_unknown_address(member: User) -> None:
    answers = []
    for email in (member.email, "nobody@example.com"):
        client = Client()
        asked = client.post(reverse("account_reset_password"), {"email": email})
        answers.append((asked.status_code, asked.url, client.get(asked.url).status_code))
        cache.clear()

    assert answers[0] == answers[1]


def test_code_is_of_no_use_after_three_wrong_ones(client: Client, member: User) -> None:
    asked = client.post(reverse("account_reset_password"), {"email": member.email})
    body = OutgoingMail.objects.get(to_email=member.email).body
    code = re.search(r"^\s{2,}(\S+)\s*$", body, re.MULTILINE)
    assert code

    for _ in range(3):
        client.post(asked.url, {"code": "WRONG1"})
    client.post(asked.url, {"code": code[1]})
    client.post(
        reverse("account_complete_password_reset"),
        {"password1": "another long one", "password2": "another long one"},
    )

    member.refresh_from_db()
    assert member.check_password(PASSWORD)


def test_closed_account_is_signed_out_and_stays_outside(client: Client, member: User) -> None:
    client.force_login(member)
    User.objects.filter(pk=member.pk).update(is_active=False)

    inside = client.get(reverse("pages:learning"))
    again = sign_in(member.email)

    assert inside.status_code == 302
    assert again.url == reverse("account_inactive")


def test_limits_count_across_processes(member: User) -> None:
    """They stand in the database: another client, as another worker, finds them."""
    for _ in range(5):
        sign_in(member.email, "wrong")

    refused = sign_in(member.email)

    assert refused.status_code != 302


def test_no_code_is_left_in_logs_audit_or_sent_mail(
    client: Client, member: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    client.post(reverse("account_reset_password"), {"email": member.email})
    mail = OutgoingMail.objects.get(to_email=member.email)
    code = re.search(r"^\s{2,}(\S+)\s*$", mail.body, re.MULTILINE)
    assert code

    outbox.send_mail_row(mail.pk, now=mail.created_at)

    mail.refresh_from_db()
    kept = caplog.text + mail.body + mail.subject
    kept += "".join(AuditEvent.objects.values_list("detail", flat=True))
    assert code[1] not in kept


@pytest.mark.parametrize(
    ("template", "context", "is_secret"),
    [
        ("account/email/password_reset_code", {"code": "ABC"}, True),
        ("account/email/login_code", {"code": "ABC"}, True),
        ("account/email/email_confirmation", {"code": "ABC"}, True),
        ("account/email/email_confirmation_signup", {"activate_url": "x"}, True),
        ("account/email/password_reset_key", {"password_reset_url": "x"}, True),
        # Notices: the office may read them and send them again.
        ("account/email/unknown_account", {"signup_url": "x"}, False),
        ("account/email/account_already_exists", {"password_reset_url": "x"}, False),
    ],
)
def test_messages_with_codes_are_secret_and_others_are_not(
    template: str, context: dict[str, str], is_secret: bool
) -> None:
    AccountAdapter().send_mail(template, "a@example.com", context)

    assert OutgoingMail.objects.get().is_secret is is_secret


def test_changed_password_is_told_by_a_message_without_a_code(client: Client, member: User) -> None:
    client.post(reverse("account_login"), {"login": member.email, "password": PASSWORD})
    client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": "a new long one", "password2": "a new long one"},
    )

    notice = OutgoingMail.objects.get(to_email=member.email, subject="Your password has changed")
    assert notice.is_secret is False


def test_new_address_that_is_confirmed_gets_what_waited_for_it(
    client: Client, member: User
) -> None:
    now = timezone.now()
    BouncedAddress.objects.create(
        email=member.email, user_id=member.pk, reason="550 gone", bounced_at=now
    )
    waiting = outbox.put_in_outbox(
        subject="Hello", body="Hi.\n", to_email=member.email, to_user_id=member.pk, now=now
    )
    OutgoingMail.objects.filter(pk=waiting.pk).update(status="held")
    client.post(reverse("account_login"), {"login": member.email, "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("account_email"), {"email": "new@example.com", "action_add": ""})
    code = re.search(
        r"^\s{2,}(\S+)\s*$",
        OutgoingMail.objects.get(to_email="new@example.com").body,
        re.MULTILINE,
    )
    assert code

    client.post(reverse("account_email_verification_sent"), {"code": code[1]})

    waiting.refresh_from_db()
    member.refresh_from_db()
    assert (member.email, waiting.to_email, waiting.status) == (
        "new@example.com",
        "new@example.com",
        "queued",
    )
    assert BouncedAddress.objects.count() == 0


def test_operators_pages_open_under_the_strict_policy(client: Client, member: User) -> None:
    User.objects.filter(pk=member.pk).update(is_staff=True, is_superuser=True)
    client.force_login(member)

    for name, args in [
        ("admin:index", []),
        ("admin:accounts_user_add", []),
        ("admin:accounts_user_change", [member.pk]),
        ("admin:core_auditevent_changelist", []),
    ]:
        answer = client.get(reverse(name, args=args))
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "<style" not in page
        assert not re.search(r"<script(?![^>]*\b(src|type=\"application/json\"))", page)


def test_account_forms_speak_as_the_site_does(member: User, client_of) -> None:
    client = client_of(member)

    password = client.get(reverse("account_change_password")).content.decode()
    email = client.get(reverse("account_email")).content.decode()

    for label in ("Current password", "New password", "New password, once more"):
        assert f">{label}</label>" in password
    assert ">New email address</label>" in email
    assert "At least 10 characters, not your email address" in password


def test_empty_fields_are_named_in_plain_words() -> None:
    answer = Client().post(reverse("account_signup"), {"email": "new@example.com"})

    assert answer.context["form"].errors == {
        "name_on_certificates": ["Fill this in."],
        "password1": ["Fill this in."],
    }
