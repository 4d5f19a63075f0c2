"""Policies and questions of the demo."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction

from ce_platform.accounts.models import User
from ce_platform.core import policies
from ce_platform.core.models import PolicyDocument
from ce_platform.core.text import sha256_text
from ce_platform.office.asking import domain as asking
from ce_platform.office.asking.context import Context
from ce_platform.office.asking.models import Thread
from ce_platform.office.policies.starters import starter_text
from courses.models import Course

_GAP = re.compile(r"\[FILL IN[^\]]*\]")


@transaction.atomic
def add_policies(people: Mapping[str, User], by: User, *, now: datetime, said: list[str]) -> None:
    """All but one, so that the office has something left to write; accepted by everybody."""
    if PolicyDocument.objects.exists():
        return
    for kind in PolicyDocument.Kind:
        if kind == PolicyDocument.Kind.ACCESSIBILITY:
            continue
        text = _GAP.sub("(left open in this demonstration)", starter_text(kind))
        draft = policies.save_draft(kind, text=text, changes="", seen="", by=by, now=now)
        policies.publish(
            kind,
            seen=sha256_text(draft.text),
            effective_on=policies.provider_today(now),
            by=by,
            now=now,
        )
    accepted = policies.in_force(now, policies.AT_SIGN_UP)
    for person in people.values():
        policies.accept(person.pk, accepted, where=policies.Where.SIGN_UP, now=now)
    said.append("policies")


@transaction.atomic
def add_questions(asker: User, by: User, *, now: datetime, said: list[str]) -> None:
    if Thread.objects.exists():
        return
    course = Course.objects.filter(on_sale_version__isnull=False).first()
    answered = asking.ask(
        uid=uuid4(),
        text="Will these hours count in Georgia too?\nI have moved and hold both licenses now.",
        context=Context(course.get_absolute_url() if course else "", course),
        user=asker,
        now=now - timedelta(days=3),
    )
    asking.answer(
        answered,
        uid=uuid4(),
        text="Georgia accepts courses of the NCBTMB’s list, and this one is on it.\n\n"
        "Add the Georgia license under “My licenses”; the course page then answers for both.",
        seen=asking.newest_of(answered),
        by=by,
        now=now - timedelta(days=2),
    )
    asking.ask(
        uid=uuid4(),
        text="The captions of the second recording stop in the middle.",
        context=Context(course.get_absolute_url() if course else "", course),
        user=asker,
        now=now - timedelta(hours=26),
    )
    asking.ask(
        uid=uuid4(),
        text="Do you teach in Spanish as well?",
        context=Context(),
        email="lucia.visitor@example.com",
        name="Lucía Ortega",
        now=now - timedelta(hours=2),
    )
    said.append("questions to the office")
