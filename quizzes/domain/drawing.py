"""Which questions an attempt asks, in which order: pure, by seed."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from quizzes.question_types.base import AUTHORED_ORDER, ordered_by_seed


@dataclass(frozen=True)
class PoolEntry:
    revision_id: int
    question_key: UUID


@dataclass(frozen=True)
class DrawnItem:
    position: int
    revision_id: int
    seed: int


def draw(
    pool: Sequence[PoolEntry],
    *,
    seed: int,
    count: int | None,
    is_shuffled: bool,
    seen: Collection[UUID] = (),
) -> list[DrawnItem]:
    """The items of one attempt. With a `count`, questions not yet `seen` are drawn first.

    The order depends on the keys of the questions, so the same seed and pool give the same items.
    """
    chosen = list(pool)
    if count is not None and count < len(chosen):
        mixed = ordered_by_seed(
            chosen, _derived(seed, "draw"), names=[str(entry.question_key) for entry in chosen]
        )
        mixed.sort(key=lambda entry: entry.question_key in seen)
        drawn = set(mixed[:count])
        chosen = [entry for entry in chosen if entry in drawn]
    if is_shuffled:
        chosen = ordered_by_seed(
            chosen, _derived(seed, "order"), names=[str(entry.question_key) for entry in chosen]
        )
    return [
        DrawnItem(
            position=position,
            revision_id=entry.revision_id,
            seed=_derived(seed, str(entry.question_key)) if is_shuffled else AUTHORED_ORDER,
        )
        for position, entry in enumerate(chosen, start=1)
    ]


def _derived(seed: int, purpose: str) -> int:
    """A seed of its own for each purpose, never the one that keeps the authored order."""
    digest = hashlib.blake2b(f"{seed}/{purpose}".encode(), digest_size=7).digest()
    return int.from_bytes(digest) or 1
