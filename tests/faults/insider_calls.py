"""What someone inside asks the hub's functions to do, with made-up events, and the page with a stolen link."""

import json
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from endpoint_sweep.domain.caller_proof import HEADER
from endpoint_sweep.rules.approvals import Choice, phrase
from tests.faults.case import CALLER
from tests.faults.insider import Document, Insider, item
from tests.faults.insider_rows import some, when
from tests.judging.deciding import form
from tests.simulation.hub.approval_rows import key_of
from tests.simulation.hub.stack_in_process import APPROVERS

LOOSE = {"mode": "approve", "requested_by": "schedule", "lookback_days": 7, "min_age_days": 1}


def _call(insider: Insider, dice: random.Random) -> None:
    """One function or two, on this sweep, this approval, this execution, or made-up ones."""
    for function in dice.sample(sorted(EVENTS), dice.randint(1, 2)):
        insider.call(function, EVENTS[function](insider, dice))


def _apply(insider: Insider, dice: random.Random) -> None:
    """Deletes what was chosen, at once."""
    row = insider.read(*key_of("DECISIONS", insider.approval)) or {"decisions": []}
    chosen = [one for decision in row["decisions"] for one in decision["selected"]]
    if chosen:
        insider.call("ApplyDecision", _of(insider, item=dice.choice(chosen), attempt=0))


def _of(insider: Insider, **others: Any) -> Document:
    return {"sweep_id": insider.sweep, "approval_id": insider.approval, "execution": _execution(insider), **others}


def _execution(insider: Insider) -> str:
    return insider.stage.sweeps.get(insider.sweep, f"{insider.stage.hub.arn}:made-up")


def _plan_sweep(insider: Insider, dice: random.Random) -> Document:
    """Under another name, or under its own at another time."""
    name = dice.choice((insider.sweep, "made-up-sweep"))
    return _of(insider, started=when(insider), input=LOOSE) | {"sweep_id": name}


def _cell(insider: Insider, dice: random.Random) -> Document:
    account = dice.choice([one.id for one in insider.stage.world.organization.accounts])
    cell = {"account": account, "region": insider.stage.world.organization.regions[0]}
    return _of(insider, cell=cell, error={"Error": "RoleDenied", "Cause": "made up"})


def _pointer(insider: Insider, dice: random.Random) -> Document:
    """The plan that was asked about, or another version of it."""
    row = insider.read(*key_of("REQUEST", insider.approval))
    known = row["plan"] if row else {"bucket": "", "key": "", "version_id": "", "sha256": "", "count": 1}
    changes: tuple[Document, ...] = ({}, {"version_id": ""}, {"sha256": "0" * 64}, {"key": "prices/read.json"})
    return _of(insider, plan=known | dice.choice(changes))


def _item(insider: Insider, dice: random.Random) -> Document:
    """Of this approval or of another, something that was chosen or something else."""
    known = insider.document("approved.json") or []
    chosen = dice.choice([*known, *some(insider, dice), item(insider.everything()[0])])
    event = _of(insider, item=chosen, attempt=dice.choice((0, 0, 59, 100)))
    return event | dice.choice(({}, {}, {"approval_id": "0" * 32}, {"sweep_id": "made-up-sweep"}))


def _error(insider: Insider, dice: random.Random) -> Document:
    return _of(insider, error={"Error": "MadeUp", "Cause": dice.choice(("", "{}", '{"errorType": "x"}'))})


def _status(insider: Insider, dice: random.Random) -> Document:
    status = dice.choice(("FAILED", "ABORTED", "TIMED_OUT"))
    return {"detail": {"name": insider.sweep, "status": status, "executionArn": _execution(insider)}}


def _bounce(insider: Insider, dice: random.Random) -> Document:
    lost = [{"emailAddress": dice.choice(APPROVERS)}]
    told = {"eventType": "Bounce", "bounce": {"bounceType": "Permanent", "bouncedRecipients": lost}}
    told |= {"mail": {"tags": {"approval": [insider.approval]}}}
    return {"Records": [{"Sns": {"Message": json.dumps(told)}}]}


EVENTS: dict[str, Callable[[Insider, random.Random], Document]] = {
    "PlanSweep": _plan_sweep,
    "ScanCell": _cell,
    "RecordUnreachableCell": _cell,
    "CheckActRoles": lambda insider, _: _of(insider),
    "AggregateFindings": lambda insider, _: _of(insider),
    "RequestApproval": _pointer,
    "RemindApprovers": lambda insider, _: _of(insider),
    "AwaitDecision": lambda insider, dice: _of(insider, token="made-up-token", seen=dice.choice(("", "0.0.0"))),
    "VerifyDecision": lambda insider, _: _of(insider),
    "ApplyDecision": _item,
    "ConfirmItIsGone": _item,
    "RecordFailure": _error,
    "SendSummary": lambda insider, _: _of(insider),
    "Watchdog": _status,
    "RecordBounce": _bounce,
}


def _proof(insider: Insider, dice: random.Random) -> None:
    """A decision with AWS credentials that no one has: the event says who calls, or a proof that no one signed."""
    row = insider.read(*key_of("REQUEST", insider.approval))
    if row is None:
        return
    chosen = ["/".join(one) for one in insider.offered[: dice.randint(1, 2)]]
    sha256 = row["plan"]["sha256"]
    body = {"choice": "delete", "selected": chosen, "plan_sha256": sha256, "comment": ""}
    body |= {"phrase": phrase(Choice.DELETE, len(chosen), sha256)}
    path = f"/approvals/{insider.approval}"
    who = {"userArn": CALLER, "caller": "AIDASIMULATED", "accountId": "111111111111"}
    headers = {"Content-Type": "application/json", "Host": "review.example.com", HEADER: CALLER}
    event = {
        "resource": "/approvals/{approval_id}",
        "path": path,
        "httpMethod": "POST",
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "requestContext": {"path": f"/v1{path}", "httpMethod": "POST", "stage": "v1", "identity": who},
        "body": json.dumps(body),
        "isBase64Encoded": False,
    }
    insider.call("Review", event)


def _flood(insider: Insider, dice: random.Random) -> None:
    """Codes and guesses with a stolen link, a few or until there are no more."""
    link = insider.stolen(dice.choice(APPROVERS))
    if not link or not insider.offered:
        return
    with suppress(LookupError, ValueError, AssertionError):  # Someone changed what the form is written from.
        fields = form(insider.stage.hub, link, ["/".join(insider.offered[0])])
        for _ in range(dice.choice((1, 1, 2, 11))):
            insider.stage.hub.post(link, fields | {"step": "review"})
            for _ in range(dice.choice((1, 5, 6))):
                insider.stage.hub.post(link, fields | {"code": f"{dice.randint(0, 999_999):06}"})


CALLS: dict[str, Callable[[Insider, random.Random], None]] = {
    "call": _call,
    "apply": _apply,
    "proof": _proof,
    "flood": _flood,
}
