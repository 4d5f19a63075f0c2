"""How a bundle is called on pages."""

import json
from dataclasses import dataclass
from typing import Any, Final

from ce_platform.core.models import BackgroundJob
from certificates.models import CertificateBundle

EVENT_WORDS: Final = {
    "certificate-bundle.asked": "Asked for",
    "certificate-bundle.stopped": "Stopped",
    "certificate-bundle.made": "Made",
    "certificate-bundle.downloaded": "Downloaded",
    "certificate-bundle.deleted": "File deleted",
}


@dataclass(frozen=True)
class State:
    word: str
    tone: str


def state_of(bundle: CertificateBundle) -> State:
    """The bundle comes with its job."""
    if bundle.deleted_at:
        return State("Deleted", "")
    if bundle.file_id:
        return State("Ready", "good")
    match bundle.job.status:
        case BackgroundJob.Status.FAILED:
            return State("Stopped", "bad")
        case BackgroundJob.Status.QUEUED:
            return State("Waiting", "wait")
    return State("At work", "accent")


def missing_of(bundle: CertificateBundle) -> list[dict[str, Any]]:
    return [
        {"serial": serial, "name": name, "why": why}
        for serial, name, why in json.loads(bundle.missing_json)
    ]
