"""A specimen in a design that is only being tried, drawn in a process of its own.

Web processes never render: a page may take a second of processor and many megabytes, and what
draws it is C code that a strange picture may break. So the page's own process is asked, with a
limit on its time and memory, and gets of the site's secrets nothing. It reads one JSON value from
standard input and writes the picture, or the PDF, to standard output.

Nothing is stored. Each person has one such process at a time.
"""

import base64
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

from ce_platform.core.errors import DomainError

SECONDS: Final = 25
MEMORY: Final = 1_500_000_000
"""Of address space, of which the fonts alone take a good part."""
PATIENCE: Final = 6
"""Seconds for which a second preview waits until the first is done."""
_REFUSED: Final = 3
_DPI: Final = 96
_MODULE: Final = "certificates.designs.drawing"

BODY_COUNTS: Final = (1, 5, 12, 40)
NAMES: Final = {
    "short": "Ana Ruiz",
    "long": "María Concepción Fernández-Villanueva de la Torre y Gonzáles",
    "vietnamese": "Nguyễn Thị Hồng Ánh",
    "cyrillic": "Владимир Преображенский",
}

Form = Literal["png", "pdf"]


class NotDrawn(DomainError):
    """The specimen could not be drawn; the sentence says why."""


class StillDrawing(NotDrawn):
    """One preview at a time for each person."""


@dataclass(frozen=True)
class Wish:
    """What the process is asked for."""

    template: str
    settings_json: str
    name: str
    body_count: int
    form: Form
    provider: Mapping[str, Any]
    """ProviderFacts as a dictionary."""
    verify_url: str
    pictures: Mapping[str, tuple[str, bytes]]
    """SHA-256 → (type, content)."""

    def as_json(self) -> bytes:
        plain = asdict(self)
        plain["pictures"] = {
            sha256: [content_type, base64.b64encode(content).decode()]
            for sha256, (content_type, content) in self.pictures.items()
        }
        return json.dumps(plain).encode()


def draw(wish: Wish, *, person_id: int) -> bytes:
    """The pages as one picture, below each other; or as PDF. Errors: NotDrawn."""
    with _alone(person_id), tempfile.TemporaryDirectory() as folder:
        try:
            done = subprocess.run(  # noqa: S603 – our own module, two numbers of our own
                [sys.executable, "-m", _MODULE, str(SECONDS), str(MEMORY)],
                cwd=_root(),
                env=_environment(Path(folder)),
                input=wish.as_json(),
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise NotDrawn("The preview takes too long. Try again in a minute.") from None
    if done.returncode == _REFUSED:
        raise NotDrawn(done.stdout.decode())
    if done.returncode != 0 or not done.stdout:
        raise NotDrawn(
            "The preview could not be drawn: it needs too much time or memory. If there is a new "
            "picture, save it smaller and try again."
        )
    return done.stdout


@contextmanager
def _alone(person_id: int) -> Iterator[None]:
    from django.core.cache import cache  # the child imports this module without settings

    # Shared by all web processes; a process that dies with it leaves it for half a minute.
    name = f"design-preview:{person_id}"
    given_up = time.monotonic() + PATIENCE
    while not cache.add(name, 1, timeout=SECONDS + 5):
        if time.monotonic() >= given_up:
            raise StillDrawing("Your last preview is still being drawn. Try again in a moment.")
        time.sleep(0.2)
    try:
        yield
    finally:
        cache.delete(name)


def _root() -> Path:
    return Path(__file__).resolve().parent.parent.parent


def _environment(folder: Path) -> dict[str, str]:
    """Where programs and fonts are, and settings that lead to no database of ours."""
    from django.conf import settings

    kept = {
        name: os.environ[name] for name in ("PATH", "HOME", "FONTCONFIG_FILE") if name in os.environ
    }
    return {
        **kept,
        "PYTHONPATH": str(_root()),
        "PYTHONDONTWRITEBYTECODE": "1",
        "LANG": "C.UTF-8",
        "DJANGO_SETTINGS_MODULE": "ce_platform.settings",
        "ENV_FILE": os.devnull,
        "DEBUG": "1",
        "SECRET_KEY": secrets.token_hex(32),
        "PUBLIC_BASE_URL": settings.PUBLIC_BASE_URL,
        "DATA_DIR": str(folder),
    }


# ---------------------------------------------------------------- in the process of its own


def _main(seconds: int, memory: int) -> int:
    import resource

    for limit, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))
    wanted = json.loads(sys.stdin.buffer.read())

    import django

    django.setup()

    from certificates.pdf.renderer import RenderingFailed

    try:
        content = _rendered(wanted)
    except RenderingFailed as error:
        sys.stdout.write(str(error))
        return _REFUSED
    sys.stdout.buffer.write(content if wanted["form"] == "pdf" else _picture(content))
    return 0


def _rendered(wanted: dict[str, Any]) -> bytes:
    # The models behind these need Django to be set up.
    from certificates.domain.record import ProviderFacts
    from certificates.look import look_from
    from certificates.pdf.renderer import Picture
    from certificates.pdf.weasy import WeasyRenderer
    from certificates.sample import sample_record

    facts: dict[str, Any] = {
        name: tuple(map(tuple, value)) if isinstance(value, list) else value
        for name, value in wanted["provider"].items()
    }
    record = sample_record(
        name=wanted["name"],
        body_count=wanted["body_count"],
        provider=ProviderFacts(**facts),
        verify_url=wanted["verify_url"],
    )
    pictures = {
        sha256: Picture(content=base64.b64decode(content), content_type=content_type)
        for sha256, (content_type, content) in wanted["pictures"].items()
    }
    look = look_from(wanted["template"], wanted["settings_json"])
    return WeasyRenderer().render(record, pictures=pictures, look=look).content


def _picture(content: bytes) -> bytes:
    """All pages below each other, on the gray of a desk."""
    import io

    import pypdfium2  # type: ignore[import-untyped]
    from PIL import Image

    pages = [
        page.render(scale=_DPI / 72).to_pil().convert("RGB")
        for page in pypdfium2.PdfDocument(content)
    ]
    gap = 16
    height = sum(page.height for page in pages) + gap * (len(pages) - 1)
    sheet = Image.new("RGB", (pages[0].width, height), "#b9b4aa")
    at = 0
    for page in pages:
        sheet.paste(page, (0, at))
        at += page.height + gap
    out = io.BytesIO()
    sheet.quantize(128, dither=Image.Dither.NONE).save(out, "PNG")
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(_main(int(sys.argv[1]), int(sys.argv[2])))
