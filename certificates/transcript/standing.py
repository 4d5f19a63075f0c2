"""What may be said of a transcript now: as it was made, though some of it may not hold any more."""

from django.utils.translation import gettext as _

from ce_platform.core import codes
from certificates.models import Certificate, Transcript
from certificates.sheet import SPECIMEN_LINE
from certificates.standing import SPECIMEN, VALID, Standing, standing_of
from certificates.transcript.making import record_of
from certificates.transcript.record import TranscriptRecord


def standing_of_transcript(row: Transcript) -> Standing:
    """Errors: RecordAltered."""
    record = record_of(row)
    since = moved_since(row)
    return standing_of_record(
        record, moved_count=sum(line.serial in since for line in record.lines)
    )


def moved_since(row: Transcript) -> dict[str, Standing]:
    """Certificates of the person that do not hold any more, by their number as printed."""
    certificates = Certificate.objects.filter(user=row.user_id).exclude(
        status=Certificate.Status.ISSUED
    )
    return {
        codes.dashed(each.serial): standing_of(each)
        for each in certificates.select_related("replaced_by")
    }


def standing_of_record(record: TranscriptRecord, *, moved_count: int) -> Standing:
    provider = record.provider_name
    if record.is_specimen:
        return Standing(
            state=SPECIMEN,
            heading=SPECIMEN_LINE,
            text=_("This transcript was made by a demonstration. Nobody earned these hours."),
            word="",
            tone="",
        )
    if moved_count:
        return Standing(
            state="replaced",
            heading=_("Genuine, but not all of it still holds"),
            text=_(
                "%(provider)s made it. Since then %(count)s of its certificates were revoked or "
                "replaced: see below."
            )
            % {"provider": provider, "count": moved_count},
            word="",
            tone="",
        )
    return Standing(
        state=VALID,
        heading=_("Genuine"),
        text=_("%(provider)s made it, and every certificate in it still holds.")
        % {"provider": provider},
        word="",
        tone="",
    )
