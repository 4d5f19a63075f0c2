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
from certificates.views.verify_file import verify_file, verify_file_json
from certificates.views.verify_offline import (
    signing_certificate_cer,
    signing_certificates_pem,
    verify_offline,
)
from certificates.views.verify_record import verify_record

__all__ = [
    "certificate_detail",
    "certificate_download",
    "certificate_list",
    "finish",
    "office_certificate_detail",
    "office_certificate_list",
    "office_certificate_revoke",
    "preview_finish",
    "signing_certificate_cer",
    "signing_certificates_pem",
    "verify",
    "verify_detail",
    "verify_file",
    "verify_file_json",
    "verify_offline",
    "verify_record",
]
