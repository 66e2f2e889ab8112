"""Rows of any shape, by someone who may write them: each does at most what docs/safety.md says, and stops nothing."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from endpoint_sweep.domain.model import Outcome, OutcomeStatus, ResourceId
from endpoint_sweep.rules.planning import Coverage
from endpoint_sweep.rules.savings import Realized, realized
from endpoint_sweep.rules.snoozes import Snoozed
from endpoint_sweep.steps.aggregate_findings import _last_sweep
from tests.unit.rows import Stored, fresh, keyring
from tests.unit.samples import ACCOUNT, NOW, REGION

A = ResourceId(ACCOUNT, REGION, "a")
SAID = {"account": ACCOUNT, "region": REGION, "name": "a", "reason": "", "at": "2026-01-01T00:00:00Z"}
SHAPES: tuple[Any, ...] = ({}, [], "text", None, {"name": 1}, SAID | {"at": "x"}, SAID | {"status": "deleted"})


@pytest.fixture(scope="module")
def keys() -> Iterator[Any]:
    with keyring() as found:
        yield found


@pytest.fixture
def hub(keys: Any) -> Stored:
    return fresh(keys)


@pytest.mark.parametrize("document", SHAPES, ids=str)
def test_a_snooze_of_any_shape_snoozes_nothing(hub: Stored, document: Any) -> None:
    """Sweeps go on, and a real snooze takes its place."""
    hub.put_row("SNOOZE", str(A), document)
    assert hub.records.snoozed() == {}
    hub.records.snooze(Snoozed(ACCOUNT, REGION, "a", NOW, NOW + timedelta(days=7), "ada", "s1"))
    assert hub.records.snoozed().keys() == {A}


@pytest.mark.parametrize("document", SHAPES, ids=str)
def test_an_outcome_of_any_shape_is_unknown(hub: Stored, document: Any) -> None:
    """The summary is written, and says that someone has to check."""
    hub.put_row("SWEEP#s1", f"OUTCOME#{A}", document)
    assert {one: found.status for one, found in hub.records.outcomes("s1").items()} == {A: OutcomeStatus.UNKNOWN}
    assert hub.records.write_outcome("s1", Outcome.of(A, OutcomeStatus.FAILED, "", NOW)).status is OutcomeStatus.UNKNOWN


@pytest.mark.parametrize("name", ["x", "", f"{ACCOUNT}/{REGION}/endpoint/a", f"{ACCOUNT}/{REGION}/a/b/c"])
def test_an_outcome_of_no_resource_is_none(hub: Stored, name: str) -> None:
    hub.put_row("SWEEP#s1", f"OUTCOME#{name}", SAID | {"status": "done"})
    assert hub.records.outcomes("s1") == {}


def test_a_signed_outcome_may_lack_its_request_id(hub: Stored) -> None:
    """Where there was none."""
    hub.records.write_outcome("s1", Outcome.of(A, OutcomeStatus.SENT, "x", NOW), signed=True)
    row = {name: value for name, value in hub.row("SWEEP#s1", f"OUTCOME#{A}").items() if name != "request_id"}
    hub.put_row("SWEEP#s1", f"OUTCOME#{A}", row)
    done = hub.records.write_outcome("s1", Outcome.of(A, OutcomeStatus.DONE, "x", NOW), signed=True)
    assert (done.status, done.request_id) == (OutcomeStatus.DONE, None)


@pytest.mark.parametrize("document", [*SHAPES, {"at": {}}, {"acted": 1}, {"acted": [[]]}], ids=str)
def test_a_ledger_row_of_any_shape_stops_nothing(hub: Stored, document: Any) -> None:
    hub.put_row("LEDGER", "x", document)
    assert _last_sweep(hub.store, hub.records, hub.seals, "mine") is None
    assert realized(hub.records.ledger(), Coverage(()), ()) == Realized()


@pytest.mark.parametrize("document", SHAPES, ids=str)
def test_an_intent_of_any_shape_may_have_been_sent(hub: Stored, document: Any) -> None:
    hub.put_row("SWEEP#s1", f"INTENT#{A}", document)
    assert hub.records.intents("s1") == {str(A)}
