"""Corrections asked by the holder: granted by rule where that is safe, else put to the office."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from django.db import transaction
from django.db.models import Subquery

from ce_platform.accounts.models import User
from ce_platform.core import audit, codes, mail
from ce_platform.core.models import Provider, StoredFile
from ce_platform.core.text import canonical_json, clean
from certificates.domain.attest import mend_name
from certificates.domain.corrected import Correction, corrected, reason_for, says_the_same
from certificates.domain.errors import (
    CorrectionDecided,
    CorrectionOpen,
    NameMissing,
    NothingToCorrect,
    ReasonMissing,
    ReplacedMeanwhile,
    WrongState,
)
from certificates.domain.record import record_of
from certificates.domain.reissue import TAKEN_OVER, newest_of, replace_certificate
from certificates.domain.revoke import LONGEST_REASON
from certificates.models import Certificate, CorrectionRequest, ReportLine
from certificates.reports.domain.matching import printed_numbers
from certificates.reports.queries import count_of
from certificates.small_changes import is_small_name_change
from courses.domain.completion import lock_enrollment
from courses.domain.errors import NotYours
from courses.parts import Item

Status = CorrectionRequest.Status

MOST_BY_RULE: Final = 2
"""Corrections of one completion that nobody looks at. Two slips happen (a name, then a number); a
third change in a row is a person who is trying something, or who needs help."""
BY_RULE_FOR: Final = timedelta(days=90)
"""Counted from the first issue of the certificate, not from the end of a course: who finishes late
has as long as everybody. Slips are seen within a renewal; later the office can still correct."""
LONGEST_MESSAGE: Final = 500

REPORTED: Final = "reported"
OFFICE_NUMBER: Final = "office-number"
USED_UP: Final = "used-up"
TOO_LATE: Final = "too-late"
OTHER_NAME: Final = "other-name"


@transaction.atomic
def ask_correction(
    certificate: Certificate,
    *,
    correction: Correction,
    message: str = "",
    proof: StoredFile | None = None,
    by: User,
    now: datetime,
) -> CorrectionRequest:
    """Granted at once, with a new certificate, or waiting for the office. Twice equals once.

    Errors: NotYours, NameMissing, NothingToCorrect, CorrectionOpen, ReplacedMeanwhile,
    WrongState (revoked).
    """
    lock_enrollment(asked_of(certificate))
    current = Certificate.objects.select_for_update(of=("self",)).get(pk=certificate.pk)
    if current.user_id != by.pk:
        raise NotYours
    if not correction.holder_name:
        raise NameMissing
    known = _asked_already(current, correction)
    if known is not None:
        return known
    if current.status == Certificate.Status.REVOKED:
        raise WrongState("This certificate was revoked. Write to the office.")
    before = record_of(_with_design(current))
    if says_the_same(before, corrected(before, correction)):
        raise NothingToCorrect
    why = why_office(current, correction=correction, now=now)
    asked = CorrectionRequest(
        enrollment_id=asked_of(current),
        certificate=current,
        holder_name=correction.holder_name,
        licenses_json=canonical_json(correction.licenses),
        message=clean(message)[:LONGEST_MESSAGE].strip(),
        proof=proof,
        why_json=canonical_json([item.sentence for item in why]),
        asked_at=now,
    )
    if why:
        asked.save()
        _say("correction.asked", asked, by=by, now=now)
        _tell_office(asked, now=now)
        return asked
    asked.result = _apply(asked, current, by=by, now=now)
    asked.status = Status.GRANTED
    asked.decided_at = now
    asked.save()
    _say("correction.granted", asked, by=by, now=now)
    return asked


def _asked_already(current: Certificate, correction: Correction) -> CorrectionRequest | None:
    """The same request sent twice. Errors: CorrectionOpen, ReplacedMeanwhile."""
    if current.status == Certificate.Status.REPLACED:
        twin = (
            CorrectionRequest.objects.filter(certificate=current, status=Status.GRANTED)
            .order_by("-pk")
            .first()
        )
        if twin is not None and _wants(twin) == correction:
            return twin
        raise ReplacedMeanwhile(codes.dashed(newest_of(asked_of(current)).serial))
    waiting = open_request(current.enrollment_id)
    if waiting is None:
        return None
    if _wants(waiting) == correction:
        return waiting
    raise CorrectionOpen


def open_request(enrollment_id: int | None) -> CorrectionRequest | None:
    """None also for a record taken over from an earlier system: nothing is asked of those."""
    if enrollment_id is None:
        return None
    return (
        CorrectionRequest.objects.select_related("certificate")
        .filter(enrollment=enrollment_id, status=Status.ASKED)
        .first()
    )


def waiting_count() -> Subquery:
    """To annotate a query with: how many corrections wait for the office."""
    return count_of(CorrectionRequest.objects.filter(status=Status.ASKED))


def asked_of(certificate: Certificate) -> int:
    """Errors: WrongState for a record taken over from an earlier system."""
    if certificate.enrollment_id is None:
        raise WrongState(TAKEN_OVER)
    return certificate.enrollment_id


def _wants(asked: CorrectionRequest) -> Correction:
    return Correction(asked.holder_name, tuple(asked.licenses))


def _with_design(certificate: Certificate) -> Certificate:
    return Certificate.objects.select_related("design").get(pk=certificate.pk)


def why_office(current: Certificate, *, correction: Correction | None, now: datetime) -> list[Item]:
    """Why a person has to look at a correction of this certificate; empty: nobody has to.

    Without a `correction`: what is known before one is written. Four queries.
    """
    chain = list(
        Certificate.objects.filter(enrollment=current.enrollment_id).order_by("issued_at", "pk")
    )
    by_rule = set(
        CorrectionRequest.objects.filter(
            enrollment=current.enrollment_id, status=Status.GRANTED, decided_by_id__isnull=True
        ).values_list("result_id", flat=True)
    )
    lines = list(
        ReportLine.objects.filter(root__enrollment=current.enrollment_id).select_related(
            "body", "certificate"
        )
    )
    found = list(_of_reports(lines))
    if len(by_rule) >= MOST_BY_RULE:
        found.append(
            Item(
                USED_UP,
                f"It was corrected {MOST_BY_RULE} times at once already; after that the office "
                "looks at each correction.",
                "",
            )
        )
    if now - chain[0].issued_at > BY_RULE_FOR:
        found.append(
            Item(
                TOO_LATE,
                f"It was issued more than {BY_RULE_FOR.days} days ago, so the office looks at it.",
                "",
            )
        )
    if correction is not None:
        # The name nobody of us has seen cannot vouch for the next one: two small steps would
        # make a large one.
        seen = _seen_name(chain, by_rule)
        if correction.holder_name not in (seen, current.holder_name) and not is_small_name_change(
            seen, correction.holder_name
        ):
            found.append(
                Item(
                    OTHER_NAME,
                    "The new name is more than a slip of the pen, so the office compares it with "
                    "the license.",
                    "",
                )
            )
    return found


def _seen_name(chain: Sequence[Certificate], by_rule: Collection[int | None]) -> str:
    """The first name, or the last that a person put there. A reissue by the office that changed
    only numbers copied the name of the one before without vouching for it."""
    seen = chain[0].holder_name
    for before, row in pairwise(chain):
        if row.pk not in by_rule and row.holder_name != before.holder_name:
            seen = row.holder_name
    return seen


def _of_reports(lines: Sequence[ReportLine]) -> list[Item]:
    left = (ReportLine.Status.EXPORTED, ReportLine.Status.ACCEPTED, ReportLine.Status.REJECTED)
    places = sorted({line.body.place for line in lines if line.status in left})
    if places:
        return [
            Item(
                REPORTED,
                f"This completion was reported to {', '.join(places)} already, so the office has "
                "to correct it there as well.",
                "",
            )
        ]
    mended = sorted(
        {
            line.body.place
            for line in lines
            if line.status == ReportLine.Status.PENDING
            and line.license_folded not in printed_numbers(line.certificate, line.body.code)
        }
    )
    if mended:
        return [
            Item(
                OFFICE_NUMBER,
                f"The office has corrected the number for {', '.join(mended)} already and has to "
                "see that both agree.",
                "",
            )
        ]
    return []


def _apply(
    asked: CorrectionRequest, current: Certificate, *, by: User, now: datetime
) -> Certificate:
    """The new certificate; the profile learns the name if it had the same mistake."""
    correction = _wants(asked)
    before = record_of(_with_design(current))
    made = replace_certificate(
        current, correction=correction, reason=reason_for(before, correction), by=by, now=now
    )
    holder = current.user
    if holder.name_on_certificates in (current.holder_name, asked.certificate.holder_name):
        mend_name(holder, name=correction.holder_name, by=by, now=now)
    return made


@transaction.atomic
def grant_correction(
    asked: CorrectionRequest, *, serial: str, answer: str = "", by: User, now: datetime
) -> CorrectionRequest:
    """The newest certificate of the completion is replaced. Twice equals once.

    `serial`: of the certificate that the request was compared with. Where a colleague has reissued
    it since, this would undo what they did, unseen. Where the newest says what was asked already,
    that one is the result.
    Errors: CorrectionDecided, ReplacedMeanwhile, WrongState (revoked).
    """
    lock_enrollment(asked.enrollment_id)
    row = _locked(asked)
    if row.status == Status.GRANTED:
        return row
    _check_open(row)
    current = newest_of(row.enrollment_id)
    if current.serial != serial:
        raise ReplacedMeanwhile(codes.dashed(current.serial))
    if current.status == Certificate.Status.REVOKED:
        raise WrongState(
            "The certificate was revoked meanwhile, so nothing can be corrected in it."
        )
    try:
        result = _apply(row, current, by=by, now=now)
    except NothingToCorrect:
        result = current
    return _decide(row, Status.GRANTED, result=result, answer=_tidy(answer), by=by, now=now)


@transaction.atomic
def refuse_correction(
    asked: CorrectionRequest, *, answer: str, by: User, now: datetime
) -> CorrectionRequest:
    """Errors: ReasonMissing, CorrectionDecided. Twice keeps the first answer."""
    answer = _tidy(answer)
    if not answer:
        raise ReasonMissing("Write why: the holder reads it.")
    row = _locked(asked)
    if row.status == Status.REFUSED:
        return row
    _check_open(row)
    return _decide(row, Status.REFUSED, answer=answer, by=by, now=now)


@transaction.atomic
def withdraw_correction(asked: CorrectionRequest, *, by: User, now: datetime) -> CorrectionRequest:
    """By the holder. Errors: NotYours, CorrectionDecided."""
    row = _locked(asked)
    if row.certificate.user_id != by.pk:
        raise NotYours
    if row.status == Status.WITHDRAWN:
        return row
    _check_open(row)
    row.status, row.decided_at = Status.WITHDRAWN, now
    row.save(update_fields=["status", "decided_at"])
    _say("correction.withdrawn", row, by=by, now=now)
    return row


def _locked(asked: CorrectionRequest) -> CorrectionRequest:
    return (
        CorrectionRequest.objects.select_for_update(of=("self",))
        .select_related("certificate__user")
        .get(pk=asked.pk)
    )


def _check_open(row: CorrectionRequest) -> None:
    if row.status != Status.ASKED:
        raise CorrectionDecided(row.get_status_display().lower())


def _tidy(text: str) -> str:
    return " ".join(clean(text).split())[:LONGEST_REASON]


def _decide(
    row: CorrectionRequest,
    to: CorrectionRequest.Status,
    *,
    answer: str,
    by: User,
    now: datetime,
    result: Certificate | None = None,
) -> CorrectionRequest:
    row.status, row.answer, row.result = to, answer, result
    row.decided_at, row.decided_by_id = now, by.pk
    row.save(update_fields=["status", "answer", "result", "decided_at", "decided_by_id"])
    _say(f"correction.{to}", row, by=by, now=now)
    certificate = row.certificate
    mail.write_mail(
        f"correction_{to}",
        to_email=certificate.user.email,
        to_user_id=certificate.user_id,
        cause=f"correction-decided:{row.uid}",
        now=now,
        asked=row,
        certificate=certificate,
        serial=codes.dashed(certificate.serial),
        result=result,
    )
    return row


def _tell_office(asked: CorrectionRequest, *, now: datetime) -> None:
    provider = Provider.objects.filter(pk=1).first()
    if provider is None or not provider.email:
        return
    mail.write_mail(
        "correction_asked",
        to_email=provider.email,
        cause=f"correction-asked:{asked.uid}",
        now=now,
        asked=asked,
        certificate=asked.certificate,
        serial=codes.dashed(asked.certificate.serial),
    )


def _say(action: str, row: CorrectionRequest, *, by: User, now: datetime) -> None:
    """Beside the certificate it was asked for, so that its history tells it."""
    audit.record(
        action,
        subject_type="certificate",
        subject_id=row.certificate.serial,
        by=by,
        now=now,
        request=row.uid.hex,
        holder_name=row.holder_name,
        licenses=row.licenses_json,
        why=row.why,
        answer=row.answer,
    )
