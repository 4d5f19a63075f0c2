"""Encoding a picture in all its sizes takes a tenth of a second, and the same few pictures come in
again and again: those of the starter course above all. A test process encodes each of them once."""

from functools import lru_cache

from courses import pictures


def encode_pictures_once() -> None:
    """The same bytes give the same sizes (tests/courses/test_pictures.py, which encodes anew)."""
    pictures.make_sizes = lru_cache(maxsize=100)(pictures.make_sizes)
