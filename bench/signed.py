"""`python -m bench.signed COUNT`: fills and signs certificates in a process of its own.

Prints the CPU seconds, after a warm-up.
"""

import sys
import time
from datetime import UTC, datetime

import django

django.setup()

from bench.certificates import BODIES, someone  # noqa: E402
from certificates.pdf.many import FillingRenderer  # noqa: E402
from certificates.sample import sample_record  # noqa: E402
from certificates.signing import sign_pdf  # noqa: E402


def main(count: int) -> None:
    renderer, base = FillingRenderer(), sample_record(body_count=BODIES)

    def make(number: int) -> None:
        made = renderer.render(someone(number, base), pictures={})
        sign_pdf(made.content, reason="Issued as it stands", now=datetime.now(UTC))

    for number in range(60):
        make(number)
    begun = time.process_time()
    for number in range(count):
        make(number)
    sys.stdout.write(f"{time.process_time() - begun}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
