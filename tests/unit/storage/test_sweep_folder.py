"""A chain from the input to the plan: whoever may write to the bucket, but has no key, changes nothing unseen."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from endpoint_sweep.aws.seals import AwsSeals
from endpoint_sweep.domain.documents import to_json
from endpoint_sweep.domain.errors import DocumentNotFound, DocumentTampered, PlanDiffers
from endpoint_sweep.domain.model import Account, Cell, CellResult, CoverageStatus, Mode
from endpoint_sweep.rules.planning import Coverage
from endpoint_sweep.settings.sweep_input import SweepInput, parse
from endpoint_sweep.storage.sweep_folder import SweepFolder, pins_of
from tests.unit.rows import Stored
from tests.unit.samples import ACCOUNT, NOW, REGION, cell, finding, plan, settings

STARTED = "2026-11-20T06:00:00Z"
HERE = cell(finding("a"))
CELL = f"sweeps/sweep-1/cells/{ACCOUNT}/{REGION}.json"


def asked(sweep_id: str = "sweep-1", **changes: Any) -> SweepInput:
    made = parse(sweep_id, {"mode": "approve", "requested_by": "schedule"}, *settings())
    return replace(made, started=STARTED, now=NOW, **changes)


def started(hub: Stored, sweep_id: str = "sweep-1") -> SweepFolder:
    """A sweep of this name that was planned."""
    folder = SweepFolder(hub.store, sweep_id)
    folder.put_input(asked(sweep_id), hub.seals)
    return folder


def new(seals: AwsSeals) -> AwsSeals:
    """Another instance: it has opened no key yet."""
    return AwsSeals(seals._client, seals._keys, seals._cells_key, seals._seal_key)


# the input


def test_what_was_planned_is_opened(hub: Stored) -> None:
    """Every field as it was put, and the key is that of this sweep alone."""
    found = started(hub).opened(hub.seals)
    assert (found.input, found.input.mode) == (asked(), Mode.APPROVE)
    assert started(hub, "sweep-2").opened(hub.seals).key != found.key


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data | {"mode": "report"},
        lambda data: data | {"caps": data["caps"] | {"per_sweep": 1000}},
        lambda data: data | {"policy": data["policy"] | {"protect_tags": []}, "requested_by": "x@example.com"},
        lambda data: data | {"now": "2030-01-01T00:00:00Z"},
        lambda data: data | {"pins": {"accounts.json": "0" * 64}},
        lambda data: data | {"expires_hours": 1},
        lambda _data: {},
        lambda _data: [],
    ],
)
def test_an_input_that_was_changed_is_refused(hub: Stored, change: Callable[[Any], Any]) -> None:
    """By whoever opens it, also where its key was opened before."""
    folder = started(hub)
    folder.opened(hub.seals)
    key = "sweeps/sweep-1/input.json"
    hub.put_object(key, to_json(change(json.loads(hub.store.get(key)))))
    for seals in (hub.seals, new(hub.seals)):
        with pytest.raises(DocumentTampered):
            folder.opened(seals)


def test_another_sweeps_input_is_refused(hub: Stored) -> None:
    """With its own right key, or with this one's; renamed to this sweep, too."""
    folder, other = started(hub), started(hub, "sweep-2")
    theirs = {name: hub.store.get(f"{other.prefix}/{name}") for name in ("input.json", "key.json")}
    hub.put_object("sweeps/sweep-1/input.json", theirs["input.json"])
    with pytest.raises(DocumentTampered):
        folder.opened(new(hub.seals))
    hub.put_object("sweeps/sweep-1/key.json", theirs["key.json"])
    with pytest.raises(DocumentTampered):
        folder.opened(new(hub.seals))
    hub.put_object("sweeps/sweep-1/input.json", theirs["input.json"].replace(b"sweep-2", b"sweep-1"))
    with pytest.raises(DocumentTampered):
        folder.opened(new(hub.seals))


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"wrapped": ""}', b'{"wrapped": "bWFj"}', b'{"wrapped": 1}'])
def test_without_its_key_nothing_is_believed(hub: Stored, body: bytes) -> None:
    """Missing, or something else."""
    folder = started(hub)
    hub.put_object("sweeps/sweep-1/key.json", body)
    with pytest.raises(DocumentTampered):
        folder.opened(hub.seals)
    hub.remove_object("sweeps/sweep-1/key.json")
    with pytest.raises(DocumentNotFound):
        folder.opened(hub.seals)


def test_a_name_is_used_once(hub: Stored) -> None:
    """By another execution, by someone's garbage, or by an input that was removed since; not by one's own retry."""
    folder, mine = SweepFolder(hub.store, "sweep-1"), asked()
    another = replace(mine, started="2026-11-21T06:00:00Z")
    assert not folder.used_before(mine)
    started(hub)
    started(hub)
    assert not folder.used_before(replace(mine, now=NOW + timedelta(minutes=1), pins={"accounts.json": "0" * 64}))
    assert folder.used_before(another)
    hub.remove_object("sweeps/sweep-1/input.json")
    assert not folder.used_before(mine)
    assert folder.used_before(another)
    assert not SweepFolder(hub.store, "sweep").used_before(asked("sweep"))


@pytest.mark.parametrize(
    "change",
    [
        {"mode": Mode.REPORT},
        {"requested_by": "ada@example.com"},
        {"expires_hours": 1},
        {"policy": replace(asked().policy, lookback_days=7, min_age_days=1)},
        {"caps": replace(asked().caps, per_sweep=1000)},
        {"scope": replace(asked().scope, accounts=("222222222222",))},
    ],
    ids=lambda change: next(iter(change)),
)
def test_one_execution_asks_for_one_thing(hub: Stored, change: dict[str, Any]) -> None:
    """Whoever calls the first step by hand, as if it were tried again, changes nothing of what the sweep is about."""
    started(hub)
    assert SweepFolder(hub.store, "sweep-1").used_before(asked(**change))


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"1", b"{}", b'{"started": null}', b"\xff\xfe"])
def test_garbage_in_its_place_uses_a_name_up(hub: Stored, body: bytes) -> None:
    """Before or after the honest input, removed or not."""
    hub.put_object("sweeps/sweep-1/input.json", body)
    hub.remove_object("sweeps/sweep-1/input.json")
    assert started(hub).used_before(asked())


# the cells


def test_the_first_result_of_a_cell_stands(hub: Stored) -> None:
    """A second try is not an attack, and replaces nothing."""
    folder, key = started(hub), b"k" * 32
    assert [folder.put_cell(one, key) for one in (HERE, replace(HERE, reason="second"))] == [False, False]
    assert folder.cells(key).results == (HERE,)


@pytest.mark.parametrize("mac", ["", "0" * 64])
def test_what_the_scan_did_not_write_is_replaced_and_told(hub: Stored, mac: str) -> None:
    """What someone else wrote in its place counts for nothing, and stays among the versions."""
    folder, key = started(hub), b"k" * 32
    hub.put_object(CELL, to_json(replace(HERE, findings=(), resources=0)), Metadata={"mac": mac})
    assert folder.put_cell(HERE, key) is True
    assert folder.cells(key).results == (HERE,)
    assert len(hub.store.history(CELL)) == 2
    assert folder.put_cell(replace(HERE, reason="second"), key) is False


def test_cells_that_the_scan_did_not_write_are_left_out_and_named(hub: Stored) -> None:
    """Unsigned, edited, signed for another cell or by another sweep's key: each is missing, and each is listed."""
    folder, key = started(hub), b"k" * 32
    folder.put_cell(HERE, key)
    right = hub.store.read(CELL)
    other = SweepFolder(hub.store, "sweep-2")
    other.put_cell(HERE, key)
    elsewhere = {name: f"sweeps/sweep-1/cells/{ACCOUNT}/{name}.json" for name in ("copied", "played", "unsigned", "k2")}
    hub.put_object(elsewhere["copied"], right.body, Metadata={"mac": right.mac})
    there = hub.store.read(CELL.replace("sweep-1", "sweep-2"))
    hub.put_object(elsewhere["played"], there.body, Metadata={"mac": there.mac})
    hub.put_object(elsewhere["unsigned"], right.body)
    folder.put_cell(replace(HERE, region="k2"), b"x" * 32)
    found = folder.cells(key)
    assert (found.results, set(found.forged)) == ((HERE,), set(elsewhere.values()))
    hub.put_object(
        CELL, right.body.replace(b"resnet", b"llama3").replace(b'"idle"', b'"busy"'), Metadata={"mac": right.mac}
    )
    assert folder.cells(key).results == ()
    assert CELL in folder.cells(key).forged


# what the plan pins


def test_pinned_documents_are_those_bytes_or_none(hub: Stored) -> None:
    """Accounts, lists, coverage and findings: any other bytes are refused, and so is a pin that is missing."""
    folder = started(hub)
    skipped = CellResult("444444444444", REGION, CoverageStatus.SKIPPED, "suspended")
    folder.put_coverage(Coverage((HERE, skipped)))
    pins = {
        "accounts.json": folder.put_accounts((Account(ACCOUNT, "vision", "ACTIVE"),)).sha256,
        "expected.json": folder.put_expected([Cell(ACCOUNT, REGION)]).sha256,
        "skipped.json": folder.put_skipped([skipped]).sha256,
        **pins_of(Coverage((HERE, skipped))),
    }
    reads: dict[str, Callable[[dict[str, str]], object]] = {
        "accounts.json": folder.accounts,
        "expected.json": folder.expected,
        "skipped.json": folder.skipped,
        "coverage.json": folder.coverage,
        "findings.json": folder.judged,
    }
    assert folder.judged(pins) == Coverage((HERE, skipped))
    assert folder.skipped(pins) == (skipped,)
    for name, read in reads.items():
        read(pins)
        key = f"sweeps/sweep-1/{name}"
        body = hub.store.get(key)
        for wrong in (body + b" ", b"[]", body[1:]):
            hub.put_object(key, wrong)
            with pytest.raises(DocumentTampered):
                read(pins)
        hub.put_object(key, body)
        with pytest.raises(DocumentTampered):
            read({one: sha256 for one, sha256 in pins.items() if one != name})
        with pytest.raises(DocumentTampered):
            read({})
        read(pins)


# the plan


def test_a_plan_is_written_once(hub: Stored) -> None:
    """The same again is the same pointer; another one stops the sweep, whoever wrote it first."""
    folder, mine = started(hub), plan()
    first = folder.put_plan(mine, hub.seals)
    assert folder.put_plan(mine, hub.seals) == first
    with pytest.raises(PlanDiffers):
        folder.put_plan(replace(mine, minimum_coverage=1), hub.seals)
    assert folder.plan(first) == mine
    foreign = SweepFolder(hub.store, "sweep-2")
    hub.put_object("sweeps/sweep-2/plan.json", to_json(plan([finding("z")])))
    with pytest.raises(PlanDiffers):
        foreign.put_plan(mine, hub.seals)


def test_only_the_aggregations_plan_is_proven(hub: Stored) -> None:
    """Not one without its signature, nor one that was signed for another sweep, nor another version than is asked."""
    folder, mine = started(hub), plan()
    pointer = folder.put_plan(mine, hub.seals)
    assert folder.proven_plan(hub.seals) == folder.proven_plan(hub.seals, pointer) == mine
    for wrong in (replace(pointer, sha256="0" * 64), replace(pointer, key="sweeps/sweep-2/plan.json")):
        with pytest.raises(DocumentTampered):
            folder.proven_plan(hub.seals, wrong)
    there = hub.store.read(pointer.key)
    more = to_json(replace(mine, items=(*mine.items, finding("z"))))
    for key, body, mac in (
        ("sweeps/sweep-1/plan.json", there.body, ""),
        ("sweeps/sweep-1/plan.json", more, there.mac),
        ("sweeps/sweep-2/plan.json", there.body, there.mac),
    ):
        hub.put_object(key, body, Metadata={"mac": mac} if mac else {})
        with pytest.raises(DocumentTampered):
            SweepFolder(hub.store, key.split("/")[1]).proven_plan(hub.seals)
    assert folder.proven_plan(hub.seals, pointer) == mine


def test_a_restore_bundle_of_another_hand_is_replaced(hub: Stored) -> None:
    """It would make something else again; the deleting function's own first one stands."""
    folder, target = started(hub), finding("a").id
    key = f"sweeps/sweep-1/restore/{target}.json"
    hub.put_object(key, b'{"endpoint": "evil"}')
    folder.put_restore(target, {"endpoint": "a"}, hub.seals)
    assert json.loads(hub.store.get(key)) == {"endpoint": "a"}
    folder.put_restore(target, {"endpoint": "later"}, hub.seals)
    assert json.loads(hub.store.get(key)) == {"endpoint": "a"}
    other = finding("b").id
    copied = hub.store.read(key)
    hub.put_object(key.replace(str(target), str(other)), copied.body, Metadata={"mac": copied.mac})
    folder.put_restore(other, {"endpoint": "b"}, hub.seals)
    assert json.loads(hub.store.get(key.replace(str(target), str(other)))) == {"endpoint": "b"}
