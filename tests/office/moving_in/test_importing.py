"""From the file to the rows: looked through, all or nothing, twice the same."""

import hashlib
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ce_platform.accounts.making import account_for
from ce_platform.accounts.models import User
from ce_platform.core.models import AuditEvent, OutgoingMail, StoredFile
from ce_platform.core.verification import Tally
from ce_platform.licensing.models import License
from ce_platform.office.moving_in import running, throwing_away
from ce_platform.office.moving_in.models import ImportLine, ImportRun
from ce_platform.office.moving_in.share import SHARE
from certificates.domain.documents import sweep_documents
from certificates.domain.imported import check_imported, newest_by_old_number
from certificates.domain.verification import check_records
from certificates.models import Certificate, ReportLine
from tests.factories.certificates import BodyFactory, make_provider
from tests.office.moving_in.brought import apply, bring, finish, pdf, told, zipped

pytestmark = pytest.mark.django_db

HEAD = "E-mail,Name,Certificate number,Course,Completed on,CE hours,PDF\n"


@pytest.fixture(autouse=True)
def _provider() -> None:
    make_provider()
    BodyFactory()


def completions(count: int, *, bad: int = 0) -> bytes:
    """A zip of as many lines, a PDF for every third; the first `bad` lines have no date."""
    lines = [HEAD]
    files = {}
    for number in range(count):
        name = f"c{number}.pdf" if number % 3 == 0 else ""
        if name:
            files[f"pdfs/{name}"] = pdf(name)
        day = "soon" if number < bad else f"2023-05-{number % 28 + 1:02}"
        lines.append(
            f"p{number // 2}@example.com,Person Number {'ABCDEFGHIJ'[number // 2 % 10]},"
            f"CE-{number:04},Facial massage,{day},3,{name}\n"
        )
    return zipped({"table.csv": "".join(lines).encode()} | files)


def test_bad_lines_are_named_and_nothing_is_half_done(registrar: User, now: datetime) -> None:
    run = bring("completions", completions(60, bad=4), by=registrar, now=now)

    assert (run.state, run.line_count, run.new_count, run.bad_count) == ("looked-at", 60, 56, 4)
    assert told(run) == [
        (row, ["“soon” is no date. Write it like 2024-03-04 or March 4, 2024."])
        for row in range(2, 6)
    ]
    with pytest.raises(running.ImportRefused, match="lines to be mended"):
        running.apply(run, by=registrar, now=now)
    assert (Certificate.objects.count(), User.objects.count()) == (0, 1)


def test_old_completions_come_in_once_with_their_pdfs(
    registrar: User, now: datetime, client: Client
) -> None:
    content = completions(60)

    run = apply(bring("completions", content, by=registrar, now=now), by=registrar, now=now)

    assert (run.state, run.new_count, run.error) == ("done", 60, "")
    assert User.objects.count() == 31
    found = newest_by_old_number("ce 0003")
    assert found is not None
    assert (
        found.holder_name,
        found.completed_on,
        found.credit_hours,
        found.origin,
        found.enrollment,
        found.document.sha256,
        found.document.file.read(),
    ) == (
        "Person Number B",
        date(2023, 5, 4),
        Decimal("3.0"),
        "imported-record",
        None,
        hashlib.sha256(pdf("c3.pdf")).hexdigest(),
        pdf("c3.pdf"),
    )
    # Nothing is mailed, owed to a body, or rendered.
    assert (OutgoingMail.objects.count(), ReportLine.objects.count()) == (0, 0)
    assert sweep_documents(now) == 0
    assert [*check_records(Tally()), *check_imported(Tally())] == []

    asked = client.get("/verify/", {"code": "CE-0003"})
    assert (asked.status_code, b"Person Number" in asked.content) == (200, False)
    other = client.get("/verify/", {"code": "CE-0003", "name": "Person"})
    assert (other.status_code, b"is in this name" in other.content) == (422, True)
    nobodys = client.get("/verify/", {"code": "CE-9999"})
    assert nobodys.content == asked.content.replace(b"CE-0003", b"CE-9999")
    refused = client.get("/verify/", {"code": "CE-9999", "name": "Person"})
    assert (refused.status_code, refused.content) == (
        422,
        other.content.replace(b"CE-0003", b"CE-9999"),
    )
    typed = {"code": "ce 0003", "name": "number b"}
    page = client.get("/verify/", typed, follow=True).content.decode()
    assert "as number CE-0003 in an earlier system of Margin &amp; Hand" in page
    assert "not issued by this platform" in page
    upload = client.post("/verify/file/", {"file": _upload(pdf("c3.pdf"))}).content.decode()
    assert "the file that the provider took over with this record" in upload

    again = bring("completions", content, by=registrar, now=now)
    assert (again.new_count, again.change_count, again.same_count) == (0, 0, 60)
    with pytest.raises(running.ImportRefused, match="here already"):
        running.apply(again, by=registrar, now=now)


def test_records_of_the_earlier_system_stand_among_the_courses_of_a_person(
    registrar: User, now: datetime, client_of: Callable[[User], Client]
) -> None:
    run = apply(bring("completions", completions(6), by=registrar, now=now), by=registrar, now=now)
    record = Certificate.objects.order_by("pk")[0]
    url = reverse("office:person-detail", args=[record.user.uid])
    client = client_of(registrar)

    courses = client.get(url).content.decode().partition('id="mail"')[0]
    assert courses.count("recorded before") == record.user.certificates.count()
    assert record.get_absolute_url().split("/")[-2] in courses
    assert "In no course yet" not in courses

    running.undo(run, reason="The hours were wrong.", by=registrar, now=now)
    courses = client.get(url).content.decode().partition('id="mail"')[0]
    assert "recorded before" not in courses
    assert "In no course yet" in courses


def _upload(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("old.pdf", content, content_type="application/pdf")


def test_two_runs_of_one_file_bring_it_in_once(registrar: User, now: datetime) -> None:
    content = completions(6)
    first, second = (bring("completions", content, by=registrar, now=now) for _ in range(2))

    done = apply(first, by=registrar, now=now)
    also = apply(second, by=registrar, now=now)
    twice = apply(done, by=registrar, now=now)

    assert (done.new_count, also.new_count, also.same_count, twice.state) == (6, 0, 6, "done")
    assert Certificate.objects.count() == 6


def test_what_changed_meanwhile_refuses_the_whole_file(registrar: User, now: datetime) -> None:
    run = bring("completions", completions(6), by=registrar, now=now)
    closed = User.objects.create_user("p2@example.com", name_on_certificates="Person Number C")
    User.objects.filter(pk=closed.pk).update(is_active=False)

    run = apply(run, by=registrar, now=now)

    assert run.state == "looked-at"
    assert run.error.startswith("Row 6: The account of this address is closed.")
    assert Certificate.objects.count() == 0


def test_undone_records_are_revoked_and_may_come_again(registrar: User, now: datetime) -> None:
    content = completions(6)
    run = apply(bring("completions", content, by=registrar, now=now), by=registrar, now=now)

    running.undo(run, reason="The hours were wrong.", by=registrar, now=now)
    again = apply(bring("completions", content, by=registrar, now=now), by=registrar, now=now)

    assert again.new_count == 6
    assert list(
        Certificate.objects.values_list("status", "status_reason").order_by("status").distinct()
    ) == [("issued", ""), ("revoked", "The hours were wrong.")]
    found = newest_by_old_number("CE-0001")
    assert found is not None
    assert found.status == "issued"


def test_a_number_of_somebody_else_is_refused(registrar: User, now: datetime) -> None:
    line = "{},{},CE-1,Facial massage,2023-05-01,3,\n"
    mine = (HEAD + line.format("a@example.com", "Ana Pérez")).encode()
    theirs = (HEAD + line.format("b@example.com", "Bo Li")).encode()
    apply(bring("completions", mine, by=registrar, now=now), by=registrar, now=now)

    run = bring("completions", theirs, by=registrar, now=now)

    assert told(run) == [(2, ["This number is on record here for somebody else."])]


def test_people_get_accounts_without_mail_and_are_invited_once(
    registrar: User, owner: User, now: datetime
) -> None:
    table = (
        "First name;Last name;E-mail\n"
        "María;Castañeda;maria@example.com\n"
        "Olivia;Other;owner@example.com\n"
        "Li;Wei;maria@example.com\n"
    ).encode("cp1252")
    bad = bring("people", table, by=registrar, now=now)
    assert told(bad) == [(4, ["It stands in row 2 of this file already."])]

    run = bring("people", table.rsplit(b"\n", 2)[0], by=registrar, now=now)
    assert list(run.lines.values_list("action", "note").order_by("row")) == [
        ("new", ""),
        ("same", "The account is in the name of Olivia Owner; it is left so."),
    ]
    run = apply(run, by=registrar, now=now)
    made = User.objects.get(email="maria@example.com")
    assert (made.name_on_certificates, made.has_usable_password()) == ("María Castañeda", False)
    assert OutgoingMail.objects.count() == 0

    for _ in range(2):
        running.start_inviting(run, by=registrar, now=now)
        finish(run, now=now)
    assert list(OutgoingMail.objects.values_list("to_email", flat=True)) == ["maria@example.com"]

    # The address changed since: the file again makes nobody twice.
    User.objects.filter(pk=made.pk).update(email="new@example.com")
    assert bring("people", table.rsplit(b"\n", 2)[0], by=registrar, now=now).new_count == 0


def test_new_accounts_live_where_the_office_is_unless_the_table_says_otherwise(
    registrar: User, client: Client, now: datetime
) -> None:
    make_provider(time_zone="America/Denver")
    table = b"E-mail,Name,Time zone\na@example.com,Ana Perez,\nb@example.com,Bo Lee,US/Hawaii\n"

    apply(bring("people", table, by=registrar, now=now), by=registrar, now=now)
    account_for("c@example.com", name="Cy Roe", by=registrar, now=now)
    client.post(
        "/account/signup/",
        {"name_on_certificates": "Di Day", "email": "d@example.com", "password1": "Quiet 7 hands"},
    )

    people = User.objects.exclude(pk=registrar.pk).order_by("email")
    assert list(people.values_list("email", "time_zone")) == [
        ("a@example.com", "America/Denver"),
        ("b@example.com", "US/Hawaii"),
        ("c@example.com", "America/Denver"),
        ("d@example.com", "America/Denver"),
    ]


@pytest.mark.parametrize("above", ["sep=;\r\n", "\r\n", ";;\r\n", "SEP=;\n;;\n"])
def test_what_a_spreadsheet_writes_above_the_headings_is_no_heading(
    above: str, registrar: User, now: datetime
) -> None:
    table = f"{above}E-mail;Name\na@example.com;Ana Perez\nb@example.com;=Bo\n".encode("cp1252")

    run = bring("people", table, by=registrar, now=now)

    row = above.count("\n") + 3
    assert (run.state, run.new_count) == ("looked-at", 1)
    assert told(run) == [(row, ["A name has letters, spaces, hyphens and apostrophes. Remove: ="])]


def test_licenses_follow_the_rules_of_licenses(registrar: User, owner: User, now: datetime) -> None:
    table = (
        b"E-mail,State,License number,Expires on\n"
        b"owner@example.com,FL,MA 1,8/31/2027\n"
        b"owner@example.com,XX,MA 2,\n"
        b"owner@example.com,Florida,MA 3,3/4/2027\n"
    )
    run = bring("licenses", table, by=registrar, now=now)
    assert told(run) == [
        (
            3,
            [
                "There is no licensing body “XX”. Write its code or state, like US-FL, FL or "
                "Florida."
            ],
        ),
        (
            4,
            [
                "“3/4/2027” can be March 4, 2027 or April 3, 2027. Write it like 2024-03-04, or "
                "say in the form that the month stands first in this file."
            ],
        ),
    ]

    good = b"".join(table.splitlines(keepends=True)[:2])
    apply(bring("licenses", good, by=registrar, now=now), by=registrar, now=now)
    assert list(License.objects.values_list("user__email", "number", "expires_on")) == [
        ("owner@example.com", "MA 1", date(2027, 8, 31))
    ]
    assert bring("licenses", good, by=registrar, now=now).same_count == 1


def test_learndash_and_lifterlms_reports_are_known(registrar: User, now: datetime) -> None:
    learndash = (
        b"user_id,name,email,course_id,course_title,steps_completed,steps_total,course_completed,"
        b"course_completed_on\n"
        b'7,Ana Perez,ana@example.com,12,Facial massage,9,9,YES,"May 14, 2023 14:20:03"\n'
        b"8,Bo Li,bo@example.com,12,Facial massage,3,9,NO,\n"
    )
    run = bring("completions", learndash, by=registrar, now=now, hours={"facial massage": "3"})
    assert (run.profile, run.source, run.new_count, run.skipped_count, told(run)) == (
        "learndash-courses",
        "WordPress with LearnDash",
        1,
        1,
        [],
    )
    lifter = (
        "ID,Last Name,First Name,Email,Status,Enrollment Updated,Completed,Progress,Grade\n"
        'x,Perez,Ana,ana@example.com,Enrolled,"March 1, 2023","May 14, 2023",100%,95%\n'
        'y,Li,Bo,bo@example.com,Enrolled,"March 1, 2023",—,40%,–\n'
    ).encode()
    run = bring(
        "completions", lifter, by=registrar, now=now,
        hours={"neck": "2"}, fixed={"course": "Neck"},
    )  # fmt: skip
    assert (run.profile, run.new_count, run.skipped_count) == ("lifterlms-course-students", 1, 1)


def test_what_was_never_brought_in_goes_and_lines_forget(registrar: User, now: datetime) -> None:
    looked_at = bring("completions", completions(3, bad=1), by=registrar, now=now)
    done = apply(bring("completions", completions(6), by=registrar, now=now), by=registrar, now=now)

    throwing_away.sweep_runs(timezone.now() + throwing_away.LINES_LIFE)

    assert not ImportRun.objects.filter(pk=looked_at.pk).exists()
    assert set(done.lines.values_list("values_json", "pdf_name")) == {("{}", "")}
    done.refresh_from_db()
    assert done.file is None
    # The PDFs of records stay, the zips do not.
    assert StoredFile.objects.count() == Certificate.objects.filter(document__isnull=False).count()
    assert AuditEvent.objects.filter(action="import.thrown-away").count() == 1


def test_erasure_leaves_no_copy_in_lines(registrar: User, now: datetime) -> None:
    run = apply(bring("completions", completions(4), by=registrar, now=now), by=registrar, now=now)
    bring("completions", completions(5), by=registrar, now=now)
    person = User.objects.get(email="p0@example.com")

    assert len(SHARE.export(person)["moved-in.json"]) == 4
    SHARE.erase(person, now=now)

    left = "".join(ImportLine.objects.values_list("values_json", flat=True))
    assert "p0@example.com" not in left
    assert "p1@example.com" in left
    assert run.lines.filter(user=person).count() == 0


def test_phones_come_in_once_and_what_is_none_is_told(registrar: User, now: datetime) -> None:
    User.objects.create_user("known@example.com", name_on_certificates="Known Person")
    other = User.objects.create_user("other@example.com", name_on_certificates="Other Person")
    User.objects.filter(pk=other.pk).update(phone="555-0100")
    table = (
        b"user_email,display_name,billing_phone\n"
        b"new@example.com,New Person,(303) 555-0142\n"
        b"known@example.com,Known Person,'+1 303 555 0143\n"
        b"other@example.com,Other Person,555-0199\n"
        b"none@example.com,None Person,ask Ann\n"
    )

    apply(bring("people", table, by=registrar, now=now), by=registrar, now=now)

    with pytest.raises(running.ImportRefused, match="here already"):
        apply(bring("people", table, by=registrar, now=now), by=registrar, now=now)
    people = User.objects.exclude(pk=registrar.pk).order_by("email")
    assert list(people.values_list("email", "phone")) == [
        ("known@example.com", "+1 303 555 0143"),
        ("new@example.com", "(303) 555-0142"),
        ("none@example.com", ""),
        ("other@example.com", "555-0100"),
    ]
    assert AuditEvent.objects.filter(action="account.phone-filled-in").count() == 1
