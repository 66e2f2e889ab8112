"""What people read: mails, the review page, the report, the spreadsheet."""

from endpoint_sweep.reports.mails import (
    approval_mail,
    approval_subject,
    reminder_subject,
    summary_mail,
    summary_subject,
    watchdog_mail,
    watchdog_subject,
)
from endpoint_sweep.reports.spreadsheet import findings_csv
from endpoint_sweep.reports.views import ApprovalView, Report, approval_view, report_data

__all__ = [
    "ApprovalView",
    "Report",
    "approval_mail",
    "approval_subject",
    "approval_view",
    "findings_csv",
    "reminder_subject",
    "report_data",
    "summary_mail",
    "summary_subject",
    "watchdog_mail",
    "watchdog_subject",
]
