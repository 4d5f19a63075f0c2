"""Pages of certificates: for the holder, for the office, for everybody who verifies."""

from certificates.views.finish import finish
from certificates.views.holder import (
    certificate_detail,
    certificate_download,
    certificate_list,
)
from certificates.views.office import (
    office_certificate_detail,
    office_certificate_list,
    office_certificate_revoke,
)
from certificates.views.preview import preview_finish
from certificates.views.verify import verify, verify_detail

__all__ = [
    "certificate_detail",
    "certificate_download",
    "certificate_list",
    "finish",
    "office_certificate_detail",
    "office_certificate_list",
    "office_certificate_revoke",
    "preview_finish",
    "verify",
    "verify_detail",
]
