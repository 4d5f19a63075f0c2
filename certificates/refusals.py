"""What the database itself refuses: rewriting a certificate or anything that belongs to it."""

from typing import Final

from ce_platform.core.refusals import REFUSALS as CORE_REFUSALS
from ce_platform.core.refusals import is_closing, is_merging, is_past, is_purging
from ce_platform.core.triggers import (
    Refusal,
    forbid_delete,
    forbid_insert,
    forbid_update,
    forbid_update_when,
)

_STATUS: Final = ("status", "status_changed_at", "status_changed_by_id", "status_reason")

REFUSALS: Final[tuple[Refusal, ...]] = (
    forbid_update(
        "certificates_certificate",
        "An issued certificate is never changed.",
        except_columns=_STATUS,
    ),
    forbid_update_when(
        "certificates_certificate",
        "A certificate that was revoked or replaced stays so.",
        when="OLD.status <> 'issued'",
        name="status",
    ),
    forbid_delete("certificates_certificate", "A certificate is never deleted."),
    forbid_insert(
        "certificates_certificatebody",
        "A body is never added to a certificate that was printed.",
        when=(
            "EXISTS (SELECT 1 FROM certificates_certificatedocument "
            "WHERE certificate_id = NEW.certificate_id)"
        ),
    ),
    forbid_update("certificates_certificatebody", "A printed body is never changed."),
    forbid_delete("certificates_certificatebody", "A printed body is never deleted."),
    forbid_update("certificates_certificatedocument", "An issued document is never changed."),
    forbid_delete("certificates_certificatedocument", "An issued document is never deleted."),
    forbid_update("certificates_certificatedesign", "A design is never changed; add a new one."),
    forbid_delete("certificates_certificatedesign", "A design is never deleted."),
    forbid_update("certificates_attestation", "A signed statement is never changed."),
    forbid_delete("certificates_attestation", "A signed statement is never deleted."),
)

# Of a later migration, which made those of the designs anew because the table got a column.
DESIGN_REFUSALS: Final[tuple[Refusal, ...]] = tuple(
    each for each in REFUSALS if each.table == "certificates_certificatedesign"
)
CHOICE_REFUSALS: Final[tuple[Refusal, ...]] = (
    forbid_update("certificates_designchoice", "Which design was in use is never rewritten."),
    forbid_delete("certificates_designchoice", "Which design was in use is never forgotten."),
)

# Of a later migration, which made those of certificates anew because the table got columns.
CERTIFICATE_REFUSALS: Final[tuple[Refusal, ...]] = tuple(
    each for each in REFUSALS if each.table == "certificates_certificate"
)
_TAKEN_OVER: Final = "How a record was taken over is never rewritten."
IMPORTED_REFUSALS: Final[tuple[Refusal, ...]] = (
    forbid_update("certificates_importedrecord", _TAKEN_OVER, except_columns=("taken_back_at",)),
    forbid_update_when(
        "certificates_importedrecord",
        "What was taken back stays so.",
        when="OLD.taken_back_at IS NOT NULL",
        name="back",
    ),
    forbid_delete("certificates_importedrecord", _TAKEN_OVER),
)

_LINE: Final = "A report line stays with its certificate, body and license."
_BATCH: Final = "What a batch said stays as it left."
_EVENT: Final = "What happened to a report is never rewritten."

# Of a later migration.
REPORT_REFUSALS: Final[tuple[Refusal, ...]] = (
    forbid_update_when(
        "certificates_reportline",
        _LINE,
        when=(
            "NEW.uid <> OLD.uid OR NEW.root_id <> OLD.root_id OR NEW.body_id <> OLD.body_id "
            "OR NEW.license_key <> OLD.license_key OR NEW.course_id <> OLD.course_id "
            "OR NEW.completed_on <> OLD.completed_on"
        ),
        name="place",
    ),
    forbid_update_when(
        "certificates_reportline",
        "What a body has accepted stays so.",
        when="OLD.status = 'accepted'",
        name="accepted",
    ),
    forbid_delete("certificates_reportline", "A report line is never deleted."),
    forbid_update("certificates_reportbatch", _BATCH, except_columns=("made_by_label", "file_id")),
    forbid_update_when(
        "certificates_reportbatch",
        "The file of a batch is made once.",
        when="OLD.file_id IS NOT NULL AND (NEW.file_id IS NULL OR NEW.file_id <> OLD.file_id)",
        name="file",
    ),
    forbid_update_when(
        "certificates_reportbatch",
        _BATCH,
        when="NEW.made_by_label <> OLD.made_by_label AND NEW.made_by_label <> ''",
        name="label",
    ),
    forbid_delete("certificates_reportbatch", _BATCH),
    forbid_update("certificates_reportbatchline", _BATCH),
    forbid_delete("certificates_reportbatchline", _BATCH),
    forbid_update("certificates_reportevent", _EVENT, except_columns=("by_label",)),
    forbid_update_when(
        "certificates_reportevent",
        _EVENT,
        when="NEW.by_label <> OLD.by_label AND NEW.by_label <> ''",
        name="label",
    ),
    forbid_delete("certificates_reportevent", _EVENT),
)

_REQUEST: Final = "What was asked of a certificate, and the answer, stay as they were."

# Of a later migration.
CORRECTION_REFUSALS: Final[tuple[Refusal, ...]] = (
    forbid_update(
        "certificates_correctionrequest",
        _REQUEST,
        except_columns=("status", "decided_at", "decided_by_id", "answer", "result_id"),
    ),
    forbid_update_when(
        "certificates_correctionrequest",
        _REQUEST,
        when="OLD.status <> 'asked'",
        name="decided",
    ),
    forbid_delete("certificates_correctionrequest", _REQUEST),
)

SIGNING_REFUSALS: Final[tuple[Refusal, ...]] = (
    forbid_update("certificates_signingcertificate", "A certificate that has signed stays."),
    forbid_delete("certificates_signingcertificate", "A certificate that has signed stays."),
)

_TRANSCRIPT: Final = "A transcript stays as it was asked for and made."

# Of a later migration.
TRANSCRIPT_REFUSALS: Final[tuple[Refusal, ...]] = (
    forbid_update(
        "certificates_transcript",
        _TRANSCRIPT,
        except_columns=(
            "asked_by_label",
            "job_id",
            "unfinished_sha256",
            "file_id",
            "file_sha256",
            "size_bytes",
            "page_count",
            "signer_id",
            "made_at",
        ),
    ),
    forbid_update(
        "certificates_transcript",
        _TRANSCRIPT,
        except_columns=("asked_by_label",),
        when="OLD.made_at IS NOT NULL",
        name="made",
    ),
    forbid_update_when(
        "certificates_transcript",
        _TRANSCRIPT,
        when="NEW.asked_by_label <> OLD.asked_by_label AND NEW.asked_by_label <> ''",
        name="label",
    ),
    forbid_delete("certificates_transcript", _TRANSCRIPT),
    # A link that was switched off must never lead anywhere again, whoever writes the row.
    forbid_update_when(
        "certificates_sharedpage",
        "A link that was switched off stays off, and a link keeps its page.",
        when=(
            "OLD.switched_off_at IS NOT NULL OR NEW.token <> OLD.token "
            "OR NEW.user_id <> OLD.user_id"
        ),
        name="off",
    ),
)

_OTHER_PERSON: Final = f"NEW.user_id <> OLD.user_id AND NOT {is_merging()}"
_ISSUED: Final = "An issued certificate is never changed."
_OF_REQUEST: Final = "(SELECT user_id FROM courses_enrollment WHERE id = OLD.enrollment_id)"
_LINK: Final = "A link that was switched off stays off, and a link keeps its page."

# Of a later migration, in the place of those above. When two accounts of one person become one,
# certificates and transcripts move to the one that stays; nothing printed changes. When an account
# is closed, what was written to the office about a correction goes.
ENDING_REFUSALS: Final[tuple[Refusal, ...]] = (
    forbid_update("certificates_certificate", _ISSUED, except_columns=(*_STATUS, "user_id")),
    forbid_update_when(
        "certificates_certificate",
        "A certificate that was revoked or replaced stays so.",
        when=(
            "OLD.status <> 'issued' AND NOT (NEW.user_id <> OLD.user_id "
            "AND NEW.status = OLD.status AND NEW.status_reason = OLD.status_reason "
            "AND NEW.status_changed_at = OLD.status_changed_at)"
        ),
        name="status",
    ),
    forbid_update_when("certificates_certificate", _ISSUED, when=_OTHER_PERSON, name="person"),
    forbid_update(
        "certificates_correctionrequest",
        _REQUEST,
        except_columns=(
            "status",
            "decided_at",
            "decided_by_id",
            "answer",
            "result_id",
            "holder_name",
            "licenses_json",
            "message",
            "proof_id",
            "why_json",
        ),
    ),
    forbid_update_when(
        "certificates_correctionrequest",
        _REQUEST,
        when=(
            "(OLD.status <> 'asked' OR NEW.holder_name <> OLD.holder_name "
            "OR NEW.licenses_json <> OLD.licenses_json OR NEW.message <> OLD.message "
            "OR NEW.why_json <> OLD.why_json OR (OLD.proof_id IS NOT NULL "
            "AND (NEW.proof_id IS NULL OR NEW.proof_id <> OLD.proof_id)) "
            "OR (OLD.proof_id IS NULL AND NEW.proof_id IS NOT NULL)) "
            "AND NOT (NEW.message = '' AND NEW.why_json = '[]' AND NEW.proof_id IS NULL "
            f"AND NEW.status <> 'asked' AND {is_closing(_OF_REQUEST)})"
        ),
        name="decided",
    ),
    forbid_update(
        "certificates_transcript",
        _TRANSCRIPT,
        except_columns=(
            "asked_by_label",
            "job_id",
            "unfinished_sha256",
            "file_id",
            "file_sha256",
            "size_bytes",
            "page_count",
            "signer_id",
            "made_at",
            "user_id",
        ),
    ),
    forbid_update(
        "certificates_transcript",
        _TRANSCRIPT,
        except_columns=("asked_by_label", "user_id"),
        when="OLD.made_at IS NOT NULL",
        name="made",
    ),
    forbid_update_when("certificates_transcript", _TRANSCRIPT, when=_OTHER_PERSON, name="person"),
    forbid_update_when(
        "certificates_sharedpage",
        _LINK,
        when=(
            f"NEW.token <> OLD.token OR ({_OTHER_PERSON}) OR (OLD.switched_off_at IS NOT NULL "
            "AND NOT (NEW.user_id <> OLD.user_id AND NEW.switched_off_at = OLD.switched_off_at))"
        ),
        name="off",
    ),
)
_CHANGED: Final = frozenset(each.name for each in ENDING_REFUSALS)
BEFORE_ENDINGS: Final[tuple[Refusal, ...]] = tuple(
    each
    for each in (*REFUSALS, *CORRECTION_REFUSALS, *TRANSCRIPT_REFUSALS)
    if each.name in _CHANGED
)

_OF_CERTIFICATE: Final = (
    "(SELECT user_id FROM certificates_certificate WHERE id = OLD.certificate_id)"
)
_OF_LINE: Final = (
    "(SELECT c.user_id FROM certificates_reportline l "
    "JOIN certificates_certificate c ON c.id = l.root_id WHERE l.id = OLD.line_id)"
)
_OF_ROOT: Final = "(SELECT user_id FROM certificates_certificate WHERE id = OLD.root_id)"


def _kept(table: str, sentence: str, person: str) -> Refusal:
    return forbid_delete(table, sentence, when=f"NOT {is_purging(person)}")


def _logged(subject: str, row: str) -> str:
    """SQL: whether the event is about such a row of an account that is being purged.

    Ids stand in the log with dashes; SQLite keeps them without.
    """
    about = f"SELECT 1 FROM core_purgedoor d {row} = replace(OLD.subject_id, '-', '')"  # noqa: S608
    return f"(OLD.subject_type = '{subject}' AND EXISTS ({about}))"


def _uid(table: str) -> str:
    return f"replace(CAST({table}.uid AS text), '-', '')"


_ENROLLED: Final = "JOIN courses_enrollment e ON e.user_id = d.user_id"
_CERTIFIED: Final = "JOIN certificates_certificate c ON c.user_id = d.user_id"
_ABOUT_PURGED: Final = " OR ".join(
    (
        is_purging("OLD.actor_id"),
        _logged("user", f"JOIN accounts_user u ON u.id = d.user_id WHERE {_uid('u')}"),
        _logged("enrollment", f"{_ENROLLED} WHERE {_uid('e')}"),
        _logged(
            "attempt",
            f"{_ENROLLED} JOIN quizzes_attempt a ON a.enrollment_id = e.id WHERE {_uid('a')}",
        ),
        _logged(
            "attempt-request",
            f"{_ENROLLED} JOIN quizzes_attemptrequest a ON a.enrollment_id = e.id "
            f"WHERE {_uid('a')}",
        ),
        _logged("certificate", f"{_CERTIFIED} WHERE c.serial"),
        _logged(
            "report-line",
            f"{_CERTIFIED} JOIN certificates_reportline l ON l.root_id = c.id WHERE {_uid('l')}",
        ),
        _logged(
            "transcript",
            f"JOIN certificates_transcript t ON t.user_id = d.user_id WHERE {_uid('t')}",
        ),
        _logged("license", f"JOIN licensing_license l ON l.user_id = d.user_id WHERE {_uid('l')}"),
    )
)
_CERTIFICATES_OF_NEW: Final = "SELECT 1 FROM certificates_certificate WHERE user_id = NEW.user_id"
_CLOSED: Final = (
    "SELECT 1 FROM core_accountending WHERE user_id = NEW.user_id AND into_id IS NULL "
    "AND finished_at IS NOT NULL"
)
_HELD: Final = "SELECT 1 FROM core_recordhold WHERE user_id = NEW.user_id AND lifted_at IS NULL"
_MERGED: Final = (
    "SELECT 1 FROM core_accountending e JOIN core_purgedoor d ON d.user_id = e.into_id "
    "WHERE e.user_id = NEW.user_id AND e.finished_at IS NOT NULL"
)
_CLOSED_AND_PAST: Final = (
    f"EXISTS ({_CLOSED}) AND EXISTS ({_CERTIFICATES_OF_NEW}) AND NOT EXISTS ({_HELD}) "
    f"AND NOT EXISTS ({_CERTIFICATES_OF_NEW} AND NOT {is_past('completed_on')})"
)
_MERGED_INTO_PURGED: Final = (
    f"EXISTS ({_MERGED}) AND NOT EXISTS ({_CERTIFICATES_OF_NEW}) AND NOT EXISTS ({_HELD})"
)

# Of a later migration, in the place of those above: records go when their time is over, of one
# person at a time (decision 0048). Here too: the door itself and the log, because both look at
# the tables of all apps below.
PURGE_REFUSALS: Final[tuple[Refusal, ...]] = (
    forbid_insert(
        "core_purgedoor",
        "The time of these records is not past, or the office holds them.",
        when=f"NOT (({_CLOSED_AND_PAST}) OR ({_MERGED_INTO_PURGED}))",
    ),
    forbid_delete(
        "core_auditevent", "What happened is never rewritten.", when=f"NOT ({_ABOUT_PURGED})"
    ),
    forbid_delete(
        "certificates_certificate",
        "A certificate is never deleted.",
        when=f"NOT ({is_purging('OLD.user_id')} AND {is_past('OLD.completed_on')})",
    ),
    _kept("certificates_certificatebody", "A printed body is never deleted.", _OF_CERTIFICATE),
    _kept(
        "certificates_certificatedocument",
        "An issued document is never deleted.",
        _OF_CERTIFICATE,
    ),
    _kept("certificates_attestation", "A signed statement is never deleted.", _OF_REQUEST),
    _kept("certificates_importedrecord", _TAKEN_OVER, _OF_CERTIFICATE),
    _kept("certificates_reportline", "A report line is never deleted.", _OF_ROOT),
    _kept("certificates_reportbatchline", _BATCH, _OF_LINE),
    _kept("certificates_reportevent", _EVENT, _OF_LINE),
    # A batch goes with the last person in it.
    forbid_delete(
        "certificates_reportbatch",
        _BATCH,
        when=(
            "NOT EXISTS (SELECT 1 FROM core_purgedoor) "
            "OR EXISTS (SELECT 1 FROM certificates_reportbatchline WHERE batch_id = OLD.id) "
            "OR EXISTS (SELECT 1 FROM certificates_reportline WHERE batch_id = OLD.id)"
        ),
    ),
    _kept("certificates_correctionrequest", _REQUEST, _OF_REQUEST),
    _kept("certificates_transcript", _TRANSCRIPT, "OLD.user_id"),
)
_SHUT_BEFORE: Final = frozenset(each.name for each in PURGE_REFUSALS)
BEFORE_PURGING: Final[tuple[Refusal, ...]] = tuple(
    each
    for each in (
        *CORE_REFUSALS,
        *REFUSALS,
        *IMPORTED_REFUSALS,
        *REPORT_REFUSALS,
        *CORRECTION_REFUSALS,
        *TRANSCRIPT_REFUSALS,
    )
    if each.name in _SHUT_BEFORE
)
