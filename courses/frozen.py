"""What was made from a frozen version, kept in the process.

A published version is never edited, so its outline and the HTML of its lessons are made once per
process and not once per reader. Nothing of a draft, and nothing about a person, is kept here.
Who reads from here must not change what they get: it is shared.
"""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar

from courses.models import CourseVersion

Made = TypeVar("Made")
# A lesson's HTML is some 40 kB; this many stay below 20 MB in each worker.
MOST_ENTRIES = 400

_kept: OrderedDict[tuple[int, str, str], Any] = OrderedDict()
_lock = Lock()


def remember(version: CourseVersion, name: str, make: Callable[[], Made]) -> Made:
    """`make()`, or what it gave the last time when the version is frozen."""
    if not version.is_frozen:
        return make()
    key = (version.pk, version.canonical_sha256, name)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            found: Made = _kept[key]
            return found
    made = make()
    with _lock:
        _kept[key] = made
        while len(_kept) > MOST_ENTRIES:
            _kept.popitem(last=False)
    return made


def forget() -> None:
    """For tests, where a rolled-back row's id comes back for another one."""
    with _lock:
        _kept.clear()
