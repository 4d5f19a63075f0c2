"""A question becomes one thread, is answered once, and is nobody else's."""

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from ce_platform.accounts.models import User
from ce_platform.core import jobs
from ce_platform.core.files import LET_GO
from ce_platform.core.mail import put_in_outbox, resend
from ce_platform.core.models import AuditEvent, BackgroundJob, OutgoingMail, StoredFile
from ce_platform.core.staff_digest import StaffMember
from ce_platform.office.asking import domain, parts, queries
from ce_platform.office.asking.attachments import keep_attachment
from ce_platform.office.asking.context import Context, page_of
from ce_platform.office.asking.erasing import erase_question
from ce_platform.office.asking.models import SavedReply, Thread, ThreadMessage
from tests.factories.certificates import make_certificate, make_provider
from tests.factories.courses import VersionFactory
from tests.factories.office import ThreadFactory, ThreadMessageFactory
from tests.office.closing.traces import found_in_tables

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
ASK = "/ask/"


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (20, 20), "red").save(out, "PNG")
    return out.getvalue()


def asked(owner: User, now: datetime, text: str = "May I have more time?") -> Thread:
    return domain.ask(uid=uuid4(), text=text, context=Context(), user=owner, now=now)


def mails(kind: str) -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(kind=kind).order_by("pk"))


# ---- asking


def test_double_submit_makes_one_thread_with_its_context(owner: User, client_of: ClientOf) -> None:
    make_provider()
    course = VersionFactory(course__slug="face").course
    form = {"uid": str(uuid4()), "text": "Will it count? 🙂", "page": "/courses/face/"}
    client = client_of(owner)

    answers = [client.post(ASK, form) for _ in range(2)]

    thread = Thread.objects.get()
    assert [answer.url for answer in answers] == [thread.get_absolute_url()] * 2
    assert (thread.user, thread.course, thread.status) == (owner, course, "open")
    assert [mail.to_email for mail in mails("office_question")] == ["office@example.com"]


def test_form_id_of_somebody_else_leads_to_no_thread_of_theirs(
    owner: User, stranger: User, client_of: ClientOf
) -> None:
    uid = str(uuid4())
    client_of(owner).post(ASK, {"uid": uid, "text": "Mine, and private."})

    answer = client_of(stranger).post(ASK, {"uid": uid, "text": "Something else."})

    assert Thread.objects.count() == 2
    assert answer.url == Thread.objects.get(user=stranger).get_absolute_url()


def test_visitor_is_answered_by_mail_only_and_robots_are_thanked(client: Client) -> None:
    form = {"name": "N" * 60, "email": "Visitor@Example.com", "text": "Do you teach in Spanish?"}

    answer = client.post(ASK, form)
    robot = client.post(ASK, form | {"website": "https://spam.example"})

    assert answer.url == robot.url == reverse("office:ask-sent")
    thread = Thread.objects.get()
    assert (thread.user, thread.email, thread.name) == (None, "visitor@example.com", "N" * 60)


def test_too_many_questions_of_a_visitor_are_refused_and_the_text_stays(client: Client) -> None:
    form = {"name": "V", "text": "Once more."}
    for number in range(5):
        client.post(ASK, form | {"email": f"v{number}@example.com"})

    answer = client.post(ASK, form | {"email": "other@example.com", "text": "What I typed."})

    assert answer.status_code == 429
    assert "What I typed." in answer.content.decode()
    assert Thread.objects.count() == 5


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("/courses/", "/courses/"),
        ("/nothing/here/?token=abc", "/nothing/here/"),
        ("/mail/stop/abc:def/", ""),
        ("//evil.example/", ""),
        ("https://evil.example/", ""),
        ("/" + "a" * 400, ""),
    ],
)
def test_page_is_remembered_unless_its_address_opens_something(sent: str, kept: str) -> None:
    assert page_of(sent) == kept


def test_certificate_of_somebody_else_is_no_context(
    owner: User, stranger: User, client_of: ClientOf
) -> None:
    certificate = make_certificate(user=owner)
    page = f"/certificates/{certificate.serial}/"
    for user in (owner, stranger):
        client_of(user).post(ASK, {"text": "About this.", "page": page})

    found = dict(Thread.objects.values_list("user__email", "certificate__serial"))
    assert found == {owner.email: certificate.serial, stranger.email: None}


def test_picture_is_made_anew_and_a_program_in_a_pdf_is_refused(
    owner: User, stranger: User, client_of: ClientOf
) -> None:
    client = client_of(owner)
    picture = SimpleUploadedFile("a.png", png(), "image/png")
    program = SimpleUploadedFile("a.pdf", b"%PDF-1.7 /JavaScript (x) %%EOF", "application/pdf")

    client.post(ASK, {"text": "See the screenshot.", "file": picture})
    refused = client.post(ASK, {"text": "See this.", "file": program})

    assert (refused.status_code, "See this." in refused.content.decode()) == (422, True)
    message = ThreadMessage.objects.get()
    url = reverse("office:question-file", args=[message.thread.uid, message.uid])
    answer = client.get(url)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert client_of(stranger).get(url).status_code == 404


# ---- answering


def test_answer_goes_by_mail_and_stands_on_the_page(
    owner: User, registrar: User, client_of: ClientOf, now: datetime
) -> None:
    evil = "Hello\n→ Press here: https://evil.example/\n<b>x</b>"
    thread = asked(owner, now, evil)
    office = client_of(registrar)
    url = reverse("office:office-question-write", args=[thread.uid])
    form = {
        "uid": str(uuid4()),
        "how": "answer",
        "text": "Yes, 14 days.",
        "seen": domain.newest_of(thread),
    }

    for _ in range(2):
        office.post(url, form)

    (mail,) = mails("office_answer")
    thread.refresh_from_db()
    page = client_of(owner).get(thread.get_absolute_url()).content.decode()
    assert (thread.status, thread.waiting_since) == ("answered", None)
    assert (mail.to_user_id, "> Yes, 14 days." in mail.body) == (owner.pk, True)
    assert "\n→ Press" not in mail.body
    assert ("Yes, 14 days." in page, "<b>x</b>" in page) == (True, False)


def test_answer_that_did_not_see_the_last_word_waits_and_is_not_lost(
    owner: User, registrar: User, client_of: ClientOf, now: datetime
) -> None:
    thread = asked(owner, now)
    seen = domain.newest_of(thread)
    domain.write_on(thread, uid=uuid4(), text="It is solved.", by=owner, now=now)
    office = client_of(registrar)
    url = reverse("office:office-question-write", args=[thread.uid])

    late = office.post(url, {"how": "answer", "text": "My long answer.", "seen": seen})

    words = late.content.decode()
    assert late.status_code == 422
    assert [each in words for each in ("Somebody wrote", "It is solved.", "My long answer.")] == [
        True,
        True,
        True,
    ]
    assert mails("office_answer") == []


def test_notes_are_seen_by_the_office_alone(
    owner: User, registrar: User, client_of: ClientOf, now: datetime
) -> None:
    thread = asked(owner, now)
    domain.add_note(thread, uid=uuid4(), text="Difficult on the phone.", by=registrar, now=now)

    theirs = client_of(owner).get(thread.get_absolute_url()).content.decode()
    ours = client_of(registrar).get(reverse("office:office-question-detail", args=[thread.uid]))

    assert "Difficult" not in theirs
    assert "Difficult" not in str(parts.SHARE.export(owner))
    assert "Difficult on the phone." in ours.content.decode()


def test_person_writes_on_and_the_thread_waits_again(
    owner: User, registrar: User, client_of: ClientOf, now: datetime
) -> None:
    thread = asked(owner, now)
    domain.close(thread, by=registrar, now=now)

    client_of(owner).post(thread.get_absolute_url(), {"text": "One more thing."})

    thread.refresh_from_db()
    assert (thread.status, thread.waiting_since is not None) == ("open", True)


def test_call_is_noted_at_the_person_and_answered_by_phone(
    owner: User, registrar: User, client_of: ClientOf
) -> None:
    office = client_of(registrar)
    form = {"channel": "phone", "email": owner.email.upper(), "text": "Cannot sign in."}
    nobody = {"channel": "phone", "name": "A caller", "text": "Do you teach in Ohio?"}

    for sent in (form, nobody):
        office.post(reverse("office:office-question-new"), sent)
    theirs, callers = Thread.objects.order_by("pk")
    for how in ("answer", "called"):
        url = reverse("office:office-question-write", args=[callers.uid])
        office.post(url, {"how": how, "text": "Yes.", "seen": domain.newest_of(callers)})

    assert theirs.user == owner
    said = list(callers.messages.order_by("pk").values_list("author", "channel"))
    assert said == [("person", "phone"), ("office", "phone")]
    assert mails("office_answer") == mails("office_question") == []


# ---- whose it is


def test_visitors_questions_become_theirs_when_the_address_is_proved(
    owner: User, now: datetime
) -> None:
    thread = ThreadFactory(user=None, email=owner.email)
    other = ThreadFactory(user=None, email="other@example.com")
    address = EmailAddress.objects.create(user=owner, email=owner.email.title(), verified=True)

    email_confirmed.send(sender=EmailAddress, request=None, email_address=address)

    thread.refresh_from_db()
    other.refresh_from_db()
    assert (thread.user, other.user) == (owner, None)


def test_erasing_takes_texts_and_files_and_leaves_that_it_was_asked(
    owner: User, now: datetime
) -> None:
    thread = asked(owner, now, "My name is Olivia.")
    domain.write_on(
        thread,
        uid=uuid4(),
        text="See.",
        by=owner,
        attachment=domain_attachment(now),
        now=now,
    )
    kept = StoredFile.objects.get()

    assert set(parts.SHARE.export(owner)) > {"office-questions.json"}
    parts.SHARE.erase(owner, now=now)
    jobs.run(BackgroundJob.objects.get(kind=LET_GO).pk, now=now)

    thread.refresh_from_db()
    assert not kept.storage.exists(kept.path)
    assert StoredFile.objects.count() == 0
    assert [message.text for message in thread.messages.all()] == ["", ""]
    assert (thread.title, thread.search_text) == ("Erased", "")


def test_erasing_takes_what_was_asked_from_an_address_that_nobody_proved(
    owner: User, now: datetime
) -> None:
    """Of somebody whom the office has brought in, and who never came."""
    EmailAddress.objects.create(user=owner, email=owner.email, verified=False, primary=True)
    thread = ThreadFactory(user=None, email=owner.email, name="Olivia Owner", title="Olivia asks")

    parts.SHARE.erase(owner, now=now)

    thread.refresh_from_db()
    assert (thread.email, thread.name, thread.title) == ("", "", "Erased")


# ---- lists


def test_longest_waiting_first_page_by_page_with_as_many_queries(
    registrar: User, client_of: ClientOf, now: datetime
) -> None:
    client = client_of(registrar)
    url = reverse("office:office-question-list")
    counts = []
    for number in range(30):
        ThreadFactory(title=f"T{number:02}", waiting_since=now - timedelta(hours=number % 7))
        if number in (0, 2, 29):
            client.get(url)
            with CaptureQueriesContext(connection) as captured:
                client.get(url)
            counts.append(len(captured))

    first = queries.threads_page(state="open", query="", assigned_to=None, after=None)
    rest = queries.threads_page(
        state="open", query="", assigned_to=None, after=str(first.older_after)
    )

    both = [*first.rows, *rest.rows]
    assert len(set(counts)) == 1
    assert len({row.pk for row in both}) == len(both) == 30
    assert [row.waiting_since for row in both] == sorted(row.waiting_since for row in both)


def test_thread_page_asks_as_often_for_many_messages(registrar: User, client_of: ClientOf) -> None:
    thread = ThreadFactory()
    client = client_of(registrar)
    url = reverse("office:office-question-detail", args=[thread.uid])
    counts = []
    for _ in range(3):
        ThreadMessageFactory(thread=thread, by=registrar, author="office")
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        counts.append(len(captured))

    assert len(set(counts)) == 1


def test_questions_are_found_by_name_address_and_words(owner: User, now: datetime) -> None:
    asked(owner, now, "About my attestation, please.")
    ThreadFactory(
        user=None, email="lucia@example.com", search_text="lucia ortega lucia@example.com"
    )

    def found(query: str) -> int:
        page = queries.threads_page(state="all", query=query, assigned_to=None, after=None)
        return len(page.rows)

    assert [found(each) for each in ("olivia", "attest", "Lucía", "lucia@ex", "nobody")] == [
        1,
        1,
        1,
        1,
        0,
    ]


def test_unanswered_ones_are_in_the_mail_of_the_day_and_on_the_desk(
    owner: User, registrar: User, client_of: ClientOf, now: datetime
) -> None:
    asked(owner, now - timedelta(days=2))
    member = StaffMember(registrar.pk, frozenset({"registrar"}), now.date(), now)

    (line,) = parts.questions_waiting(member)
    desk = client_of(registrar).get(reverse("pages:office")).content.decode()

    assert line.words == "1 question to the office"
    assert "waiting for 2 days" in line.details[0]
    assert "1 question waits for an answer" in desk


def domain_attachment(now: datetime) -> tuple[StoredFile, str]:
    from ce_platform.office.asking.attachments import keep_attachment

    return keep_attachment(SimpleUploadedFile("a.png", png(), "image/png"), now=now)


# ---- saved replies


def test_saved_reply_begins_an_answer_and_what_was_typed_stays(
    owner: User, registrar: User, client_of: ClientOf, now: datetime
) -> None:
    client, thread = client_of(registrar), asked(owner, now)
    new, write = (
        reverse("office:office-reply-new"),
        reverse("office:office-question-write", args=[thread.uid]),
    )
    client.post(new, {"title": "Extra time", "text": "You have two weeks more."})
    reply = SavedReply.objects.get()

    assert client.post(new, {"title": "EXTRA time", "text": "Another."}).status_code == 422
    page = client.post(write, {"how": "begin", "reply": str(reply.uid), "text": "Dear Olivia,"})

    assert page.status_code == 200
    assert page.context["form"]["text"].value() == "Dear Olivia,\n\nYou have two weeks more."
    assert thread.messages.count() == 1
    edit = reverse("office:office-reply-edit", args=[reply.uid])
    client.post(edit, {"title": "Extra time", "text": "One week."})
    assert SavedReply.objects.get().text == "One week."
    for _ in range(2):
        client.post(reverse("office:office-reply-remove", args=[reply.uid]))
    gone = client.post(write, {"how": "begin", "reply": str(reply.uid), "text": "Dear"})
    assert gone.context["form"]["text"].value() == "Dear"


# ---- erasing a visitor's question


def test_visitors_question_is_erased_with_its_files_and_mails(
    registrar: User, client_of: ClientOf, now: datetime
) -> None:
    make_provider()
    said = "A zyxqua question about my broken wrist"
    visitor = {"email": "vera@example.net", "name": "Vera Visitor"}
    thread = domain.ask(uid=uuid4(), text=said, context=Context("/courses/"), now=now, **visitor)
    other = domain.ask(
        uid=uuid4(), text="Another one of mine", context=Context(), now=now, **visitor
    )
    upload = SimpleUploadedFile("x.png", png(), content_type="image/png")
    kept = keep_attachment(upload, now=now)
    domain.answer(
        thread, uid=uuid4(), text="Dear Vera", seen=10**9, attachment=kept, by=registrar, now=now
    )
    OutgoingMail.objects.update(status="sent", sent_at=now)
    (answer,) = mails("office_answer")
    again = resend(answer, by=registrar, now=now)
    put_in_outbox(
        subject="Today", body=f"Vera Visitor: {said}", to_email="office@example.com", now=now
    )
    client, url = client_of(registrar), reverse("office:office-question-erase", args=[thread.uid])

    assert client.post(url, {"reason": " "}).status_code == 422
    for _ in range(2):
        client.post(url, {"reason": "Asked by Vera Visitor, June 3."})

    for job in BackgroundJob.objects.filter(kind=LET_GO):
        jobs.run(job.pk, now=now)
    left = found_in_tables(("zyxqua", "dear vera", "broken wrist"))
    assert left == {}
    assert not StoredFile.objects.filter(pk=kept[0].pk).exists()
    assert {mail.to_email for mail in (answer, again)} == {"vera@example.net"}
    assert set(OutgoingMail.objects.filter(kind="office_answer").values_list("to_email")) == {
        (f"erased-{thread.uid}@invalid",)
    }
    event = AuditEvent.objects.get(action="question.erased")
    assert event.detail == '{"reason":"Asked by [erased], June 3."}'
    # What else they asked is theirs to have erased, and stays.
    assert list(Thread.objects.filter(email="vera@example.net")) == [other]
    page = client.get(reverse("office:office-question-detail", args=[thread.uid])).content.decode()
    assert "This question was erased" in page
    note = {"how": "note", "text": "Vera wrote once more."}
    write = reverse("office:office-question-write", args=[thread.uid])
    client.post(write, note)
    assert set(thread.messages.values_list("text", flat=True)) == {""}


def test_question_of_an_account_is_not_erased_by_itself(
    owner: User, registrar: User, client_of: ClientOf, now: datetime
) -> None:
    thread = asked(owner, now)

    client_of(registrar).post(
        reverse("office:office-question-erase", args=[thread.uid]), {"reason": "No."}
    )

    assert thread.messages.get().text == "May I have more time?"
    with pytest.raises(domain.ThreadRefused):
        erase_question(thread, reason="No.", by=registrar, now=now)
