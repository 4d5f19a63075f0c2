"""Fill a demo with the starter course and four people."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone


class Command(BaseCommand):
    help = "Adds the demo's provider, course, submissions and people; keeps what is there."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This installation is not a demo: set DEMO=yes first.")
        from ce_platform.pages import demo_people

        for line in demo_people.seed(now=timezone.now()):
            self.stdout.write(f"  added {line}")
        self.stdout.write("")
        self.stdout.write(f"  {settings.PUBLIC_BASE_URL}")
        self.stdout.write("")
        width = max(len(person.email) for person in demo_people.PEOPLE)
        for person in demo_people.PEOPLE:
            role = ", ".join(person.groups) or "therapist"
            self.stdout.write(f"  {person.email:<{width}}  {role}")
        self.stdout.write(f"  password for all four: {demo_people.PASSWORD}")
        self.stdout.write("")
