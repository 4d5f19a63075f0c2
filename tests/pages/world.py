"""One of everything, owned by the owner, for the permission table."""

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from ce_platform.accounts.models import User
from ce_platform.accounts.staff_invitations import invite_to_staff
from ce_platform.core.files import store_bytes
from ce_platform.core.mail import put_in_outbox
from ce_platform.core.mail_kinds import kinds
from ce_platform.core.mail_preferences import stop_token
from ce_platform.core.models import BackgroundJob, Provider, StoredFile
from ce_platform.core.text import sha256_text
from ce_platform.licensing.domain.submissions import note_packet
from ce_platform.licensing.models import BodyRule, ProviderNumber
from ce_platform.office.asking.replies import keep_reply
from ce_platform.office.moving_in.redirects import save_redirect
from ce_platform.office.own_data.asking import ask as ask_for_own_data
from ce_platform.office.people import lists as people_lists
from ce_platform.office.people.messages import keep_message
from certificates.domain.corrected import Correction
from certificates.domain.corrections import ask_correction
from certificates.domain.documents import ensure_document
from certificates.group.issuing import keep_list
from certificates.group.reading import read_list
from certificates.models import (
    Certificate,
    ReportChannel,
    SigningCertificate,
)
from certificates.reports.domain.export import make_batch
from certificates.sharing.switching import switch_on
from courses.domain.access import make_codes
from courses.domain.chart_values import values_of
from courses.domain.live import record_attendance
from courses.models import CourseInvitation, Enrollment, MarginQuestion
from courses.shop.keys import add_shop, make_key
from quizzes.domain.attempts import start_attempt, submit_attempt
from quizzes.domain.importing import seen_picture
from quizzes.models import AttemptRequest, QuizDraw, RegradeProposal
from tests.factories.accounts import InstructorLicenseFactory, UserFactory
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
    CourseAuthorFactory,
    EnrollmentFactory,
    FigureFactory,
    GlossaryTermFactory,
    HandoutFactory,
    LessonFactory,
    ObjectiveFactory,
    RecordingFactory,
    ReferenceFactory,
    VersionFactory,
)
from tests.factories.licensing import ExternalCreditFactory, RuleLineFactory
from tests.factories.live import live_version, session_of
from tests.factories.moving import on_the_way
from tests.factories.office import PolicyFactory, ThreadFactory, ThreadMessageFactory
from tests.factories.quizzes import PoolItemFactory, RevisionFactory, quiz_with, single
from tests.factories.reports import GEORGIA, owed_line, reporting_body, set_channel
from tests.office.moving_in.brought import bring
from tests.pages.made_files import archive_of, audit_pack, certificate_bundle, made_transcript

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489000000"
    "0d49444154789c63507048f80f00030401c0802870da0000000049454e44ae426082"
)


@dataclass
class World:
    people: dict[str, User] = field(default_factory=dict)
    arguments: dict[str, dict[str, Any]] = field(default_factory=dict)
    forms: dict[str, dict[str, Any]] = field(default_factory=dict)
    signed_in: dict[str, str] = field(default_factory=dict)
    """The keys of the sessions by role, see `sign_in_everybody`."""


def person(role: str) -> User:
    user = UserFactory(email=f"{role}@example.com", name_on_certificates=f"Some {role.title()}")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    if role in ("instructor", "registrar"):
        user.groups.add(Group.objects.get(name=role))
    return user


def sign_in_everybody(world: World) -> None:
    for role, user in world.people.items():
        client = Client()
        client.force_login(user)
        world.signed_in[role] = client.cookies[settings.SESSION_COOKIE_NAME].value


def make_world() -> World:
    cache.clear()
    world = World(
        people={role: person(role) for role in ("stranger", "owner", "instructor", "registrar")}
    )
    owner = world.people["owner"]
    make_provider()
    sign_in = UserSession.objects.create(user=owner, ip="192.0.2.1", session_key="k" * 32)
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
    note_packet(submission, file=letter, parts=["outline"], by=world.people["registrar"], now=NOW)
    certificate: Certificate = make_certificate(user=owner, version=finished)
    ensure_document(certificate, now=NOW)
    to_correct = make_certificate(user=owner, version=VersionFactory(course__slug="to-correct"))
    correction = ask_correction(
        to_correct,
        correction=Correction("Another Name", ()),
        proof=letter,
        by=owner,
        now=NOW,
    )
    transcript = made_transcript(owner, letter)
    shared = switch_on(
        certificate=None,
        chosen=[certificate],
        has_licenses=False,
        has_email=False,
        by=owner,
        now=NOW,
    )
    # ---- two completions owed to a body, one of which has left
    told = reporting_body("US-GA", rule=GEORGIA)
    set_channel(told)
    owed_line(told, number="GA 1")
    report_batch = make_batch(
        ReportChannel.CE_BROKER, body=None, by=world.people["registrar"], now=NOW
    )
    waiting_line = owed_line(told, number="GA 2")
    last = EnrollmentFactory(user=owner, version=VersionFactory(course__slug="last"))
    on_its_way, _ = on_the_way(user=owner)
    # ---- a live class of the instructor's, and lists of who attended
    live = live_version(course__slug="live", course__owner=world.people["instructor"])
    session, to_cancel = session_of(live), session_of(live)
    attended = EnrollmentFactory(version=live)
    record_attendance(attended.pk, session, minutes=20, by=world.people["registrar"], now=NOW)
    to_bring_in = bring(
        "people",
        b"E-mail,Name\nmoved@example.com,Mo Ved\n",
        by=world.people["registrar"],
        now=NOW,
    )
    old_address = save_redirect("/old/", "/courses/", by=world.people["registrar"], now=NOW)
    looked_at, to_discard = (
        keep_list(
            read_list("Some Body, body@example.com", session=session, bodies=[]),
            session=session,
            by=world.people["registrar"],
            now=NOW,
        )
        for _ in range(2)
    )
    # ---- a draft of the instructor's
    draft = VersionFactory(
        course__slug="draft", course__owner=world.people["instructor"], status="draft"
    )
    draft_lesson = LessonFactory(
        module__version=draft, slug="begun", body="A text.\n", is_free=True
    )
    LessonFactory(module=draft_lesson.module, slug="other")
    draft_chart = ChartViewFactory(chart__version=draft).chart
    draft_quiz = quiz_with(2, version=draft, slug="draft-quiz")
    pooled = draft_quiz.pool.select_related("revision__question")[0].revision.question
    banked = RevisionFactory(question__course=draft.course).question
    draft_draw = QuizDraw.objects.create(quiz=draft_quiz, position=1, count=1, tag="points")
    case = {"id": "client", "title": "A client", "text": "She has a stiff neck."}
    PoolItemFactory(
        quiz=draft_quiz,
        revision=RevisionFactory(question__course=draft.course, content_data=single(case=case)),
    )
    taught = VersionFactory(course__slug="taught", course__owner=world.people["instructor"])
    taught_quiz = quiz_with(2, version=taught)
    asked = taught_quiz.pool.select_related("revision__question")[0].revision.question
    proposal = RegradeProposal.objects.create(
        revision=asked.revisions.get(), reason="Both are right.", proposed_at=NOW, proposed_by_id=1
    )
    draft_things = {
        "author": CourseAuthorFactory(version=draft),
        "objective": ObjectiveFactory(version=draft),
        "reference": ReferenceFactory(version=draft),
        "term": GlossaryTermFactory(version=draft),
    }
    draft_figure = FigureFactory(version=draft)
    question = MarginQuestion.objects.create(
        course=draft.course,
        version=draft,
        lesson_key=draft_lesson.key,
        text="How hard?",
        asked_at=NOW,
        asked_by=owner,
    )
    # ---- who teaches
    resume = store_bytes(
        b"%PDF-1.7 cv", area=StoredFile.Area.PRIVATE, content_type="application/pdf", now=NOW
    )
    teaching = InstructorLicenseFactory(
        profile__user=world.people["instructor"], profile__cv=resume
    )
    other = InstructorLicenseFactory(profile=teaching.profile)
    # ---- renewals
    elsewhere = ExternalCreditFactory(user=owner, proof=letter)
    plan = BackgroundJob.objects.create(
        kind="renewal-plan",
        title="Renewal plan",
        created_at=NOW,
        created_by_id=owner.pk,
        result_file=letter,
        result_name="plan.pdf",
    )
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
    rule_line = RuleLineFactory(body=body)
    number = ProviderNumber.objects.create(body=body, number="50-1")
    removable = ProviderNumber.objects.create(body=body, number="50-2")
    picture = store_bytes(PNG, area=StoredFile.Area.PRIVATE, content_type="image/png", now=NOW)
    pasted = store_bytes(PNG, area=StoredFile.Area.COURSE_MEDIA, content_type="image/png", now=NOW)
    signatory = SignatoryFactory(signature=picture)
    Provider.objects.update(logo=picture)
    mail = put_in_outbox(subject="Hello", body="There.\n", to_email="a@example.com", now=NOW)
    job = BackgroundJob.objects.create(
        kind="any", title="Some work", created_at=NOW, result_file=letter, result_name="work.pdf"
    )
    word = BackgroundJob.objects.create(
        kind="word", title="Reading", parameters=f'{{"version":{draft.pk}}}', created_at=NOW
    )
    bundle, bundle_to_delete = (
        certificate_bundle(content, by=world.people["registrar"]) for content in (b"pdf", b"csv")
    )
    pack, pack_to_delete = (audit_pack(certificate, content) for content in (b"zip", b"other zip"))
    # ---- access: codes, invitations, a shop
    access_code, *batch = (
        *make_codes(finished.course, by=world.people["registrar"], now=NOW),
        *make_codes(finished.course, count=2, by=world.people["registrar"], now=NOW),
    )
    invitation, to_withdraw = (
        CourseInvitation.objects.create(
            course=course, email=owner.email, created_at=NOW, created_by_id=1
        )
        for course in (finished.course, live.course)
    )
    shop = add_shop(name="Shop", by=world.people["registrar"], now=NOW)
    shop_key, _secret = make_key(shop, by=world.people["registrar"], now=NOW)
    # ---- staff
    staff_invitation = invite_to_staff(
        owner.email, roles=["instructor"], by=world.people["registrar"], now=timezone.now()
    )
    # ---- the people desk
    to_owner = put_in_outbox(
        subject="Hello", body="There.\n", to_email=owner.email, to_user_id=owner.pk, now=NOW
    )
    people_list, people_to_discard = (
        people_lists.keep_list(
            people_lists.read_people("Some Body, body@example.com"),
            course=None,
            note="",
            by=world.people["registrar"],
            now=NOW,
        )
        for _ in range(2)
    )
    message, message_to_discard = (
        keep_message(
            version.course,
            to="open",
            subject="News",
            body="A new lesson.",
            by=world.people["registrar"],
            now=NOW,
        )
        for _ in range(2)
    )
    # ---- video, audio and handouts
    film = RecordingFactory(version=version)
    sheet = HandoutFactory(version=version)
    film_of_draft = RecordingFactory(version=draft)
    sheet_of_draft = HandoutFactory(version=draft)
    LessonFactory(
        module__version=draft,
        body=f"::: recording {film_of_draft.slug}\n:::\n\n[Sheet](handout:{sheet_of_draft.slug})\n",
    )
    # ---- a policy in force and a draft, and a question of the owner's
    policy = PolicyFactory(kind="refund", version=1)
    PolicyFactory(kind="refund", version=2)
    PolicyFactory(kind="privacy", version=1, is_draft=True)
    asked_office = ThreadFactory(user=owner)
    with_file = ThreadMessageFactory(thread=asked_office, file=letter, file_name="letter.pdf")
    of_visitor = ThreadFactory(user=None, email="visitor@example.com")
    ended = UserFactory(email="ended@example.com", is_active=False, closed_at=NOW)
    to_erase = ThreadFactory(user=None, email="another@example.com")
    saved_reply, reply_to_remove = (
        keep_reply(None, title=title, text="Hello.", by=world.people["registrar"], now=NOW)
        for title in ("Hours", "Refunds")
    )
    world.arguments = {
        "": {},
        "closed-person": {"uid": ended.uid},
        "person": {"uid": owner.uid},
        "person-course": {"uid": owner.uid, "enrollment": studying.uid},
        "person-quiz": {"uid": owner.uid, "enrollment": studying.uid, "quiz": used_up.key},
        "person-mail": {"uid": owner.uid, "mail": to_owner.uid},
        "person-correction": {"uid": owner.uid, "correction": correction.uid},
        "people-list": {"uid": people_list.uid},
        "people-to-discard": {"uid": people_to_discard.uid},
        "message": {"uid": message.uid},
        "message-to-discard": {"uid": message_to_discard.uid},
        "sign-in": {"pk": sign_in.pk},
        # A fresh sign-in is asked for before anybody learns whether there is one.
        "passkey": {"pk": 1},
        "instructor": {"uid": world.people["instructor"].uid},
        "first-run-step": {"code": "design"},
        "staff-invitation": {"uid": staff_invitation.uid},
        "own-license": {"uid": teaching.uid},
        "other-license": {"uid": other.uid},
        "mail": {"uid": mail.uid},
        "job": {"uid": job.uid},
        "bundle": {"uid": bundle.uid},
        "bundle-to-delete": {"uid": bundle_to_delete.uid},
        "pack": {"uid": pack.uid},
        "pack-to-delete": {"uid": pack_to_delete.uid},
        "pack-way": {"way": "learner"},
        "numbers-table": {"table": "days"},
        "archive": {"uid": archive_of(b"PK archive").uid},
        "archive-to-delete": {"uid": archive_of(b"PK another archive").uid},
        "course": {"slug": "studied"},
        "draft": {"slug": "draft"},
        "word": {"slug": "draft", "uid": word.uid},
        "draft-number": {"slug": "draft", "number": "1.0"},
        "differences": {"slug": "draft", "old": "1.0", "new": "1.0"},
        "comment": {"slug": "draft", "pk": 1},
        "draft-module": {"slug": "draft", "key": draft_lesson.module.key},
        "draft-lesson": {"slug": "draft", "key": draft_lesson.key},
        "preview-lesson": {"slug": "draft", "lesson": draft_lesson.slug},
        "preview-quiz": {"slug": "draft", "quiz": draft_quiz.slug},
        "draft-chart": {"slug": "draft", "key": draft_chart.key},
        **{
            f"draft-{noun}": {"slug": "draft", "key": thing.key}
            for noun, thing in draft_things.items()
        },
        "draft-figure": {"slug": "draft", "key": draft_figure.key},
        "margin-question": {"slug": "draft", "uid": question.uid},
        "sample": {"slug": "studied", "lesson_slug": lesson.slug},
        "enrollment": {"uid": studying.uid},
        "last": {"uid": last.uid},
        "on-the-way": {"uid": on_its_way.uid},
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
        "learner-quiz": {"uid": studying.uid, "quiz": used_up.key},
        "import-template": {"slug": "draft", "ending": "csv"},
        "import-picture": {"slug": "draft", "seen": seen_picture(draft, pasted.sha256, "png")},
        "draft-quiz": {"slug": "draft", "quiz": draft_quiz.key},
        "draft-draw": {"slug": "draft", "quiz": draft_quiz.key, "draw": draft_draw.key},
        "draft-case": {"slug": "draft", "quiz": draft_quiz.key, "case": "client"},
        "draft-question": {"slug": "draft", "quiz": draft_quiz.key, "question": pooled.key},
        "taught-quiz": {"slug": "taught", "number": "1.0", "quiz": taught_quiz.key},
        "asked-question": {"slug": "taught", "question": asked.key},
        "proposal": {"uid": proposal.uid},
        "bank-question": {"slug": "draft", "question": banked.key},
        "bank-pair": {"slug": "draft", "question": banked.key, "other": pooled.key},
        "license": {"uid": license_.uid},
        "elsewhere": {"uid": elsewhere.uid},
        "plan": {"uid": plan.uid},
        "stop": {"token": stop_token(owner.pk, next(k for k in kinds() if k.can_be_switched_off))},
        "mail-kind": {"code": "certificate_issued"},
        "body": {"code": body.code},
        "rule": {"pk": rule.pk},
        "rule-line": {"pk": rule_line.pk},
        "submission": {"uid": submission.uid},
        "packet": {"uid": submission.uid, "sha256": letter.sha256},
        "edition": {"slug": "studied", "edition": 1},
        "letter": {"uid": submission.uid, "sha256": letter.sha256},
        "number": {"pk": number.pk},
        "removable-number": {"pk": removable.pk},
        "signatory": {"pk": signatory.pk},
        "certificate": {"serial": certificate.serial},
        "live": {"slug": "live"},
        "session": {"slug": "live", "uid": session.uid},
        "attended": {"slug": "live", "uid": session.uid, "enrollment": attended.uid},
        "session-to-cancel": {"slug": "live", "uid": to_cancel.uid},
        "group": {"uid": looked_at.uid},
        "group-to-discard": {"uid": to_discard.uid},
        "import": {"uid": to_bring_in.uid},
        "import-kind": {"kind": "people"},
        "import-sheet": {"kind": "people", "ending": "csv"},
        "redirect": {"pk": old_address.pk},
        "to-correct": {"serial": to_correct.serial},
        "correction": {"uid": correction.uid},
        "design": {"number": certificate.design.number},
        "report-line": {"uid": waiting_line.uid},
        "report-batch": {"uid": report_batch.uid},
        "code": {"code": certificate.serial},
        "fingerprint": {"fingerprint": SigningCertificate.objects.get().fingerprint},
        "transcript": {"uid": transcript.uid},
        "transcript-code": {"code": transcript.code},
        "transcript-of": {"uid": owner.uid},
        "own-data": {"uid": ask_for_own_data(owner, now=NOW).uid},
        "shared-page": {"uid": shared.uid},
        "access-code": {"uid": access_code.uid},
        "access-batch": {"batch": batch[0].batch},
        "access-export": {"what": "codes"},
        "access-course": {"slug": "studied"},
        "invitation": {"uid": invitation.uid},
        "invitation-to-withdraw": {"uid": to_withdraw.uid},
        "shop": {"uid": shop.uid},
        "shop-key": {"uid": shop_key.uid},
        "shared-token": {"token": shared.token},
        "policy": {"kind": policy.kind},
        "policy-version": {"kind": policy.kind, "version": 2},
        "policy-draft": {"kind": "privacy"},
        "question": {"uid": asked_office.uid},
        "question-file": {"uid": asked_office.uid, "message": with_file.uid},
        "visitor-question": {"uid": of_visitor.uid},
        "question-to-erase": {"uid": to_erase.uid},
        "saved-reply": {"uid": saved_reply.uid},
        "saved-reply-to-remove": {"uid": reply_to_remove.uid},
    }
    regrade = {"revision": "1", "better": "everybody", "reason": "No answer was right."}
    world.forms = {
        "office:office-policy-publish": {
            "effective_on": "2099-01-01",
            "is_sure": "on",
            "seen": sha256_text("A draft."),
        },
        "office:office-question-write": {"how": "note", "text": "Called them."},
        "office:office-question-erase": {"reason": "Asked for it by mail."},
        "office:office-reply-new": {"title": "Transcripts", "text": "Under My certificates."},
        "office:office-reply-edit": {"title": "Hours", "text": "Hello again."},
        "office:office-question-state": {"to": "closed"},
        "office:office-question-attach": {"email": owner.email},
        "office:import-undo": {"reason": "Wrong file."},
        "pages:mail-bounce": {"reason": "550 no such mailbox"},
        "office:person-enroll": {"course": "finished"},
        "office:person-withdraw": {f"withdraw-{studying.pk}-reason": "Refund."},
        "office:person-time": {
            f"time-{studying.pk}-extra_percent": 50,
            f"time-{studying.pk}-reason": "Asked by phone.",
        },
        "office:person-attempts": {
            f"attempts-{studying.pk}-{used_up.pk}-left": 0,
            f"attempts-{studying.pk}-{used_up.pk}-count": 2,
        },
        "office:person-address": {"email": "new@example.com", "reason": "Called from work."},
        "office:person-phone": {"phone": "(303) 555-0142"},
        "office:person-name": {"name": "Olivia Owner", "reason": "Saw the license."},
        "office:person-second-step": {"reason": "Knows the last certificate."},
        "courses:studio-upload-begin": {"file_name": "a.mp4", "size": 10, "fingerprint": "1"},
        "courses:studio-recording-captions": {
            "language": "en-US",
            "text": "00:01.000 --> 00:02.000\nSlow.",
        },
        "courses:studio-recording-transcript": {"text": "Slow."},
        "courses:enrollment-move": {"version": "2.0"},
        "courses:enrollment-stay": {"version": "2.0"},
        "courses:lesson-time": {"seconds": 5, "scroll": 100},
        "courses:studio-chart-save": {"body": json.dumps(values_of(draft_chart))},
        "courses:studio-lesson-save": {"title": "Begun", "body": "A text.", "based_on": 0},
        "courses:studio-objective-add": {"text": "Locate ten points."},
        "courses:studio-objective": {"text": "Locate ten points."},
        "courses:studio-question-answer": {f"q{question.pk}-answer": "Lightly."},
        "quizzes:item-save": {"q1-choice": "1", "q1-number": "0"},
        "quizzes:studio-quiz-preview": {"type": "true-false", "stem": "It holds."},
        "quizzes:studio-quiz-settings": {
            "title": "Quiz",
            "pass_percent": "80",
            "review": "after-submit",
        },
        "quizzes:studio-quiz-question-move": {"to": "down"},
        "quizzes:studio-quiz-draw-add": {
            "count": "1",
            "source": f"objective:{draft_things['objective'].key}",
        },
        "quizzes:studio-quiz-draw": {"count": "2", "source": "tag:points"},
        "quizzes:studio-quiz-regrade-propose": regrade,
        "quizzes:studio-quiz-regrade-apply": regrade,
        "quizzes:office-regrade-turn-down": {f"p{proposal.pk}-answer": "It was right."},
        "quizzes:studio-quiz-question-from-bank": {"question": str(banked.key)},
        "quizzes:office-learner-time": {"extra_percent": 50, "reason": "Asked by phone."},
        "quizzes:office-learner-attempt": {f"a{used_up.pk}-left": 0},
        "quizzes:office-attempt-void": {
            f"v{attempt.pk}-reason": "Another person sat there.",
        },
        "quizzes:office-request-answer": {f"r{request.pk}-decision": "grant"},
        "courses:studio-instructor-license-check": {
            "number": teaching.number,
            "valid_until": teaching.valid_until.isoformat(),
        },
        "licensing:office-rule-decide": {"valid_from": "2026-11-20"},
        "licensing:office-submission-follow": {"edition": "finished:1"},
        "licensing:office-submission-note": {
            "message-direction": "internal",
            "message-note": "Called them.",
        },
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
        "certificates:office-report-line-move": {"to": "not-needed", "reason": "Moved away."},
        "certificates:office-report-line-correct": {"license_number": "GA 3", "reason": "Typo."},
        "certificates:office-report-body-number": {"edition": "finished:1", "number": ""},
        "certificates:transcript-ask": {"period": "all"},
        "certificates:office-transcript-ask": {"period": "all"},
        "certificates:sharing-on": {"certificates": certificate.serial},
        "certificates:office-certificate-correction-decide": {
            "decision": "refuse",
            "answer": "We need a picture of your license.",
        },
        "certificates:office-certificate-revoke": {
            "reason": "Issued by mistake.",
            "is_sure": "on",
        },
        "office:access-code-change": {"use_limit": 2, "note": "Two friends"},
        "office:access-code-cancel": {"reason": "Sold twice."},
        "office:access-code-send": {"email": "buyer@example.com"},
        "office:access-shop-new": {"name": "Another shop"},
        "office:access-shop-test": {"key": shop_key.public_id, "course": "finished"},
    }
    return world


def attempt_of(enrollment: Enrollment, quiz_id: int) -> Any:
    return enrollment.attempts.get(quiz_id=quiz_id).uid
