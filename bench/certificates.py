"""Certificates per CPU second: a plain WeasyPrint run for each against our renderer, same looks."""

import statistics
from collections.abc import Callable

from django.template.loader import render_to_string
from weasyprint import HTML

from ce_platform.core.pdf import closed_fetcher
from certificates.look import DEFAULT
from certificates.pdf.files import STYLES
from certificates.pdf.qr import qr_svg
from certificates.pdf.renderer import default_renderer
from certificates.pdf.weasy import own_files
from certificates.sample import sample_record
from certificates.sheet import make_sheet

BODIES = 8
ROUNDS = 12


def measure(spent_ms: Callable[[Callable[[], object]], float], show: Callable[..., None]) -> None:
    record = sample_record(body_count=BODIES)
    renderer = default_renderer()
    sizes: dict[str, int] = {}

    def naive() -> None:
        """The whole page as text into the library and out: nothing is kept from one to the next."""
        qr = ("asset:qr.svg", (qr_svg(record.verify_url).encode(), "image/svg+xml"))
        html = render_to_string(
            f"{DEFAULT.template}/document.html",
            {
                "sheet": make_sheet(record, pictures={}),
                "logo": "",
                "qr": qr[0],
                "stamp": record.issued_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            },
        )
        fetcher = closed_fetcher(dict([*own_files(DEFAULT).items(), qr]))
        page = HTML(string=html, url_fetcher=fetcher)
        sizes["naive"] = len(
            page.write_pdf(stylesheets=list(STYLES[DEFAULT.template]), pdf_tags=True)
        )

    def ours() -> None:
        sizes["ours"] = len(renderer.render(record, pictures={}).content)

    naive()
    ours()
    # Turn about, so that a busy moment of the machine falls on both.
    pairs = [(spent_ms(naive), spent_ms(ours)) for _ in range(ROUNDS)]
    plain, kept = (statistics.median(column) for column in zip(*pairs, strict=True))
    show("certificate, plain WeasyPrint run, CPU", plain, "ms", None)
    show("certificate, our renderer, CPU", kept, "ms", None)
    show(
        "certificates per CPU second, ours to plain",
        statistics.median(one / other for one, other in pairs),
        "times",
        None,
        note="at least 10 times for bulk issuing, which is not built yet",
    )
    show("certificate, size", sizes["ours"] / 1000, "kB", None)
