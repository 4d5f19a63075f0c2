"""Questions out of text that was pasted from Word."""

from quizzes.word.questions import FoundQuestion, Problem, ReadQuestions, read_questions

__all__ = ["FoundQuestion", "Problem", "ReadQuestions", "read_questions"]
