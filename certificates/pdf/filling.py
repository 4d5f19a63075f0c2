"""A page that was laid out once, filled again and again with the few lines that differ.

`Frozen.of(document, slots)` takes a document that the layout engine has set for one record, finds
the lines of `slots` in its content streams, and keeps every other object as bytes. `fill` shapes
the lines of another record with the same font files, draws its QR code, and writes the file. It
answers None whenever a letter is not in the font or a line is too wide: then the page is laid out
anew, which is slower and always right.

This reads how WeasyPrint writes a content stream, which is no promise of that library. So its
version is pinned, `of` refuses a document in which it does not find each line exactly as it would
set it itself, and a test compares filled and laid-out files: text, structure, pixels.
"""

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache, partial
from typing import Any, Final

from certificates.pdf import lines
from certificates.pdf.lines import Face, Features, Glyph
from certificates.pdf.qr import QUIET_ZONE, dark_runs

# Letters that a filled line may need beyond those of the page it was made from. Each one makes
# every filled file larger, so names in rarer scripts are laid out instead.
PLAIN: Final = "".join(map(chr, range(0x21, 0x7F))) + " ·–’"
EUROPEAN: Final = PLAIN + "".join(map(chr, range(0xC0, 0x180))) + "‘“”"
_LIGATURES: Final = ("ff", "fi", "fl", "ffi", "ffl", "fj", "ffj", "ft", "fft", "tt", "Th")
# How far a letter that we set may stand from where the engine set it, in thousandths of the size
# of the font: the engine cuts every kerning to a whole number, and that adds up along a line.
_TOLERANCE: Final = 6.0
_PER_LETTER: Final = 0.5


class Align(Enum):
    LEFT = 0.0
    CENTER = 0.5
    RIGHT = 1.0


@dataclass(frozen=True)
class Slot:
    """One line that differs from record to record."""

    name: str
    text: str
    align: Align
    most: float
    """The widest it may be, in points."""
    letters: str = PLAIN
    """What it may be written in."""
    times: int = 1
    """How often it stands in the document; 0: as often as it is found, at least once."""


class NotFillable(Exception):
    """The document is not as it must be to be filled. It is right all the same."""


@dataclass(frozen=True)
class _Place:
    """Where a slot stands in one content stream."""

    slot: str
    align: Align
    matrix: int
    """Index of the Tm operator among the operators of the stream."""
    show: int
    x: float
    y: bytes
    size: float
    font: str
    width: float
    features: Features
    spacing: float
    most: float


@dataclass(frozen=True)
class _Text:
    """A string of a dictionary (title, address, text for the eye that cannot see)."""

    owner: Any
    string: Any
    pattern: str


class Frozen:
    """A document that can be filled. Not to be used by two threads at once."""

    def __init__(self) -> None:
        self._faces: dict[str, Face] = {}
        self._widths: dict[str, dict[int, float]] = {}
        self._places: dict[int, list[_Place]] = {}
        self._streams: dict[int, list[bytes]] = {}
        self._qr: tuple[int, int, int, int] | None = None  # stream, first, end, modules
        self._texts: list[_Text] = []
        self._fixed = b""
        self._offsets: dict[int, tuple[int, int, int]] = {}
        self._moving: list[int] = []
        self._dates: list[Any] = []
        self._catalog = self._info = b""
        self._size = 0
        self._dictionaries: dict[int, Any] = {}

    @classmethod
    def of(
        cls,
        document: Any,
        slots: Sequence[Slot],
        *,
        texts: Mapping[str, str],
        qr_text: str,
        **options: Any,
    ) -> "Frozen":
        """`document` is laid out for the record that the slots and `texts` tell.

        `texts` are values that stand inside strings of the file, by name, such as its title; the
        same names are given to `fill`. Errors: NotFillable.
        """
        frozen = cls()
        frozen._seed(document, slots)
        document.write_pdf(
            finisher=lambda _, pdf: frozen._take(pdf, slots, texts, qr_text), **options
        )
        return frozen

    # ------------------------------------------------------------ taking it apart

    def _seed(self, document: Any, slots: Sequence[Slot]) -> None:
        """Paint the pages once to learn the fonts of the slots, and add letters to those."""
        from weasyprint.pdf.stream import Stream

        for number, page in enumerate(document.pages):
            stream = Stream(
                document.fonts, (0, 0, page.width, page.height), _resources(), {}, None, {}, None
            )
            page.paint(stream, 0.75)
            self._streams[number] = [_bytes(item) for item in stream.stream]
        for font in document.fonts.values():
            self._faces.setdefault(font.hash, Face(bytes(font.file_content)))
            self._know_widths(font)
        letters: dict[str, set[str]] = {}
        for slot in slots:
            for _, place in self._found(slot):
                letters.setdefault(place.font, set()).update(slot.letters)
        for font in document.fonts.values():
            wanted = letters.get(font.hash)
            if wanted:
                self._add_letters(font, wanted)
                self._know_widths(font)

    def _know_widths(self, font: Any) -> None:
        self._widths.setdefault(font.hash, {}).update(
            {number: float(wide) for number, wide in font.widths.items()}
        )

    def _add_letters(self, font: Any, letters: set[str]) -> None:
        face = self._faces[font.hash]
        for features in (lines.FEATURES[0], lines.FEATURES[1]):
            for text in (*sorted(letters), *_LIGATURES):
                glyphs = face.shape(text, features)
                if glyphs is not None and len(glyphs) == 1:
                    number = glyphs[0].number
                    font.to_unicode.setdefault(number, text)
                    font.widths.setdefault(number, face.width_of(number))

    def _take(
        self, pdf: Any, slots: Sequence[Slot], texts: Mapping[str, str], qr_text: str
    ) -> None:
        pdf.add_object(pdf.info)
        streams = [each for each in pdf.objects if _is_page_content(each)]
        self._streams = {each.number: [_bytes(item) for item in each.stream] for each in streams}
        for slot in slots:
            self._find(slot)
        self._find_qr(pdf, qr_text)
        self._find_texts(pdf, texts)
        self._freeze(pdf)

    def _find(self, slot: Slot) -> None:
        found = list(self._found(slot))
        if slot.text and len(found) != (slot.times or max(1, len(found))):
            raise NotFillable(f"{slot.name} stands {len(found)} times in the document")
        for number, place in found:
            self._places.setdefault(number, []).append(place)

    def _found(self, slot: Slot) -> Iterator[tuple[int, _Place]]:
        if slot.text:
            for number in self._streams:
                yield from self._places_in(number, slot)

    def _places_in(self, number: int, slot: Slot) -> Iterator[tuple[int, _Place]]:
        matrix, font, size = -1, "", 0.0
        operators = self._streams[number]
        # Every line of the page is compared with this one text.
        glyphs_in = cache(partial(self._glyphs, slot.text))
        for index, operator in enumerate(operators):
            if operator.endswith(b" Tm"):
                matrix = index
            elif operator.endswith(b" Tf"):
                name, points, _ = operator.decode().split()
                font, size = name[1:], float(points)
            elif operator.endswith(b"] TJ") and font in self._faces:
                set_as = self._set_as(operator, font, glyphs_in)
                if set_as is None:
                    continue
                features, spacing = set_as
                *turn, x, y, _ = operators[matrix].split()
                if turn != [b"1", b"0", b"0", b"-1"]:
                    raise NotFillable(f"{slot.name} is turned")
                glyphs = glyphs_in(font, features)
                if glyphs is None:
                    continue
                yield (
                    number,
                    _Place(
                        slot=slot.name,
                        align=slot.align,
                        matrix=matrix,
                        show=index,
                        x=float(x),
                        y=y,
                        size=size,
                        font=font,
                        width=lines.width(glyphs, spacing=spacing) * size / 1000,
                        features=features,
                        spacing=spacing,
                        most=slot.most / 0.75,
                    ),
                )

    def _set_as(
        self, operator: bytes, font: str, glyphs_in: Callable[[str, Features], list[Glyph] | None]
    ) -> tuple[Features, float] | None:
        """With which features and letter spacing the engine set this text here; None: it is
        another text."""
        try:
            numbers, begins = lines.positions(operator, self._widths[font])
        except (ValueError, KeyError):
            return None
        for features in lines.FEATURES:
            glyphs = glyphs_in(font, features)
            if glyphs is None or [glyph.number for glyph in glyphs] != numbers:
                continue
            gaps = max(1, len(glyphs) - 1)
            bare = lines.width(glyphs[:-1], spacing=0)
            # The first letter has its spacing on one side only; over a line that averages out.
            spacing = (begins[-1] - bare) / gaps if len(glyphs) > 1 else 0.0
            spacing = 0.0 if abs(spacing) < 1 else spacing
            at, deviates = 0.0, 0.0
            for glyph, begin in zip(glyphs, begins, strict=True):
                deviates = max(deviates, abs(begin - at))
                at += glyph.advance + spacing
            if deviates <= _TOLERANCE + _PER_LETTER * len(glyphs) + abs(spacing) / 2:
                return features, spacing
        return None

    def _glyphs(self, text: str, font: str, features: Features) -> list[Glyph] | None:
        """None: a letter is not among those that the file carries."""
        glyphs = self._faces[font].shape(text, features)
        widths = self._widths[font]
        if glyphs is None or any(glyph.number not in widths for glyph in glyphs):
            return None
        return glyphs

    def _find_qr(self, pdf: Any, qr_text: str) -> None:
        """The block of path operators that draws the modules: the only long one in a page."""
        runs, modules = dark_runs(qr_text)
        blocks = []
        for number, operators in self._streams.items():
            first = None
            for index, operator in enumerate([*operators, b""]):
                is_path = operator.endswith((b" m", b" l")) or operator == b"h"
                if is_path and first is None:
                    first = index
                elif not is_path and first is not None:
                    begins = sum(each.endswith(b" m") for each in operators[first:index])
                    # The engine begins every path with a move to nowhere in particular.
                    if begins == len(runs) + 1:
                        blocks.append((number, first + 1, index))
                    first = None
        if len(blocks) != 1:
            raise NotFillable(f"{len(blocks)} drawings could be the QR code")
        number, first, end = blocks[0]
        corners = [
            tuple(map(float, operator.split()[:2]))
            for operator in self._streams[number][first:end]
            if operator.endswith(b" m")
        ]
        if corners != [(x + QUIET_ZONE, y + QUIET_ZONE) for x, y, _ in runs]:
            raise NotFillable("the QR code is not drawn as we would draw it")
        self._qr = (number, first, end, modules)

    def _find_texts(self, pdf: Any, texts: Mapping[str, str]) -> None:
        """Strings with one of the values in them. Each value must be found somewhere: what stays
        unnoticed would go on telling of the first holder."""
        missing = {name for name, value in texts.items() if value}
        # Longest first: a title holds other values, and is a value itself.
        longest_first = sorted(texts, key=lambda name: -len(texts[name]))
        for owner in pdf.objects:
            for string in _strings(owner):
                pattern = _braced(str(string.string))
                for name in longest_first:
                    value = _braced(texts[name])
                    if value and value in pattern:
                        missing.discard(name)
                        pattern = pattern.replace(value, f"{{{name}}}")
                if pattern != _braced(str(string.string)):
                    self._texts.append(_Text(owner, string, pattern))
        if missing:
            raise NotFillable(f"{sorted(missing)} stands nowhere in the strings of the file")

    def _freeze(self, pdf: Any) -> None:
        """Every object that does not differ, as bytes with their places in the file."""
        moving = set(self._places) | {text.owner.number for text in self._texts}
        if self._qr is not None:
            moving.add(self._qr[0])
        self._moving = sorted(moving)
        self._dictionaries = {
            number: pdf.objects[number] for number in moving if number not in self._streams
        }
        content = bytearray(b"%PDF-1.7\n%\xf0\x9f\x96\xa4\n")
        packed = []
        for each in pdf.objects:
            if each.free == "f" or each.number in moving:
                continue
            if each.compressible and each is not pdf.catalog:
                packed.append(each)
                continue
            self._offsets[each.number] = (1, len(content), 0)
            content += each.indirect + b"\n"
        store = len(pdf.objects)
        head, body, at = [], [], 0
        for index, each in enumerate(packed):
            data = each.data
            head.append(f"{each.number} {at}")
            body.append(data)
            at += len(data) + 1
            self._offsets[each.number] = (2, store, index)
        first = " ".join(head).encode() + b"\n"
        packed_data = zlib.compress(first + b"\n".join(body), 9)
        self._offsets[store] = (1, len(content), 0)
        content += (
            b"%d 0 obj\n<</Type /ObjStm/N %d/First %d/Filter /FlateDecode/Length %d>>\nstream\n"
            % (store, len(packed), len(first), len(packed_data))
        )
        content += packed_data + b"\nendstream\nendobj\n"
        self._fixed = bytes(content)
        self._size = store + 1
        self._catalog, self._info = pdf.catalog.reference, pdf.info.reference

    # ------------------------------------------------------------ putting it together

    def fill(
        self,
        values: Mapping[str, str],
        *,
        texts: Mapping[str, str],
        qr_text: str,
        identifier: bytes,
    ) -> bytes | None:
        """The file of another record; None: a line does not fit, or a letter is not at hand."""
        runs, modules = dark_runs(qr_text)
        if self._qr is None or modules != self._qr[3]:
            return None
        content = bytearray(self._fixed)
        offsets = dict(self._offsets)
        streams = {}
        for number, operators in self._streams.items():
            filled = self._filled(number, operators, values, runs)
            if filled is None:
                return None
            streams[number] = filled
        for text in self._texts:
            text.string.string = text.pattern.format_map(texts)
        for number in self._moving:
            offsets[number] = (1, len(content), 0)
            if number in streams:
                data = zlib.compress(streams[number], 6)
                content += b"%d 0 obj\n<</Filter /FlateDecode/Length %d>>\nstream\n" % (
                    number,
                    len(data),
                )
                content += data + b"\nendstream\nendobj\n"
            else:
                # Not its own number: the library has counted on since.
                data = self._dictionaries[number].data
                content += b"%d 0 obj\n%s\nendobj\n" % (number, data)
        self._write_end(content, offsets, identifier)
        return bytes(content)

    def _filled(
        self,
        number: int,
        operators: list[bytes],
        values: Mapping[str, str],
        runs: list[tuple[int, int, int]],
    ) -> bytes | None:
        places = self._places.get(number, ())
        is_drawn_here = self._qr is not None and self._qr[0] == number
        if not places and not is_drawn_here:
            return b""
        operators = list(operators)
        for place in places:
            glyphs = self._glyphs(values.get(place.slot, ""), place.font, place.features)
            if not glyphs:
                return None
            wide = lines.width(glyphs, spacing=place.spacing) * place.size / 1000
            if wide > place.most:
                return None
            x = place.x + (place.width - wide) * place.align.value
            operators[place.matrix] = b"1 0 0 -1 %.6f %s Tm" % (x, place.y)
            operators[place.show] = lines.show(
                glyphs, widths=self._widths[place.font], spacing=place.spacing
            )
        if is_drawn_here and self._qr is not None:
            _, first, end, _ = self._qr
            operators[first:end] = [
                b"%d %d %d 1 re" % (x + QUIET_ZONE, y + QUIET_ZONE, length) for x, y, length in runs
            ]
        return b"\n".join(operators)

    def _write_end(
        self, content: bytearray, offsets: dict[int, tuple[int, int, int]], identifier: bytes
    ) -> None:
        """The cross-reference stream: type, place, and place inside the store of objects."""
        own = self._size
        offsets[own] = (1, len(content), 0)
        table = bytearray(b"\0\0\0\0\0\xff\xff")
        for number in range(1, own + 1):
            kind, place, index = offsets[number]
            table += kind.to_bytes(1) + place.to_bytes(4) + index.to_bytes(2)
        data = zlib.compress(bytes(table), 6)
        mark = identifier.hex().encode()
        start = len(content)
        content += (
            b"%d 0 obj\n<</Type /XRef/Size %d/W [1 4 2]/Root %s/Info %s/ID [<%s> <%s>]"
            b"/Filter /FlateDecode/Length %d>>\nstream\n"
            % (own, own + 1, self._catalog, self._info, mark, mark, len(data))
        )
        content += data + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % start


def _braced(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _resources() -> Any:
    import pydyf

    names = ("ExtGState", "XObject", "Pattern", "Shading", "ColorSpace")
    return pydyf.Dictionary({name: pydyf.Dictionary() for name in names})


def _is_page_content(each: Any) -> bool:
    from weasyprint.pdf.stream import Stream

    return isinstance(each, Stream) and not each.extra


def _bytes(item: Any) -> bytes:
    if isinstance(item, bytes):
        return item
    data = getattr(item, "data", None)
    return data if isinstance(data, bytes) else str(item).encode()


def _strings(value: Any) -> Iterator[Any]:
    import pydyf

    if isinstance(value, pydyf.String):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)
