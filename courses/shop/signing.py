"""How a shop signs what it tells. Pure: secret, time and body in, yes or no out.

The signature is HMAC-SHA256 over the timestamp, a dot, and the body byte by byte, in hexadecimal
figures. The time is signed along, so a call that somebody recorded is worth nothing five minutes
later. See decision 0043 for why not the forms of one shop or another.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

TOLERANCE: Final = timedelta(minutes=5)
_PREFIX: Final = "v1="
_LONGEST_TIMESTAMP: Final = 12


@dataclass(frozen=True)
class CallHeaders:
    key: str
    timestamp: str
    signature: str


class Verdict(StrEnum):
    RIGHT = "right"
    FORGED = "forged"
    LATE = "late"
    EARLY = "early"


def signature_of(body: bytes, *, secret: str, timestamp: str) -> str:
    signed = timestamp.encode() + b"." + body
    return _PREFIX + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def headers_for(body: bytes, *, key: str, secret: str, now: datetime) -> CallHeaders:
    """What a shop would send now."""
    timestamp = str(int(now.timestamp()))
    return CallHeaders(key, timestamp, signature_of(body, secret=secret, timestamp=timestamp))


def verdict(headers: CallHeaders, body: bytes, *, secret: str, now: datetime) -> Verdict:
    """The time is looked at only where the signature is right: nobody else learns our clock."""
    timestamp = headers.timestamp
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= _LONGEST_TIMESTAMP):
        return Verdict.FORGED
    expected = signature_of(body, secret=secret, timestamp=timestamp)
    # Bytes: text that is not ASCII cannot be compared in constant time.
    if not hmac.compare_digest(expected.encode(), headers.signature.strip().encode()):
        return Verdict.FORGED
    age = now - datetime(1970, 1, 1, tzinfo=UTC) - timedelta(seconds=int(timestamp))
    if age > TOLERANCE:
        return Verdict.LATE
    return Verdict.EARLY if -age > TOLERANCE else Verdict.RIGHT
