"""A document made plain before mammoth reads it.

Three programs write the same thing in many ways, and the format holds much that a lesson has no
room for. Here the parts are walked once: what can be kept is written anew in the plainest form,
with every list item carrying its own number; what cannot is told. mammoth then reads only what
was written here, never the file that came in.
"""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from courses.word.archive import Parts
from courses.word.equations import linear
from courses.word.images import KEPT, WordPicture, alternative_text, kind_of, slug_of
from courses.word.names import MC, PIC, WP, XML, A, M, R, V, W, child, loosen, switch, value, whole
from courses.word.notes import Notes
from courses.word.numbering import DEEPEST_LIST, Numbering
from courses.word.styles import Styles

MOST_COLUMNS: Final = 63
# Names that the converted document is recognized by; see `courses.word.blocks`.
ITEM_MARK: Final = "list-item-"
LANGUAGE_MARK: Final = "language-"

_RAISED = dict(zip("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ", strict=True)) | {"−": "⁻"}
_LOWERED = dict(zip("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎", strict=True)) | {"−": "₋"}
_ORDINAL = ("st", "nd", "rd", "th")
_HAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_EAST_ASIAN = re.compile(r"(?:zh|ja|ko)(?:-[A-Za-z0-9]{2,8}){0,2}")
_TRANSPARENT = {W + each for each in ("customXml", "smartTag", "ins", "moveTo", "dir", "bdo")}
_REMOVED = {W + "del", W + "moveFrom"}
_INSERTED = {W + "ins", W + "moveTo"}
_NOTES = {W + "footnoteReference": "footnote", W + "endnoteReference": "endnote"}
_HYPHENS = {W + "noBreakHyphen": "\u2011", W + "softHyphen": "\u00ad"}
_FIELD_PARTS = {W + "fldChar", W + "instrText"}


class Preparation:
    """One document. `write` does the work; afterwards `pictures` holds what the text names."""

    def __init__(
        self, parts: Parts, notes: Notes, *, language: str, progress: Callable[[float], None]
    ) -> None:
        self.pictures: dict[str, WordPicture] = {}
        self._parts = parts
        self._notes = notes
        self._language = language.partition("-")[0].lower()
        self._progress = progress
        self._styles = Styles(self._tree("styles"))
        self._numbering = Numbering(self._tree("numbering"), self._styles)
        self._part = parts.main
        self._relations = parts.relations(parts.main)
        self._links: list[str] = []
        self._cited: dict[str, list[str]] = {"footnote": [], "endnote": []}
        self._written_notes = {kind: self._note_bodies(kind) for kind in self._cited}
        # Blocks that were anchored in the paragraph being read: text boxes.
        self._floating: list[Element] = []
        # Runs of a paragraph whose end was deleted: they begin the next one.
        self._carried: list[Element] = []
        self._is_in_note = False
        self._comments: set[str] = set()

    def write(self) -> bytes:
        """The plain document, as a `.docx`."""
        self._tell_of_page_frames()
        document = Element(W + "document")
        body = SubElement(document, W + "body")
        source = child(self._main(), "body")
        count = len(source) if source is not None else 0
        for index, element in enumerate(source if source is not None else ()):
            if index % 50 == 0:
                self._progress(index / count)
            body.extend(self._block(element, inside="body"))
        body.extend(self._left_over())
        if self._comments:
            many = len(self._comments)
            self._notes.tell_once(
                "one comment was left out" if many == 1 else f"{many} comments were left out"
            )
        files = {"word/document.xml": document, "word/numbering.xml": _numbering()}
        for kind, names in self._cited.items():
            files[f"word/{kind}s.xml"] = self._notes_part(kind, names)
        return _packed(files, self._links)

    def _main(self) -> Element:
        tree = self._parts.tree(self._parts.main)
        assert tree is not None  # noqa: S101 – Parts has looked.
        loosen(tree)
        return tree

    def _tree(self, kind: str) -> Element | None:
        name = next(iter(self._parts.related(self._parts.main, kind)), f"word/{kind}.xml")
        tree = self._parts.tree(name)
        if tree is not None:
            loosen(tree)
        return tree

    # ------------------------------------------------------------ blocks

    def _block(self, element: Element, *, inside: str) -> Iterator[Element]:
        """`inside`: body, box, cell or note. Only headings of the body cut the text."""
        tag = element.tag
        if tag == W + "p":
            yield from self._paragraph(element, inside=inside)
        elif tag == W + "tbl":
            yield from self._table(element, inside=inside)
        elif tag in (M + "oMathPara", M + "oMath"):
            yield self._plain(self._equation(element))
        elif tag == W + "sdt":
            gallery = value(element, "sdtPr", "docPartObj", "docPartGallery") or ""
            if gallery.lower() == "table of contents":
                self._tell_of_contents()
            else:
                yield from self._blocks(child(element, "sdtContent"), inside=inside)
        elif tag in _TRANSPARENT:
            self._tell_of_change(tag)
            yield from self._blocks(element, inside=inside)
        elif tag in _REMOVED:
            self._tell_of_change(tag)
        elif tag == MC + "AlternateContent":
            yield from self._blocks(_alternative(element), inside=inside)
        elif tag == W + "altChunk":
            self._notes.tell("another file that is set into this one was left out")

    def _blocks(self, parent: Element | None, *, inside: str) -> Iterator[Element]:
        for element in parent if parent is not None else ():
            yield from self._block(element, inside=inside)

    def _paragraph(self, element: Element, *, inside: str) -> Iterator[Element]:
        properties = child(element, "pPr")
        style = value(properties, "pStyle") or ""
        meaning, level = self._styles.meaning(style)
        outline = value(properties, "outlineLvl")
        if outline is not None and meaning == "text" and whole(outline, default=9) < 9:
            meaning, level = "heading", whole(outline, default=9) + 1
        if meaning == "contents":
            self._tell_of_contents()
            return
        if inside != "body" and meaning in ("title", "subtitle", "heading"):
            meaning = "text"
        if meaning in ("title", "heading"):
            self._notes.enter(_letters(element))
        outer_floating, self._floating = self._floating, []
        runs = list(self._inline(element))
        floating, self._floating = self._floating, outer_floating
        if child(properties, "rPr", "del") is not None:
            self._tell_of_change(W + "del")
            self._carried += runs
            yield from floating
            return
        runs, self._carried = self._carried + runs, []
        written = Element(W + "p")
        pr = SubElement(written, W + "pPr")
        if meaning in ("title", "subtitle", "quote"):
            SubElement(pr, W + "pStyle", {W + "val": meaning})
        elif meaning == "heading":
            SubElement(pr, W + "pStyle", {W + "val": f"heading{level}"})
        if meaning == "text" and inside != "note":
            self._number(element, style, written, pr)
        written.extend(runs)
        yield written
        yield from floating

    def _number(self, element: Element, style: str, written: Element, pr: Element) -> None:
        item = self._numbering.item(element, style)
        if item is None:
            return
        if item.is_relabeled:
            self._notes.tell_once("lists with letters or Roman numerals were numbered 1, 2, 3")
        numbers = SubElement(pr, W + "numPr")
        SubElement(numbers, W + "ilvl", {W + "val": str(item.level)})
        SubElement(numbers, W + "numId", {W + "val": "2" if item.is_numbered else "1"})
        if item.is_numbered:
            name = f"{ITEM_MARK}{item.number}"
            SubElement(written, W + "bookmarkStart", {W + "id": "0", W + "name": name})

    def _plain(self, run: Element) -> Element:
        paragraph = Element(W + "p")
        paragraph.append(run)
        return paragraph

    def _left_over(self) -> Iterator[Element]:
        """What a deleted end of the last paragraph left."""
        if self._carried:
            paragraph = Element(W + "p")
            paragraph.extend(self._carried)
            self._carried = []
            yield paragraph

    def _table(self, element: Element, *, inside: str) -> Iterator[Element]:
        rows = []
        for row in _unwrapped(element, W + "tr"):
            if child(row, "trPr", "del") is not None:
                self._tell_of_change(W + "del")
                continue
            if child(row, "trPr", "ins") is not None:
                self._tell_of_change(W + "ins")
            rows.append([(cell, *_spans(cell)) for cell in _unwrapped(row, W + "tc")])
        cells = [each for row in rows for each in row]
        is_box = len(cells) == 1
        if is_box or inside in ("cell", "note"):
            if is_box:
                self._notes.tell("a frame around text was taken as plain paragraphs")
            else:
                self._notes.tell("a table inside a table or a footnote was taken as text")
            for cell, _, _ in cells:
                yield from self._blocks(cell, inside="box" if inside == "body" else inside)
            return
        if any(across > 1 or is_merged for _, across, is_merged in cells):
            self._notes.tell("merged cells of a table were taken apart; please look at it")
        written = Element(W + "tbl")
        for cells_of_row in rows:
            line = SubElement(written, W + "tr")
            for cell, across, is_merged in cells_of_row:
                box = SubElement(line, W + "tc")
                pr = SubElement(box, W + "tcPr")
                if across > 1:
                    SubElement(pr, W + "gridSpan", {W + "val": str(across)})
                if is_merged:
                    vertical = value(cell, "tcPr", "vMerge") or "continue"
                    SubElement(pr, W + "vMerge", {W + "val": vertical})
                box.extend(self._blocks(cell, inside="cell"))
                box.extend(self._left_over())
        if cells:
            yield written

    # ------------------------------------------------------------ inside a paragraph

    def _inline(self, parent: Element | None) -> Iterator[Element]:
        for element in parent if parent is not None else ():
            tag = element.tag
            if tag == W + "r":
                yield from self._run(element)
            elif tag == W + "hyperlink":
                yield from self._hyperlink(element)
            elif tag == W + "sdt":
                yield from self._inline(child(element, "sdtContent"))
            elif tag in _TRANSPARENT or tag == W + "fldSimple":
                self._tell_of_change(tag)
                yield from self._inline(element)
            elif tag in _REMOVED:
                self._tell_of_change(tag)
            elif tag in (M + "oMath", M + "oMathPara"):
                yield self._equation(element)
            elif tag == MC + "AlternateContent":
                yield from self._inline(_alternative(element))

    def _hyperlink(self, element: Element) -> Iterator[Element]:
        runs = list(self._inline(element))
        _, target, is_outside = self._relations.get(element.get(R + "id", ""), ("", "", False))
        if not is_outside:
            yield from runs
            return
        link = Element(W + "hyperlink", {R + "id": f"link{len(self._links)}"})
        # A web address inside a page is kept; a place in this document is not one.
        anchor = element.get(W + "anchor", "")
        self._links.append(target + (f"#{anchor}" if anchor and "#" not in target else ""))
        link.extend(runs)
        yield link

    def _run(self, element: Element) -> Iterator[Element]:
        properties = child(element, "rPr")
        bold, italic, hidden = self._styles.character(value(properties, "rStyle") or "")
        text = _letters(element)
        if _either(switch(properties, "vanish"), hidden):
            if text.strip():
                self._notes.tell("hidden text was left out")
            return
        if properties is not None and text.strip():
            self._tell_of_looks(properties, text)
        run = Element(W + "r")
        pr = SubElement(run, W + "rPr")
        if _either(switch(properties, "b"), bold):
            SubElement(pr, W + "b")
        if _either(switch(properties, "i"), italic):
            SubElement(pr, W + "i")
        letters = self._vertical(value(properties, "vertAlign") or "", text)
        run.extend(self._pieces(element, letters))
        language = child(properties, "lang")
        foreign = self._foreign(text, language)
        if foreign:
            link = Element(W + "hyperlink", {W + "anchor": LANGUAGE_MARK + foreign})
            link.append(run)
            yield link
        elif len(run) > 1:
            yield run

    def _pieces(self, element: Element, letters: Callable[[str], str]) -> Iterator[Element]:
        for each in element:
            tag = each.tag
            if tag == W + "t":
                yield _text(letters(re.sub(r"[\t\n\r]", " ", each.text or "")))
            elif tag in (W + "tab", W + "ptab"):
                yield Element(W + "tab")
            elif tag == W + "cr" or (
                tag == W + "br" and each.get(W + "type") in (None, "textWrapping")
            ):
                yield Element(W + "br")
            elif tag in _HYPHENS:
                yield _text(_HYPHENS[tag])
            elif tag == W + "sym":
                if re.fullmatch(r"[0-9A-Fa-f]{1,6}", each.get(W + "char", "")):
                    yield Element(W + "sym", each.attrib)
            elif tag in _NOTES:
                yield from self._note_reference(each)
            elif tag in _FIELD_PARTS:
                yield _copy(each)
            elif tag == W + "commentReference":
                self._comments.add(each.get(W + "id", ""))
            elif tag in (W + "drawing", W + "pict", W + "object"):
                yield from self._drawing(each)
            elif tag == MC + "AlternateContent":
                yield from self._pieces(_alternative(each), letters)
            elif tag == W + "ruby":
                for base in each.findall(f"{W}rubyBase/{W}r"):
                    yield from self._pieces(base, letters)

    def _vertical(self, place: str, text: str) -> Callable[[str], str]:
        """Raised and lowered letters: as small digits where there are some, told either way."""
        said = text.strip()
        if place not in ("superscript", "subscript") or not said or said.lower() in _ORDINAL:
            return lambda letters: letters
        small = _RAISED if place == "superscript" else _LOWERED
        word = "raised" if place == "superscript" else "lowered"
        if all(letter in small for letter in said):
            written = "".join(small[letter] for letter in said)
            self._notes.tell(f"the {word} ‘{said[:40]}’ was written as ‘{written[:40]}’")
            return lambda letters: "".join(small.get(letter, letter) for letter in letters)
        self._notes.tell(f"the {word} ‘{_short(said)}’ was taken as ordinary text")
        return lambda letters: letters

    def _foreign(self, text: str, language: Element | None) -> str:
        """The language of Chinese, Japanese or Korean words, where Word knows it.

        What Word says of Latin letters is the language of its spelling check, which is wrong too
        often to be read aloud by it.
        """
        said = "" if language is None else language.get(W + "eastAsia", "")
        words = text.strip()
        if not words or not _EAST_ASIAN.fullmatch(said):
            return ""
        if said.partition("-")[0].lower() == self._language:
            return ""
        return said if all(_HAN.match(each) or each.isspace() for each in words) else ""

    def _tell_of_looks(self, properties: Element, text: str) -> None:
        if switch(properties, "strike") or switch(properties, "dstrike"):
            self._notes.tell(f"the crossed-out ‘{_short(text)}’ was taken as ordinary text")
        if (value(properties, "u") or "none") != "none":
            self._notes.tell_once("underlining was left out, because on a page it looks like links")
        if (value(properties, "highlight") or "none") != "none":
            self._notes.tell_once("highlighting was left out")

    def _equation(self, element: Element) -> Element:
        text = linear(element)
        self._notes.tell(f"an equation was taken as the text ‘{_short(text)}’; please check it")
        run = Element(W + "r")
        run.append(_text(text))
        return run

    # ------------------------------------------------------------ pictures and boxes

    def _drawing(self, element: Element) -> Iterator[Element]:
        is_told = False
        boxes = _outermost(element, W + "txbxContent")
        for box in boxes:
            is_told = True
            if _letters(box).strip() or box.find(f".//{A}blip") is not None:
                self._notes.tell("a text box was taken as a paragraph")
            self._floating += list(self._blocks(box, inside="note" if self._is_in_note else "box"))
            self._floating += list(self._left_over())
        inside_boxes = {id(each) for box in boxes for each in box.iter()}
        own = [each for each in element.iter() if id(each) not in inside_boxes]
        described = next((each.get("descr", "") for each in own if each.tag == WP + "docPr"), "")
        for each in own:
            if each.tag == A + "blip":
                is_told = True
                yield from self._picture(each.get(R + "embed", ""), described)
            elif each.tag == PIC + "cNvPr":
                described = described or each.get("descr", "")
            elif each.tag == V + "shape":
                described = each.get("alt", "") or described
            elif each.tag == V + "imagedata":
                is_told = True
                yield from self._picture(each.get(R + "id", ""), described)
            elif each.tag == A + "graphicData":
                kind = each.get("uri", "").rpartition("/")[2]
                if kind in ("chart", "chartex", "diagram"):
                    is_told = True
                    self._notes.tell(
                        f"a {kind.removesuffix('ex')} was left out; bring it as picture"
                    )
        if not is_told:
            what = "an embedded object" if element.tag == W + "object" else "a drawn shape"
            self._notes.tell(f"{what} was left out")

    def _picture(self, relation: str, described: str) -> Iterator[Element]:
        kind, target, is_outside = self._relations.get(relation, ("", "", False))
        if self._is_in_note:
            self._notes.tell("a picture in a footnote was left out")
            return
        if is_outside or not relation:
            self._notes.tell(
                "a picture that lies outside the file was left out; nothing was fetched"
            )
            return
        content = self._parts.files.get(target)
        if kind != "image" or content is None:
            self._notes.tell("a picture that is missing in the file was left out")
            return
        kind = kind_of(content)
        if kind not in KEPT:
            self._notes.tell(
                "a picture of an unknown kind was left out"
                if kind == "unknown"
                else f"a picture of the kind {kind} was left out; insert it as PNG instead"
            )
            return
        slug = slug_of(content)
        alt = alternative_text(described)
        known = self.pictures.get(slug)
        if known is None or not known.alt:
            self.pictures[slug] = WordPicture(content, KEPT[kind], alt)
        if not alt and known is None:
            self._notes.tell("a picture has no alternative text yet")
        yield _drawing(slug)

    # ------------------------------------------------------------ footnotes

    def _note_bodies(self, kind: str) -> dict[str, Element]:
        tree = self._tree(f"{kind}s")
        return {
            each.get(W + "id", ""): each
            for each in (tree if tree is not None else ())
            if each.tag == W + kind
            and each.get(W + "type") in (None, "normal")
            and _letters(each).strip()
        }

    def _note_reference(self, element: Element) -> Iterator[Element]:
        kind = _NOTES[element.tag]
        name = element.get(W + "id", "")
        if name not in self._written_notes[kind] or self._is_in_note:
            return
        if name not in self._cited[kind]:
            self._cited[kind].append(name)
        number = self._cited[kind].index(name) + 1
        yield Element(element.tag, {W + "id": str(number)})

    def _notes_part(self, kind: str, names: list[str]) -> Element:
        """The notes that the text refers to, numbered as it names them."""
        part = next(iter(self._parts.related(self._parts.main, f"{kind}s")), f"word/{kind}s.xml")
        self._relations = self._parts.relations(part)
        self._is_in_note = True
        self._notes.place = f"In the {kind}s"
        written = Element(f"{W}{kind}s")
        for number, name in enumerate(names, start=1):
            note = SubElement(written, W + kind, {W + "id": str(number)})
            note.extend(self._blocks(self._written_notes[kind][name], inside="note"))
            note.extend(self._left_over())
        return written

    # ------------------------------------------------------------ telling

    def _tell_of_change(self, tag: str) -> None:
        if tag in _REMOVED:
            self._notes.tell("text that was marked as deleted was left out")
        elif tag in _INSERTED:
            self._notes.tell("text that was marked as inserted was taken")

    def _tell_of_contents(self) -> None:
        self._notes.tell_once("the table of contents was left out; the course makes its own")

    def _tell_of_page_frames(self) -> None:
        for kind in ("header", "footer"):
            for name in self._parts.related(self._parts.main, kind):
                tree = self._parts.tree(name)
                if tree is None:
                    continue
                loosen(tree)
                if any(letter.isalpha() for letter in _letters(tree)):
                    self._notes.tell_once(f"the {kind}s of the pages were left out")


# ---------------------------------------------------------------- small readers


def _letters(element: Element) -> str:
    return "".join(each.text or "" for each in element.iter(W + "t"))


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:59] + "…"


def _either(own: bool | None, of_style: bool | None) -> bool:
    return bool(of_style) if own is None else own


def _alternative(element: Element) -> Element:
    """The newer form of something that the file holds twice."""
    found = element.find(MC + "Choice")
    if found is None:
        found = element.find(MC + "Fallback")
    return found if found is not None else Element("nothing")


def _unwrapped(parent: Element, tag: str) -> Iterator[Element]:
    """Rows of a table, cells of a row, also where something is wrapped around them."""
    for element in parent:
        if element.tag == tag:
            yield element
        elif element.tag == W + "sdt":
            content = child(element, "sdtContent")
            if content is not None:
                yield from _unwrapped(content, tag)
        elif element.tag in _TRANSPARENT:
            yield from _unwrapped(element, tag)


def _outermost(element: Element, tag: str) -> list[Element]:
    found: list[Element] = []
    for each in element:
        found += [each] if each.tag == tag else _outermost(each, tag)
    return found


def _spans(cell: Element) -> tuple[int, bool]:
    across = whole(value(cell, "tcPr", "gridSpan"), default=1, lowest=1, highest=MOST_COLUMNS)
    return across, child(cell, "tcPr", "vMerge") is not None


# ---------------------------------------------------------------- small writers


def _text(letters: str) -> Element:
    element = Element(W + "t", {XML + "space": "preserve"})
    element.text = letters
    return element


def _copy(element: Element) -> Element:
    """A part of a field, with the state of its checkbox when it is one."""
    written = Element(element.tag, element.attrib)
    written.text = element.text
    box = child(element, "ffData", "checkBox")
    if box is not None:
        inner = SubElement(SubElement(written, W + "ffData"), W + "checkBox")
        inner.extend(Element(each.tag, each.attrib) for each in box)
    return written


def _drawing(slug: str) -> Element:
    """A picture whose description is its slug: all that the conversion needs to know of it."""
    drawing = Element(W + "drawing")
    inline = SubElement(drawing, WP + "inline")
    SubElement(inline, WP + "docPr", {"descr": slug})
    data = SubElement(SubElement(inline, A + "graphic"), A + "graphicData")
    fill = SubElement(SubElement(data, PIC + "pic"), PIC + "blipFill")
    SubElement(fill, A + "blip", {R + "embed": "picture"})
    return drawing


def _numbering() -> Element:
    numbering = Element(W + "numbering")
    for name, kind in (("1", "bullet"), ("2", "decimal")):
        abstract = SubElement(numbering, W + "abstractNum", {W + "abstractNumId": name})
        for level in range(DEEPEST_LIST):
            line = SubElement(abstract, W + "lvl", {W + "ilvl": str(level)})
            SubElement(line, W + "numFmt", {W + "val": kind})
    for name in ("1", "2"):
        number = SubElement(numbering, W + "num", {W + "numId": name})
        SubElement(number, W + "abstractNumId", {W + "val": name})
    return numbering


_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = R.strip("{}")


def _packed(files: dict[str, Element], links: list[str]) -> bytes:
    relations = Element(f"{{{_PACKAGE}/relationships}}Relationships")

    def relation(name: str, kind: str, target: str, **more: str) -> None:
        SubElement(
            relations,
            f"{{{_PACKAGE}/relationships}}Relationship",
            {"Id": name, "Type": f"{_OFFICE}/{kind}", "Target": target, **more},
        )

    for kind in ("numbering", "footnotes", "endnotes"):
        relation(kind, kind, f"{kind}.xml")
    relation("picture", "image", "media/picture.png")
    for index, link in enumerate(links):
        relation(f"link{index}", "hyperlink", link, TargetMode="External")
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="png" ContentType="image/png"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r" '
            f'Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
        )
        for name, tree in files.items():
            archive.writestr(name, tostring(tree, encoding="utf-8"))
            folder, _, file = name.rpartition("/")
            # Footnotes name their links by the same ids as the text.
            archive.writestr(f"{folder}/_rels/{file}.rels", tostring(relations, encoding="utf-8"))
    return made.getvalue()
