"""Rendered questions made to stand alone: pictures from the pack, no way back to the platform."""

import re
from collections.abc import Iterator
from typing import Final

from django.urls import reverse
from django.utils.safestring import SafeString

from ce_platform.core.models import StoredFile

FOLDER: Final = "pictures"
_NO_SHA: Final = "0" * 64
# `srcset` names other sizes of the same picture; `loading` would leave pictures out in print.
_DROPPED: Final = re.compile(r' (?:srcset|sizes|loading|decoding)="[^"]*"')
_LINK: Final = re.compile(r'(href|src)="([^"]*)"')
_USE: Final = re.compile(r"<use (href=[^>]*?)/?>(?:</use>)?")


def _addresses() -> re.Pattern[str]:
    """Where figures and drawings are on the platform, with hash and extension."""
    figure = reverse("courses:figure", args=[_NO_SHA, "x"]).partition(_NO_SHA)[0]
    drawing = reverse("courses:drawing", args=[_NO_SHA]).partition(_NO_SHA)[0]
    return re.compile(
        rf"(?:{re.escape(figure)}|{re.escape(drawing)})([0-9a-f]{{64}})\.([a-z0-9]+)(?:#.*)?"
    )


class Pictures:
    """Remembers which files were shown, so that each is put into the pack once."""

    def __init__(self) -> None:
        self._address = _addresses()
        self.shown: dict[str, str] = {}

    def standing_alone(self, html: str, *, up: str) -> SafeString:
        """`up`: the way from the page to the folder of the pack, e.g. “../../”."""

        def link(found: re.Match[str]) -> str:
            name, address = found.groups()
            picture = self._address.fullmatch(address)
            if picture:
                sha256, extension = picture.groups()
                self.shown[sha256] = extension
                return f'{name}="{up}{FOLDER}/{sha256}.{extension}"'
            # Lessons and lists of sources are pages of the platform: the words stay, the way goes.
            return "" if address.startswith("/") else found[0]

        html = _DROPPED.sub("", html)
        # Browsers take a part of another file's drawing only from a web server.
        html = _USE.sub(r"<image \1/>", html)
        return SafeString(_LINK.sub(link, html))

    def files(self) -> Iterator[tuple[str, str, StoredFile | None]]:
        """(path in the pack, SHA-256, the kept file) of everything shown; one query."""
        kept = {
            file.sha256: file
            for file in StoredFile.objects.filter(
                area=StoredFile.Area.COURSE_MEDIA, sha256__in=list(self.shown)
            )
        }
        for sha256, extension in sorted(self.shown.items()):
            yield f"{FOLDER}/{sha256}.{extension}", sha256, kept.get(sha256)
