"""What is said of a checked file: the verdict first, then what else is known."""

from dataclasses import dataclass, replace
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ce_platform.core.templatetags.wording import long_date
from certificates.checking.apart import Signature
from certificates.checking.check import ADDED_TO, ALTERED, GENUINE, SEVERAL, SPECIMEN, Checked
from certificates.checking.differences import Differences
from certificates.domain.errors import RecordAltered
from certificates.models import Transcript
from certificates.standing import Standing, standing_of
from certificates.transcript.standing import standing_of_transcript

BYTE_FOR_BYTE: Final = "This is the file that we issued, byte for byte."
AS_TAKEN_OVER: Final = (
    "This is the file that the provider took over with this record from an earlier system, byte "
    "for byte."
)


def verdict_on(checked: Checked) -> Standing:
    """In the shape in which every page says it. `state` of a genuine file is that of its
    certificate: valid | revoked | replaced | specimen; else altered | several | not-ours."""
    if checked.verdict == GENUINE and checked.certificate is not None:
        return _genuine(checked, standing_of(checked.certificate))
    if checked.verdict == GENUINE and checked.transcript is not None:
        return _genuine(checked, _standing_of_transcript(checked.transcript))
    if checked.verdict == ADDED_TO:
        return _said(
            "altered",
            _("Altered: something was added after we issued it"),
            _(
                "The file begins with the one that we issued and goes on after its end. What is "
                "added there can change every word on the page. Do not rely on it; compare it "
                "with what we issued, or ask for the file as it was."
            ),
        )
    if checked.verdict == ALTERED:
        return _said(
            "altered",
            _("Not the file that we issued: altered, or printed anew"),
            _(
                "It carries one of our numbers, but it is not our file. Somebody may only have "
                "printed it into a new PDF; somebody may have changed it. Do not rely on it; "
                "what counts is what we issued, shown below."
            )
            if checked.transcript is None
            else _(
                "It carries the number of a transcript that we made, but it is not our file. "
                "Somebody may only have printed it into a new PDF; somebody may have changed it. "
                "Do not rely on it; what counts stands on the page of the transcript."
            ),
        )
    if checked.verdict == SEVERAL:
        return _said(
            "several",
            _("Several certificates in one file"),
            _(
                "We issued no such file: somebody put it together, perhaps only to print it. "
                "Check each certificate by its own file or number."
            ),
        )
    if checked.verdict == SPECIMEN:
        return _said(
            SPECIMEN,
            _("A specimen, made to test printing"),
            _("Nobody holds this certificate. It is not valid for CE."),
        )
    return _said(
        "not-ours",
        _("Not ours"),
        _(
            "We did not issue this file, and we find none of our certificate numbers in it. If it "
            "is a scan, or a photo in a PDF, type the number that is printed on it. If it looks "
            "like one of ours and has no such number, it is not one."
        ),
    )


def _standing_of_transcript(transcript: Transcript) -> Standing:
    try:
        return standing_of_transcript(transcript)
    except RecordAltered:
        return _said(
            "not-found", _("Our own record of it cannot be read"), _("Please write to us.")
        )


def _genuine(checked: Checked, standing: Standing) -> Standing:
    is_imported = checked.certificate is not None and checked.certificate.is_imported
    text = f"{AS_TAKEN_OVER if is_imported else BYTE_FOR_BYTE} {standing.text}"
    if checked.has_blank_end:
        text += " " + _(
            "Blank bytes follow its end, as some mail programs add them; they change nothing."
        )
    return replace(standing, text=text)


def _said(state: str, heading: str, text: str) -> Standing:
    return Standing(state=state, heading=heading, text=text, word="", tone="")


@dataclass(frozen=True)
class SignatureLine:
    state: str
    """good | part | broken | foreign | unknown | none"""
    sentence: str


def signature_lines(
    signatures: tuple[Signature, ...] | None, *, ours: frozenset[str]
) -> tuple[SignatureLine, ...]:
    """`ours` holds the fingerprints of our signing certificates, also of former ones."""
    if signatures is None:
        return (SignatureLine("unknown", _("Whether it is digitally signed could not be read.")),)
    if not signatures:
        return (SignatureLine("none", _("There is no digital signature in the file.")),)
    return tuple(
        _line(signature, is_ours=signature.fingerprint in ours) for signature in signatures
    )


def _line(signature: Signature, *, is_ours: bool) -> SignatureLine:
    when = (
        _(" on {date}").format(date=long_date(signature.signed_at)) if signature.signed_at else ""
    )
    who = signature.signer or _("somebody without a name")
    if signature.state == "broken":
        return SignatureLine(
            "broken",
            _(
                "Signed as “{who}”{when}, but the signature is broken: what it covered was changed."
            ).format(who=who, when=when),
        )
    if signature.state == "unknown":
        return SignatureLine(
            "unknown",
            _("Signed as “{who}”{when}, in a way that we cannot check.").format(who=who, when=when),
        )
    covers = (
        _("The signature covers the whole file.")
        if signature.state == "whole"
        else _("The signature does not cover the whole file: something was added after it.")
    )
    if not is_ours:
        return SignatureLine(
            "foreign",
            _("Signed as “{who}”{when}, with a certificate that is not ours.").format(
                who=who, when=when
            )
            + f" {covers}",
        )
    return SignatureLine(
        "good" if signature.state == "whole" else "part",
        _("Signed by {who}{when}, with our certificate.").format(who=who, when=when) + f" {covers}",
    )


def differences_line(told: Differences) -> str:
    """Above the list, or in its stead."""
    if not told.is_readable:
        return _("No text can be read in the file; perhaps it is a scan. Compare by eye.")
    if told.missing:
        return ngettext(
            "This was issued, and is not found in the text of the file, or not as often:",
            "These were issued, and are not found in the text of the file, or not as often:",
            len(told.missing),
        )
    if told.strange:
        return _("Everything that was printed is found in its text, and more.")
    return _(
        "Everything that was printed is found in its text. That is a help, not a proof: what is "
        "drawn over a text cannot be read."
    )
