"""What an attempt at a quiz draws from."""

import json
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import models
from django.db.models import F, TextField, Value, When

from quizzes.cases import case_of
from quizzes.domain.drawing import PoolEntry
from quizzes.models import Quiz, QuizDraw, QuizPoolItem

# In canonical JSON: a quotation mark inside a text would have a backslash before it.
_HAS_CASE = '"case":{'


def draws_of(quiz: Quiz) -> list[tuple[UUID, int]]:
    """Key and count of every draw, in order."""
    return list(QuizDraw.objects.filter(quiz=quiz).values_list("key", "count"))


def pool_entries(quiz: Quiz) -> list[PoolEntry]:
    """In order; one query, which fetches the content of a question only where a case is in it."""
    rows = (
        QuizPoolItem.objects.filter(quiz=quiz)
        .annotate(
            cased=models.Case(
                When(revision__content__contains=_HAS_CASE, then=F("revision__content")),
                default=Value(""),
                output_field=TextField(),
            )
        )
        .order_by("position", "id")
        .values_list("revision_id", "revision__question__key", "draw__key", "cased")
    )
    return [PoolEntry(pk, key, draw, case_id(cased)) for pk, key, draw, cased in rows]


def entries_of(items: Iterable[QuizPoolItem], draws: Mapping[int, UUID]) -> list[PoolEntry]:
    """The same out of rows that are there already, with revisions and questions; no query."""
    return [
        PoolEntry(
            item.revision_id,
            item.revision.question.key,
            draws[item.draw_id] if item.draw_id else None,
            case_id(item.revision.content),
        )
        for item in items
    ]


def case_id(content: str) -> str:
    """Of the case in stored content; empty when it has none."""
    if _HAS_CASE not in content:
        return ""
    case = case_of(json.loads(content))
    return case.id if case else ""
