"""The office's pages of audit packs: four ways in, a look before, the log of who had what."""

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from zipfile import ZipFile

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.core.models import AuditEvent, AuditPack, BackgroundJob, StoredFile
from ce_platform.pages.audit_pack import packs
from tests.factories.accounts import UserFactory
from tests.factories.certificates import BodyFactory, LicenseFactory
from tests.pages.audit_pack.made import Way, asked, made, make_course, pass_course, unpacked

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
LIST = "/office/audit-packs/"


def new(way: str, query: str = "") -> str:
    return reverse("pages:audit-pack-new", args=[way]) + query


def events(pack: AuditPack) -> list[tuple[str, str]]:
    return list(
        AuditEvent.objects.filter(subject_type="audit-pack", subject_id=str(pack.uid))
        .order_by("pk")
        .values_list("action", "actor_label")
    )


def test_learner_is_found_by_name_mail_and_certificate_number(
    registrar: User, client_of: ClientOf
) -> None:
    certificate = pass_course(
        make_course(), name_on_certificates="Ana Ödön", email="ana@example.com"
    )
    pass_course(certificate.enrollment.version, name_on_certificates="Ben Other")
    client = client_of(registrar)

    for words in ("ana", "ana@exam", str(certificate), certificate.serial.lower()):
        page = client.get(new("learner", f"?q={words}")).content.decode()
        assert ("Ana Ödön" in page, "Ben Other" in page) == (True, False), words
    answer = client.post(
        new("learner", "?q=ana"), {"person": certificate.user.uid, "reference": "2026-118"}
    )

    pack = AuditPack.objects.get()
    assert answer.url == f"{LIST}{pack.uid}/"
    assert (pack.title, pack.parameters, pack.reference, pack.job) == (
        "Ana Ödön",
        f'{{"user":{certificate.user_id}}}',
        "2026-118",
        None,
    )


def test_person_who_was_not_found_cannot_be_sent(registrar: User, client_of: ClientOf) -> None:
    certificate = pass_course(make_course(), name_on_certificates="Ana")

    answer = client_of(registrar).post(new("learner", "?q=zoe"), {"person": certificate.user.uid})

    assert (answer.status_code, AuditPack.objects.count()) == (422, 0)


def test_course_and_body_ask_for_what_they_need(registrar: User, client_of: ClientOf) -> None:
    version = make_course()
    client = client_of(registrar)

    statuses = [
        client.post(new(way), form).status_code
        for way, form in (
            ("course", {}),
            ("course", {"edition": "face:2"}),
            ("course", {"edition": "face:1", "first_on": "2026-02-01", "last_on": "2026-01-01"}),
            ("course", {"edition": "face:1"}),
            ("body", {"body": "US-FL", "whose": "holders"}),
            (
                "body",
                {
                    "body": "US-FL",
                    "whose": "holders",
                    "first_on": "2026-01-01",
                    "last_on": "2026-12-31",
                },
            ),
            ("licenses", {"numbers": " \n--\n"}),
            ("licenses", {"numbers": "9" * 61}),
            ("licenses", {"numbers": "\n".join(map(str, range(2001)))}),
        )
    ]

    assert statuses == [422, 422, 422, 302, 422, 302, 422, 422, 422]
    assert client.get(new("everything")).status_code == 404
    assert [pack.parameters for pack in AuditPack.objects.order_by("pk")] == [
        f'{{"course":{version.course_id},"edition":1}}',
        '{"body":"US-FL","is_for_all":false}',
    ]


def test_pasted_list_shows_what_was_found_before_anything_is_made(
    registrar: User, client_of: ClientOf
) -> None:
    version = make_course()
    ana = pass_course(version, name_on_certificates="Ana Ödön", number="MA 10001")
    kim = pass_course(version, name_on_certificates="Kim Lee", number="MA 20002")
    lou = pass_course(version, name_on_certificates="Lou Roy", number="ma-20002", state="US-TX")
    client = client_of(registrar)

    pasted = "\n".join(["ma10001", " MA 10001 ", "MA-20002", *(f"zz {n}" for n in range(297))])
    answer = client.post(new("licenses"), {"numbers": pasted, "body": ""}, follow=True)

    page = answer.content.decode()
    pack = AuditPack.objects.get()
    assert pack.title == "299 license numbers"
    assert "1 certificate of 1 person so far; some numbers belong to several people" in page
    assert "zz 296" in page
    assert f'value="MA-20002:{kim.user_id}"' in page
    assert BackgroundJob.objects.count() == 0

    client.post(f"{LIST}{pack.uid}/start/", {"chosen": [f"MA-20002:{lou.user_id}", "x:1", "MA:y"]})

    found = unpacked(made(AuditPack.objects.get()))
    roster = found["roster.csv"].decode()
    assert [name in roster for name in ("Ana Ödön", "Kim Lee", "Lou Roy")] == [True, False, True]
    assert (
        "No learner with one of these license numbers: zz 0, zz 1," in found["index.html"].decode()
    )
    assert ana.serial


def test_number_of_several_people_of_whom_none_is_chosen_leads_to_nobody(
    registrar: User, client_of: ClientOf
) -> None:
    version = make_course()
    for state in ("US-FL", "US-TX"):
        pass_course(version, number="1", state=state)
    pass_course(version, name_on_certificates="Ana", number="2")
    client = client_of(registrar)
    client.post(new("licenses"), {"numbers": "1\n2"})
    pack = AuditPack.objects.get()

    client.post(f"{LIST}{pack.uid}/start/", {"chosen": f"2:{registrar.pk}"})

    found = unpacked(made(AuditPack.objects.get()))
    assert found["roster.csv"].decode().count("\r\n") == 2
    assert (
        "belong to several people, and none of them was chosen: 1." in found["index.html"].decode()
    )


def test_number_of_a_removed_license_and_of_an_old_certificate_is_still_theirs(
    registrar: User, client_of: ClientOf, now: datetime
) -> None:
    certificate = pass_course(make_course(), name_on_certificates="Ana", number="MA 1")
    license_ = certificate.user.licenses.get()
    license_.number, license_.removed_at = "MA 7", now
    license_.save()

    client_of(registrar).post(new("licenses"), {"numbers": "MA 1\nMA 7"})

    pack = AuditPack.objects.get()
    assert [[h.user for h in each.holders] for each in packs.look_up_of(pack)] == [
        [certificate.user],
        [certificate.user],
    ]


def test_asked_twice_it_is_made_once(registrar: User, client_of: ClientOf) -> None:
    pass_course(make_course())
    client = client_of(registrar)
    client.post(new("course"), {"edition": "face:1"})
    pack = AuditPack.objects.get()

    for _ in range(2):
        assert client.post(f"{LIST}{pack.uid}/start/").status_code == 302

    assert BackgroundJob.objects.count() == 1
    assert events(pack) == [("audit-pack.asked", registrar.email)]


def test_nothing_to_pack_is_said_and_logged_nowhere(registrar: User, client_of: ClientOf) -> None:
    make_course()
    client = client_of(registrar)
    client.post(new("course"), {"edition": "face:1"})
    pack = AuditPack.objects.get()

    answer = client.post(f"{LIST}{pack.uid}/start/")

    assert answer.status_code == 422
    assert "There is no certificate to put into this pack." in answer.content.decode()
    assert (BackgroundJob.objects.count(), events(pack)) == (0, [])


def test_every_download_is_logged_and_the_file_goes_in_time(
    registrar: User, client_of: ClientOf
) -> None:
    certificate = pass_course(make_course())
    pack = made(asked(Way.LEARNER, {"user": certificate.user_id}, by=registrar))
    client = client_of(registrar)
    url = f"{LIST}{pack.uid}/download/"

    assert client.get(url).status_code == 405
    answer = client.post(url)
    content = b"".join(answer.streaming_content)
    assert ZipFile(io.BytesIO(content)).testzip() is None
    assert answer["Content-Disposition"].endswith(f'-{pack.uid.hex[:8]}.zip"')
    assert int(answer["Content-Length"]) == len(content) == pack.size_bytes
    assert pack.kept_until is not None
    packs.sweep_packs(pack.kept_until - timedelta(seconds=1))
    assert AuditPack.objects.get().file == pack.file
    packs.sweep_packs(pack.kept_until)
    packs.sweep_packs(pack.kept_until)

    after = AuditPack.objects.get()
    file = pack.file
    assert file is not None
    assert (after.file, after.sha256, after.deleted_at) == (None, pack.sha256, pack.kept_until)
    assert not StoredFile.objects.filter(sha256=pack.sha256).exists()
    assert not file.storage.exists(file.path)
    assert client.post(url).url == f"{LIST}{pack.uid}/"
    assert events(pack) == [
        ("audit-pack.asked", registrar.email),
        ("audit-pack.made", ""),
        ("audit-pack.downloaded", registrar.email),
        ("audit-pack.deleted", ""),
    ]
    page = client.get(f"{LIST}{pack.uid}/").content.decode()
    assert "The file was deleted on" in page
    assert pack.title in client.get(LIST).content.decode()


def test_file_can_be_deleted_early_and_a_pack_nobody_asked_for_goes_as_a_whole(
    registrar: User, client_of: ClientOf, now: datetime
) -> None:
    certificate = pass_course(make_course())
    client = client_of(registrar)
    ready = made(asked(Way.LEARNER, {"user": certificate.user_id}, by=registrar))
    busy = asked(Way.LEARNER, {"user": certificate.user_id}, by=registrar)
    for _ in range(2):
        client.post(new("course"), {"edition": "face:1"})
    left, discarded = AuditPack.objects.filter(job__isnull=True)

    client.post(f"{LIST}{ready.uid}/delete/")
    client.post(f"{LIST}{busy.uid}/delete/")
    client.post(f"{LIST}{discarded.uid}/delete/")
    packs.sweep_packs(left.created_at + timedelta(days=7))

    assert set(AuditPack.objects.all()) == {ready, busy}
    assert events(ready)[-1] == ("audit-pack.deleted", registrar.email)
    assert events(busy) == [("audit-pack.asked", registrar.email)]


def test_page_of_the_job_leads_to_the_pack_and_gives_no_file(
    registrar: User, instructor: User, client_of: ClientOf
) -> None:
    """A file that could be fetched there would be fetched without a line in the log."""
    certificate = pass_course(make_course())
    pack = made(asked(Way.LEARNER, {"user": certificate.user_id}, by=registrar))
    assert pack.job is not None
    job = f"/office/jobs/{pack.job.uid}/"

    assert client_of(registrar).get(job).url == f"{LIST}{pack.uid}/"
    for user in (registrar, instructor):
        assert client_of(user).post(f"{job}result/").status_code == 404


def test_only_the_registrar(
    owner: User, instructor: User, registrar: User, client: Client, client_of: ClientOf
) -> None:
    certificate = pass_course(make_course())
    pack = made(asked(Way.LEARNER, {"user": certificate.user_id}, by=registrar))

    for path in ("", "new/learner/", f"{pack.uid}/", f"{pack.uid}/start/", f"{pack.uid}/download/"):
        assert urlsplit(client.post(f"{LIST}{path}").url).path == reverse("account_login")
        for user in (owner, instructor, certificate.user):
            assert client_of(user).post(f"{LIST}{path}").status_code == 403
    assert events(pack)[-1][0] == "audit-pack.made"


def test_queries_of_the_list_and_of_the_look_do_not_grow(
    registrar: User, client_of: ClientOf
) -> None:
    version = make_course()
    client = client_of(registrar)
    client.get(LIST)  # Learns the provider's name.
    listed, looked = [], []
    for n in range(3):
        number = f"MA {n}"
        certificate = pass_course(version, number=number)
        asked(Way.LEARNER, {"user": certificate.user_id}, by=registrar)
        LicenseFactory(user=UserFactory(), body=BodyFactory(code="US-TX"), number=number)
        numbers = "\n".join(f"MA {each}" for each in range(n + 1))
        url = client.post(new("licenses"), {"numbers": numbers}).url
        for counts, address in ((listed, LIST), (looked, url)):
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            counts.append(len(captured))

    assert len(set(listed)) == len(set(looked)) == 1
