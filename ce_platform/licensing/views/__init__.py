"""Pages of licensing, by noun."""

from ce_platform.licensing.views.board import (
    submission_board,
    submission_table,
    submission_table_file,
)
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
from ce_platform.licensing.views.packets import (
    edition_packet,
    submission_packet,
    submission_packet_file,
)
from ce_platform.licensing.views.planning import submission_follow, submission_plan
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
from ce_platform.licensing.views.rules import (
    office_body_detail,
    office_body_list,
    office_rule_change,
    office_rule_decide,
    office_rule_files,
    office_rule_line_reopen,
    office_rule_restore,
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
    "edition_packet",
    "license_add",
    "license_change",
    "license_consent",
    "license_list",
    "license_remove",
    "license_restore",
    "number_add",
    "number_change",
    "number_remove",
    "office_body_detail",
    "office_body_list",
    "office_body_pending",
    "office_rule_change",
    "office_rule_check",
    "office_rule_decide",
    "office_rule_files",
    "office_rule_line_reopen",
    "office_rule_restore",
    "provider_detail",
    "provider_logo",
    "signatory_add",
    "signatory_change",
    "signatory_picture",
    "submission_add",
    "submission_board",
    "submission_correct",
    "submission_detail",
    "submission_follow",
    "submission_letter",
    "submission_list",
    "submission_move",
    "submission_note",
    "submission_packet",
    "submission_packet_file",
    "submission_plan",
    "submission_table",
    "submission_table_file",
]
