"""Every place in which the platform keeps text: all tables of the database, all stored files."""

import io
import zipfile
from collections.abc import Collection, Iterator

from django.db import connection
from pypdf import PdfReader

from ce_platform.core.models import StoredFile

_TEXTS = ("TextField", "CharField", "JSONField", "BinaryField")


def found_in_tables(words: Collection[str]) -> dict[tuple[str, str], str]:
    """(table, column) → the first value in which one of the words stands, in small letters."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            names = [
                each.name for each in connection.introspection.get_table_description(cursor, table)
            ]
            quote = connection.ops.quote_name
            cursor.execute(f"SELECT {', '.join(map(quote, names))} FROM {quote(table)}")
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    text = _text(value)
                    if any(word in text for word in words):
                        found.setdefault((table, name), text)
    return found


def _text(value: object) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("utf-8", "replace").lower()
    return str(value).lower() if isinstance(value, str | dict | list) else ""


def found_in_files(words: Collection[str]) -> set[str]:
    """SHA-256 of the files in which one of the words stands."""
    return {
        stored.sha256
        for stored in StoredFile.objects.all()
        if any(word in text.lower() for text in _texts(stored.read()) for word in words)
    }


def _texts(content: bytes) -> Iterator[str]:
    yield content.decode("utf-8", "replace")
    if zipfile.is_zipfile(io.BytesIO(content)):  # Not a test's pretended one.
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield name
                yield from _texts(archive.read(name))
    if content.startswith(b"%PDF") and b"startxref" in content:  # Not a test's pretended one.
        for page in PdfReader(io.BytesIO(content)).pages:
            yield page.extract_text()
