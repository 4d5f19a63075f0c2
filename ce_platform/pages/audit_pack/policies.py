"""Policies in force in the period of a pack, and who of its learners accepted which version.

NCBTMB asks for the refund, cancellation and registration policy that was in force.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date
from typing import Final

from ce_platform.core import policies
from ce_platform.core.models import PolicyAcceptance, PolicyDocument
from ce_platform.core.templatetags.wording import long_date

ASKED_FOR: Final = (
    policies.Kind.REGISTRATION,
    policies.Kind.CANCELLATION,
    policies.Kind.REFUND,
)
COLUMNS: Final = ("Name", "Policy", "Version", "In force from", "Accepted at (UTC)", "Where")
_AT_ONCE: Final = 500


def files_of(first: date, last: date) -> Iterator[tuple[str, str]]:
    """(path, text) of each version that held on a day of the period."""
    for row in policies.in_force_between(first, last):
        yield f"policies/{row.kind}-version-{row.version}.txt", _text_of(row)


def missing_of(first: date, last: date) -> list[str]:
    """Names of what a body asks for and nobody had published in the period."""
    held = {row.kind for row in policies.in_force_between(first, last)}
    return [str(kind.label) for kind in ASKED_FOR if kind not in held]


def acceptances_of(names: Mapping[int, str]) -> Iterator[tuple[str, ...]]:
    """Rows of a table; `names` by the id of the account. A query for every 500 people."""
    ids = sorted(names)
    for start in range(0, len(ids), _AT_ONCE):
        rows = (
            PolicyAcceptance.objects.filter(user_id__in=ids[start : start + _AT_ONCE])
            .select_related("policy")
            .defer("policy__text")
            .order_by("user_id", "accepted_at", "pk")
        )
        for row in rows:
            yield (
                names[row.user_id],
                row.policy.get_kind_display(),
                str(row.policy.version),
                row.policy.effective_on.isoformat() if row.policy.effective_on else "",
                row.accepted_at.astimezone(UTC).isoformat(timespec="seconds"),
                row.get_where_display(),
            )


def _text_of(row: PolicyDocument) -> str:
    published = row.published_at.astimezone(UTC) if row.published_at else None
    return (
        f"{row}\nIn force from {long_date(row.effective_on)}\n"
        f"Published {published.isoformat(timespec='seconds') if published else ''}\n"
        f"SHA-256 of the text below: {row.text_sha256}\n\n{row.text}\n"
    )
