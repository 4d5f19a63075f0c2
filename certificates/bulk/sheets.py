"""Many PDFs as one, for paper: page after page into a file, memory steady.

A library that merges keeps all it has read until it writes. Here each document is read, its pages
are written out at once, and what stays are the places of the objects and a hash of each: what was
written before, a font, the border, a signature picture, is pointed to and not written again. Of a
document only its pages are taken. Signature, tags and links do not survive that; paper has none.
"""

import hashlib
import secrets
from array import array
from io import BytesIO
from typing import IO, Any, Final

from ce_platform.core.errors import DomainError

_NOT_FOR_PAPER: Final = {
    "/Annots",
    "/B",
    "/Metadata",
    "/Parent",
    "/StructParents",
    "/Tabs",
    "/Thumb",
}
# Pages under one node of the tree: a viewer walks through them to find one.
_NODE: Final = 200


class NotReadable(DomainError):
    """A document of which no page can be taken."""


class SheetWriter:
    """Call `add` for each document, then `finish`."""

    def __init__(self, file: IO[bytes], *, has_blank_backs: bool = False) -> None:
        """`has_blank_backs`: printed on both sides, every document begins on a sheet of its own."""
        self._file = file
        self._has_blank_backs = has_blank_backs
        self._position = 0
        self._places = array("Q")
        """Where object 1, 2, 3 … begins."""
        self._known: dict[bytes, int] = {}
        self._nodes: list[int] = []
        self._pages: list[int] = []
        self.page_count = 0
        self._write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        self._catalog, self._root, self._node = (self.reserve() for _ in range(3))

    def add(self, content: bytes) -> int:
        """All pages of one document, in their order; how many they are.

        Errors: NotReadable, and then none of its pages is in the file.
        """
        from pypdf import PdfReader

        if len(self._pages) >= _NODE:
            self._close_node()
            self._node = self.reserve()
        try:
            pages = list(PdfReader(BytesIO(content)).pages)
            copier = _Copier(self)
            numbers = [self.put(self._page(page, copier)) for page in pages]
        except Exception as error:  # The library may raise anything over what is broken.
            raise NotReadable(f"It cannot be read as a PDF: {error}"[:200]) from error
        if not numbers:
            raise NotReadable("It has no pages.")
        if self._has_blank_backs and len(numbers) % 2:
            numbers.append(self.put(self._blank(pages[-1], copier)))
        self._pages += numbers
        self.page_count += len(numbers)
        return len(pages)

    def finish(self) -> None:
        """The tree of pages, the table of places and the end."""
        self._close_node()
        self.put_at(
            self._root,
            b"<< /Type /Pages /Count %d /Kids [%s] >>"
            % (self.page_count, _references(self._nodes)),
        )
        self.put_at(
            self._catalog,
            b"<< /Type /Catalog /Pages %d 0 R /ViewerPreferences << /PrintScaling /None >> >>"
            % self._root,
        )
        begins = self._position
        size = len(self._places) + 1
        self._write(b"xref\n0 %d\n0000000000 65535 f \n" % size)
        for place in self._places:
            self._write(b"%010d 00000 n \n" % place)
        # Drawn anew: no two files are the same bytes, so none is deleted with another.
        name = secrets.token_hex(16).encode()
        self._write(
            b"trailer\n<< /Size %d /Root %d 0 R /ID [<%s> <%s>] >>\nstartxref\n%d\n%%%%EOF\n"
            % (size, self._catalog, name, name, begins)
        )

    # ---- pages
    def _page(self, page: Any, copier: "_Copier") -> bytes:
        kept = {name: value for name, value in page.items() if name not in _NOT_FOR_PAPER}
        return b"<< %s /Parent %d 0 R >>" % (copier.entries(kept), self._node)

    def _blank(self, like: Any, copier: "_Copier") -> bytes:
        return b"<< /Type /Page /MediaBox %s /Resources << >> /Parent %d 0 R >>" % (
            copier.text(like.mediabox),
            self._node,
        )

    def _close_node(self) -> None:
        self.put_at(
            self._node,
            b"<< /Type /Pages /Parent %d 0 R /Count %d /Kids [%s] >>"
            % (self._root, len(self._pages), _references(self._pages)),
        )
        self._nodes.append(self._node)
        self._pages = []

    # ---- objects
    def put_once(self, body: bytes) -> int:
        """The number of an object that says this, whichever document it came with first."""
        digest = hashlib.blake2b(body, digest_size=16).digest()
        if digest not in self._known:
            self._known[digest] = self.put(body)
        return self._known[digest]

    def put(self, body: bytes) -> int:
        return self.put_at(self.reserve(), body)

    def put_at(self, number: int, body: bytes) -> int:
        self._places[number - 1] = self._position
        self._write(b"%d 0 obj\n" % number)
        self._write(body)
        self._write(b"\nendobj\n")
        return number

    def reserve(self) -> int:
        self._places.append(0)
        return len(self._places)

    def _write(self, piece: bytes) -> None:
        self._file.write(piece)
        self._position += len(piece)


class _Copier:
    """Objects of one document as text, what they point to written first."""

    def __init__(self, writer: SheetWriter) -> None:
        self._writer = writer
        self._copied: dict[tuple[int, int], int] = {}
        self._open: dict[tuple[int, int], int | None] = {}
        """Being written; with a number when something inside points back at it."""

    def entries(self, values: dict[Any, Any]) -> bytes:
        return b" ".join(
            self.text(name) + b" " + self.text(value) for name, value in sorted(values.items())
        )

    def text(self, value: Any) -> bytes:
        from pypdf.generic import (
            ArrayObject,
            DictionaryObject,
            IndirectObject,
            StreamObject,
        )

        if isinstance(value, IndirectObject):
            return b"%d 0 R" % self._number(value)
        if isinstance(value, StreamObject):
            content = value._data  # As it stands in the document, not unpacked and packed again.
            kept = {name: each for name, each in value.items() if name != "/Length"}
            return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (
                self.entries(kept),
                len(content),
                content,
            )
        if isinstance(value, DictionaryObject):
            return b"<< %s >>" % self.entries(value)
        if isinstance(value, ArrayObject):
            return b"[%s]" % b" ".join(self.text(each) for each in value)
        out = BytesIO()
        value.write_to_stream(out)
        return out.getvalue()

    def _number(self, reference: Any) -> int:
        key = (reference.idnum, reference.generation)
        if key in self._copied:
            return self._copied[key]
        if key in self._open:
            number = self._open[key]
            if number is None:
                number = self._open[key] = self._writer.reserve()
            return number
        self._open[key] = None
        body = self.text(reference.get_object())
        number = self._open.pop(key)
        # What points at itself has its number inside and is like no other.
        self._copied[key] = (
            self._writer.put_once(body) if number is None else self._writer.put_at(number, body)
        )
        return self._copied[key]


def _references(numbers: list[int]) -> bytes:
    return b" ".join(b"%d 0 R" % number for number in numbers)
