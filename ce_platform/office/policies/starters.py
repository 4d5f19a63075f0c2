"""Texts to begin with: honest, plain, with gaps that only the owner can fill."""

from pathlib import Path
from typing import Final

from ce_platform.core.provider import provider_facts

_FOLDER: Final = Path(__file__).parent / "starters"


def starter_text(kind: str) -> str:
    """With the provider's name and address; the rest says [FILL IN: …]."""
    facts = provider_facts()
    text = (_FOLDER / f"{kind}.md").read_text(encoding="utf-8")
    email = facts.email or "[FILL IN: the office’s email address]"
    return text.replace("PROVIDER", facts.name).replace("EMAIL", email)
