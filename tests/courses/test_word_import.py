"""A Word document in the studio: read in the background, looked at, taken over, imported again."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ce_platform.accounts.models import User
from ce_platform.core import jobs
from ce_platform.core.models import BackgroundJob
from courses.domain import outline, word_import
from courses.domain.copying import copy_version
from courses.domain.errors import OutlineRefused
from courses.domain.lessons import save_lesson
from courses.models import CourseVersion, Lesson, LessonRevision, WordText
from tests.conftest import NOW
from tests.courses.word_files import docx, h, p, picture, png, relation
from tests.factories.courses import ModuleFactory

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


@pytest.fixture
def draft(instructor: User) -> CourseVersion:
    module = ModuleFactory(version__status="draft", version__course__owner=instructor)
    version: CourseVersion = module.version
    return version


def document(*paragraphs: str) -> bytes:
    """Two lessons: Nodes, with these paragraphs, and Flow."""
    body = "".join(p(text) if not text.startswith("<") else text for text in paragraphs)
    return docx(
        h(1, "Nodes") + body + h(1, "Flow") + p("It flows."),
        files={"word/media/one.png": png(side=40, shade=80)},
        relations=relation("rId9", "image", "media/one.png"),
    )


def read(version: CourseVersion, content: bytes, by: User) -> BackgroundJob:
    job = word_import.start_reading(version, content, file_name="Face.docx", by=by, now=NOW)
    jobs.run(job.pk, now=timezone.now())
    job.refresh_from_db()
    return job


def take(version: CourseVersion, content: bytes, by: User) -> list[str]:
    found = word_import.document_of(read(version, content, by))
    assert found is not None
    module = version.modules.get()
    return word_import.apply(version, found, module_key=module.key, by=by, now=NOW)


def texts(version: CourseVersion) -> dict[str, str]:
    return dict(Lesson.objects.filter(version=version).values_list("title", "body"))


def test_headings_become_lessons(draft: CourseVersion, instructor: User) -> None:
    take(draft, document("They lie along the vein."), instructor)

    assert texts(draft) == {"Nodes": "They lie along the vein.\n", "Flow": "It flows.\n"}
    lesson = Lesson.objects.get(version=draft, title="Nodes")
    assert lesson.counted_words == 5
    assert LessonRevision.objects.filter(lesson_key=lesson.key).count() == 1


def test_undo_takes_the_whole_document_back(draft: CourseVersion, instructor: User) -> None:
    outline.add_module(draft, title="Before", by=instructor, now=NOW)
    module = draft.modules.first()
    assert module is not None
    found = word_import.document_of(read(draft, document("One."), instructor))
    assert found is not None
    word_import.apply(draft, found, module_key=module.key, by=instructor, now=NOW)

    step = outline.undo(draft, by=instructor, now=NOW)

    assert step is not None
    assert step.sentence == "Took 2 lessons from “Face.docx”"
    assert texts(draft) == {}
    again = outline.undo(draft, by=instructor, now=NOW)
    assert again is not None
    assert again.sentence == "Added the module “Before”"


def test_same_document_twice_makes_nothing_twice(draft: CourseVersion, instructor: User) -> None:
    content = document("One.", "Two.")

    for _ in range(2):
        take(draft, content, instructor)

    assert texts(draft) == {"Nodes": "One.\n\nTwo.\n", "Flow": "It flows.\n"}
    assert WordText.objects.count() == 2


def test_heading_that_comes_twice_stands_for_two_lessons(
    draft: CourseVersion, instructor: User
) -> None:
    content = docx(h(1, "Summary") + p("Of nodes.") + h(1, "Summary") + p("Of flow."))

    for _ in range(2):
        take(draft, content, instructor)

    bodies = Lesson.objects.filter(version=draft).order_by("position").values_list("body")
    assert [body for (body,) in bodies] == ["Of nodes.\n", "Of flow.\n"]


def test_changed_document_keeps_what_the_studio_added(
    draft: CourseVersion, instructor: User
) -> None:
    take(draft, document("One.", "Two."), instructor)
    lesson = Lesson.objects.get(version=draft, title="Nodes")
    added = "One.\n\n::: caution\nLight.\n:::\n\nTwo.\n"
    save_lesson(
        draft, lesson.key, title="All about nodes", body=added, based_on=1, by=instructor, now=NOW
    )

    take(draft, document("One.", "Two, and more."), instructor)

    assert texts(draft)["All about nodes"] == (
        "One.\n\n::: caution\nLight.\n:::\n\nTwo, and more.\n"
    )
    assert next(row.kind for row in LessonRevision.objects.filter(lesson_key=lesson.key)) == (
        "imported"
    )


def test_conflict_keeps_ours_and_is_told(draft: CourseVersion, instructor: User) -> None:
    take(draft, document("They lie along the facial vein."), instructor)
    lesson = Lesson.objects.get(version=draft, title="Nodes")
    ours = "They lie along the facial vein, mostly.\n"
    save_lesson(draft, lesson.key, title="Nodes", body=ours, based_on=1, by=instructor, now=NOW)

    notes = take(draft, document("They lie along the deep facial vein."), instructor)

    assert texts(draft)["Nodes"] == ours
    assert notes == ["In “Nodes” a paragraph was changed here and in Word; yours stays."]


def test_import_into_a_later_edition_knows_its_lessons(
    draft: CourseVersion, instructor: User
) -> None:
    take(draft, document("One."), instructor)
    CourseVersion.objects.filter(pk=draft.pk).update(edition=1)
    later = copy_version(draft, edition=2, revision=0, now=NOW)

    take(later, document("One.", "Two."), instructor)

    assert texts(later) == {"Nodes": "One.\n\nTwo.\n", "Flow": "It flows.\n"}
    assert texts(draft)["Nodes"] == "One.\n"


def test_pictures_come_along_once(draft: CourseVersion, instructor: User) -> None:
    content = document(p(picture(alt="A node")))

    for _ in range(2):
        take(draft, content, instructor)

    figure = draft.figures.get()
    assert figure.alt == "A node"
    assert texts(draft)["Nodes"] == f"![](figure:{figure.slug})\n"


def test_refused_picture_leaves_no_gap(draft: CourseVersion, instructor: User) -> None:
    content = docx(
        h(1, "Nodes") + p("One.") + p(picture()) + p("Two.") + h(1, "Flow") + p("It flows."),
        files={"word/media/one.png": png(side=4)},
        relations=relation("rId9", "image", "media/one.png"),
    )

    notes = take(draft, content, instructor)

    assert texts(draft)["Nodes"] == "One.\n\nTwo.\n"
    assert len(notes) == 1
    assert "left out" in notes[0]


def test_lesson_that_would_grow_too_long_is_refused_before_anything_is_written(
    draft: CourseVersion,
    instructor: User,
    client_of: ClientOf,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    take(draft, document("One."), instructor)
    monkeypatch.setattr("courses.domain.lessons.LONGEST_TEXT", 60)
    before = texts(draft)
    job = read(draft, document("One.", "Two. " * 20, p(picture(alt="A node"))), instructor)
    url = reverse("courses:studio-word-plan", args=[draft.course.slug, job.uid])

    page = client_of(instructor).get(url).content.decode()
    answer = client_of(instructor).post(url, follow=True).content.decode()

    said = "“Nodes” would have 1"
    assert (said in page, "Take it over" in page, said in answer) == (True, False, True)
    assert texts(draft) == before
    assert not draft.figures.exists()
    assert [row.body for row in WordText.objects.order_by("pk")] == ["One.\n", "It flows.\n"]


def test_more_lessons_than_a_course_may_have_are_refused_before_pictures_are_added(
    draft: CourseVersion, instructor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outline, "MOST_LESSONS", 1)

    with pytest.raises(OutlineRefused, match="at most 1 lessons"):
        take(draft, document(p(picture(alt="A node"))), instructor)

    assert (draft.lessons.count(), draft.figures.count()) == (0, 0)


def test_page_shows_what_would_change_before_it_does(
    draft: CourseVersion, instructor: User, client_of: ClientOf
) -> None:
    client = client_of(instructor)
    upload = reverse("courses:studio-word", args=[draft.course.slug])
    sent = SimpleUploadedFile("Face.docx", document("One."))

    answer = client.post(upload, {"document": sent})
    job = BackgroundJob.objects.get(kind="word")
    jobs.run(job.pk, now=timezone.now())
    page = client.get(answer["Location"]).content.decode()

    assert "2 new lessons" in page
    assert "come along" not in page
    assert not draft.lessons.exists()
    client.post(answer["Location"], {"module": str(draft.modules.get().key)})
    assert set(texts(draft)) == {"Nodes", "Flow"}


def test_file_that_is_no_document_gets_a_sentence(
    draft: CourseVersion, instructor: User, client_of: ClientOf
) -> None:
    job = read(draft, b"not a zip", instructor)

    page = client_of(instructor).get(
        reverse("courses:studio-word-plan", args=[draft.course.slug, job.uid])
    )

    assert job.status == "failed"
    assert job.error in page.content.decode()
    assert "Something went wrong" not in job.error


def test_document_read_for_another_course_is_not_there(
    draft: CourseVersion, instructor: User, client_of: ClientOf
) -> None:
    other = ModuleFactory(version__status="draft", version__course__owner=instructor)
    job = read(draft, document("One."), instructor)

    url = reverse("courses:studio-word-plan", args=[other.version.course.slug, job.uid])

    assert client_of(instructor).get(url).status_code == 404
