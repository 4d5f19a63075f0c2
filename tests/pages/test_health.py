from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connections
from django.test import Client


@pytest.mark.django_db
def test_healthz_answers_200_with_the_database_reached(client: Client) -> None:
    assert client.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_healthz_answers_503_without_the_database(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def gone(*args: object) -> Iterator[None]:
        raise OperationalError("server closed the connection")
        yield

    monkeypatch.setattr(connections["default"], "cursor", gone)

    assert client.get("/healthz").status_code == 503
