"""Moving in at full size: 5,000 people, 12,000 past completions with 500 PDFs, 40 bad lines.

`python -m bench.moving_in` runs it alone, on SQLite unless DATABASE_URL names an empty PostgreSQL
database. The work is done by jobs, as the worker does it, in this process, so that its highest
memory can be read.
"""

import hashlib
import io
import resource
import time
import zipfile
from typing import Any

PEOPLE, COMPLETIONS, PDFS, BAD = 5_000, 12_000, 500, 40
PDF_BYTES = 60_000


def _people(bad: int) -> bytes:
    lines = ["E-mail,Name\n"]
    for number in range(PEOPLE):
        email = "nobody" if number < bad else f"person{number}@example.com"
        lines.append(f"{email},Person {_letters(number)}\n")
    return "".join(lines).encode()


def _completions(bad: int) -> bytes:
    lines = [
        "E-mail,Name,Certificate number,Course,Completed on,CE hours,License state,"
        "License number,PDF\n"
    ]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for number in range(COMPLETIONS):
            name = f"old-{number}.pdf" if number < PDFS else ""
            if name:
                seed = hashlib.sha256(name.encode()).digest()
                body = (seed * (PDF_BYTES // len(seed))).hex().encode()[:PDF_BYTES]
                archive.writestr(f"pdfs/{name}", b"%PDF-1.4\n%" + body + b"\n%%EOF\n")
            day = "sometime" if number < bad else f"20{10 + number % 15}-{number % 12 + 1:02}-11"
            person = number % PEOPLE
            lines.append(
                f"person{person}@example.com,Person {_letters(person)},OLD-{number:06},"
                f"Course number {number % 40},{day},3,FL,MA {person:05},{name}\n"
            )
        archive.writestr("completions.csv", "".join(lines))
    return buffer.getvalue()


def _letters(number: int) -> str:
    word = ""
    for _ in range(4):
        number, rest = divmod(number, 26)
        word = chr(97 + rest) + word
    return word.capitalize()


def _memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure() -> dict[str, Any]:
    from django.utils import timezone

    from ce_platform.accounts.models import User
    from ce_platform.core import jobs
    from ce_platform.core.models import Provider
    from ce_platform.licensing.models import LicensingBody
    from ce_platform.office.moving_in import running
    from ce_platform.office.moving_in.kinds import kind_named
    from ce_platform.office.moving_in.models import ImportRun
    from certificates.domain.imported import newest_by_old_number
    from certificates.models import Certificate

    now = timezone.now()
    Provider.objects.get_or_create(pk=1, defaults={"name": "Bench", "email": "a@example.com"})
    LicensingBody.objects.get_or_create(
        code="US-FL",
        defaults={
            "kind": "state-board",
            "jurisdiction": "Florida",
            "name": "Florida Board",
            "approval_model": "provider",
        },
    )
    by = User.objects.create_user("bench-registrar@example.com")
    found: dict[str, Any] = {"memory at the start, MB": round(_memory_mb())}

    def step(kind: str, content: bytes, name: str, *, is_applied: bool) -> ImportRun:
        wanted = kind_named(kind)
        if wanted is None:
            raise RuntimeError(kind)
        begun = time.perf_counter()
        run = running.bring_file(
            io.BytesIO(content),
            kind=wanted,
            name=f"{kind}.zip",
            source="",
            options={"fixed": {}},
            by=by,
            now=timezone.now(),
        )
        run.refresh_from_db()
        jobs.run(run.job_id or 0, now=timezone.now())
        looked_at = time.perf_counter()
        run.refresh_from_db()
        if is_applied:
            running.apply(run, by=by, now=timezone.now())
            run.refresh_from_db()
            jobs.run(run.job_id or 0, now=timezone.now())
            run.refresh_from_db()
        done = time.perf_counter()
        found[name] = (
            f"looked through {looked_at - begun:.1f} s, brought in {done - looked_at:.1f} s; "
            f"new {run.new_count}, here {run.same_count}, bad {run.bad_count}, {run.state}"
            f"{f', {run.error}' if run.error else ''}; memory {_memory_mb():.0f} MB"
        )
        return run

    begun = time.perf_counter()
    step("people", _people(BAD // 2), "people with bad lines", is_applied=False)
    step("completions", _completions(BAD // 2), "completions with bad lines", is_applied=False)
    found["rows after the bad ones"] = (
        User.objects.count() - 1,
        Certificate.objects.count(),
    )
    step("people", _people(0), "people", is_applied=True)
    run = step("completions", _completions(0), "completions", is_applied=True)
    step("completions", _completions(0), "completions, the same file again", is_applied=False)
    found["rows"] = (User.objects.count() - 1, Certificate.objects.count(), run.pdf_count)
    found["all of it, seconds"] = round(time.perf_counter() - begun, 1)
    hit = newest_by_old_number("old 000417")
    found["an old number is found"] = hit is not None and hit.old_number
    found["now"] = now.date().isoformat()
    return found


if __name__ == "__main__":
    import os
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory(prefix="ce-bench-") as name:
        os.environ |= {
            "ENV_FILE": str(Path(name) / "absent.env"),
            "DATA_DIR": name,
            "SECRET_KEY": "only-for-measuring-" + "z" * 40,
            "PUBLIC_BASE_URL": "http://testserver",
            "ALLOWED_HOSTS": "testserver",
            "DEMO": "yes",
            "QUEUE_IMMEDIATE": "no",
            "DJANGO_SETTINGS_MODULE": "ce_platform.settings",
        }
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{Path(name) / 'bench.sqlite3'}")
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        for what, figure in measure().items():
            print(f"{what}: {figure}")
