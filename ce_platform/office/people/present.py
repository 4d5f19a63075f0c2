"""Which kinds of rows there are of a person, by one query: most people have few, and what nobody
has is then not asked for."""

from functools import cache
from typing import Any, Final

from django.db import connection
from django.db.models import Exists

from ce_platform.accounts.models import User
from ce_platform.office.people.parts import person_parts

_NOBODY: Final = -1


def kinds_of(person: User) -> frozenset[str]:
    """The names under which there is at least one row."""
    names, sql, parameters = _question()
    with connection.cursor() as cursor:
        cursor.execute(sql, [*parameters, person.pk])
        answers = cursor.fetchone() or ()
    return frozenset(name for name, is_there in zip(names, answers, strict=True) if is_there)


@cache
def _question() -> tuple[tuple[str, ...], str, tuple[Any, ...]]:
    """Names, SQL, and its parameters but for the person, which is the last: to put such a query
    together takes Django longer than to ask it, so each process does it once."""
    asked = [
        (name, Exists(each.order_by()))
        for part in person_parts()
        for name, rows in part.rows.items()
        for each in rows()
    ]
    names, questions = zip(*asked, strict=True)
    people = User.objects.filter(pk=_NOBODY).order_by().values_list(*questions)
    sql, parameters = people.query.sql_with_params()
    if parameters[-1] != _NOBODY:
        raise AssertionError("the person is not the last parameter")
    return names, sql, parameters[:-1]
