"""Bytes that are not trusted: text of unknown encoding, XML, zips."""

import io
import re
import stat
import zipfile
import zlib
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element, TreeBuilder

from courses.package.storage import CHUNK, MOST_RATIO, RATIO_COUNTS_FROM
from quizzes.interchange.errors import InterchangeRefused

# A thousand long questions have a fifth of this; pictures inside are what makes files large.
MOST_BYTES: Final = 20_000_000
MOST_UNZIPPED: Final = 60_000_000
MOST_ENTRIES: Final = 2_000
MOST_ELEMENTS: Final = 400_000
DEEPEST: Final = 100
LONGEST_TEXT: Final = 5_000_000
_ENTRY: Final = b"PK\x01\x02"
_DRIVE: Final = re.compile(r"[A-Za-z]:")
_DECLARED: Final = re.compile(rb"""<\?xml[^>]{0,80}encoding=["']([A-Za-z0-9._-]{1,30})["']""")
_KEBAB: Final = re.compile(r"-([a-z])")
_BROKEN: Final = (
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


def check_size(content: bytes) -> None:
    if len(content) > MOST_BYTES:
        raise InterchangeRefused(
            f"The file is larger than {MOST_BYTES // 1_000_000} MB. Bring it in parts."
        )


@dataclass(frozen=True)
class DecodedText:
    text: str
    guessed: str = ""
    """How it was read, when the file does not say it in a way that is sure."""


def decoded(content: bytes, *, longest: int = LONGEST_TEXT) -> DecodedText:
    """Text with unix line ends. Errors: InterchangeRefused."""
    check_size(content)
    guessed = ""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = _decode(content, "utf-16")
    elif content[:400].count(0) > len(content[:400]) // 4:
        text = _decode(content, "utf-16-le" if content[1:2] == b"\x00" else "utf-16-be")
        guessed = "UTF-16"
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            # What Windows has called plain text for thirty years.
            text = _decode(content, "cp1252")
            guessed = "Windows-1252 (Latin-1)"
    if "\x00" in text:
        raise InterchangeRefused("The file holds NUL characters, so it is no text.")
    if len(text) > longest:
        raise InterchangeRefused(f"The text is longer than {longest:,} characters.")
    return DecodedText(text.replace("\r\n", "\n").replace("\r", "\n"), guessed)


def _decode(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        raise InterchangeRefused(
            "The letters of this file cannot be read. Save it as UTF-8, and bring it again."
        ) from None


# ------------------------------------------------------------------------------- XML


class _Builder(TreeBuilder):
    """Counts elements and depth, and writes the line of each where readers find it."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[int, int] = {}
        self.parser: object = None
        self._depth = 0
        self._count = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._depth += 1
        self._count += 1
        if self._depth > DEEPEST:
            raise InterchangeRefused("The file is nested too deeply to be read.")
        if self._count > MOST_ELEMENTS:
            raise InterchangeRefused("The file has too many elements. Bring it in parts.")
        element = super().start(tag, attrs)
        element.set("{line}", str(getattr(self.parser, "CurrentLineNumber", 0)))
        return element

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)


def xml_tree(content: bytes, *, name: str = "The file") -> Element:
    """Without entities, document types and outside fetches. Names without their namespaces, and
    those of QTI 3 as QTI 2 has them. Errors: InterchangeRefused."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import ParseError, XMLParser

    check_size(content)
    declared = _DECLARED.match(content.lstrip()[:200])
    text = content
    if declared is None or declared[1].lower() in (b"utf-8", b"utf8"):
        # A file that says UTF-8 and is not is common, and a sentence better than a parse error.
        # Pictures stand in it as letters, so a file may be one long text.
        text = decoded(content, longest=MOST_BYTES).text.lstrip("\ufeff \n\t").encode()
        text = re.sub(rb"^<\?xml[^>]{0,200}\?>", b"", text, count=1)
    builder = _Builder()
    try:
        parser = XMLParser(target=builder, forbid_dtd=True)
        builder.parser = parser.parser
        parser.feed(text)
        tree = parser.close()
    except DefusedXmlException:
        raise InterchangeRefused(
            f"{name} declares a document type or entities, which are not read here."
        ) from None
    except ParseError as error:
        raise InterchangeRefused(
            f"{name} is no well-formed XML (line {error.position[0]})."
        ) from None
    except (ValueError, LookupError, AssertionError, UnicodeError):
        raise InterchangeRefused(f"{name} is no XML that can be read.") from None
    if not isinstance(tree, Element):
        raise InterchangeRefused(f"{name} is empty.")
    for each in tree.iter():
        each.tag = _plain_name(str(each.tag))
        for key in list(each.attrib):
            plain = _plain_name(key)
            if plain != key and key != "{line}":
                each.attrib[plain] = each.attrib.pop(key)
    return tree


def line_of(element: Element) -> int:
    return int(element.get("{line}", "0"))


def _plain_name(name: str) -> str:
    name = name.rpartition("}")[2] if name != "{line}" else name
    if name.startswith("qti-"):
        name = name.removeprefix("qti-")
        return _KEBAB.sub(lambda found: found[1].upper(), name)
    return _KEBAB.sub(lambda found: found[1].upper(), name)


# ------------------------------------------------------------------------------- zips


def unzipped(content: bytes) -> dict[str, bytes]:
    """Every file of a zip by its path. What a zip says of itself may be a lie, so bytes are
    counted while they come. Errors: InterchangeRefused."""
    check_size(content)
    if content.count(_ENTRY) > MOST_ENTRIES:
        raise InterchangeRefused(f"The zip has more than {MOST_ENTRIES:,} files.")
    files: dict[str, bytes] = {}
    left = MOST_UNZIPPED
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.infolist():
                _check_entry(entry)
                if entry.is_dir() or entry.filename.startswith("__MACOSX/"):
                    continue
                if entry.filename in files:
                    raise InterchangeRefused("The zip has two files of the same name.")
                part = _part(archive, entry, left=left)
                left -= len(part)
                files[entry.filename] = part
    except InterchangeRefused:
        raise
    except _BROKEN:
        raise InterchangeRefused(
            "The zip cannot be unpacked; it may have been cut off on its way."
        ) from None
    return files


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.orig_filename
    if len(name) > 400 or "\x00" in name:
        raise InterchangeRefused("The zip has a file with a name that cannot be.")
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or ".." in parts or _DRIVE.match(name):
        raise InterchangeRefused(f"The zip has a file that leads out of it: “{name[:80]}”.")
    if entry.flag_bits & 0x1:
        raise InterchangeRefused("The zip is protected with a password.")
    if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise InterchangeRefused(f"“{name[:80]}” is a link or a device; plain files are read only.")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise InterchangeRefused(f"“{name[:80]}” is compressed in a way that is not understood.")
    if name.lower().endswith(".zip"):
        raise InterchangeRefused("The zip holds another zip. Unpack it, and bring the inner one.")


def _part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, *, left: int) -> bytes:
    pieces = []
    count = 0
    with archive.open(entry) as file:
        while piece := file.read(CHUNK):
            count += len(piece)
            if count > left:
                raise InterchangeRefused(
                    f"The zip is larger than {MOST_UNZIPPED // 1_000_000} MB when unpacked."
                )
            if count > RATIO_COUNTS_FROM and count > MOST_RATIO * max(1, entry.compress_size):
                raise InterchangeRefused(
                    f"A file of the zip grows more than {MOST_RATIO} times when unpacked, which no "
                    "honest one does."
                )
            pieces.append(piece)
    return b"".join(pieces)
