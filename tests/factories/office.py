"""Policies, and questions to the office."""

from datetime import UTC, date, datetime
from typing import Any

import factory
from factory.django import DjangoModelFactory

from ce_platform.core.models import PolicyDocument
from ce_platform.core.text import sha256_text
from ce_platform.office.asking.models import Thread, ThreadMessage
from tests.factories.accounts import UserFactory

NOW = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)


class PolicyFactory(DjangoModelFactory[PolicyDocument]):
    """In force since the beginning of the year; `is_draft`: not published."""

    class Meta:
        model = PolicyDocument

    class Params:
        is_draft = False

    kind = "refund"
    version = 1
    text = factory.LazyAttribute(lambda row: "A draft." if row.is_draft else f"Text {row.version}.")
    effective_on: Any = factory.LazyAttribute(
        lambda row: None if row.is_draft else date(2026, 1, row.version)
    )
    published_at: Any = factory.LazyAttribute(lambda row: None if row.is_draft else NOW)
    text_sha256 = factory.LazyAttribute(lambda row: "" if row.is_draft else sha256_text(row.text))
    created_at = NOW
    changed_at = NOW


class ThreadFactory(DjangoModelFactory[Thread]):
    class Meta:
        model = Thread

    user = factory.SubFactory(UserFactory)
    title = factory.Sequence(lambda number: f"Question {number}")
    waiting_since: Any = NOW
    created_at = NOW
    last_at = NOW


class ThreadMessageFactory(DjangoModelFactory[ThreadMessage]):
    class Meta:
        model = ThreadMessage

    thread = factory.SubFactory(ThreadFactory)
    author = ThreadMessage.Author.PERSON
    at = NOW
    text = "My license number ends in 5."
