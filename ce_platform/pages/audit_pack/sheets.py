"""The HTML pages of a pack: one look, nothing fetched, no scripts."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString


@dataclass(frozen=True)
class Frame:
    """What stands around every page."""

    provider: str
    pack: str
    """What the pack is about."""
    made: str
    """When and by whom it was put together."""

    def page(self, template: str, **context: Any) -> str:
        return render_to_string(
            f"pages/audit_pack/{template}.html", {"frame": self, "style": _style(), **context}
        )


@lru_cache
def _style() -> SafeString:
    path = Path(settings.BASE_DIR) / "static" / "css" / "audit-pack.css"
    return SafeString(path.read_text(encoding="utf-8"))
