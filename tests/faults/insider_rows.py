"""What someone inside writes into the table: every row that is believed."""

import base64
import json
import random
import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from endpoint_sweep.rules.approvals import hash_code, hash_secret
from tests.faults.insider import Document, Insider, item
from tests.judging.deciding import form, ids
from tests.simulation.hub.approval_rows import key_of
from tests.simulation.hub.approver import PageError, newest_code
from tests.simulation.hub.stack_in_process import APPROVERS, BASE_URL

ZEROS = "000000"
NO_MAC = base64.b64encode(b"0" * 32).decode()


def when(insider: Insider, **shift: float) -> str:
    return (insider.stage.hub.now() + timedelta(**shift)).isoformat().replace("+00:00", "Z")


def some(insider: Insider, dice: random.Random) -> list[Document]:
    """Endpoints to delete: what is on offer, or what is in use."""
    known = insider.everything()
    chosen = known[:1] if dice.random() < 0.3 else insider.offered or known
    return [item(one) for one in chosen[: dice.randint(1, 3)]]


def _own_link(insider: Insider, dice: random.Random) -> None:
    """A link of one's own beside an approver's name, and a code that one knows."""
    row = insider.read(*key_of("REQUEST", insider.approval))
    if row is None:
        return
    secret = secrets.token_urlsafe(32)
    link = {"hash": hash_secret(secret), "approver": dice.choice(APPROVERS), "at": when(insider)}
    insider.write(*key_of("REQUEST", insider.approval), row | {"links": [*row["links"], link]})
    decide(insider, dice, f"{BASE_URL}/a/{insider.approval}?k={secret}", ZEROS)


def decide(insider: Insider, dice: random.Random, link: str, code: str = "") -> None:
    """Through the page, with a code that was forged, or with this one as it is."""
    secret = link.partition("?k=")[2]
    if code == ZEROS:
        write_code(insider, secret, dice)
    with suppress(LookupError, ValueError, AssertionError):  # Someone changed what the form is written from.
        offered = ids(insider.stage.hub, link)
        fields = form(insider.stage.hub, link, offered[: dice.randint(1, 2)])
        insider.stage.hub.post(link, fields | {"code": code})


def write_code(insider: Insider, secret: str, dice: random.Random) -> None:
    short = hash_secret(secret)[:32]
    known = insider.read(f"DECIDED#{insider.approval}", f"CODE#{short}") or {}
    mailed = known.get("codes") or []
    number = dice.choice((int(mailed[-1]["number"]) if mailed else 1, 10))
    code = {"hash": hash_code(ZEROS, secret), "number": number}
    code |= {"mailed_at": when(insider), "expires_at": when(insider, minutes=10)}
    row = {"approval": insider.approval, "link": short, "mac": known.get("mac", NO_MAC)}
    row["codes"] = [*dice.choice(([], mailed)), code]
    insider.write(f"DECIDED#{insider.approval}", f"CODE#{short}", row)


def _code(insider: Insider, dice: random.Random) -> None:
    """A code that one knows for a link that was stolen."""
    if link := insider.stolen(dice.choice(APPROVERS)):
        decide(insider, dice, link, ZEROS)


def _stale_code(insider: Insider, dice: random.Random) -> None:
    """A code that was read over someone's shoulder: not the newest or guessed at too often, and put back."""
    approver = dice.choice(APPROVERS)
    link = insider.stolen(approver)
    if not link or not insider.offered:
        return
    with suppress(PageError, LookupError, ValueError, AssertionError):
        fields = form(insider.stage.hub, link, ["/".join(insider.offered[0])])
        insider.stage.hub.post(link, fields | {"step": "review"})
        code = newest_code(mail.text for mail in insider.stage.mails(insider.sweep) if mail.to == approver)
        place = f"DECIDED#{insider.approval}", f"CODE#{hash_secret(link.partition('?k=')[2])[:32]}"
        row = insider.read(*place)
        if dice.random() < 0.5:
            insider.stage.hub.ahead += timedelta(seconds=61)
        else:
            for guess in range(5):
                insider.stage.hub.post(link, fields | {"code": f"{(int(code) + guess + 1) % 1_000_000:06}"})
        insider.stage.hub.post(link, fields | {"step": "review"})
        if row:
            insider.write(*place, row)
        insider.stage.hub.post(link, fields | {"code": code})


def _move_code(insider: Insider, dice: random.Random) -> None:
    """Another link's code."""
    found = [one for one in insider.rows if one["sk"]["S"].startswith("CODE#")]
    for approver in APPROVERS if found else ():
        if link := insider.stolen(approver):
            short = hash_secret(link.partition("?k=")[2])[:32]
            row = json.loads(dice.choice(found)["document"]["S"])
            insider.write(f"DECIDED#{insider.approval}", f"CODE#{short}", row | dice.choice(({}, {"link": short})))


def _request(insider: Insider, dice: random.Random) -> None:
    """Another expiry, plan, requester or execution."""
    row = insider.read(*key_of("REQUEST", insider.approval))
    if row is None:
        return
    changes: tuple[Document, ...] = (
        {"expires_at": when(insider, days=30)},
        {"plan": row["plan"] | {"version_id": "x"}},
        {"plan": row["plan"] | {"sha256": "0" * 64}},
        {"requester": ""},
        {"execution": f"{row['execution']}-x"},
        {"links": [one | {"approver": APPROVERS[0]} for one in row["links"]]},
        {"links": []},
        {"mac": ""},
    )
    insider.write(*key_of("REQUEST", insider.approval), row | dice.choice(changes))


def _decision(insider: Insider, dice: random.Random) -> None:
    """Decisions added, altered, copied from another approver."""
    asked = insider.read(*key_of("REQUEST", insider.approval))
    row = insider.read(*key_of("DECISIONS", insider.approval)) or {"decisions": []}
    known: list[Document] = list(row["decisions"])
    if asked is None:
        return
    if not known or dice.random() < 0.25:
        known = [forged(insider, asked, dice)]
    else:
        other = next((one for one in APPROVERS if one != known[0]["approver"]), APPROVERS[0])
        known = dice.choice(
            (
                [one | {"selected": some(insider, dice)} for one in known],
                [*known[:1], known[0] | {"approver": other}],
                [*known[:1], forged(insider, asked, dice, other)],
                [one | {"at_once": True} for one in known] + [known[0] | {"approver": other, "at_once": True}],
                [one | {"at": when(insider, hours=-1)} for one in known],
                [one | {"identity": "iam", "comment": "x"} for one in known],
                known[1:],
            )
        )
    document = {"decisions": known, "decided": True, "status": "decided"}
    insider.write(*key_of("DECISIONS", insider.approval), document)


def forged(insider: Insider, asked: Document, dice: random.Random, approver: str = "") -> Document:
    """A decision that fits in every field but its MAC."""
    return {
        "approval": insider.approval,
        "approver": approver or dice.choice(APPROVERS),
        "identity": dice.choice(("link+code", "iam")),
        "choice": "delete",
        "selected": some(insider, dice),
        "plan_sha256": asked["plan"]["sha256"],
        "plan_version": asked["plan"]["version_id"],
        "expires_at": asked["expires_at"],
        "at": when(insider),
        "nonce": "x",
        "mac": dice.choice(("", NO_MAC)),
    }


def _state(insider: Insider, dice: random.Random) -> None:
    status = dice.choice(("verified", "verified", "pending", "expired", ""))
    place = key_of("STATE", insider.approval)
    if not status:
        insider.remove(*place)
        return
    lost = dice.choice(([], [APPROVERS[0]]))
    insider.write(*place, {"status": status, "note": dice.choice(("", "kept by no one")), "unreachable": lost})


def _verified(insider: Insider, _: random.Random) -> None:
    """As if the grace period were over."""
    insider.write(*key_of("STATE", insider.approval), {"status": "verified", "note": "", "unreachable": []})


def _copy(insider: Insider, _: random.Random) -> None:
    """One approver's decision, as if the other had made it, too."""
    row = insider.read(*key_of("DECISIONS", insider.approval))
    if row and len(row["decisions"]) == 1:
        [mine] = row["decisions"]
        other = next(one for one in APPROVERS if one != mine["approver"])
        both = {"decisions": [mine, mine | {"approver": other}], "decided": True, "status": "decided"}
        insider.write(*key_of("DECISIONS", insider.approval), both)


def _select(insider: Insider, _: random.Random) -> None:
    """Something else is selected in the name of who decided."""
    row = insider.read(*key_of("DECISIONS", insider.approval)) or {"decisions": []}
    chosen = [target for one in row["decisions"] for target in one["selected"]]
    others = [item(one) for one in insider.offered if item(one) not in chosen]
    if chosen and others:
        altered = [one | {"selected": others[:1]} for one in row["decisions"]]
        insider.write(*key_of("DECISIONS", insider.approval), row | {"decisions": altered})


ROWS: dict[str, Callable[[Insider, random.Random], None]] = {
    "own link": _own_link,
    "code": _code,
    "stale code": _stale_code,
    "move code": _move_code,
    "request": _request,
    "decision": _decision,
    "state": _state,
    "verified": _verified,
    "copy": _copy,
    "select": _select,
}
