"""What the state machine hands to each step: one type per step, held against the state machine's Parameters by a test.

Three steps are called by others and read what those document: the schedule (StartSweep), SES's notifications
(RecordBounce), EventBridge's "Step Functions Execution Status Change" (Watchdog).
"""

from typing import Any, NotRequired, TypedDict


class CellItem(TypedDict):
    """One account in one region, an item of `cells.json`."""

    account: str
    region: str


class ResourceItem(TypedDict):
    """One approved resource, an item of `approved.json`."""

    account: str
    region: str
    name: str
    type: str


class CaughtError(TypedDict, total=False):
    """What a Catch leaves behind: the name of the error, and its text or a function's JSON."""

    Error: str
    Cause: str


class PlanSweepEvent(TypedDict):
    """`input` is whatever the execution was started with; it is checked field by field."""

    sweep_id: str
    execution: str
    started: str
    input: Any


class ScanCellEvent(TypedDict):
    sweep_id: str
    cell: CellItem


class RecordUnreachableCellEvent(ScanCellEvent):
    error: CaughtError


class CheckActRolesEvent(TypedDict):
    sweep_id: str


class AggregateFindingsEvent(TypedDict):
    sweep_id: str


class RequestApprovalEvent(TypedDict):
    """`plan`: a `Pointer` as data."""

    sweep_id: str
    execution: str
    plan: dict[str, Any]


class AwaitDecisionEvent(TypedDict):
    """`seen`: what the last look knew of the approval."""

    approval_id: str
    token: str
    seen: str


class ApprovalEvent(TypedDict):
    """For the steps that look at an approval."""

    sweep_id: str
    approval_id: str


class ResourceEvent(ApprovalEvent):
    """For the steps that act on one resource. `attempt`: how often this step has looked before."""

    item: ResourceItem
    attempt: NotRequired[int]


class RecordFailureEvent(TypedDict):
    sweep_id: str
    error: CaughtError


class SendSummaryEvent(TypedDict):
    """`started` is missing in an execution that started with an older state machine."""

    sweep_id: str
    execution: str
    started: NotRequired[str]
