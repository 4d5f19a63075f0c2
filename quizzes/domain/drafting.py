"""Writing in the quizzes of a draft: what all authoring begins and ends with."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from ce_platform.accounts.models import User
from ce_platform.core import audit
from courses.domain.publishing import refresh_figures
from courses.models import CourseVersion, Module
from quizzes.domain.errors import AlreadyAsked, PlaceTaken
from quizzes.domain.filling import fill_draws
from quizzes.models import Question, QuestionRevision, Quiz, QuizDraw, QuizPoolItem

FINAL_EXAM: Final = "final-exam"
PRACTICE: Final = "practice"
# So that an address with “-practice” fits.
_LONGEST_MODULE: Final = 70


def finish(
    version: CourseVersion,
    action: str,
    *,
    subject: Quiz,
    by: User | None,
    now: datetime,
    **detail: object,
) -> None:
    """Note who did it, keep the draws in step, and count what the lists show of the version."""
    audit.record(
        action,
        subject_type="quiz",
        subject_id=subject.key,
        by=by,
        now=now,
        course=version.course.slug,
        label=version.label,
        quiz=subject.title,
        **detail,
    )
    settle(version)


def settle(version: CourseVersion) -> None:
    """What all writing in the questions of a draft ends with."""
    fill_draws(version)
    refresh_figures(version)


def check_place(
    version: CourseVersion,
    module: Module | None,
    *,
    besides: Quiz | None,
    purpose: str = Quiz.Purpose.GRADED,
) -> None:
    """A module has one quiz and one set of practice questions, the course one exam and one set:
    a course package has one file for each.

    Errors: PlaceTaken.
    """
    there = Quiz.objects.filter(version=version, module=module, purpose=purpose)
    if besides is not None:
        there = there.exclude(pk=besides.pk)
    found = there.first()
    if found is not None:
        raise PlaceTaken(found.title, is_exam=module is None, purpose=purpose)


def arrange_quizzes(version: CourseVersion) -> None:
    """Positions and addresses as the places say: by module, the exam last.

    To be called after modules were moved or renamed. Three queries at most, whatever changed.
    """
    quizzes = list(Quiz.objects.filter(version=version).select_related("module"))
    last = max((quiz.module.position for quiz in quizzes if quiz.module), default=0) + 1
    quizzes.sort(
        # Practice comes before what it prepares for.
        key=lambda quiz: (
            quiz.module.position if quiz.module else last,
            quiz.purpose != Quiz.Purpose.PRACTICE,
            quiz.position,
            quiz.pk,
        )
    )
    taken: set[str] = set()
    changed = []
    for position, quiz in enumerate(quizzes, start=1):
        slug = address_of(quiz)
        if slug in taken:  # Two quizzes in one place, or a module that is called final-exam.
            slug = str(quiz.key) if quiz.slug in taken else quiz.slug
        taken.add(slug)
        if (quiz.position, quiz.slug) != (position, slug):
            quiz.position, quiz.slug = position, str(quiz.key)
            changed.append((quiz, slug))
    if not changed:
        return
    rows = [quiz for quiz, _ in changed]
    # An address may pass from one quiz to another, and at no moment two may have the same.
    Quiz.objects.bulk_update(rows, ["slug"])
    for quiz, slug in changed:
        quiz.slug = slug
    Quiz.objects.bulk_update(rows, ["position", "slug"])


def address_of(quiz: Quiz) -> str:
    """The address that says where a quiz stands."""
    module = quiz.module.slug if quiz.module else ""
    if quiz.purpose == Quiz.Purpose.PRACTICE:
        return practice_address(module)
    return module or FINAL_EXAM


def practice_address(module_slug: str) -> str:
    return f"{module_slug[:_LONGEST_MODULE]}-{PRACTICE}" if module_slug else PRACTICE


def pool_of(quiz: Quiz) -> list[QuizPoolItem]:
    """What the author put into the quiz, in order, with revisions and questions."""
    return list(
        QuizPoolItem.objects.filter(quiz=quiz, draw__isnull=True).select_related(
            "revision__question"
        )
    )


def put_in(quiz: Quiz, revision: QuestionRevision, *, position: int) -> QuizPoolItem:
    """A question of the bank that is asked from now on, and not drawn any more."""
    QuizPoolItem.objects.filter(quiz=quiz, revision=revision, draw__isnull=False).delete()
    return QuizPoolItem.objects.create(quiz=quiz, revision=revision, position=position)


def check_not_asked(version: CourseVersion, question: Question) -> None:
    """Drawing it is no asking. Errors: AlreadyAsked."""
    there = (
        QuizPoolItem.objects.filter(
            quiz__version=version, revision__question=question, draw__isnull=True
        )
        .select_related("quiz")
        .first()
    )
    if there is not None:
        raise AlreadyAsked(there.quiz.title)


def clear_quizzes(version: CourseVersion) -> None:
    """All quizzes of a draft; a draft has no attempts. The questions stay in the bank."""
    QuizPoolItem.objects.filter(quiz__version=version).delete()
    QuizDraw.objects.filter(quiz__version=version).delete()
    Quiz.objects.filter(version=version).delete()


def renumber(items: Sequence[QuizPoolItem]) -> None:
    """Give the items the places 1, 2, … in this order; one query when something moved."""
    moved = []
    for position, item in enumerate(items, start=1):
        if item.position != position:
            item.position = position
            moved.append(item)
    QuizPoolItem.objects.bulk_update(moved, ["position"])
