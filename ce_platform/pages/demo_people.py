"""The people, papers and submissions of the demo. Dates are relative to the first run.

Every function looks first whether its work is there: a second run keeps what people changed.
Each does all of its work or nothing, so that a run that was cut off is finished by the next one.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction

from ce_platform.accounts.models import InstructorLicense, InstructorProfile, User
from ce_platform.accounts.states import STATES
from ce_platform.core.files import store_bytes
from ce_platform.core.models import Provider, StoredFile
from ce_platform.licensing.domain import credits, office, submissions
from ce_platform.licensing.models import (
    License,
    LicensingBody,
    ProviderNumber,
    Signatory,
    Submission,
)
from ce_platform.licensing.queries import newest_rules
from ce_platform.office.first_run.steps import set_aside
from ce_platform.pages.demo_access import add_access
from ce_platform.pages.demo_live import add_live_class
from ce_platform.pages.demo_office import add_policies, add_questions
from certificates.models import BodyChannel, ReportChannel
from courses.domain import enrolling, evaluation, progress
from courses.domain.publishing import publish_version
from courses.models import Course, Enrollment, Evaluation, Lesson
from courses.package.importing import import_package
from courses.package.source import PackageSource
from quizzes.domain import attempts
from quizzes.models import Attempt, Quiz
from quizzes.question_types import type_named

PASSWORD = "look-around-2026"  # noqa: S105 – printed on purpose, only in a demo
SIGNATURE = Path(__file__).parent / "demo_files" / "signature.png"
CHECKED_STATES = ("US-FL", "US-NY")
STARTER_COURSE = Path(settings.BASE_DIR) / "content" / "facial-massage-introduction"


@dataclass(frozen=True)
class Person:
    email: str
    name: str
    groups: tuple[str, ...] = ()
    licenses: tuple[tuple[str, str, int], ...] = ()
    """(body code, number, years until its period ends)"""
    elsewhere: tuple[tuple[str, str, str, str, int], ...] = ()
    """Courses of other providers: (title, delivery, subject, hours, days ago)"""
    time_zone: str = "America/New_York"
    phone: str = ""


PEOPLE = (
    Person(
        "therapist@example.com",
        "Maya Delgado-Ortiz",
        phone="(305) 555-0142",
        licenses=(("US-FL", "MA 98214", 1), ("US-NY", "027741-01", 2)),
        elsewhere=(
            ("Ethics at the table", "home-study", "ethics", "2", 160),
            ("Hip and low back, a weekend", "live-class", "technique", "10", 95),
        ),
    ),
    Person(
        "almost.done@example.com",
        "Jonah Whitfield",
        licenses=(("US-FL", "MA 101377", 1),),
    ),
    Person("instructor@example.com", "Ana Reyes", groups=("instructor",)),
    Person("registrar@example.com", "Ruth Calloway", groups=("registrar",)),
)


def seed(*, now: datetime) -> list[str]:
    """Everything the demo needs; returns a line for each thing that was added."""
    said: list[str] = []
    add_provider(now=now, said=said)
    people = {person.email: add_person(person, now=now, said=said) for person in PEOPLE}
    course = add_course(people["instructor@example.com"], now=now, said=said)
    add_submissions(course, people["registrar@example.com"], now=now, said=said)
    for person in PEOPLE:
        add_licenses(person, people[person.email], now=now)
    add_learners(course, people, now=now, said=said)
    add_live_class(people["instructor@example.com"], now=now, said=said)
    registrar = people["registrar@example.com"]
    add_policies(people, registrar, now=now, said=said)
    add_questions(people["therapist@example.com"], registrar, now=now, said=said)
    add_access(people, now=now, said=said)
    for code in ("mail", "design"):  # A demo is set up: nothing leaves it, and any design will do.
        set_aside(code, is_skipped=True, by=registrar, now=now)
    return said


def add_provider(*, now: datetime, said: list[str]) -> None:
    provider, is_new = Provider.objects.get_or_create(
        pk=1,
        defaults={
            "name": "Margin & Hand Continuing Education",
            "address": "214 Orchard Street, Suite 3\nAsheville, NC 28801",
            "city": "Asheville, North Carolina",
            "email": "office@example.com",
            "website": "https://www.example.com",
            "time_zone": "America/New_York",
        },
    )
    if is_new:
        said.append(f"provider {provider.name}")
    if not Signatory.objects.exists():
        picture = store_bytes(
            SIGNATURE.read_bytes(),
            area=StoredFile.Area.PRIVATE,
            content_type="image/png",
            now=now,
        )
        Signatory.objects.create(
            name="Ruth Calloway", title="Program Administrator", signature=picture
        )


def add_person(person: Person, *, now: datetime, said: list[str]) -> User:
    user = User.objects.filter(email=person.email).first()
    if user is None:
        with transaction.atomic():
            user = User.objects.create_user(
                person.email,
                PASSWORD,
                name_on_certificates=person.name,
                phone=person.phone,
                time_zone=person.time_zone,
                date_joined=now - timedelta(days=40),
            )
            EmailAddress.objects.create(user=user, email=person.email, verified=True, primary=True)
            user.groups.set(Group.objects.filter(name__in=person.groups))
            if "instructor" in person.groups:
                profile = InstructorProfile.objects.create(
                    user=user,
                    display_name=person.name,
                    credentials="LMT, BCTMB",
                    biography="Demonstration author.",
                )
                InstructorLicense.objects.create(
                    profile=profile,
                    body_code="US-NC",
                    state=STATES["US-NC"],
                    number="LMT-104233",
                    valid_until=(now + timedelta(days=400)).date(),
                )
        said.append(f"{person.name} <{person.email}>")
    return user


def add_course(instructor: User, *, now: datetime, said: list[str]) -> Course:
    """Import and publish the starter course, unless the demo has it."""
    source = PackageSource.open(STARTER_COURSE)
    begun = now - timedelta(days=75)
    key = str((source.toml("course.toml") or {})["key"])
    known = Course.objects.filter(key=key, on_sale_version__isnull=False).first()
    if known is not None:
        return known
    result = import_package(source, by=instructor, now=begun)
    if result.version is None:
        raise RuntimeError("\n".join(str(problem) for problem in result.problems))
    version = publish_version(result.version, by=instructor, now=begun)
    said.append(f"course {version.title}")
    return Course.objects.select_related("on_sale_version").get(pk=version.course_id)


@transaction.atomic
def add_submissions(course: Course, by: User, *, now: datetime, said: list[str]) -> None:
    """A believable spread: approved, pending, asked back, accepted through a list, refused."""
    if Submission.objects.filter(course=course).exists() or course.on_sale_version is None:
        return
    today = by.local_date(now)
    bodies = {body.code: body for body in LicensingBody.objects.all()}
    for code, number in (("US-NCBTMB", "000000-00"), ("US-FL", "50-00000")):
        ProviderNumber.objects.get_or_create(
            body=bodies[code],
            number=number,
            defaults={"valid_from": ago(today, 300), "valid_to": ago(today, -800)},
        )
    ncbtmb = bodies["US-NCBTMB"]
    hours = course.on_sale_version.credit_hours

    def add(code: str, *moves: tuple[int, str, dict[str, object]]) -> None:
        """Each move is noted on the day it happened, so that the history reads like one."""
        submission = submissions.record_submission(
            course=course,
            edition=course.on_sale_version.edition if course.on_sale_version else 1,
            body=bodies[code],
            by=by,
            now=now - timedelta(days=moves[0][0] + 2),
        )
        for days, status, facts in moves:
            submission = submissions.move_submission(
                submission,
                to=Submission.Status(status),
                facts=facts,
                by=by,
                # Two hours later: the clocks may have been set back since.
                now=now - timedelta(days=days) + timedelta(hours=2),
            )

    def sent(days: int, channel: str, reference: str = "") -> tuple[int, str, dict[str, object]]:
        return (
            days,
            "submitted",
            {"submitted_on": ago(today, days), "channel": channel, "reference": reference},
        )

    def approved(days: int, number: str, years: int) -> tuple[int, str, dict[str, object]]:
        return (
            days,
            "approved",
            {
                "decided_on": ago(today, days),
                "number": number,
                "hours_granted": Decimal(hours),
                "title_approved": course.on_sale_version.title if course.on_sale_version else "",
                "valid_from": ago(today, days),
                "valid_to": ago(today, days - 365 * years),
            },
        )

    via_ncbtmb: dict[str, object] = {"through": ncbtmb, "decided_on": ago(today, 45)}
    add("US-NCBTMB", sent(70, "NCBTMB portal", "demo"), approved(48, "DEMO-1", 3))
    add("US-FL", sent(66, "CE Broker"), approved(40, "20-000000", 1))
    add("US-NY", sent(30, "Mail"))
    add("US-LA", sent(41, "Board office", "LCEU application"))
    add(
        "US-NJ",
        sent(55, "E-mail"),
        (5, "more-info", {"answer_due_on": ago(today, -9), "note": "Asks for the author's CV."}),
    )
    add("US-TX", (44, "accepts-list", via_ncbtmb))
    add("US-GA", (44, "accepts-list", via_ncbtmb))
    add("US-MT", (43, "no-preapproval", {}))
    add("US-NM", (43, "no-preapproval", {}))
    add("US-CA", (43, "not-needed", {"note": "No continuing education found."}))
    add(
        "US-MA",
        sent(62, "Online form"),
        (
            35,
            "denied",
            {"decided_on": ago(today, 35), "note": "Counts ethics and trafficking only."},
        ),
    )
    # Two states have their rules open to the public. A check taken back later stays taken back.
    for rule in newest_rules(bodies[code] for code in CHECKED_STATES).values():
        office.check_rule(rule, is_checked=True, by=by, now=now)
    # So that a report to Florida can leave; the numbers are nobody's.
    BodyChannel.objects.get_or_create(
        body=bodies["US-FL"],
        defaults={
            "channel": ReportChannel.CE_BROKER,
            "provider_number": "50-00000",
            "profession_code": "DEMO",
        },
    )
    said.append("submissions to licensing bodies")


def ago(today: date, days: int) -> date:
    return today - timedelta(days=days)


@transaction.atomic
def add_licenses(person: Person, user: User, *, now: datetime) -> None:
    if License.objects.filter(user=user).exists():
        return
    today = now.date()
    for code, number, years in person.licenses:
        License.objects.create(
            user=user,
            body=LicensingBody.objects.get(code=code),
            number=number,
            first_issued_on=today - timedelta(days=365 * 7),
            expires_on=end_on_card(code, today, years),
            created_at=now,
        )
    for title, delivery, subject, hours, days in person.elsewhere:
        credits.add_credit(
            user=user,
            uid=uuid4(),
            facts=credits.CreditFacts(
                title=title,
                provider="Blue Ridge Bodywork School",
                completed_on=ago(today, days),
                delivery=delivery,
                has_exam=delivery == "home-study",
                hands_on_percent=None if delivery == "home-study" else 80,
                notes="",
                hours=((subject, Decimal(hours)),),
                approvals=((LicensingBody.objects.get(code="US-FL"), "50-11111"),),
            ),
            proof=None,
            by=user,
            now=now,
        )


def end_on_card(code: str, today: date, years: int) -> date:
    """Florida ends on August 31 of odd years; elsewhere the last day of a month will do."""
    if code != "US-FL":
        return date(today.year + years, 5, 31)
    year = today.year + (today.year % 2 == 0)
    end = date(year, 8, 31)
    return end if end >= today else date(year + 2, 8, 31)


@transaction.atomic
def add_learners(
    course: Course, people: dict[str, User], *, now: datetime, said: list[str]
) -> None:
    """One therapist in the middle of the first module, one a single step before the end."""
    therapist, almost = people["therapist@example.com"], people["almost.done@example.com"]
    if not Enrollment.objects.filter(user=therapist).exists():
        begun = now - timedelta(days=3)
        enrollment = enrolling.enroll(therapist, course, now=begun)
        lesson = Lesson.objects.filter(version=enrollment.version).order_by("position")[0]
        read_lesson(enrollment, lesson, seconds=380, now=begun)
        said.append("a therapist who has just begun")
    if not Enrollment.objects.filter(user=almost).exists():
        begun = now - timedelta(days=9)
        enrollment = enrolling.enroll(almost, course, now=begun)
        for number, lesson in enumerate(
            Lesson.objects.filter(version=enrollment.version).order_by("position")
        ):
            read_lesson(
                enrollment,
                lesson,
                seconds=290 + 20 * number,
                now=begun + timedelta(hours=9 * number),
            )
        for quiz in Quiz.objects.filter(version=enrollment.version).order_by("position"):
            answer_rightly(enrollment, quiz, now=now - timedelta(days=2))
        if not Evaluation.objects.filter(enrollment=enrollment).exists():
            evaluation.submit_evaluation(
                enrollment.pk,
                answers={
                    "objectives_met": 5,
                    "content_accurate": 5,
                    "useful_in_practice": 4,
                    "free_of_bias": 5,
                    "minutes_taken": 75,
                    "comment": "Glad to see what is known and what is not.",
                },
                by=almost,
                now=now - timedelta(days=1),
            )
        said.append("a therapist one step before the end")


def read_lesson(enrollment: Enrollment, lesson: Lesson, *, seconds: int, now: datetime) -> None:
    """Open a lesson, stay for so long with a report a minute, finish it."""
    progress.open_lesson(enrollment, lesson, now=now)
    for passed in range(60, seconds + 60, 60):
        progress.add_time(
            enrollment,
            lesson,
            seconds=60,
            scroll_permille=min(1000, 1000 * passed // seconds),
            now=now + timedelta(seconds=passed),
        )
    progress.finish_lesson(enrollment, lesson, now=now + timedelta(seconds=seconds + 60))


def answer_rightly(enrollment: Enrollment, quiz: Quiz, *, now: datetime) -> Attempt:
    """Take the quiz as the best of learners would, through the same functions as the pages."""
    attempt = attempts.start_attempt(enrollment, quiz, by=enrollment.user, now=now)
    answers = {}
    for item in attempt.items.select_related("revision").order_by("position"):
        kind = type_named(item.revision.type)
        right = kind.right_response(item.revision.data)
        raw = kind.raw_of(right, item.revision.data, item.seed)
        answers[item.position] = attempts.Answer(raw=raw, number=item.response_number)
    attempts.save_responses(attempt, answers, now=now)
    return attempts.submit_attempt(attempt, by=enrollment.user, now=now + timedelta(minutes=6))
