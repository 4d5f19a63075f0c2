"""Certificates for a group: exactly one each, however often and wherever the work is cut off."""

from datetime import date
from typing import Any

import pytest

from ce_platform.accounts.models import User
from ce_platform.core import jobs
from ce_platform.core.kept_lists import LIST_LIFE, ListBegun
from ce_platform.core.models import BackgroundJob
from ce_platform.licensing.queries import license_bodies
from certificates.group import issuing
from certificates.group.errors import GroupRefused
from certificates.group.queries import shown_lines
from certificates.group.reading import read_list
from certificates.models import Certificate, GroupIssue, GroupIssueLine
from courses.domain.live import record_attendance
from courses.models import Attendance, Enrollment, LiveSession
from tests.factories.accounts import UserFactory
from tests.factories.certificates import BodyFactory, LicenseFactory
from tests.factories.courses import EnrollmentFactory, LessonFactory
from tests.factories.live import NOW, live_version, session_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def session() -> LiveSession:
    return session_of(live_version(), has_paper_evaluations=True)


def kept(session: LiveSession, text: str, by: User | None = None) -> GroupIssue:
    read = read_list(text, session=session, bodies=license_bodies())
    assert read.problems == []
    return issuing.keep_list(read, session=session, by=by or UserFactory(), now=NOW)


def run(issue: GroupIssue) -> GroupIssue:
    issue = issuing.start_issue(issue, by=UserFactory(), now=NOW)
    if issue.job is not None:
        jobs.run(issue.job.pk, now=NOW)
    return GroupIssue.objects.select_related("job").get(pk=issue.pk)


def outcomes(issue: GroupIssue) -> list[str]:
    return list(issue.lines.order_by("position").values_list("outcome", flat=True))


def people(count: int) -> str:
    return "\n".join(f"Person Ann{'a' * n}, p{n}@example.com" for n in range(count))


def test_a_stranger_gets_account_license_enrollment_attendance_and_certificate(
    session: LiveSession,
) -> None:
    BodyFactory()

    issue = run(kept(session, "Ana Pérez, ana@example.com, FL, MA 12345"))

    user = User.objects.get(email="ana@example.com")
    certificate = Certificate.objects.get(user=user)
    assert (user.has_usable_password(), user.name_on_certificates) == (False, "Ana Pérez")
    assert (
        certificate.holder_name,
        certificate.licenses_json,
        certificate.completed_on,
        certificate.place,
    ) == (
        "Ana Pérez",
        '[["US-FL","Florida","MA 12345"]]',
        date(2026, 11, 14),
        session.place,
    )
    assert outcomes(issue) == ["issued"]
    assert issue.job is not None
    assert (issue.job.status, issue.job.done_count, issue.job.total_count) == ("done", 1, 1)


def test_who_is_here_keeps_name_and_enrollment(session: LiveSession) -> None:
    version = session.course.on_sale_version
    enrollment = EnrollmentFactory(version=version, user__name_on_certificates="Ana M. Pérez")

    issue = run(kept(session, f"Ana Pérez, {enrollment.user.email.upper()}"))

    certificate = Certificate.objects.get()
    line = issue.lines.get()
    assert (certificate.enrollment_id, certificate.holder_name) == (enrollment.pk, "Ana M. Pérez")
    assert "in the name of Ana M. Pérez" in line.note


def test_who_begins_the_list_recorded_its_attendance(session: LiveSession) -> None:
    brought, began = UserFactory(), UserFactory(email="began@example.com")

    issue = issuing.start_issue(kept(session, people(1), by=brought), by=began, now=NOW)
    jobs.run(issue.job_id or 0, now=NOW)

    assert Attendance.objects.get().recorded_by_label == "began@example.com"


def test_the_same_list_twice_gives_the_same_certificates(session: LiveSession) -> None:
    first = run(kept(session, people(3)))
    second = run(kept(session, people(3)))

    assert outcomes(first) == outcomes(second) == ["issued"] * 3
    assert Certificate.objects.count() == Enrollment.objects.count() == 3
    assert set(first.lines.values_list("enrollment", flat=True)) == set(
        second.lines.values_list("enrollment", flat=True)
    )


def test_pressed_twice_it_runs_once(session: LiveSession) -> None:
    issue, by = kept(session, people(2)), UserFactory()

    jobs_made = {issuing.start_issue(issue, by=by, now=NOW).job_id for _ in range(2)}

    assert jobs_made == {BackgroundJob.objects.get(kind=issuing.KIND).pk}


@pytest.mark.parametrize("step", ["account_for", "enroll", "record_attendance", "unmet_items"])
def test_cut_off_in_any_step_it_goes_on_and_issues_once(
    session: LiveSession, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Killed right after a step of the second person, before anything was noted of it."""
    if step == "unmet_items":
        LiveSession.objects.update(has_paper_evaluations=False)
    issue = issuing.start_issue(kept(session, people(4)), by=UserFactory(), now=NOW)
    real, calls = getattr(issuing, step), []

    def cut(*args: Any, **kwargs: Any) -> Any:
        found = real(*args, **kwargs)
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return found

    monkeypatch.setattr(issuing, step, cut)
    with pytest.raises(KeyboardInterrupt):
        jobs.run(issue.job_id or 0, now=NOW)
    monkeypatch.setattr(issuing, step, real)
    # Another worker takes it up when the lease of the dead one is over.
    BackgroundJob.objects.update(lease_until=NOW)
    jobs.sweep_jobs(NOW.replace(year=2027))

    issue.refresh_from_db()
    assert outcomes(issue) == ["waiting" if step == "unmet_items" else "issued"] * 4
    assert Enrollment.objects.count() == Attendance.objects.count() == 4
    assert Certificate.objects.count() == (0 if step == "unmet_items" else 4)
    job = BackgroundJob.objects.get(pk=issue.job_id)
    assert (job.status, job.done_count) == ("done", 4)


def test_one_that_cannot_be_done_holds_up_nobody_and_is_tried_again(
    session: LiveSession,
) -> None:
    closed = UserFactory(
        email="p1@example.com", name_on_certificates="Person Anna", is_active=False
    )
    issue = run(kept(session, people(3)))
    assert outcomes(issue) == ["issued", "failed", "issued"]
    assert "closed" in issue.lines.get(position=2).note

    closed.is_active = True
    closed.save()
    issue = run(issue)

    assert outcomes(issue) == ["issued"] * 3
    assert Certificate.objects.count() == 3


def test_who_left_early_or_has_something_to_do_gets_none_yet(session: LiveSession) -> None:
    LiveSession.objects.update(has_paper_evaluations=False)

    issue = run(kept(session, "Ana, a@example.com, , , 90\nBo, b@example.com, , , 180"))

    assert list(issue.lines.values_list("outcome", "note")) == [
        ("short", "90 of 180 minutes."),
        ("waiting", "the evaluation, six short questions."),
    ]
    assert Certificate.objects.count() == 0


def test_a_list_without_minutes_does_not_overrule_that_somebody_left_early(
    session: LiveSession,
) -> None:
    enrollment = EnrollmentFactory(version=session.course.on_sale_version)
    record_attendance(enrollment.pk, session, minutes=20, by=UserFactory(), now=NOW)
    name = enrollment.user.name_on_certificates
    issue = kept(session, f"{name}, {enrollment.user.email}")

    assert [line.hints for line in shown_lines(issue, list(issue.lines.all()))] == [
        ["Recorded with 20 minutes: write the minutes in the list."]
    ]
    line = run(issue).lines.get()

    assert (line.outcome, line.note) == ("failed", "Recorded with 20 minutes; write the minutes.")
    assert outcomes(run(kept(session, f"{name}, {enrollment.user.email}, , , 180"))) == ["issued"]


def test_lessons_that_the_version_has_are_asked_of_a_group_too(session: LiveSession) -> None:
    LessonFactory(module__version=session.course.on_sale_version, title="Before you come")

    assert outcomes(run(kept(session, people(1)))) == ["waiting"]


def test_who_left_the_course_comes_back_by_having_attended(session: LiveSession) -> None:
    left = EnrollmentFactory(version=session.course.on_sale_version, status="withdrawn")

    run(kept(session, f"{left.user.name_on_certificates}, {left.user.email}"))

    assert Certificate.objects.get().enrollment_id == left.pk


def test_somebody_who_took_the_class_last_year_gets_another_certificate(
    session: LiveSession,
) -> None:
    other = session_of(session.course.on_sale_version, has_paper_evaluations=True)
    run(kept(session, people(1)))

    run(kept(other, people(1)))

    assert Certificate.objects.count() == Enrollment.objects.count() == 2


def test_nobody_is_put_into_an_edition_that_came_after_the_session(session: LiveSession) -> None:
    enrolled = EnrollmentFactory(version=session.course.on_sale_version)
    issue = kept(
        session, f"{people(1)}\n{enrolled.user.name_on_certificates}, {enrolled.user.email}"
    )
    newer = live_version(course=session.course, edition=2)
    session.course.on_sale_version = newer
    session.course.save()

    issue = run(issue)

    assert outcomes(issue) == ["failed", "issued"]
    assert Enrollment.objects.filter(version=newer).count() == 0


def test_no_license_and_an_old_license_hold_up_nothing(session: LiveSession) -> None:
    body = BodyFactory()
    license_ = LicenseFactory(
        body=body, number="MA 1", user=UserFactory(name_on_certificates="Ana Pérez")
    )

    issue = run(
        kept(session, f"Ana Pérez, {license_.user.email}, FL, ma-1\nBo, bo@example.com, FL")
    )

    assert outcomes(issue) == ["issued", "issued"]
    assert license_.user.licenses.count() == 1


def test_another_number_than_the_person_wrote_down_is_noted_and_not_added(
    session: LiveSession,
) -> None:
    license_ = LicenseFactory(
        body=BodyFactory(), number="MA 1", user=UserFactory(name_on_certificates="Ana Pérez")
    )

    issue = run(kept(session, f"Ana Pérez, {license_.user.email}, FL, MA 2"))

    line = issue.lines.get()
    assert (line.outcome, "another number of Florida, MA 1" in line.note) == ("issued", True)
    assert Certificate.objects.get().licenses_json == '[["US-FL","Florida","MA 1"]]'
    assert license_.user.licenses.count() == 1


def test_nothing_goes_to_whoever_owns_a_mistyped_address(session: LiveSession) -> None:
    BodyFactory()
    bob = UserFactory(email="bob@example.com", name_on_certificates="Bob Stranger")

    issue = run(kept(session, "Ana Pérez, bob@example.com, FL, MA 12345"))

    line = issue.lines.get()
    assert (line.outcome, "another name: Bob Stranger" in line.note) == ("failed", True)
    assert [bob.licenses.count(), Enrollment.objects.count(), Certificate.objects.count()] == [
        0
    ] * 3


def test_what_is_refused_leaves_no_license_behind(session: LiveSession) -> None:
    BodyFactory()
    version = session.course.on_sale_version
    enrollment = EnrollmentFactory(version=version, user__name_on_certificates="Ana Pérez")
    other = session_of(version)
    record_attendance(enrollment.pk, other, by=UserFactory(), now=NOW)

    issue = run(kept(session, f"Ana Pérez, {enrollment.user.email}, FL, MA 12345"))

    assert outcomes(issue) == ["failed"]
    assert enrollment.user.licenses.count() == 0


@pytest.mark.parametrize("how", ["canceled", "to come", "other edition", "home study"])
def test_sessions_for_which_nothing_is_issued(session: LiveSession, how: str) -> None:
    match how:
        case "canceled":
            session.status = "cancelled"
        case "to come":
            session.ends_at = NOW.replace(year=2027)
        case "other edition":
            session.edition = 2
        case "home study":
            session = session_of(live_version(delivery="home-study"))
    read = read_list(people(1), session=session, bodies=[])

    with pytest.raises(GroupRefused):
        issuing.keep_list(read, session=session, by=UserFactory(), now=NOW)


def test_a_list_that_was_begun_is_kept_and_one_that_was_not_goes(session: LiveSession) -> None:
    begun, looked_at = run(kept(session, people(1))), kept(session, people(2))

    with pytest.raises(ListBegun):
        issuing.discard_list(begun, by=None, now=NOW)
    assert issuing.sweep_lists(NOW) == 0
    assert issuing.sweep_lists(NOW + LIST_LIFE) == 1

    assert list(GroupIssue.objects.all()) == [begun]
    assert GroupIssueLine.objects.filter(issue=looked_at.pk).count() == 0
    with pytest.raises(GroupIssue.DoesNotExist):
        issuing.start_issue(looked_at, by=UserFactory(), now=NOW)
