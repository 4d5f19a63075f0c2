"""What a browser fetches for a page: read from the HTML, the style sheets and the modules."""

import posixpath
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import brotli
from django.conf import settings
from django.contrib.staticfiles import finders

HERE = "http://testserver"
_IMPORT = re.compile(
    r"""(?:^|[;}\s])(?:import|export)\b(?:[^'"();]*?\bfrom)?\s*\(?\s*["']([^"']+)["']""",
)
_CSS_URL = re.compile(r"""url\(\s*["']?([^"')]+)["']?\s*\)|@import\s+["']([^"']+)["']""")
_FONT_FACE = re.compile(r"@font-face\s*{([^}]*)}")
# Fonts whose range begins here hold the letters of every page.
_BASIC_LATIN = re.compile(r"unicode-range:\s*U\+0+-")

FETCHED = ("src", "action", "data", "poster", "formaction")


@dataclass
class Loaded(HTMLParser):
    """Addresses that the browser fetches by itself. Links are not: a person follows them."""

    html: str
    styles: list[str] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    fonts: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    """Pictures, icons, targets of forms."""

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        match tag, named.get("rel", ""):
            case "link", "stylesheet":
                self.styles.append(named["href"])
            case "link", "preload" if named.get("as") == "font":
                self.fonts.append(named["href"])
            case (("link" | "use" | "image" | "base"), _):
                self.others.append(named.get("href", ""))
            case "script", _:
                assert "src" in named, "a script stands in the page"
                self.scripts.append(named["src"])
            case _, _:
                self.others += [named[name] for name in FETCHED if name in named]
                sources = named.get("srcset", "").split(",")
                self.others += [each.split()[0] for each in sources if each.strip()]

    @property
    def everything(self) -> list[str]:
        return [*self.styles, *self.scripts, *self.fonts, *self.others]


def static_file(url: str) -> Path:
    path = urlsplit(url).path
    assert path.startswith(settings.STATIC_URL), f"{url} is no static file"
    found = finders.find(path.removeprefix(settings.STATIC_URL))
    assert found, f"{url} does not exist"
    return Path(str(found))


def with_imports(urls: list[str]) -> dict[str, str]:
    """Address → text, of these modules and style sheets and of all that they import."""
    texts: dict[str, str] = {}
    waiting = list(urls)
    while waiting:
        url = waiting.pop()
        if url in texts:
            continue
        texts[url] = text = static_file(url).read_text()
        if url.endswith(".js"):
            waiting += [urljoin(url, name) for name in _IMPORT.findall(text)]
        else:
            waiting += [
                urljoin(url, address)
                for pair in _CSS_URL.findall(text)
                for address in pair
                if posixpath.splitext(address)[1] == ".css"
            ]
    return texts


def on_the_wire(html: str) -> dict[str, int]:
    """Compressed bytes of the page and of every style sheet and module that it loads."""
    loaded = Loaded(html)
    texts = {"the page": html} | with_imports([*loaded.styles, *loaded.scripts])
    # Pages are packed at once and quickly, files once and well.
    return {
        name: len(brotli.compress(text.encode(), quality=4 if name == "the page" else 11))
        for name, text in texts.items()
    }


def fonts_of(html: str) -> dict[str, int]:
    """Bytes of the fonts that a page in English may need: preloaded, or with its letters."""
    loaded = Loaded(html)
    urls = dict.fromkeys(loaded.fonts)
    for sheet, text in with_imports(loaded.styles).items():
        for face in _FONT_FACE.findall(text):
            if _BASIC_LATIN.search(face) or "unicode-range" not in face:
                urls |= {urljoin(sheet, a or b): None for a, b in _CSS_URL.findall(face)}
    return {url: static_file(url).stat().st_size for url in urls}


def foreign(urls: list[str]) -> list[str]:
    """Those that lead to another host."""
    return [
        url
        for url in urls
        if urlsplit(urljoin(HERE, url)).netloc not in ("", urlsplit(HERE).netloc)
    ]


def foreign_in_files(texts: dict[str, str]) -> list[str]:
    """The same for what style sheets and modules name. The namespace of SVG is only a name."""
    return [
        f"{name}: {found}"
        for name, text in texts.items()
        for found in re.findall(r"""(?:https?:)?//[a-z0-9-]+\.[a-z0-9.-]+[^\s"')]*""", text)
        if "www.w3.org/" not in found
    ]
