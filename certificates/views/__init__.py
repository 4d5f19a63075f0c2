"""Pages of certificates: for the holder, for the office, for everybody who verifies."""

from certificates.views.corrections import (
    certificate_correct,
    certificate_correction_withdraw,
    certificate_history,
)
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
from certificates.views.office_corrections import (
    office_certificate_correction,
    office_certificate_correction_decide,
    office_certificate_correction_list,
    office_certificate_correction_proof,
)
from certificates.views.office_life import (
    office_certificate_history,
    office_certificate_reissue,
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
    "certificate_correct",
    "certificate_correction_withdraw",
    "certificate_detail",
    "certificate_download",
    "certificate_history",
    "certificate_list",
    "finish",
    "office_certificate_correction",
    "office_certificate_correction_decide",
    "office_certificate_correction_list",
    "office_certificate_correction_proof",
    "office_certificate_detail",
    "office_certificate_history",
    "office_certificate_list",
    "office_certificate_reissue",
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
