"""Render a specimen through the engine that renders real certificates."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from certificates.pdf.renderer import RenderingFailed, default_renderer
from certificates.sample import sample_record


class Command(BaseCommand):
    help = "Write a specimen certificate as a PDF. Touches no database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--output", required=True, type=Path, help="the PDF to write")
        parser.add_argument("--name", default="Maria-Elena Sørensen Castañeda")
        parser.add_argument("--bodies", type=int, default=6, help="how many bodies to print")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 0 <= options["bodies"] <= 200:
            raise CommandError("--bodies is a number from 0 to 200.")
        name = options["name"].strip()
        if not name or len(name) > 120:
            raise CommandError("--name has 1 to 120 letters.")
        record = sample_record(name=name, body_count=options["bodies"])
        try:
            rendered = default_renderer().render(record, pictures={})
        except RenderingFailed as error:
            raise CommandError(str(error)) from error
        output: Path = options["output"]
        try:
            output.write_bytes(rendered.content)
        except OSError as error:
            raise CommandError(f"{output} could not be written: {error.strerror}") from error
        self.stdout.write(
            f"{output}: {rendered.page_count} page{'s' if rendered.page_count > 1 else ''}, "
            f"{len(rendered.content):,} bytes"
        )
