"""What quizzes have to say about a course."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from ce_platform.core.templatetags.wording import plain_number
from courses.models import Course, CourseVersion, Enrollment, Module
from courses.parts import (
    ChecklistLine,
    CoursePart,
    Fate,
    ImportPlan,
    Item,
    LearnerResults,
    MovingLine,
    OutlineLine,
    PackagePlaces,
    Panel,
    Statement,
    StudioLine,
)
from quizzes import wording
from quizzes.addresses import quiz_url
from quizzes.domain.attempts import is_overdue
from quizzes.domain.authoring import (
    arrange_quizzes,
    quiz_state,
    without_asked,
    write_quiz_state,
)
from quizzes.domain.drafting import clear_quizzes
from quizzes.domain.filling import fill_draws
from quizzes.embedding import picture_names
from quizzes.models import Attempt, QuestionRevision, Quiz, QuizDraw, QuizPoolItem
from quizzes.package.exporting import export_quizzes
from quizzes.package.model import PackagedShare
from quizzes.package.reading import read_share
from quizzes.package.writing import changes_of, write_quizzes
from quizzes.presenting import chart_as_question
from quizzes.queries import (
    Standing,
    asked_count,
    graded,
    granted_counts,
    pool_of_version,
    pooled_revisions,
    quizzes_by_version,
    quizzes_of,
    standings,
    unexplained_counts,
    untested_objectives,
)
from quizzes.question_types import type_named
from quizzes.question_types.base import Content
from quizzes.question_types.figures import is_sha256
from quizzes.question_types.tap_the_point import TapThePoint
from quizzes.readiness import draw_lacks
from quizzes.results import learner_results

if TYPE_CHECKING:
    from courses.package.source import PackageSource


class QuizzesPart(CoursePart):
    name = "quizzes"

    # ---- learners
    def unmet(self, enrollments: Sequence[Enrollment]) -> Mapping[int, list[Item]]:
        """Two queries for any number of enrollments, the first only until the quizzes are kept;
        one more when somebody used up what a quiz allows."""
        found: dict[int, list[Item]] = {enrollment.pk: [] for enrollment in enrollments}
        quizzes = {
            version_id: graded(of_version)
            for version_id, of_version in quizzes_by_version(
                enrollment.version for enrollment in enrollments
            ).items()
        }
        if not any(quizzes.values()):
            return found
        known = standings(enrollments, now=timezone.now())
        not_passed = [
            (enrollment, quiz, known.get((enrollment.pk, quiz.key), Standing()))
            for enrollment in enrollments
            for quiz in quizzes[enrollment.version_id]
        ]
        not_passed = [each for each in not_passed if not each[2].is_passed]
        used_up = {
            enrollment.pk
            for enrollment, quiz, standing in not_passed
            if _is_used_up(quiz, standing)
        }
        granted = granted_counts(used_up) if used_up else Counter()
        for enrollment, quiz, standing in not_passed:
            is_used_up = _is_used_up(quiz, standing, granted[enrollment.pk, quiz.key])
            found[enrollment.pk].append(
                Item(
                    code="quiz-not-passed",
                    sentence=f"You still need: {wording.in_a_sentence(quiz)} "
                    f"({wording.to_pass(quiz)}).",
                    url=quiz_url(enrollment, quiz),
                    module_id=None if is_used_up else quiz.module_id,
                )
            )
        return found

    def checklist(self, enrollment: Enrollment) -> list[ChecklistLine]:
        known = standings([enrollment], now=timezone.now())
        lines = []
        for quiz in graded(quizzes_by_version([enrollment.version])[enrollment.version_id]):
            standing = known.get((enrollment.pk, quiz.key), Standing())
            lines.append(
                ChecklistLine(
                    code="quiz",
                    text=f"Pass {wording.in_a_sentence(quiz)}",
                    is_met=standing.is_passed,
                    url=quiz_url(enrollment, quiz),
                    detail=_detail(quiz, standing),
                )
            )
        return lines

    def worked_until(self, enrollment: Enrollment) -> datetime | None:
        """When the last of the quizzes was passed for the first time; one query."""
        first: dict[UUID, datetime] = {}
        for key, submitted_at in Attempt.objects.filter(
            enrollment=enrollment, status=Attempt.Status.GRADED, is_passed=True
        ).values_list("quiz__key", "submitted_at"):
            if submitted_at is not None:
                first[key] = min(submitted_at, first.get(key, submitted_at))
        return max(first.values(), default=None)

    def outline_lines(
        self, version: CourseVersion, enrollment: Enrollment | None
    ) -> list[OutlineLine]:
        known = {} if enrollment is None else standings([enrollment], now=timezone.now())
        lines = []
        for quiz in quizzes_by_version([version])[version.pk]:
            standing = Standing()
            if enrollment is not None:
                standing = known.get((enrollment.pk, quiz.key), standing)
            count = asked_count(quiz)
            lines.append(
                OutlineLine(
                    title=quiz.title,
                    detail=_detail(quiz, standing) if enrollment else wording.questions(count),
                    url="" if enrollment is None else quiz_url(enrollment, quiz),
                    is_done=standing.is_passed and quiz.purpose == Quiz.Purpose.GRADED,
                    module_id=quiz.module_id,
                    kind="quiz" if quiz.purpose == Quiz.Purpose.GRADED else "practice",
                )
            )
        return lines

    # ---- a learner who takes a newer version
    def moving_lines(self, enrollment: Enrollment, version: CourseVersion) -> list[MovingLine]:
        """Passes and attempts go along by key; two queries, one more until the quizzes are kept."""
        quizzes = quizzes_by_version([enrollment.version, version])
        before = {quiz.key: quiz for quiz in quizzes[enrollment.version_id]}
        known = standings([enrollment], now=timezone.now())
        granted = granted_counts([enrollment.pk])
        lines = []
        for quiz in quizzes[version.pk]:
            # A quiz that was gone for a version may come back; so does what was done in it.
            standing = known.get((enrollment.pk, quiz.key), Standing())
            is_done = standing.is_passed
            if quiz.purpose == Quiz.Purpose.PRACTICE:
                is_done = standing.used_count > 0
            not_done = Fate.AHEAD if quiz.key in before else Fate.NEW
            fate = Fate.KEPT if is_done else not_done
            detail = _moving_detail(
                quiz, before.get(quiz.key), standing, granted[enrollment.pk, quiz.key]
            )
            lines.append(MovingLine(quiz.title, fate, detail))
        here = {quiz.key for quiz in quizzes[version.pk]}
        lines += [
            MovingLine(quiz.title, Fate.GONE) for key, quiz in before.items() if key not in here
        ]
        return lines

    def hindrances_to_moving(self, enrollment: Enrollment, *, now: datetime) -> list[Item]:
        """An attempt is finished in the version it was begun in. One past its deadline is over,
        whether somebody closed it or not."""
        return [
            Item(
                code="attempt-open",
                sentence=f"Submit or finish {wording.in_a_sentence(attempt.quiz)} first: "
                "you have started it.",
                url=attempt.get_absolute_url(),
            )
            for attempt in Attempt.objects.filter(
                enrollment=enrollment, status=Attempt.Status.IN_PROGRESS
            )
            .select_related("quiz")
            .order_by("pk")
            if not is_overdue(attempt, now=now)
        ]

    # ---- the course page
    def requirement_sentences(self, version: CourseVersion) -> list[str]:
        """Number of questions, pass mark, attempts and time of every quiz."""
        return [
            f"Pass {wording.in_a_sentence(quiz)}: "
            f"{wording.questions(asked_count(quiz))}, "
            f"{wording.to_pass(quiz)}, {wording.attempts_rule(quiz)}, {wording.time_rule(quiz)}."
            for quiz in graded(quizzes_by_version([version])[version.pk])
        ]

    # ---- versions
    def missing(self, version: CourseVersion) -> list[Item]:
        found = []
        slug = version.course.slug
        unexplained = unexplained_counts(version)
        lacking = draw_lacks(version)
        for quiz in quizzes_of([version.pk]):
            fixed_count = quiz.fixed_count
            url = reverse("quizzes:studio-quiz-detail", args=[slug, quiz.key])
            found += [
                Item("quiz-draw-impossible", f"In “{quiz.title}” {sentence}.", url)
                for sentence in lacking.get(quiz.pk, ())
            ]
            if not quiz.pool_count and quiz.pk not in lacking:
                found.append(Item("quiz-empty", f"“{quiz.title}” has no questions.", url))
            elif quiz.draw_count is not None and quiz.draw_count > fixed_count:
                found.append(
                    Item(
                        "quiz-draws-too-many",
                        f"“{quiz.title}” is to draw {quiz.draw_count} questions but has only "
                        f"{fixed_count}.",
                        url,
                    )
                )
            if quiz.pk in unexplained:
                found.append(
                    Item(
                        "quiz-explanation-missing",
                        f"In “{quiz.title}” {wording.questions(unexplained[quiz.pk])} "
                        f"{'has' if unexplained[quiz.pk] == 1 else 'have'} no explanation.",
                        url,
                    )
                )
            is_graded = quiz.purpose == Quiz.Purpose.GRADED
            if is_graded and quiz.pass_percent < wording.USUAL_LOWEST_PASS:
                found.append(
                    Item(
                        "quiz-pass-mark-low",
                        f"“{quiz.title}” is passed with {plain_number(quiz.pass_percent)} %; most "
                        f"licensing bodies ask for {wording.USUAL_LOWEST_PASS} % at least.",
                        url,
                        is_blocking=False,
                    )
                )
        list_url = reverse("quizzes:studio-quiz-list", args=[slug])
        found += [
            Item(
                "untested-objective",
                f"No question asks for objective {objective.code}: {objective.text}",
                list_url,
                is_blocking=False,
            )
            for objective in untested_objectives(version)
        ]
        return found

    def freeze(self, version: CourseVersion, *, now: datetime) -> None:
        """Modules may have been moved since a quiz was last touched."""
        arrange_quizzes(version)
        fill_draws(version)

    def copy(self, old: CourseVersion, new: CourseVersion, *, now: datetime) -> None:
        """Quizzes with the same keys, revisions and draws; these take what is in the bank now."""
        self.restore_outline(new, self.outline_state(old))

    def outline_state(self, version: CourseVersion) -> list[dict[str, Any]]:
        """Three queries."""
        pools: dict[int, list[QuizPoolItem]] = {}
        for item in QuizPoolItem.objects.filter(quiz__version=version, draw__isnull=True):
            pools.setdefault(item.quiz_id, []).append(item)
        draws: dict[int, list[QuizDraw]] = {}
        for draw in QuizDraw.objects.filter(quiz__version=version):
            draws.setdefault(draw.quiz_id, []).append(draw)
        return [
            quiz_state(quiz, pools.get(quiz.pk, []), draws.get(quiz.pk, []))
            for quiz in Quiz.objects.filter(version=version).select_related("module")
        ]

    def restore_outline(self, version: CourseVersion, state: list[dict[str, Any]]) -> None:
        """A draft has no attempts, so its quizzes can be made anew."""
        modules = {str(module.key): module for module in Module.objects.filter(version=version)}
        clear_quizzes(version)
        write_quiz_state(version, state, modules)

    def without_module(self, state: list[dict[str, Any]], module_key: str) -> list[dict[str, Any]]:
        return [quiz for quiz in state if quiz["module"] != module_key]

    def with_modules(
        self,
        state: list[dict[str, Any]],
        before: list[dict[str, Any]],
        module_keys: Collection[str],
    ) -> list[dict[str, Any]]:
        """A question that another quiz asks by now stays there, and so does an address."""
        there = {quiz["key"] for quiz in state}
        taken = {quiz["slug"] for quiz in state}
        back = [
            {**quiz, "slug": quiz["key"]} if quiz["slug"] in taken else quiz
            for quiz in before
            if quiz["module"] in module_keys and quiz["key"] not in there
        ]
        return [*state, *without_asked(back, state)]

    def discard(self, version: CourseVersion) -> None:
        """The questions stay in the bank of the course."""
        clear_quizzes(version)

    def studio_lines(self, version: CourseVersion) -> list[StudioLine]:
        return [
            StudioLine(
                title=quiz.title,
                detail=f"{wording.pool(quiz)}, {wording.mark(quiz)}",
                url=reverse("quizzes:studio-quiz-detail", args=[version.course.slug, quiz.key]),
                module_id=quiz.module_id,
            )
            for quiz in quizzes_of([version.pk])
        ]

    def objective_uses(self, version: CourseVersion) -> Mapping[str, Sequence[StudioLine]]:
        """One query, however many questions."""
        found: dict[str, list[StudioLine]] = {}
        for entry in pool_of_version(version):
            if entry.revision.objective_key is not None:
                line = _question_line(version, entry)
                found.setdefault(str(entry.revision.objective_key), []).append(line)
        return found

    def studio_texts(self, version: CourseVersion) -> list[tuple[StudioLine, str]]:
        """Everything a question says, as it is stored; one query."""
        return [
            (_question_line(version, entry), wording.all_of(entry.revision.data))
            for entry in pool_of_version(version)
        ]

    def statements(self, version: CourseVersion) -> list[Statement]:
        """Quizzes and their questions; two queries."""
        found = []
        for quiz in quizzes_of([version.pk]):
            line = StudioLine(
                title=quiz.title,
                detail="",
                url=reverse("quizzes:studio-quiz-detail", args=[version.course.slug, quiz.key]),
                module_id=quiz.module_id,
            )
            found += [Statement(line, quiz.title), Statement(line, quiz.introduction)]
        for entry in pool_of_version(version):
            line = _question_line(version, entry)
            for told in type_named(entry.revision.type).told(entry.revision.data):
                found.append(
                    Statement(line, told.text, told.is_question, told.is_wrong, told.verdict)
                )
        return found

    def picture_uses(self, version: CourseVersion) -> Mapping[str, Sequence[StudioLine]]:
        """One query, however many questions."""
        found: dict[str, list[StudioLine]] = {}
        for entry in pool_of_version(version):
            for name in picture_names(entry.revision.data):
                found.setdefault(name, []).append(_question_line(version, entry))
        return found

    def versions_showing(self, sha256: str) -> Collection[int]:
        """One query over the texts, asked only about files that no chart or figure has."""
        if not is_sha256(sha256):
            return ()
        return set(
            QuizPoolItem.objects.filter(revision__content__contains=f'"{sha256}"').values_list(
                "quiz__version_id", flat=True
            )
        )

    def chart_panels(self, version: CourseVersion, record: Mapping[str, Any]) -> list[Panel]:
        """The points of each view as places of a question, as learners would meet them."""
        shown = chart_as_question(record)
        if not shown:
            return []
        kind = TapThePoint()
        return [
            Panel(
                template="quizzes/_chart_question.html",
                context={
                    "views": shown,
                    "quizzes": quizzes_of([version.pk]),
                    "type": kind.name,
                    "scripts": [f"{path}" for path in kind.scripts],
                    "stylesheets": ["css/quizzes.css", *kind.stylesheets],
                },
            )
        ]

    def canonical(self, version: CourseVersion) -> Any:
        return pooled_revisions(version)

    def question_count(self, version: CourseVersion) -> int:
        """Questions a learner must answer on the way through, each quiz once."""
        return sum(asked_count(quiz) for quiz in graded(quizzes_of([version.pk])))

    def plan_import(self, source: "PackageSource", course: Course | None) -> ImportPlan:
        def kept(key: UUID, sha256: str) -> Content | None:
            found = QuestionRevision.objects.filter(
                question__course=course, question__key=key, sha256=sha256
            ).first()
            return found.data if found else None

        purposes = (
            dict(
                Quiz.objects.filter(
                    version__course=course, version__published_at__isnull=False
                ).values_list("key", "purpose")
            )
            if course
            else {}
        )
        share = read_share(source, kept=kept, purposes=purposes)
        changes = changes_of(share.quizzes, course, banked=share.bank)
        return ImportPlan(changes=changes, share=share)

    def write_import(
        self,
        version: CourseVersion,
        share: PackagedShare,
        *,
        source: "PackageSource",
        now: datetime,
    ) -> None:
        write_quizzes(version, share.quizzes, banked=share.bank, now=now)

    def export(self, version: CourseVersion, places: PackagePlaces) -> Mapping[str, str | bytes]:
        return export_quizzes(version, places)

    # ---- after publishing
    def learner_results(
        self, versions: Sequence[CourseVersion], *, with_answers: bool = True
    ) -> Mapping[int, LearnerResults]:
        return learner_results(versions, with_answers=with_answers)


def _question_line(version: CourseVersion, entry: QuizPoolItem) -> StudioLine:
    """A question of a draft: its quiz, and how it begins."""
    return StudioLine(
        title=entry.quiz.title,
        detail=wording.beginning(str(entry.revision.data.get("stem", ""))),
        url=reverse("quizzes:studio-quiz-detail", args=[version.course.slug, entry.quiz.key]),
        module_id=entry.quiz.module_id,
    )


def _detail(quiz: Quiz, standing: Standing) -> str:
    if quiz.purpose == Quiz.Purpose.PRACTICE:
        return _practice_detail(standing)
    best = wording.percent(standing.best_percent, mark=quiz.pass_percent)
    if standing.is_passed:
        return f"Passed with {best}"
    if standing.has_open:
        return "Started; your answers are kept"
    if standing.best_percent is not None:
        return f"{wording.to_pass(quiz)}; best so far {best}"
    return wording.to_pass(quiz)


def _practice_detail(standing: Standing) -> str:
    if standing.has_open:
        return "For practice; started"
    return "For practice; done" if standing.used_count else "For practice, counts for nothing"


def _moving_detail(quiz: Quiz, before: Quiz | None, standing: Standing, granted: int) -> str:
    """How the learner stands in the newer quiz, and which of its rules are others there.

    `granted` are attempts that the office gave them.
    """
    if standing.is_passed or quiz.purpose == Quiz.Purpose.PRACTICE:
        return _detail(quiz, standing)
    said = []
    used = standing.used_count
    if used and quiz.attempts_allowed is not None:
        allowed = quiz.attempts_allowed + granted
        said.append(f"{used} of {allowed} attempts used; they count on")
    elif used:
        said.append(f"{used} attempt{'' if used == 1 else 's'} so far")
    elif before is not None and before.attempts_allowed != quiz.attempts_allowed:
        said.append(wording.attempts_rule(quiz))
    if before is None or before.pass_percent != quiz.pass_percent:
        said.append(wording.to_pass(quiz))
    return "; ".join(said)


def _is_used_up(quiz: Quiz, standing: Standing, granted: int = 0) -> bool:
    """Whoever must ask for another attempt reads on meanwhile."""
    if quiz.attempts_allowed is None or standing.has_open:
        return False
    return standing.used_count >= quiz.attempts_allowed + granted
