"""The analysis as a table for spreadsheets: one line for each question and each of its answers."""

import csv
import io
from collections.abc import Iterator
from typing import Final

from quizzes.analysis.reading import QuestionAnalysis, QuizAnalysis, label_of

COLUMNS: Final = (
    "question",
    "revision",
    "text",
    "answer",
    "counts as right",
    "asked in first tries",
    "answered",
    "asked in later tries",
    "taken",
    "mean share of points",
    "discrimination",
    "share",
    "share among the weakest 27 %",
    "share among the strongest 27 %",
    "mean seconds",
    "findings",
)
# What a spreadsheet takes for a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def analysis_csv(analysis: QuizAnalysis) -> str:
    """With a byte order mark, without which a spreadsheet spoils accents."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for question in analysis.questions:
        writer.writerows(_rows(question))
    return "\ufeff" + out.getvalue()


def _rows(question: QuestionAnalysis) -> Iterator[list[str]]:
    figures = question.figures
    start = [str(question.place), str(question.revision.number), _text(question.stem)]
    yield [
        *start,
        "",
        "",
        str(figures.asked),
        str(figures.answered),
        str(figures.later_asked),
        "",
        _number(figures.facility),
        _number(figures.discrimination),
        "",
        "",
        "",
        "" if figures.mean_seconds is None else str(figures.mean_seconds),
        _text(" ".join(finding.sentence for finding in question.findings)),
    ]
    for choice in figures.choices:
        yield [
            *start,
            _text(label_of(choice.key, choice.label)),
            "yes" if choice.is_right else "no",
            "",
            "",
            "",
            str(choice.count),
            "",
            "",
            _number(choice.share),
            _number(choice.weak),
            _number(choice.strong),
            "",
            "",
        ]


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def _text(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value
