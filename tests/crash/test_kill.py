"""kill -9: nothing acknowledged is lost, nothing is done twice, the sweep finishes the rest."""

import json
import re
import subprocess
import sys
import threading
import time
from typing import Any

from tests.serving import ROOT, Site
from tests.visitor import Answer, Visitor, action_of


def ask(site: Site, expression: str) -> Any:
    """Evaluate one line of Python in the site's own settings; the value comes back as JSON."""
    code = (
        "import json\n"
        "from django.db.models import F\n"
        "from certificates.models import *\n"
        "from ce_platform.core.models import *\n"
        "from courses.models import *\n"
        "from quizzes.models import *\n"
        f"print(json.dumps({expression}, default=str))"
    )
    result = subprocess.run(
        [sys.executable, "manage.py", "shell", "--verbosity", "0", "--command", code],
        cwd=ROOT,
        env=site.env,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(result.stdout.strip().splitlines()[-1])


def wait_until(site: Site, expression: str, wanted: Any, *, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    seen = None
    while time.monotonic() < deadline:
        seen = ask(site, expression)
        if seen == wanted:
            return
        time.sleep(0.5)
    raise AssertionError(f"{expression} is {seen}, not {wanted}")


def visitor_as(site: Site, key: str) -> Visitor:
    visitor = Visitor(site.url)
    visitor.look_around_as(key)
    return visitor


def sign(visitor: Visitor, enrollment: str) -> Answer:
    page = visitor.get(f"/learn/{enrollment}/finish/").text
    seen = re.search(r'name="seen" value="([0-9a-f]*)"', page)
    assert seen, page[:2000]
    return visitor.post(
        f"/learn/{enrollment}/finish/", {"step": "sign", "seen": seen[1], "is_agreed": "on"}
    )


CERTIFICATES = "Certificate.objects.count()"
DOCUMENTS = "CertificateDocument.objects.count()"
ISSUED_MAILS = "OutgoingMail.objects.filter(cause__startswith='certificate-issued:').count()"
SENT_MAILS = (
    "OutgoingMail.objects.filter(cause__startswith='certificate-issued:', status='sent').count()"
)
UNFINISHED = "UnfinishedDocument.objects.count()"
FILES = "StoredFile.objects.filter(content_type='application/pdf', area='private').count()"
ALMOST = "str(Enrollment.objects.get(user__email='almost.done@example.com').uid)"
BEGUN = "str(Enrollment.objects.get(user__email='therapist@example.com').uid)"


def test_answers_shown_as_saved_survive_the_death_of_the_server(site: Site) -> None:
    site.start_web()
    visitor = visitor_as(site, "therapist")
    enrollment = ask(site, BEGUN)
    start = action_of(
        visitor.get(f"/learn/{enrollment}/quizzes/final-exam/").text, r"/final-exam/start/"
    )
    attempt = visitor.post(start)
    count = len(re.findall(r"data-question=", attempt.text))
    saved = [
        visitor.post(
            f"{attempt.path}items/{position}/",
            {
                f"q{position}-choice": _first_value(attempt.text, position),
                f"q{position}-number": "0",
            },
        )
        for position in range(1, count + 1)
    ]
    assert [answer.status for answer in saved] == [200] * count

    site.kill("web")
    site.start_web()

    kept = ask(
        site,
        "AttemptItem.objects.filter(attempt__status='in-progress').exclude(response='').count()",
    )
    submitted = visitor.post(f"{attempt.path}submit/")
    again = visitor.post(f"{attempt.path}submit/")
    assert kept == count
    assert (submitted.path, again.path) == (f"{attempt.path}review/",) * 2
    assert (
        ask(
            site,
            "Grade.objects.filter(attempt__enrollment__user__email='therapist@example.com').count()",
        )
        == 1
    )


def _first_value(page: str, position: int) -> str:
    found = re.search(rf'name="q{position}-choice" value="([^"]+)"', page)
    assert found
    return found[1]


def test_certificate_issued_before_the_crash_is_rendered_and_mailed_once_after_it(
    site: Site,
) -> None:
    site.start_web()
    visitor = visitor_as(site, "almost-done")
    enrollment = ask(site, ALMOST)
    signed = sign(visitor, enrollment)
    assert "/certificates/" in signed.path

    site.kill("web")  # Issued; nobody has rendered it.
    assert (ask(site, CERTIFICATES), ask(site, DOCUMENTS)) == (1, 0)
    for _ in range(3):  # Workers that die while they are at it.
        site.start_worker()
        time.sleep(1.5)
        site.kill("worker")
    site.start_web()
    site.start_worker()

    wait_until(site, DOCUMENTS, 1)
    # A worker that died while it sent has the message tried again after some minutes: not waited
    # for here, but brought forward.
    wait_until(site, ISSUED_MAILS, 1)
    ask(site, "OutgoingMail.objects.filter(status='queued').update(next_try_at=F('created_at'))")
    site.manage("sweep")
    wait_until(site, SENT_MAILS, 1)
    assert (ask(site, CERTIFICATES), ask(site, ISSUED_MAILS)) == (1, 1)
    serial = ask(site, "Certificate.objects.get().serial")
    downloads = {visitor.get(f"/certificates/{serial}/pdf/").body for _ in range(2)}
    assert len(downloads) == 1
    assert downloads.pop().startswith(b"%PDF-")
    site.manage("verify_records")


# Where a worker is killed, in the order of its work: what is replaced by death, and how many
# documents, unfinished documents and sent messages are there then.
STEPS = {
    "before it is rendered": ("documents.record_of", (0, 0, 0)),
    "after it is rendered": ("documents.sign_pdf", (0, 0, 0)),
    "after it is signed": ("documents.UnfinishedDocument.objects.create", (0, 0, 0)),
    "before it is stored": ("documents.store_bytes", (0, 1, 0)),
    "after it is stored": ("documents.CertificateDocument.objects.get_or_create", (0, 2, 0)),
    "before it is mailed": ("mail._message", (1, 2, 0)),
    "after it is mailed": ("mail._waiting", (1, 2, 0)),
}


def test_worker_killed_at_any_step_leaves_one_certificate_document_and_message(
    site: Site,
) -> None:
    site.start_web()
    visitor = visitor_as(site, "almost-done")
    # What the demo, the sign-in and the first sweep write is no part of this: the first message
    # that a worker dies over is ours.
    site.manage("sweep")
    site.manage("sweep")
    sign(visitor, ask(site, ALMOST))
    address = ask(site, "Certificate.objects.get().user.email")
    site.kill("web")
    before = len([each for each in site.mailbox.messages if address in str(each["To"])])

    for step, (death, left) in STEPS.items():
        _sweep_until_death(site, death)
        assert tuple(ask(site, f"[{DOCUMENTS}, {UNFINISHED}, {SENT_MAILS}]")) == left, step
    ask(site, "OutgoingMail.objects.filter(status='queued').update(next_try_at=F('created_at'))")
    site.manage("sweep")
    ask(site, "UnfinishedDocument.objects.update(at='2020-01-01T00:00:00Z')")
    site.manage("sweep")
    site.manage("sweep")

    counts = f"[{CERTIFICATES}, {DOCUMENTS}, {UNFINISHED}, {ISSUED_MAILS}, {SENT_MAILS}, {FILES}]"
    assert ask(site, counts) == [1, 1, 0, 1, 1, 1]
    arrived = [each for each in site.mailbox.messages if address in str(each["To"])][before:]
    assert len(arrived) == 2, "once before the kill, once again because nobody had written it down"
    assert len({each["Message-ID"] for each in arrived}) == 1
    site.manage("verify_records")


def _sweep_until_death(site: Site, death: str) -> None:
    code = (
        "import os, signal\n"
        "from certificates.domain import documents\n"
        "from ce_platform.core import mail, sweep\n"
        "from ce_platform.core.models import OutgoingMail\n"
        "from django.db.models import F\n"
        "def die(*args, **values): os.kill(os.getpid(), signal.SIGKILL)\n"
        f"{death} = die\n"
        # A message whose worker died is tried again after some minutes: brought forward.
        "OutgoingMail.objects.filter(status='queued').update(next_try_at=F('created_at'))\n"
        "sweep.run()\n"
    )
    result = subprocess.run(
        [sys.executable, "manage.py", "shell", "--verbosity", "0", "--command", code],
        cwd=ROOT,
        env=site.env,
        capture_output=True,
        check=False,
    )
    assert result.returncode == -9, result.stderr.decode()


def test_fifty_parallel_signatures_issue_one_certificate(site: Site) -> None:
    site.start_web(workers=2)
    enrollment = ask(site, ALMOST)
    visitors = [visitor_as(site, "almost-done") for _ in range(50)]
    answers: list[Answer] = []
    gate = threading.Barrier(len(visitors))

    def send(visitor: Visitor) -> None:
        page = visitor.get(f"/learn/{enrollment}/finish/").text
        seen = re.search(r'name="seen" value="([0-9a-f]*)"', page)
        assert seen
        gate.wait()
        answers.append(
            visitor.post(
                f"/learn/{enrollment}/finish/",
                {"step": "sign", "seen": seen[1], "is_agreed": "on"},
            )
        )

    _all_at_once([threading.Thread(target=send, args=(visitor,)) for visitor in visitors])

    serial = ask(site, "Certificate.objects.get().serial")
    assert {(answer.status, answer.path) for answer in answers} == {
        (200, f"/certificates/{serial}/")
    }
    assert ask(site, CERTIFICATES) == 1


def test_two_different_last_steps_at_the_same_moment_do_not_miss_each_other(site: Site) -> None:
    site.start_web(workers=2)
    enrollment = ask(site, ALMOST)
    # Take the evaluation back: it and the signature are now both missing.
    ask(site, "[Evaluation.objects.all().delete(), 0][1]")
    signer, evaluator = (visitor_as(site, "almost-done") for _ in range(2))
    seen = re.search(
        r'name="seen" value="([0-9a-f]*)"', signer.get(f"/learn/{enrollment}/finish/").text
    )
    evaluator.get(f"/learn/{enrollment}/evaluation/")
    gate = threading.Barrier(2)

    def run_sign() -> None:
        gate.wait()
        signer.post(
            f"/learn/{enrollment}/finish/",
            {"step": "sign", "seen": seen[1] if seen else "", "is_agreed": "on"},
        )

    def run_evaluate() -> None:
        gate.wait()
        evaluator.post(
            f"/learn/{enrollment}/evaluation/",
            {
                "objectives_met": "5",
                "content_accurate": "5",
                "useful_in_practice": "5",
                "free_of_bias": "5",
                "minutes_taken": "60",
                "comment": "",
            },
        )

    _all_at_once([threading.Thread(target=run_sign), threading.Thread(target=run_evaluate)])

    assert ask(site, CERTIFICATES) == 1
    assert ask(site, "Enrollment.objects.get(user__email='almost.done@example.com').status") == (
        "completed"
    )


def _all_at_once(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert not any(thread.is_alive() for thread in threads)
