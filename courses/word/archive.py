"""The parts of a `.docx`, out of a zip that is not trusted.

What a zip says of itself may be a lie, so bytes are counted while they come, as for packages.
Every XML part is read without entities, document types and outside fetches.
"""

import io
import zipfile
import zlib
from typing import Final
from xml.etree.ElementTree import Element, TreeBuilder

from courses.package.storage import CHUNK, MOST_RATIO, RATIO_COUNTS_FROM
from courses.word.errors import WordRefused

MOST_BYTES: Final = 200_000_000
# A document may hold a picture per paragraph, so more than a package.
MOST_ENTRIES: Final = 2_000
# A course of 300 pages with all its formatting has a third of this; at the limit, reading takes a
# minute and half a gigabyte.
MOST_XML_BYTES: Final = 15_000_000
MOST_ELEMENTS: Final = 400_000
# A picture in a group in a text box in a table in a table has 50.
DEEPEST: Final = 120

_ENTRY = b"PK\x01\x02"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Names of streams in the old container, as they stand in its directory.
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_MAIN = "wordprocessingml."
_BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
)


class Parts:
    """The files of a document by name; XML parts as trees, all of them checked."""

    def __init__(self, content: bytes) -> None:
        _check_kind(content)
        self.files = _unzipped(content)
        self._trees: dict[str, Element] = {}
        if any(name.lower().endswith("vbaproject.bin") for name in self.files):
            raise _has_macros()
        counter = _Counter()
        for name, part in self.files.items():
            if name.endswith((".xml", ".rels")):
                self._trees[name] = _tree(name, part, counter)
        self.main = self._find_main()

    def tree(self, name: str) -> Element | None:
        return self._trees.get(name)

    def relations(self, name: str) -> dict[str, tuple[str, str, bool]]:
        """Id → (last word of the type, target, whether it lies outside the file)."""
        folder, _, file = name.rpartition("/")
        tree = self.tree(f"{folder}/_rels/{file}.rels".lstrip("/"))
        found = {}
        for each in tree if tree is not None else ():
            outside = each.get("TargetMode", "") == "External"
            target = each.get("Target", "")
            if not outside:
                target = _joined(folder, target)
            kind = each.get("Type", "").rpartition("/")[2]
            found[each.get("Id", "")] = (kind, target, outside)
        return found

    def related(self, name: str, kind: str) -> list[str]:
        """Names of the parts of one kind that a part refers to."""
        return [
            target
            for each, target, outside in self.relations(name).values()
            if each == kind and not outside and target in self.files
        ]

    def _find_main(self) -> str:
        types = self.tree("[Content_Types].xml")
        declared = {
            each.get("PartName", "").lstrip("/"): each.get("ContentType", "")
            for each in (types if types is not None else ())
        }
        if any("macroenabled" in each.lower() for each in declared.values()):
            raise _has_macros()
        if b"opendocument.text" in self.files.get("mimetype", b""):
            raise WordRefused(
                "This is an OpenDocument file. Open it in LibreOffice, save it as Word document "
                "(.docx), and bring that."
            )
        main = next(iter(self.related("", "officeDocument")), "word/document.xml")
        said = declared.get(main, f"{_MAIN}document")
        if main not in self._trees or (_MAIN not in said and said != "application/xml"):
            raise WordRefused("This is not a Word document. Choose a file that ends in .docx.")
        return main


class _Counter:
    def __init__(self) -> None:
        self.bytes = 0
        self.elements = 0


class _Builder(TreeBuilder):
    """Builds a tree and counts how many elements there are and how deep they lie."""

    def __init__(self, counter: _Counter) -> None:
        super().__init__()
        self._counter = counter
        self._depth = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._depth += 1
        self._counter.elements += 1
        if self._depth > DEEPEST:
            raise WordRefused("The document is nested too deeply to be read.")
        if self._counter.elements > MOST_ELEMENTS:
            raise _too_long()
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)

    # The document's own notes to programs are nothing for readers.
    def comment(self, text: str | None, /) -> Element:
        return Element("comment")

    def pi(self, target: str, text: str | None = None, /) -> Element:
        return Element("pi")


def _check_kind(content: bytes) -> None:
    if len(content) > MOST_BYTES:
        raise _too_large()
    if content.startswith(_OLE):
        if _ENCRYPTED_STREAM in content:
            raise WordRefused(
                "This file is protected with a password. Open it in Word, take the password away "
                "under File > Info > Protect Document, save it, and bring it again."
            )
        raise WordRefused(
            "This is a document in the old .doc format. Save it as .docx in Word (File > Save "
            "As > Word Document), and bring that."
        )
    if content.lstrip()[:5] == b"{\\rtf":
        raise WordRefused("This is a Rich Text file. Save it as .docx in Word, and bring that.")
    if not content.startswith(b"PK"):
        raise WordRefused("This is not a Word document. Choose a file that ends in .docx.")


def _unzipped(content: bytes) -> dict[str, bytes]:
    # Counted before zipfile makes an object of each.
    if content.count(_ENTRY) > MOST_ENTRIES:
        raise _too_many()
    files: dict[str, bytes] = {}
    left = MOST_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES:
                raise _too_many()
            for entry in entries:
                if entry.is_dir():
                    continue
                if entry.flag_bits & 0x1:
                    raise WordRefused(
                        "This file is protected with a password. Save it without one, and bring "
                        "it again."
                    )
                if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    raise WordRefused("The file is compressed in a way that Word does not use.")
                if entry.filename in files:
                    raise WordRefused("The file is broken: it holds two parts of the same name.")
                part = _part(archive, entry, left=left)
                left -= len(part)
                files[entry.filename] = part
    except WordRefused:
        raise
    except _BROKEN:
        raise _broken() from None
    return files


def _part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, *, left: int) -> bytes:
    pieces = []
    count = 0
    with archive.open(entry) as file:
        while piece := file.read(CHUNK):
            count += len(piece)
            if count > left:
                raise _too_large()
            if count > RATIO_COUNTS_FROM and count > MOST_RATIO * max(1, entry.compress_size):
                raise WordRefused(
                    f"The file grows more than {MOST_RATIO} times when unpacked, which no honest "
                    "document does."
                )
            pieces.append(piece)
    return b"".join(pieces)


def _tree(name: str, part: bytes, counter: _Counter) -> Element:
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import ParseError, XMLParser

    counter.bytes += len(part)
    if counter.bytes > MOST_XML_BYTES:
        raise _too_long()
    try:
        parser = XMLParser(target=_Builder(counter), forbid_dtd=True)
        parser.feed(part)
        tree = parser.close()
    except DefusedXmlException:
        raise WordRefused(
            "The file declares entities or a document type, which no Word document does."
        ) from None
    except (ParseError, ValueError, LookupError, AssertionError):
        raise WordRefused(
            "The file is damaged. Open it in Word, save it once more as .docx, and bring that."
        ) from None
    if not isinstance(tree, Element):
        raise _broken()
    return tree


def _joined(folder: str, target: str) -> str:
    """A target inside the file, as the name of its part; `..` never leads out."""
    if target.startswith("/"):
        folder = ""
    parts: list[str] = [each for each in folder.split("/") if each]
    for each in target.split("/"):
        if each == "..":
            parts = parts[:-1]
        elif each not in ("", "."):
            parts.append(each)
    return "/".join(parts)


def _has_macros() -> WordRefused:
    return WordRefused(
        "This file holds macros, which are programs. Save it as a Word document without macros "
        "(.docx), and bring that."
    )


def _broken() -> WordRefused:
    return WordRefused(
        "The file cannot be unpacked; it may have been cut off on its way. Save it once more as "
        ".docx, and bring that."
    )


def _too_many() -> WordRefused:
    return WordRefused(f"The file has more than {MOST_ENTRIES:,} parts.")


def _too_large() -> WordRefused:
    return WordRefused(
        f"The document is larger than {MOST_BYTES // 1_000_000} MB. Make its pictures smaller in "
        "Word (Picture Format > Compress Pictures), or bring it in two halves."
    )


def _too_long() -> WordRefused:
    return WordRefused("The document is too long to be read at once. Bring it in two halves.")
