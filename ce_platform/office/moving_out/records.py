"""Every table of the database, row by row, as JSON lines: nothing depends on a part that somebody
remembered to write."""

from collections.abc import Iterator
from typing import Any, Final

from django.db.models import CharField, Field, Model, QuerySet, TextField
from django.utils.encoding import force_str

from ce_platform.core.models import OutgoingMail
from ce_platform.office.moving_out.left_out import archived_models, is_secret
from ce_platform.office.moving_out.writing import ArchiveWriter, Column

_FEW: Final = 5_000
"""Tables below this hold the large texts (versions of courses): they are read in small steps."""


def path_of(model: type[Model]) -> str:
    return f"records/{model._meta.label_lower}.jsonl"


def count_records() -> int:
    return sum(model._base_manager.count() for model in archived_models())


def write_records(writer: ArchiveWriter) -> dict[str, int]:
    """Path → rows."""
    return {path_of(model): _write(model, writer) for model in archived_models()}


def _write(model: type[Model], writer: ArchiveWriter) -> int:
    fields = [field for field in model._meta.concrete_fields if not is_secret(model, field)]
    names = [field.attname for field in fields]
    rows: QuerySet[Any] = model._base_manager.order_by("pk").values_list(*names)
    has_texts = any(isinstance(field, TextField) for field in fields)
    size = 2_000 if not has_texts else 10 if model._base_manager.count() < _FEW else 200
    writer.describe(
        path_of(model),
        f"{str(model._meta.verbose_name_plural).capitalize()}.",
        [Column(field.attname, _meaning(field)) for field in fields],
    )
    return writer.lines(
        path_of(model),
        writer.stepping(_values(model, names, rows.iterator(chunk_size=size))),
    )


def _values(
    model: type[Model], names: list[str], rows: Iterator[tuple[Any, ...]]
) -> Iterator[dict[str, Any]]:
    for row in rows:
        values = dict(zip(names, row, strict=True))
        if model is OutgoingMail and values["is_secret"]:
            values["body"] = ""  # A sign-in code that has not left yet.
        yield values


def _meaning(field: "Field[Any, Any]") -> str:
    """In words, from the model: whom it refers to, what it may be, what its author said of it."""
    said = [force_str(field.help_text)] if field.help_text else []
    if field.is_relation and field.related_model:
        related: Any = field.related_model
        said.insert(0, f"The id of a row in {path_of(related)}.")
    elif isinstance(field, CharField) and field.choices:
        said.insert(0, f"One of: {', '.join(str(value) for value, _ in field.flatchoices)}.")
    else:
        said.insert(0, _KINDS.get(field.get_internal_type(), "Text."))
    return " ".join(said)


_KINDS: Final = {
    "AutoField": "The row's own number.",
    "BigAutoField": "The row's own number.",
    "BooleanField": "true or false.",
    "DateField": "A day, 2026-11-20.",
    "DateTimeField": "A moment in UTC, 2026-11-20T17:30:00Z.",
    "DecimalField": "An exact decimal number, as text.",
    "JSONField": "JSON.",
    "UUIDField": "An identifier that never changes.",
    "BigIntegerField": "A whole number.",
    "IntegerField": "A whole number.",
    "PositiveBigIntegerField": "A whole number.",
    "PositiveIntegerField": "A whole number.",
    "PositiveSmallIntegerField": "A whole number.",
}
