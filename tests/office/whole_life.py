"""A person who has said something wherever somebody can say anything."""

import json

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore

from ce_platform.accounts.models import User
from ce_platform.core import audit
from ce_platform.core.files import store_bytes
from ce_platform.core.mail import put_in_outbox
from ce_platform.core.models import BackgroundJob, StoredFile
from ce_platform.office.asking.replies import keep_reply
from ce_platform.office.moving_in.drafts import person_key
from ce_platform.office.moving_in.models import ImportLine, ImportRun
from ce_platform.office.people import index
from ce_platform.office.people.models import CourseMessage, PeopleListLine
from certificates.domain.corrected import Correction
from certificates.domain.corrections import ask_correction, refuse_correction
from certificates.domain.documents import ensure_document
from certificates.models import GroupIssueLine
from courses.domain.access import redeem
from courses.domain.margin import ask
from courses.models import (
    Course,
    Enrollment,
    EnrollmentRefund,
    Evaluation,
    Lesson,
    ShopCall,
    ShopSale,
)
from courses.shop.keys import add_shop, make_key
from quizzes.domain.extra_time import grant_time
from quizzes.models import AttemptItem, AttemptRequest
from tests.factories.access import code_for
from tests.factories.certificates import NOW, LicenseFactory, make_certificate
from tests.factories.courses import VersionFactory
from tests.factories.licensing import ExternalCreditFactory
from tests.factories.office import ThreadFactory, ThreadMessageFactory

PHONE = "(303) 555-0177"
SAID = "zyxqua told the office about a broken wrist"


def tell_everything(owner: User, registrar: User) -> None:
    """The person's words in every place where somebody can write some."""
    EmailAddress.objects.create(user=owner, email="second@example.net", verified=True)
    owner.phone = PHONE
    owner.save(update_fields=["phone"])
    studying = Enrollment.objects.get(user=owner, course__slug="studied")
    lesson = Lesson.objects.get(version=studying.version, slug="first")
    ask(studying, lesson, text=SAID, by=owner, now=NOW)
    AttemptRequest.objects.filter(enrollment=studying).update(message=SAID)
    grant_time(studying, extra_percent=50, reason=SAID, by=registrar, now=NOW)
    item = AttemptItem.objects.filter(attempt__enrollment=studying).order_by("pk")[0]
    AttemptItem.objects.filter(pk=item.pk).update(response=json.dumps({"text": SAID}))
    ExternalCreditFactory(
        user=owner,
        title=SAID,
        notes=SAID,
        proof=store_bytes(
            f"%PDF-1.7 {SAID}".encode(),
            area=StoredFile.Area.PRIVATE,
            content_type="application/pdf",
            now=NOW,
        ),
    )
    LicenseFactory(user=owner, number="ZYXQUA 1", name_on_license="Some Owner")
    again = make_certificate(user=owner, version=VersionFactory(course__slug="again"))
    ensure_document(again, now=NOW)
    Evaluation.objects.filter(enrollment=again.enrollment).update(comment=SAID)
    refuse_correction(
        ask_correction(
            again, correction=Correction("Zyxqua Zyxqua", ()), message=SAID, by=owner, now=NOW
        ),
        answer="No, Some Owner.",
        by=registrar,
        now=NOW,
    )
    line = GroupIssueLine.objects.all()[0]
    GroupIssueLine.objects.filter(pk=line.pk).update(
        name="Some Owner", email=owner.email, license_number="ZYXQUA 1"
    )
    put_in_outbox(subject="About Some Owner", body=f"> {SAID}\n", to_email=registrar.email, now=NOW)
    BackgroundJob.objects.create(kind="any", title=f"Transcript of {PHONE}", created_at=NOW)
    BackgroundJob.objects.create(kind="any", title="Transcript of Some Owner", created_at=NOW)
    audit.record(
        "anything.done",
        subject_type="anything",
        subject_id=1,
        by=registrar,
        now=NOW,
        whose="Some Owner",
        to=owner.email,
        note=SAID,
    )
    audit.record(
        "anything.done", subject_type="user", subject_id=owner.uid, by=owner, now=NOW, note=SAID
    )
    tell_the_office(owner, registrar, studying)
    session = SessionStore()
    session["account"] = owner.email
    session.create()
    UserSession.objects.create(user=owner, ip="192.0.2.1", session_key=session.session_key)


def tell_the_office(owner: User, registrar: User, studying: Enrollment) -> None:
    """Questions, codes and sales, lists, lines of another system."""
    asked = ThreadFactory(user=owner, title=SAID, search_text="some owner")
    ThreadMessageFactory(thread=asked, text=SAID)
    keep_reply(None, title="Thanks", text="Thank Some Owner.", by=registrar, now=NOW)
    before = ThreadFactory(user=None, email=owner.email, name="Some Owner", title=SAID)
    ThreadMessageFactory(thread=before, text=SAID)
    code = code_for(by=registrar, note="For Some Owner")
    redeem(code, by=owner, now=NOW)
    EnrollmentRefund.objects.create(
        enrollment=studying, reason=SAID, refunded_at=NOW, was_completed=False
    )
    shop = add_shop(name="Another shop", by=registrar, now=NOW)
    key, _secret = make_key(shop, by=registrar, now=NOW)
    ShopSale.objects.create(
        shop=shop,
        sale="1001",
        content_sha256="0" * 64,
        key=key,
        course=code.course,
        code=code,
        buyer_email=owner.email,
        buyer_name="Some Owner",
        received_at=NOW,
    )
    line = PeopleListLine.objects.order_by("pk")[0]
    PeopleListLine.objects.filter(pk=line.pk).update(
        name="Some Owner", email=owner.email, user=owner
    )
    tell_of_them_elsewhere(owner, shop=shop.name, registrar=registrar)
    line = f"{owner.email},Some Owner\n"
    run = file_to_bring_in("people.csv", f"E-mail,Name\n{line}", by=registrar)
    unnamed = file_to_bring_in("some owner.csv", f"Mailbox,Who\n{line}", by=registrar)
    ImportRun.objects.filter(pk=unnamed.pk).update(state=ImportRun.State.COLUMNS)
    ImportLine.objects.create(
        run=run,
        row=2,
        action=ImportLine.Action.NEW,
        values_json=json.dumps({"name": "Some Owner", "email": owner.email}),
        person_key=person_key(owner.email),
        user=owner,
    )
    index.refresh([owner.pk])


def file_to_bring_in(name: str, content: str, *, by: User) -> ImportRun:
    return ImportRun.objects.create(
        kind="people",
        state=ImportRun.State.LOOKED_AT,
        file=store_bytes(
            content.encode(),
            area=StoredFile.Area.PRIVATE,
            content_type="application/octet-stream",
            now=NOW,
        ),
        file_name=name,
        source="Another system",
        created_at=NOW,
        created_by_id=by.pk,
        created_by_label=by.email,
    )


def tell_of_them_elsewhere(owner: User, *, shop: str, registrar: User) -> None:
    """What others said of them, where it is not the person's own row."""
    of_another = ThreadFactory(title="Some Owner sits beside me", search_text="x some owner")
    ThreadMessageFactory(thread=of_another, text=f"Some Owner ({owner.email}) sits beside me.")
    CourseMessage.objects.create(
        course=Course.objects.order_by("pk")[0],
        to=CourseMessage.To.ALL,
        subject="Thanks to Some Owner",
        body="Some Owner brought cake.",
        created_at=NOW,
        created_by_id=registrar.pk,
        created_by_label=registrar.email,
    )
    ShopCall.objects.create(
        at=NOW,
        what="sale",
        status=201,
        code="made",
        sentence=f"The code is made, and its message is on its way to {owner.email}.",
        shop_name=shop,
        sale="1001",
    )
