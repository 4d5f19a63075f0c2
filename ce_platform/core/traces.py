"""For pages that promise to keep nothing: a view that cannot write."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

from django.conf import settings
from django.db import connection

Params = ParamSpec("Params")
Answer = TypeVar("Answer")

_WRITE: Final = re.compile(
    r'\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|REPLACE\s+INTO|UPDATE|DELETE\s+FROM)\s+"?(\w+)',
    re.IGNORECASE,
)


class WouldLeaveTrace(RuntimeError):
    """A mistake in the code: something behind a preview writes."""


def leaves_no_trace(view: Callable[Params, Answer]) -> Callable[Params, Answer]:
    """Refuses every write of the view and of what it calls.

    Sessions and the cache stay as they are everywhere: they say who is signed in and how often
    somebody asked, and reading the cache removes what has expired.
    """

    @wraps(view)
    def watched(*args: Params.args, **kwargs: Params.kwargs) -> Answer:
        with connection.execute_wrapper(_refuse_writes):
            return view(*args, **kwargs)

    return watched


def _refuse_writes(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
) -> Any:
    found = _WRITE.match(sql)
    if found and found[1] not in _spared():
        raise WouldLeaveTrace(f"A preview would write to {found[1]}.")
    return execute(sql, params, many, context)


def _spared() -> set[str]:
    return {"django_session", str(settings.CACHES["default"].get("LOCATION", ""))}
