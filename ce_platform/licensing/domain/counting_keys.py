"""Checks of the keys that only the renewal arithmetic reads; docs/licensing-rules.md explains them.

The checks of single values are handed in: `data_files` owns them.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ce_platform.licensing.renewal.subjects import Subject

Check = Callable[[Any], bool]


def counting_keys(*, whole: Check, hours: Check, text: Check, flag: Check) -> dict[str, Check]:
    """Keys of a rule."""
    step = _table({"hours": hours}, {"up_to_months": whole, "under_months": whole})
    first = _table(
        {},
        {
            "per_month": hours,
            "at_least": hours,
            "at_most": hours,
            "steps": _list_of(lambda value: step(value) and len(value) == 2),
            "all_by_home_study": _flag,
            "categories": _list_of(text),
        },
    )
    repeat = _table(
        {"scope": _one_of("cycle", "consecutive-cycles", "years", "ever")},
        {"years": whole, "except_subjects": _subjects},
    )
    return {
        "cycle_end_on_card": flag,
        # Either so many hours a month or steps by the age of the license.
        "first_renewal_hours": lambda value: (
            first(value) and ("per_month" in value) != ("steps" in value)
        ),
        "repeat": lambda value: repeat(value) and (value["scope"] == "years") == ("years" in value),
        "besides": _list_of(_table({"what": text}, {"hours": hours, "subjects": _subjects})),
        "replaced_by": text,
    }


def category_keys(*, whole: Check) -> dict[str, Check]:
    """Keys of one of the `categories`: which hours belong to it."""
    return {
        "subjects": _subjects,
        "except_subjects": _subjects,
        "hands_on_percent": lambda value: whole(value) and 1 <= value <= 100,
        "provider": _one_of("listed", "not-listed"),
        "rest": _flag,
        "overlaps": _flag,
        "home_study_only": _flag,
        "second_renewal_only": _flag,
    }


def passes(table: Mapping[str, Any], checks: Mapping[str, Check]) -> bool:
    """Whether those of the keys that stand there say what they may."""
    return all(check(table[key]) for key, check in checks.items() if key in table)


def _table(required: Mapping[str, Check], optional: Mapping[str, Check]) -> Check:
    return lambda value: (
        isinstance(value, dict)
        and set(required) <= set(value) <= {*required, *optional}
        and passes(value, {**required, **optional})
    )


def _list_of(check: Check) -> Check:
    return lambda value: isinstance(value, list) and bool(value) and all(map(check, value))


def _one_of(*words: str) -> Check:
    return lambda value: isinstance(value, str) and value in words


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


_subjects = _list_of(_one_of(*Subject))
