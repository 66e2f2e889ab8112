"""What `endpoint-sweep scan` writes: the JSON as a contract, the spreadsheet, the table, the file."""

import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from endpoint_sweep.domain.model import CoverageStatus, Kind, Verdict
from tests.laptop.conftest import Laptop
from tests.simulation.organization.scenarios.small import FIRST, REGION, one, organization
from tests.simulation.organization.specification import VariantSpec
from tests.simulation.organization.traffic import Traffic

SCANNED = ("--accounts", f"{FIRST},111111111111")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z")
MONEY = re.compile(r"\d+\.\d{2,}")
COVERAGE = {"account", "region", "status", "reason", "resources", "retries", "routers"}
FINDING = {
    "account", "region", "type", "name", "arn", "kind", "status", "verdict", "reason", "invocations",
    "last_invocation_at", "hourly_usd", "monthly_usd", "instances", "owner", "tags", "created_at", "evidence",
}  # fmt: skip


@pytest.fixture
def document(laptop: Laptop) -> dict[str, Any]:
    laptop.open("small")
    return laptop.scan(*SCANNED).document


def is_moment(value: Any) -> bool:
    return isinstance(value, str) and MOMENT.fullmatch(value) is not None


def test_the_document_as_a_whole(document: dict[str, Any]) -> None:
    """Schema 1: sweep, coverage, findings, and nothing else."""
    assert document.keys() == {"schema", "sweep", "coverage", "findings"}
    assert document["schema"] == 2
    sweep = document["sweep"]
    assert sweep.keys() == {"id", "started_at", "lookback_days", "min_age_days"}
    assert (sweep["lookback_days"], sweep["min_age_days"]) == (14, 14)
    assert is_moment(sweep["started_at"])
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}", sweep["id"])


def test_every_row_of_the_coverage(document: dict[str, Any]) -> None:
    """One a cell; the states that the documentation names; a reason wherever it is not `scanned`."""
    cells = [(row["account"], row["region"]) for row in document["coverage"]]
    assert cells == sorted(set(cells))
    for row in document["coverage"]:
        assert row.keys() == COVERAGE
        assert row["status"] in {status.value for status in CoverageStatus}
        assert re.fullmatch(r"\d{12}", row["account"])
        assert (type(row["resources"]), type(row["retries"]), type(row["reason"])) == (int, int, str)
        assert bool(row["reason"]) is (row["status"] != "scanned")
        assert row["resources"] == sum(
            (found["account"], found["region"]) == (row["account"], row["region"]) for found in document["findings"]
        )


def test_every_finding(document: dict[str, Any]) -> None:
    """Each field of the contract in each finding, with its type; money as text, times in UTC, null where unknown."""
    assert len(document["findings"]) == 6
    for found in document["findings"]:
        assert found.keys() >= FINDING
        assert found["verdict"] in {verdict.value for verdict in Verdict}
        assert found["kind"] is None or found["kind"] in {kind.value for kind in Kind}
        assert found["arn"] == f"arn:aws:sagemaker:{REGION}:{FIRST}:endpoint/{found['name']}"
        assert isinstance(found["status"], str)
        assert isinstance(found["reason"], str)
        assert found["reason"]
        assert found["invocations"] is None or type(found["invocations"]) is int
        assert found["last_invocation_at"] is None or is_moment(found["last_invocation_at"])
        assert is_moment(found["created_at"])
        assert found["owner"] is None or found["owner"] in found["tags"].values()
        assert all(isinstance(value, str) for value in found["tags"].values())
        for amount in (found["hourly_usd"], found["monthly_usd"]):
            assert amount is None or (isinstance(amount, str) and MONEY.fullmatch(amount))
        for instance in found["instances"]:
            assert instance.keys() == {"variant", "type", "count"}
        assert found["evidence"].keys() == {"start", "end", "series"}
        assert is_moment(found["evidence"]["start"])
        assert is_moment(found["evidence"]["end"])


def test_what_an_idle_finding_says(document: dict[str, Any]) -> None:
    """Reason, figures, cost, owner, instances and the series that prove it."""
    found = next(found for found in document["findings"] if found["name"] == "resnet-demo")
    assert (found["verdict"], found["kind"], found["status"]) == ("idle", "real-time", "InService")
    assert found["reason"] == "its only variant was not invoked in 14 days"
    assert (found["invocations"], found["last_invocation_at"]) == (0, None)
    assert found["instances"] == [{"variant": "AllTraffic", "type": "ml.g5.xlarge", "count": 1}]
    assert Decimal(found["monthly_usd"]) == (Decimal(found["hourly_usd"]) * 730).quantize(Decimal("0.01"))
    assert (found["owner"], found["tags"]["team"]) == ("mira.kent@example.com", "vision")
    [series] = found["evidence"]["series"]
    assert (series["metric"], series["variant"], series["total"], series["complete"]) == (
        "Invocations", "AllTraffic", 0, True)  # fmt: skip
    start, end = (datetime.fromisoformat(found["evidence"][name]) for name in ("start", "end"))
    assert (end - start).days == 14
    assert end < datetime.now(UTC)


def test_what_a_busy_finding_says(document: dict[str, Any]) -> None:
    """How much and when last; its cost is unknown and not nothing, because it was not described."""
    found = next(found for found in document["findings"] if found["name"] == "fraud-scoring")
    assert (found["verdict"], found["kind"], found["instances"]) == ("busy", None, [])
    assert (found["hourly_usd"], found["monthly_usd"]) == (None, None)
    assert found["invocations"] > 14 * 24 * 800
    assert is_moment(found["last_invocation_at"])


def test_all_verdicts_of_the_small_world(laptop: Laptop) -> None:
    """As its specification has them."""
    world = laptop.open("small")
    done = laptop.scan(*SCANNED)
    assert done.status == 0
    assert done.verdicts == world.organization.expected_verdicts()


def test_the_default_world(laptop: Laptop) -> None:
    """120 endpoints over eight accounts and four regions: each verdict, each cell, as specified."""
    world = laptop.open("default")
    done = laptop.scan("--regions", "us-east-1,us-west-2,eu-west-1,eu-central-1")
    assert done.verdicts == world.organization.expected_verdicts()
    assert done.coverage == world.organization.expected_coverage()
    assert done.status == 3


def test_every_variant_has_its_instances(laptop: Laptop) -> None:
    """And its part of the cost."""
    variants = (VariantSpec("a", "ml.g5.xlarge"), VariantSpec("b", "ml.m5.xlarge", 3))
    laptop.open(organization([one("ab", variants=variants)]))
    [found] = laptop.scan(*SCANNED).document["findings"]
    assert found["instances"] == [
        {"variant": "a", "type": "ml.g5.xlarge", "count": 1},
        {"variant": "b", "type": "ml.m5.xlarge", "count": 3},
    ]
    alone = Decimal(found["hourly_usd"])
    assert alone > Decimal("1.4") + 3 * Decimal("0.2")


def test_an_unknown_price_is_null(laptop: Laptop) -> None:
    """Not zero, neither in JSON nor in the spreadsheet (D8.12)."""
    laptop.open(organization([one("odd", instance_type="ml.dl1.24xlarge")]))
    [found] = laptop.scan(*SCANNED).document["findings"]
    assert (found["verdict"], found["hourly_usd"], found["monthly_usd"]) == ("idle", None, None)
    [row] = laptop.scan(*SCANNED, "--format", "csv").rows
    assert (row["hourly_usd"], row["monthly_usd"]) == ("", "")


def test_hostile_words_stay_data(laptop: Laptop) -> None:
    """Formulas, markup, control characters and brackets of a terminal library (BI-14 to BI-19)."""
    tags = {"owner": "=cmd|' /C calc'!A0", "team": "[red]x[/red]\u202e\x1b[31m{{7*7}}"}
    laptop.open(organization([one("resnet-demo", tags=tags)]))
    [found] = laptop.scan(*SCANNED).document["findings"]
    assert found["tags"] == tags
    [row] = laptop.scan(*SCANNED, "--format", "csv").rows
    assert row["owner"].startswith("'=")
    laptop.open(organization([one("resnet-demo", tags={"owner": tags["team"]})]))
    table = laptop.scan(*SCANNED, "--format", "table").out
    assert "[red]" in table
    assert "\x1b" not in table
    assert "\u202e" not in table


def test_the_spreadsheet(laptop: Laptop) -> None:
    """One row a finding, with the same words as the JSON."""
    laptop.open("small")
    rows = laptop.scan(*SCANNED, "--format", "csv").rows
    findings = laptop.scan(*SCANNED).document["findings"]
    wanted = ("account", "region", "type", "name", "status", "verdict", "reason", "monthly_usd")
    assert sorted(tuple(row[name] for name in wanted) for row in rows) == sorted(
        tuple(found[name] or "" for name in wanted) for found in findings
    )
    assert {row["account_name"] for row in rows} == {"vision-prod"}


def test_the_table(laptop: Laptop) -> None:
    """What was scanned, what is idle and what it costs; progress and errors are not in it."""
    laptop.open("small")
    done = laptop.scan(*SCANNED, "--format", "table")
    assert done.status == 0
    assert "2 of 3 account-region pairs scanned (100%)" in done.out
    assert "Inference routers are known in all 2 account-region pairs." in done.out
    assert "resnet-demo" in done.out
    assert "fraud-scoring" not in done.out
    assert "6 endpoints: 2 idle, 2 busy, 1 too-young, 1 protected" in done.out
    assert "per month at list price" in done.out
    assert "2 of 2 account-region pairs" in done.err


def test_the_table_says_nothing_of_routers_that_no_one_asked_for(laptop: Laptop) -> None:
    """Where everything is called, none of them matters, so none is missing."""
    laptop.open(organization([one("busy", Traffic.steady(9))]))
    done = laptop.scan("--accounts", FIRST, "--format", "table")
    assert "1 endpoint: 1 busy" in done.out
    assert "outers" not in done.out


def test_the_table_says_first_what_was_not_seen(laptop: Laptop) -> None:
    """Before any money."""
    laptop.open("denied")
    done = laptop.scan("--format", "table")
    assert done.status == 3
    assert done.out.index("333333333333 us-east-1: denied.") < done.out.index("resnet-demo")


def test_a_file_takes_the_result(laptop: Laptop, tmp_path: Path) -> None:
    """And standard output stays empty; progress is told on standard error."""
    laptop.open("small")
    file = tmp_path / "result.json"
    done = laptop.scan(*SCANNED, "--output", str(file))
    assert (done.status, done.out) == (0, "")
    assert "found" in done.err
    assert json.loads(file.read_text())["schema"] == 2


def test_nothing_to_find_is_a_complete_answer(laptop: Laptop) -> None:
    """Empty cells are scanned cells."""
    laptop.open("empty")
    done = laptop.scan(*SCANNED)
    assert (done.status, done.document["findings"]) == (0, [])
    assert done.coverage == {
        ("100000000001", REGION): "skipped",  # the management account is never left out of the table
        ("111111111111", REGION): "scanned",
        (FIRST, REGION): "scanned",
    }
    assert "0 endpoints: none" in laptop.scan(*SCANNED, "--format", "table").out


def test_a_canary_is_said(laptop: Laptop) -> None:
    """Busy all the same (D1.31)."""
    laptop.open(organization([one("watched", Traffic.steady(60))]))
    [found] = laptop.scan(*SCANNED).document["findings"]
    assert found["verdict"] == "busy"
    assert found["reason"].endswith("a steady 1 per minute: possibly just a canary")
