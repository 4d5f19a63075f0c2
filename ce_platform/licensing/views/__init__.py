"""Pages of licensing, by noun."""

from ce_platform.licensing.views.bodies import (
    body_detail,
    body_list,
    office_body_pending,
    office_rule_check,
)
from ce_platform.licensing.views.licenses import (
    license_add,
    license_change,
    license_consent,
    license_list,
    license_remove,
    license_restore,
)
from ce_platform.licensing.views.provider import (
    number_add,
    number_change,
    number_remove,
    provider_detail,
    provider_logo,
    signatory_add,
    signatory_change,
    signatory_picture,
)
from ce_platform.licensing.views.submissions import (
    submission_add,
    submission_correct,
    submission_detail,
    submission_letter,
    submission_list,
    submission_move,
    submission_note,
)

__all__ = [
    "body_detail",
    "body_list",
    "license_add",
    "license_change",
    "license_consent",
    "license_list",
    "license_remove",
    "license_restore",
    "number_add",
    "number_change",
    "number_remove",
    "office_body_pending",
    "office_rule_check",
    "provider_detail",
    "provider_logo",
    "signatory_add",
    "signatory_change",
    "signatory_picture",
    "submission_add",
    "submission_correct",
    "submission_detail",
    "submission_letter",
    "submission_list",
    "submission_move",
    "submission_note",
]
