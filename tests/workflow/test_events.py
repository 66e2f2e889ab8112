"""What subscribers learn of whole sweeps, held against the schemas; and that a bus that fails changes nothing."""

import json
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from botocore.client import BaseClient
from jsonschema import Draft202012Validator

from tests.judging.stage import ADA, Stage
from tests.simulation.hub.cloudformation import ROOT
from tests.simulation.hub.resources import STACK
from tests.workflow.conftest import OpenStage

call = BaseClient._make_api_call  # type: ignore[attr-defined]
COUNTED = ("CoveragePercent", "IdleEndpoints", "PotentialMonthlyUsd", "RealizedMonthlyUsd", "DeletedEndpoints",
           "FailedDeletions", "ApprovalsExpired", "SweepSeconds")  # fmt: skip


@pytest.fixture
def told() -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """Detail type and detail of each event that the bus took, in order; each fits its schema."""
    events: list[tuple[str, dict[str, Any]]] = []

    def listening(self: Any, operation: str, parameters: dict[str, Any]) -> Any:
        answer = call(self, operation, parameters)
        if operation == "PutEvents":
            for entry in parameters["Entries"]:
                assert (entry["Source"], entry["EventBusName"]) == ("endpoint-sweep", STACK)
                events.append((entry["DetailType"], json.loads(entry["Detail"])))
        return answer

    with patch.object(BaseClient, "_make_api_call", listening):
        yield events
    assert events
    for kind, detail in events:
        schema = json.loads((ROOT / "docs" / "events" / f"{kind}.schema.json").read_text(encoding="utf-8"))
        Draft202012Validator(schema).validate(detail)


def of(told: list[tuple[str, dict[str, Any]]], kind: str) -> list[dict[str, Any]]:
    return [detail for name, detail in told if name == kind]


def test_subscribers_follow_a_sweep(
    stage_of: OpenStage, told: list[tuple[str, dict[str, Any]]], capfd: pytest.CaptureFixture[str]
) -> None:
    """From its start to its end, in order, without a secret or a person; and the figures that CloudWatch reads."""
    stage = stage_of("small")
    sweep = stage.start()
    link = stage.links(sweep)[ADA]
    offered = len(stage.plan(sweep))
    assert stage.decide(link, "resnet-demo").status == 303
    stage.end(sweep)
    assert [kind for kind, _ in told] == [
        "SweepStarted", "ApprovalRequested", "DecisionRecorded", "EndpointDeleted", "SweepFinished",
    ]  # fmt: skip
    assert {detail["sweep_id"] for _, detail in told} == {sweep}
    assert len({detail["id"] for _, detail in told}) == len(told)
    [asked], [decided], [deleted] = (
        of(told, kind) for kind in ("ApprovalRequested", "DecisionRecorded", "EndpointDeleted")
    )
    assert (asked["endpoints"], asked["approvers"]) == (offered, 2)
    assert (decided["choice"], decided["endpoints"]) == ("delete", 1)
    assert deleted["name"] == "resnet-demo"
    assert of(told, "SweepFinished")[0]["totals"]["deleted"] == 1
    said = json.dumps(told)
    assert [word for word in (*stage.secrets, *stage.tokens, ADA, "/v1/a/") if word in said] == []
    counted = [json.loads(line) for line in capfd.readouterr().out.splitlines() if line.startswith('{"_aws"')]
    assert counted[0]["ApprovalsOpened"] == [1.0]
    assert all(name in counted[-1] for name in COUNTED)
    assert counted[-1]["DeletedEndpoints"] == [1.0]


def test_subscribers_learn_what_was_not_deleted(stage_of: OpenStage, told: list[tuple[str, dict[str, Any]]]) -> None:
    """Someone calls it after the scan: approved, and kept."""
    stage = stage_of("small")
    sweep = stage.start()
    link = stage.links(sweep)[ADA]
    [place] = [one for one in stage.plan(sweep) if one.endswith("/resnet-demo")]
    account, region, name = place.split("/")
    stage.world.invoke(account, region, name)
    assert stage.decide(link, "resnet-demo").status == 303
    stage.end(sweep)
    [kept] = of(told, "EndpointNotDeleted")
    assert (kept["name"], kept["status"]) == ("resnet-demo", "spared")
    assert of(told, "EndpointDeleted") == []


def test_subscribers_learn_that_a_sweep_failed(stage: Stage, told: list[tuple[str, dict[str, Any]]]) -> None:
    """Refused at its start, and aborted by an operator; told again, it has the same id."""
    refused = stage.start_with({"mode": "nonsense"})
    stage.end(refused)
    aborted = stage.start()
    stage.links(aborted)
    stage.stop(aborted)
    stage.watchdog(aborted, "ABORTED")
    failed = {(one["sweep_id"], one["error"], one["id"]) for one in of(told, "SweepFailed")}
    assert {(sweep, error) for sweep, error, _ in failed} == {(refused, "InputRejected"), (aborted, "ABORTED")}
    assert len(failed) == 2


@pytest.mark.parametrize("code", ["AccessDeniedException", "ThrottlingException", "InternalException"])
def test_a_bus_that_fails_changes_nothing(stage_of: OpenStage, code: str) -> None:
    """The same sweep with the same end; only the log counts what was lost."""
    stage = stage_of("small")
    stage.world.fault(service="events", operation="PutEvents", code=code)
    sweep = stage.start()
    assert stage.decide(stage.links(sweep)[ADA], "resnet-demo").status == 303
    assert stage.end(sweep)["status"] == "SUCCEEDED"
    assert stage.disposition(sweep, "resnet-demo")[0] == "deleted"
    assert stage.report(sweep)["failure"] is None
    assert stage.log.getvalue().count('"alarm":"EventLost"') == 5
    assert len(stage.mails(sweep)) >= 4
