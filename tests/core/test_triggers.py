"""The helper that makes triggers, on a table of its own, on the database at hand."""

from collections.abc import Iterator

import pytest
from django.db import IntegrityError, connection, transaction

from ce_platform.core.triggers import (
    Refusal,
    create_sql,
    drop_sql,
    forbid_delete,
    forbid_insert,
    forbid_update,
    forbid_update_when,
    missing,
    present,
)

pytestmark = pytest.mark.django_db
TABLE = "trigger_sample"


@pytest.fixture(autouse=True)
def _table() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {TABLE} (id integer, state varchar(20), note text)")
        cursor.execute(f"INSERT INTO {TABLE} VALUES (1, 'open', 'a'), (2, 'closed', NULL)")
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {TABLE}")


def install(refusal: Refusal) -> None:
    with connection.cursor() as cursor:
        for statement in drop_sql(connection, refusal) + create_sql(connection, refusal):
            cursor.execute(statement)


def run(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def refused(sql: str, sentence: str = "It's no use") -> None:
    with pytest.raises(IntegrityError, match=sentence):
        run(sql)


def test_forbid_update_lets_named_columns_change() -> None:
    install(forbid_update(TABLE, "It's no use.", except_columns=["state"]))

    run(f"UPDATE {TABLE} SET state = 'other'")
    run(f"UPDATE {TABLE} SET note = note, state = 'x'")
    refused(f"UPDATE {TABLE} SET note = 'b' WHERE id = 1")
    refused(f"UPDATE {TABLE} SET note = 'b' WHERE id = 2")
    refused(f"UPDATE {TABLE} SET note = NULL WHERE id = 1")
    refused(f"UPDATE {TABLE} SET id = 5, state = 'x'")


def test_forbid_update_while_a_condition_holds() -> None:
    install(forbid_update(TABLE, "It's no use.", when="OLD.state = 'closed'"))

    run(f"UPDATE {TABLE} SET note = 'b' WHERE id = 1")
    refused(f"UPDATE {TABLE} SET note = 'b' WHERE id = 2")
    refused(f"UPDATE {TABLE} SET state = 'open' WHERE id = 2")


def test_forbid_update_when_looks_at_the_condition_alone() -> None:
    install(
        forbid_update_when(
            TABLE, "It's no use.", when="OLD.state = 'closed' AND NEW.state = 'open'", name="state"
        )
    )

    run(f"UPDATE {TABLE} SET note = 'b' WHERE id = 2")
    refused(f"UPDATE {TABLE} SET state = 'open' WHERE id = 2")


def test_forbid_delete_and_insert_with_subqueries() -> None:
    closed = f"EXISTS (SELECT 1 FROM {TABLE} x WHERE x.state = 'closed' AND x.id = {{}}.id)"
    install(forbid_delete(TABLE, "It's no use.", when=closed.format("OLD")))
    install(forbid_insert(TABLE, "It's no use.", when=closed.format("NEW")))

    run(f"DELETE FROM {TABLE} WHERE id = 1")
    refused(f"DELETE FROM {TABLE} WHERE id = 2")
    run(f"INSERT INTO {TABLE} VALUES (3, 'open', '')")
    refused(f"INSERT INTO {TABLE} VALUES (2, 'open', '')")


def test_forbid_delete_always() -> None:
    install(forbid_delete(TABLE, "It's no use."))

    refused(f"DELETE FROM {TABLE}")


def test_missing_names_what_is_not_there() -> None:
    made, absent = forbid_delete(TABLE, "x"), forbid_update(TABLE, "x")
    install(made)

    assert "refuse_delete_trigger_sample" in present(connection)
    assert missing(connection, [made, absent]) == ["refuse_update_trigger_sample"]


def test_column_that_does_not_exist_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no column"):
        create_sql(connection, forbid_update(TABLE, "x", except_columns=["absent"]))
