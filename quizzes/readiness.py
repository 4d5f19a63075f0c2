"""Whether the draws and cases of a draft can be asked as the author wants."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from courses.models import CourseVersion, Objective
from quizzes import wording
from quizzes.cases import Case, case_of, worded_twice
from quizzes.domain.drawing import PoolEntry, given_by, unit_sizes
from quizzes.domain.pool import entries_of
from quizzes.models import Quiz, QuizDraw, QuizPoolItem


def draw_lacks(version: CourseVersion) -> dict[int, list[str]]:
    """Quiz id → what must be mended before publishing, as sentences without a capital letter and
    a full stop; quizzes with nothing are left out. Three or four queries."""
    draws: dict[int, list[QuizDraw]] = {}
    for draw in QuizDraw.objects.filter(quiz__version=version).order_by("position", "id"):
        draws.setdefault(draw.quiz_id, []).append(draw)
    pools: dict[int, list[QuizPoolItem]] = {}
    for item in (
        QuizPoolItem.objects.filter(quiz__version=version)
        .select_related("revision__question")
        .order_by("position", "id")
    ):
        pools.setdefault(item.quiz_id, []).append(item)
    objectives: dict[UUID, Objective] = {}
    if draws:
        objectives = {each.key: each for each in Objective.objects.filter(version=version)}
    found = {}
    for quiz in Quiz.objects.filter(version=version).only("pk", "draw_count"):
        pool = pools.get(quiz.pk, [])
        lacks = lacks_in_quiz(quiz, draws.get(quiz.pk, []), pool, objectives)
        if lacks:
            found[quiz.pk] = lacks
    return found


def lacks_in_quiz(
    quiz: Quiz,
    draws: Sequence[QuizDraw],
    pool: Sequence[QuizPoolItem],
    objectives: Mapping[UUID, Objective],
) -> list[str]:
    """The same for one quiz, with everything at hand; no query."""
    entries = entries_of(pool, {draw.pk: draw.key for draw in draws})
    fixed = [entry for entry in entries if entry.draw is None]
    lacks = []
    # That there are too few of them is said elsewhere.
    if quiz.draw_count is not None and quiz.draw_count < len(fixed):
        lacks += _inexact(fixed, quiz.draw_count, f"{quiz.draw_count} questions per attempt")
    for draw in draws:
        what = f"the draw of {draw.count} from {wording.source(draw, objectives)}"
        of_draw = [entry for entry in entries if entry.draw == draw.key]
        if draw.objective_key is not None and draw.objective_key not in objectives:
            lacks.append(f"{what} cannot be made")
        elif len(of_draw) < draw.count:
            lacks.append(
                f"{what} finds only {wording.questions(len(of_draw))}"
                if of_draw
                else f"{what} finds no question"
            )
        else:
            lacks += _inexact(of_draw, draw.count, what)
    for case in worded_twice(_cases_in(pool)):
        lacks.append(f"the case “{case.title}” is there in two wordings; save it once more")
    return lacks


def _inexact(entries: Sequence[PoolEntry], count: int, what: str) -> list[str]:
    given = given_by(unit_sizes(entries), count)
    if given == count:
        return []
    return [f"{what} cannot be: cases stay together, so it would be {given}"]


def _cases_in(pool: Sequence[QuizPoolItem]) -> list[Case]:
    cases = (case_of(item.revision.data) for item in pool)
    return [case for case in cases if case is not None]
