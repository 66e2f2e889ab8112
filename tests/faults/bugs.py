"""Faults put into the product on purpose, one at a time: the promises have to see each of them (P13)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from endpoint_sweep.rules.acting import Checkpoint
from tests.faults import mistakes, mistakes_inside
from tests.faults.case import PRINCIPAL, Case, Crash, Deed, Hand, Move, Strike
from tests.simulation.hub.stack_in_process import APPROVERS

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
    """Only these moves, strikes, hands, crashes, deeds; `parameters` differ from a stack with much room."""
    parameters = ROOM | others.pop("parameters", {})
    nothing: dict[str, Any] = {"strikes": (), "hands": (), "crashes": (), "deeds": (), "follows": ""}
    asked = {"mode": mode, "requested_by": "schedule"}
    return lambda case: replace(case, moves=moves or (ALL,), asked=asked, parameters=parameters, **nothing | others)


def before_it_is_deleted(what: str) -> Callable[[Case], Case]:
    """Someone interferes with the first two of what was approved, before they are looked at again."""
    return when(hands=(Hand(what, Checkpoint.KILL_SWITCH, 0), Hand(what, Checkpoint.KILL_SWITCH, 1)))


def inside(what: str, moment: str, *moves: Move, tries: int = 12, **others: Any) -> Callable[[Case], Case]:
    """Someone inside does this, some times over: each is varied by the dice."""
    return when(*moves, deeds=tuple(Deed(what, moment, roll) for roll in range(tries)), **others)


NOBODY = Move("robots")
GRACE = {"GraceMinutes": "15"}
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
    Bug("no one is told of the end", mistakes.nobody_is_told, when()),
    # With a grace period, so that no deletion can have been under way when everything was kept.
    Bug("a rejection is ignored", mistakes.rejection_ignored, when(Move("keep", 1), ALL, parameters=GRACE)),
    Bug("an approval never grows old", mistakes.approvals_never_age, when(ALL, Move("redrive"))),
    Bug("no evidence counts as idle", mistakes.silence_is_idle, when()),
    Bug("a mail is written into the log", mistakes.mail_logged, when()),
    Bug("a secret lies in the table", mistakes.secret_stored, when()),
    Bug("an outcome is not written down", mistakes.outcome_forgotten, when()),
    Bug(
        "what is barely used is offered unasked",
        mistakes.barely_used_unasked,
        when(parameters={"BarelyUsedBelow": "100000", "OfferBarelyUsed": "false"}),
    ),
    Bug("report mode asks and deletes", mistakes.report_mode_asks, when(mode="report")),
    Bug(
        "what failed is not counted",
        mistakes.failed_not_counted,
        when(crashes=(Crash("ApplyDecision", 1, "killed", Checkpoint.TAGS),)),
    ),
    Bug(
        "the row of the request is not proven",
        mistakes_inside.request_not_proven,
        inside("own link", "waiting", NOBODY, tries=4, parameters={"RequireCode": "false"}),
    ),
    Bug("the row of a code is not proven", mistakes_inside.code_not_proven, inside("code", "waiting", NOBODY, tries=3)),
    Bug(
        "a code that was put back counts",
        mistakes_inside.code_put_back_counts,
        inside("stale code", "waiting", NOBODY, tries=3, parameters={"RequireCode": "true"}),
    ),
    Bug(
        "a marker takes back what stopped a sweep",
        mistakes_inside.newest_stops_only,
        inside("stops", "grace", ALL, Move("veto", 1), tries=1, parameters=GRACE),
    ),
    Bug("a stop is not read before the call", mistakes_inside.stop_not_read_again, when(ALL, Move("veto", 1, 1.0))),
    Bug("the grace period is not waited for", mistakes_inside.no_grace, when(parameters=GRACE)),
    Bug(
        "the grace period is not looked at when it is acted on",
        mistakes_inside.grace_only_waited_for,
        when(deeds=(Deed("verified", "grace"), *(Deed("apply", "grace", roll) for roll in range(3))), parameters=GRACE),
    ),
    Bug(
        "who calls is believed",
        mistakes_inside.caller_believed,
        inside("proof", "waiting", NOBODY, tries=2, parameters={"ApproverPrincipals": f"{PRINCIPAL}={APPROVERS[0]}"}),
    ),
    Bug("a plan that was there is accepted", mistakes_inside.plan_there_accepted, inside("plan", "scanned", tries=1)),
    Bug("a cell that no one signed is believed", mistakes_inside.cells_not_proven, inside("cells", "scanned", tries=3)),
    Bug("the input is not proven", mistakes_inside.input_not_proven, inside("input", "scanning")),
    Bug(
        "the stack's own caps do not bind",
        mistakes_inside.stack_caps_forgotten,
        when(ALL, Move("stricter"), parameters=GRACE),
    ),
    Bug("an outcome that no one signed is believed", mistakes_inside.outcome_not_proven, inside("outcome", "acting")),
    Bug("the plan's pins are not compared", mistakes_inside.pins_not_compared, inside("names", "asking", tries=1)),
    Bug(
        "the selection is not signed",
        mistakes_inside.selection_not_signed,
        inside("select", "grace", Move("delete", 0, 0.3), tries=1),
    ),
    Bug(
        "a decision is not signed for who made it",
        mistakes_inside.approver_not_signed,
        inside("copy", "amid", ALL, NOBODY, tries=1, parameters=TWO),
    ),
)
