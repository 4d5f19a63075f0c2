"""Shared pages: off by default, shown by a link alone, gone at once."""

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ce_platform.accounts.models import User
from ce_platform.core import codes
from ce_platform.core.models import AuditEvent
from certificates.addresses import verify_url_of
from certificates.domain.revoke import revoke_certificate
from certificates.models import Certificate, SharedPage
from certificates.sharing.switching import make_new_link, switch_off, switch_on
from certificates.transcript.gathering import gather
from certificates.transcript.periods import Choice
from tests.factories.certificates import LicenseFactory, make_certificate, make_provider
from tests.factories.courses import VersionFactory

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


def certificate_of(user: User, title: str = "Facial massage") -> Certificate:
    make_provider()
    return make_certificate(user=user, version=VersionFactory(title=title))


@pytest.fixture
def certificate(owner: User) -> Certificate:
    LicenseFactory(user=owner, number="MA 4711")
    return certificate_of(owner)


def share(owner: User, now: datetime, *shown: Certificate, **values: object) -> SharedPage:
    plain = {"certificate": None, "has_licenses": False, "has_email": False}
    return switch_on(chosen=shown, by=owner, now=now, **plain | values)  # type: ignore[arg-type]


def shown_text(client: Client, page: SharedPage) -> str:
    answer = client.get(page.get_absolute_url())
    assert answer.status_code == 200
    return answer.content.decode()


def test_off_until_switched_on_and_looking_switches_nothing(
    certificate: Certificate, owner: User, client: Client, client_of: ClientOf
) -> None:
    own = client_of(owner)

    assert own.get("/sharing/").status_code == 200
    preview = own.get("/sharing/preview/", {"certificates": certificate.serial})
    assert "Facial massage" in preview.content.decode()
    assert not SharedPage.objects.exists()

    own.post("/sharing/on/", {"certificates": certificate.serial})
    page = SharedPage.objects.get()
    assert page.get_absolute_url() in own.get("/sharing/").content.decode()
    text = shown_text(client, page)
    assert ("Olivia Owner" in text, "Facial massage" in text, certificate.verify_url in text) == (
        True,
        True,
        True,
    )


def test_shows_no_license_number_and_no_address_unless_ticked(
    certificate: Certificate, owner: User, now: datetime, client: Client
) -> None:
    page = share(owner, now, certificate)
    text = shown_text(client, page)
    assert ("MA 4711" in text, "owner@example.com" in text) == (False, False)

    changed = share(owner, now, certificate, has_licenses=True, has_email=True)

    assert changed == page
    text = shown_text(client, page)
    assert ("MA 4711" in text, "owner@example.com" in text) == (True, True)


def test_not_indexed_not_kept_and_nothing_of_others_in_it(
    certificate: Certificate, owner: User, now: datetime, client: Client
) -> None:
    page = share(owner, now, certificate)

    answer = client.get(page.get_absolute_url())

    assert answer["Cache-Control"] == "no-store"
    assert "noindex" in answer["X-Robots-Tag"]
    text = answer.content.decode()
    assert '<meta property="og:title" content="Continuing education of Olivia Owner">' in text
    sources = re.findall(r'(?:src|<link[^>]*href)="([^"]+)"', text)
    assert sources
    assert [source for source in sources if not source.startswith("/static/")] == []


def test_switched_off_is_gone_at_once_and_for_good(
    certificate: Certificate, owner: User, now: datetime, client: Client, client_of: ClientOf
) -> None:
    page = share(owner, now, certificate)
    client_of(owner).post(f"/sharing/{page.uid}/off/")

    answer = client.get(page.get_absolute_url())
    assert (answer.status_code, answer["Cache-Control"]) == (410, "no-store")
    assert "This page is not shared any more" in answer.content.decode()
    assert "Olivia" not in answer.content.decode()
    fresh = share(owner, now, certificate)
    assert fresh.token != page.token
    page.refresh_from_db()
    assert switch_off(page, by=owner, now=now).switched_off_at == page.switched_off_at
    with pytest.raises(IntegrityError), transaction.atomic():
        SharedPage.objects.filter(pk=page.pk).update(switched_off_at=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        SharedPage.objects.filter(pk=fresh.pk).update(token=page.token[::-1])


def test_new_link_ends_the_old_one_and_a_second_click_makes_no_third(
    certificate: Certificate, owner: User, now: datetime, client: Client
) -> None:
    page = share(owner, now, certificate, has_email=True)

    fresh = make_new_link(page, by=owner, now=now)

    assert make_new_link(page, by=owner, now=now) == fresh
    assert client.get(page.get_absolute_url()).status_code == 410
    assert "owner@example.com" in shown_text(client, fresh)
    events = AuditEvent.objects.filter(subject_type="shared-page").order_by("id")
    assert [event.action for event in events] == ["sharing.on", "sharing.new-link"]
    assert not AuditEvent.objects.filter(detail__contains=fresh.token).exists()


@pytest.mark.parametrize("is_single", [False, True], ids=["person", "certificate"])
def test_off_in_a_stale_tab_ends_the_new_link_too(
    certificate: Certificate, owner: User, now: datetime, client_of: ClientOf, is_single: bool
) -> None:
    other = share(owner, now, certificate, certificate=None if is_single else certificate)
    page = share(owner, now, certificate, certificate=certificate if is_single else None)
    fresh = make_new_link(page, by=owner, now=now)

    answer = client_of(owner).post(f"/sharing/{page.uid}/off/", follow=True)

    assert "The page is off." in answer.content.decode()
    fresh.refresh_from_db()
    assert fresh.switched_off_at is not None
    assert list(SharedPage.objects.filter(switched_off_at=None)) == [other]
    last = AuditEvent.objects.filter(subject_type="shared-page").latest("id")
    assert (last.action, last.subject_id) == ("sharing.off", str(fresh.uid))


def test_revoked_vanishes_and_a_page_of_its_own_says_so(
    certificate: Certificate,
    owner: User,
    registrar: User,
    now: datetime,
    client: Client,
    client_of: ClientOf,
) -> None:
    other = certificate_of(owner, "Boundaries")
    page = share(owner, now, certificate, other)
    single = share(owner, now, certificate=certificate)
    assert "Facial massage" in shown_text(client, page)

    revoke_certificate(certificate, reason="A mistake.", by=registrar, now=now)

    text = shown_text(client, page)
    assert ("Facial massage" in text, "Boundaries" in text) == (False, True)
    assert "Genuine, but revoked on" in shown_text(client, single)
    # The holder still finds it, to switch it off.
    own = client_of(owner)
    there = f"/certificates/{certificate.serial}/share/"
    assert there in own.get("/sharing/").content.decode()
    assert f"/sharing/{single.uid}/off/" in own.get(there).content.decode()
    assert own.post("/sharing/on/", {"of": certificate.serial}).status_code == 422


def test_closed_account_shows_nothing(
    certificate: Certificate, owner: User, now: datetime, client: Client
) -> None:
    page = share(owner, now, certificate)
    User.objects.filter(pk=owner.pk).update(closed_at=now)

    assert client.get(page.get_absolute_url()).status_code == 410


def test_other_people_share_nothing_of_mine(
    certificate: Certificate,
    owner: User,
    stranger: User,
    registrar: User,
    now: datetime,
    client_of: ClientOf,
) -> None:
    page = share(owner, now, certificate)
    certificate_of(stranger, "Theirs")
    for user in (stranger, registrar):
        other = client_of(user)
        assert other.get(f"/certificates/{certificate.serial}/share/").status_code == 404
        assert other.post("/sharing/on/", {"of": certificate.serial}).status_code == 404
        assert other.get("/sharing/preview/", {"of": certificate.serial}).status_code == 404
        assert other.post(f"/sharing/{page.uid}/off/").status_code == 404
        assert other.post(f"/sharing/{page.uid}/new-link/").status_code == 404
        wrong = other.post("/sharing/on/", {"certificates": certificate.serial})
        assert wrong.status_code == 422
        assert "Facial massage" not in wrong.content.decode()
    assert SharedPage.objects.get() == page


def test_guessed_links_are_not_found_and_slowed(client: Client) -> None:
    assert client.get(f"/shared/{codes.new_code()}/").status_code == 404
    assert client.get("/shared/short/").status_code == 404

    answers = [client.get("/shared/short/").status_code for _ in range(59)]
    assert answers == [404] * 58 + [429]


def test_double_click_makes_one_page(certificate: Certificate, owner: User, now: datetime) -> None:
    assert share(owner, now, certificate) == share(owner, now, certificate)
    assert share(owner, now, certificate=certificate) == share(owner, now, certificate=certificate)
    assert SharedPage.objects.count() == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        SharedPage.objects.create(user=owner, switched_on_at=now)


def test_constant_number_of_queries(
    certificate: Certificate, owner: User, now: datetime, client: Client, client_of: ClientOf
) -> None:
    own, counts = client_of(owner), []
    shown = [certificate]
    client.get(share(owner, now, certificate).get_absolute_url())
    for _ in range(2):
        page = share(owner, now, *shown, has_licenses=True)
        with CaptureQueriesContext(connection) as captured:
            client.get(page.get_absolute_url())
            own.get("/sharing/")
        counts.append(len(captured))
        shown += [certificate_of(owner), certificate_of(owner)]

    assert counts[0] == counts[1]


def test_corrected_certificate_takes_its_place_on_both_pages(
    certificate: Certificate, owner: User, now: datetime, client: Client
) -> None:
    pages = [share(owner, now, certificate), share(owner, now, certificate=certificate)]

    newer = corrected(certificate, now, holder_name="Olivia Owner-Smith")

    for page in pages:
        text = shown_text(client, page)
        assert ("Olivia Owner-Smith" in text, newer.verify_url in text) == (True, True)
    assert share(owner, now, certificate=newer) == pages[1]
    left_out = gather(owner, Choice(), now=now).record.left_out
    assert [each.serial for each in left_out] == [codes.dashed(certificate.serial)]
    assert codes.dashed(newer.serial) in left_out[0].words


def test_page_of_one_that_was_corrected_and_then_revoked_says_the_last(
    certificate: Certificate, owner: User, registrar: User, now: datetime, client: Client
) -> None:
    single = share(owner, now, certificate=certificate)
    newer = corrected(certificate, now, holder_name="Olivia Owner-Smith")
    revoke_certificate(newer, reason="A mistake.", by=registrar, now=now)

    text = shown_text(client, single)

    assert ("Olivia Owner-Smith" in text, "Genuine, but revoked on" in text) == (True, True)
    assert (newer.verify_url in text, "replaced" in text) == (True, False)


def corrected(old: Certificate, now: datetime, **values: object) -> Certificate:
    """A new row that refers to the old one, as every correction is."""
    Certificate.objects.filter(pk=old.pk).update(
        status="replaced", status_changed_at=now, status_reason="The name was corrected."
    )
    newer = Certificate.objects.get(pk=old.pk)
    newer.pk, newer.serial, newer.replaces = None, codes.new_code(), old
    newer.status, newer.status_changed_at, newer.status_reason = "issued", None, ""
    newer.verify_url = verify_url_of(newer.serial)
    for name, value in values.items():
        setattr(newer, name, value)
    newer.save()
    return newer
