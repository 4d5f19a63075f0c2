"""Questions of several parts: all or nothing, or a share of the points for what is right."""

from fractions import Fraction
from typing import Any, ClassVar, Final

from quizzes.question_types.base import Content, QuestionType, Raw, Said, TableReader, first

ALL_OR_NOTHING: Final = "all-or-nothing"
PARTIAL: Final = "partial"
SCORINGS: Final = (ALL_OR_NOTHING, PARTIAL)


class SharedPoints(QuestionType):
    """Content has `scoring`, all or nothing when an author says nothing else."""

    whole_label: ClassVar[str]
    """For the author: "All right, or no points"."""
    share_label: ClassVar[str]
    """For the author: "A share of the points for each right one"."""

    def clean_scoring(self, reader: TableReader) -> str:
        return reader.word("scoring", of=SCORINGS, default=ALL_OR_NOTHING)

    def package_scoring(self, content: Content) -> str | None:
        """None: as the format takes it for granted."""
        scoring = str(content["scoring"])
        return None if scoring == ALL_OR_NOTHING else scoring

    def scored(self, content: Content, share: Fraction) -> Fraction:
        """`share`: what partial credit would give."""
        if content["scoring"] == ALL_OR_NOTHING:
            return Fraction(int(share == 1))
        return max(Fraction(0), share)

    # ---- the author's form
    def scoring_of_editor(self, raw: Raw) -> str:
        return first(raw, "scoring") or ALL_OR_NOTHING

    def scoring_views(self, raw: Raw) -> list[dict[str, Any]]:
        chosen = self.scoring_of_editor(raw)
        return [
            {"value": value, "label": label, "is_chosen": value == chosen}
            for value, label in self._labels().items()
        ]

    def said_scoring(self, content: Content) -> Said:
        return Said("scoring", "Points", self._labels()[content["scoring"]])

    def _labels(self) -> dict[str, str]:
        return {ALL_OR_NOTHING: self.whole_label, PARTIAL: self.share_label}
