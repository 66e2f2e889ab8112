"""What claims that something was deleted is believed only of the functions that delete; what keeps, of anybody."""

from typing import Any

import pytest

from endpoint_sweep.domain.documents import sealed_digest, to_data
from endpoint_sweep.domain.errors import RecordForged, Unavailable
from endpoint_sweep.domain.model import Outcome, OutcomeStatus, ResourceId
from endpoint_sweep.ports import Maker
from tests.unit.rows import Stored
from tests.unit.samples import ACCOUNT, ADA, NOW, REGION

A, B, C, D, E, F, G = (ResourceId(ACCOUNT, REGION, name) for name in "abcdefg")
KEEPING = (OutcomeStatus.FAILED, OutcomeStatus.UNKNOWN)
CLAIMING = tuple(one for one in OutcomeStatus if one not in KEEPING)


def outcome(status: OutcomeStatus, target: ResourceId = A) -> Outcome:
    return Outcome(target.account, target.region, target.name, status, "because", NOW, "req-1")


def row(target: ResourceId, kind: str = "OUTCOME", sweep: str = "s1") -> tuple[str, str]:
    return f"SWEEP#{sweep}", f"{kind}#{target}"


def read(hub: Stored, target: ResourceId = A, sweep: str = "s1") -> OutcomeStatus:
    found = hub.records.outcome(sweep, target)
    assert found
    assert hub.records.outcomes(sweep)[target] == found
    return found.status


@pytest.mark.parametrize("status", CLAIMING)
def test_an_outcome_that_claims_something_must_be_signed(hub: Stored, status: OutcomeStatus) -> None:
    """Without the MAC, or with another function's, it is unknown: look at the endpoint."""
    hub.records.write_outcome("s1", outcome(status), signed=True)
    assert read(hub) is status
    others = [
        hub.seals.mac(maker, sealed_digest(f"outcome s1 {A}", outcome(status)))
        for maker in Maker
        if maker is not Maker.ACTS
    ]
    for mac in ("", "AAAA", *others):
        hub.change_row(*row(A), mac=mac)
        assert read(hub) is OutcomeStatus.UNKNOWN


@pytest.mark.parametrize("status", KEEPING)
def test_an_outcome_that_claims_nothing_needs_no_signature(hub: Stored, status: OutcomeStatus) -> None:
    """The summary and the watchdog write those."""
    hub.records.write_outcome("s1", outcome(status))
    assert read(hub) is status


@pytest.mark.parametrize("changes", [{"status": "done"}, {"reason": "x"}, {"at": "2020-01-01T00:00:00Z"}])
def test_an_edited_outcome_is_unknown(hub: Stored, changes: dict[str, str]) -> None:
    """Every word of it is signed."""
    hub.records.write_outcome("s1", outcome(OutcomeStatus.SPARED), signed=True)
    hub.change_row(*row(A), **changes)
    assert read(hub) is OutcomeStatus.UNKNOWN


@pytest.mark.parametrize(("sweep", "target"), [("s2", A), ("s1", B)])
def test_an_outcome_is_of_its_own_sweep_and_endpoint(hub: Stored, sweep: str, target: ResourceId) -> None:
    """Played again in another sweep, or for another endpoint, renamed or not, it is unknown."""
    hub.records.write_outcome("s1", outcome(OutcomeStatus.DONE), signed=True)
    document = hub.row(*row(A))
    for played in (document, document | {"name": target.name}):
        hub.put_row(*row(target, sweep=sweep), played)
        assert read(hub, target, sweep) is OutcomeStatus.UNKNOWN


def test_a_forged_outcome_does_not_become_the_honest_one(hub: Stored) -> None:
    """What stands there as unknown stands: no one deletes where someone else has written."""
    hub.put_row(*row(A), to_data(outcome(OutcomeStatus.SENT)))
    assert hub.records.write_outcome("s1", outcome(OutcomeStatus.DONE), signed=True).status is OutcomeStatus.UNKNOWN
    assert read(hub) is OutcomeStatus.UNKNOWN


def test_where_nobody_can_tell_it_is_unknown(hub: Stored, monkeypatch: pytest.MonkeyPatch) -> None:
    """KMS does not answer: the report is written all the same, and claims nothing."""
    hub.records.write_outcome("s1", outcome(OutcomeStatus.DONE), signed=True)

    def silent(*_: object) -> bool:
        raise Unavailable("ThrottlingException")

    monkeypatch.setattr(type(hub.seals), "is_authentic", silent)
    assert hub.records.outcomes("s1")[A].status is OutcomeStatus.UNKNOWN
    with pytest.raises(Unavailable):
        hub.records.outcome("s1", A)


# inference components


def with_components(hub: Stored) -> dict[str, Any]:
    hub.records.write_component_intent("s1", A, "base", NOW, ADA)
    return hub.row(*row(A, "COMPONENTS"))


@pytest.mark.parametrize(
    "changes",
    [
        {"components": {}},
        {"components": {"base": {"said": "deleted", "at": "x", "approver": ADA, "request_id": ""}}},
        {"components": {"other": {"said": "intent"}}},
        {"components": [1]},
        {"mac": ""},
    ],
    ids=str,
)
def test_an_edited_record_of_components_is_forged(hub: Stored, changes: dict[str, Any]) -> None:
    """It would make the deletion go on, or begin again: no one reads it, no one writes over it."""
    with_components(hub)
    hub.change_row(*row(A, "COMPONENTS"), **changes)
    records = hub.records
    for use in (
        lambda: records.components("s1", A),
        lambda: records.write_component_intent("s1", A, "adapter", NOW, ADA),
        lambda: records.write_component_outcome("s1", A, "base", "sent", NOW, "r"),
        lambda: records.settle_components("s1", A, NOW),
    ):
        with pytest.raises(RecordForged):
            use()
    assert records.intents("s1") == {str(A)}


def test_a_record_of_components_is_of_its_own_endpoint(hub: Stored) -> None:
    """Also with its right MAC."""
    document = with_components(hub)
    assert list(hub.records.components("s1", A)) == ["base"]
    for sweep, target in (("s2", A), ("s1", B)):
        hub.put_row(*row(target, "COMPONENTS", sweep), document)
        with pytest.raises(RecordForged):
            hub.records.components(sweep, target)


# how far it has come


def test_progress(hub: Stored) -> None:
    """Sent is what may have been sent; left is what no deleting function signed as sent or settled."""
    records = hub.records
    for target, status in ((A, OutcomeStatus.DONE), (B, OutcomeStatus.SENT), (C, OutcomeStatus.SPARED)):
        records.write_outcome("s1", outcome(status, target), signed=True)
    records.write_outcome("s1", outcome(OutcomeStatus.UNKNOWN, D))
    assert records.progress("s1", (A, B, C, D, E, F, G)) == (3, 4)
    assert records.progress("s1", (F,)) == (0, 1)
    assert records.progress("s2", (A, B)) == (0, 2)


def test_rows_of_another_hand_leave_nothing_less_to_keep(hub: Stored) -> None:
    """Intents that no one acted on, and outcomes that no one signed: all of it can still be kept."""
    hub.records.write_intent("s1", A, NOW, ADA)
    hub.records.write_outcome("s1", outcome(OutcomeStatus.FAILED, B))
    hub.records.write_outcome("s1", outcome(OutcomeStatus.DONE, C))
    assert hub.records.progress("s1", (A, B, C)) == (0, 3)
