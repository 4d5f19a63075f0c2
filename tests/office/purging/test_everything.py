"""The person of whom everything is known: after a purge no table and no file knows them."""

from datetime import date, timedelta

import pytest
from django.db import connection

from ce_platform.core import jobs, triggers, verification
from ce_platform.core.files import LET_GO
from ce_platform.core.models import BackgroundJob, OutgoingMail, RecordPurge
from ce_platform.office.closing.closing import close_account
from ce_platform.office.closing.search import sweep_endings
from ce_platform.office.purging import purging
from certificates.models import Certificate, Transcript
from courses.domain.counters import recount
from courses.models import Enrollment
from tests.factories.certificates import NOW
from tests.office.closing.test_erasure import WORDS
from tests.office.closing.traces import found_in_files, found_in_tables
from tests.office.whole_life import tell_everything
from tests.pages.world import make_world

LONG_AGO = date(2015, 3, 4)


def _make_old(user_id: int) -> None:
    """Only a test can: the triggers are away for a moment."""
    away = [
        each
        for each in verification._guards
        if each.event == "UPDATE"
        and each.table in ("certificates_certificate", "courses_enrollment")
        and each.name in triggers.present(connection)
    ]
    newest = {each.name: each for each in away}.values()
    with connection.cursor() as cursor:
        for each in newest:
            for statement in triggers.drop_sql(connection, each):
                cursor.execute(statement)
        Certificate.objects.filter(user=user_id).update(completed_on=LONG_AGO)
        Enrollment.objects.filter(user=user_id, completed_on__isnull=False).update(
            completed_on=LONG_AGO
        )
        for each in newest:
            for statement in triggers.create_sql(connection, each):
                cursor.execute(statement)


@pytest.mark.django_db
def test_nothing_anywhere_knows_who_was_purged(monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_world()
    owner, registrar = world.people["owner"], world.people["registrar"]
    tell_everything(owner, registrar)
    close_account(owner, by=owner, now=NOW)
    OutgoingMail.objects.filter(kind="account_closed").update(status="sent", sent_at=NOW)
    sweep_endings(NOW + timedelta(minutes=1))
    _make_old(owner.pk)
    recount(fix=True)  # Factories do not count.
    # What the pages would stop for is not the question here: a pack, a report, a late transcript.
    monkeypatch.setattr(purging, "in_the_way", lambda user, *, now: [])
    numbers = [
        *Certificate.objects.filter(user=owner).values_list("serial", flat=True),
        *Transcript.objects.filter(user=owner).values_list("code", flat=True),
    ]
    ids = [
        str(each) for each in Enrollment.objects.filter(user=owner).values_list("uid", flat=True)
    ]
    words = (*WORDS, owner.uid.hex, str(owner.uid), *map(str.lower, numbers), *ids)
    assert len(found_in_tables(words)) > 10

    purging.purge_person(owner, reason="Time", by=registrar, now=NOW)
    for job in BackgroundJob.objects.filter(kind=LET_GO):
        jobs.run(job.pk, now=NOW)

    assert found_in_tables(words) == {}
    assert found_in_files(words) == set()
    assert RecordPurge.objects.get().record_count > 40
    assert recount() == []
    tally = verification.Tally()
    checkers = set(verification.names()) - {"versions"}
    assert [str(each) for name in checkers for each in verification.run(name, tally)] == []
    assert verification.missing_triggers() == []
