"""What someone inside writes into the bucket: every document that is believed, and markers over what forbids."""

import hashlib
import json
import random
from collections.abc import Callable
from typing import Any

from endpoint_sweep.rules.approvals import approval_id
from tests.faults.insider import Document, Insider, item
from tests.faults.insider_rows import when
from tests.simulation.hub.resources import BUCKET

PLANTED = "sandbox-of-nobody"
WIDE = {"per_sweep": 1000, "per_account": 1000, "percent_of_account": 100}


def _input(insider: Insider, dice: random.Random) -> None:
    """Another policy, other caps, another mode, requester or clock."""
    known: Document = insider.document("input.json") or {
        "id": insider.sweep, "mode": "approve", "scope": {"regions": ["us-east-1"]}, "requested_by": "schedule",
        "started": when(insider), "now": when(insider), "pins": {},
    }  # fmt: skip
    changes: tuple[Document, ...] = (
        {"policy": {"lookback_days": 7, "min_age_days": 1, "protect_tags": []}, "caps": WIDE, "mode": "approve"},
        {"policy": {"lookback_days": 7, "min_age_days": 1, "protect_tags": []}},
        {"caps": WIDE, "requested_by": "schedule", "mode": "approve"},
        {"started": "another time"},
    )
    insider.put("input.json", known | dice.choice(changes))


def _key(insider: Insider, dice: random.Random) -> None:
    """Another key, or none."""
    if dice.random() < 0.3:
        insider.hide("key.json")
    else:
        insider.put("key.json", {"wrapped": "AAAA"})


def _lists(insider: Insider, dice: random.Random) -> None:
    """Cells that no one shall miss."""
    for name in ("cells.json", "expected.json", "skipped.json"):
        known = insider.document(name)
        if isinstance(known, list) and dice.random() < 0.6:
            insider.put(name, known[:-1])


def _names(insider: Insider, _: random.Random) -> None:
    """Names that mislead."""
    insider.stage.planted.add(PLANTED)
    known = insider.document("accounts.json") or []
    insider.put("accounts.json", [one | {"name": PLANTED} for one in known])


def _cells(insider: Insider, dice: random.Random) -> None:
    """Busy endpoints as idle, under the signature of what stood there; or nothing, as if it could not be scanned."""
    for name in insider.names("cells/"):
        known = insider.document(name)
        if dice.random() < 0.2:
            insider.hide(name)
        elif isinstance(known, dict):
            findings = [one | {"verdict": "idle"} for one in known.get("findings", ())]
            insider.put(name, known | {"findings": findings})


def _plan(insider: Insider, dice: random.Random) -> None:
    """A plan with what is in use, before there is one or over the one that is there; then it is asked about."""
    plan = insider.document("plan.json")
    cells = [insider.document(name) or {} for name in insider.names("cells/")]
    found = [one | {"verdict": "idle", "monthly_usd": "1"} for cell in cells for one in cell.get("findings", ())]
    if plan is None:
        plan = {"sweep_id": insider.sweep, "items": [], "found": {}, "caps": WIDE, "pins": {}}
        found = found or [item(one) for one in insider.everything()]
    if dice.random() < 0.7:
        count = {one["account"]: 100 for one in found}
        plan |= {"items": [*plan["items"], *found], "found": count, "caps": WIDE, "flagged": {}, "why_not": ""}
    if dice.random() < 0.5:
        plan |= {"pins": dict.fromkeys(plan["pins"], "0" * 64)}
    written = insider.put("plan.json", plan)
    pointer = {name: value for name, value in written.items() if name != "body"}
    pointer |= {"sha256": hashlib.sha256(written["body"]).hexdigest(), "count": len(plan["items"])}
    execution = insider.stage.sweeps.get(insider.sweep, "made-up")
    insider.call("RequestApproval", {"sweep_id": insider.sweep, "execution": execution, "plan": pointer})


def _coverage(insider: Insider, dice: random.Random) -> None:
    """What people read beside the plan."""
    name = dice.choice(("coverage.json", "findings.json"))
    known = insider.document(name) or []
    insider.stage.planted.add(PLANTED)
    insider.put(name, dice.choice(([one | {"reason": PLANTED} for one in known], [], known[:-1])))


def _prices(insider: Insider, dice: random.Random) -> None:
    """Everything costs nothing, by the list and by the bill; or no one remembers what it costs."""
    known = insider.document("prices/read.json") or {"schema": 1, "prices": []}
    cheap = [one | {"usd": "0.000001"} for one in known["prices"]]
    insider.put("prices/read.json", known | {"prices": cheap})
    today = when(insider)[:10]
    paid = insider.document("prices/paid.json") or {
        "schema": 1, "as_of": today, "start": today, "end": today, "net": True, "rates": [],
    }  # fmt: skip
    rates = [one | {"usd": "0.000001"} for one in paid["rates"]]
    if dice.random() < 0.3:
        insider.hide("prices/paid.json")
    else:
        insider.put("prices/paid.json", dice.choice((paid | {"rates": rates}, paid | {"rates": []}, b"{", [])))


def _bundles(insider: Insider, dice: random.Random) -> None:
    """What would be made again."""
    for one in insider.offered:
        insider.put(f"restore/{'/'.join(one)}.json", dice.choice(({}, {"sweep_id": insider.sweep}, b"no document")))


def _approved(insider: Insider, dice: random.Random) -> None:
    """More names in the list of what was approved."""
    known = insider.document("approved.json") or []
    insider.put("approved.json", [*known, *(item(one) for one in insider.everything()[: dice.randint(1, 4)])])


def _stops(insider: Insider, dice: random.Random) -> None:
    """Whatever forbids looks as if it was never there; or it is overwritten."""
    for name in insider.names("stops/"):
        if dice.random() < 0.7:
            insider.hide(name)
        else:
            insider.put(name, dice.choice(({}, b"", {"kind": "kept", "at": when(insider), "decision": None})))


def _tries(insider: Insider, _: random.Random) -> None:
    for name in insider.names("tries/"):
        insider.hide(name)


def _older(insider: Insider, dice: random.Random) -> None:
    """Everything of the sweep before, under the name of this one."""
    if not insider.earlier:
        return
    s3 = insider.stage.hub.client("s3")
    for name in insider.names(sweep=insider.earlier):
        if name.startswith(("stops/", "tries/", "report")) or dice.random() < 0.3:
            continue
        there = s3.get_object(Bucket=BUCKET, Key=f"sweeps/{insider.earlier}/{name}")
        body = there["Body"].read()
        if dice.random() < 0.5:
            body = body.replace(insider.earlier.encode(), insider.sweep.encode())
        key = f"sweeps/{insider.sweep}/{name}"
        written = s3.put_object(Bucket=BUCKET, Key=key, Body=body, Metadata=there["Metadata"])
        insider.stage.onlooker.foreign.add((key, written["VersionId"]))
    _older_rows(insider, dice)


def _older_rows(insider: Insider, dice: random.Random) -> None:
    old, new = approval_id(insider.earlier), insider.approval
    is_renamed = dice.random() < 0.5
    for one in insider.stage.hub.items():
        prefix, _, name = one["pk"]["S"].partition("#")
        if name in (old, insider.earlier) and dice.random() < 0.8:
            text = one["document"]["S"]
            if is_renamed:
                text = text.replace(insider.earlier, insider.sweep).replace(old, new)
            document: Any = json.loads(text)
            insider.write(f"{prefix}#{new if name == old else insider.sweep}", one["sk"]["S"], document)


DOCUMENTS: dict[str, Callable[[Insider, random.Random], None]] = {
    "input": _input,
    "key": _key,
    "lists": _lists,
    "names": _names,
    "cells": _cells,
    "plan": _plan,
    "coverage": _coverage,
    "prices": _prices,
    "bundles": _bundles,
    "approved": _approved,
    "stops": _stops,
    "tries": _tries,
    "older": _older,
}
