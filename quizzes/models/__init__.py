"""Questions with immutable revisions, quizzes, attempts and appended grades."""

from quizzes.models.attempt import Attempt, AttemptItem
from quizzes.models.bank import KeptPair, Question, QuestionRevision
from quizzes.models.grade import Grade, Regrade, RegradeProposal
from quizzes.models.office import AttemptRequest, TimeGrant
from quizzes.models.quiz import Quiz, QuizDraw, QuizPoolItem
from quizzes.models.tally import ChoiceTally, QuestionTally, QuizTally

__all__ = [
    "Attempt",
    "AttemptItem",
    "AttemptRequest",
    "ChoiceTally",
    "Grade",
    "KeptPair",
    "Question",
    "QuestionRevision",
    "QuestionTally",
    "Quiz",
    "QuizDraw",
    "QuizPoolItem",
    "QuizTally",
    "Regrade",
    "RegradeProposal",
    "TimeGrant",
]
