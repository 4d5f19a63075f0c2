"""What opening a page must not do."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

# What opening a page may write besides: where the learner is (said so in the lesson), sessions,
# rate limits.
HARMLESS = re.compile(
    r"(courses_enrollment|courses_lessonprogress|django_session|shared_cache)\b", re.IGNORECASE
)
WRITE = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)
# Of the questions in the world (tests/factories/quizzes.py).
SECRETS = ("Level with the lower edge", "That is GB14")


@contextmanager
def written(*, but: re.Pattern[str] | None = HARMLESS) -> Iterator[list[str]]:
    """The tables that are written to, but those."""
    tables: list[str] = []

    def watch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if (found := WRITE.match(sql)) and not (but and but.match(found[1])):
            tables.append(found[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield tables


def text_of(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return content.decode(errors="replace")


def tells_a_secret(text: str) -> bool:
    return any(secret in text for secret in SECRETS)
