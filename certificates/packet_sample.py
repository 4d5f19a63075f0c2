"""The sample certificate that goes to a licensing body with a course."""

from datetime import datetime
from typing import Final

from certificates.addresses import verify_url_of
from certificates.domain.documents import pictures_for
from certificates.domain.facts import look_today, specimen_record
from certificates.sample import SAMPLE_SERIAL
from courses.models import CourseVersion

HOLDER: Final = "Name of the therapist"


def specimen_of(version: CourseVersion, now: datetime) -> bytes:
    """A PDF with the facts of the version and of the day, marked as a specimen.

    Errors: RenderingFailed.
    """
    record = specimen_record(
        version,
        holder_name=HOLDER,
        serial=SAMPLE_SERIAL,
        verify_url=verify_url_of(SAMPLE_SERIAL),
        now=now,
    )
    from certificates.pdf.weasy import WeasyRenderer  # pulls in the template engine

    look = look_today()
    pictures = pictures_for(record, look)
    # Laid out anew: made again, the packet is the same, whatever was filled before.
    return WeasyRenderer().render(record, pictures=pictures, look=look).content
