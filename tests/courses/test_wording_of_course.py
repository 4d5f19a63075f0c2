"""The check of wording over a whole course, and the reasons for which a sentence stays."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.core.models import AuditEvent
from courses.domain.drafting import begin_draft
from courses.domain.errors import NotReady, WordingRefused
from courses.domain.publishing import missing
from courses.domain.wording import dismiss_wording, take_back_dismissal, wording_of
from courses.models import CourseMember, CourseVersion, Lesson, WordingDismissal
from courses.package.importing import import_package
from courses.package.source import PackageSource
from tests.conftest import NOW
from tests.factories.courses import (
    ChartPointFactory,
    FigureFactory,
    GlossaryTermFactory,
    LessonFactory,
    ObjectiveFactory,
    RecordingFactory,
    publish,
    publishable,
)
from tests.factories.quizzes import quiz_with

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
STARTER = Path(__file__).parents[2] / "content" / "facial-massage-introduction"
FLUSH = "It flushes toxins."


@pytest.fixture
def draft(instructor: User) -> CourseVersion:
    version = publishable(course__owner=instructor)
    quiz_with(1, version=version)
    return version


def write(version: CourseVersion, text: str) -> Lesson:
    lesson = version.lessons.get()
    lesson.body += f"\n\n{text}\n"
    lesson.save()
    return lesson


def places(version: CourseVersion) -> list[tuple[str, str]]:
    return [(found.finding.pattern.id, found.where) for found in wording_of(version)]


def dismissed(version: CourseVersion, by: User, **told: Any) -> WordingDismissal:
    (found,) = wording_of(version)
    values = {
        "pattern": found.finding.pattern.id,
        "fingerprint": found.finding.fingerprint,
        "reason": "A quotation of 1998.",
    }
    return dismiss_wording(version, **(values | told), by=by, now=NOW)


def test_starter_course_is_clean() -> None:
    result = import_package(PackageSource.open(STARTER), by=None, now=NOW)
    assert result.version is not None

    assert places(result.version) == []


def test_every_text_of_a_course_is_read(draft: CourseVersion) -> None:
    lesson = write(draft, FLUSH)
    lesson.title = "Flushing toxins"
    lesson.save()
    CourseVersion.objects.filter(pk=draft.pk).update(
        title="Face. " + FLUSH, subtitle=FLUSH, summary=FLUSH, description=f"**It** {FLUSH[3:]}"
    )
    draft.refresh_from_db()
    draft.authors.update(biography="She flushes toxins.")
    lesson.module.title, lesson.module.summary = "Neck", FLUSH
    lesson.module.save()
    ObjectiveFactory(version=draft, text="Flush toxins out of the face.")
    FigureFactory(version=draft, slug="scale", caption=FLUSH)
    RecordingFactory(version=draft, title="Strokes", transcript=FLUSH)
    GlossaryTermFactory(version=draft, definition=FLUSH)
    point = ChartPointFactory(chart__version=draft, note=FLUSH)
    quiz = draft.quizzes.get()
    quiz.introduction = FLUSH
    quiz.save()

    last = lesson.body.rstrip().count("\n") + 1
    assert [where for pattern, where in places(draft) if pattern == "P01"] == [
        # A place names a sentence once, however often it stands there.
        "The course page",
        "The course page",
        "Learning objectives",
        "The module “Neck”",
        "Flushing toxins",
        f"Flushing toxins, line {last}",
        "The picture “scale”",
        "The recording “Strokes”, line 1",
        f"The chart “{point.chart.title}”",
        "The glossary",
        quiz.title,
    ]


def test_queries_do_not_grow_with_the_course(draft: CourseVersion) -> None:
    counts = []
    for _ in range(3):
        LessonFactory(module=draft.modules.get(), body=FLUSH)
        ChartPointFactory(chart__version=draft)
        quiz_with(2, version=draft)
        with CaptureQueriesContext(connection) as captured:
            wording_of(draft)
        counts.append(len(captured))

    assert len(set(counts)) == 1, counts


def test_finding_is_advice_with_other_words_and_a_way_there(draft: CourseVersion) -> None:
    lesson = write(draft, FLUSH)

    (item,) = (each for each in missing(draft) if each.code == "asserted-words")

    assert (item.is_blocking, item.url) == (
        False,
        reverse("courses:studio-lesson", args=[draft.course.slug, lesson.key]),
    )
    assert f"“{FLUSH}”" in item.sentence
    assert "Write instead: a calm, light technique." in item.sentence
    publish(draft)


def test_unsafe_instruction_stops_publishing(draft: CourseVersion) -> None:
    write(draft, "Press on the closed eye.")

    with pytest.raises(NotReady) as refusal:
        publish(draft)

    assert [item.code for item in refusal.value.items] == ["unsafe-instruction"]


# ---------------------------------------------------------------- reasons


def test_reason_lets_a_sentence_stay_in_every_edition(
    draft: CourseVersion, instructor: User
) -> None:
    write(draft, FLUSH)

    row = dismissed(draft, instructor)

    assert (row.sentence, row.reason, row.by_name, row.at) == (
        FLUSH,
        "A quotation of 1998.",
        "Ivan Instructor",
        NOW,
    )
    assert "asserted-words" not in {item.code for item in missing(draft)}
    assert AuditEvent.objects.get(action="wording.dismissed").actor_id == instructor.pk
    publish(draft)
    again = begin_draft(draft.course, is_typo=False, by=instructor, now=NOW)
    assert [found.dismissal for found in wording_of(again)] == [row]


def test_changed_sentence_needs_another_reason(draft: CourseVersion, instructor: User) -> None:
    lesson = write(draft, FLUSH)
    dismissed(draft, instructor)
    lesson.body = lesson.body.replace(FLUSH, "It always flushes toxins.")
    lesson.save()

    assert [found.dismissal for found in wording_of(draft)] == [None]


def test_reason_given_twice_is_given_once(draft: CourseVersion, instructor: User) -> None:
    write(draft, FLUSH)

    first, second = dismissed(draft, instructor), dismissed(draft, instructor, reason="Other.")

    assert (first, second.reason) == (second, "A quotation of 1998.")
    with pytest.raises(IntegrityError), transaction.atomic():
        WordingDismissal.objects.create(
            course=draft.course, pattern=first.pattern, fingerprint=first.fingerprint,
            sentence="", reason="x", at=NOW, by=instructor, by_name="x",
        )  # fmt: skip


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"reason": " \n"}, "Say why"),
        ({"reason": "x" * 1001}, "at most 1,000 letters"),
        ({"fingerprint": "0" * 64}, "not there any more"),
        ({"pattern": "P02"}, "not there any more"),
        ({"pattern": "P32"}, "An unsafe instruction cannot stay"),
    ],
)
def test_reason_that_is_none_is_refused(
    draft: CourseVersion, instructor: User, told: dict[str, str], sentence: str
) -> None:
    write(draft, FLUSH)

    with pytest.raises(WordingRefused, match=sentence):
        dismissed(draft, instructor, **told)


def test_reason_for_an_unsafe_instruction_counts_for_nothing(
    draft: CourseVersion, instructor: User
) -> None:
    write(draft, "Press on the closed eye.")
    (found,) = wording_of(draft)
    WordingDismissal.objects.create(
        course=draft.course, pattern="P32", fingerprint=found.finding.fingerprint,
        sentence="", reason="x", at=NOW, by=instructor, by_name="x",
    )  # fmt: skip

    assert [each.dismissal for each in wording_of(draft)] == [None]


def test_reason_is_taken_back_and_kept(draft: CourseVersion, instructor: User) -> None:
    write(draft, FLUSH)
    row = dismissed(draft, instructor)

    for _ in range(2):
        take_back_dismissal(draft, row.pk, by=instructor, now=NOW)

    row.refresh_from_db()
    assert (row.withdrawn_at, row.withdrawn_by_id) == (NOW, instructor.pk)
    assert [found.dismissal for found in wording_of(draft)] == [None]
    assert AuditEvent.objects.filter(action="wording.dismissal-taken-back").count() == 1
    assert dismissed(draft, instructor).pk != row.pk


def test_reason_of_another_course_is_not_there(draft: CourseVersion, instructor: User) -> None:
    write(draft, FLUSH)
    row = dismissed(draft, instructor)

    with pytest.raises(WordingRefused, match="not there"):
        take_back_dismissal(publishable(), row.pk, by=instructor, now=NOW)


# ---------------------------------------------------------------- the page


def page_of(client: Client, draft: CourseVersion) -> str:
    url = reverse("courses:studio-publish", args=[draft.course.slug])
    return client.get(url).content.decode()


def test_page_shows_findings_and_keeps_a_reason(
    draft: CourseVersion, instructor: User, registrar: User, client_of: ClientOf
) -> None:
    write(draft, FLUSH)
    client = client_of(instructor)
    page = page_of(client, draft)
    (found,) = wording_of(draft)
    url = reverse("courses:studio-wording-dismiss", args=[draft.course.slug])
    told = {"pattern": "P01", "finding": found.finding.fingerprint, "reason": ""}

    refused = client.post(url, told)
    assert "Sentences that promise a lot" in page
    assert (refused.status_code, "Say why the sentence may stay" in page) == (422, False)
    assert "Say why the sentence may stand." in refused.content.decode()
    client.post(url, told | {"reason": "It is <b>quoted</b>."})

    page = page_of(client_of(registrar), draft)
    assert "It is &lt;b&gt;quoted&lt;/b&gt;." in page
    assert "Ivan Instructor, " in page
    row = WordingDismissal.objects.get()
    client.post(
        reverse("courses:studio-wording-restore", args=[draft.course.slug]), {"dismissal": row.pk}
    )
    assert "Sentences that promise a lot" in page_of(client, draft)


def test_every_form_of_the_page_carries_its_token(draft: CourseVersion, instructor: User) -> None:
    write(draft, FLUSH)
    client = Client(enforce_csrf_checks=True)
    client.force_login(instructor)

    page = page_of(client, draft)
    form = page[page.index("wording/dismiss/") :]

    assert "csrfmiddlewaretoken" in form[: form.index("</form>")]


def test_reviewer_sees_reasons_and_gives_none(
    draft: CourseVersion, instructor: User, stranger: User, client_of: ClientOf
) -> None:
    stranger.groups.set(instructor.groups.all())
    CourseMember.objects.create(
        course=draft.course, user=stranger, role="reviewer", added_at=NOW, added_by_id=instructor.pk
    )
    write(draft, FLUSH)
    client = client_of(stranger)
    url = reverse("courses:studio-wording-dismiss", args=[draft.course.slug])

    assert "It may stay" not in page_of(client, draft)
    assert client.post(url, {"reason": "x"}).status_code == 403
