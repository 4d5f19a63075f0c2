from typing import Any

from django.core.management.base import BaseCommand

from courses.domain.rendered import render_version
from courses.models import CourseVersion


class Command(BaseCommand):
    help = "Make the HTML of all lessons again from their text, after the renderer has changed."

    def handle(self, *args: Any, **options: Any) -> None:
        for version in CourseVersion.objects.select_related("course").order_by("pk").iterator():
            count = render_version(version)
            if count:
                self.stdout.write(f"{version}: {count} texts made again")
        self.stdout.write("Done.")
