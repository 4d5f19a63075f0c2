import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from ce_platform.accounts.models import User
from ce_platform.core.models import AuditEvent, StoredFile
from courses.domain import picturing
from courses.domain.copying import copy_version
from courses.domain.drafting import discard_draft
from courses.domain.errors import FigureInUse, FigureRefused, NotADraft
from courses.domain.figure_uses import named_in
from courses.domain.picturing import (
    add_figure,
    figures_used_in,
    last_figure_step,
    remove_figure,
    replace_figure,
    save_figure_texts,
    undo_figure_step,
)
from courses.domain.publishing import missing
from courses.markdown import parse
from courses.models import CourseVersion, Figure, FigureStep
from courses.package.media import _PICTURE
from tests.conftest import NOW
from tests.courses import sent_pictures as sent
from tests.courses.conftest import Package
from tests.factories.courses import FigureFactory, LessonFactory, ModuleFactory, VersionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(instructor: User) -> CourseVersion:
    return VersionFactory(status="draft", course__owner=instructor)


def add(version: CourseVersion, content: bytes | None = None, **values: Any) -> Figure:
    values = {"file_name": "face.png", "by": version.course.owner, "now": NOW} | values
    return add_figure(version, sent.png() if content is None else content, **values)


def replace(figure: Figure, content: bytes) -> Figure:
    version = figure.version
    return replace_figure(version, figure.key, content, by=version.course.owner, now=NOW)


def remove(figure: Figure, **values: Any) -> None:
    version = figure.version
    remove_figure(version, figure.key, by=version.course.owner, now=NOW, **values)


def undo(version: CourseVersion) -> FigureStep | None:
    return undo_figure_step(version, by=version.course.owner, now=NOW)


def kept_files() -> list[Path]:
    root = Path(storages["course_media"].path(""))
    return [path for path in root.rglob("*") if path.is_file()]


def lesson_saying(version: CourseVersion, body: str, **values: Any) -> Any:
    return LessonFactory(module=ModuleFactory(version=version), body=body, **values)


# ---------------------------------------------------------------- adding


def test_picture_is_kept_in_every_size_and_named_after_its_file(draft: CourseVersion) -> None:
    figure = add(
        draft,
        sent.phone_jpeg(),
        file_name="Front of the Face.JPG",
        alt="  A face from the front. ",
        credit="Photo:\nAna Author",
    )

    figure.refresh_from_db()
    assert figure.slug == "front-of-the-face"
    assert (figure.width, figure.height) == (1600, 800)
    assert (figure.alt, figure.credit) == ("A face from the front.", "Photo: Ana Author")
    assert sorted(figure.sizes) == [480, 960, 1600]
    assert figure.sizes[1600] == figure.file.sha256
    assert AuditEvent.objects.get(action="figure.added").actor_id == draft.course.owner_id


def test_where_and_when_it_was_taken_is_in_none_of_the_kept_sizes(draft: CourseVersion) -> None:
    content = sent.phone_jpeg()
    assert sent.SECRET in content
    assert Image.open(io.BytesIO(content)).getexif().get_ifd(0x8825)[1] == "N"

    figure = add(draft, content)

    for sha256 in figure.sizes.values():
        kept = StoredFile.objects.get(sha256=sha256).read()
        assert sent.SECRET not in kept
        assert b"Exif" not in kept
        exif = Image.open(io.BytesIO(kept)).getexif()
        assert (dict(exif), dict(exif.get_ifd(0x8825))) == ({}, {})


@pytest.mark.parametrize(
    "content",
    [
        sent.with_zip(),
        sent.png() + b"<html><script>SECRET</script></html>",
        sent.phone_jpeg(100, 100) + b"<?php SECRET ?>",
    ],
    ids=["zip", "page", "program"],
)
def test_what_hides_behind_a_whole_picture_is_not_kept(
    draft: CourseVersion, content: bytes
) -> None:
    """Phones append films and depths to their photos, so riders are dropped and not refused."""
    figure = add(draft, content)

    for sha256 in figure.sizes.values():
        kept = StoredFile.objects.get(sha256=sha256).read()
        assert sent.SECRET not in kept
        assert b"PK\x03\x04" not in kept


@pytest.mark.parametrize("what", list(sent.REFUSED))
def test_what_is_no_picture_is_refused_and_leaves_nothing(draft: CourseVersion, what: str) -> None:
    file_name, content, words = sent.REFUSED[what]
    before = kept_files()

    with pytest.raises(FigureRefused) as error:
        add(draft, content, file_name=file_name)

    assert words in str(error.value)
    assert str(error.value).endswith(".")
    assert not Figure.objects.exists()
    assert not StoredFile.objects.exists()
    assert not AuditEvent.objects.exists()
    assert kept_files() == before


def test_file_that_is_too_large_is_not_decoded(
    draft: CourseVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picturing, "store_picture", None)

    with pytest.raises(FigureRefused, match=r"larger than 20 MB\."):
        add(draft, bytes(20_000_001))


def test_the_content_decides_and_not_the_ending(draft: CourseVersion) -> None:
    assert add(draft, sent.png(), file_name="face.exe").slug == "face"


@pytest.mark.parametrize(
    ("file_name", "slug"),
    [
        ("IMG_0001.JPG", "img-0001"),
        ("a" * 200 + ".png", "a" * 60),
        (f"{'b' * 59} and more.png", "b" * 59),
        ("🙂🙂.png", "picture"),
        ("顔.png", "picture"),
        ("Gesicht (Kopie) – 2.png", "gesicht-kopie-2"),
        ("C:\\Users\\me\\Face.png", "face"),
        ("../../etc/passwd", "passwd"),
        (".png", "picture"),
        ("", "picture"),
        ("__--__.png", "picture"),
    ],
)
def test_slug_is_one_that_packages_and_addresses_take(
    draft: CourseVersion, file_name: str, slug: str
) -> None:
    figure = add(draft, file_name=file_name)

    assert figure.slug == slug
    assert _PICTURE.fullmatch(f"{figure.slug}.png")


def test_file_without_a_name_takes_the_words_of_its_text(draft: CourseVersion) -> None:
    figure = add(draft, file_name="🙂.png", alt="Two hands on a neck, seen from behind and above")

    assert figure.slug == "two-hands-on-a-neck-seen"


def test_second_picture_of_one_name_gets_a_number(draft: CourseVersion) -> None:
    slugs = [add(draft, sent.png(seed=seed)).slug for seed in (1, 2, 3)]

    assert slugs == ["face", "face-2", "face-3"]


def test_same_bytes_again_are_the_figure_that_is_there(draft: CourseVersion) -> None:
    first = add(draft, alt="A face.")

    again = add(draft, file_name="other.png", alt="Something else.")

    assert (again.pk, again.slug, again.alt) == (first.pk, "face", "A face.")
    assert Figure.objects.count() == 1


def test_same_bytes_in_another_course_are_a_figure_of_its_own(
    draft: CourseVersion, instructor: User
) -> None:
    other = VersionFactory(status="draft", course__owner=instructor)

    assert add(draft).pk != add(other).pk
    assert StoredFile.objects.count() == 1


def test_full_library_takes_no_more(draft: CourseVersion, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picturing, "MOST_FIGURES", 1)
    known = add(draft)
    files = kept_files()

    with pytest.raises(FigureRefused, match="at most 1 pictures"):
        add(draft, sent.png(seed=2))

    assert add(draft) == known
    assert kept_files() == files


def test_encoding_waits_for_no_lock(draft: CourseVersion, monkeypatch: pytest.MonkeyPatch) -> None:
    real = picturing.store_picture
    # Every test runs inside a transaction; another one inside it is a savepoint.
    depth = len(connection.savepoint_ids)
    depths = []

    def watched(*args: Any, **kwargs: Any) -> Any:
        depths.append(len(connection.savepoint_ids))
        return real(*args, **kwargs)

    monkeypatch.setattr(picturing, "store_picture", watched)

    replace(add(draft), sent.png(seed=2))

    assert depths == [depth, depth]


def test_same_bytes_sent_twice_at_once_are_one_figure(
    draft: CourseVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = picturing.store_picture

    def slow(content: bytes, **kwargs: Any) -> Any:
        monkeypatch.setattr(picturing, "store_picture", real)
        add(draft, content)
        return real(content, **kwargs)

    monkeypatch.setattr(picturing, "store_picture", slow)

    assert add(draft) == Figure.objects.get()


@pytest.mark.parametrize("status", ["published", "retired"])
def test_what_is_published_takes_no_picture(instructor: User, status: str) -> None:
    version = VersionFactory(status=status, course__owner=instructor)
    figure = FigureFactory(version=version)
    files = kept_files()

    with pytest.raises(NotADraft):
        add(version)
    with pytest.raises(NotADraft):
        replace(figure, sent.png())
    with pytest.raises(NotADraft):
        remove(figure)
    with pytest.raises(NotADraft):
        undo(version)
    with pytest.raises(NotADraft):
        save_figure_texts(
            version, figure.key, alt="", caption="", credit="", by=instructor, now=NOW
        )
    assert kept_files() == files


def test_picture_takes_a_version_out_of_review(instructor: User) -> None:
    version = VersionFactory(status="in-review", course__owner=instructor)

    add(version)

    version.refresh_from_db()
    assert version.status == "draft"


# ---------------------------------------------------------------- texts


def test_texts_are_cleaned_and_kept(draft: CourseVersion) -> None:
    figure = add(draft)

    save_figure_texts(
        draft,
        figure.key,
        alt=" A face.\r\nFrom the front. ",
        caption="Where to begin",
        credit=" Ana\n Author ",
        by=draft.course.owner,
        now=NOW,
    )

    figure.refresh_from_db()
    assert figure.alt == "A face.\nFrom the front."
    assert (figure.caption, figure.credit) == ("Where to begin", "Ana Author")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("alt", "The alternative text has at most 2,000 characters."),
        ("caption", "The caption has at most 1,000 characters."),
        ("credit", "The credit has at most 300 characters."),
    ],
)
def test_text_that_is_too_long_is_refused(draft: CourseVersion, name: str, words: str) -> None:
    figure = add(draft)
    texts = {"alt": "", "caption": "", "credit": ""} | {name: "x" * 2_001}

    with pytest.raises(FigureRefused, match=words):
        save_figure_texts(draft, figure.key, **texts, by=draft.course.owner, now=NOW)


def test_picture_of_another_course_is_not_there(draft: CourseVersion) -> None:
    other = FigureFactory(version=VersionFactory(status="draft"))

    with pytest.raises(FigureRefused, match="not there any more"):
        remove_figure(draft, other.key, by=draft.course.owner, now=NOW)
    with pytest.raises(FigureRefused, match="not there any more"):
        replace_figure(draft, other.key, sent.png(), by=draft.course.owner, now=NOW)


# ---------------------------------------------------------------- where it is used


def test_lessons_that_show_a_picture_are_found_in_one_query(
    draft: CourseVersion, django_assert_num_queries: Any
) -> None:
    first = lesson_saying(draft, "![](figure:face)\n\ntext\n\n![](figure:neck)\n", position=1)
    second = lesson_saying(draft, 'text\n\n![](<figure:face> "A title")\n', position=2)
    third = lesson_saying(draft, "[pic]: figure:face-2\n\n![x][pic]\n", position=3)
    lesson_saying(draft, "no figures: here", position=4)
    lesson_saying(VersionFactory(status="draft"), "![](figure:face)")

    with django_assert_num_queries(1):
        used = figures_used_in(draft)
        titles = {slug: [lesson.title for lesson in lessons] for slug, lessons in used.items()}

    assert titles == {
        "face": [first.title, second.title],
        "neck": [first.title],
        "face-2": [third.title],
    }


def test_every_use_that_the_parser_knows_is_found(draft: CourseVersion) -> None:
    bodies = [
        "![](figure:face)",
        "![Alt](figure:face)",
        "![](<figure:face>)",
        "![](figure:face 'x')",
        "![a][b]\n\n[b]: figure:face",
        "![b]\n\n[b]: <figure:face> (x)",
    ]
    for body in bodies:
        assert [use.name for use in parse(body).uses if use.kind == "figure"] == ["face"], body
        assert list(named_in(body)) == ["face"], body


# ---------------------------------------------------------------- replacing


def test_replacing_keeps_what_lessons_and_versions_know_it_by(draft: CourseVersion) -> None:
    figure = add(draft, alt="A face.", caption="Face", credit="Ana")
    lesson = lesson_saying(draft, "![](figure:face)")

    replaced = replace(figure, sent.phone_jpeg())

    replaced.refresh_from_db()
    assert (replaced.pk, replaced.key, replaced.slug) == (figure.pk, figure.key, "face")
    assert (replaced.alt, replaced.caption, replaced.credit) == ("A face.", "Face", "Ana")
    assert (replaced.width, replaced.file_id != figure.file_id) == (1600, True)
    assert sorted(replaced.sizes) == [480, 960, 1600]
    assert figures_used_in(draft) == {"face": [lesson]}


def test_replacing_with_itself_changes_nothing(draft: CourseVersion) -> None:
    figure = add(draft)

    assert replace(figure, sent.png()).file_id == figure.file_id
    assert last_figure_step(draft) is None


@pytest.mark.parametrize("what", ["bomb", "heic", "nothing in it"])
def test_replacing_with_no_picture_leaves_the_old_one(draft: CourseVersion, what: str) -> None:
    figure = add(draft)
    files = kept_files()

    with pytest.raises(FigureRefused):
        replace(figure, sent.REFUSED[what][1])

    figure.refresh_from_db()
    assert figure.width == 200
    assert kept_files() == files
    assert last_figure_step(draft) is None


def test_replaced_picture_comes_back_and_newer_texts_stay(draft: CourseVersion) -> None:
    figure = add(draft, alt="Old words.")
    replace(figure, sent.phone_jpeg())
    save_figure_texts(
        draft, figure.key, alt="New words.", caption="", credit="", by=draft.course.owner, now=NOW
    )

    step = undo(draft)

    back = draft.figures.get()
    assert step is not None
    assert step.kind == "replaced"
    assert (back.key, back.file_id, back.sizes_json) == (
        figure.key,
        figure.file_id,
        figure.sizes_json,
    )
    assert (back.width, back.source_sha256, back.alt) == (200, figure.source_sha256, "New words.")
    assert undo(draft) is None


# ---------------------------------------------------------------- removing


def test_picture_that_lessons_show_is_not_removed(draft: CourseVersion) -> None:
    figure = add(draft)
    lesson_saying(draft, "![](figure:face)", title="Points of the face", position=1)
    lesson_saying(draft, "![](figure:face)", title="Claims", position=2)

    with pytest.raises(FigureInUse) as error:
        remove(figure)

    assert str(error.value) == (
        "“Points of the face” and “Claims” show this picture. Take it out there first."
    )
    assert draft.figures.exists()
    assert last_figure_step(draft) is None


@pytest.mark.parametrize(
    ("count", "sentence"),
    [
        (1, "“L1” shows this picture. Take it out there first."),
        (4, "“L1”, “L2”, “L3” and “L4” show this picture. Take it out there first."),
        (6, "“L1”, “L2”, “L3” and 3 more lessons show this picture. Take it out there first."),
    ],
)
def test_refusal_names_the_lessons(draft: CourseVersion, count: int, sentence: str) -> None:
    figure = add(draft)
    for number in range(1, count + 1):
        lesson_saying(draft, "![](figure:face)", title=f"L{number}", position=number)

    with pytest.raises(FigureInUse) as error:
        remove(figure)

    assert str(error.value) == sentence


def test_removed_picture_comes_back_as_it_was(draft: CourseVersion) -> None:
    figure = add(draft, alt="A face.", caption="Face", credit="Ana")
    lesson_saying(draft, "![](figure:face)")
    before = Figure.objects.filter(pk=figure.pk).values().get()

    remove(figure, is_forced=True)
    assert not draft.figures.exists()
    undo(draft)

    assert Figure.objects.values().get() | {"id": figure.pk} == before
    assert undo(draft) is None
    actions = AuditEvent.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["figure.added", "figure.removed", "figure.restored"]


def test_steps_are_taken_back_newest_first(draft: CourseVersion) -> None:
    figure = add(draft)
    replace(figure, sent.png(seed=2))
    remove(figure)

    undo(draft)
    assert draft.figures.get().file_id != figure.file_id
    undo(draft)

    assert draft.figures.get().file_id == figure.file_id


def test_name_of_a_removed_picture_is_not_given_to_another(draft: CourseVersion) -> None:
    """A lesson that still names it must not show something nobody chose."""
    remove(add(draft))

    other = add(draft, sent.png(seed=2))
    undo(draft)

    assert other.slug == "face-2"
    assert sorted(draft.figures.values_list("slug", flat=True)) == ["face", "face-2"]


def test_step_keeps_no_name_of_a_person(draft: CourseVersion) -> None:
    remove(add(draft, alt="A face."))

    step = FigureStep.objects.get()
    assert (step.kind, step.slug, step.by_id) == ("removed", "face", draft.course.owner_id)
    assert json.loads(step.before_json)["alt"] == "A face."


def test_draft_with_steps_is_copied_without_them_and_thrown_away_with_them(
    draft: CourseVersion,
) -> None:
    remove(add(draft))
    add(draft)

    copy = copy_version(draft, edition=9, revision=0, now=NOW)
    assert (copy.figures.count(), copy.figure_steps.count()) == (1, 0)
    discard_draft(draft, by=draft.course.owner, now=NOW)

    assert not FigureStep.objects.exists()


# ---------------------------------------------------------------- publishing


def test_what_pictures_lack_is_named_one_by_one(draft: CourseVersion) -> None:
    add(draft, sent.png(seed=1), file_name="face.png", alt="A face.", credit="Ana")
    no_text = add(draft, sent.png(seed=2), file_name="neck.png", credit="Ana")
    no_credit = add(draft, sent.png(seed=3), file_name="scalp.png", alt="A scalp.")

    items = [item for item in missing(draft) if item.code in ("no-alt", "no-credit")]

    url = f"/studio/{draft.course.slug}/pictures"
    assert [(item.sentence, item.url) for item in items] == [
        ("The picture “neck” has no alternative text.", f"{url}/{no_text.key}/"),
        ("The picture “scalp” has no credit.", f"{url}/{no_credit.key}/"),
    ]


def test_picture_that_a_lesson_lacks_is_named(draft: CourseVersion) -> None:
    lesson = lesson_saying(
        draft, "As figure:above shows, `figure:code` …\n\n![](figure:gone)", title="Points"
    )

    items = [item for item in missing(draft) if item.code == "no-such-figure"]

    assert [(item.sentence, item.url) for item in items] == [
        (
            "The lesson “Points” shows a picture “gone” that is not there.",
            f"/studio/{draft.course.slug}/lessons/{lesson.key}/",
        )
    ]


def test_asking_what_pictures_lack_costs_the_same_for_three_as_for_one(
    draft: CourseVersion,
) -> None:
    counts = []
    for number in range(3):
        FigureFactory(version=draft, slug=f"figure-{number}", alt="", credit="")
        lesson_saying(draft, "![](figure:gone)")
        with CaptureQueriesContext(connection) as captured:
            items = missing(CourseVersion.objects.get(pk=draft.pk))
        assert len([item for item in items if item.code == "no-alt"]) == number + 1
        counts.append(len(captured))

    assert counts == [counts[0]] * 3


def test_package_that_rewrites_the_draft_leaves_nothing_to_undo(
    package: Package, instructor: User
) -> None:
    """Its pictures are all made anew, so an older one would come back beside its twin."""
    version = package.load().version
    assert version is not None
    figure = version.figures.get()
    remove_figure(version, figure.key, by=instructor, now=NOW, is_forced=True)

    package.replace("course.toml", "Two modules", "Twice two modules").load()

    assert version.figures.get().key == figure.key
    assert last_figure_step(version) is None
