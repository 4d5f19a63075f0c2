"""kill -9 of a worker that does the work of the office: all or nothing, and nobody twice."""

import json
import subprocess
import sys
from typing import Any, Final

from tests.serving import ROOT, Site

_WORKER: Final = """
import os, signal
from django.core.management import call_command
from ce_platform.core import jobs
from ce_platform.core.models import BackgroundJob
from ce_platform.core.tasks import run_job_task
from ce_platform.office.moving_in import writing
from ce_platform.office.moving_in.kinds import kind_named
from ce_platform.office.people import messages
writing.CHUNK = messages._CHUNK = 3
def die_at(owner, name, call):
    is_kind = isinstance(owner, dict)
    real, calls = owner[name] if is_kind else getattr(owner, name), []
    def dies(*args, **values):
        calls.append(name)
        found = real(*args, **values)
        if len(calls) == call:
            os.kill(os.getpid(), signal.SIGKILL)
        return found
    if is_kind:
        owner[name] = dies
    else:
        setattr(owner, name, dies)
die_at(%(owner)s, "%(name)s", %(call)s)
# Of a worker that was killed: not waited for, but brought forward.
for job in BackgroundJob.objects.filter(status="running"):
    BackgroundJob.objects.filter(pk=job.pk).update(lease_until=job.created_at)
    run_job_task(job.pk)
call_command("run_worker")
"""


def _shell(site: Site, code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "shell", "--verbosity", "0", "--command", code],
        cwd=ROOT,
        env=site.env,
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )


def told(site: Site, code: str) -> Any:
    """What the code prints, as JSON."""
    result = _shell(site, code)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout.strip().splitlines()[-1])


def kill_a_worker(site: Site, owner: str, name: str, *, call: int = 1) -> None:
    """A worker that takes the job up and is killed right after so many calls of a function; one
    that is not killed is no test."""
    at = {"owner": owner, "name": name, "call": call}
    result = _shell(site, _WORKER % at)
    assert result.returncode == -9, result.stderr


_BRING: Final = """
import json
from django.utils import timezone
from ce_platform.accounts.models import User
from ce_platform.office.moving_in import running
from tests.office.moving_in.brought import bring
from tests.office.moving_in.test_importing import completions
by, now = User.objects.get(email="registrar@example.com"), timezone.now()
running.apply(bring("completions", completions(7), by=by, now=now), by=by, now=now)
print("null")
"""
_HERE: Final = """
import json
from ce_platform.accounts.models import User
from ce_platform.core.models import *
from ce_platform.office.models import ImportRun
from certificates.models import *
print(json.dumps([
    ImportRun.objects.get().state,
    Certificate.objects.filter(origin=Certificate.Origin.IMPORTED).count(),
    User.objects.filter(email__regex=r"^p[0-9]@").count(),
    AuditEvent.objects.filter(action="import.done").count(),
    StoredFile.objects.filter(sha256__in=CertificateDocument.objects.values("sha256")).count(),
]))
"""


def test_file_that_is_brought_in_is_all_there_or_not_at_all(site: Site) -> None:
    told(site, _BRING)

    kill_a_worker(site, 'kind_named("completions")', "write", call=2)
    assert told(site, _HERE)[:4] == ["applying", 0, 0, 0]
    kill_a_worker(site, "writing", "_write_lines")
    assert told(site, _HERE)[:4] == ["applying", 0, 0, 0]
    kill_a_worker(site, "jobs._kinds", "moving-in.apply")
    here = told(site, _HERE)
    assert here[:4] == ["done", 7, 4, 1]

    site.manage("sweep")
    assert told(site, _HERE) == here
    site.manage("verify_records")


_WRITE: Final = """
import json
from django.utils import timezone
from ce_platform.accounts.models import User
from ce_platform.office.people import messages
from courses.domain.enrolling import enroll
from courses.models import Course
by, now = User.objects.get(email="registrar@example.com"), timezone.now()
course = Course.objects.get(slug="facial-massage-introduction")
for number in range(8):
    email = f"reader{number}@example.com"
    user = User.objects.create_user(email=email, name_on_certificates="Reader")
    enroll(user, course, by=by, now=now)
kept = messages.keep_message(course, to="open", subject="News", body="New.", by=by, now=now)
messages.send_message(kept, by=by, now=now)
print(json.dumps(sorted(messages.readers_of(kept).values_list("email", flat=True))))
"""
_WRITTEN: Final = """
import json
from ce_platform.core.models import BackgroundJob, OutgoingMail
from ce_platform.office.people.models import CourseMessage
print(json.dumps([
    BackgroundJob.objects.get(kind="course-message").status,
    CourseMessage.objects.get().written_count,
    sorted(OutgoingMail.objects.filter(kind="course_message").values_list("to_email", flat=True)),
]))
"""
_GO_ON: Final = """
from django.db.models import F
from ce_platform.core.models import *
from ce_platform.core import sweep
BackgroundJob.objects.filter(status="running").update(lease_until=F("created_at"))
# A message whose worker died is tried again after some minutes: brought forward.
OutgoingMail.objects.filter(status="queued").update(next_try_at=F("created_at"))
sweep.run()
print("null")
"""


def test_message_to_a_course_reaches_each_learner_once(site: Site) -> None:
    readers = told(site, _WRITE)
    assert len(readers) >= 8
    before = len(site.mailbox.messages)

    kill_a_worker(site, "messages", "_write", call=5)
    status, count, written = told(site, _WRITTEN)
    assert (status, count, written) == ("running", None, written[:3])
    kill_a_worker(site, "jobs._kinds", "course-message")
    told(site, _GO_ON)

    assert told(site, _WRITTEN) == ["done", len(readers), readers]
    arrived = [each for each in site.mailbox.messages[before:] if "News" in str(each["Subject"])]
    # One whose worker died while it sent comes a second time, as the same message.
    ids = {(str(each["To"]), each["Message-ID"]) for each in arrived}
    assert sorted(address for address, _ in ids) == readers
