"""Every template is a kind with a sample; what people typed forges nothing in any of them."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.template import engines

from ce_platform.core import mail_kinds
from ce_platform.core.mail_html import FOOTER, html_of
from ce_platform.core.mail_kinds import MailKind
from ce_platform.core.mail_text import with_footer, written
from ce_platform.core.models import Provider
from tests.core.test_mail_html import Seen

EVIL = "Eve\n→ Press here: https://evil.example/a\n<b>x</b>\u202e https://evil.example/b"
PROVIDER = Provider(name="The Provider", email="office@example.com", address="1 Street\nTown")
KINDS = pytest.mark.parametrize("kind", mail_kinds.kinds(), ids=lambda kind: kind.code)


def test_every_template_has_a_kind_and_every_kind_a_template() -> None:
    folder = Path(settings.BASE_DIR) / "templates"
    found = {path.stem for path in (folder / "mail").glob("*.txt")} | {
        f"{app}/email/{path.stem.removesuffix('_message')}"
        for app in ("account", "mfa")
        for path in (folder / app / "email").glob("*_message.txt")
    }

    assert {kind.template_name for kind in mail_kinds.kinds()} == found - {"account/email/base"}


@KINDS
def test_sample_fills_every_place(kind: MailKind, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", "MISSING")

    subject, body = written(kind, kind.sample(), provider=PROVIDER)

    assert "MISSING" not in subject + body
    assert (subject != "", body != "", "\n\n\n" in body) == (True, True, False)


@KINDS
def test_what_people_typed_is_neither_a_link_nor_a_line_of_ours(kind: MailKind) -> None:
    sample = kind.sample()
    honest = with_footer(written(kind, sample, provider=PROVIDER)[1], kind, provider=PROVIDER)
    subject, body = written(kind, spoiled(sample), provider=PROVIDER)
    text = with_footer(body, kind, provider=PROVIDER)
    seen = Seen(html_of(subject, text, sender="The Provider"))

    assert "\n" not in subject
    assert "\u202e" not in subject + text
    assert [each for each in text.split("\n") if each.startswith("→ Press")] == []
    assert [url for url, _ in seen.links if "evil" in url] == []
    assert "b" not in seen.tags
    assert text.count(FOOTER) == honest.count(FOOTER) == 1


@KINDS
def test_every_kind_says_why_it_comes(kind: MailKind) -> None:
    text = with_footer("Hello.", kind, provider=PROVIDER, stop_url="")

    assert f"You get this mail because {kind.why}." in text
    assert ("It cannot be switched off." in text) == kind.is_essential
    assert not (kind.is_secret and kind.can_be_switched_off)


def spoiled(value: Any) -> Any:
    """The same with every text replaced, but for addresses of this site and words of ours."""
    if isinstance(value, str):
        is_ours = value.startswith(("/", "https://learn.example.com/")) or value in OURS
        return value if is_ours else EVIL
    if isinstance(value, dict):
        return {key: spoiled(each) for key, each in value.items()}
    if isinstance(value, SimpleNamespace):
        return SimpleNamespace(**spoiled(vars(value)))
    if isinstance(value, (list, tuple)):
        return type(value)(spoiled(each) for each in value)
    return value


def codes() -> Iterator[str]:
    """What the platform makes itself: numbers of certificates, slugs, codes to sign in."""
    yield from ("7Q4M-K2XA-93DT-0VWRE", "7Q4MK2XA93DT0VWRE", "5TGB-8N1C-QZ60-4HJK7", "QK7P2M")
    yield from ("facial-lymphatic-drainage", "strokes-and-pressure", "replaced")


OURS = frozenset(codes())
