"""Our own form: the `[[questions]]` of a course package, which can say everything."""

import tomllib
from collections.abc import Sequence
from typing import Any, Final

from courses.package.source import MANY_DOTS
from courses.package.toml import Rows, Values, decimal_text, write_toml
from quizzes.interchange.errors import InterchangeRefused, NotRepresented
from quizzes.interchange.found import ONE, Collector, Item, Reading, short_text
from quizzes.interchange.outgoing import Losses, Outgoing, Written, said_in_turn
from quizzes.question_types import UnknownQuestionType, type_named
from quizzes.question_types.base import Content

NAME: Final = "package"
_OUTER: Final = ("key", "type", "points", "objective", "lesson", "tags", "difficulty", "case")


def read(text: str) -> Reading:
    if MANY_DOTS.search(text):
        raise InterchangeRefused("The file has a key with too many dots.")
    try:
        tables = tomllib.loads(text).get("questions")
    except (tomllib.TOMLDecodeError, ValueError, RecursionError) as error:
        raise InterchangeRefused(f"The file is no TOML that can be read: {error}.") from None
    if not isinstance(tables, list) or not tables:
        raise InterchangeRefused("The file has no [[questions]].")
    lines = [
        number
        for number, line in enumerate(text.split("\n"), start=1)
        if line.strip().replace(" ", "") == "[[questions]]"
    ]
    collector = Collector(NAME)
    for place, table in enumerate(tables):
        item = Item(lines[place] if len(lines) == len(tables) else 0)
        collector.take(item, lambda each, table=table: _question(table, each))  # type: ignore[misc]
    return collector.reading()


def _question(table: Any, item: Item) -> tuple[str, Content]:
    if not isinstance(table, dict) or not isinstance(table.get("type"), str):
        raise NotRepresented("It does not name its type.")
    item.title = short_text(str(table.get("stem", "")), most=60)
    points = table.get("points", "1")
    item.set_points(str(points) if isinstance(points, (str, int, float)) else "?")
    if table.get("objective") or table.get("lesson"):
        item.changed("Its objective and the lesson to read again are to be chosen here.")
    if isinstance(tags := table.get("tags"), list):
        item.tags += [str(tag)[:80] for tag in tags]
    for name in ("difficulty", "case"):
        if table.get(name):
            item.leave(f"Its {name} was left out.")
    try:
        type_named(table["type"])
    except UnknownQuestionType as error:
        raise NotRepresented(str(error)) from None
    return table["type"], {name: value for name, value in table.items() if name not in _OUTER}


def write(questions: Sequence[Outgoing]) -> Written:
    tables, losses = said_in_turn(questions, _table)
    text = write_toml({"questions": Rows(tables)})
    return Written(".toml", "application/toml", text.encode(), losses, len(tables))


def _table(question: Outgoing, _losses: Losses) -> Values:
    content = question.content
    answers = type_named(question.type).package_answers(content)
    rows = {
        name: Rows(value)
        for name, value in answers.items()
        if isinstance(value, list) and value and all(isinstance(each, dict) for each in value)
    }
    return {
        "key": question.key or None,
        "type": question.type,
        "points": None if question.points == ONE else decimal_text(question.points),
        "tags": list(question.tags),
        "stem": content["stem"],
        "explanation": content["explanation"],
        # In TOML a table ends where the next begins, so plain values come first.
        **{name: value for name, value in answers.items() if name not in rows},
        **rows,
    }
