"""SQLite chooses indexes by statistics that nobody gathers unless told to.

Without them it may begin at the wrong end of a question: at all certificates instead of at the few
that are asked about. PostgreSQL gathers its own.
"""

from datetime import datetime, timedelta
from typing import Final

from django.core.cache import cache
from django.db import connection

_EVERY: Final = timedelta(days=1)
_KEY: Final = "core.statistics.gathered"
# Rows looked at per index: enough to tell large from small, and milliseconds for any table.
_ROWS: Final = 1_000


def sweep_statistics(now: datetime) -> int:
    """Once a day; connections that are opened later use them."""
    if connection.vendor != "sqlite" or not cache.add(
        _KEY, now.isoformat(), timeout=int(_EVERY.total_seconds())
    ):
        return 0
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA analysis_limit = {_ROWS}")
        cursor.execute("ANALYZE")
    return 1
