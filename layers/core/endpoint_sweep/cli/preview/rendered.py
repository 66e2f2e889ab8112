"""Every email and page of a sample, by the name of its file."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from endpoint_sweep import reports
from endpoint_sweep.cli.preview.samples import ADA, NOW, SWEEP, Sample
from endpoint_sweep.domain.model import OutcomeStatus
from endpoint_sweep.reports import Progress
from endpoint_sweep.review import pages
from endpoint_sweep.review.browsing import Look
from endpoint_sweep.review.pages import Typed
from endpoint_sweep.review.receipts import receipt_of
from endpoint_sweep.review.views import OfferView, RecordedView
from endpoint_sweep.rules.decision_rules import Rules

_LINK = "https://review.example.com/a/00000000000000000000000000000000?k=made-up"
_RULES = Rules((ADA, "grace@example.com"), grace=timedelta(minutes=15))
_MINUTES = 60


def rendered(one: Sample) -> Iterator[tuple[str, str]]:
    """File name and content. Emails are there as HTML and as text."""
    shown = reports.approval_view(one.pending, one.plan, one.coverage, one.accounts, one.plan.caps)
    if one.report.approval:
        yield from _mail("approval-mail", reports.approval_mail(shown, _LINK))
        yield from _mail("reminder-mail", reports.approval_mail(shown, _LINK, timedelta(hours=24)))
        yield from _mail("code-mail", reports.code_mail(SWEEP, "384117", _MINUTES))
        nothing = Progress(0, 0, 0)
        offer = OfferView(one.pending, ADA, "made-up", one.plan, _RULES, shown, nothing, _MINUTES)
        yield "review-page.html", pages.listed(offer).html
        yield "confirm-page.html", pages.confirmation(offer, one.decision, Typed(), Look(), needs_code=True).html
        waiting = Progress(len(one.decision.selected), 0, len(one.decision.selected), NOW + timedelta(minutes=27))
        receipt = receipt_of(
            one.pending, one.decision, one.plan, _RULES, one.accounts, progress=waiting, coming="acting"
        )
        yield from _mail("receipt-mail", reports.receipt_mail(receipt))
        decided = replace(one.pending, decisions=(one.decision,))
        view = RecordedView(decided, "made-up", one.decision, receipt, waiting)
        yield "recorded-page.html", pages.recorded(view, title="Your decision stands").html
    yield from _mail("summary-mail", reports.summary_mail(one.report))
    yield "report.html", reports.report_page(one.report, NOW + timedelta(hours=1))
    yield "report.csv", reports.findings_csv(one.report)
    acted = {str(target): OutcomeStatus.UNKNOWN for target in one.decision.selected}
    yield from _mail("watchdog-mail", reports.watchdog_mail(SWEEP, "ABORTED", acted))
    yield from _mail("overdue-mail", reports.overdue_mail(NOW, "cron(0 7 ? * TUE *)", "Europe/Berlin"))


def _mail(name: str, both: tuple[str, str]) -> Iterator[tuple[str, str]]:
    text, html = both
    yield f"{name}.txt", text
    yield f"{name}.html", html
