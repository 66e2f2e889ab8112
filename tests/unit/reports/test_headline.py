"""What a summary says first."""

from dataclasses import replace

import pytest

from endpoint_sweep import reports
from endpoint_sweep.domain.model import Mode, Outcome, OutcomeStatus
from endpoint_sweep.domain.why import Cause
from endpoint_sweep.reports.headline import headline
from endpoint_sweep.rules.approvals import ApprovalStatus
from tests.simulation.hub.offers import FINDINGS, NOW, coverage_of, finding, plan_of, report_of
from tests.unit.samples import approval, decision

IDLE = report_of(FINDINGS, 0, 0)
DONE, FAILED, SPARED, CHANGED, GONE, UNKNOWN, PROTECTED, STALE = (
    OutcomeStatus.DONE, OutcomeStatus.FAILED, OutcomeStatus.SPARED, OutcomeStatus.CHANGED, OutcomeStatus.ALREADY_GONE,
    OutcomeStatus.UNKNOWN, OutcomeStatus.PROTECTED, OutcomeStatus.STALE,
)  # fmt: skip


def acted(*statuses: OutcomeStatus) -> reports.Report:
    """A report on priced endpoints of $1,028.13 a month, of which these were approved."""
    found = [finding(f"demo-{number}") for number in range(7)]
    outcomes = {
        one.id: Outcome(one.account, one.region, one.name, status, "", NOW)
        for one, status in zip(found, statuses, strict=False)
    }
    return replace(report_of(found, 0, 0), outcomes=outcomes)


@pytest.mark.parametrize(
    ("statuses", "words"),
    [
        ((DONE,), "1 endpoint deleted, $1,028 a month saved"),
        ((DONE, DONE), "2 endpoints deleted, $2,056 a month saved"),
        ((FAILED,), "1 of 1 approved deletion failed"),
        ((FAILED,) * 5, "5 of 5 approved deletions failed"),
        ((DONE, FAILED, FAILED), "1 of 3 approved endpoints deleted, $1,028 a month saved, 2 failed"),
        ((SPARED,), "0 of 1 approved endpoint deleted, 1 kept because it is in use"),
        ((PROTECTED,), "0 of 1 approved endpoint deleted, 1 kept because it is protected"),
        (
            (CHANGED, PROTECTED, PROTECTED, STALE, STALE),
            (
                "0 of 5 approved endpoints deleted, 1 kept because it changed, 2 kept because they are protected, "
                "2 kept because the approval was too old"
            ),
        ),
        (
            (DONE, SPARED, SPARED, CHANGED, GONE, UNKNOWN, FAILED),
            (
                "1 of 7 approved endpoints deleted, $1,028 a month saved, 1 already gone, 2 kept because they are in "
                "use, 1 kept because it changed, 1 failed, 1 unknown"
            ),
        ),
    ],
)
def test_what_became_of_what_was_approved(statuses: tuple[OutcomeStatus, ...], words: str) -> None:
    """Whatever failed is said at the top: "115 kept" of 120 would hide it."""
    assert headline(acted(*statuses)) == words


def test_a_report_says_how_much_is_idle() -> None:
    """With its list price, as far as it is known."""
    assert headline(replace(IDLE, mode=Mode.REPORT)) == "Report: 5 idle endpoints, $17,087 a month"
    nothing = replace(IDLE, mode=Mode.REPORT, coverage=coverage_of(()))
    assert headline(nothing) == "Report: no endpoint is idle"
    unpriced = replace(IDLE, mode=Mode.REPORT, coverage=coverage_of([finding("one", monthly=None)]))
    assert headline(unpriced) == "Report: 1 idle endpoint"
    cheap = replace(IDLE, mode=Mode.REPORT, coverage=coverage_of([finding("one", monthly="0.31")]))
    assert headline(cheap) == "Report: 1 idle endpoint, $0.31 a month"


def test_why_no_one_decided() -> None:
    """Nobody was asked, because too little was scanned or for another reason; or nobody answered; or somebody did."""
    short = replace(IDLE, plan=replace(plan_of(FINDINGS), minimum_coverage=90))
    assert headline(short) == (
        "No one was asked: 66% was scanned and 90% is needed; 5 idle endpoints, $17,087 a month kept"
    )
    assert headline(IDLE) == "No one was asked: 5 idle endpoints, $17,087 a month kept"
    assert headline(replace(IDLE, coverage=coverage_of(()))) == "No endpoint is idle"
    nothing = replace(short, coverage=coverage_of(()))
    assert reports.summary_subject(nothing) == "endpoint-sweep sweep-0: 66% scanned; no endpoint is idle"
    asked = approval(plan_of(FINDINGS))
    assert headline(replace(IDLE, approval=asked)) == "No one responded: 5 idle endpoints, $17,087 a month kept"
    decided = replace(asked, decisions=(decision(plan_of(FINDINGS)),))
    assert headline(replace(IDLE, approval=decided)) == "5 idle endpoints, $17,087 a month kept"


def test_no_one_is_said_to_be_silent_who_may_have_decided() -> None:
    """Decisions that KMS cannot verify right now are not shown, and a record that cannot be read shows nothing."""
    asked = approval(plan_of(FINDINGS))
    kept = "5 idle endpoints, $17,087 a month kept"
    for status, cause in (
        (ApprovalStatus.VERIFIED, Cause.NOTHING_AGREED),
        (ApprovalStatus.EXPIRED, Cause.TOO_FEW_APPROVERS),
    ):
        ended = replace(asked, status=status, note="why", cause=cause)
        assert headline(replace(IDLE, approval=ended)) == kept
    silent = replace(asked, status=ApprovalStatus.EXPIRED, note="none", cause=Cause.NO_ANSWER)
    assert headline(replace(IDLE, approval=silent)) == f"No one responded: {kept}"
    assert headline(replace(IDLE, is_approval_known=False)) == f"The approval cannot be read: {kept}"


@pytest.mark.parametrize("status", [DONE, UNKNOWN, FAILED])
def test_an_alarm_does_not_deny_what_was_deleted(status: OutcomeStatus) -> None:
    """Beside a list of what is gone, nothing more is deleted."""
    forged = replace(acted(FAILED, status), alarm="DecisionForged")
    for told in (*reports.summary_mail(forged), reports.report_page(forged, NOW)):
        assert ("nothing more is deleted" in told, "nothing is deleted" in told) == (status != FAILED, status == FAILED)


def test_what_went_wrong_comes_before_all() -> None:
    """In the subject without a word of coverage, which no one would believe."""
    failed = replace(acted(DONE), failure={"error": "TimedOut", "reason": ""})
    assert headline(failed) == "The sweep failed"
    assert reports.summary_subject(failed) == "endpoint-sweep sweep-0: the sweep failed"
    forged = replace(acted(DONE), alarm="RecordForged")
    assert reports.summary_subject(forged) == "endpoint-sweep sweep-0: someone changed the records of this sweep"


def test_the_subject_says_what_was_not_scanned() -> None:
    assert reports.summary_subject(acted(DONE)) == (
        "endpoint-sweep sweep-0: 66% scanned; 1 endpoint deleted, $1,028 a month saved"
    )
