"""From stored answers to a score. Pure once the rows are in hand."""

import json
from collections.abc import Iterable
from decimal import Decimal

from ce_platform.core.text import canonical_json
from quizzes.domain.scoring import Score, ScoredItem, score
from quizzes.models import AttemptItem
from quizzes.question_types import type_named
from quizzes.question_types.base import Response


def read_response(item: AttemptItem) -> Response | None:
    return dict(json.loads(item.response)) if item.response else None


def items_text(result: Score) -> str:
    """`Grade.items_json`."""
    return canonical_json(
        {str(place): str(points) for place, points in result.points_by_position.items()}
    )


def score_of(items: Iterable[AttemptItem], *, pass_percent: Decimal) -> Score:
    """Every drawn question counts, answered or not. Items come with their revision."""
    return score(
        (
            ScoredItem(
                position=item.position,
                share=type_named(item.revision.type).grade(item.revision.data, read_response(item)),
                points_possible=item.revision.points,
            )
            for item in items
        ),
        pass_percent=pass_percent,
    )
