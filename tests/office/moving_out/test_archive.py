"""Everything is in the archive, and nothing that must not be."""

import csv
import io
import json
from pathlib import Path
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.apps import apps

from ce_platform.accounts.models import User
from ce_platform.core.codes import dashed
from ce_platform.core.mail import put_in_outbox
from ce_platform.core.models import StoredFile
from ce_platform.office.moving_out.archive import steps, write_archive
from ce_platform.office.moving_out.courses_part import LACKS_LESSONS
from ce_platform.office.moving_out.kept import files_to_keep
from ce_platform.office.moving_out.left_out import LEFT_OUT
from ce_platform.office.moving_out.snapshot import snapshot
from ce_platform.office.moving_out.verify_archive import faults
from certificates.models import Certificate
from courses.models import Course, CourseVersion, CreditHours
from courses.package.exporting import export_files
from courses.package.importing import import_package
from courses.package.source import PackageSource
from quizzes.models import Question
from tests.conftest import NOW
from tests.factories.accounts import UserFactory
from tests.factories.certificates import make_certificate
from tests.factories.courses import ModuleFactory, VersionFactory
from tests.factories.thaw import thawed
from tests.office.moving_in.brought import apply, bring
from tests.pages.world import make_world

pytestmark = pytest.mark.django_db


def written(folder: Path) -> tuple[Path, dict[str, bytes], int]:
    """The zip, path → bytes, and how many steps were told."""
    path = folder / "all.zip"
    told = 0

    def step(count: int) -> None:
        nonlocal told
        told += count

    with path.open("w+b") as file, snapshot():
        write_archive(file, name="everything", now=NOW, workplace=folder, step=step)
    with ZipFile(path) as archive:
        found = {
            name.removeprefix("everything/"): archive.read(name) for name in archive.namelist()
        }
    return path, found, told


def lines(content: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content.splitlines()]


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_one_of_everything_is_in_the_archive_row_by_row_and_byte_by_byte(tmp_path: Path) -> None:
    make_world()
    make_certificate(user__name_on_certificates="Same Name")
    make_certificate(user__name_on_certificates="Same Name")
    _take_over_a_record()
    secrets = _make_secrets()
    total = steps()

    path, found, told = written(tmp_path)

    # Every table of the database is here with all its rows, or in the short list of those left out.
    models = {
        model._meta.label: model
        for model in apps.get_models(include_auto_created=True)
        if not model._meta.proxy
    }
    rows = {
        label: len(lines(found[name]))
        for label, model in models.items()
        if (name := f"records/{model._meta.label_lower}.jsonl") in found
    }
    assert set(models) - set(rows) == set(LEFT_OUT)
    assert rows == {label: models[label]._base_manager.count() for label in rows}
    # Every kept file too, found by its id, with its own bytes or named as missing.
    by_id = {int(row["id"]): row["path"] for row in table(found["files/index.csv"])}
    missing = {row["path"] for row in table(found["missing.csv"])}
    for file in files_to_keep():
        if file.storage.exists(file.path):
            assert found[by_id[file.pk]] == file.read()
        else:
            assert any(file.sha256 in each for each in missing)
    # What people open.
    people = table(found["people/people.csv"])
    assert len(people) == User.objects.count() == len({row["person"] for row in people})
    documents = {each["serial"]: each["document"] for each in
                 lines(found["certificates/certificates.jsonl"])}  # fmt: skip
    for certificate in Certificate.objects.select_related("document__file"):
        name = documents.pop(certificate.serial)
        if hasattr(certificate, "document"):
            assert found[name] == certificate.document.file.read()
        else:
            assert name is None
            # Nothing is missing of what was taken over without a document.
            assert (f"certificates/{dashed(certificate.serial)}" in missing) != (
                certificate.is_imported
            )
    assert documents == {}
    for version in CourseVersion.objects.select_related("course"):
        folder = f"courses/{version.course.slug}/{version.edition}.{version.revision}-"
        folder += version.status
        package = {
            name.removeprefix(f"{folder}/"): content
            for name, content in found.items()
            if name.startswith(f"{folder}/")
        }
        if folder not in missing:
            assert package == export_files(version)
    for slug in Course.objects.filter(questions__isnull=False).values_list("slug", flat=True):
        bank = json.loads(found[f"questions/{slug}/questions.json"])
        assert len(bank) == Question.objects.filter(course__slug=slug).count()
        for name in ("moodle.xml", "qti-2.1.zip", "questions.toml"):
            assert found[f"questions/{slug}/{name}"], name
    # No secret, in whatever file.
    everything = b"\n".join(found.values())
    assert [secret for secret in secrets if secret.encode() in everything] == []
    assert list(faults(path)) == []
    assert told == total


def _take_over_a_record() -> None:
    """It has no enrollment here."""
    table = b"E-mail,Name,Course,Completed on,CE hours\nold@example.com,Ada Old,Neck,2023-05-01,3\n"
    by = UserFactory()
    apply(bring("completions", table, by=by, now=NOW), by=by, now=NOW)


def _make_secrets() -> list[str]:
    user = User.objects.get(email="owner@example.com")
    user.set_password("a-secret-to-remember")
    user.save()
    shared = generate_totp_secret()
    TOTP.activate(user, shared)
    kept = Authenticator.objects.get(user=user, type="totp").data["secret"]
    put_in_outbox(
        kind=None,
        subject="Your code",
        body="Your code is QK7P2M9X.",
        to_email=user.email,
        is_secret=True,
        now=NOW,
    )
    return [user.password, shared, kept, "QK7P2M9X"]


def test_fault_of_an_archive_is_named(tmp_path: Path) -> None:
    StoredFile.objects.all().delete()
    _path, found, _told = written(tmp_path)
    folder = tmp_path / "unpacked"
    for name, content in found.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    (folder / "people" / "people.csv").write_bytes(b"nobody")
    (folder / "missing.csv").unlink()
    (folder / "added.txt").write_text("more")

    assert set(faults(folder)) == {
        "changed: people/people.csv",
        "missing: missing.csv",
        "not in the manifest: added.txt",
    }


def test_course_without_lessons_comes_back_or_the_archive_says_why_not(tmp_path: Path) -> None:
    """A class before people needs none; a course that was only begun has none yet."""
    held = VersionFactory(course__slug="held", delivery="live-class", status="published")
    begun = VersionFactory(course__slug="begun", status="draft")
    for version in (held, begun):
        with thawed("courses_credithours"):
            CreditHours.objects.create(
                version=version, position=1, category="General", credit_hours=1
            )
        ModuleFactory(version=version, slug="day")
    path, found, _told = written(tmp_path)
    with ZipFile(path) as archive:
        archive.extractall(tmp_path)
    courses = tmp_path / "everything" / "courses"
    for version, folder in ((held, "held/1.0-published"), (begun, "begun/1.0-draft")):
        head = courses / folder / "course.toml"
        other = head.read_text().replace(str(version.course.key), str(uuid4()))
        head.write_text(other.replace(f'"{version.course.slug}"', f'"{version.course.slug}-2"'))

    came, refused = (
        import_package(PackageSource.open(courses / folder), by=None, now=NOW)
        for folder in ("held/1.0-published", "begun/1.0-draft")
    )

    assert ([str(each) for each in came.problems], came.is_written) == ([], True)
    assert [str(each) for each in refused.problems] == [
        "01-day/module.toml:1: The module has no lessons."
    ]
    readme = found["README.md"].decode()
    assert f"| `courses/begun/1.0-draft/` | {LACKS_LESSONS} |" in readme
    assert "courses/held/1.0-published" not in readme
