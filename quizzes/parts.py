"""What quizzes have to say about a course."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone

from courses.models import Course, CourseVersion, Enrollment
from courses.parts import (
    ChecklistLine,
    CoursePart,
    ImportPlan,
    Item,
    LearnerResults,
    OutlineLine,
    PackagePlaces,
)
from quizzes import wording
from quizzes.models import Quiz, QuizPoolItem
from quizzes.package.exporting import export_quizzes
from quizzes.package.model import PackagedQuiz
from quizzes.package.reading import read_quizzes
from quizzes.package.writing import changes_of, write_quizzes
from quizzes.queries import (
    Standing,
    asked_count,
    pooled_revisions,
    quizzes_by_version,
    quizzes_of,
    standings,
)
from quizzes.results import learner_results

if TYPE_CHECKING:
    from courses.package.source import PackageSource


class QuizzesPart(CoursePart):
    name = "quizzes"

    # ---- learners
    def unmet(self, enrollments: Sequence[Enrollment]) -> Mapping[int, list[Item]]:
        """Two queries for any number of enrollments; the first only until the quizzes are kept."""
        found: dict[int, list[Item]] = {enrollment.pk: [] for enrollment in enrollments}
        quizzes = quizzes_by_version(enrollment.version for enrollment in enrollments)
        if not any(quizzes.values()):
            return found
        known = standings(enrollments, now=timezone.now())
        for enrollment in enrollments:
            for quiz in quizzes[enrollment.version_id]:
                standing = known.get((enrollment.pk, quiz.pk), Standing())
                if standing.is_passed:
                    continue
                found[enrollment.pk].append(
                    Item(
                        code="quiz-not-passed",
                        sentence=f"You still need: {wording.in_a_sentence(quiz)} "
                        f"({wording.to_pass(quiz)}).",
                        url=_quiz_url(enrollment, quiz),
                        module_id=None if _is_used_up(quiz, standing) else quiz.module_id,
                    )
                )
        return found

    def checklist(self, enrollment: Enrollment) -> list[ChecklistLine]:
        known = standings([enrollment], now=timezone.now())
        lines = []
        for quiz in quizzes_by_version([enrollment.version])[enrollment.version_id]:
            standing = known.get((enrollment.pk, quiz.pk), Standing())
            lines.append(
                ChecklistLine(
                    code="quiz",
                    text=f"Pass {wording.in_a_sentence(quiz)}",
                    is_met=standing.is_passed,
                    url=_quiz_url(enrollment, quiz),
                    detail=_detail(quiz, standing),
                )
            )
        return lines

    def outline_lines(
        self, version: CourseVersion, enrollment: Enrollment | None
    ) -> list[OutlineLine]:
        known = {} if enrollment is None else standings([enrollment], now=timezone.now())
        lines = []
        for quiz in quizzes_by_version([version])[version.pk]:
            standing = Standing()
            if enrollment is not None:
                standing = known.get((enrollment.pk, quiz.pk), standing)
            count = asked_count(quiz)
            lines.append(
                OutlineLine(
                    title=quiz.title,
                    detail=_detail(quiz, standing) if enrollment else wording.questions(count),
                    url="" if enrollment is None else _quiz_url(enrollment, quiz),
                    is_done=standing.is_passed,
                    module_id=quiz.module_id,
                )
            )
        return lines

    # ---- the course page
    def requirement_sentences(self, version: CourseVersion) -> list[str]:
        """Number of questions, pass mark, attempts and time of every quiz."""
        return [
            f"Pass {wording.in_a_sentence(quiz)}: "
            f"{wording.questions(asked_count(quiz))}, "
            f"{wording.to_pass(quiz)}, {wording.attempts_rule(quiz)}, {wording.time_rule(quiz)}."
            for quiz in quizzes_by_version([version])[version.pk]
        ]

    # ---- versions
    def missing(self, version: CourseVersion) -> list[Item]:
        found = []
        unexplained: dict[int, int] = {}
        for entry in QuizPoolItem.objects.filter(quiz__version=version).select_related("revision"):
            if not entry.revision.data.get("explanation"):
                unexplained[entry.quiz_id] = unexplained.get(entry.quiz_id, 0) + 1
        for quiz in quizzes_of([version.pk]):
            pool_count = quiz.pool_count
            if not pool_count:
                found.append(Item("quiz-empty", f"“{quiz.title}” has no questions."))
            elif quiz.draw_count is not None and quiz.draw_count > pool_count:
                found.append(
                    Item(
                        "quiz-draws-too-many",
                        f"“{quiz.title}” is to draw {quiz.draw_count} questions but has only "
                        f"{pool_count}.",
                    )
                )
            if quiz.pk in unexplained:
                found.append(
                    Item(
                        "quiz-explanation-missing",
                        f"In “{quiz.title}” {wording.questions(unexplained[quiz.pk])} "
                        f"{'has' if unexplained[quiz.pk] == 1 else 'have'} no explanation.",
                    )
                )
        return found

    def canonical(self, version: CourseVersion) -> Any:
        return pooled_revisions(version)

    def question_count(self, version: CourseVersion) -> int:
        """Questions a learner answers on the way through, each quiz once."""
        return sum(asked_count(quiz) for quiz in quizzes_of([version.pk]))

    def plan_import(self, source: "PackageSource", course: Course | None) -> ImportPlan:
        quizzes = read_quizzes(source)
        return ImportPlan(changes=changes_of(quizzes, course), share=quizzes)

    def write_import(
        self,
        version: CourseVersion,
        share: Sequence[PackagedQuiz],
        *,
        source: "PackageSource",
        now: datetime,
    ) -> None:
        write_quizzes(version, share, now=now)

    def export(self, version: CourseVersion, places: PackagePlaces) -> Mapping[str, str | bytes]:
        return export_quizzes(version, places)

    # ---- after publishing
    def learner_results(
        self, versions: Sequence[CourseVersion], *, newest: int
    ) -> Mapping[int, LearnerResults]:
        return learner_results(versions, newest=newest)


def _detail(quiz: Quiz, standing: Standing) -> str:
    best = wording.percent(standing.best_percent, mark=quiz.pass_percent)
    if standing.is_passed:
        return f"Passed with {best}"
    if standing.has_open:
        return "Started; your answers are kept"
    if standing.best_percent is not None:
        return f"{wording.to_pass(quiz)}; best so far {best}"
    return wording.to_pass(quiz)


def _is_used_up(quiz: Quiz, standing: Standing) -> bool:
    """Whoever must ask for another attempt reads on meanwhile."""
    allowed = quiz.attempts_allowed
    return allowed is not None and standing.used_count >= allowed and not standing.has_open


def _quiz_url(enrollment: Enrollment, quiz: Quiz) -> str:
    return reverse("quizzes:quiz-detail", args=[enrollment.uid, quiz.slug])
