"""Faults put into the product on purpose, one at a time: the promises have to see each of them (P13)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from endpoint_sweep.acting import Point
from tests.faults import mistakes
from tests.faults.case import Case, Crash, Hand, Move, Strike

ROOM = {
    "MinApprovers": "1",
    "MinCoveragePercent": "0",
    "MaxDeletesPerSweep": "25",
    "MaxDeletesPerAccount": "25",
    "MaxDeletePercentOfAccount": "100",
}
ALL = Move("delete", 0, 1.0)


@dataclass(frozen=True, slots=True)
class Bug:
    """`case` makes of a drawn case one in which the bug can show: the same world, nothing else by chance."""

    name: str
    put_in: Callable[[], Any]
    case: Callable[[Case], Case]


def when(*moves: Move, mode: str = "approve", **others: Any) -> Callable[[Case], Case]:
    """Only these moves, strikes, hands, crashes; `parameters` differ from a stack with much room."""
    parameters = ROOM | others.pop("parameters", {})
    nothing: dict[str, Any] = {"strikes": (), "hands": (), "crashes": ()}
    asked = {"mode": mode, "requested_by": "schedule"}
    return lambda case: replace(case, moves=moves or (ALL,), asked=asked, parameters=parameters, **nothing | others)


def before_it_is_deleted(what: str) -> Callable[[Case], Case]:
    """Somebody interferes with the first two of what was approved, before they are looked at again."""
    return when(hands=(Hand(what, Point.KILL_SWITCH, 0), Hand(what, Point.KILL_SWITCH, 1)))


LOST = (Strike("sagemaker", "DeleteEndpoint", 1, 1, "after"), Strike("sagemaker", "DeleteEndpoint", 2, 2, "before"))
TWO = {"MinApprovers": "2"}
BUGS = (
    Bug("opening the link approves", mistakes.get_approves, when(Move("robots"))),
    Bug("a lost deletion is repeated blindly", mistakes.blind_retry, when(strikes=LOST)),
    Bug(
        "a selection over the cap is cut",
        mistakes.cap_truncates,
        when(Move("over cap"), parameters={"MaxDeletesPerSweep": "1"}),
    ),
    Bug(
        "a cell without a result is dropped",
        mistakes.missing_cell_dropped,
        when(crashes=(Crash("RecordUnreachableCell", 1, "before"),)),
    ),
    Bug("silence deletes", mistakes.expiry_deletes, when(Move("expire"))),
    Bug("the MAC of a decision is not checked", mistakes.mac_not_checked, when(Move("forge"))),
    Bug("the kill switch is not read", mistakes.switch_not_read, when(Move("switch"), ALL)),
    Bug("the endpoint is not looked at again", mistakes.no_second_look, before_it_is_deleted("recreate")),
    Bug("who scales an endpoint is not seen", mistakes.instances_not_compared, before_it_is_deleted("scale")),
    Bug("the traffic is not looked at again", mistakes.traffic_not_looked_at, before_it_is_deleted("call")),
    Bug("the tags are not looked at again", mistakes.tags_not_looked_at, before_it_is_deleted("protect")),
    Bug("no restore bundle is written", mistakes.bundle_not_written, when()),
    Bug("no intent is written", mistakes.intent_not_written, when()),
    Bug("no intent is written for a component", mistakes.components_without_intent, when()),
    Bug("one approver is always enough", mistakes.any_approver_is_enough, when(parameters=TWO)),
    Bug(
        "what anybody chose is deleted",
        mistakes.all_that_anybody_chose,
        when(ALL, Move("agree", 1, 0.5), parameters=TWO),
    ),
    Bug("one person counts twice", mistakes.one_person_counts_twice, when(Move("replay", 0, 1.0), parameters=TWO)),
    Bug("nobody is told of the end", mistakes.nobody_is_told, when()),
    Bug("a rejection is ignored", mistakes.rejection_ignored, when(Move("keep", 1), ALL)),
    Bug("an approval never grows old", mistakes.approvals_never_age, when(ALL, Move("redrive"))),
    Bug("no evidence counts as idle", mistakes.silence_is_idle, when()),
    Bug("a mail is written into the log", mistakes.mail_logged, when()),
    Bug("a secret lies in the table", mistakes.secret_stored, when()),
    Bug("an outcome is not written down", mistakes.outcome_forgotten, when()),
    Bug("mode report asks and deletes", mistakes.report_mode_asks, when(mode="report")),
    Bug(
        "what failed is not counted",
        mistakes.failed_not_counted,
        when(crashes=(Crash("ApplyDecision", 1, "killed", Point.TAGS),)),
    ),
)
