"""`endpoint-sweep verify`: an auditor is told which record of a sweep the hub's functions did not write."""

import base64
import json
import os
from collections.abc import Callable

import pytest

from endpoint_sweep.aws import written_record
from endpoint_sweep.aws.sessions import Sessions
from endpoint_sweep.cli import main
from tests.judging.forging import IDLE
from tests.judging.stage import ADA, Stage
from tests.simulation.hub.resources import BUCKET, TABLE
from tests.workflow.conftest import OpenStage

ENDPOINT = f"{IDLE['account']}/{IDLE['region']}/{IDLE['name']}"
KEYS = {"FindingsKey": "FINDINGS", "LinksKey": "LINKS", "MacKey": "MAC", "ActsKey": "ACTS"}

type Verify = Callable[[Stage, str], tuple[int, list[str], list[str]]]


@pytest.fixture
def verify(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Verify:
    """Status, what is not proven, what is."""

    def parts(_sessions: Sessions, _stack: str) -> dict[str, str]:
        keys = {logical: os.environ[f"{name}_KEY_ARN"] for logical, name in KEYS.items()}
        return {"Bucket": BUCKET, "Table": TABLE, **keys}

    monkeypatch.setattr(written_record, "_parts", parts)

    def called(stage: Stage, sweep: str) -> tuple[int, list[str], list[str]]:
        capsys.readouterr()
        status = main(["verify", sweep, "--region", stage.hub.region])
        *lines, _ = capsys.readouterr().out.splitlines()
        wrong = [line.removeprefix("NOT PROVEN  ") for line in lines if line.startswith("NOT PROVEN  ")]
        return status, wrong, [line.removeprefix("proven ").strip() for line in lines if line.startswith("proven ")]

    return called


def item(stage: Stage, sweep: str, kind: str) -> dict[str, dict[str, str]]:
    found = stage.hub.item(f"SWEEP#{sweep}", f"{kind}#{ENDPOINT}")
    assert found
    return found


def test_a_sweep_that_deleted_is_proven_and_each_forged_record_is_named(stage_of: OpenStage, verify: Verify) -> None:
    """Of every kind, one after the other: outcome, approval, decision, request, document, restore bundle."""
    stage = stage_of("small")
    sweep = stage.decided("resnet-demo")
    status, wrong, proven = verify(stage, sweep)
    assert (status, wrong) == (0, [])
    assert proven == [
        "plan.json", "input.json", "accounts.json", "coverage.json", "findings.json", "the request for approval",
        "the plan that was asked about", f"the decision of {ADA}", f"the outcome of {ENDPOINT}",
        f"restore/{ENDPOINT}.json",
    ]  # fmt: skip
    stage.tampered.add(sweep)
    table, bucket = stage.hub.client("dynamodb"), stage.hub.client("s3")

    def forged(row: dict[str, dict[str, str]], **changes: object) -> list[str]:
        """What is named while this row says something else."""
        document = json.loads(row["document"]["S"]) | changes
        table.put_item(TableName=TABLE, Item=row | {"document": {"S": json.dumps(document)}})
        status, wrong, _ = verify(stage, sweep)
        table.put_item(TableName=TABLE, Item=row)
        assert status == 3
        return [line.partition(":")[0] for line in wrong]

    assert forged(item(stage, sweep, "OUTCOME"), at="2026-01-01T00:00:00Z") == [f"the outcome of {ENDPOINT}"]
    assert forged(item(stage, sweep, "OUTCOME"), status="nonsense") == [f"the outcome of {ENDPOINT}"]
    decisions = stage.row(sweep, "DECISIONS")
    assert decisions
    mac = base64.b64encode(bytes(32)).decode()
    signed = json.loads(decisions["document"]["S"])["decisions"]
    said = [signed[0] | {"mac": mac}]
    assert forged(decisions, decisions=said) == [f"the decision of {ADA}", f"the approval of {ENDPOINT}"]
    request = stage.row(sweep, "REQUEST")
    assert request
    assert forged(request, requester="mallory@example.com") == [
        "the request for approval",
        f"the approval of {ENDPOINT}",
    ]

    def overwritten(name: str) -> list[str]:
        """What is named once someone has written another version of the document."""
        key = f"sweeps/{sweep}/{name}"
        there = bucket.get_object(Bucket=BUCKET, Key=key)
        body = there["Body"].read()
        made = bucket.put_object(Bucket=BUCKET, Key=key, Body=body + b" ", Metadata=there["Metadata"])
        _, wrong, _ = verify(stage, sweep)
        bucket.delete_object(Bucket=BUCKET, Key=key, VersionId=made["VersionId"])
        return [line.partition(":")[0] for line in wrong]

    assert overwritten("input.json") == ["input.json"]
    assert overwritten("findings.json") == ["findings.json"]
    assert overwritten(f"restore/{ENDPOINT}.json") == [f"restore/{ENDPOINT}.json"]
    assert overwritten("plan.json") == ["plan.json"]
    assert verify(stage, sweep)[:2] == (0, [])


def test_a_sweep_that_is_not_there(stage: Stage, capsys: pytest.CaptureFixture[str], verify: Verify) -> None:
    """Nothing to verify is not proven."""
    assert main(["verify", "nothing", "--region", stage.hub.region]) == 2
    assert "has no plan and no request of a sweep nothing" in capsys.readouterr().err
    assert main(["verify", "a/b", "--region", stage.hub.region]) == 2
