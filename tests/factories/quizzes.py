from collections.abc import Sequence as Many
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from factory import LazyAttribute, SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from ce_platform.core.text import canonical_json
from courses.models import Enrollment
from quizzes.domain.attempts import start_attempt
from quizzes.models import Attempt, Question, QuestionRevision, Quiz, QuizPoolItem
from quizzes.package.model import content_sha256
from quizzes.question_types import type_named
from tests.factories.courses import CourseFactory, EnrollmentFactory, VersionFactory
from tests.factories.thaw import thawed

NOW = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)


class _ChildFactory(DjangoModelFactory[Any]):
    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class, *args, **kwargs):  # type: ignore[no-untyped-def]
        with thawed(model_class._meta.db_table):
            return super()._create(model_class, *args, **kwargs)


def single(**changes: Any) -> dict[str, Any]:
    """Right is b."""
    return {
        "stem": "Where does ST3 lie?",
        "explanation": "Level with the lower edge of the nostril wing.",
        "choices": [
            {"id": "a", "text": "On the forehead", "feedback": "That is GB14."},
            {"id": "b", "text": "Under the pupil", "correct": True, "feedback": "Yes."},
            {"id": "c", "text": "On the chin"},
        ],
        **changes,
    }


def multiple(**changes: Any) -> dict[str, Any]:
    """Right are a, b and c; d and e are not."""
    return {
        "stem": "Which points lie on the cheek?",
        "explanation": "Three of the five.",
        "choices": [
            {"id": "a", "text": "ST2", "correct": True},
            {"id": "b", "text": "ST3", "correct": True, "feedback": "Also level with LI20."},
            {"id": "c", "text": "SI18", "correct": True},
            {"id": "d", "text": "GB14", "feedback": "That is on the forehead."},
            {"id": "e", "text": "CV24"},
        ],
        "scoring": "partial",
        **changes,
    }


def true_false(**changes: Any) -> dict[str, Any]:
    """It is false."""
    return {
        "stem": "The B-cun is measured with your own hand.",
        "explanation": "With the client's.",
        "answer": False,
        "feedback_true": "It would change with every therapist.",
        **changes,
    }


def matching(**changes: Any) -> dict[str, Any]:
    """Each term belongs to the answer of its pair; Mastoid belongs to none."""
    return {
        "stem": "Which nodes does the skin reach first?",
        "explanation": "Teaching pages agree where they overlap.",
        "pairs": [
            {"id": "a", "term": "Chin", "answer": "Submental", "feedback": "Under the chin."},
            {"id": "b", "term": "Nose", "answer": "Submandibular"},
            {"id": "c", "term": "Back of the scalp", "answer": "Occipital"},
        ],
        "extras": ["Mastoid"],
        "scoring": "partial",
        **changes,
    }


def ordering(**changes: Any) -> dict[str, Any]:
    """Right is a, b, c, d."""
    return {
        "stem": "Put the parts of one stroke in order.",
        "explanation": "Contact stays to the end.",
        "items": [
            {"id": "a", "text": "Contact", "feedback": "Wait for one breath."},
            {"id": "b", "text": "Stretch"},
            {"id": "c", "text": "Release"},
            {"id": "d", "text": "Pause"},
        ],
        "scoring": "partial",
        **changes,
    }


def fill_in(**changes: Any) -> dict[str, Any]:
    return {
        "stem": "Fill in the gaps.",
        "explanation": "Along the facial vein.",
        "text": "From the nose to the [[first]] nodes, and on to the *deep* [[second]] chain.",
        "gaps": [
            {
                "id": "first",
                "right": "submandibular",
                "others": ["occipital", "mastoid"],
                "feedback": "Under the side of the jaw.",
            },
            {"id": "second", "right": "jugular", "others": ["facial"]},
        ],
        "scoring": "partial",
        **changes,
    }


def short_text(**changes: Any) -> dict[str, Any]:
    return {
        "stem": "Which muscle lies in the cheek?",
        "explanation": "The trumpeter.",
        "answers": [
            {"text": "Buccinator"},
            {"text": "buccin*", "share": "0.5", "feedback": "Mind the ending."},
            {"text": "masseter", "share": "0", "feedback": "That one moves the jaw."},
        ],
        **changes,
    }


def numeric(**changes: Any) -> dict[str, Any]:
    """3, give or take a half."""
    return {
        "stem": "How long does one stroke take?",
        "explanation": "About three seconds.",
        "value": "3",
        "tolerance": "0.5",
        "unit": "seconds",
        "feedback_low": "Slower.",
        "feedback_high": "Quicker.",
        **changes,
    }


# One good question of every type.
EVERY_TYPE = {
    "single-choice": single,
    "multiple-choice": multiple,
    "true-false": true_false,
    "matching": matching,
    "ordering": ordering,
    "fill-in": fill_in,
    "short-text": short_text,
    "numeric": numeric,
}


class QuestionFactory(DjangoModelFactory[Question]):
    class Meta:
        model = Question

    course = SubFactory(CourseFactory)


class RevisionFactory(DjangoModelFactory[QuestionRevision]):
    """A single choice whose right answer is b, unless `type` and `content` say otherwise."""

    class Meta:
        model = QuestionRevision

    class Params:
        content_data = LazyAttribute(lambda _: single())

    question = SubFactory(QuestionFactory)
    number = 1
    type = "single-choice"
    content = LazyAttribute(
        lambda each: canonical_json(type_named(each.type).clean(each.content_data).content)
    )
    sha256 = LazyAttribute(lambda each: content_sha256(each.type, each.content))
    points = Decimal(1)
    created_at = NOW


class QuizFactory(_ChildFactory):
    """Of the whole course, 80 % to pass; without questions: see `quiz_with`."""

    class Meta:
        model = Quiz

    version = SubFactory(VersionFactory)
    position = Sequence(lambda n: n + 1)
    slug = Sequence(lambda n: f"quiz-{n}")
    title = Sequence(lambda n: f"Quiz: subject {n}")
    pass_percent = Decimal(80)


class PoolItemFactory(_ChildFactory):
    class Meta:
        model = QuizPoolItem

    quiz = SubFactory(QuizFactory)
    revision = SubFactory(RevisionFactory, question__course=SelfAttribute("...quiz.version.course"))
    position = Sequence(lambda n: n + 1)


def quiz_with(count: int | Many[tuple[str, dict[str, Any]]] = 3, **kwargs: Any) -> Quiz:
    """A quiz with that many single choices, or with these (type, content) pairs."""
    quiz: Quiz = QuizFactory(**kwargs)
    kinds = [("single-choice", single())] * count if isinstance(count, int) else count
    for type_name, content in kinds:
        PoolItemFactory(
            quiz=quiz,
            revision=RevisionFactory(
                question__course=quiz.version.course, type=type_name, content_data=content
            ),
        )
    return quiz


def started(quiz: Quiz, *, now: datetime = NOW, **enrollment: Any) -> Attempt:
    """An open attempt of a new learner, or of `user=`."""
    learner: Enrollment = EnrollmentFactory(version=quiz.version, **enrollment)
    return start_attempt(learner, quiz, by=learner.user, now=now)
