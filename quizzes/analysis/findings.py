"""What the figures say, in words, the weightiest first. Pure.

Every limit is a named constant; docs/item-analysis.md gives the source of each. A finding about how
well a question separates is made only when chance cannot explain it: the whole 95 % interval must
be on the wrong side.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

from django.utils.translation import gettext as _

from quizzes.analysis.figures import (
    FEWEST_ANSWERS,
    ChoiceFigures,
    QuestionFigures,
    QuizFigures,
)
from quizzes.analysis.statistics import share_interval
from quizzes.domain.increments import OTHER
from quizzes.question_types.base import Counted

# Ebel & Frisbie (1991): below 0.20 a question is poor, "to be rejected or improved".
POOR_DISCRIMINATION: Final = 0.20
# At 95 % right, a question has less than a fifth of the variance it could have.
EASY: Final = 0.95
# Fewer than this right, while it is no guessing: hard for whoever has read the lessons.
HARD: Final = 0.30
# Haladyna & Downing (1993): a wrong choice that less than one in twenty takes does no work.
WORKING_CHOICE: Final = 0.05
FEWEST_FOR_WORKING: Final = 100
# Whoever leaves a question out where nothing is lost by guessing did not see what it asks.
MANY_UNANSWERED: Final = 0.10
# Nunnally (1978): enough where no single decision hangs on it; and where one does.
MODEST_RELIABILITY: Final = 0.70
GOOD_RELIABILITY: Final = 0.80
# Lighter findings are told after all others, behind a click.
LIGHT: Final = 25
# One-sided 95 %.
_ONE_SIDED: Final = 1.645


@dataclass(frozen=True)
class Finding:
    weight: int
    """100: look at it now; 0: only said."""
    sentence: str
    code: str


Name = Callable[[ChoiceFigures], str]


def in_quotes(choice: ChoiceFigures) -> str:
    if choice.key == OTHER:
        return _("an answer that is not on the list")
    return choice.label if choice.label.startswith("“") else f"“{choice.label}”"


def findings_of(
    figures: QuestionFigures, *, name: Name = in_quotes, is_mended: bool = False
) -> list[Finding]:
    """Of one question. `is_mended`: it was graded anew by another key."""
    if not figures.asked:
        return [Finding(0, _("Nobody has been asked this in a first try."), "nobody")]
    if not figures.is_enough:
        return [
            Finding(
                0,
                _("Too few answers to say (%(count)d of at least %(fewest)d).")
                % {"count": figures.asked, "fewest": FEWEST_ANSWERS},
                "few",
            )
        ]
    found = [
        *_about_the_key(figures, name, is_mended=is_mended),
        *_about_separating(figures),
        *_about_answering(figures),
        *_about_choices(figures, name),
    ]
    return sorted(found, key=lambda each: -each.weight)


def _about_the_key(figures: QuestionFigures, name: Name, *, is_mended: bool) -> Iterator[Finding]:
    if figures.chance is not None:
        right = next((each for each in figures.choices if each.is_right), None)
        for choice in figures.choices:
            if right is not None and _draws_more(choice, right, figures.strong_count):
                yield Finding(
                    100,
                    _("%(choice)s draws more strong learners than the key: check the key.")
                    % {"choice": name(choice)},
                    "key",
                )
        _low, high = share_interval(figures.facility or 0.0, figures.asked)
        if high < figures.chance:
            yield Finding(
                95,
                _("Fewer are right than would be by guessing: check the key and the wording."),
                "below-chance",
            )
        return
    for choice in figures.choices:
        if choice.strong is None or not figures.right_keys:
            continue
        # What a better key accepts of typed answers is on the list of its own revision alone.
        if is_mended and choice.key == OTHER:
            continue
        low, high = share_interval(choice.strong, round(figures.strong_count))
        if not choice.is_right and low > 0.5:
            yield Finding(
                100,
                _("Most strong learners take %(choice)s, which counts as wrong: check the key.")
                % {"choice": name(choice)},
                "key",
            )
        # Of several typed answers that are right, everybody writes one.
        if choice.is_right and high < 0.5 and figures.counted is not Counted.TYPED:
            yield Finding(
                90,
                _(
                    "Most strong learners leave out %(choice)s, which counts as right: check the "
                    "key."
                )
                % {"choice": name(choice)},
                "key",
            )


def _draws_more(choice: ChoiceFigures, right: ChoiceFigures, strong_count: float) -> bool:
    """More than chance would: of those who took one of the two, too many took this one."""
    if choice.is_right or choice.strong is None or right.strong is None:
        return False
    mine, theirs = choice.strong * strong_count, right.strong * strong_count
    return mine > theirs and mine - theirs >= _ONE_SIDED * sqrt(mine + theirs)


def _about_separating(figures: QuestionFigures) -> Iterator[Finding]:
    if figures.facility is not None and figures.facility >= EASY:
        yield Finding(
            30,
            _("Nearly everybody is right (%(share)s): it tells little about who has learned.")
            % {"share": percent(figures.facility)},
            "easy",
        )
        return
    if figures.discrimination is not None:
        _low, high = figures.discrimination_interval
        if high < 0:
            yield Finding(
                90,
                _("Weak learners are more often right than strong ones: check key and wording."),
                "backwards",
            )
        elif high < POOR_DISCRIMINATION:
            yield Finding(
                70,
                _("Strong and weak learners are about equally often right: it does not separate."),
                "flat",
            )
    if figures.facility is not None and figures.facility < HARD:
        yield Finding(
            40,
            _("Few are right (%(share)s): is the answer in the lessons?")
            % {"share": percent(figures.facility)},
            "hard",
        )


def _about_answering(figures: QuestionFigures) -> Iterator[Finding]:
    if figures.unanswered_share >= MANY_UNANSWERED:
        yield Finding(
            50,
            _("Not answered by %(share)s: is it clear?")
            % {"share": percent(figures.unanswered_share)},
            "unanswered",
        )


def _about_choices(figures: QuestionFigures, name: Name) -> Iterator[Finding]:
    if figures.counted is not Counted.OFFERED:
        return
    for choice in figures.choices:
        if choice.is_right or not choice.label:
            continue
        if not choice.count:
            yield Finding(20, _("%(choice)s is never taken.") % {"choice": name(choice)}, "never")
        elif choice.share < WORKING_CHOICE and figures.asked >= FEWEST_FOR_WORKING:
            yield Finding(
                10,
                _("%(choice)s is hardly ever taken (%(share)s).")
                % {"choice": name(choice), "share": percent(choice.share)},
                "hardly",
            )


# ------------------------------------------------------------------------------- the quiz


def reliability_sentence(figures: QuizFigures, question_count: int) -> str:
    """What the reliability means, or why it is not told."""
    if figures.first_count < FEWEST_ANSWERS:
        return _("Too few first tries to say (%(count)d of at least %(fewest)d).") % {
            "count": figures.first_count,
            "fewest": FEWEST_ANSWERS,
        }
    if not figures.is_same_for_all:
        return _(
            "Not told: learners are asked different questions here, so their results cannot be "
            "compared question by question."
        )
    if question_count < 2:
        return _("Not told: it needs two questions at least.")
    if figures.reliability is None:
        return _("Not told: all learners have the same result.")
    if figures.reliability < 0:
        return _(
            "Below zero: who is right in one question is not more often right in the others. The "
            "questions do not measure one thing, or a key is wrong."
        )
    if figures.reliability >= GOOD_RELIABILITY:
        return _("Good: another set of questions like these would sort the learners much the same.")
    if figures.reliability >= MODEST_RELIABILITY:
        return _("Enough for a quiz that can be taken again.")
    return _(
        "Low: near the pass mark, chance decides with. That is common for short quizzes and where "
        "nearly everybody is right; more questions that separate would raise it."
    )


def percent(share: float) -> str:
    return f"{share * 100:.0f} %"


def weightiest(findings: Sequence[Finding]) -> int:
    return max((each.weight for each in findings), default=0)
