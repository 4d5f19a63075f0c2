"""How a bundle is called on pages."""

import json
from typing import Any, Final

from certificates.models import CertificateBundle

EVENT_WORDS: Final = {
    "certificate-bundle.asked": "Asked for",
    "certificate-bundle.stopped": "Stopped",
    "certificate-bundle.made": "Made",
    "certificate-bundle.downloaded": "Downloaded",
    "certificate-bundle.deleted": "File deleted",
}


def missing_of(bundle: CertificateBundle) -> list[dict[str, Any]]:
    return [
        {"serial": serial, "name": name, "why": why}
        for serial, name, why in json.loads(bundle.missing_json)
    ]
