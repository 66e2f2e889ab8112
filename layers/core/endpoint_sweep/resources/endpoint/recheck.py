"""The pure part of acting on an approval: the named points of the path, and what changed since the approval."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from endpoint_sweep.domain.model import Component, Description, Finding, Kind, OutcomeStatus, Variant
from endpoint_sweep.resources.endpoint.idleness import JUDGED

_SOURCE_IDENTITY = 64
# A session policy holds 2,048 characters (D9.6), so this many ARNs with the longest names fit.
COMPONENTS_AT_ONCE = 5
MAX_LOOKS = 60  # at an endpoint that is being deleted, or at its inference components
_DELETABLE = {"InService", "Failed"}


class Checkpoint(StrEnum):
    """Where the path can stop, in order (S3.11).

    Each comes just before its action: a stop at `delete` has sent nothing, a stop at `outcome` everything.
    """

    KILL_SWITCH = "kill-switch"
    DECISION = "decision"
    ROLE = "role"
    FINGERPRINT = "fingerprint"
    TAGS = "tags"
    TRAFFIC = "traffic"
    BUNDLE = "bundle"
    INTENT = "intent"
    LAST_LOOK = "last-look"
    DELETE = "delete"
    OUTCOME = "outcome"


class Kept(Exception):
    """The endpoint is kept, and why. `alarm`: the metric if only tampering can cause this."""

    def __init__(self, status: OutcomeStatus, reason: str, alarm: str = "") -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.alarm = alarm


def source_identity(sweep_id: str, approver: str) -> str:
    """Who approved, and in which sweep, for the member account's CloudTrail: 2 to 64 of `[\\w+=,.@-]` (D9.5).

    The approver comes first, cut after 40 characters. The hub's table has both in full.
    """
    said = f"{approver[:40]},{sweep_id}"
    return re.sub(r"[^\w+=,.@-]", "-", said, flags=re.ASCII)[:_SOURCE_IDENTITY]


def check_fingerprint(now: Description, approved: Finding) -> None:
    """A re-created endpoint has the same name and ARN, so compare creation time, configuration and variants (D2.7).

    Raises Kept.
    """
    if now.created_at != approved.created_at:
        raise Kept(OutcomeStatus.CHANGED, "it was re-created under the same name after the scan")
    if now.status not in JUDGED or now.status != approved.status:
        raise Kept(OutcomeStatus.CHANGED, f"its status is now {now.status}")
    if now.config != approved.config or _names(now.variants) != _names(approved.instances):
        raise Kept(OutcomeStatus.CHANGED, "its configuration was changed after the scan")
    if now.kind != approved.kind:
        raise Kept(OutcomeStatus.CHANGED, f"its kind is now {now.kind}")
    # SageMaker itself removes instances when inference components go (D4.3), so nobody decided that change.
    floats = now.kind is Kind.INFERENCE_COMPONENTS
    if not floats and sorted(map(_size, now.variants)) != sorted(map(_size, approved.instances)):
        raise Kept(OutcomeStatus.CHANGED, "its instances were changed after the scan")


def _names(variants: Iterable[Variant]) -> set[str]:
    return {one.variant for one in variants}


def _size(one: Variant) -> tuple[str, bool, str, int]:
    """What changes when somebody scales an endpoint, which shows that they have plans for it."""
    return one.variant, one.shadow, one.type or "", -1 if one.count is None else one.count


@dataclass(frozen=True, slots=True)
class Clearing:
    """The remaining inference components of an endpoint: those to delete next, and those being deleted."""

    next: tuple[Component, ...]
    under_way: tuple[Component, ...]

    @property
    def done(self) -> bool:
        return not self.next and not self.under_way


def clearing(approved: Iterable[Component], hosted: Iterable[Component], sent: Collection[str]) -> Clearing:
    """Compares the components with those of the scan and says what to delete next: adapters before bases (D1.16, D3.7).

    `sent`: names of components whose deletion has an intent. Raises Kept if one is new, re-created, removed by somebody
    else, being created or changed, or if its deletion failed.
    """
    known = {one.name: one for one in approved}
    here = {one.name: one for one in hosted}
    for one in here.values():
        _check_component(one, known.get(one.name), was_sent=one.name in sent)
    if gone := sorted(known.keys() - here.keys() - set(sent)):
        raise Kept(OutcomeStatus.CHANGED, f"its inference component {gone[0]} was removed after the scan")
    under_way = tuple(one for one in here.values() if one.name in sent)
    adapters = [one for one in here.values() if one.base]
    left = [one for one in adapters or here.values() if one.name not in sent]
    return Clearing(tuple(sorted(left, key=lambda one: one.name)), under_way)


def _check_component(now: Component, approved: Component | None, *, was_sent: bool) -> None:
    if approved is None:
        raise Kept(OutcomeStatus.CHANGED, f"its inference component {now.name} is new since the scan")
    if now.created_at != approved.created_at:
        raise Kept(OutcomeStatus.CHANGED, f"its inference component {now.name} was re-created after the scan")
    if was_sent and now.status != "Deleting":
        said = f"its inference component {now.name} was not deleted, its status is {now.status}"
        raise Kept(OutcomeStatus.FAILED, f"kept: {said}")
    if not was_sent and now.status not in _DELETABLE:
        raise Kept(OutcomeStatus.CHANGED, f"the status of its inference component {now.name} is now {now.status}")
