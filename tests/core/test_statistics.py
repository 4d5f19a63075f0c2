from datetime import datetime

import pytest
from django.db import connection

from ce_platform.core.statistics import sweep_statistics


@pytest.mark.django_db
def test_sqlite_gathers_statistics_once_a_day(now: datetime) -> None:
    is_sqlite = connection.vendor == "sqlite"

    assert [sweep_statistics(now) for _ in range(2)] == [int(is_sqlite), 0]
