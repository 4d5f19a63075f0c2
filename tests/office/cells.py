"""What one press of a button did, in one word, and undone again: the cells of a table of states.

`yes`    something changed, and the log says so
`no`     nothing changed, and a sentence on the page says why
`–`      nothing was to do: nothing changed, and nothing is refused
`403`, `404`, `login` (sent to sign in), `set-up` (sent to set up the second step): nothing changed
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.contrib.messages import constants, get_messages
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from ce_platform.accounts.models import InstructorProfile, StaffInvitation, User
from ce_platform.core.models import AccountEnding, AuditEvent, BouncedAddress, OutgoingMail
from ce_platform.office.asking.models import Thread, ThreadMessage
from certificates.models import Certificate, CorrectionRequest
from courses.models import Course, CourseMember, Enrollment, EnrollmentRefund
from quizzes.models import AttemptRequest, TimeGrant
from tests.pages.watching import written

TOUCHED = (
    User,
    User.groups.through,
    InstructorProfile,
    StaffInvitation,
    EmailAddress,
    Authenticator,
    AccountEnding,
    BouncedAddress,
    OutgoingMail,
    Course,
    CourseMember,
    Enrollment,
    EnrollmentRefund,
    AttemptRequest,
    TimeGrant,
    Certificate,
    CorrectionRequest,
    Thread,
    ThreadMessage,
)
_TABLES = frozenset(model._meta.db_table for model in TOUCHED)
# Everybody but a registrar, and what they are answered wherever only a registrar may.
WHO = {
    "nobody": "login",
    "therapist": "403",
    "the person": "403",
    "instructor": "403",
    "author": "403",
    "operator": "403",
    "superuser": "403",
    "registrar whose role was taken": "403",
    "registrar without a second step": "set-up",
}
Digest = Mapping[str, list[Any]]


@dataclass(frozen=True)
class Press:
    """A form as it is sent, and where a page would offer it."""

    url: str
    form: Mapping[str, Any] = field(default_factory=dict)
    page: str = ""
    """Where its button stands; empty: the table does not ask."""
    mark: str = ""
    """What stands there when it is offered; empty: the address it is sent to."""


def read(grid: str) -> dict[str, dict[str, str]]:
    """Of a table in plain text: column → row → word."""
    head, *rows = [line.split() for line in grid.strip().splitlines()]
    assert all(len(row) == len(head) + 1 for row in rows), "a cell too many or too few"
    return {name: {row[0]: row[at + 1] for row in rows} for at, name in enumerate(head)}


def browser_of(who: str, *, of: User, settings: Settings) -> Client:
    """In which `of` is signed in as one of `WHO`."""
    client = Client()
    if who == "nobody":
        return client
    role = "instructor" if who == "author" else who.split()[0]
    of.groups.set(Group.objects.filter(name=role))
    if who == "author":
        Course.objects.update(owner=of)
    elif who == "superuser":
        User.objects.filter(pk=of.pk).update(is_superuser=True, is_staff=True)
    client.force_login(of)
    if who.endswith("taken"):
        assert client.get(reverse("office:person-list")).status_code == 200
        of.groups.clear()
    settings.SECOND_STEP_REQUIRED = who.endswith("second step")
    return client


def digest() -> Digest:
    return {model.__name__: list(model._default_manager.order_by("pk").values_list())
            for model in TOUCHED}  # fmt: skip


def words_for(client: Client, presses: Mapping[str, Press]) -> dict[str, str]:
    """Each press on the same state."""
    before, count = digest(), AuditEvent.objects.count()
    return {
        name: _word(client, press, before=before, logged=count) for name, press in presses.items()
    }


def _word(client: Client, press: Press, *, before: Digest, logged: int) -> str:
    with transaction.atomic():
        with written(but=None) as tables:
            answer = client.post(press.url, press.form)
        # Nothing is another without a statement that writes, and most presses are refused.
        is_same = _TABLES.isdisjoint(tables) or digest() == before
        is_logged = AuditEvent.objects.count() > logged
        transaction.set_rollback(True)
    client.cookies.pop("messages", None)
    word = _answered(answer)
    if is_same and not is_logged:
        return "–" if word == "302" else word
    # A change and its line in the log come together, and only with an answer that says so.
    return "yes" if (word, is_same, is_logged) == ("302", False, True) else f"{word}, but wrong"


def _answered(answer: HttpResponse) -> str:
    if answer.status_code == 422:
        said = re.search(
            r"(error-summary|checklist|message-error).*?<(li|p)", answer.content.decode(), re.DOTALL
        )
        return "no" if said else "no, without a sentence"
    if answer.status_code != 302:
        return str(answer.status_code)
    if answer["Location"].startswith(reverse("account_login")):
        return "login"
    if answer["Location"] == reverse("accounts:security"):
        return "set-up"
    said = get_messages(answer.wsgi_request)._queued_messages  # type: ignore[attr-defined]
    return "no" if any(message.level >= constants.ERROR for message in said) else "302"


def offered_by(client: Client, presses: Mapping[str, Press]) -> set[str]:
    """Which of these a page has a button for."""
    pages = {press.page: "" for press in presses.values() if press.page}
    for url in pages:
        answer = client.get(url)
        pages[url] = answer.content.decode() if answer.status_code == 200 else ""
    return {
        name
        for name, press in presses.items()
        if press.page and (press.mark or f'action="{press.url}') in pages[press.page]
    }


def where(cells: Mapping[str, str], word: str, *, among: Mapping[str, Press]) -> set[str]:
    """The rows with this word, of those that a page could offer."""
    return {name for name, each in cells.items() if each == word and among[name].page}
