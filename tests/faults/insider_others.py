"""What someone inside writes into the table's other rows: what became of deletions, the lock, waits and the ledger."""

import json
import random
from collections.abc import Callable
from typing import Any

from endpoint_sweep.rules.approvals import approval_id
from tests.faults.insider import Insider, item
from tests.faults.insider_rows import NO_MAC, when
from tests.simulation.hub.approval_rows import key_of
from tests.simulation.hub.stack_in_process import APPROVERS


def _outcome(insider: Insider, dice: random.Random) -> None:
    """Deleted, says the row."""
    signed = [json.loads(one["document"]["S"]) for one in insider.rows if one["sk"]["S"].startswith("OUTCOME#")]
    mac = next((one["mac"] for one in signed if one.get("mac")), NO_MAC)
    for one in insider.everything()[-dice.randint(1, 3) :]:
        row = item(one) | {"status": dice.choice(("done", "done", "sent", "already-gone")), "reason": "gone"}
        row |= {"at": when(insider), "request_id": None, "mac": dice.choice((mac, ""))}
        insider.write(f"SWEEP#{insider.sweep}", f"OUTCOME#{'/'.join(one)}", row)


def _component(insider: Insider, dice: random.Random) -> None:
    """Sent already, says the row of each component."""
    for one in insider.offered:
        spec = insider.stage.world.organization.endpoint(*one)
        sent = {"at": when(insider), "approver": APPROVERS[0], "said": dice.choice(("sent", "deleted", "not sent"))}
        known = {part.name: sent | {"request_id": ""} for part in (spec.components if spec else ())}
        row = {"components": known, "mac": dice.choice((NO_MAC, ""))}
        insider.write(f"SWEEP#{insider.sweep}", f"COMPONENTS#{'/'.join(one)}", row)


def _intent(insider: Insider, dice: random.Random) -> None:
    """Intents are taken away, or were always there."""
    for one in insider.offered:
        place = f"SWEEP#{insider.sweep}", f"INTENT#{'/'.join(one)}"
        if insider.read(*place) and dice.random() < 0.5:
            insider.remove(*place)
        elif dice.random() < 0.5:
            row = {"at": when(insider), "approver": "", "target": "/".join(one), "void": dice.random() < 0.5}
            insider.write(*place, row)


def _lock(insider: Insider, dice: random.Random) -> None:
    if dice.random() < 0.5:
        insider.remove("LOCK", "LOCK")
    else:
        name = dice.choice((insider.sweep, "made-up"))
        arn = f"{insider.stage.hub.arn.replace(':stateMachine:', ':execution:')}:made-up"
        insider.write("LOCK", "LOCK", {"sweep_id": name, "execution": arn, "instead_of": dice.choice(("", name))})


def _snooze(insider: Insider, dice: random.Random) -> None:
    for one in insider.everything():
        if dice.random() < 0.5:
            insider.remove("SNOOZE", "/".join(one))
            continue
        spec = {"created_at": when(insider, days=-100), "until": when(insider, days=90), "by": "x", "sweep_id": "x"}
        insider.write("SNOOZE", "/".join(one), item(one) | spec)


def _ledger(insider: Insider, dice: random.Random) -> None:
    name = dice.choice((insider.sweep, "made-up"))
    row: dict[str, Any] = {
        "ending": "complete",
        "mailed": dice.choice((0, 2)),
        "monthly_saving_usd": "0",
        "acted": {},
    }
    row |= {"at": when(insider), "monthly_promised_usd": "0", "found": 0}
    if dice.random() < 0.3:
        insider.remove("LEDGER", name)
    else:
        insider.write("LEDGER", name, row)


def _wait(insider: Insider, dice: random.Random) -> None:
    """Another wait's token, none, or no token at all."""
    place, found = key_of("WAIT", insider.approval), [one for one in insider.rows if "WAIT#" in one["pk"]["S"]]
    if found and dice.random() < 0.5:
        insider.write(*place, json.loads(dice.choice(found)["document"]["S"]))
    elif dice.random() < 0.5:
        insider.remove(*place)
    else:
        insider.write(*place, {"token": "x"})


def _put_back(insider: Insider, dice: random.Random) -> None:
    """A row as it once was."""
    mine = (insider.approval, insider.sweep, approval_id(insider.earlier or "x"))
    known = [one for one in insider.rows if one["pk"]["S"].partition("#")[2] in mine]
    for one in dice.sample(known, min(len(known), 3)):
        insider.write(one["pk"]["S"], one["sk"]["S"], json.loads(one["document"]["S"]))


OTHERS: dict[str, Callable[[Insider, random.Random], None]] = {
    "outcome": _outcome,
    "component": _component,
    "intent": _intent,
    "lock": _lock,
    "snooze": _snooze,
    "ledger": _ledger,
    "wait": _wait,
    "put back": _put_back,
}
