"""Resources that an approver has snoozed for some days. No I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from endpoint_sweep.domain.model import Finding, ResourceId
from endpoint_sweep.domain.resource import ENDPOINT
from endpoint_sweep.rules.approvals import Decision
from endpoint_sweep.rules.planning import by_id


@dataclass(frozen=True, slots=True)
class Snoozed:
    """One snoozed resource. `created_at` tells it from a re-created one with the same name. It ends on its own."""

    account: str
    region: str
    name: str
    created_at: datetime
    until: datetime
    by: str
    sweep_id: str
    type: str = ENDPOINT

    @property
    def id(self) -> ResourceId:
        return ResourceId(self.account, self.region, self.name, self.type)


def asked_for(decision: Decision, findings: tuple[Finding, ...], sweep_id: str) -> list[Snoozed]:
    """The snoozes of one decision, from the time it was made."""
    known = by_id(findings)
    return [
        Snoozed(one.id.account, one.id.region, one.id.name, known[one.id].created_at,
                decision.at + timedelta(days=one.days), decision.approver, sweep_id, one.id.type)
        for one in decision.snoozes
        if one.id in known
    ]  # fmt: skip


def mark_snoozed(finding: Finding, snoozed: Mapping[ResourceId, Snoozed], now: datetime) -> Finding:
    """The finding with the end of its snooze, if it is still snoozed and the same endpoint."""
    found = snoozed.get(finding.id)
    if found is None or found.until <= now or found.created_at != finding.created_at:
        return finding
    return replace(finding, snoozed_until=found.until)
