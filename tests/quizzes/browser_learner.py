"""A learner before a real Chromium, in the middle of an attempt.

The database is asked only before Chromium starts and after it has ended: its event loop and the
ORM do not go together in one thread.
"""

import shutil
from collections.abc import Iterator
from collections.abc import Sequence as Many
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from ce_platform.accounts.models import User
from courses.models import Enrollment
from quizzes.domain.attempts import start_attempt
from quizzes.models import Attempt, AttemptItem
from tests.factories.courses import EnrollmentFactory
from tests.factories.quizzes import quiz_with

PASSWORD = "calm hands 2026"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@dataclass
class Learner:
    attempt: Attempt
    url: str
    session: str
    server: str

    @contextmanager
    def browser(self, **options: object) -> Iterator[BrowserContext]:
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(
                executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
            )
            context = chromium.new_context(base_url=self.server, **options)
            context.set_default_timeout(15_000)
            context.add_cookies([{"name": "sessionid", "value": self.session, "url": self.server}])
            yield context
            chromium.close()

    def open(self, context: BrowserContext) -> Page:
        page = context.new_page()
        page.goto(self.url)
        # The script has taken over when the button for saving by hand is gone.
        expect(page.get_by_role("button", name="Save answers")).to_be_hidden()
        return page

    def stored(self) -> dict[str, str]:
        """Words of the stem → stored response."""
        return {
            item.revision.data["stem"]: item.response
            for item in AttemptItem.objects.filter(attempt=self.attempt).select_related("revision")
        }


def learner_of(kinds: Many[tuple[str, dict[str, Any]]], *, server: str, **quiz: object) -> Learner:
    """Lena, with an open attempt at a quiz of these (type, content) pairs."""
    user = User.objects.create_user("lena@example.com", PASSWORD, name_on_certificates="Lena")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    enrollment: Enrollment = EnrollmentFactory(user=user, version=quiz_with(kinds, **quiz).version)
    attempt = start_attempt(
        enrollment, enrollment.version.quizzes.get(), by=user, now=timezone.now()
    )
    client = Client()
    client.force_login(user)
    return Learner(
        attempt=attempt,
        url=attempt.get_absolute_url(),
        session=client.cookies["sessionid"].value,
        server=server,
    )
