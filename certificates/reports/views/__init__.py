"""The office's pages of reports to licensing bodies."""

from certificates.reports.views.batches import (
    report_batch,
    report_batch_accept,
    report_batch_file,
    report_batch_list,
    report_export,
)
from certificates.reports.views.lines import (
    report_check,
    report_line,
    report_line_ask,
    report_line_correct,
    report_line_move,
    report_list,
)
from certificates.reports.views.settings import (
    report_body,
    report_body_list,
    report_body_number,
)
from certificates.reports.views.tables import report_receipts, report_roster, report_roster_file

__all__ = [
    "report_batch",
    "report_batch_accept",
    "report_batch_file",
    "report_batch_list",
    "report_body",
    "report_body_list",
    "report_body_number",
    "report_check",
    "report_export",
    "report_line",
    "report_line_ask",
    "report_line_correct",
    "report_line_move",
    "report_list",
    "report_receipts",
    "report_roster",
    "report_roster_file",
]
