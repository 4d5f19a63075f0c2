"""Keys that were mended after publishing: an answer to such a revision counts by the better key.

Also for attempts that are graded later: a published quiz keeps its revision, and nobody shall
fail by a key that is known to be wrong.
"""

from collections.abc import Iterable

from quizzes.domain.grading import Mended
from quizzes.models import Regrade
from quizzes.question_types.base import Content


def mended_keys(revision_ids: Iterable[int]) -> Mended:
    """Revision id → what it is graded by besides, in the order of the regrades. One query."""
    return keys_of(
        Regrade.objects.filter(revision__in=set(revision_ids))
        .select_related("better")
        .order_by("pk")
    )


def keys_of(regrades: Iterable[Regrade]) -> Mended:
    """The same of regrades at hand, which come with their better revision."""
    found: dict[int, list[Content | None]] = {}
    for regrade in regrades:
        found.setdefault(regrade.revision_id, []).append(
            regrade.better.data if regrade.better else None
        )
    return found
