"""What the log says of a person, in sentences.

One query for the log, and one for each kind of thing that a person has, for its name.
"""

import json
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import Q
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.accounts.staffing import ROLE_WORDS
from ce_platform.core import codes
from ce_platform.core.models import AuditEvent
from ce_platform.core.text import sha256_text
from ce_platform.licensing.models import ExternalCredit
from ce_platform.office.people import asked
from ce_platform.office.people.parts import Event
from certificates.models import ReportLine, SharedPage, Transcript

Detail = Mapping[str, Any]
Subjects = dict[tuple[str, str], tuple[str, str]]
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
    "role.given": lambda detail: f"The role {_role(detail)} was given",
    "role.removed": lambda detail: f"The role {_role(detail)} was removed",
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


SENTENCES: Final[Mapping[str, Mapping[str, Sentence]]] = {
    "account": ACCOUNT,
    "course": COURSE,
    "quiz": QUIZ,
    "certificate": CERTIFICATE,
    "license": LICENSE,
}
_NOUNS: Final = {
    "user": "account",
    "mail-address": "account",
    "certificate": "certificate",
    "transcript": "certificate",
    "shared-page": "certificate",
    "report-line": "certificate",
    "license": "license",
    "external-credit": "license",
}
"""What nobody has put into words is told of these by its name in the log. Of the others, which have
parts of two kinds (an enrollment's time for quizzes is no event of the course), only what has."""
_TOLD_BY_OTHERS: Final = ("account.closed", "account.merged")


_PLACE: Final = ("body__kind", "body__abbreviation", "body__name", "body__jurisdiction")


def logged_events(
    user: User, kinds: Collection[str], most: int, before: datetime | None
) -> list[Event]:
    """The newest `most` of these kinds, see SENTENCES; of other kinds the log tells nothing."""
    subjects: Subjects = {}
    for kind, found in _SUBJECTS.items():
        if kind in kinds or (kind == "course" and "quiz" in kinds):
            subjects |= found(user)
    worded = {action for kind in ("course", "quiz") if kind in kinds for action in SENTENCES[kind]}
    if not subjects:
        return []
    events = AuditEvent.objects.filter(
        Q(subject_type__in=_NOUNS) | Q(action__in=worded),
        subject_type__in={noun for noun, _ in subjects},
        subject_id__in=[name for _, name in subjects],
    ).exclude(action__in=_TOLD_BY_OTHERS)
    if before is not None:
        events = events.filter(at__lt=before)
    return [
        _event(event, user, _kind(event), subjects[event.subject_type, event.subject_id])
        for event in events.order_by("-at", "-pk")[:most]
        if (event.subject_type, event.subject_id) in subjects
    ]


def _kind(event: AuditEvent) -> str:
    return _NOUNS.get(event.subject_type) or ("course" if event.action in COURSE else "quiz")


def _account(user: User) -> Subjects:
    return {
        ("user", str(user.uid)): ("", ""),
        ("user", str(user.pk)): ("", ""),
        ("mail-address", sha256_text(user.email.lower())): ("", ""),
    }


def _enrollments(user: User) -> Subjects:
    return {
        ("enrollment", str(row.uid)): (f"“{row.version.title}”", "")
        for row in asked.enrollments_of(user)
    }


def _quizzes(user: User) -> Subjects:
    return {
        ("attempt", str(row.uid)): (f"“{row.quiz.title}”", "") for row in asked.attempts_of(user)
    } | {
        ("attempt-request", str(row.uid)): (f"“{row.quiz.title}”", "")
        for row in asked.attempt_requests_of(user)
    }


def _certificates(user: User) -> Subjects:
    found: Subjects = {
        ("certificate", row.serial): (
            f"{codes.dashed(row.serial)} for “{row.course_title}”",
            reverse("certificates:office-certificate-detail", args=[row.serial]),
        )
        for row in asked.certificates_of(user)
    }
    transcripts = asked.rows_of(
        user, "transcripts", lambda: Transcript.objects.filter(user=user).only("uid")
    )
    shared = asked.rows_of(
        user, "shared-pages", lambda: SharedPage.objects.filter(user=user).only("uid")
    )
    lines = asked.rows_of(
        user,
        "report-lines",
        lambda: (
            ReportLine.objects.filter(root__user=user)
            .select_related("body")
            .only("uid", "root_id", *_PLACE)
            .order_by()
        ),
    )
    titles = {row.pk: row.course_title for row in asked.certificates_of(user)}
    found |= {("transcript", str(row.uid)): ("", "") for row in transcripts}
    found |= {("shared-page", str(row.uid)): ("", "") for row in shared}
    return found | {
        ("report-line", str(line.uid)): (f"{line.body.place}, “{titles[line.root_id]}”", "")
        for line in lines
    }


def _licenses(user: User) -> Subjects:
    earned = asked.rows_of(
        user,
        "credits",
        lambda: ExternalCredit.objects.filter(user=user).order_by().only("uid", "title"),
    )
    return {
        ("license", str(row.uid)): (f"{row.body.place} {row.number}", "")
        for row in asked.licenses_of(user)
    } | {("external-credit", str(row.uid)): (f"“{row.title}”", "") for row in earned}


_SUBJECTS: Final[Mapping[str, Callable[[User], Subjects]]] = {
    "account": _account,
    "course": _enrollments,
    "quiz": _quizzes,
    "certificate": _certificates,
    "license": _licenses,
}


def _role(detail: Detail) -> str:
    name = str(detail.get("role", ""))
    return str(ROLE_WORDS.get(name, name))


def _event(event: AuditEvent, user: User, kind: str, called: tuple[str, str]) -> Event:
    detail: Detail = json.loads(event.detail)
    known = SENTENCES[kind].get(event.action)
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
