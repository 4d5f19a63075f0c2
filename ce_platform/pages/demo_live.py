"""The live class of the demo: one date that is over, for a list to be brought, and one to come."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import transaction

from ce_platform.accounts.models import User
from courses.domain.describing import add_author, save_course_page, save_credits
from courses.domain.drafting import begin_course
from courses.domain.live import plan_session
from courses.domain.objectives import add_objective
from courses.domain.publishing import publish_version
from courses.models import Course, CourseVersion

TITLE = "Neck and jaw, a hands-on morning"
ZONE = "America/New_York"


@transaction.atomic
def add_live_class(instructor: User, *, now: datetime, said: list[str]) -> None:
    """A class of three hours without lessons; once, by its title."""
    if CourseVersion.objects.filter(title=TITLE).exists():
        return
    begun = now - timedelta(days=50)
    version = begin_course(title=TITLE, by=instructor, now=begun)
    Course.objects.filter(pk=version.course_id).update(owner=instructor)
    version = save_course_page(
        version,
        title=TITLE,
        subtitle="Palpation and gentle release of the muscles that close the mouth",
        language="en-US",
        delivery=CourseVersion.Delivery.LIVE_CLASS,
        subjects=["Facial massage"],
        summary="Three hours in a small group: find the muscles of the jaw on each other, work "
        "slowly, and know when not to.",
        description="Bring a sheet and wear something with an open collar.",
        audience="Licensed massage therapists.",
        prerequisites="None.",
        cost_text="$120",
        buy_url="",
        difficulty=3,
        difficulty_reason="For working therapists.",
        by=instructor,
        now=begun,
    )
    version = save_credits(version, [("Technique", Decimal(3))], by=instructor, now=begun)
    for text in (
        "Locate masseter, temporalis and the insertion of sternocleidomastoid by touch.",
        "Name three reasons not to work on the front of the neck.",
    ):
        add_objective(version, text=text, by=instructor, now=begun)
    if not version.authors.exists():
        add_author(
            version,
            name=instructor.get_full_name(),
            credentials="LMT, BCTMB",
            biography="",
            email=instructor.email,
            by=instructor,
            now=begun,
        )
    today = now.astimezone(ZoneInfo(ZONE)).date()
    for days in (-5, 23):
        morning = datetime.combine(today + timedelta(days=days), time(9), tzinfo=ZoneInfo(ZONE))
        plan_session(
            version,
            starts_at=morning,
            ends_at=morning + timedelta(hours=3),
            zone=ZONE,
            minutes=180,
            place="Orchard Street Studio, 214 Orchard Street, Asheville, NC",
            instructors="",
            has_paper_evaluations=True,
            by=instructor,
            now=begun,
        )
    publish_version(version, by=instructor, now=begun)
    said.append(f"live class {TITLE}")
