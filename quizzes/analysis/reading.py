"""The analysis of a quiz, out of the running sums. Six queries, whatever the number of answers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from quizzes.analysis.figures import (
    QuestionFigures,
    QuizFigures,
    question_figures,
    quiz_figures,
)
from quizzes.analysis.findings import (
    LIGHT,
    Finding,
    findings_of,
    reliability_sentence,
    weightiest,
)
from quizzes.analysis.plots import CurvePlot, MapPlot, curve_plot, map_plot
from quizzes.analysis.words import plain
from quizzes.domain.increments import BANDS, OTHER, stored_key
from quizzes.models import (
    ChoiceTally,
    QuestionRevision,
    QuestionTally,
    Quiz,
    QuizPoolItem,
    QuizTally,
    Regrade,
)
from quizzes.question_types import type_named
from quizzes.question_types.base import Content


@dataclass(frozen=True)
class QuestionAnalysis:
    """One revision in one quiz."""

    place: int
    revision: QuestionRevision
    type_label: str
    stem: str
    figures: QuestionFigures
    findings: list[Finding]
    notes: list[str]
    """How it was graded anew."""
    curve: CurvePlot | None

    @property
    def weight(self) -> int:
        return weightiest(self.findings)


@dataclass(frozen=True)
class QuizAnalysis:
    quiz: Quiz
    figures: QuizFigures
    reliability_sentence: str
    questions: list[QuestionAnalysis]
    """In the order of the quiz."""
    map: MapPlot | None = None
    few_count: int = 0
    """Questions with too few answers to say anything."""
    weighty: list[tuple[QuestionAnalysis, Finding]] = field(default_factory=list)
    """What to look at, the weightiest first."""
    light: list[tuple[QuestionAnalysis, Finding]] = field(default_factory=list)
    """Smaller things."""


def analysis_of(quiz: Quiz) -> QuizAnalysis:
    tallies = list(QuizTally.objects.filter(quiz=quiz))
    sums = list(QuestionTally.objects.filter(quiz=quiz))
    counts = _choice_counts(quiz)
    revisions = _asked_revisions(quiz, {each.revision_id for each in sums})
    regrades: dict[int, list[Regrade]] = {}
    for regrade in (
        Regrade.objects.filter(revision__in=revisions).select_related("better").order_by("pk")
    ):
        regrades.setdefault(regrade.revision_id, []).append(regrade)
    by_place = {(each.revision_id, each.is_first): each for each in sums}
    questions = [
        _question(
            place,
            revision,
            first=by_place.get((revision.pk, True)),
            later=by_place.get((revision.pk, False)),
            counts=counts.get(revision.pk, {}),
            regrades=regrades.get(revision.pk, ()),
            has_rest=len(revisions) > 1,
        )
        for place, revision in enumerate(revisions, start=1)
    ]
    figures = quiz_figures(
        tallies, sums, {revision.pk: int(revision.points * 100) for revision in revisions}
    )
    told = sorted(
        (
            (question, finding)
            for question in questions
            for finding in question.findings
            if finding.weight
        ),
        key=lambda pair: (-pair[1].weight, pair[0].place),
    )
    asked = [question for question in questions if question.figures.asked]
    return QuizAnalysis(
        quiz=quiz,
        figures=figures,
        reliability_sentence=reliability_sentence(figures, len(asked)),
        questions=questions,
        map=map_plot([(each.place, each.figures) for each in questions]),
        few_count=sum(not each.figures.is_enough for each in questions),
        weighty=[pair for pair in told if pair[1].weight > LIGHT],
        light=[pair for pair in told if pair[1].weight <= LIGHT],
    )


Counts = Mapping[str, Sequence[int]]


def _choice_counts(quiz: Quiz) -> dict[int, dict[str, list[int]]]:
    """Revision id → key → learners by band."""
    found: dict[int, dict[str, list[int]]] = {}
    for revision_id, key, band, count in ChoiceTally.objects.filter(
        quiz=quiz, count__gt=0
    ).values_list("revision_id", "key", "band", "count"):
        of_revision = found.setdefault(revision_id, {})
        of_revision.setdefault(key, [0] * BANDS)[band] = count
    return found


def _asked_revisions(quiz: Quiz, counted: set[int]) -> list[QuestionRevision]:
    """Those of the pool in their order, then what was counted besides."""
    revisions = [
        item.revision
        for item in QuizPoolItem.objects.filter(quiz=quiz)
        .select_related("revision__question")
        .order_by("position", "id")
    ]
    besides = counted - {revision.pk for revision in revisions}
    return revisions + list(
        QuestionRevision.objects.filter(pk__in=besides).select_related("question").order_by("pk")
    )


def _question(
    place: int,
    revision: QuestionRevision,
    *,
    first: QuestionTally | None,
    later: QuestionTally | None,
    counts: Counts,
    regrades: Sequence[Regrade],
    has_rest: bool,
) -> QuestionAnalysis:
    kind, content = type_named(revision.type), revision.data
    labels = labels_of(revision.type, content)
    figures = question_figures(
        first,
        later,
        counts,
        labels=labels,
        right_keys=right_keys_of(
            revision.type,
            content,
            mended=[each.better.data if each.better else None for each in regrades],
        ),
        has_rest=has_rest,
        counted=kind.counted,
    )
    return QuestionAnalysis(
        place=place,
        revision=revision,
        type_label=str(kind.label),
        stem=plain(content["stem"]),
        figures=figures,
        # Where everybody was given the points, the figures say so and nothing else.
        findings=[]
        if any(each.better is None for each in regrades)
        else findings_of(figures, is_mended=bool(regrades)),
        notes=[_note(regrade) for regrade in regrades],
        curve=curve_plot(figures.bands),
    )


def labels_of(type_name: str, content: Content) -> dict[str, str]:
    """Stored key → what it is called, in plain text."""
    labels = type_named(type_name).statistic_labels(content)
    return {stored_key(key): plain(text) for key, text in labels.items()}


def right_keys_of(
    type_name: str, content: Content, *, mended: Iterable[Content | None] = ()
) -> frozenset[str]:
    """What counts as right, by every key that was applied; nothing where everybody has the
    points."""
    kind = type_named(type_name)
    right: set[str] = set()
    for each in (content, *mended):
        if each is None:
            return frozenset()
        right |= {stored_key(key) for key in kind.right_keys(each)}
    return frozenset(right)


def _note(regrade: Regrade) -> str:
    if regrade.better is None:
        return _("Graded anew: everybody has the points. %(reason)s") % {"reason": regrade.reason}
    return _("Graded anew by the key of revision %(number)d. %(reason)s") % {
        "number": regrade.better.number,
        "reason": regrade.reason,
    }


def label_of(key: str, label: str) -> str:
    return _("Another answer") if key == OTHER else label
