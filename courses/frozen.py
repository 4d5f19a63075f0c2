"""What was made from a frozen version, kept in the process.

A published version is never edited, so its outline and the HTML of its lessons are made once per
process and not once per reader. Nothing of a draft, and nothing about a person, is kept here.
Who reads from here must not change what they get: it is shared.
"""

import copy
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping
from threading import Lock
from typing import Any, TypeVar

from courses.models import CourseVersion, long_texts

Made = TypeVar("Made")
# One in three is the HTML of a lesson, some 40 kB: this many stay below 20 MB in each worker.
MOST_ENTRIES = 1000

_kept: OrderedDict[tuple[int, str, str], Any] = OrderedDict()
_lock = Lock()


def remember(version: CourseVersion, name: str, make: Callable[[], Made]) -> Made:
    """`make()`, or what it gave the last time when the version is frozen."""
    return remember_each([version], name, lambda _ids: {version.pk: make()})[version.pk]


def remember_each(
    versions: Iterable[CourseVersion],
    name: str,
    make: Callable[[Collection[int]], Mapping[int, Made]],
) -> dict[int, Made]:
    """The same for several versions, by id. `make` gets the ids of all that are not kept, once."""
    wanted = {version.pk: version for version in versions}
    found: dict[int, Made] = {}
    with _lock:
        for version in wanted.values():
            key = _key(version, name)
            if version.is_frozen and key in _kept:
                _kept.move_to_end(key)
                found[version.pk] = _kept[key]
    missing = [version for version in wanted.values() if version.pk not in found]
    if not missing:
        return found
    # Without the lock: what is made may ask the database, or here for something else.
    made = make([version.pk for version in missing])
    with _lock:
        for version in missing:
            found[version.pk] = made[version.pk]
            if version.is_frozen:
                _kept[_key(version, name)] = made[version.pk]
        while len(_kept) > MOST_ENTRIES:
            _kept.popitem(last=False)
    return found


def version_by_id(version_id: int) -> CourseVersion:
    """The version without its long texts: a copy of the kept one, to do with as one likes.

    Only the status of a frozen version ever moves, so published may mean retired by now.
    """
    key = (version_id, "", "version")
    with _lock:
        version: CourseVersion | None = _kept.get(key)
        if version is not None:
            _kept.move_to_end(key)
    if version is None:
        version = CourseVersion.objects.defer(*long_texts()).get(pk=version_id)
        if version.is_frozen:
            with _lock:
                _kept[key] = version
    return copy.copy(version)


def _key(version: CourseVersion, name: str) -> tuple[int, str, str]:
    return version.pk, version.canonical_sha256, name


def forget() -> None:
    """For tests, where a rolled-back row's id comes back for another one."""
    with _lock:
        _kept.clear()
