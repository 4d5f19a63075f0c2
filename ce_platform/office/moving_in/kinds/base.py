"""What a kind of line has to say of itself. A new kind is one module and one `register`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from ce_platform.core.models import StoredFile
from ce_platform.office.moving_in.columns import Column
from ce_platform.office.moving_in.drafts import Cells, Context, Draft


@dataclass(frozen=True)
class Written:
    """What became of one line."""

    target: str = ""
    is_new_account: bool = False


class Kind(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def what(self) -> str:
        """One sentence for the list of steps."""

    @property
    def key_words(self) -> str:
        """By what a line is known again, for people."""

    @property
    def columns(self) -> Sequence[Column]: ...
    @property
    def takes_files(self) -> bool: ...
    @property
    def file_column(self) -> str:
        """The heading of the column that names files of the zip."""

    @property
    def can_be_undone(self) -> bool: ...
    @property
    def undo_words(self) -> str:
        """What undoing does; or why there is none, and what to do instead."""

    @property
    def order(self) -> int:
        """In a weekend's move."""

    def file_type(self, start: bytes) -> str:
        """The content type by the first bytes of a file. Errors: ImportRefused."""

    def read(self, cells: Cells, draft: Draft, context: Context) -> None:
        """Cells to `draft.values`, which canonical JSON can hold; asks no database."""

    def place(self, drafts: Sequence[Draft], context: Context) -> None:
        """Against what is here: key, action, notes. A constant number of queries; lines that are
        left out are not among them."""

    def write(
        self,
        drafts: Sequence[Draft],
        context: Context,
        *,
        documents: Mapping[str, StoredFile],
    ) -> Sequence[Written]:
        """In the transaction of the whole import; NEW and CHANGE only."""

    def undo(self, context: Context, *, reason: str) -> None:
        """Take back what this run brought, as far as it may be."""
