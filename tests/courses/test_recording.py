"""Recordings and handouts of a draft: texts, captions, minutes, publishing, the sealed text."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ce_platform.accounts.models import User
from ce_platform.core.models import AuditEvent, StoredFile
from ce_platform.core.verification import Tally
from courses.captions import CaptionsRefused
from courses.domain import handout as handouts
from courses.domain import recording as domain
from courses.domain.canonical import canonical_data
from courses.domain.drafting import begin_draft, changed
from courses.domain.errors import NotADraft, RecordingInUse, RecordingTextRefused
from courses.domain.lessons import newest_number, save_lesson
from courses.domain.media_time import used_in
from courses.domain.outline import remove_lesson, undo
from courses.domain.publishing import missing
from courses.domain.verification import check_versions
from courses.hours import minutes_by_lesson
from courses.markdown import parse
from courses.models import CourseVersion, Handout, Lesson, Recording
from courses.package.exporting import export_folder, export_zip
from courses.package.importing import import_package
from courses.package.source import PackageSource
from courses.reading import duration_in_words, lesson_segments
from tests.conftest import NOW
from tests.courses import recorded
from tests.courses.conftest import Package
from tests.courses.test_pictures import photo, saved
from tests.factories.courses import (
    HandoutFactory,
    LessonFactory,
    RecordingFactory,
    VersionFactory,
    publish,
    publishable,
    stored_file,
)

pytestmark = pytest.mark.django_db
VTT = "00:01.000 --> 00:02.000\n<v Ana>Slow strokes.\n\n00:05.000 --> 00:06.000\nAgain.\n"


@pytest.fixture
def version(instructor: User) -> CourseVersion:
    return VersionFactory(status="draft", course__owner=instructor)


def kept(kind: str = "video", content: bytes = b"new", seconds: int = 30) -> domain.KeptRecording:
    is_video = kind == "video"
    return domain.KeptRecording(
        kind=kind,
        file=stored_file(content, f"{kind}/mp4"),
        duration_ms=seconds * 1000,
        width=640 if is_video else None,
        height=360 if is_video else None,
        poster=stored_file(b"new poster", "image/webp") if is_video else None,
    )


def write(lesson: Lesson, body: str, by: User) -> Lesson:
    lesson = Lesson.objects.get(pk=lesson.pk)
    saved = save_lesson(
        lesson.version, lesson.key, title=lesson.title, body=body,
        based_on=newest_number(lesson), by=by, now=NOW,
    )  # fmt: skip
    return Lesson.objects.get(pk=saved.lesson.pk)


# ---------------------------------------------------------------- a recording


def test_recordings_of_one_title_get_names_of_their_own(
    version: CourseVersion, instructor: User
) -> None:
    slugs = [
        domain.add_recording(version, kept(), title=title, by=instructor, now=NOW).slug
        for title in ("Light_strokes", "Light strokes", "", "手")
    ]

    assert slugs == ["light-strokes", "light-strokes-2", "recording", "recording-2"]
    assert AuditEvent.objects.filter(action="recording.added").count() == 4


def test_texts_change_and_the_name_stays(version: CourseVersion, instructor: User) -> None:
    recording = domain.add_recording(version, kept(), title="One", by=instructor, now=NOW)

    changed_ = domain.save_recording_texts(
        version, recording.key, title=" Two \n words ", credit="Ana", by=instructor, now=NOW
    )

    assert (changed_.slug, changed_.title, changed_.credit) == ("one", "Two words", "Ana")
    with pytest.raises(RecordingTextRefused, match="Give it a title"):
        domain.save_recording_texts(
            version, recording.key, title=" ", credit="", by=instructor, now=NOW
        )


def test_captions_are_written_anew_and_taken_away(version: CourseVersion, instructor: User) -> None:
    key = RecordingFactory(version=version, captions="").key

    told = domain.set_captions(version, key, text=VTT, language="es", by=instructor, now=NOW)

    assert told.captions.startswith("WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n<v Ana>Slow")
    assert told.captions_language == "es"
    gone = domain.set_captions(version, key, text=" ", language="", by=instructor, now=NOW)
    assert (gone.captions, gone.captions_language) == ("", "")


def test_captions_behind_the_end_are_refused(version: CourseVersion, instructor: User) -> None:
    key = RecordingFactory(version=version, duration_ms=1_500).key

    with pytest.raises(CaptionsRefused, match=r"Line 4: The recording ends at 00:00:01\.500"):
        domain.set_captions(version, key, text=VTT, language="", by=instructor, now=NOW)


def test_odd_language_is_refused(version: CourseVersion, instructor: User) -> None:
    key = RecordingFactory(version=version).key

    with pytest.raises(RecordingTextRefused, match="language tag"):
        domain.set_captions(version, key, text=VTT, language='en"x', by=instructor, now=NOW)


def test_transcript_comes_from_the_captions(version: CourseVersion, instructor: User) -> None:
    key = RecordingFactory(version=version, transcript="").key
    domain.set_captions(version, key, text=VTT, language="", by=instructor, now=NOW)

    told = domain.transcript_from_captions(version, key, by=instructor, now=NOW)

    assert told.transcript == "**Ana:** Slow strokes.\n\nAgain."


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a\n\n# Title", "Line 3: headings start at"),
        ("[x](ftp://a.b)", "Line 1: the link"),
        ("![](figure:face)", "Line 1: a figure cannot stand"),
        ("::: recording other\n:::", "Line 1: a recording cannot stand"),
        ("x" * 200_001, "at most 200,000"),
    ],
)
def test_transcript_with_a_mistake_is_refused(
    version: CourseVersion, instructor: User, text: str, sentence: str
) -> None:
    key = RecordingFactory(version=version).key

    with pytest.raises(RecordingTextRefused, match=sentence):
        domain.save_transcript(version, key, text=text, by=instructor, now=NOW)


def test_replacing_keeps_key_name_texts(version: CourseVersion, instructor: User) -> None:
    before = RecordingFactory(version=version)

    after = domain.replace_recording(version, before.key, kept(), by=instructor, now=NOW)

    same = ("pk", "key", "slug", "title", "captions", "transcript", "credit")
    assert [getattr(after, name) for name in same] == [getattr(before, name) for name in same]
    assert (after.file.sha256, after.duration_ms) != (before.file.sha256, before.duration_ms)


def test_video_is_not_replaced_by_sound(version: CourseVersion, instructor: User) -> None:
    key = RecordingFactory(version=version).key

    with pytest.raises(RecordingTextRefused, match="new recording instead"):
        domain.replace_recording(version, key, kept("audio"), by=instructor, now=NOW)


def test_recording_in_a_lesson_is_not_removed(version: CourseVersion, instructor: User) -> None:
    used, free = RecordingFactory(version=version), RecordingFactory(version=version)
    lesson = LessonFactory(module__version=version, body=f"::: recording {used.slug}\n:::")

    with pytest.raises(RecordingInUse, match=lesson.title):
        domain.remove_recording(version, used.key, by=instructor, now=NOW)
    domain.remove_recording(version, free.key, by=instructor, now=NOW)

    assert [each.pk for each in version.recordings.all()] == [used.pk]
    assert used_in(version, "recording") == {used.slug: [lesson]}


def test_nothing_of_a_published_version_is_changed(instructor: User) -> None:
    version = publishable()
    recording = RecordingFactory(version=version)
    publish(version)

    for change in (
        lambda: domain.add_recording(version, kept(), title="a", by=instructor, now=NOW),
        lambda: domain.remove_recording(version, recording.key, by=instructor, now=NOW),
        lambda: domain.set_captions(
            version, recording.key, text="", language="", by=instructor, now=NOW
        ),
    ):
        with pytest.raises(NotADraft):
            change()


# ---------------------------------------------------------------- minutes


@pytest.mark.parametrize(
    ("uses", "minutes"),
    [
        ([["a"]], ["1.5"]),
        ([["a", "b"]], ["2.0"]),
        ([["a"], ["a", "b"]], ["1.5", "0.5"]),
        ([["a"], ["a"]], ["1.5", "0.0"]),
        ([["a", "a"]], ["1.5"]),
        ([["unknown"], []], [None, None]),
        ([["c"]], ["0.0"]),
    ],
)
def test_each_recording_counts_once_where_it_is_shown_first(
    uses: list[list[str]], minutes: list[str | None]
) -> None:
    durations = {"a": 93_000, "b": 32_999, "c": 5_999}

    found = minutes_by_lesson(uses, durations)

    assert found == [None if each is None else Decimal(each) for each in minutes]


def test_lesson_has_the_minutes_of_its_recordings(version: CourseVersion, instructor: User) -> None:
    recording = RecordingFactory(version=version, duration_ms=125_000)
    lesson = LessonFactory(module__version=version)

    lesson = write(
        lesson, f"Look.\n\n::: recording {recording.slug}\nAt the *hands*.\n:::", instructor
    )

    version.refresh_from_db()
    assert (lesson.media_minutes, version.media_minutes) == (Decimal("2.0"), Decimal("2.0"))
    assert lesson.counted_words == 1

    lesson = write(lesson, "Nothing to see.", instructor)
    version.refresh_from_db()
    assert (lesson.media_minutes, version.media_minutes) == (Decimal(0), Decimal(0))


def test_minutes_stated_by_a_package_are_kept(version: CourseVersion, instructor: User) -> None:
    lesson = LessonFactory(module__version=version, media_minutes=Decimal("7.5"))

    assert write(lesson, "Other words.", instructor).media_minutes == Decimal("7.5")


def test_minutes_move_to_the_next_lesson_that_shows_it(
    version: CourseVersion, instructor: User
) -> None:
    recording = RecordingFactory(version=version, duration_ms=60_000)
    first = LessonFactory(module__version=version)
    second = LessonFactory(module=first.module)
    for lesson in (second, first):
        write(lesson, f"::: recording {recording.slug}\n:::", instructor)

    def minutes() -> list[Decimal]:
        return list(version.lessons.order_by("position").values_list("media_minutes", flat=True))

    assert minutes() == [1, 0]
    remove_lesson(version, first.key, by=instructor, now=NOW)
    assert minutes() == [1]
    undo(version, by=instructor, now=NOW)
    assert minutes() == [1, 0]


def test_undoing_the_outline_brings_no_minutes_back_that_are_not_shown(
    version: CourseVersion, instructor: User
) -> None:
    recording = RecordingFactory(version=version, duration_ms=60_000)
    lesson = LessonFactory(module__version=version)
    other = LessonFactory(module=lesson.module)
    write(lesson, f"::: recording {recording.slug}\n:::", instructor)
    remove_lesson(version, other.key, by=instructor, now=NOW)
    write(lesson, "No film any more.", instructor)

    undo(version, by=instructor, now=NOW)

    version.refresh_from_db()
    assert version.media_minutes == 0


def test_longer_file_brings_its_minutes(version: CourseVersion, instructor: User) -> None:
    recording = RecordingFactory(version=version, duration_ms=60_000)
    lesson = LessonFactory(module__version=version)
    write(lesson, f"::: recording {recording.slug}\n:::", instructor)

    domain.replace_recording(version, recording.key, kept(seconds=180), by=instructor, now=NOW)

    lesson.refresh_from_db()
    assert lesson.media_minutes == 3


# ---------------------------------------------------------------- in a lesson


def test_recording_in_a_lesson_is_ready_to_show(version: CourseVersion, instructor: User) -> None:
    recording = RecordingFactory(version=version, transcript="Slow.[^1]\n\n[^1]: *Very*.")
    body = f"Before.\n\n::: recording {recording.slug}\nAt the *hands*.\n:::\n\nAfter."

    lesson = write(LessonFactory(module__version=version), body, instructor)

    before, shown, after = lesson_segments(lesson)
    assert (before.kind, shown.kind, after.kind) == ("html", "recording", "html")
    assert shown.html == "<p>At the <em>hands</em>.</p>\n"
    data = shown.recording
    assert data is not None
    assert data.src == f"/media/recordings/{recording.file.sha256}.mp4"
    assert data.poster == f"/media/posters/{recording.poster.sha256}.webp"
    assert data.captions.startswith(f"/media/captions/{recording.key}/")
    assert (data.captions_language, data.captions_label) == ("en-US", "English")
    assert data.duration == "2 minutes"
    assert "<em>Very</em>" in data.transcript
    assert f'id="l{lesson.position}-spoken-1-fn-1"' in data.transcript


def test_text_of_a_recording_cannot_leave_its_place(
    version: CourseVersion, instructor: User
) -> None:
    recording = RecordingFactory(
        version=version,
        title="--><script>alert(1)</script>",
        transcript="<script>alert(2)</script> <!--/recording-->",
        credit="<!--transcript-->",
    )

    lesson = write(
        LessonFactory(module__version=version), f"::: recording {recording.slug}\n:::", instructor
    )

    (shown,) = lesson_segments(lesson)
    assert shown.recording is not None
    assert shown.recording.title == "--><script>alert(1)</script>"
    assert shown.recording.credit == "<!--transcript-->"
    assert "-->" not in lesson.body_html.partition("<!--recording:")[2].partition("}")[0]
    assert shown.recording.transcript == (
        "<p>&lt;script&gt;alert(2)&lt;/script&gt; &lt;!--/recording--&gt;</p>\n"
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("::: recording\n:::", "a recording block names its recording"),
        ("::: recording one two\n:::", "‘two’ is not understood"),
        ("> ::: recording one\n> :::", "stands outside lists and other blocks"),
    ],
)
def test_mistake_in_a_recording_block_is_named(text: str, sentence: str) -> None:
    assert sentence in parse(text).problems[0].sentence


def test_handout_is_a_link_with_its_size(version: CourseVersion, instructor: User) -> None:
    handout = HandoutFactory(version=version, slug="scale")

    lesson = write(
        LessonFactory(module__version=version),
        "See [the *scale*](handout:scale), [gone](handout:gone).",
        instructor,
    )

    url = f"/media/handouts/{handout.file.sha256}/scale.pdf"
    assert lesson.body_html == (
        f'<p>See <a href="{url}" class="handout" download="">the <em>scale</em>'
        '<span class="handout-detail"> (PDF, 1 kB)</span></a>, <a>gone</a>.</p>\n'
    )
    assert lesson.counted_words == 4


@pytest.mark.parametrize(
    ("milliseconds", "words"),
    [
        (1, "1 second"),
        (59_400, "59 seconds"),
        (60_000, "1 minute"),
        (200_000, "3 minutes 20 seconds"),
        (3_600_000, "1 hour"),
        (7_325_000, "2 hours 2 minutes"),
    ],
)
def test_duration_is_told_in_words(milliseconds: int, words: str) -> None:
    assert duration_in_words(milliseconds) == words


# ---------------------------------------------------------------- publishing


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ({}, []),
        ({"captions": ""}, ["no-captions"]),
        ({"transcript": ""}, ["no-transcript"]),
        ({"credit": ""}, ["no-recording-credit"]),
        ({"duration_ms": 1_000}, ["captions-too-long"]),
        (
            {"captions": "", "transcript": "", "credit": ""},
            ["no-captions", "no-transcript", "no-recording-credit"],
        ),
        ({"kind": "audio", "captions": ""}, []),
        ({"kind": "audio", "captions": "", "transcript": ""}, ["no-transcript"]),
    ],
)
def test_what_a_recording_lacks_stops_publishing(values: dict[str, Any], codes: list[str]) -> None:
    version = publishable()
    recording = RecordingFactory(version=version, **values)
    changed(version)

    items = [item for item in missing(version) if item.is_blocking]

    assert [item.code for item in items] == codes
    for item in items:
        assert recording.title in item.sentence
        assert item.url == f"/studio/{version.course.slug}/recordings/{recording.key}/"


def test_sealed_text_names_recordings_and_handouts_when_there_are_any() -> None:
    version = publishable()
    assert not {"recordings", "handouts"} & set(canonical_data(version))
    recording = RecordingFactory(version=version)
    handout = HandoutFactory(version=version)

    data = canonical_data(version)

    assert data["recordings"] == [
        {
            "key": str(recording.key),
            "sha256": recording.file.sha256,
            "poster": recording.poster.sha256,
            "duration_ms": 120_000,
            "width": 320,
            "height": 180,
            "slug": recording.slug,
            "kind": "video",
            "title": recording.title,
            "captions": recording.captions,
            "captions_language": "en-US",
            "transcript": "Slow, light strokes.",
            "credit": "Ana Author",
        }
    ]
    assert data["handouts"] == [
        {
            "key": str(handout.key),
            "sha256": handout.file.sha256,
            "slug": handout.slug,
            "title": handout.title,
            "file_name": f"{handout.slug}.pdf",
            "credit": "Ana Author",
        }
    ]


def test_lost_file_of_a_published_recording_is_found() -> None:
    version = publishable()
    recording = RecordingFactory(version=version, file=stored_file(b"a film", "video/mp4"))
    handout = HandoutFactory(version=version, file=stored_file(b"a sheet", "application/pdf"))
    publish(version)

    def said() -> list[str]:
        found = check_versions(Tally())
        return [each.sentence for each in found if each.sentence.startswith("the file")]

    assert said() == []
    for file in (recording.file, handout.file):
        file.storage.delete(file.path)
    assert said() == [
        f"the file of its recording “{recording.title}” is not kept any more",
        f"the file of its handout “{handout.title}” is not kept any more",
    ]


def test_next_edition_begins_with_the_same_recordings(instructor: User) -> None:
    version = publishable()
    recording, handout = RecordingFactory(version=version), HandoutFactory(version=version)
    publish(version)

    draft = begin_draft(version.course, is_typo=False, by=instructor, now=NOW)

    assert (draft.recordings.get().key, draft.handouts.get().key) == (recording.key, handout.key)
    domain.replace_recording(draft, recording.key, kept(), by=instructor, now=NOW)
    recording.refresh_from_db()
    assert recording.file.read() != b"new"


# ---------------------------------------------------------------- handouts


PDF = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n%%EOF\n"


def test_handout_is_kept_as_it_came_and_pictures_are_made_anew() -> None:
    picture = saved(photo(), "JPEG")

    assert handouts.prepare_handout(PDF).content == PDF
    made = handouts.prepare_handout(picture)
    assert made.content_type in ("image/png", "image/webp")
    assert made.content != picture


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"%PDF-1.7\nhalf", "ends in the middle"),
        (PDF + b"<script>", "hangs on this file"),
        (PDF.replace(b"<< >>", b"<< /Encrypt 5 0 R >>"), "password"),
        (PDF.replace(b"<< >>", b"<< /OpenAction << /JS (x) >> >>"), "holds a program"),
        (PDF.replace(b"<< >>", b"<< /EmbeddedFile >>"), "holds a program"),
        (b"PK\x03\x04", "Word files"),
        (b"<html>", "is a PDF or a picture"),
        (b"\n%PDF-1.7 %%EOF", "is a PDF or a picture"),
        (b"%PDF-" + b"0" * 20_000_000, "at most 20 MB"),
    ],
)
def test_other_handout_is_refused(content: bytes, sentence: str) -> None:
    with pytest.raises(handouts.HandoutRefused, match=sentence):
        handouts.prepare_handout(content)


def test_handout_is_added_changed_and_removed(version: CourseVersion, instructor: User) -> None:
    file = stored_file(PDF, "application/pdf")
    handout = handouts.add_handout(
        version, file, title="Pressure scale", credit="", by=instructor, now=NOW
    )
    assert (handout.slug, handout.file_name) == ("pressure-scale", "pressure-scale.pdf")

    other = stored_file(b"picture", "image/png")
    handout = handouts.save_handout(
        version, handout.key, title="Scale", credit="Ana", file=other, by=instructor, now=NOW
    )
    assert (handout.slug, handout.file_name) == ("pressure-scale", "pressure-scale.png")

    lesson = LessonFactory(module__version=version, body="[x](handout:pressure-scale)")
    with pytest.raises(RecordingInUse, match=lesson.title):
        handouts.remove_handout(version, handout.key, by=instructor, now=NOW)
    lesson.delete()
    handouts.remove_handout(version, handout.key, by=instructor, now=NOW)
    assert Handout.objects.count() == 0


# ---------------------------------------------------------------- packages


@pytest.fixture
def filmed(package: Package, tmp_path: Path) -> Package:
    """The sample with a film, its captions and transcript, a sound and a handout."""
    (package.root / "recordings").mkdir()
    recorded.phone_movie(package.root / "recordings/light-strokes.mov")
    recorded.make(
        package.root / "recordings/spoken.mp3", container="mp3", video="", audio="libmp3lame"
    )
    package.write("recordings/light-strokes.vtt", "WEBVTT\n\n00:00.100 --> 00:00.900\nSlow.\n")
    package.write("recordings/light-strokes.md", "Slow.\n")
    package.write(
        "recordings/recordings.toml",
        """[[recordings]]
key = "6b0c9a52-6a54-4b6a-9f3e-0d8f5b0a7c11"
file = "light-strokes.mov"
title = "Light strokes"
credit = "Ana Reyes"
captions_language = "en-US"

[[recordings]]
key = "6b0c9a52-6a54-4b6a-9f3e-0d8f5b0a7c12"
file = "spoken.mp3"
title = "Spoken"
""",
    )
    package.write("handouts/scale.pdf", PDF)
    package.write(
        "handouts/handouts.toml",
        """[[handouts]]
key = "6b0c9a52-6a54-4b6a-9f3e-0d8f5b0a7c13"
file = "scale.pdf"
title = "Scale"
""",
    )
    return package


def lesson_file(package: Package) -> str:
    found = next(package.root.glob("01-*/02-*.md"))
    return str(found.relative_to(package.root))


def test_package_brings_recordings_and_handouts(filmed: Package) -> None:
    # The minutes that this lesson states give way to those of its recording.
    filmed.replace("01-face/01-points.md", "media_minutes = 30", "media_minutes = 60")
    path = lesson_file(filmed)
    text = (filmed.root / path).read_text()
    filmed.write(path, f"{text}\n::: recording light-strokes\n:::\n\n[Scale](handout:scale)\n")

    result = filmed.load()

    assert result.problems == []
    version = result.version
    assert version is not None
    film = Recording.objects.get(slug="light-strokes")
    assert (film.kind, film.width, film.title) == ("video", 320, "Light strokes")
    assert film.captions == "WEBVTT\n\n00:00:00.100 --> 00:00:00.900\nSlow.\n"
    assert (film.transcript, film.captions_language) == ("Slow.", "en-US")
    assert b"Pear" not in film.file.read()
    assert Recording.objects.get(slug="spoken").kind == "audio"
    assert Handout.objects.get().file.read() == PDF
    lesson = version.lessons.order_by("position")[1]
    assert "<!--recording:" in lesson.body_html
    assert lesson.media_minutes == Decimal("0.1") * (film.duration_ms // 6_000)


def test_same_package_changes_nothing(filmed: Package) -> None:
    filmed.load()

    assert filmed.load().is_unchanged


def test_recording_as_it_is_kept_changes_nothing(filmed: Package) -> None:
    """As an export gives it back."""
    filmed.load()
    for recording in Recording.objects.all():
        old = next(filmed.root.glob(f"recordings/{recording.slug}.m[op]*"))
        if recording.slug == "light-strokes":
            filmed.remove(str(old.relative_to(filmed.root)))
            filmed.replace("recordings/recordings.toml", old.name, "light-strokes.mp4")
            old = old.with_suffix(".mp4")
        old.write_bytes(recording.file.read())

    assert filmed.load().is_unchanged


def test_exported_package_brings_recordings_and_handouts_along(
    filmed: Package, tmp_path: Path
) -> None:
    version = filmed.load().version
    assert version is not None

    export_folder(version, tmp_path / "out")

    again = PackageSource.open(tmp_path / "out")
    assert import_package(again, by=None, now=NOW, dry_run=True).is_unchanged
    assert {path for path in again.paths() if path.startswith(("recordings/", "handouts/"))} == {
        "recordings/light-strokes.mp4",
        "recordings/light-strokes.vtt",
        "recordings/light-strokes.md",
        "recordings/spoken.mp3",
        "recordings/recordings.toml",
        "handouts/scale.pdf",
        "handouts/handouts.toml",
    }
    assert export_zip(version) == export_zip(version)


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (
            lambda p: p.write("recordings/light-strokes.mov", b"nothing"),
            "recordings/light-strokes.mov:1: This is no video",
        ),
        (
            lambda p: p.write("recordings/light-strokes.vtt", "WEBVTT\n\n1:1\nx"),
            "recordings/light-strokes.vtt:3: “1:1” has no times",
        ),
        (
            lambda p: p.write("recordings/light-strokes.md", "# Title"),
            "recordings/light-strokes.md:1: Line 1: headings start",
        ),
        (
            lambda p: p.replace("recordings/recordings.toml", 'captions_language = "en-US"', ""),
            "recordings/recordings.toml:1: ‘captions_language’ is missing",
        ),
        (
            lambda p: p.replace("recordings/recordings.toml", "spoken.mp3", "absent.mp3"),
            "recordings/recordings.toml:10: There is no file recordings/absent.mp3",
        ),
        (
            lambda p: p.replace("recordings/recordings.toml", "spoken.mp3", "Spoken.avi"),
            "recordings/recordings.toml:10: ‘Spoken.avi’ must be named like",
        ),
        (
            lambda p: p.write("recordings/extra.mp4", b"x"),
            "recordings/extra.mp4:1: This file belongs to no recording",
        ),
        (
            lambda p: p.write("handouts/scale.pdf", b"%PDF-"),
            "handouts/scale.pdf:1: The PDF ends in the middle",
        ),
        (
            lambda p: p.replace(lesson_file(p), "\n+++\n", "\n+++\n\n::: recording nix\n:::\n\n"),
            "recordings/recordings.toml has no recording ‘nix’",
        ),
        (
            lambda p: p.replace(lesson_file(p), "\n+++\n", "\n+++\n\n[x](handout:scal)\n\n"),
            "handouts/handouts.toml has no handout ‘scal’; did you mean ‘scale’?",
        ),
    ],
)
def test_mistake_about_a_recording_is_named(
    filmed: Package, spoil: Callable[[Package], object], problem: str
) -> None:
    spoil(filmed)

    assert any(problem in each for each in filmed.problems()), filmed.problems()
    assert StoredFile.objects.count() == 0
