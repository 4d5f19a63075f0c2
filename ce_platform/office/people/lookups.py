"""How a word begins, by an index, on both databases.

Django's own `startswith` walks through the whole table on SQLite, whose LIKE knows no case. There
it is asked as a range; PostgreSQL needs an index with `varchar_pattern_ops` for it.
"""

from typing import Any, Final

from django.db.models import CharField
from django.db.models.lookups import StartsWith

_LAST: Final = chr(0x10FFFF)


@CharField.register_lookup
class Begins(StartsWith):
    lookup_name = "begins"

    def get_rhs_op(self, connection: Any, rhs: Any) -> str:
        return str(connection.operators["startswith"] % rhs)

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, parameters = compiler.compile(self.lhs)
        return (
            f"({column} >= %s AND {column} < %s)",
            [*parameters, self.rhs, *parameters, f"{self.rhs}{_LAST}"],
        )
