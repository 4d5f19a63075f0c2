"""The code with which the very first registrar opens the office."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils import timezone

from ce_platform.core import codes
from ce_platform.core.errors import DomainError
from ce_platform.office.first_run.owner import new_code


class Command(BaseCommand):
    help = (
        "Prints a code that makes one person the first registrar, on the page /set-up/. It works "
        "once, for 24 hours, while nobody is a registrar. A new one takes the place of the old."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            code = new_code(now=timezone.now())
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{settings.PUBLIC_BASE_URL}{reverse('office:first-run-owner')}")
        self.stdout.write(codes.dashed(code))
