"""QTI items and content packages, read. Written for 2.1; 2.2 and 3.0 say the same things in this
part with other names, which `files.xml_tree` has made one.

https://www.imsglobal.org/question/qtiv2p1/imsqti_infov2p1.html
"""

import posixpath
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from quizzes.interchange import origin, qti12
from quizzes.interchange.errors import InterchangeRefused
from quizzes.interchange.files import line_of, unzipped, xml_tree
from quizzes.interchange.found import (
    Collector,
    Item,
    Reading,
    short_text,
)
from quizzes.interchange.qti_items import read_item
from quizzes.interchange.shelf import Find, PictureMissing

NAME: Final = "qti"
MANIFEST: Final = "imsmanifest.xml"
# What Canvas writes in front of a file of its own.
_CANVAS: Final = "$IMS-CC-FILEBASE$"
# Settings of a quiz beside its questions.
_OF_CANVAS: Final = ("quiz", "assessmentMeta")


def read(content: bytes) -> Reading:
    """A zip with a manifest, or the XML of one item."""
    collector = Collector(NAME)
    if content.startswith(b"PK"):
        collector.unit = "Question"
        _read_package(unzipped(content), collector)
        return collector.reading()
    tree = xml_tree(content)
    items = [tree] if tree.tag == "assessmentItem" else list(tree.iter("assessmentItem"))
    if tree.tag == "questestinterop":
        if not qti12.take_items(tree, collector, find=_lone):
            raise InterchangeRefused("This QTI 1.2 file holds no item.")
        return collector.reading()
    if not items:
        raise InterchangeRefused("This XML holds no QTI item (<assessmentItem>).")
    for each in items:
        _take(each, collector, points="", place="", number=line_of(each))
    return collector.reading()


def _read_package(files: Mapping[str, bytes], collector: Collector) -> None:
    manifest = next(
        (name for name in sorted(files, key=len) if posixpath.basename(name) == MANIFEST), None
    )
    if manifest is None:
        raise InterchangeRefused(f"The zip has no {MANIFEST}, so it is no content package.")
    folder = posixpath.dirname(manifest)
    tree = xml_tree(files[manifest], name=MANIFEST)
    paths: list[str] = []
    others: dict[str, str] = {}
    origins: dict[str, Mapping[str, Any] | None] = {}
    for resource in tree.iter("resource"):
        file = resource.find("file")
        target = resource.get("href", "") or (file.get("href", "") if file is not None else "")
        path = _joined(folder, target)
        kind = resource.get("type", "").lower()
        if "imsqti_item" in kind or "imsqti_apipitem" in kind:
            paths.append(path)
            origins[path] = origin.read(resource.find(f"metadata/{origin.TAG}"))
        elif path:
            others[path] = kind
    trees: dict[str, Element] = {}
    for path in [*others, *paths]:
        if path not in files:
            if path in paths:
                collector.leave(0, f"The manifest names {path[:80]}, which is not in the zip.")
        elif path.endswith(".xml") or path in paths:
            trees[path] = xml_tree(files[path], name=path[:80])
    weights = _weights(trees)
    seen: set[str] = set()
    taken: set[str] = set()
    count = 0
    for path, each in trees.items():
        if each.tag == "questestinterop":
            seen.add(path)
            count += qti12.take_items(
                each, collector, place=count, find=_Package(files, path, taken)
            )
    for path in dict.fromkeys([*weights, *paths]):
        if path in trees and trees[path].tag == "assessmentItem":
            seen.add(path)
            _take(
                trees[path],
                collector,
                points=weights.get(path, ""),
                place=path,
                number=len(seen),
                find=_Package(files, path, taken),
                before=origins.get(path),
            )
    read_paths = {*trees, manifest, *taken}
    # Pictures of names; their words came along.
    for path in sorted(set(files) - read_paths - _of_names(trees)):
        collector.leave(0, f"The file {path[:80]} of the package was not read.")
    for path in sorted(set(trees) - seen):
        if trees[path].tag not in ("assessmentTest", "assessmentItem", *_OF_CANVAS):
            collector.leave(0, f"{path[:80]} holds no question that is known here.")
    if not seen:
        raise InterchangeRefused("The package holds no QTI item.")


def _of_names(trees: Mapping[str, Element]) -> set[str]:
    return {
        _joined(posixpath.dirname(path), each.get("data", ""))
        for path, tree in trees.items()
        for gap in tree.iter("gapImg")
        for each in gap.iter("object")
    }


def _weights(trees: Mapping[str, Element]) -> dict[str, str]:
    """Path of an item → what a test says it is worth, in the order of the tests."""
    found: dict[str, str] = {}
    for path, tree in trees.items():
        if tree.tag != "assessmentTest":
            continue
        for reference in tree.iter("assessmentItemRef"):
            weight = reference.find("weight")
            target = _joined(posixpath.dirname(path), reference.get("href", ""))
            found[target] = weight.get("value", "") if weight is not None else ""
    return found


def _joined(folder: str, target: str) -> str:
    """`..` never leads out of the package."""
    path = posixpath.normpath(posixpath.join("/", folder, unquote(target)))
    return path.lstrip("/")


class _Package:
    """Pictures of a package, as one of its files names them."""

    def __init__(self, files: Mapping[str, bytes], path: str, taken: set[str]) -> None:
        self._files = files
        self._folder = posixpath.dirname(path)
        self._taken = taken

    def __call__(self, address: str) -> bytes:
        address = unquote(address.partition("?")[0].partition("#")[0])
        if _CANVAS in address:
            rest = address.partition(_CANVAS)[2].lstrip("/")
            paths = [_joined("web_resources", rest), _joined("", rest)]
        else:
            if address.startswith(("/", "\\")) or _leads_out(self._folder, address):
                raise PictureMissing("does not come along: its address leads out of the package")
            paths = [_joined(self._folder, address)]
        for path in paths:
            if path in self._files:
                self._taken.add(path)
                return self._files[path]
        raise PictureMissing("does not come along: the package names it and does not hold it")


def _leads_out(folder: str, address: str) -> bool:
    return posixpath.normpath(posixpath.join(folder, address)).startswith("..")


def _lone(address: str) -> bytes:
    raise PictureMissing("does not come along: it is not in this file. Bring the whole package")


def _take(
    element: Element,
    collector: Collector,
    *,
    points: str,
    place: str,
    number: int,
    find: Find = _lone,
    before: Mapping[str, Any] | None = None,
) -> None:
    title = element.get("title", "") or element.get("identifier", "")
    item = Item(number, title=short_text(title or place), find=find, origin=before)
    said = points or _default(element, "MAXSCORE") or _maximum(element)
    collector.take(item, lambda each: read_item(element, each, said))


def _default(element: Element, name: str) -> str:
    for each in element.findall("outcomeDeclaration"):
        if each.get("identifier") == name:
            value = each.find("defaultValue/value")
            return "".join(value.itertext()).strip() if value is not None else ""
    return ""


def _maximum(element: Element) -> str:
    for each in element.findall("outcomeDeclaration"):
        if each.get("identifier") == "SCORE":
            return each.get("normalMaximum", "")
    return ""
