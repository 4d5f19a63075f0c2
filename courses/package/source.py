"""The files of a package, from a folder or a zip, and the mistakes found in them.

What comes in is not trusted: names, sizes and ratios are checked before anything is read, and
counted while reading, because what a zip says of itself may be a lie.
"""

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from courses.package.layout import Layout
from courses.package.storage import FolderFiles, PackageRefused, StoredFiles, ZipFiles

__all__ = ["PackageProblem", "PackageRefused", "PackageSource"]

LARGEST_TEXT = 1_000_000
# All texts of a package together: a long book has a tenth of this.
LARGEST_TEXTS = 10_000_000
MOST_PROBLEMS = 500
# The time to read a key grows with the square of its dots.
MANY_DOTS = re.compile(
    r"""(?<![\w"'-])(?:(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*){16}[\w"'-]""", re.ASCII
)
_TOML_LINE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")


@dataclass(frozen=True, order=True)
class PackageProblem:
    """One mistake, where it stands, and what is wrong, as a sentence."""

    path: str
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.sentence}"


@dataclass
class PackageSource:
    """Files by their path inside the package (`01-meridians/module.toml`)."""

    files: StoredFiles
    problems: list[PackageProblem] = field(default_factory=list)
    # Filled by courses before the parts read their share.
    modules: dict[str, UUID] = field(default_factory=dict)
    """Folder name → key."""
    lessons: dict[str, UUID] = field(default_factory=dict)
    """`01-meridians/01-a-map` → key."""
    objectives: dict[str, UUID] = field(default_factory=dict)
    """Code → key."""
    references: set[str] = field(default_factory=set)
    glossary: set[str] = field(default_factory=set)
    charts: list[dict[str, Any]] = field(default_factory=list)
    """As `courses.charts.chart_record` makes them, without numbers of references."""
    figures: list[dict[str, Any]] = field(default_factory=list)
    """As `courses.reading.figure_record` makes them; without sizes while it is not kept."""
    _texts: dict[str, str] = field(default_factory=dict, repr=False)
    _tables: dict[str, dict[str, Any] | None] = field(default_factory=dict, repr=False)
    _layouts: dict[str, Layout] = field(default_factory=dict, repr=False)
    _text_bytes: int = 0

    @classmethod
    def open(cls, path: Path) -> "PackageSource":
        """A folder or a zip file. Errors: PackageRefused."""
        if path.is_dir():
            return cls(FolderFiles(path))
        if path.is_file():
            return cls(ZipFiles(path))
        raise PackageRefused(f"There is no folder or zip file at {path}.")

    @classmethod
    def from_zip(cls, content: bytes) -> "PackageSource":
        """A zip as it was uploaded. Errors: PackageRefused."""
        return cls(ZipFiles(content))

    def paths(self) -> list[str]:
        return sorted(self.files.names())

    def has(self, path: str) -> bool:
        return path in self.files.names()

    def read_bytes(self, path: str) -> bytes:
        """Errors: PackageRefused when the zip lied about the file."""
        return self.files.read(path)

    def read_text(self, path: str) -> str:
        """UTF-8 with unix line ends. What is not UTF-8 is a mistake and reads as nothing.

        Errors: PackageRefused when all texts together are too long.
        """
        if path not in self._texts:
            self._texts[path] = self._decode(path)
        return self._texts[path]

    def _decode(self, path: str) -> str:
        content = self.read_bytes(path)
        if len(content) > LARGEST_TEXT:
            self.problem(path, 1, f"the file is larger than {LARGEST_TEXT // 1000:,} kB")
            return ""
        self._text_bytes += len(content)
        if self._text_bytes > LARGEST_TEXTS:
            raise PackageRefused(
                f"The texts of the package are longer than {LARGEST_TEXTS // 1_000_000} MB."
            )
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            self.problem(path, line, "the file is not UTF-8 text")
            return ""
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        if "\x00" in text:
            line = text[: text.index("\x00")].count("\n") + 1
            self.problem(path, line, "the file holds a NUL character")
            return ""
        return text

    def toml(self, path: str) -> dict[str, Any] | None:
        """The tables of a TOML file; None when its syntax breaks (the mistake is noted once)."""
        if path not in self._tables:
            self._tables[path] = self.parse_toml(path, self.read_text(path))
        return self._tables[path]

    def parse_toml(self, path: str, text: str, *, before: int = 0) -> dict[str, Any] | None:
        """TOML out of a file that has `before` lines of other text above it."""
        dots = MANY_DOTS.search(text)
        if dots is not None:
            line = text[: dots.start()].count("\n") + 1
            self.problem(path, before + line, "this TOML has a key of too many parts")
            return None
        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            sentence = str(error)
            found = _TOML_LINE.search(sentence)
            line = int(found[1]) if found and found[1] else text.count("\n") + 1
            said = _TOML_LINE.sub("", sentence)
            self.problem(path, before + line, f"this is not valid TOML: {said}")
        except ValueError:  # Python converts at most some thousand digits.
            self.problem(path, before + 1, "this TOML holds a number of too many digits")
        except RecursionError:
            self.problem(path, before + 1, "this TOML is nested too deeply")
        return None

    def line_of(self, path: str, needle: str, nth: int = 0) -> int:
        """The line (from 1) of the `nth` line that begins with `needle`; 1 when there is none."""
        return self.layout(path).begins_with(needle, nth) or 1

    def layout(self, path: str) -> Layout:
        if path not in self._layouts:
            self._layouts[path] = Layout(self.read_text(path))
        return self._layouts[path]

    def problem(self, path: str, line: int, sentence: str) -> None:
        """Note a mistake. The sentence gets its capital letter and full stop here."""
        if len(self.problems) >= MOST_PROBLEMS:
            return
        sentence = sentence.strip()
        if not re.match(r"\S*(?:/|\.\w)", sentence):  # The name of a file keeps its letters.
            sentence = sentence[:1].upper() + sentence[1:]
        if not sentence.endswith((".", "!", "?")):
            sentence += "."
        found = PackageProblem(path, max(1, line), sentence)
        if found not in self.problems:
            self.problems.append(found)
