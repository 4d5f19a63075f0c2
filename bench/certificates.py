"""Certificates per CPU second: a plain WeasyPrint run for each against ours, same looks.

Also: signed ones on two cores, memory over thousands, and filled pages against laid-out ones.
"""

import io
import os
import random
import resource
import statistics
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

from django.template.loader import render_to_string
from pypdf import PdfReader
from weasyprint import HTML

from ce_platform.core import codes
from ce_platform.core.pdf import closed_fetcher
from certificates.addresses import verify_url_of
from certificates.domain.record import CertificateRecord
from certificates.look import DEFAULT
from certificates.pdf.files import STYLES
from certificates.pdf.many import FillingRenderer
from certificates.pdf.qr import qr_svg
from certificates.pdf.weasy import WeasyRenderer, own_files
from certificates.sample import sample_record
from certificates.sheet import make_sheet

BODIES = 8
ROUNDS = 12
MANY = int(os.environ.get("BENCH_CERTIFICATES", "5000"))
SIGNED = 300
COMPARED = 200
CORES = 2
FIRST = (
    *("Ana", "Zoë", "Griffith", "María José", "Łukasz", "Siobhán", "Jean-François", "Bjørn"),
    *("Maximilian", "Jo", "Wilhelmina", "D’Artagnan", "Renée", "Çağla", "Željko", "Anne-Sophie"),
)
LAST = (
    *("Lee", "Affleck", "Sørensen Castañeda", "Fjord-Fifield", "de la Torre y Gutiérrez", "Ng"),
    *("O’Brien", "Wójcik", "Featherstonehaugh", "Müller-Lüdenscheidt", "van der Waals", "Kő"),
)


def someone(number: int, base: CertificateRecord) -> CertificateRecord:
    """Another holder of the same course on the same day, as in a class."""
    draw = random.Random(number)
    serial = codes.new_code()
    return replace(
        base,
        holder_name=f"{draw.choice(FIRST)} {draw.choice(LAST)}",
        licenses=(("US-FL", "Florida", f"MA {draw.randrange(10**5)}"),),
        bodies=tuple(replace(body, license_number="") for body in base.bodies),
        serial=serial,
        verify_url=verify_url_of(serial),
    )


def measure(spent_ms: Callable[[Callable[[], object]], float], show: Callable[..., None]) -> None:
    base = sample_record(body_count=BODIES)
    _against_plain(base, spent_ms, show)
    _memory(base, show)
    _signed(show)
    _compared(base, show)


def _against_plain(
    base: CertificateRecord,
    spent_ms: Callable[[Callable[[], object]], float],
    show: Callable[..., None],
) -> None:
    renderer = FillingRenderer()
    sizes: dict[str, int] = {}
    numbers = iter(range(10**6))

    def naive() -> None:
        """The whole page as text into the library and out: nothing is kept from one to the next."""
        record = someone(next(numbers), base)
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

    def laid_out() -> None:
        WeasyRenderer().render(someone(next(numbers), base), pictures={})

    def in_bulk() -> None:
        made = renderer.render(someone(next(numbers), base), pictures={})
        sizes["bulk"] = len(made.content)

    naive()
    laid_out()
    first = spent_ms(lambda: [in_bulk() for _ in range(2 * ROUNDS)])
    # Turn about, so that a busy moment of the machine falls on all.
    rows = [(spent_ms(naive), spent_ms(laid_out), spent_ms(in_bulk)) for _ in range(ROUNDS)]
    plain, lone, bulk = (statistics.median(column) for column in zip(*rows, strict=True))
    show("certificate, plain WeasyPrint run, CPU", plain, "ms", None)
    show("certificate, laid out alone, CPU", lone, "ms", None)
    show("certificate, in bulk, CPU", bulk, "ms", None)
    show("the first ones of a kind together, CPU", first, "ms", None, note=f"{2 * ROUNDS} of them")
    show(
        "certificates per CPU second, bulk to plain",
        statistics.median(row[0] / row[2] for row in rows),
        "times",
        10,
        more=True,
    )
    show("certificate, size laid out", sizes["naive"] / 1000, "kB", None)
    show("certificate, size in bulk", sizes["bulk"] / 1000, "kB", None)


def _memory(base: CertificateRecord, show: Callable[..., None]) -> None:
    """Of a process that has made its first hundred."""
    renderer = FillingRenderer()
    for number in range(100):
        renderer.render(someone(number, base), pictures={})
    before = _resident_mb()
    for number in range(MANY):
        renderer.render(someone(number, base), pictures={})
    show(f"memory that {MANY:,} certificates in bulk leave", _resident_mb() - before, "MB", 8)
    show("highest memory of this process", _highest_mb(), "MB", None)


def _resident_mb() -> float:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 1e6


def _highest_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def _signed(show: Callable[..., None]) -> None:
    """By as many processes as cores, at the same time."""
    command = [sys.executable, "-m", "bench.signed", str(SIGNED)]
    workers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(CORES)]
    spent = [float(worker.communicate()[0]) for worker in workers]
    each = sum(spent) / CORES / SIGNED
    show("certificate, in bulk and signed, CPU", each * 1000, "ms", None)
    show(f"signed certificates a second of {CORES} cores", CORES / each, "", 40, more=True)


def _compared(base: CertificateRecord, show: Callable[..., None]) -> None:
    """Text, structure and pixels of filled pages against those that would be laid out."""
    import pypdfium2
    from PIL import ImageChops

    renderer = FillingRenderer()
    records = [someone(number, base) for number in range(COMPARED)]
    for record in records:
        renderer.render(record, pictures={})
    others, worst, filled = 0, 0.0, 0
    for record in records:
        made = renderer.render(record, pictures={})
        filled += not made.is_laid_out
        wanted = WeasyRenderer().render(record, pictures={})
        others += _words(made.content) != _words(wanted.content)
        pages = [
            [
                page.render(scale=1.5, grayscale=True).to_pil()
                for page in pypdfium2.PdfDocument(each.content)
            ]
            for each in (made, wanted)
        ]
        for one, other in zip(*pages, strict=True):
            histogram = ImageChops.difference(one, other).histogram()
            worst = max(worst, sum(histogram[24:]) / sum(histogram) * 100)
    show(f"filled pages of {COMPARED} names", filled, "pages", COMPARED * 0.9, more=True)
    show("  whose text or structure differs from a full layout", others, "pages", 0)
    show("  worst share of pixels that differ", worst, "%", 0.5)


def _words(content: bytes) -> tuple[list[str], list[str]]:
    reader = PdfReader(io.BytesIO(content))
    kinds = [str(each.get_object().get("/S", "")) for each in _elements(reader)]
    return [page.extract_text() for page in reader.pages], kinds


def _elements(reader: PdfReader) -> list[object]:
    found: list[object] = []

    def walk(node: object) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, dict):
            found.append(node)
            below = node.get("/K", [])
            for each in below if isinstance(below, list) else [below]:
                walk(each)

    walk(reader.trailer["/Root"]["/StructTreeRoot"])  # type: ignore[index]
    return found
