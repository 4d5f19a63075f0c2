"""Questions on pictures through the database: written, shown, kept, packed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from ce_platform.accounts.models import User
from courses.domain.charting import remove_chart
from courses.domain.errors import ChartRefused, FigureRefused
from courses.domain.picturing import remove_figure
from courses.models import ChartPoint, ChartView, CourseVersion, Figure
from courses.package.exporting import ExportRefused
from courses.package.source import PackageSource
from courses.parts import PackagePlaces
from quizzes.differences import differences
from quizzes.domain.attempts import start_attempt
from quizzes.domain.authoring import add_question, add_quiz, save_question
from quizzes.domain.errors import ContentRefused
from quizzes.embedding import VersionPictures
from quizzes.models import Quiz, QuizPoolItem
from quizzes.package.exporting import export_quizzes
from quizzes.package.reading import read_share
from quizzes.package.writing import changes_of, write_quizzes
from quizzes.parts import QuizzesPart
from quizzes.question_types import type_named
from tests.conftest import NOW
from tests.factories.courses import (
    EnrollmentFactory,
    FigureFactory,
    VersionFactory,
    stored_file,
)
from tests.factories.pictures import CHART, DESCRIPTIONS, face_chart, label, tap
from tests.factories.quizzes import single
from tests.factories.thaw import thawed
from tests.quizzes.test_studio_questions import fields_in, text_of

pytestmark = pytest.mark.django_db
POINT = str(UUID(int=600))


@pytest.fixture
def draft(instructor: User) -> CourseVersion:
    return VersionFactory(status="draft", course__slug="drafted", course__owner=instructor)


@pytest.fixture
def quiz(draft: CourseVersion, instructor: User) -> Quiz:
    face_chart(draft)
    return add_quiz(draft, None, title="Final exam", by=instructor, now=NOW)


@pytest.fixture
def author(instructor: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(instructor)


def write(quiz: Quiz, by: User, name: str = "tap-the-point", **changes: Any) -> QuizPoolItem:
    written = {"tap-the-point": tap, "label-the-chart": label, "single-choice": single}[name]
    return add_question(quiz, name, written(**changes), by=by, now=NOW)


def change_chart(draft: CourseVersion) -> str:
    """Another drawing, and ST3 somewhere else on it. The hash of the new drawing."""
    drawing = stored_file(b"<svg>new</svg>", "image/svg+xml")
    ChartView.objects.filter(chart__version=draft).update(drawing=drawing)
    ChartPoint.objects.filter(version=draft, key=POINT).update(
        name="Renamed", at_json='[{"label":"e","view":"front","x":400,"y":400}]'
    )
    return drawing.sha256


def only(quiz: Quiz) -> QuizPoolItem:
    return QuizPoolItem.objects.select_related("revision__question", "quiz__version").get(quiz=quiz)


def save(item: QuizPoolItem, by: User, *, takes_over: bool = False, **changes: Any) -> QuizPoolItem:
    revision = item.revision
    content = {**type_named(revision.type).named(revision.data), **changes}
    return save_question(
        item,
        content,
        points=revision.points,
        objective_key=None,
        lesson_key=None,
        expected_number=revision.number,
        takes_over=takes_over,
        by=by,
        now=NOW,
    )


# ------------------------------------------------------------------------------- writing


def test_a_chart_of_another_course_cannot_be_named(quiz: Quiz, instructor: User) -> None:
    other = face_chart(VersionFactory(status="draft"))
    other.slug, other.key = "theirs", UUID(int=999)
    other.save()

    for name in ("theirs", str(other.key)):
        with pytest.raises(ContentRefused):
            write(quiz, instructor, chart=name)


def test_saving_keeps_the_old_drawing_until_the_new_one_is_taken_over(
    quiz: Quiz, draft: CourseVersion, instructor: User
) -> None:
    item = write(quiz, instructor)
    before = item.revision.data
    drawing = change_chart(draft)

    edited = save(item, instructor, stem="Where is ST3?").revision
    again = save(only(quiz), instructor).revision
    fresh = save(only(quiz), instructor, takes_over=True).revision

    assert edited.data == {**before, "stem": "Where is ST3?"}
    assert (edited.number, again.number, fresh.number) == (2, 2, 3)
    assert fresh.data["picture"]["drawing"] == drawing
    assert (fresh.data["places"][0]["name"], fresh.data["places"][0]["at"]) == (
        "Renamed",
        [400, 400, 8],
    )
    kind = type_named("tap-the-point")
    lines = differences(kind.said(edited.data), kind.said(fresh.data))
    assert [line.label for line in lines if line.is_changed] == [
        "Picture",
        "Place a is",
        "Place a, on the picture",
    ]


def test_what_questions_show_is_not_taken_away(
    quiz: Quiz, draft: CourseVersion, instructor: User
) -> None:
    write(quiz, instructor)
    figure = FigureFactory(version=draft, slug="hand")
    write(quiz, instructor, "single-choice", stem="What?\n\n![](figure:hand)")

    with pytest.raises(ChartRefused, match="Questions of this course are about this chart"):
        remove_chart(draft, CHART, by=instructor, now=NOW, is_forced=True)
    with pytest.raises(FigureRefused, match="Questions of this course show this picture"):
        remove_figure(draft, figure.key, by=instructor, now=NOW, is_forced=True)
    assert sorted(QuizzesPart().picture_uses(draft)) == [f"chart:{CHART}", "figure:hand"]


# ------------------------------------------------------------------------------- learners


def test_an_attempt_looks_the_same_after_the_chart_was_changed(
    quiz: Quiz, draft: CourseVersion, instructor: User, owner: User,
    client_of: Callable[[User], Client],
) -> None:  # fmt: skip
    write(quiz, instructor)
    write(quiz, instructor, "label-the-chart")
    enrollment = EnrollmentFactory(version=draft, user=owner)
    attempt = start_attempt(enrollment, quiz, by=owner, now=timezone.now())
    client = client_of(owner)
    url = attempt.get_absolute_url()

    def questions() -> str:
        page = client.get(url).content.decode()
        return page[page.index('<div class="quiz-questions">') : page.index("quiz-end")]

    before = questions()
    old = ChartView.objects.get(chart__version=draft).drawing.sha256
    change_chart(draft)

    assert questions() == before
    assert old in before
    # The file is still theirs to see, although no chart shows it any more.
    drawing = reverse("courses:drawing", args=[old])
    assert client.get(drawing).status_code == 200
    assert Client().get(drawing).status_code == 404
    assert client_of(User.objects.create_user("s@example.com")).get(drawing).status_code == 404


def test_whoever_moved_on_still_sees_the_drawing_of_an_earlier_attempt(
    quiz: Quiz, draft: CourseVersion, instructor: User, owner: User,
    client_of: Callable[[User], Client],
) -> None:  # fmt: skip
    write(quiz, instructor)
    drawing = reverse("courses:drawing", args=[ChartView.objects.get().drawing.sha256])
    EnrollmentFactory(version=VersionFactory(course=draft.course, edition=2), user=owner)
    stranger = EnrollmentFactory(version=VersionFactory()).user

    assert client_of(owner).get(drawing).status_code == 404  # A draft is nobody's to see.
    CourseVersion.objects.filter(pk=draft.pk).update(
        status="retired", published_at=NOW, canonical_text="{}", canonical_sha256="0" * 64
    )

    assert client_of(owner).get(drawing).status_code == 200
    assert client_of(stranger).get(drawing).status_code == 404
    assert Client().get(drawing).status_code == 404


def test_only_pages_with_pictures_load_what_they_need(
    quiz: Quiz, draft: CourseVersion, instructor: User, owner: User,
    client_of: Callable[[User], Client],
) -> None:  # fmt: skip
    write(quiz, instructor, "single-choice")
    client = client_of(owner)
    pages = []
    for _ in range(2):
        enrollment = EnrollmentFactory(version=draft, user=owner)
        attempt = start_attempt(enrollment, quiz, by=owner, now=timezone.now())
        pages.append(client.get(attempt.get_absolute_url()).content.decode())
        enrollment.status = "withdrawn"
        enrollment.save()
        write(quiz, instructor)

    assert ["quiz-pictures" in page for page in pages] == [False, True]


def test_figures_stand_in_stems_and_choices_as_in_lessons(
    quiz: Quiz, draft: CourseVersion, instructor: User, owner: User,
    client_of: Callable[[User], Client],
) -> None:  # fmt: skip
    FigureFactory(version=draft, slug="hand", caption="The answer", credit="Own drawing")
    choices = [
        {"id": "a", "text": "![A jaw](figure:hand)", "correct": True},
        {"id": "b", "text": "A foot"},
    ]
    write(
        quiz, instructor, "single-choice", stem="What?\n\n![](figure:hand)\n\nSay.", choices=choices
    )
    enrollment = EnrollmentFactory(version=draft, user=owner)
    attempt = start_attempt(enrollment, quiz, by=owner, now=timezone.now())

    page = client_of(owner).get(attempt.get_absolute_url()).content.decode()

    assert 'alt="What the picture shows."' in page
    assert 'alt="A jaw"' in page
    assert page.count("<img") == 2
    assert "<p>Say.</p>" in page
    assert "Own drawing" in page
    assert "The answer" not in page


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Words and ![](figure:hand) in one line", "stands alone"),
        ("Words\n\n![](figure:hand)", "without words"),
        ("![](figure:nothing)", "no figure “nothing”"),
    ],
)
def test_a_figure_stands_in_a_choice_alone(
    quiz: Quiz, draft: CourseVersion, instructor: User, text: str, words: str
) -> None:
    FigureFactory(version=draft, slug="hand")
    choices = [{"id": "a", "text": text, "correct": True}, {"id": "b", "text": "A foot"}]

    with pytest.raises(ContentRefused) as refused:
        write(quiz, instructor, "single-choice", choices=choices)

    assert [words in each.sentence for each in refused.value.problems] == [True]


# ------------------------------------------------------------------------------- packages


def packed(draft: CourseVersion, tmp_path: Path) -> tuple[str, list[Any]]:
    """The exam as a file, and what an import reads out of it."""
    files = export_quizzes(draft, PackagePlaces())
    path = tmp_path / "final-exam.toml"
    path.write_text(files["final-exam.toml"])
    source = PackageSource.open(tmp_path)
    pictures = VersionPictures(draft)
    source.charts = [dict(each) for each in pictures.charts()]
    source.figures = [dict(each) for each in pictures.figures()]
    plan = QuizzesPart().plan_import(source, draft.course)
    assert source.problems == []
    return files["final-exam.toml"], plan.share.quizzes


def test_a_package_names_charts_and_points_and_comes_back_equal(
    quiz: Quiz, draft: CourseVersion, instructor: User, tmp_path: Path
) -> None:
    FigureFactory(version=draft, slug="hand", width=960, height=640)
    write(quiz, instructor)
    write(quiz, instructor, "label-the-chart")
    write(quiz, instructor, "single-choice", stem="What?\n\n![Skin](figure:hand)")
    own = [
        {"id": "a", "circle": [100, 90, 30], "name": "Jaw", "description": "1", "correct": True},
        {"id": "b", "polygon": [[1, 2], [30, 4.5], [5, 60]], "description": "2"},
    ]
    write(quiz, instructor, chart="", view="", figure="hand", places=own)
    before = [item.revision.sha256 for item in quiz.pool.all()]

    text, share = packed(draft, tmp_path)

    assert 'chart = "face"' in text
    assert 'point = "ST3"' in text
    assert "polygon = [[1, 2], [30, 4.5], [5, 60]]" in text
    assert {change.action for change in changes_of(share, draft.course)} == {"keep"}
    write_quizzes(draft, share, now=NOW)
    assert [item.revision.sha256 for item in draft.quizzes.get().pool.all()] == before
    assert packed(draft, tmp_path)[0] == text


def test_a_question_that_keeps_an_old_drawing_comes_back_with_it(
    quiz: Quiz, draft: CourseVersion, instructor: User, tmp_path: Path
) -> None:
    before = write(quiz, instructor).revision
    drawing = change_chart(draft)
    text, share = packed(draft, tmp_path)

    assert f'kept = "{before.sha256}"' in text
    assert {change.action for change in changes_of(share, draft.course)} == {"keep"}
    write_quizzes(draft, share, now=NOW)
    assert only(draft.quizzes.get()).revision == before

    # Where nobody has that revision, the drawing of the package is shown.
    elsewhere = read_share(packed_source(draft, tmp_path)).quizzes
    assert elsewhere[0].questions[0].content["picture"]["drawing"] == drawing


def packed_source(draft: CourseVersion, folder: Path) -> PackageSource:
    source = PackageSource.open(folder)
    source.charts = [dict(each) for each in VersionPictures(draft).charts()]
    return source


def test_a_point_that_is_gone_leaves_as_a_place_of_its_own(
    quiz: Quiz, draft: CourseVersion, instructor: User, tmp_path: Path
) -> None:
    write(quiz, instructor)
    ChartPoint.objects.filter(version=draft, code="ST4").delete()

    text, share = packed(draft, tmp_path)

    assert "circle = [601, 726, 8]" in text
    assert share[0].questions[0].content["places"][3]["name"] == "Dicang"


def test_a_question_about_a_chart_that_is_gone_cannot_leave(
    quiz: Quiz, draft: CourseVersion, instructor: User
) -> None:
    write(quiz, instructor)
    ChartView.objects.filter(chart__version=draft).delete()
    ChartPoint.objects.filter(version=draft).delete()
    draft.charts.all().delete()

    with pytest.raises(ExportRefused, match="shows a chart, which this course no longer has"):
        export_quizzes(draft, PackagePlaces())


def test_a_mistake_in_a_place_has_its_line(tmp_path: Path, draft: CourseVersion) -> None:
    face_chart(draft)
    text = f"""key = "{UUID(int=10)}"
title = "Exam"
pass_percent = "80"

[[questions]]
key = "{UUID(int=11)}"
type = "tap-the-point"
stem = "Where?"
chart = "face"
alt = "A face"

[[questions.places]]
id = "a"
point = "ST3"
correct = true
description = "Here"

[[questions.places]]
id = "b"
point = "ST99"
description = "Beside ST3"
"""
    (tmp_path / "final-exam.toml").write_text(text)
    source = packed_source(draft, tmp_path)

    read_share(source)

    assert [(each.line, each.sentence[:44]) for each in sorted(source.problems)] == [
        (20, "Question 1: “ST99” is no point of this chart"),
        (21, "Question 1: The description tells “ST3”, whi"),
    ]


# ------------------------------------------------------------------------------- the studio


def url(name: str, **kwargs: Any) -> str:
    return reverse(f"quizzes:studio-quiz-{name}", kwargs={"slug": "drafted", **kwargs})


def test_a_question_is_written_without_a_script(quiz: Quiz, author: Client) -> None:
    add = url("question-add", quiz=quiz.key)
    fields = fields_in(author.get(f"{add}?type=tap-the-point"))
    chosen = {**fields, "picture": f"chart:{CHART}:front", "then": "picture"}

    fields = fields_in(author.post(add, chosen))
    tokens = fields["row"]
    fields |= {
        "stem": "Where is ST3?",
        "alt": "A face with marks",
        "use": tokens[:3],
        "right": tokens[:1],
        "then": "save",
    }
    refused = author.post(add, fields)
    for token, description in zip(tokens, DESCRIPTIONS, strict=True):
        fields[f"description-{token}"] = description
    fields[f"description-{tokens[2]}"] = "Below ST3"
    told = author.post(add, fields)
    fields[f"description-{tokens[2]}"] = "Further down"
    saved = author.post(add, fields)

    # The words of the chart itself are offered; none of them tells what is asked for.
    assert refused.status_code == 302
    assert (told.status_code, saved.status_code) == (422, 302)
    assert "The description tells “ST3”" in text_of(told)
    first, second = (item.revision.data for item in quiz.pool.all())
    assert first["places"][0]["description"].startswith("Under the pupil")
    assert [place["description"] for place in second["places"]] == [
        *DESCRIPTIONS[:2],
        "Further down",
    ]
    assert [place["correct"] for place in second["places"]] == [True, False, False]


def test_the_editor_says_that_the_chart_was_changed_and_takes_it_over(
    quiz: Quiz, draft: CourseVersion, instructor: User, author: Client
) -> None:
    item = write(quiz, instructor, "label-the-chart")
    page_url = url("question", quiz=quiz.key, question=item.revision.question.key)
    assert "Changed since" not in text_of(author.get(page_url))
    old = item.revision.data["picture"]["drawing"]
    new = change_chart(draft)
    page = author.get(page_url)
    fields = {**fields_in(page), "then": "save"}

    kept = author.post(page_url, {**fields, "stem": "Name these."})
    preview_url = f"{url('preview')}?question={item.revision.question.key}"
    preview = author.post(preview_url, {**fields, "take-over": "on"})
    old_preview = author.post(preview_url, fields)
    first = only(quiz).revision
    fields = {**fields_in(author.get(page_url)), "then": "save"}
    taken = author.post(page_url, {**fields, "take-over": "on"})

    assert "Changed since" in text_of(page)
    assert (kept.status_code, taken.status_code) == (302, 302)
    assert (first.data["picture"]["drawing"], first.number) == (old, 2)
    assert (new in text_of(preview), new in text_of(old_preview)) == (True, False)
    assert only(quiz).revision.data["picture"]["drawing"] == new


def test_own_places_are_added_row_by_row(quiz: Quiz, draft: CourseVersion, author: Client) -> None:
    FigureFactory(version=draft, slug="hand", width=960, height=640)
    add = url("question-add", quiz=quiz.key)
    fields = {**fields_in(author.get(f"{add}?type=label-the-chart")), "picture": "figure:hand"}
    fields = fields_in(author.post(add, {**fields, "then": "picture"}))
    assert fields["row"] == ["0", "1", "2"]
    fields = fields_in(author.post(add, {**fields, "then": "add-place"}))
    fields |= {"stem": "Name it", "alt": "A hand", "use": ["0", "3"], "distractors": "Nail\nPalm"}
    for token, at, name in (("0", "10 20 5", "Thumb"), ("3", "300, 400, 60, 70", "Wrist")):
        fields |= {f"at-{token}": at, f"label-{token}": name, f"description-{token}": f"At {at}"}
    fields["shape-3"] = "rectangle"

    saved = author.post(add, {**fields, "then": "save"})

    assert saved.status_code == 302, text_of(saved)
    data = only(quiz).revision.data
    assert [(each["id"], each["at"], each["label"]) for each in data["places"]] == [
        ("a", [10, 20, 5], "Thumb"),
        ("b", [300, 400, 60, 70], "Wrist"),
    ]
    assert data["distractors"] == [{"id": "xa", "text": "Nail"}, {"id": "xb", "text": "Palm"}]


def test_the_preview_of_a_stranger_question_shows_nothing_of_it(
    quiz: Quiz, draft: CourseVersion, instructor: User, author: Client
) -> None:
    theirs = VersionFactory(status="draft")
    face_chart(theirs)
    their_quiz = add_quiz(theirs, None, title="Exam", by=instructor, now=NOW)
    item = write(their_quiz, instructor)
    drawing = stored_file(b"<svg>theirs</svg>", "image/svg+xml")
    data = item.revision.data
    data["picture"]["drawing"] = drawing.sha256
    with thawed(item.revision._meta.db_table):
        item.revision.content = json.dumps(data)
        item.revision.save()
    kind = type_named("tap-the-point")
    sent = kind.raw_of_content(data) | {
        "type": ["tap-the-point"],
        "question": [str(item.revision.question.key)],
    }

    answer = author.post(url("preview"), sent)

    assert drawing.sha256 not in text_of(answer)


def test_the_studio_asks_the_same_whatever_the_number_of_charts(
    quiz: Quiz, draft: CourseVersion, author: Client
) -> None:
    add = f"{url('question-add', quiz=quiz.key)}?type=tap-the-point"
    author.get(add)
    counts = []
    for number in range(3):
        if number:
            chart = face_chart(VersionFactory(status="draft"))
            ChartPoint.objects.filter(chart=chart).delete()
            chart.version, chart.key, chart.slug = draft, UUID(int=700 + number), f"c{number}"
            chart.save()
        with CaptureQueriesContext(connection) as captured:
            assert author.get(add).status_code == 200
        counts.append(len(captured))

    assert counts[0] == counts[1] == counts[2]


def test_a_chart_is_looked_at_as_a_question(
    quiz: Quiz, draft: CourseVersion, author: Client
) -> None:
    page = text_of(author.get(reverse("courses:studio-chart-preview", args=["drafted", CHART])))

    part = page[page.index("As a quiz question") :]
    assert "Under the pupil, level with the nostril wing." in part
    assert "Juliao" not in part
    assert url("question-add", quiz=quiz.key) in part


def test_a_figure_whose_file_was_replaced_is_still_shown(
    quiz: Quiz, draft: CourseVersion, instructor: User, author: Client
) -> None:
    figure = FigureFactory(version=draft, slug="hand")
    write(quiz, instructor, "single-choice", stem="What?\n\n![](figure:hand)")
    old = figure.file.sha256
    new = stored_file(b"another")
    Figure.objects.filter(pk=figure.pk).update(file=new, sizes_json=json.dumps({"480": new.sha256}))

    assert author.get(reverse("courses:figure", args=[old, "png"])).status_code == 200
    assert Client().get(reverse("courses:figure", args=[old, "png"])).status_code == 404
