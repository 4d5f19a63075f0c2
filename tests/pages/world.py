"""One of everything, owned by the owner, for the permission table."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.core.cache import cache

from ce_platform.accounts.models import User
from ce_platform.core.files import store_bytes
from ce_platform.core.mail import put_in_outbox
from ce_platform.core.models import BackgroundJob, Provider, StoredFile
from ce_platform.core.text import sha256_text
from ce_platform.licensing.models import BodyRule, ProviderNumber
from certificates.domain.documents import ensure_document
from certificates.models import Certificate
from courses.models import Enrollment
from quizzes.domain.attempts import start_attempt, submit_attempt
from quizzes.models import AttemptRequest
from tests.factories.accounts import UserFactory
from tests.factories.certificates import (
    NOW,
    BodyFactory,
    LicenseFactory,
    SignatoryFactory,
    SubmissionFactory,
    make_certificate,
    make_provider,
)
from tests.factories.courses import (
    ChartViewFactory,
    EnrollmentFactory,
    FigureFactory,
    HandoutFactory,
    LessonFactory,
    RecordingFactory,
    VersionFactory,
)
from tests.factories.quizzes import quiz_with

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


@dataclass
class World:
    people: dict[str, User] = field(default_factory=dict)
    arguments: dict[str, dict[str, Any]] = field(default_factory=dict)
    forms: dict[str, dict[str, Any]] = field(default_factory=dict)


def person(role: str) -> User:
    user = UserFactory(email=f"{role}@example.com", name_on_certificates=f"Some {role.title()}")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    if role in ("instructor", "registrar"):
        user.groups.add(Group.objects.get(name=role))
    return user


def make_world() -> World:
    cache.clear()
    world = World(
        people={role: person(role) for role in ("stranger", "owner", "instructor", "registrar")}
    )
    owner = world.people["owner"]
    make_provider()
    # ---- a course being studied
    version = VersionFactory(course__slug="studied")
    lesson = LessonFactory(module__version=version, slug="first", is_free=True)
    figure = FigureFactory(version=version)
    drawing = ChartViewFactory(chart__version=version).drawing
    quiz = quiz_with(2, version=version, slug="quiz", attempts_allowed=1)
    studying = EnrollmentFactory(user=owner, version=version)
    attempt = start_attempt(studying, quiz, by=owner, now=NOW)
    used_up = quiz_with(1, version=version, slug="used-up", attempts_allowed=1)
    submit_attempt(start_attempt(studying, used_up, by=owner, now=NOW), by=owner, now=NOW)
    request = AttemptRequest.objects.create(enrollment=studying, quiz=used_up, asked_at=NOW)
    fresh = quiz_with(1, version=version, slug="fresh")
    # ---- a certificate
    finished = VersionFactory(course__slug="finished")
    body = BodyFactory()
    license_ = LicenseFactory(user=owner, body=body)
    letter = store_bytes(
        b"%PDF-1.7 letter",
        area=StoredFile.Area.PRIVATE,
        content_type="application/pdf",
        now=NOW,
    )
    submission = SubmissionFactory(course=finished.course, body=body, letter=letter)
    certificate: Certificate = make_certificate(user=owner, version=finished)
    ensure_document(certificate, now=NOW)
    last = EnrollmentFactory(user=owner, version=VersionFactory(course__slug="last"))
    # ---- the office
    rule = BodyRule.objects.create(
        body=body,
        valid_from=date(2026, 11, 20),
        rule_json="{}",
        sha256=sha256_text("{}"),
        as_of=date(2026, 11, 20),
        confidence="high",
        created_at=NOW,
    )
    number = ProviderNumber.objects.create(body=body, number="50-1")
    removable = ProviderNumber.objects.create(body=body, number="50-2")
    picture = store_bytes(PNG, area=StoredFile.Area.PRIVATE, content_type="image/png", now=NOW)
    signatory = SignatoryFactory(signature=picture)
    Provider.objects.update(logo=picture)
    mail = put_in_outbox(subject="Hello", body="There.\n", to_email="a@example.com", now=NOW)
    job = BackgroundJob.objects.create(
        kind="any", title="Some work", created_at=NOW, result_file=letter, result_name="work.pdf"
    )
    # ---- video, audio and handouts, and a draft of the instructor's
    film = RecordingFactory(version=version)
    sheet = HandoutFactory(version=version)
    draft = VersionFactory(
        status="draft", course__slug="draft", course__owner=world.people["instructor"]
    )
    film_of_draft = RecordingFactory(version=draft)
    sheet_of_draft = HandoutFactory(version=draft)
    LessonFactory(
        module__version=draft,
        body=f"::: recording {film_of_draft.slug}\n:::\n\n[Sheet](handout:{sheet_of_draft.slug})\n",
    )
    world.arguments = {
        "": {},
        "mail": {"uid": mail.uid},
        "job": {"uid": job.uid},
        "course": {"slug": "studied"},
        "sample": {"slug": "studied", "lesson_slug": lesson.slug},
        "enrollment": {"uid": studying.uid},
        "last": {"uid": last.uid},
        "lesson": {"uid": studying.uid, "slug": lesson.slug},
        "figure": {
            "sha256": next(iter(figure.sizes.values()), figure.file.sha256),
            "extension": figure.file.content_type.split("/")[1],
        },
        "drawing": {"sha256": drawing.sha256},
        "film": {"sha256": film.file.sha256, "extension": "mp4"},
        "poster": {"sha256": film.poster.sha256},
        "captions": {"key": film.key, "sha256": sha256_text(film.captions)},
        "sheet": {"sha256": sheet.file.sha256, "name": sheet.file_name},
        "draft": {"slug": "draft"},
        "draft-recording": {"slug": "draft", "key": film_of_draft.key},
        "draft-handout": {"slug": "draft", "key": sheet_of_draft.key},
        # Everybody has their own; this is nobody's.
        "draft-upload": {"slug": "draft", "uid": film_of_draft.key},
        "quiz": {"uid": studying.uid, "slug": quiz.slug},
        "fresh-quiz": {"uid": studying.uid, "slug": fresh.slug},
        "used-up-quiz": {"uid": studying.uid, "slug": used_up.slug},
        "attempt": {"uid": attempt.uid},
        "graded": {"uid": attempt_of(studying, used_up.pk)},
        "item": {"uid": attempt.uid, "position": 1},
        "request": {"uid": request.uid},
        "license": {"uid": license_.uid},
        "body": {"code": body.code},
        "rule": {"pk": rule.pk},
        "submission": {"uid": submission.uid},
        "letter": {"uid": submission.uid, "sha256": letter.sha256},
        "number": {"pk": number.pk},
        "removable-number": {"pk": removable.pk},
        "signatory": {"pk": signatory.pk},
        "certificate": {"serial": certificate.serial},
        "code": {"code": certificate.serial},
    }
    world.forms = {
        "courses:studio-upload-begin": {"file_name": "a.mp4", "size": 10, "fingerprint": "1"},
        "courses:studio-recording-captions": {
            "language": "en-US",
            "text": "00:01.000 --> 00:02.000\nSlow.",
        },
        "courses:studio-recording-transcript": {"text": "Slow."},
        "courses:lesson-time": {"seconds": 5, "scroll": 100},
        "quizzes:item-save": {"q1-choice": "1", "q1-number": "0"},
        "quizzes:office-request-answer": {f"r{request.pk}-decision": "grant"},
        "licensing:office-submission-note": {"note": "Called them."},
        "licensing:office-submission-move": {"to": "withdrawn", "withdrawn-note": "Sold."},
        "licensing:office-submission-correct": {
            "correct-number": "20-100201",
            "correct-hours_granted": "0.5",
            "correct-submitted_on": "2026-01-10",
            "correct-decided_on": "2026-02-01",
            "correct-valid_from": "2026-02-01",
            "correct-valid_to": "2027-12-31",
            "correct-note": "Misread.",
        },
        "certificates:office-certificate-revoke": {
            "reason": "Issued by mistake.",
            "is_sure": "on",
        },
    }
    return world


def attempt_of(enrollment: Enrollment, quiz_id: int) -> Any:
    return enrollment.attempts.get(quiz_id=quiz_id).uid
