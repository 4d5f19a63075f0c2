"""What a design decides: paper, frame, colors, words. Data in, sentences out; no database.

A certificate keeps the design of its day, so what is read here from a stored row must give the
same page for ever: a setting that comes later gets, as its default, what was printed before it.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Final

from ce_platform.core.text import canonical_json

FIRST: Final = "certificates/designs/1"
SECOND: Final = "certificates/designs/2"
NEWEST: Final = SECOND
NAMES: Final = {
    FIRST: "Guilloche, landscape letter",
    SECOND: "Engraved, with settings",
}

LETTER: Final = "letter"
A4: Final = "a4"
PAPERS: Final = {LETTER: (792.0, 612.0), A4: (841.89, 595.28)}
"""Width and height in points, landscape."""
GUILLOCHE: Final = "guilloche"
RULES: Final = "rules"
FRAMES: Final = (GUILLOCHE, RULES)

COURSE: Final = "{course}"
"""Where a phrase of the deed names the kind of course."""
LONGEST: Final = {
    "opening": 60,
    "deed_achievement": 90,
    "deed_completion": 90,
    "closing": 110,
    "note": 110,
}
LEAST_CONTRAST: Final = 4.5
# A copier that knows only black and white cuts at about the middle.
DARKEST_TINT: Final = 0.7


@dataclass(frozen=True)
class Settings:
    logo: str = ""
    """SHA-256 of the picture above the provider's name; empty: none."""
    paper: str = LETTER
    frame: str = GUILLOCHE
    ink: str = "#16282c"
    accent: str = "#1c4a52"
    tint: str = "#dfe8e5"
    opening: str = "This certifies that"
    deed_achievement: str = "has completed the {course} and passed its test"
    deed_completion: str = "has attended the whole of the {course}"
    closing: str = "Whether hours are accepted is decided by each licensing body."
    note: str = ""
    """One more line of the provider, below its name."""
    shows_second_signature: bool = True
    """The administrator signs; below this the instructor or author too."""

    @property
    def soft(self) -> str:
        """For what is read second: the ink, a little lighter."""
        lighter = mixed(self.ink, 0.12)
        return lighter if contrast(lighter) >= LEAST_CONTRAST else self.ink

    @property
    def line(self) -> str:
        return mixed(self.accent, 0.5)

    @property
    def ground(self) -> str:
        """Under the braids of the frame."""
        return mixed(self.tint, 0.55)

    @property
    def size(self) -> tuple[float, float]:
        return PAPERS[self.paper]


@dataclass(frozen=True)
class Look:
    """A template and its settings. Hashable: layouts may be kept by it."""

    template: str = NEWEST
    settings: Settings = field(default_factory=Settings)

    @property
    def number(self) -> str:
        """Of the template and its style sheet."""
        return self.template.rpartition("/")[2]

    def settings_json(self) -> str:
        """As a row of CertificateDesign keeps it. The first design knows the logo alone."""
        if self.template == FIRST:
            return canonical_json({"logo": self.settings.logo})
        return canonical_json(asdict(self.settings))

    def with_logo(self, sha256: str) -> "Look":
        return replace(self, settings=replace(self.settings, logo=sha256))


DEFAULT: Final = Look()


def look_from(template: str, settings_json: str) -> Look:
    """What a row says. Errors: ValueError for a template that this program does not have."""
    if template not in NAMES:
        raise ValueError(f"There is no template {template}.")
    stored: Mapping[str, Any] = json.loads(settings_json)
    known = {each.name for each in fields(Settings)}
    return Look(template, Settings(**{key: stored[key] for key in stored if key in known}))


# ---------------------------------------------------------------- colors

_COLOR: Final = re.compile(r"#[0-9a-f]{6}\Z")


def is_color(text: str) -> bool:
    return _COLOR.match(text) is not None


def _parts(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def luminance(color: str) -> float:
    """0 black to 1 white, as WCAG 2.2 reckons; also the gray that a copier makes of it."""
    red, green, blue = (
        part / 255 / 12.92 if part / 255 <= 0.04045 else ((part / 255 + 0.055) / 1.055) ** 2.4
        for part in _parts(color)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(color: str, ground: str = "#ffffff") -> float:
    lighter, darker = sorted((luminance(color), luminance(ground)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def mixed(color: str, white: float) -> str:
    """The color with this share of white."""
    return "#" + "".join(f"{round(part + (255 - part) * white):02x}" for part in _parts(color))


def trouble_with_colors(settings: Settings) -> dict[str, str]:
    """Setting → why it is refused."""
    found = {}
    for name in ("ink", "accent", "tint"):
        if not is_color(getattr(settings, name)):
            found[name] = "Write the color like #1c4a52."
    if found:
        return found
    if luminance(settings.tint) < DARKEST_TINT:
        found["tint"] = (
            "The pale color lies behind words: in black and white it would print as gray. "
            "Choose a lighter one."
        )
    for name in ("ink", "accent"):
        color = getattr(settings, name)
        reached = contrast(color)
        if reached < LEAST_CONTRAST:
            found[name] = (
                f"Too pale to read, above all in black and white: its contrast with white is "
                f"{reached:.1f} to 1, and {LEAST_CONTRAST} is the least. Choose a darker one."
            )
        elif "tint" not in found and contrast(color, settings.tint) < LEAST_CONTRAST:
            found[name] = (
                "Too close to the pale color that lies behind it. Make this one darker, or that "
                "one lighter."
            )
    return found


# ---------------------------------------------------------------- words

_APPROVAL: Final = (
    "What bodies have approved stands in its own block, per body with number, hours and dates. "
    "Said in general it would claim more than they wrote."
)
# Word → why not (facts of the field, 2.4): only with a body, a number and a date may they stand.
REFUSED_WORDS: Final[tuple[tuple[str, str], ...]] = (
    (r"\b(?:pre-?)?approv\w*", _APPROVAL),
    (r"\baccredit\w*", _APPROVAL),
    (r"\bendors\w*", _APPROVAL),
    (r"\brecogni[sz]\w*", _APPROVAL),
    (r"\bsanction\w*", _APPROVAL),
    (
        r"\bregistered\b",
        "Only providers that are fully registered at a body may call themselves so; your number "
        "there is printed with the facts.",
    ),
    (
        r"\bguarantee\w*",
        "Each licensing body decides what it accepts; nobody can guarantee it.",
    ),
    (
        r"\bc\W?e\W?u\W?s?\b",
        "NCBTMB wants “CE hours”: one CEU is ten hours in Texas and two in Newfoundland.",
    ),
)


def refused_word(text: str) -> tuple[str, str] | None:
    """The first word that may not stand in the wording of a design, and why."""
    # Wide letters, soft hyphens and joiners hide a word from a search, not from a reader.
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKC", text)
        if not unicodedata.category(letter).startswith("C")
    )
    bare = "".join(
        letter
        for letter in unicodedata.normalize("NFD", plain)
        if not unicodedata.combining(letter)
    )
    for pattern, reason in REFUSED_WORDS:
        match = re.search(pattern, bare, re.IGNORECASE)
        if match:
            return match.group(), reason
    return None


def trouble_with_words(settings: Settings) -> dict[str, str]:
    """Setting → why it is refused."""
    found = {}
    for name, most in LONGEST.items():
        text = getattr(settings, name)
        if not text and name != "note":
            found[name] = "Write what the certificate says here."
        elif len(text) > most:
            found[name] = f"At most {most} letters fit on the line; these are {len(text)}."
        elif text.replace(COURSE, "").count("{") + text.replace(COURSE, "").count("}"):
            found[name] = f"Curly brackets stand only around the word course: {COURSE}."
        elif COURSE in text and not name.startswith("deed_"):
            found[name] = f"{COURSE} is known only in the phrases after the name."
        elif refused := refused_word(text):
            found[name] = f"“{refused[0]}” may not stand here. {refused[1]}"
    return found


def trouble_with(settings: Settings) -> dict[str, str]:
    """Setting → the sentence that says why it is refused; empty: it may be used."""
    found = {**trouble_with_colors(settings), **trouble_with_words(settings)}
    if settings.paper not in PAPERS:
        found["paper"] = "Choose a paper from the list."
    if settings.frame not in FRAMES:
        found["frame"] = "Choose a frame from the list."
    return found
