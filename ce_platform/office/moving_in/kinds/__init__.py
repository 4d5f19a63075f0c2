"""Kinds of lines that can be brought in."""

from ce_platform.office.moving_in.kinds.base import Kind, Written

_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    _kinds[kind.name] = kind


def kinds() -> list[Kind]:
    """In the order of a weekend's move."""
    return sorted(_kinds.values(), key=lambda kind: kind.order)


def kind_named(name: str) -> Kind | None:
    return _kinds.get(name)


__all__ = ["Kind", "Written", "kind_named", "kinds", "register"]
