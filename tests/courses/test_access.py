"""Who is let into a course: by code, by invitation, back in; and who is not any more."""

from collections.abc import Callable
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ce_platform.accounts.models import User
from ce_platform.core import codes as letters
from ce_platform.core.models import OutgoingMail
from courses.access_share import SHARE
from courses.domain import access, inviting, refunding
from courses.domain.access_errors import (
    AccessRefused,
    CodeNotUsable,
    NeedsCode,
    NeedsInvitation,
    NotLetIn,
)
from courses.domain.enrolling import enroll, withdraw
from courses.models import AccessCode, AccessCodeUse, Course, CourseInvitation, Enrollment
from tests.conftest import NOW
from tests.factories.access import closed_course, code_for, invitation_to, proved
from tests.factories.accounts import UserFactory
from tests.factories.courses import EnrollmentFactory, VersionFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
YESTERDAY = TODAY - timedelta(days=1)
ClientOf = Callable[[User], Client]


def finish(enrollment: Enrollment) -> None:
    Enrollment.objects.filter(pk=enrollment.pk).update(
        status="completed", completed_at=NOW, completed_on=TODAY, completed_zone="UTC"
    )


# ---------------------------------------------------------------- who may start


@pytest.mark.parametrize(("way", "refusal"), [("code", NeedsCode), ("invitation", NeedsInvitation)])
def test_closed_course_lets_in_the_office_and_whoever_was_in(
    way: str, refusal: type[NotLetIn], owner: User, registrar: User
) -> None:
    course = closed_course(way)
    with pytest.raises(refusal):
        enroll(owner, course, now=NOW)

    enrollment = enroll(owner, course, by=registrar, now=NOW)
    withdraw(enrollment.pk, by=owner, now=NOW)

    assert enroll(owner, course, now=NOW) == enrollment


def test_open_enrollment_stays_when_its_course_is_closed_and_a_retake_asks_for_a_code(
    owner: User, registrar: User
) -> None:
    enrollment = EnrollmentFactory(user=owner)
    course = access.set_access(
        enrollment.course, access="code", price_text="$79", shop_url="", by=registrar, now=NOW
    )

    assert enroll(owner, course, now=NOW) == enrollment
    finish(enrollment)
    with pytest.raises(NeedsCode):
        enroll(owner, course, now=NOW)


def test_who_left_comes_back_to_a_newer_version_by_the_same_code(owner: User) -> None:
    code = code_for()
    first = access.redeem(code, by=owner, now=NOW).enrollment
    withdraw(first.pk, by=owner, now=NOW)
    newer = VersionFactory(course=code.course, edition=2)
    Course.objects.update(on_sale_version=newer)

    second = enroll(owner, code.course, now=NOW)

    assert second.version == newer
    assert AccessCodeUse.objects.get().enrollment == second
    assert AccessCode.objects.get().use_count == 1


# ---------------------------------------------------------------- codes: state × action

STATES = {
    "usable": {},
    "used-up": {"use_count": 1},
    "expired": {"expires_on": YESTERDAY},
    "canceled": {"canceled_at": NOW, "cancel_reason": "Sold twice."},
}


@pytest.mark.parametrize(
    ("state", "redeemed", "extended", "restored"),
    [
        ("usable", "used-up", "usable", "usable"),
        ("used-up", "has been used already", "usable", "used-up"),
        ("expired", "its last day was November 19, 2026", "usable", "expired"),
        ("canceled", "was canceled on November 20, 2026", "canceled", "usable"),
    ],
)
def test_every_state_of_a_code_and_every_action(
    state: str, redeemed: str, extended: str, restored: str, owner: User, registrar: User
) -> None:
    def made() -> AccessCode:
        code = code_for()
        AccessCode.objects.filter(pk=code.pk).update(**STATES[state])
        return AccessCode.objects.get(pk=code.pk)

    def state_of(code: AccessCode) -> str:
        return AccessCode.objects.get(pk=code.pk).state_on(TODAY)

    code = made()
    assert state_of(code) == state
    if state == "usable":
        access.redeem(code, by=owner, now=NOW)
        assert state_of(code) == redeemed
    else:
        with pytest.raises(CodeNotUsable, match=redeemed):
            access.redeem(code, by=owner, now=NOW)
        assert not Enrollment.objects.exists()
    code = made()
    access.change_code(code, use_limit=2, expires_on=TODAY, note="", by=registrar, now=NOW)
    assert state_of(code) == extended
    code = made()
    access.restore_code(code, by=registrar, now=NOW)
    assert state_of(code) == restored
    code = made()
    access.cancel_code(code, reason="Found in the street.", by=registrar, now=NOW)
    assert state_of(code) == "canceled"


def test_code_is_used_once_by_each_person_and_not_at_all_by_who_is_in(
    owner: User, stranger: User
) -> None:
    code = code_for(use_limit=2)
    inside = EnrollmentFactory(user=stranger, version=code.course.on_sale_version)

    first, again = (access.redeem(code, by=owner, now=NOW) for _ in range(2))

    assert (first.is_used, again.is_used) == (True, False)
    assert first.enrollment == again.enrollment
    assert access.redeem(code, by=stranger, now=NOW).enrollment == inside
    assert AccessCode.objects.get().use_count == 1
    finish(first.enrollment)
    with pytest.raises(CodeNotUsable, match="another code"):
        access.redeem(code, by=owner, now=NOW)
    assert list(access.recount_uses(False)) == []


def test_last_day_of_a_code_is_the_day_of_the_office(owner: User) -> None:
    code = code_for(expires_on=TODAY)
    in_new_york_still_the_20th = NOW.replace(day=21, hour=4, minute=59)

    with pytest.raises(CodeNotUsable):
        access.redeem(code, by=owner, now=in_new_york_still_the_20th + timedelta(minutes=1))
    assert access.redeem(code, by=owner, now=in_new_york_still_the_20th).is_used


def test_database_refuses_one_use_too_many() -> None:
    code = code_for()

    with pytest.raises(IntegrityError), transaction.atomic():
        AccessCode.objects.filter(pk=code.pk).update(use_count=2)


@pytest.mark.parametrize("typed", ["{0}", " {1} ", "{2}", "{3}"])
def test_code_is_found_however_it_is_typed(typed: str) -> None:
    code = code_for()
    AccessCode.objects.filter(pk=code.pk).update(key="0110ABCD2345", code="0110ABCD2345")
    ways = ("0110ABCD2345", "oiLo-abcd-2345", "O 1 l 0 a b c d 2 3 4 5", "0110–ABCD–2345")

    found = access.find_code(typed.format(*ways))

    assert found is not None
    assert found.printed == "0110-ABCD-2345"


@pytest.mark.parametrize("typed", ["", "---", "🎓", "0" * 300, "\x00", "0110ABCD2346"])
def test_nothing_is_found_by_what_is_no_code(typed: str) -> None:
    code_for()

    assert access.find_code(typed) is None


def test_short_codes_have_a_check_letter_and_groups() -> None:
    code = letters.new_code(letters.SHORT)

    assert (len(code), len(letters.dashed(code))) == (12, 14)
    assert set(code) <= set(letters.ALPHABET)
    assert letters.dashed("A" * 17) == "AAAA-AAAA-AAAA-AAAAA"


def test_old_code_goes_on_working_and_is_kept_once(owner: User, registrar: User) -> None:
    course = closed_course()
    kept = [
        access.keep_old_code(text, course=course, by=registrar, now=NOW)
        for text in ("Spring-24 LOLA", "spring24lola")
    ]

    assert kept[0] == kept[1]
    assert kept[0].printed == "Spring-24 LOLA"
    found = access.find_code("SPRING 24 lola")
    assert found is not None
    assert access.redeem(found, by=owner, now=NOW).is_used
    with pytest.raises(AccessRefused, match="another course"):
        access.keep_old_code("SPRING24LOLA", course=closed_course(), by=registrar, now=NOW)


@pytest.mark.parametrize("url", ["http://shop.example.com", "javascript:alert(1)", "//x"])
def test_link_to_the_shop_is_encrypted(url: str, registrar: User) -> None:
    course = closed_course()

    with pytest.raises(AccessRefused):
        access.set_access(course, access="code", price_text="", shop_url=url, by=registrar, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Course.objects.filter(pk=course.pk).update(shop_url=url)


# ---------------------------------------------------------------- refunds


def test_refund_of_a_code_ends_the_enrollment_until_it_is_bought_again(
    owner: User, registrar: User
) -> None:
    code = code_for()
    enrollment = access.redeem(code, by=owner, now=NOW).enrollment

    for _ in range(2):
        done = refunding.refund_code(code, reason="Asked for it.", by=registrar, now=NOW)

    (refund,) = done.refunds
    enrollment.refresh_from_db()
    assert (enrollment.status, refund.was_completed, refund.reason) == (
        "withdrawn",
        False,
        "Asked for it.",
    )
    with pytest.raises(NeedsCode):
        enroll(owner, code.course, now=NOW)
    again = access.redeem(code_for(code.course), by=owner, now=NOW).enrollment
    assert again != enrollment
    refunding.undo_refund(enrollment.pk, by=registrar, now=NOW)
    assert enrollment.refunds.get().undone_at == NOW


def test_refund_of_a_completed_course_is_noted_and_takes_nothing(
    owner: User, registrar: User
) -> None:
    code = code_for()
    enrollment = access.redeem(code, by=owner, now=NOW).enrollment
    finish(enrollment)

    done = refunding.refund_code(code, reason="Bank took it back.", by=registrar, now=NOW)

    enrollment.refresh_from_db()
    assert (done.completed_count, enrollment.status) == (1, "completed")


def test_whoever_used_a_code_reads_what_became_of_it(
    owner: User, stranger: User, registrar: User, client_of: ClientOf
) -> None:
    code = code_for()
    enrollment = access.redeem(code, by=owner, now=NOW).enrollment
    client = client_of(owner)

    def said() -> str:
        return access.why_not_for(owner, code, today=TODAY)

    AccessCode.objects.filter(pk=code.pk).update(use_limit=1)
    code.refresh_from_db()
    assert "used already" in access.why_not_for(stranger, code, today=TODAY)
    assert said() == "You have used this code yourself: you are in the course."
    withdraw(enrollment.pk, by=owner, now=NOW)
    assert said() == ""  # They come back by it.
    refunding.refund_enrollment(enrollment.pk, reason="Ill.", by=registrar, now=NOW)
    assert said().startswith("You have used this code, and the money was paid back.")
    with pytest.raises(CodeNotUsable, match="the money was paid back"):
        access.redeem(code, by=owner, now=NOW)

    page = client.get(enrollment.get_absolute_url()).content.decode()
    assert "you need another access code" in page
    assert "Go back in" not in page
    goes_on = enroll(owner, code.course, by=registrar, now=NOW)
    assert goes_on.get_absolute_url() in client.get(enrollment.get_absolute_url()).content.decode()


# ---------------------------------------------------------------- invitations: state × action


@pytest.mark.parametrize(
    ("state", "accepts", "can_be_withdrawn", "goes_again"),
    [
        ("waiting", True, True, True),
        ("accepted", False, False, False),
        ("expired", False, True, False),
        ("withdrawn", False, True, False),
    ],
)
def test_every_state_of_an_invitation_and_every_action(
    state: str,
    accepts: bool,
    can_be_withdrawn: bool,
    goes_again: bool,
    owner: User,
    stranger: User,
    registrar: User,
) -> None:
    def made() -> CourseInvitation:
        invitation = invitation_to(closed_course("invitation"), owner.email)
        if state == "accepted":
            theirs = EnrollmentFactory(user=stranger, version=invitation.course.on_sale_version)
            invitation.accepted_at, invitation.accepted_by = NOW, stranger
            invitation.enrollment = theirs
        elif state == "expired":
            invitation.expires_on = YESTERDAY
        elif state == "withdrawn":
            invitation.withdrawn_at = NOW
        invitation.save()
        return invitation

    proved(owner)
    invitation = made()
    assert invitation.state_on(TODAY) == state
    if accepts:
        enrollment = enroll(owner, invitation.course, now=NOW)
        invitation.refresh_from_db()
        assert (invitation.accepted_by, invitation.enrollment) == (owner, enrollment)
    else:
        with pytest.raises(NeedsInvitation):
            enroll(owner, invitation.course, now=NOW)
    invitation = made()
    for action, is_allowed in (
        (inviting.tell_again, goes_again),
        (inviting.withdraw_invitation, can_be_withdrawn),
    ):
        if is_allowed:
            action(invitation, by=registrar, now=NOW)
        else:
            with pytest.raises(AccessRefused):
                action(invitation, by=registrar, now=NOW)


def test_invitation_is_only_for_who_proved_its_address_and_only_once(
    owner: User, stranger: User
) -> None:
    course = closed_course("invitation")
    invitation_to(course, "work@example.com")
    proved(stranger)
    for person in (owner, stranger):
        with pytest.raises(NeedsInvitation):
            enroll(person, course, now=NOW)

    enrollment = enroll(proved(owner, "work@example.com"), course, now=NOW)

    finish(enrollment)
    with pytest.raises(NeedsInvitation):
        enroll(owner, course, now=NOW)


def test_inviting_twice_is_once_and_makes_accounts_for_the_new(
    owner: User, registrar: User
) -> None:
    course = closed_course("invitation", title="Points of the face")
    proved(owner)
    User.objects.filter(pk=owner.pk).update(last_login=NOW)
    addresses = inviting.read_addresses("New@Example.com, <owner@example.com>\nnew@example.com")

    done = [
        inviting.invite_all(course, emails=addresses, note="As agreed.", by=registrar, now=NOW)
        for _ in range(2)
    ]

    assert [len(each.made) for each in done] == [2, 0]
    assert done[1].known == ["new@example.com", "owner@example.com"]
    mails = {mail.to_email: mail for mail in OutgoingMail.objects.all()}
    assert {email: mail.kind for email, mail in mails.items()} == {
        "new@example.com": "account_invited",
        "owner@example.com": "course_invited",
    }
    for mail in mails.values():
        assert "Points of the face" in mail.body
        assert "> As agreed." in mail.body
    with pytest.raises(AccessRefused, match="nobody"):
        inviting.read_addresses("a@example.com nobody")


# ---------------------------------------------------------------- pages


def test_code_in_a_link_is_shown_first_and_used_by_the_button(
    owner: User, client_of: ClientOf
) -> None:
    code = code_for(closed_course(title="Points of the face"))
    client, url = client_of(owner), reverse("courses:redeem")

    shown = client.get(url, {"code": code.printed.lower()})
    assert "Points of the face" in shown.content.decode()
    assert not AccessCodeUse.objects.exists()
    answer = client.post(url, {"code": code.printed})

    assert answer.url == Enrollment.objects.get(user=owner).get_absolute_url()


def test_code_that_a_visitor_types_on_the_course_page_is_kept_while_they_sign_in(
    client: Client,
) -> None:
    course = closed_course()

    page = client.get(course.get_absolute_url()).content.decode()
    answer = client.get(reverse("courses:redeem"), {"code": "7K2M-9QXT", "course": course.slug})

    form = page[page.index('class="code-form"') - 80 : page.index('id="start-code"')]
    assert ('method="get"' in form, "csrf" in form) == (True, False)
    kept = parse_qs(urlsplit(answer.url).query)["next"]
    assert kept == [f"{reverse('courses:redeem')}?code=7K2M-9QXT&course={course.slug}"]


def test_code_typed_on_the_page_of_another_course_is_not_used_up(
    owner: User, client_of: ClientOf
) -> None:
    code, other = code_for(), closed_course()

    answer = client_of(owner).post(
        reverse("courses:redeem"), {"code": code.printed, "course": other.slug}
    )

    assert "opens another course" in answer.content.decode()
    assert not Enrollment.objects.exists()


def test_guessing_is_held_up_and_a_right_code_before_it_is_not_counted(
    owner: User, client_of: ClientOf
) -> None:
    code = code_for(expires_on=timezone.now().date() - timedelta(days=9))
    client, url = client_of(owner), reverse("courses:redeem")

    statuses = [client.post(url, {"code": code.printed}).status_code for _ in range(12)]
    assert statuses == [422] * 12
    statuses = [client.post(url, {"code": f"AAAA-{n:04d}"}).status_code for n in range(12)]

    assert statuses == [422] * 10 + [429] * 2
    answer = client.get(url, {"code": code.printed})
    assert answer.status_code == 429
    assert "Wait an hour" in answer.content.decode()


def test_course_page_asks_for_what_opens_it(
    owner: User, client: Client, client_of: ClientOf
) -> None:
    course = closed_course(course__price_text="$79", course__shop_url="https://shop.example.com/")
    page = client.get(course.get_absolute_url()).content.decode()
    assert "Buy a code: $79" in page
    assert 'name="code"' in page
    listed = client.get(reverse("courses:course-list")).content.decode()
    assert "$79" in listed
    assert "By access code" in listed

    answer = client_of(owner).post(reverse("courses:course-enroll", args=[course.slug]))

    assert answer.url == course.get_absolute_url()
    assert not Enrollment.objects.exists()
    invitation_to(course, owner.email)
    proved(owner)
    assert "Start this course" in client_of(owner).get(course.get_absolute_url()).content.decode()


# ---------------------------------------------------------------- what is kept of a person


def test_share_of_a_person_is_given_moved_and_erased(owner: User, stranger: User) -> None:
    code = code_for(closed_course(), use_limit=5, note="For OLIVIA Owner and friends")
    access.redeem(code, by=owner, now=NOW)
    access.redeem(code, by=stranger, now=NOW)
    for person in (owner, stranger):
        proved(person)
        invitation_to(code.course, person.email)
    given = SHARE.export(owner)["access.json"]
    assert [len(rows) for rows in given.values()] == [1, 0, 1, 0]

    SHARE.move(owner, into=stranger, now=NOW)
    assert AccessCode.objects.get().use_count == 1
    assert CourseInvitation.objects.get().email == stranger.email
    assert list(access.recount_uses(False)) == []
    SHARE.erase(owner, now=NOW)
    SHARE.erase(stranger, now=NOW)

    code = AccessCode.objects.get()
    assert (code.note, code.search_text) == ("", "")
    assert not CourseInvitation.objects.exists()


def test_nobody_named_like_a_course_is_erased_along(owner: User) -> None:
    other = code_for(note="Spring class")
    SHARE.erase(UserFactory(name_on_certificates=""), now=NOW)

    other.refresh_from_db()
    assert other.note == "Spring class"
