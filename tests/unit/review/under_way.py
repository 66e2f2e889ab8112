"""A sweep that deletes what was approved, as far as it has come."""

from dataclasses import replace

from endpoint_sweep.aws import wiring
from endpoint_sweep.domain.model import Outcome, OutcomeStatus
from endpoint_sweep.rules.approvals import ApprovalStatus, Choice, Decision, Identity
from tests.simulation.hub.offers import NOW, Offer, finding, put_on_offer
from tests.simulation.hub.review_site import ADA

TWELVE = [finding(f"idle-{number:02}") for number in range(12)]


def under_way(sent: int, status: ApprovalStatus = ApprovalStatus.VERIFIED) -> Offer:
    """Twelve endpoints were approved by the first approver, and this many of them were sent for deletion."""
    offer = put_on_offer(TWELVE)
    asked, ids = offer.approval, tuple(sorted(one.id for one in TWELVE))
    made = Decision(
        asked.id, ADA, Identity.LINK_AND_CODE, Choice.DELETE, ids, asked.plan.sha256, asked.plan.version_id,
        asked.expires_at, NOW, "nonce",
    )  # fmt: skip
    records = wiring.hub().records
    records.save_choices(replace(asked, status=ApprovalStatus.DECIDED, decisions=(made,)), 0)
    if status is ApprovalStatus.VERIFIED:
        records.save_end(replace(asked, status=status), 0)
    for one in ids[:sent]:
        outcome = Outcome(one.account, one.region, one.name, OutcomeStatus.SENT, "approved", NOW, "req")
        records.write_outcome(asked.sweep_id, outcome, signed=True)
    return offer
