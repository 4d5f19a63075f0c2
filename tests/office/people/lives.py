"""One person in every state, each with the same life behind them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.core.mail import put_in_outbox
from ce_platform.core.mail_bounces import note_bounce
from ce_platform.core.models import OutgoingMail
from ce_platform.office.asking.models import Thread
from ce_platform.office.closing.closing import close_account
from ce_platform.office.merging.merging import merge_accounts
from certificates.domain.corrected import Correction
from certificates.domain.corrections import ask_correction
from certificates.models import CorrectionRequest
from courses.domain.enrolling import withdraw
from courses.models import Course, CourseVersion, Enrollment
from quizzes.models import Quiz
from tests.accounts.second_steps import add_app
from tests.factories.accounts import UserFactory
from tests.factories.certificates import make_certificate, make_provider
from tests.factories.courses import EnrollmentFactory, VersionFactory
from tests.factories.office import ThreadFactory, ThreadMessageFactory
from tests.factories.quizzes import quiz_with
from tests.office.cells import Press

WHY = "Called from the number on file."


@dataclass
class Life:
    """At work in a course, left another, completed a third and asked to have it corrected; with a
    message, a question, and a second account."""

    person: User
    twin: User
    studying: Enrollment
    quiz: Quiz
    left: Enrollment
    correction: CorrectionRequest
    other_course: CourseVersion
    mail: OutgoingMail
    thread: Thread
    visitors: Thread


def life_of(person: User, *, now: datetime) -> Life:
    make_provider()
    twin = UserFactory(email="twin@example.com")
    EmailAddress.objects.create(user=twin, email=twin.email, verified=True, primary=True)
    studying, left = EnrollmentFactory(user=person), EnrollmentFactory(user=person)
    withdraw(left.pk, by=person, now=now)
    certificate = make_certificate(user=person)
    mail = put_in_outbox(
        subject="S", body="B", to_email=person.email, to_user_id=person.pk, now=now
    )
    OutgoingMail.objects.update(status="sent", sent_at=now)
    thread = ThreadFactory(user=person)
    ThreadMessageFactory(thread=thread, by=person)
    return Life(
        person=person,
        twin=twin,
        studying=studying,
        quiz=quiz_with(1, version=studying.version, attempts_allowed=1, time_limit_seconds=600),
        left=left,
        correction=ask_correction(
            certificate, correction=Correction("Another Name", ()), by=person, now=now
        ),
        other_course=VersionFactory(),
        mail=mail,
        thread=thread,
        visitors=ThreadFactory(user=None, email="visitor@example.com"),
    )


# ---------------------------------------------------------------- how they came to be so


def _prove(life: Life, by: User, now: datetime) -> None:
    EmailAddress.objects.create(
        user=life.person, email=life.person.email, verified=True, primary=True
    )


def _bounce(life: Life, by: User, now: datetime) -> None:
    life.mail.refresh_from_db()
    note_bounce(life.mail, reason="550 no such mailbox", by=by, now=now)


def _never(life: Life, by: User, now: datetime) -> None:
    User.objects.filter(pk=life.person.pk).update(last_login=None)


def _add_step(life: Life, by: User, now: datetime) -> None:
    add_app(life.person)


def _switch_off(life: Life, by: User, now: datetime) -> None:
    User.objects.filter(pk=life.person.pk).update(is_active=False, last_login=None)


def _close(life: Life, by: User, now: datetime) -> None:
    close_account(life.person, reason=WHY, by=by, now=now)


def _merge(life: Life, by: User, now: datetime) -> None:
    merge_accounts(life.person, life.twin, reason=WHY, by=by, now=now)


def _give(role: str) -> Callable[[Life, User, datetime], None]:
    def give(life: Life, by: User, now: datetime) -> None:
        life.person.groups.add(Group.objects.get(name=role))

    return give


def _own_a_course(life: Life, by: User, now: datetime) -> None:
    _give("instructor")(life, by, now)
    Course.objects.filter(pk=life.other_course.course_id).update(owner=life.person)


def _nothing(life: Life, by: User, now: datetime) -> None:
    pass


STATES: dict[str, Callable[[Life, User, datetime], None]] = {
    "never": _never,
    "here": _nothing,
    "proved": _prove,
    "bounced": _bounce,
    "2-step": _add_step,
    "off": _switch_off,
    "closed": _close,
    "merged": _merge,
    "teacher": _give("instructor"),
    "author": _own_a_course,
    "office": _give("registrar"),
    "machine": _give("operator"),
    "oneself": _nothing,
}


def presses(life: Life) -> dict[str, Press]:
    """Everything that can be done to a person, as the registrar's pages send it."""
    person, row, key = life.person, life.studying, life.studying.pk
    page = reverse("office:person-detail", args=[person.uid])
    merge = reverse("office:person-merge", args=[person.uid])
    twin = reverse("office:person-merge", args=[life.twin.uid])
    thread = reverse("office:office-question-detail", args=[life.thread.uid])
    write = reverse("office:office-question-write", args=[life.thread.uid])
    refund = reverse("office:access-refund", args=[row.uid])
    close = reverse("office:person-close", args=[person.uid])
    seen = life.thread.messages.order_by("-pk")[0].pk
    merging: dict[str, Any] = {"reason": WHY, "is_sure": "on"}

    def on_page(url: str, /, *arguments: Any, **form: Any) -> Press:
        return Press(reverse(f"office:{url}", args=[person.uid, *arguments]), form, page)

    def of_course(url: str, prefix: str, /, *more: Any, **form: Any) -> Press:
        named = {f"{prefix}-{field}": value for field, value in form.items()}
        return on_page(url, row.uid, *more, **named)

    def on_thread(how: str) -> Press:
        form = {"how": how, "text": "As we said.", "seen": seen}
        return Press(write, form, thread, mark=f'value="{how}"')

    return {
        "enroll": on_page("person-enroll", course=life.other_course.course.slug),
        "withdraw": of_course("person-withdraw", f"withdraw-{key}", reason=WHY),
        "attempts": of_course(
            "person-attempts", f"attempts-{key}-{life.quiz.pk}", life.quiz.key, left=1, count=2
        ),
        "time": of_course("person-time", f"time-{key}", extra_percent=50, reason=WHY),
        "refund": Press(refund, {"reason": WHY}, refund, mark='name="reason"'),
        "resend": on_page("person-mail-resend", life.mail.uid),
        "works": on_page("person-address-works"),
        "address": on_page("person-address", email="new@example.com", reason=WHY),
        "name": on_page("person-name", name="Olivia Ówner", reason=WHY),
        "correction": on_page(
            "person-correction", life.correction.uid, serial=life.correction.certificate.serial
        ),
        "second-step": on_page("person-second-step", reason=WHY),
        "sign-ins": on_page("person-sign-ins-end"),
        "invite": on_page("person-invite"),
        "role": Press(
            roles := reverse("office:staff-roles", args=[person.uid]),
            {"roles": ["instructor", "registrar"]},
            roles,
            mark='value="instructor"',
        ),
        "close": Press(close, {"reason": WHY, "is_sure": "on"}, close, mark='name="is_sure"'),
        "stays": Press(
            merge,
            {"other": life.twin.uid, **merging},
            f"{merge}?other={life.twin.uid}",
            mark='name="is_sure"',
        ),
        "goes": Press(
            twin,
            {"other": person.uid, **merging},
            f"{twin}?other={person.uid}",
            mark='name="is_sure"',
        ),
        "answer": on_thread("answer"),
        "note": on_thread("note"),
        "said": on_thread("phone"),
        "told": on_thread("called"),
        "done-with": Press(
            state := reverse("office:office-question-state", args=[life.thread.uid]),
            {"to": "closed"},
            thread,
            mark=f'action="{state}"',
        ),
        "call": Press(
            reverse("office:office-question-new"),
            {"channel": "phone", "email": person.email, "text": "She called."},
            page,
            mark=reverse("office:office-question-new"),
        ),
        "attach": Press(
            reverse("office:office-question-attach", args=[life.visitors.uid]),
            {"email": person.email},
        ),
    }
