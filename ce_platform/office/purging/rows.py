"""Every table that holds something of a person, in the order in which it can be emptied.

One list to read from top to bottom: children before parents. What is not in it stops a purge,
because every foreign key to a person or a record is PROTECT.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q, QuerySet

from ce_platform.accounts.models import User
from ce_platform.core.models import (
    AccountEnding,
    AuditEvent,
    BouncedAddress,
    MailAttachment,
    MailPreference,
    OutgoingMail,
    PolicyAcceptance,
    RecordHold,
)
from ce_platform.licensing.models import ExternalCredit, License, ReportConsent
from ce_platform.office.asking.models import Thread, ThreadMessage
from certificates.models import (
    Attestation,
    Certificate,
    CertificateBody,
    CertificateDocument,
    CorrectionRequest,
    GroupIssueLine,
    ImportedRecord,
    ReportBatchLine,
    ReportEvent,
    ReportLine,
    SharedCertificate,
    SharedPage,
    Transcript,
    UnfinishedDocument,
)
from courses.models import (
    AccessCodeUse,
    Attendance,
    CourseInvitation,
    DeclinedVersion,
    Enrollment,
    EnrollmentRefund,
    Evaluation,
    LessonProgress,
    MarginQuestion,
)
from quizzes.models import Attempt, AttemptItem, AttemptRequest, Grade, TimeGrant

Of = Callable[[User], QuerySet[Any]]


@dataclass(frozen=True)
class Table:
    name: str
    of: Of


def _of(model: Any, path: str) -> Of:
    return lambda user: model._default_manager.filter(**{path: user})


def _by_id(model: Any, path: str = "user_id") -> Of:
    return lambda user: model._default_manager.filter(**{path: user.pk})


def logged(user: User) -> QuerySet[AuditEvent]:
    """What they did, and what was done about them and their records. By way of the tables that
    are emptied afterwards, so it goes first."""

    def about(subject: str, rows: QuerySet[Any], field: str = "uid") -> Q:
        ids = [str(each) for each in rows.values_list(field, flat=True)]
        return Q(subject_type=subject, subject_id__in=ids)

    return AuditEvent.objects.filter(
        Q(actor_id=user.pk)
        | Q(subject_type="user", subject_id=str(user.uid))
        | about("enrollment", Enrollment.objects.filter(user=user))
        | about("attempt", Attempt.objects.filter(enrollment__user=user))
        | about("attempt-request", AttemptRequest.objects.filter(enrollment__user=user))
        | about("certificate", Certificate.objects.filter(user=user), "serial")
        | about("report-line", ReportLine.objects.filter(root__user=user))
        | about("transcript", Transcript.objects.filter(user=user))
        | about("license", License.objects.filter(user=user))
    )


def _mail(user: User) -> QuerySet[OutgoingMail]:
    return OutgoingMail.objects.filter(Q(to_user_id=user.pk) | Q(to_email=user.closed_email))


TABLES: Final = (
    Table("Events of the log", logged),
    Table(
        "Attachments of messages", lambda user: MailAttachment.objects.filter(mail__in=_mail(user))
    ),
    Table("Messages", _mail),
    Table("Switches for mail", _by_id(MailPreference)),
    Table("Addresses that came back", _by_id(BouncedAddress)),
    Table("Policies accepted", _by_id(PolicyAcceptance)),
    Table("Reasons to keep", _by_id(RecordHold)),
    Table("Answers of the office", _of(ThreadMessage, "thread__user")),
    Table("Questions to the office", _of(Thread, "user")),
    Table("Corrections asked for", _of(CorrectionRequest, "enrollment__user")),
    Table(
        "Lines of group lists",
        lambda user: GroupIssueLine.objects.filter(
            Q(enrollment__user=user) | Q(email__endswith=user.closed_email)
        ),
    ),
    Table("Lines in files to licensing bodies", _of(ReportBatchLine, "line__root__user")),
    Table("Steps of reports", _of(ReportEvent, "line__root__user")),
    Table("Reports", _of(ReportLine, "root__user")),
    Table("Certificates on shared pages", _of(SharedCertificate, "certificate__user")),
    Table("Shared pages", _of(SharedPage, "user")),
    Table("Transcripts", _of(Transcript, "user")),
    Table("PDFs begun", _of(UnfinishedDocument, "certificate__user")),
    Table("PDFs", _of(CertificateDocument, "certificate__user")),
    Table("Bodies on certificates", _of(CertificateBody, "certificate__user")),
    Table("Notes of the old system", _of(ImportedRecord, "certificate__user")),
    # The newest first: each names the one it replaced.
    Table("Certificates", lambda user: Certificate.objects.filter(user=user).order_by("-pk")),
    Table("Signed statements", _of(Attestation, "enrollment__user")),
    Table("Answers about reporting", _of(ReportConsent, "license__user")),
    Table("Licenses", _of(License, "user")),
    Table("Hours from elsewhere", _of(ExternalCredit, "user")),
    Table("More time", _of(TimeGrant, "enrollment__user")),
    Table("Requests for attempts", _of(AttemptRequest, "enrollment__user")),
    Table("Grades", _of(Grade, "attempt__enrollment__user")),
    Table("Questions answered", _of(AttemptItem, "attempt__enrollment__user")),
    Table("Attempts", _of(Attempt, "enrollment__user")),
    Table("Attendance", _of(Attendance, "enrollment__user")),
    Table("Evaluations", _of(Evaluation, "enrollment__user")),
    Table("Lessons read", _of(LessonProgress, "enrollment__user")),
    Table("Versions declined", _of(DeclinedVersion, "enrollment__user")),
    Table("Refunds", _of(EnrollmentRefund, "enrollment__user")),
    Table("Uses of codes", _of(AccessCodeUse, "user")),
    Table("Invitations", _of(CourseInvitation, "accepted_by")),
    Table("Questions in the margin", _of(MarginQuestion, "asked_by")),
    Table("Enrollments", _of(Enrollment, "user")),
    Table("Ends of the account", _by_id(AccountEnding)),
)
