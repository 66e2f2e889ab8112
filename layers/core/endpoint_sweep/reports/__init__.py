"""What people read: emails, the review page, the report, the spreadsheet."""

from endpoint_sweep.reports.document import report_data
from endpoint_sweep.reports.figures import figures
from endpoint_sweep.reports.mails import (
    approval_mail,
    approval_subject,
    code_mail,
    code_subject,
    overdue_mail,
    overdue_subject,
    receipt_mail,
    receipt_subject,
    reminder_subject,
    summary_mail,
    summary_subject,
    watchdog_mail,
    watchdog_subject,
)
from endpoint_sweep.reports.money import money_view
from endpoint_sweep.reports.offer import ApprovalView, approval_view
from endpoint_sweep.reports.receipts import DecisionView, Progress, Receipt, decision_views, in_words, receipt
from endpoint_sweep.reports.spreadsheet import findings_csv
from endpoint_sweep.reports.views import Report
from endpoint_sweep.reports.whole import report_page

__all__ = [
    "ApprovalView",
    "DecisionView",
    "Progress",
    "Receipt",
    "Report",
    "approval_mail",
    "approval_subject",
    "approval_view",
    "code_mail",
    "code_subject",
    "decision_views",
    "figures",
    "findings_csv",
    "in_words",
    "money_view",
    "overdue_mail",
    "overdue_subject",
    "receipt",
    "receipt_mail",
    "receipt_subject",
    "reminder_subject",
    "report_data",
    "report_page",
    "summary_mail",
    "summary_subject",
    "watchdog_mail",
    "watchdog_subject",
]
