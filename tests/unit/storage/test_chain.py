"""The steps of a sweep believe each other's documents only with a proof."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from endpoint_sweep.domain.documents import digest, sealed_digest, to_data, to_json
from endpoint_sweep.domain.errors import DocumentNotFound, DocumentTampered, PlanDiffers
from endpoint_sweep.domain.model import Cell, Plan
from endpoint_sweep.ports import Maker
from endpoint_sweep.rules.approvals import approval_id
from endpoint_sweep.rules.net_cost import Paid
from endpoint_sweep.settings.sweep_input import parse
from endpoint_sweep.steps.aggregate_findings import aggregate_findings
from endpoint_sweep.steps.check_act_roles import check_act_roles
from endpoint_sweep.steps.contracts import CaughtError, CellItem
from endpoint_sweep.steps.money import PAID, PRICES, Sources
from endpoint_sweep.steps.record_unreachable_cell import record_unreachable_cell
from endpoint_sweep.steps.request_approval import request_approval
from endpoint_sweep.steps.scan_cell import scan_cell
from endpoint_sweep.storage.sweep_folder import SweepFolder
from tests.unit.fake_cell import TYPES, FakeCell
from tests.unit.quiet import Mails, NoEvents, NoMetrics, NoPrices, NoWitness, OnePrice, OpenRoles, Told
from tests.unit.rows import Stored
from tests.unit.samples import ACCOUNT, NOW, REGION, cell, finding, settings

PLACE: CellItem = {"account": ACCOUNT, "region": REGION}
IDLE = tuple(finding(name) for name in "abcd")


class Members:
    """Every cell is the same one."""

    def readers(self, _cell: Cell, _sweep_id: str) -> FakeCell:
        return FakeCell(listing=[])

    def actor(self, *_: Any) -> Any:
        raise AssertionError("no one deletes here")


def planned(hub: Stored, sweep: str = "sweep-1", *, mode: str = "approve") -> SweepFolder:
    """A sweep whose cells may be scanned."""
    folder = SweepFolder(hub.store, sweep)
    pins = {
        "accounts.json": folder.put_accounts(()).sha256,
        "expected.json": folder.put_expected([Cell(ACCOUNT, REGION)]).sha256,
        "skipped.json": folder.put_skipped([]).sha256,
    }
    data = {"mode": mode, "requested_by": "schedule"}
    folder.put_input(replace(parse(sweep, data, *settings()), now=NOW, pins=pins), hub.seals)
    return folder


def scanned(hub: Stored, sweep: str = "sweep-1", *, mode: str = "approve") -> SweepFolder:
    """One whose only cell has four idle endpoints."""
    folder = planned(hub, sweep, mode=mode)
    folder.put_cell(cell(*IDLE), folder.opened(hub.seals).key)
    check_act_roles({"sweep_id": sweep}, roles=OpenRoles(), store=hub.store)
    return folder


def aggregate(
    hub: Stored, sweep: str = "sweep-1", prices: NoPrices | None = None, bills: Told | None = None
) -> dict[str, Any]:
    return aggregate_findings(
        {"sweep_id": sweep},
        settings=settings().scan,
        types=TYPES,
        store=hub.store,
        records=hub.records,
        seals=hub.seals,
        money=Sources(prices or NoPrices(), NoWitness(), bills),
    )


def request(hub: Stored, plan: Any, sweep: str = "sweep-1") -> list[str]:
    """Who was mailed."""
    mails = Mails()
    request_approval(
        {"sweep_id": sweep, "execution": "arn", "plan": plan},
        settings=settings().decide,
        base_url="https://review.example.com/v1",
        store=hub.store,
        records=hub.records,
        seals=hub.seals,
        mailer=mails,
        metrics=NoMetrics(),
        events=NoEvents(),
        now=lambda: NOW,
    )
    return mails.sent


def aggregated(hub: Stored, sweep: str = "sweep-1") -> Plan:
    return SweepFolder(hub.store, sweep).proven_plan(hub.seals)


# who asks


def test_a_plan_that_the_sweep_made_is_asked_about(hub: Stored) -> None:
    """The way as it should be."""
    scanned(hub)
    found = aggregate(hub)
    assert (found["ask"], found["plan"]["count"], "alarm" in found) == (True, 4, False)
    assert len(request(hub, found["plan"])) == 2
    assert hub.records.approval(approval_id("sweep-1")) is not None


def test_nobody_is_asked_about_a_plan_that_no_sweep_made(hub: Stored) -> None:
    """An event that someone made up: with a plan of one's own, an unsigned one, another sweep's, another version."""
    scanned(hub)
    scanned(hub, "sweep-2")
    mine, theirs = aggregate(hub)["plan"], aggregate(hub, "sweep-2")["plan"]
    forged = to_json(replace(aggregated(hub), items=IDLE[:1], caps=replace(aggregated(hub).caps, per_sweep=1000)))
    elsewhere = hub.store.put("sweeps/sweep-1/plan2.json", forged)
    over = hub.store.put("sweeps/sweep-1/plan.json", forged)
    by_another = hub.seals.mac(Maker.LINKS, sealed_digest("sweeps/sweep-1/plan.json", digest(forged)))
    signed = hub.store.put("sweeps/sweep-1/plan.json", forged, mac=by_another)
    for plan in (to_data(elsewhere), to_data(over), to_data(signed), theirs, mine | {"sha256": over.sha256}):
        with pytest.raises((DocumentTampered, DocumentNotFound)):
            request(hub, plan)
    assert hub.records.approval(approval_id("sweep-1")) is None


def test_nobody_is_asked_about_a_plan_that_asks_nobody(hub: Stored) -> None:
    """A sweep in report mode makes a plan, too; an event does not make it one to ask about."""
    scanned(hub, mode="report")
    found = aggregate(hub)
    assert (found["ask"], found["why_not"]) == (False, "report mode does not ask for approval")
    with pytest.raises(DocumentTampered, match="report mode"):
        request(hub, found["plan"])


# who believes the input


@pytest.mark.parametrize("name", ["input.json", "expected.json", "skipped.json"])
def test_a_changed_input_stops_the_sweep(hub: Stored, name: str) -> None:
    """Before anything is scanned or planned by it: no result, no plan."""
    scanned(hub)
    before = hub.names()
    key = f"sweeps/sweep-1/{name}"
    data = json.loads(hub.store.get(key))
    hub.put_object(
        key, to_json(data | {"mode": "approve", "expires_hours": 9} if isinstance(data, dict) else [*data, 1])
    )
    with pytest.raises(DocumentTampered):
        aggregate(hub)
    if name == "input.json":
        with pytest.raises(DocumentTampered):
            scan_cell(
                {"sweep_id": "sweep-1", "cell": PLACE}, types=TYPES, members=Members(), store=hub.store, seals=hub.seals
            )
        error: CaughtError = {"Error": "CellDenied", "Cause": ""}
        with pytest.raises(DocumentTampered):
            record_unreachable_cell(
                {"sweep_id": "sweep-1", "cell": PLACE, "error": error}, store=hub.store, seals=hub.seals
            )
    assert hub.names() == before


def test_a_cell_that_somebody_else_wrote_is_replaced_by_the_scan(hub: Stored) -> None:
    """With an alarm; and one that no one replaces counts as missing, with an alarm, too."""
    folder = planned(hub)
    key = f"sweeps/sweep-1/cells/{ACCOUNT}/{REGION}.json"
    hub.put_object(key, to_json(cell(*IDLE)))
    found = aggregate(hub)
    assert (found["alarm"], found["verdicts"], found["coverage"]["failed"]) == ("CellForged", {}, 1)
    done = scan_cell(
        {"sweep_id": "sweep-1", "cell": PLACE}, types=TYPES, members=Members(), store=hub.store, seals=hub.seals
    )
    assert (done["alarm"], done["resources"]) == ("CellForged", 0)
    assert folder.cells(folder.opened(hub.seals).key).forged == ()


def test_a_second_run_makes_the_same_plan(hub: Stored) -> None:
    """By the sweep's own clock; where another plan stands, the sweep stops."""
    scanned(hub)
    assert aggregate(hub)["plan"] == aggregate(hub)["plan"]
    hub.put_object("sweeps/sweep-1/plan.json", to_json(replace(aggregated(hub), items=())))
    with pytest.raises(PlanDiffers):
        aggregate(hub)


# what is remembered


def remembered(hub: Stored) -> tuple[bytes, str]:
    there = hub.store.read(PRICES)
    return there.body, there.mac


def test_prices_of_another_hand_are_asked_anew(hub: Stored) -> None:
    """A cheap endpoint needs no second approver: what someone else wrote is not read, and is replaced."""
    scanned(hub)
    first, again = OnePrice(), OnePrice()
    monthly = aggregate(hub, prices=first)["idle_monthly_usd"]
    assert (aggregate(hub, prices=again)["idle_monthly_usd"], first.asked, again.asked) == (monthly, 1, 0)
    body, mac = remembered(hub)
    cheap = body.replace(b'"usd":"2.00"', b'"usd":"0.01"')
    assert cheap != body
    elsewhere = hub.seals.mac(Maker.FINDINGS, sealed_digest("prices/other.json", digest(cheap)))
    for forged, beside in ((cheap, ""), (cheap, mac), (cheap, elsewhere), (b"{", mac), (body, "AAAA")):
        hub.put_object(PRICES, forged, Metadata={"mac": beside} if beside else {})
        anew = OnePrice()
        assert (aggregate(hub, prices=anew)["idle_monthly_usd"], anew.asked) == (monthly, 1)
        assert remembered(hub) == (body, mac)


G5 = (ACCOUNT, REGION, "ml.g5.xlarge")


def test_bills_are_asked_for_once_a_day(hub: Stored) -> None:
    """Two thirds of the list price; what another hand wrote is not read, and is replaced (D13.40)."""
    scanned(hub)
    told = Told(Paid({G5: Decimal("1.20")}, NOW.date(), NOW.date()))
    found = aggregate(hub, prices=OnePrice(), bills=told)
    assert (found["idle_monthly_usd"], found["idle_net_monthly_usd"]) == ("5840.00", "3504.00")
    assert {one.net_monthly_usd for one in aggregated(hub).items} == {Decimal("876.00")}
    assert (aggregate(hub, prices=OnePrice(), bills=told)["idle_net_monthly_usd"], told.asked) == ("3504.00", 1)
    there = hub.store.read(PAID)
    cheap = there.body.replace(b'"usd":"1.20"', b'"usd":"0.01"')
    assert cheap != there.body
    hub.put_object(PAID, cheap, Metadata={"mac": there.mac})
    assert (aggregate(hub, prices=OnePrice(), bills=told)["idle_net_monthly_usd"], told.asked) == ("3504.00", 2)
    assert hub.store.read(PAID).body == there.body


def test_a_bill_that_cannot_be_read_stops_nothing(hub: Stored) -> None:
    """List prices alone, one line that says why, and the next sweep asks again."""
    scanned(hub)
    told = Told(Paid(why_not="Cost Explorer was not read: DataUnavailableException: not enabled"))
    found = aggregate(hub, prices=OnePrice(), bills=told)
    assert (found["idle_net_monthly_usd"], found["ask"]) == (found["idle_monthly_usd"], True)
    assert aggregated(hub).money_note == "Cost Explorer was not read: DataUnavailableException: not enabled"
    aggregate(hub, prices=OnePrice(), bills=told)
    assert told.asked == 2
    scanned(hub, "sweep-2")
    assert aggregate(hub, "sweep-2")["money_note"] == "", "no one was asked: no role is given"


def test_the_last_sweep_is_one_whose_plan_is_proven(hub: Stored) -> None:
    """An unsigned plan of an earlier sweep would hide that all of these are newly idle: it is passed over."""
    quiet = planned(hub, "sweep-0")
    quiet.put_cell(replace(cell(), resources=5), quiet.opened(hub.seals).key)
    aggregate(hub, "sweep-0")
    scanned(hub, "sweep-00")
    aggregate(hub, "sweep-00")
    hub.records.write_summary("sweep-0", {"at": NOW - timedelta(days=14)})
    hub.records.write_summary("sweep-00", {"at": NOW - timedelta(days=7)})
    scanned(hub)
    assert aggregate(hub)["flagged"] == 0
    plan = hub.store.read("sweeps/sweep-00/plan.json")
    for body, mac in ((plan.body, ""), (plan.body + b" ", plan.mac)):
        hub.put_object("sweeps/sweep-00/plan.json", body, Metadata={"mac": mac} if mac else {})
        name = f"later-{len(mac)}"
        scanned(hub, name)
        assert aggregate(hub, name)["flagged"] == 2
