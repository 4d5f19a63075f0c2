"""Single values of the files of quizzes, each with a sentence when it is wrong."""

from decimal import Decimal, InvalidOperation
from uuid import UUID

from quizzes.question_types.base import TableReader
from quizzes.tags import fold_tags, problem_with


def read_key(reader: TableReader) -> UUID | None:
    text = reader.text("key", is_required=True, most=40)
    try:
        return UUID(text)
    except ValueError:
        if text:
            reader.problem("key", "“key” must be a UUID.")
        return None


def read_whole(reader: TableReader, name: str, *, most: int) -> int | None:
    reader.known.add(name)
    value = reader.table.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        reader.problem(name, f"“{name}” must be a whole number from 1 to {most}.")
        return None
    return value


def read_decimal(
    reader: TableReader, name: str, *, default: Decimal | None, most: Decimal
) -> Decimal | None:
    """A number in quotation marks (or a whole one without), above 0, at most two decimals."""
    reader.known.add(name)
    value = reader.table.get(name, default)
    if value is None:
        reader.problem(name, f"“{name}” is missing.")
        return None
    try:
        # Turning a whole number of a million digits into a decimal one takes minutes.
        if isinstance(value, (bool, float)) or (isinstance(value, int) and value > most):
            raise InvalidOperation
        number = Decimal(value)
        is_fine = 0 < number <= most and number == number.quantize(Decimal("0.01"))
    except (InvalidOperation, TypeError, ValueError):
        is_fine = False
    if not is_fine:
        reader.problem(
            name,
            f"“{name}” must be a number above 0, at most {most}, with at most two decimals, "
            'in quotation marks: "80".',
        )
        return None
    return number.quantize(Decimal("0.01"))


def read_tags(reader: TableReader) -> tuple[str, ...]:
    """Folded and sorted."""
    reader.known.add("tags")
    value = reader.table.get("tags", [])
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        reader.problem("tags", "“tags” must be a list of words in quotation marks.")
        return ()
    tags = fold_tags(value)
    if sentence := problem_with(tags):
        reader.problem("tags", sentence)
    return tuple(tags)
