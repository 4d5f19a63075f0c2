"""Whether transcripts and their files still are what they were when they were made."""

import hashlib
from collections.abc import Iterator
from typing import Final

from ce_platform.core import codes
from ce_platform.core.text import sha256_text
from ce_platform.core.verification import Finding, Tally
from certificates.models import Transcript

_PIECE: Final = 100


def check_transcripts(tally: Tally) -> Iterator[Finding]:
    """The kept text and the stored bytes of every transcript agree with their hashes."""
    rows = Transcript.objects.select_related("file").order_by("pk")
    for row in rows.iterator(chunk_size=_PIECE):
        tally.count += 1
        what = f"transcript {codes.dashed(row.code)}"
        if sha256_text(row.record_json) != row.sha256:
            yield Finding(what, "its text is not what its hash says")
        if row.file is None:
            continue
        try:
            content = row.file.read()
        except OSError:
            yield Finding(what, "its file is not there")
            continue
        if not hashlib.sha256(content).hexdigest() == row.file_sha256 == row.file.sha256:
            yield Finding(what, "its bytes are not what its hash says")
