"""What a PDF from a stranger says of itself: numbers, words, signatures.

Run as a program in a process of its own, with limits: the file on its standard input, one line of
JSON for each thing that was found out. A file that breaks one of the readers, or the process,
loses only what was not said yet. Nothing here knows Django or the database, writes a file or
asks the network.
"""

import json
import re
import sys
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any, Final

from ce_platform.core import codes

MOST_MEMORY: Final = 512 * 1024 * 1024
MOST_SECONDS: Final = 2
"""Of the processor. One of our own certificates takes half a second."""
MOST_PAGES: Final = 12
MOST_LETTERS: Final = 100_000
MOST_NUMBERS: Final = 200
MOST_SIGNATURES: Final = 4

# Signatures over all bytes of a revision; older kinds are not worth a verdict.
_KINDS: Final = frozenset({"/adbe.pkcs7.detached", "/ETSI.CAdES.detached"})
# A number as it is printed or as it stands in an address.
_NUMBER: Final = re.compile(
    r"(?<![0-9A-Za-z])"
    r"[0-9A-Za-z]{4}\s?-?\s?[0-9A-Za-z]{4}\s?-?\s?[0-9A-Za-z]{4}\s?-?\s?[0-9A-Za-z]{5}"
    r"(?![0-9A-Za-z])"
)


def numbers_in(text: str) -> list[str]:
    """Serials that can be ours, each once."""
    found: dict[str, None] = {}
    for match in _NUMBER.finditer(text):
        serial = codes.normalize(match[0])
        if serial is not None:
            found[serial] = None
            if len(found) == MOST_NUMBERS:
                break
    return list(found)


def text_of(content: bytes) -> str:
    """The words on the first pages; for bytes of our own, where no limits are needed."""
    return _text(_reader(content))


# ---------------------------------------------------------------- the parts


def read_numbers(content: bytes) -> Iterator[dict[str, Any]]:
    """As they stand in the open: the address behind the QR code does."""
    yield {"numbers": numbers_in(content.decode("latin-1"))}


def read_words(content: bytes) -> Iterator[dict[str, Any]]:
    reader = _reader(content)
    if reader.is_encrypted:
        yield {"is_encrypted": True}
        return
    yield {"page_count": len(reader.pages)}
    told = [str(value) for value in dict(reader.metadata or {}).values()]
    yield {"numbers": numbers_in(" \n".join(told)[:MOST_LETTERS])}
    yield {"numbers": numbers_in(" \n".join(_addresses(reader)))}
    text = _text(reader)
    yield {"numbers": numbers_in(text), "text": text}


def read_signatures(content: bytes) -> Iterator[dict[str, Any]]:
    if b"/ByteRange" not in content:
        # A signature names the bytes it covers, in the open. Most files have none, and the reader
        # takes half a second to load.
        yield {"signatures": []}
        return
    from pyhanko.pdf_utils.reader import PdfFileReader

    reader = PdfFileReader(BytesIO(content), strict=False)
    signatures = list(reader.embedded_regular_signatures)
    yield {"signatures": [_signature(each) for each in signatures[:MOST_SIGNATURES]]}


def _signature(signature: Any) -> dict[str, Any]:
    certificate = signature.signer_cert
    moment = signature.self_reported_timestamp
    return {
        "signer": name_of(certificate.subject),
        "fingerprint": certificate.sha256.hex(),
        "signed_at": moment.isoformat() if moment is not None else "",
        "state": _state(signature),
    }


def _state(signature: Any) -> str:
    """Only whether bytes and signature agree. Whom to trust is decided outside, by fingerprint:
    never by what the file brings along."""
    from pyhanko.sign.validation.generic_cms import validate_sig_integrity

    if signature.sig_object.get("/SubFilter") not in _KINDS:
        return "unknown"
    try:
        signature.compute_integrity_info(skip_diff=True)
        is_intact, is_valid = validate_sig_integrity(
            signature.signer_info,
            signature.signer_cert,
            expected_content_type="data",
            actual_digest=signature.compute_digest(),
        )
    except Exception:  # An algorithm that nobody knows, or a file made to confuse.
        return "unknown"
    if not (is_intact and is_valid):
        return "broken"
    return "whole" if signature.coverage.name == "ENTIRE_FILE" else "part"


def name_of(subject: Any) -> str:
    """ "Common name, organization" as a person would say it."""
    names = subject.native
    parts = [names.get("common_name"), names.get("organization_name")]
    said = [str(part) for part in dict.fromkeys(parts) if part]
    return ", ".join(said)[:200] or str(subject.human_friendly)[:200]


def _reader(content: bytes) -> Any:
    from pypdf import PdfReader

    return PdfReader(BytesIO(content), strict=False)


def _addresses(reader: Any) -> Iterator[str]:
    """Where links lead: the QR code is one."""
    for index in range(min(len(reader.pages), MOST_PAGES)):
        for link in list(reader.pages[index].get("/Annots") or [])[:MOST_NUMBERS]:
            action = link.get_object().get("/A")
            if action is not None:
                yield str(action.get_object().get("/URI", ""))[:400]


def _text(reader: Any) -> str:
    pages: list[str] = []
    for index in range(min(len(reader.pages), MOST_PAGES)):
        pages.append(reader.pages[index].extract_text())
        if sum(map(len, pages)) > MOST_LETTERS:
            break
    return "\n".join(pages)[:MOST_LETTERS]


# ---------------------------------------------------------------- the program


def _limit() -> None:
    import os
    import resource

    os.nice(5)  # Pages come first.
    for limit, most in (
        (resource.RLIMIT_AS, MOST_MEMORY),
        (resource.RLIMIT_CPU, MOST_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))


def _main() -> int:
    _limit()
    content = sys.stdin.buffer.read()
    parts: tuple[Callable[[bytes], Iterator[dict[str, Any]]], ...] = (
        read_numbers,
        read_words,
        read_signatures,
    )
    for part in parts:
        try:
            for said in part(content):
                sys.stdout.write(json.dumps(said) + "\n")
                sys.stdout.flush()
                if "is_encrypted" in said:
                    return 0
        except (Exception, MemoryError, RecursionError) as error:
            # Readers of broken files raise whatever they like; the next one may fare better.
            sys.stdout.write(json.dumps({"failed": part.__name__, "why": str(error)[:80]}) + "\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(_main())
