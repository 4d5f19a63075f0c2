"""A chosen set, one person after the other. Cut off and begun anew, it goes on with those left."""

from datetime import datetime
from typing import Any, Final

from django.utils import timezone

from ce_platform.accounts.models import User
from ce_platform.core import jobs
from ce_platform.core.models import BackgroundJob
from ce_platform.office.purging.purging import CannotPurge, purge_person

KIND: Final = "purge-records"


def purge_later(people: list[User], *, reason: str, by: User, now: datetime) -> BackgroundJob:
    return jobs.start(
        KIND,
        title=f"Purge the records of {len(people)} people",
        now=now,
        created_by_id=by.pk,
        people=[person.pk for person in people],
        reason=reason,
        by=by.pk,
    )


def purge_in_background(parameters: dict[str, Any], progress: jobs.JobProgress) -> None:
    by = User.objects.get(pk=parameters["by"])
    progress.total(len(parameters["people"]))
    left = 0
    for pk in parameters["people"]:
        person = User.objects.filter(pk=pk).first()
        if person is not None:
            try:
                purge_person(person, reason=parameters["reason"], by=by, now=timezone.now())
            except CannotPurge:
                left += 1
        progress.advance()
    if left:
        raise CannotPurge(f"{left} were left as they are: their page says what stands in the way.")
