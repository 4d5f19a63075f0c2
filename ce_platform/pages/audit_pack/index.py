"""The first page of a pack: what it is, for whom, by whom, who is in it, and every file.

It is written in pieces, like everything else, for it names as many files as there are.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

from ce_platform.core.zips import PackWriter, Spool
from ce_platform.pages.audit_pack.sheets import Frame

NAME: Final = "index.html"
_PIECE: Final = 200
_BREAK: Final = "<!-- rows -->"
# By the first folder of a path; what is not named here stands under "The whole pack".
GROUPS: Final = {
    "certificates": "Certificates",
    "courses": "Courses",
    "approvals": "Licensing bodies",
    "policies": "Policies",
    "pictures": "Pictures shown in questions",
}


def write_index(
    writer: PackWriter,
    frame: Frame,
    *,
    facts: Sequence[tuple[str, Any]],
    people: Spool,
    courses: Sequence[dict[str, Any]],
    notes: Sequence[str],
    alive: Callable[[], None],
) -> None:
    """Everything else must be in the zip by now. `alive` is called between pieces."""
    missing = list(islice(writer.missing_things(), 2_000))
    page = frame.page(
        "index",
        facts=facts,
        courses=courses,
        notes=notes,
        missing=missing,
        missing_more=writer.missing_count - len(missing),
        certificate_count=people.count,
        file_count=writer.file_count,
    )
    before, between, after = page.split(_BREAK)
    # What is being written is not among the files that it lists.
    files = _files(writer)
    with writer.opened(NAME) as out:
        out.write(before.encode())
        for rows in _pieces(iter(people)):
            alive()
            out.write(frame.page("index_people", rows=rows).encode())
        out.write(between.encode())
        for rows in _pieces(files):
            alive()
            out.write(frame.page("index_files", rows=rows).encode())
        out.write(after.encode())


def _files(writer: PackWriter) -> Iterator[dict[str, Any]]:
    """A group begins with a heading. Files stand in the order in which they were written."""
    group = None
    for file in writer.files():
        first, slash, _ = file.path.partition("/")
        name = GROUPS.get(first, "The whole pack") if slash else "The whole pack"
        yield {"file": file, "heading": name if name != group else ""}
        group = name


def _pieces(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while piece := list(islice(rows, _PIECE)):
        yield piece
