"""What the log says of a person, in sentences. Each function asks a constant number of queries."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.core import codes
from ce_platform.core.models import AuditEvent
from ce_platform.core.text import sha256_text
from ce_platform.licensing.models import ExternalCredit, License
from ce_platform.office.people.parts import Event
from certificates.models import Certificate, ReportLine, SharedPage, Transcript
from courses.models import Enrollment
from quizzes.models import Attempt, AttemptRequest

Detail = Mapping[str, Any]
Subjects = Mapping[tuple[str, str], tuple[str, str]]
"""(subject type, subject id) → (what it is called, where its page is)"""
Sentence = str | Callable[[Detail], str]
"""`%s` is what the subject is called."""


def _changed(what: str) -> Callable[[Detail], str]:
    def words(detail: Detail) -> str:
        names = " ".join(str(each) for each in detail.get("changed", {})).replace("_", " ")
        return f"{what}: {names}" if names else what

    return words


ACCOUNT: Final[Mapping[str, Sentence]] = {
    "account.made": "Account made by the office",
    "account.invited": "Invited",
    "person.changed": _changed("Changed in the profile"),
    "email.changed": "Moved to another address",
    "email.set-by-office": "Address set by the office",
    "name.corrected": lambda detail: f"Name corrected to {detail.get('name', '')}",
    "account.name-filled-in": "Name filled in by an import",
    "account.phone-filled-in": "Phone number filled in by an import",
    "phone.set-by-office": "Phone number set by the office",
    "phone.removed-by-office": "Phone number removed by the office",
    "mail-address.mended": "Address works again",
    "mail-preference.switched": "Chose which mail to get",
    "password.changed": "Changed the password",
    "password.reset": "Set a new password by a code",
    "second_step.added": "Second step set up",
    "second_step.removed": "Second step taken away",
    "second_step.reset": "Second step reset by the office",
    "second_step.recovery_codes_made": "Recovery codes made",
    "second_step.recovery_code_used": "A recovery code was used",
    "sign_in.ended": lambda detail: (
        "All sign-ins ended" if detail.get("how") == "all" else "Sign-in ended"
    ),
    "sign_in.guessing_refused": "Too many wrong passwords or codes; further ones were refused",
}
COURSE: Final[Mapping[str, Sentence]] = {
    "enrollment.opened": "Enrolled in %s",
    "enrollment.reopened": "Came back to %s",
    "enrollment.withdrawn": "Left %s",
    "enrollment.moved": "Took the newer version of %s",
    "enrollment.stayed": "Stayed with the older version of %s",
    "enrollment.completed": "Completed %s",
    "evaluation.submitted": "Evaluated %s",
    "attestation.made": "Signed the statement for %s",
    "attendance.recorded": "Attendance recorded: %s",
    "attendance.taken-back": "Attendance taken back: %s",
}
QUIZ: Final[Mapping[str, Sentence]] = {
    "quiz-time.granted": lambda detail: f"{detail.get('extra_percent', 0)} % more time in %s",
    "attempt.voided": "Attempt set aside: %s",
    "attempt.graded-anew": "Graded anew: %s",
    "attempt-request.asked": "Asked for another attempt at %s",
    "attempt-request.granted": "Got another attempt at %s",
    "attempt-request.declined": "Another attempt declined: %s",
}
CERTIFICATE: Final[Mapping[str, Sentence]] = {
    "certificate.issued": "Certificate %s issued",
    "certificate.replaced": "Certificate %s replaced",
    "certificate.issued-anew": "Certificate %s issued anew",
    "certificate.revoked": "Certificate %s revoked",
    "certificate.document-not-made": "PDF of certificate %s could not be made",
    "correction.asked": "Correction asked for certificate %s",
    "correction.granted": "Correction of certificate %s granted",
    "correction.refused": "Correction of certificate %s refused",
    "correction.withdrawn": "Correction of certificate %s withdrawn",
    "transcript.asked": "Asked for a transcript",
    "transcript.made": "Transcript made",
    "shared-page.switched-on": "Shared page switched on",
    "shared-page.switched-off": "Shared page switched off",
    "report-line.exported": "Report sent: %s",
    "report-line.accepted": "Report accepted: %s",
    "report-line.rejected": "Report rejected: %s",
    "report-line.not-needed": "Not reported: %s",
    "report-line.pending": "To be reported: %s",
    "report-line.corrected": "Report corrected: %s",
    "report-line.asked": "Asked whether hours may be reported: %s",
}
LICENSE: Final[Mapping[str, Sentence]] = {
    "license.added": "License noted: %s",
    "license.changed": "License changed: %s",
    "license.removed": "License removed: %s",
    "license.restored": "License put back: %s",
    "external-credit.added": "Hours earned elsewhere noted: %s",
    "external-credit.changed": "Hours earned elsewhere changed: %s",
    "external-credit.removed": "Hours earned elsewhere removed: %s",
    "report-consent.given": "Allowed reports under %s",
    "report-consent.refused": "Refused reports under %s",
}


def account_events(user: User, most: int, before: datetime | None) -> list[Event]:
    subjects = {
        ("user", str(user.uid)): ("", ""),
        ("user", str(user.pk)): ("", ""),
        ("mail-address", sha256_text(user.email.lower())): ("", ""),
    }
    return _told(user, "account", subjects, ACCOUNT, most, before)


def course_events(user: User, most: int, before: datetime | None) -> list[Event]:
    return _told(user, "course", _enrollments(user), COURSE, most, before)


def quiz_events(user: User, most: int, before: datetime | None) -> list[Event]:
    subjects = _enrollments(user)
    for model, noun in ((Attempt, "attempt"), (AttemptRequest, "attempt-request")):
        rows = model._default_manager.filter(enrollment__user=user).order_by()
        subjects |= {
            (noun, str(uid)): (f"“{title}”", "")
            for uid, title in rows.values_list("uid", "quiz__title")
        }
    return _told(user, "quiz", subjects, QUIZ, most, before)


def certificate_events(user: User, most: int, before: datetime | None) -> list[Event]:
    subjects: dict[tuple[str, str], tuple[str, str]] = {
        ("certificate", serial): (
            f"{codes.dashed(serial)} for “{title}”",
            reverse("certificates:office-certificate-detail", args=[serial]),
        )
        for serial, title in Certificate.objects.filter(user=user)
        .order_by()
        .values_list("serial", "course_title")
    }
    for model, noun in ((Transcript, "transcript"), (SharedPage, "shared-page")):
        uids = model._default_manager.filter(user=user).values_list("uid", flat=True)
        subjects |= {(noun, str(uid)): ("", "") for uid in uids}
    lines = ReportLine.objects.filter(root__user=user).select_related("body", "root")
    subjects |= {
        ("report-line", str(line.uid)): (f"{line.body.place}, “{line.root.course_title}”", "")
        for line in lines
    }
    return _told(user, "certificate", subjects, CERTIFICATE, most, before)


def license_events(user: User, most: int, before: datetime | None) -> list[Event]:
    subjects = {
        ("license", str(row.uid)): (f"{row.body.place} {row.number}", "")
        for row in License.objects.filter(user=user).select_related("body")
    } | {
        ("external-credit", str(uid)): (f"“{title}”", "")
        for uid, title in ExternalCredit.objects.filter(user=user).values_list("uid", "title")
    }
    return _told(user, "license", subjects, LICENSE, most, before)


def _enrollments(user: User) -> dict[tuple[str, str], tuple[str, str]]:
    """Asked for once per page: two kinds of events hang on them."""
    known: dict[tuple[str, str], tuple[str, str]] | None = getattr(user, "_told_courses", None)
    if known is None:
        rows = Enrollment.objects.filter(user=user).order_by().values_list("uid", "version__title")
        known = {("enrollment", str(uid)): (f"“{title}”", "") for uid, title in rows}
        user._told_courses = known  # type: ignore[attr-defined]
    return dict(known)


def _told(
    user: User,
    kind: str,
    subjects: Subjects,
    sentences: Mapping[str, Sentence],
    most: int,
    before: datetime | None,
) -> list[Event]:
    """What nobody has put into words is told by its name in the log, except where the subject has
    parts of two kinds (an enrollment's time for quizzes is no event of the course)."""
    events = AuditEvent.objects.filter(
        subject_type__in={noun for noun, _ in subjects},
        subject_id__in=[name for _, name in subjects],
    )
    if kind in ("course", "quiz"):
        events = events.filter(action__in=sentences)
    if before is not None:
        events = events.filter(at__lt=before)
    return [
        _event(event, user, kind, subjects[event.subject_type, event.subject_id], sentences)
        for event in events.order_by("-at", "-pk")[:most]
        if (event.subject_type, event.subject_id) in subjects
    ]


def _event(
    event: AuditEvent,
    user: User,
    kind: str,
    called: tuple[str, str],
    sentences: Mapping[str, Sentence],
) -> Event:
    detail: Detail = json.loads(event.detail)
    known = sentences.get(event.action)
    words = known(detail) if callable(known) else known or _plain(event.action)
    name, url = called
    return Event(
        at=event.at,
        sentence=words.replace("%s", name) if "%s" in words else words,
        kind=kind,
        url=url,
        note=str(detail.get("reason") or detail.get("answer") or ""),
        actor="" if event.actor_id in (None, user.pk) else event.actor_label,
    )


def _plain(action: str) -> str:
    """license.proof-added → License proof added"""
    return action.replace(".", " ").replace("-", " ").replace("_", " ").capitalize()
