"""From stored answers to a score. Pure once the rows are in hand."""

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from ce_platform.core.text import canonical_json
from quizzes.domain.scoring import Score, ScoredItem, score
from quizzes.models import AttemptItem
from quizzes.question_types import type_named
from quizzes.question_types.base import Content, Response

Mended = Mapping[int, Sequence[Content | None]]
"""Revision id → the keys it is graded by besides its own; None: everybody gets the points."""


def read_response(item: AttemptItem) -> Response | None:
    return dict(json.loads(item.response)) if item.response else None


def items_text(result: Score) -> str:
    """`Grade.items_json`."""
    return canonical_json(
        {str(place): str(points) for place, points in result.points_by_position.items()}
    )


def score_of(
    items: Iterable[AttemptItem], *, pass_percent: Decimal, mended: Mended | None = None
) -> Score:
    """Every drawn question counts, answered or not. Items come with their revision."""
    return score(
        (
            ScoredItem(
                position=item.position,
                share=share_of(
                    item.revision.type,
                    item.revision.data,
                    read_response(item),
                    keys=(mended or {}).get(item.revision_id, ()),
                ),
                points_possible=item.revision.points,
            )
            for item in items
        ),
        pass_percent=pass_percent,
    )


def share_of(
    type_name: str,
    content: Content,
    response: Response | None,
    *,
    keys: Sequence[Content | None] = (),
) -> Fraction:
    """The best that any key gives: a mended key raises a grade and never lowers one."""
    kind = type_named(type_name)
    share = kind.grade(content, response)
    for key in keys:
        share = max(share, Fraction(1) if key is None else kind.grade(key, response))
    return share
