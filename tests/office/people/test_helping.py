"""What the office does for a person from their page."""

from collections.abc import Callable
from datetime import datetime

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ce_platform.accounts.addresses import AddressRefused, set_address
from ce_platform.accounts.models import User
from ce_platform.core.errors import NotAllowed
from ce_platform.core.mail import put_in_outbox, write_mail
from ce_platform.core.mail_bounces import note_bounce
from ce_platform.core.models import AuditEvent, BouncedAddress, OutgoingMail
from ce_platform.office.people.naming import correct_name
from certificates.models import Certificate
from courses.models import Enrollment
from quizzes.domain.allowance import allowance_of
from tests.factories.accounts import UserFactory
from tests.factories.certificates import make_certificate
from tests.factories.courses import EnrollmentFactory, VersionFactory
from tests.factories.quizzes import quiz_with

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
REASON = "Called, and knew the last certificate."


def events(user: User) -> list[str]:
    found = AuditEvent.objects.filter(subject_type="user", subject_id=user.uid).order_by("pk")
    return list(found.values_list("action", flat=True))


# ---------------------------------------------------------------- the address


def test_new_address_opens_the_account_alone_and_both_are_told(
    owner: User, registrar: User, now: datetime
) -> None:
    for email in (owner.email, "second@example.com"):
        EmailAddress.objects.create(
            user=owner, email=email, verified=True, primary=email == owner.email
        )

    set_address(owner, email=" NEW@example.com ", reason=REASON, by=registrar, now=now)
    set_address(owner, email="new@example.com", reason=REASON, by=registrar, now=now)

    owner.refresh_from_db()
    assert owner.email == "new@example.com"
    assert list(
        EmailAddress.objects.filter(user=owner).values_list("email", "verified", "primary")
    ) == [("new@example.com", False, True)]
    assert list(
        OutgoingMail.objects.filter(kind__startswith="address_set")
        .order_by("pk")
        .values_list("kind", "to_email")
    ) == [("address_set_old", "owner@example.com"), ("address_set_new", "new@example.com")]
    log = AuditEvent.objects.get(action="email.set-by-office")
    assert REASON in log.detail
    assert "@" not in log.detail


def test_address_that_comes_back_is_not_written_to_again(
    owner: User, registrar: User, now: datetime
) -> None:
    sent = put_in_outbox(subject="S", body="", to_email=owner.email, to_user_id=owner.pk, now=now)
    OutgoingMail.objects.filter(pk=sent.pk).update(status="sent", sent_at=now)
    sent.refresh_from_db()
    note_bounce(sent, reason="550 no such mailbox", by=None, now=now)

    set_address(owner, email="new@example.com", reason=REASON, by=registrar, now=now)

    assert OutgoingMail.objects.get(kind__startswith="address_set").to_email == "new@example.com"
    assert not BouncedAddress.objects.exists()


@pytest.mark.parametrize("role", ["registrar", "operator"])
def test_address_of_the_office_is_its_owners_alone(
    role: str, registrar: User, now: datetime
) -> None:
    colleague = UserFactory()
    colleague.groups.add(Group.objects.get_or_create(name=role)[0])

    for person in (colleague, registrar, UserFactory(is_staff=True)):
        with pytest.raises(NotAllowed):
            set_address(person, email="x@example.com", reason=REASON, by=registrar, now=now)


@pytest.mark.parametrize("email", ["STRANGER@example.com", "other@example.com", "no address", ""])
def test_address_of_somebody_else_or_none_is_refused(
    email: str, owner: User, stranger: User, registrar: User, now: datetime
) -> None:
    EmailAddress.objects.create(user=stranger, email="other@example.com")

    with pytest.raises(AddressRefused):
        set_address(owner, email=email, reason=REASON, by=registrar, now=now)
    with pytest.raises(AddressRefused):
        set_address(owner, email="fine@example.com", reason="  ", by=registrar, now=now)
    with pytest.raises(NotAllowed):
        set_address(owner, email="fine@example.com", reason=REASON, by=stranger, now=now)


# ---------------------------------------------------------------- the name


def test_name_is_corrected_where_it_was_chosen_and_nowhere_else(
    owner: User, registrar: User, stranger: User, now: datetime
) -> None:
    wrong, other, foreign = (make_certificate(user=user) for user in (owner, owner, stranger))
    serials = [wrong.serial, foreign.serial]

    made = correct_name(
        owner, name="Olivia Ówner", serials=serials, reason=REASON, by=registrar, now=now
    )
    again = correct_name(
        owner, name="Olivia Ówner", serials=serials, reason=REASON, by=registrar, now=now
    )

    owner.refresh_from_db()
    assert owner.name_on_certificates == "Olivia Ówner"
    assert [(row.holder_name, row.replaces_id) for row in made] == [("Olivia Ówner", wrong.pk)]
    assert again == []
    states = dict(Certificate.objects.values_list("serial", "status"))
    assert states == {
        wrong.serial: "replaced",
        made[0].serial: "issued",
        other.serial: "issued",
        foreign.serial: "issued",
    }
    assert events(owner) == ["person.changed", "name.corrected"]


# ---------------------------------------------------------------- courses


def test_phone_is_noted_and_the_log_holds_no_number(
    owner: User, registrar: User, client_of: ClientOf
) -> None:
    client, url = client_of(registrar), reverse("office:person-phone", args=[owner.uid])

    for phone in ("(303) 555-0142", "(303) 555-0142", ""):
        client.post(url, {"phone": phone})
        owner.refresh_from_db()
        assert owner.phone == phone

    assert client.post(url, {"phone": "no number"}).status_code == 422
    events = AuditEvent.objects.filter(action__startswith="phone.").order_by("pk")
    assert list(events.values_list("action", "detail")) == [
        ("phone.set-by-office", "{}"),
        ("phone.removed-by-office", "{}"),
    ]
    User.objects.filter(pk=owner.pk).update(closed_at=timezone.now())
    client.post(url, {"phone": "303 555 0142"})
    owner.refresh_from_db()
    assert owner.phone == ""


def test_enrolled_withdrawn_with_a_reason_and_put_back(
    owner: User, registrar: User, client_of: ClientOf
) -> None:
    version = VersionFactory()
    client = client_of(registrar)
    page = reverse("office:person-detail", args=[owner.uid])
    enroll = reverse("office:person-enroll", args=[owner.uid])

    assert client.post(enroll, {"course": version.course.slug}).url == page
    row = Enrollment.objects.get(user=owner)
    withdraw = reverse("office:person-withdraw", args=[owner.uid, row.uid])
    assert client.post(withdraw, {f"withdraw-{row.pk}-reason": " "}).status_code == 422
    assert client.post(withdraw, {f"withdraw-{row.pk}-reason": "Refund."}).url == page
    row.refresh_from_db()
    assert row.status == "withdrawn"
    assert "Put back" in client.get(page).content.decode()
    assert "Refund." in client.get(page).content.decode()
    client.post(enroll, {"course": version.course.slug})

    assert list(Enrollment.objects.values_list("pk", "status")) == [(row.pk, "open")]


def test_several_attempts_are_told_in_one_mail_and_given_once(
    owner: User, registrar: User, client_of: ClientOf
) -> None:
    enrollment = EnrollmentFactory(user=owner)
    quiz = quiz_with(1, version=enrollment.version, attempts_allowed=1)
    url = reverse("office:person-attempts", args=[owner.uid, enrollment.uid, quiz.key])
    name = f"attempts-{enrollment.pk}-{quiz.pk}"
    client = client_of(registrar)

    first = client.post(url, {f"{name}-left": 1, f"{name}-count": 2})
    second = client.post(url, {f"{name}-left": 1, f"{name}-count": 2})

    assert (first.status_code, second.status_code) == (302, 422)
    assert allowance_of(enrollment, quiz).left == 3
    mail = OutgoingMail.objects.get(kind="attempt_request_answered")
    assert "2 more times" in mail.body


def test_things_of_one_person_are_not_reached_by_the_page_of_another(
    owner: User, stranger: User, registrar: User, client_of: ClientOf, now: datetime
) -> None:
    enrollment = EnrollmentFactory(user=owner)
    quiz = quiz_with(1, version=enrollment.version, attempts_allowed=1)
    mail = write_mail(
        "account_invited",
        to_email=owner.email,
        to_user_id=owner.pk,
        person=owner,
        path="/",
        now=now,
    )
    assert mail is not None
    client = client_of(registrar)

    for name, arguments in (
        ("person-withdraw", [enrollment.uid]),
        ("person-time", [enrollment.uid]),
        ("person-attempts", [enrollment.uid, quiz.key]),
        ("person-mail-resend", [mail.uid]),
    ):
        url = reverse(f"office:{name}", args=[stranger.uid, *arguments])
        assert client.post(url, {}).status_code == 404, name


def test_mail_is_sent_again_to_the_address_of_now(
    owner: User, registrar: User, client_of: ClientOf, now: datetime
) -> None:
    mail = put_in_outbox(
        subject="S", body="B", to_email="old@example.com", to_user_id=owner.pk, now=now
    )
    OutgoingMail.objects.filter(pk=mail.pk).update(status="sent", sent_at=now)

    client_of(registrar).post(reverse("office:person-mail-resend", args=[owner.uid, mail.uid]))

    assert OutgoingMail.objects.order_by("-pk")[0].to_email == owner.email


def test_weighty_changes_ask_for_a_fresh_sign_in(
    owner: User, registrar: User, client_of: ClientOf, settings: object
) -> None:
    settings.FRESH_SIGN_IN_SECONDS = 900  # type: ignore[attr-defined]
    registrar.set_password("s3cret-and-long")
    registrar.save()
    client = client_of(registrar)

    for name in ("person-address", "person-second-step", "person-sign-ins-end"):
        answer = client.post(
            reverse(f"office:{name}", args=[owner.uid]),
            {"email": "new@example.com", "reason": REASON},
        )
        assert answer.url.startswith(reverse("account_reauthenticate")), name
    owner.refresh_from_db()
    assert owner.email == "owner@example.com"
