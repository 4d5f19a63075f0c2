"""Two readings of a rule side by side, key by key, in words."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ce_platform.licensing import facts
from ce_platform.licensing.domain.readings import CONFIDENCE, NOTES, SOURCES, changed_keys

LABELS: Final = {
    CONFIDENCE: "Confidence",
    NOTES: "Limits and contradictions",
    SOURCES: "Sources",
}


@dataclass(frozen=True)
class Difference:
    """What one key said and says, as lines. No lines: not known."""

    key: str
    label: str
    before: list[str]
    after: list[str]


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """In the order in which a rule is told; what this program has no words for comes last."""
    order = [*facts.labels(), *LABELS]
    keys = changed_keys(before, after)
    keys.sort(key=lambda key: (order.index(key) if key in order else len(order), key))
    return [difference(key, before, after) for key in keys]


def difference(key: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Difference:
    told, tells = lines_of(before, key), lines_of(after, key)
    if told == tells and before.get(key) != after.get(key):
        # Something inside for which there are no words: told as it is stored.
        told, tells = _stored(before, key), _stored(after, key)
    return Difference(key=key, label=label_of(key), before=told, after=tells)


def label_of(key: str) -> str:
    return LABELS.get(key) or facts.labels().get(key, key)


def lines_of(parts: Mapping[str, Any], key: str) -> list[str]:
    if key not in parts:
        return []
    value = parts[key]
    if key == SOURCES:
        return [_source(each) for each in value]
    if key in LABELS:
        return [str(value)]
    fact = facts.fact_of(parts, key)
    if fact is not None:
        return [line for line in (fact.text, *fact.lines) if line] or ["None"]
    # The body is known not to say; or a key of a newer version, told as it is stored.
    return [] if key in facts.labels() else _stored(parts, key)


def _stored(parts: Mapping[str, Any], key: str) -> list[str]:
    return [json.dumps(parts[key], ensure_ascii=False)] if key in parts else []


def _source(source: Mapping[str, Any]) -> str:
    supports = ", ".join(label_of(key) for key in source.get("keys", []))
    return f"{source['what']} ({source['as_of']}), {source['url']}" + (
        f"; for: {supports}" if supports else ""
    )
