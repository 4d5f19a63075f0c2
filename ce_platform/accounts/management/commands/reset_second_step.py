"""The way back in when the only registrar has lost their second step."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from ce_platform.accounts.models import User
from ce_platform.accounts.safety.second_step import reset_second_step
from ce_platform.core.errors import DomainError


class Command(BaseCommand):
    help = (
        "Takes the second step from an account and ends its sign-ins. The person is told by mail."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--reason", required=True, help="How you know that it is them.")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email=options["email"].strip().lower()).first()
        if user is None:
            raise CommandError("No account has this address.")
        try:
            count = reset_second_step(user, by=None, reason=options["reason"], now=timezone.now())
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Removed: {count}." if count else "There was no second step.")
