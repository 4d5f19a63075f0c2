"""Make the key that signs certificates, and the certificates that vouch for it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from certificates.signing import make_signing_key


class Command(BaseCommand):
    help = (
        "Make the key that signs certificates and transcripts, in the folder of SIGNING_KEY_FILE. "
        "It is self-made: whoever checks must be told its fingerprint once."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="Whose key it is: the provider's name, up to 64 letters.")

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        name = " ".join(name.split())
        if not 0 < len(name) <= 64:
            raise CommandError("Write the provider's name, at most 64 letters.")
        key = Path(settings.SIGNING_KEY_FILE)
        if key.name != "key.pem" or Path(settings.SIGNING_CERTIFICATES_FILE) != key.with_name(
            "certificates.pem"
        ):
            raise CommandError(
                "SIGNING_KEY_FILE and SIGNING_CERTIFICATES_FILE name files of your own. Remove "
                "them from the environment to have a key made here."
            )
        if not make_signing_key(name, folder=key.parent, now=timezone.now()):
            raise CommandError(f"There is a key in {key.parent} already; it stays.")
        self.stdout.write(f"Made in {key.parent}. Keep a copy of it in a safe place.")
