"""A cell that cannot be looked at is a row with its reason; a doubt is no finding; nothing ever crashes the rest."""

import json
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.laptop.conftest import Laptop
from tests.simulation.member_aws.corrections import cloudwatch
from tests.simulation.member_aws.metric_store import MetricStore
from tests.simulation.organization.scenarios.small import (
    FIRST,
    HUB,
    MANAGEMENT,
    OPT_IN,
    OTHER_REGION,
    REGION,
    SECOND,
    WORKLOADS,
    one,
    organization,
)
from tests.simulation.organization.specification import Account, Organization
from tests.simulation.organization.traffic import Traffic
from tests.simulation.wire.protocols import Reply

THIRD = "444444444444"
BOTH = ("--regions", f"{REGION},{OTHER_REGION}")
ONE_CELL = ("--accounts", FIRST)


def three_accounts(**of_third: Any) -> Organization:
    """Idle and busy ones in three accounts and two regions."""
    members = [
        Account(FIRST, "vision-prod", WORKLOADS.id),
        Account(SECOND, "speech-prod", WORKLOADS.id),
        Account(THIRD, "acquired", WORKLOADS.id, **of_third),
    ]
    endpoints = [
        one(f"{word}-{number}", traffic, account=account.id, region=region)
        for account in members
        for region in (REGION, OTHER_REGION)
        for number in range(3)
        for word, traffic in (("idle", Traffic.none()), ("busy", Traffic.steady(30)))
    ]
    return organization(endpoints, members, (REGION, OTHER_REGION))


@pytest.mark.usefixtures("impatient")
def test_one_denied_one_failing_and_throttling_everywhere(laptop: Laptop) -> None:
    """All other cells complete with every verdict right; the two are rows with their reasons; exit 3."""
    world = laptop.open(three_accounts(has_scan_role=False))
    world.fault(service="sagemaker", operation="ListEndpoints", account=SECOND, region=OTHER_REGION,
                code="InternalFailure", message="try again", status=500)  # fmt: skip
    dice = random.Random("3 percent")  # noqa: S311 - no secret
    struck = [number for number in range(1, 4000) if dice.random() < 0.03]
    world.fault(nth=struck, code="ThrottlingException", message="Rate exceeded")
    done = laptop.scan(*BOTH, "--exclude-accounts", MANAGEMENT)
    expected = {(account, region): "scanned" for account in (HUB, FIRST, SECOND) for region in (REGION, OTHER_REGION)}
    expected[SECOND, OTHER_REGION] = "failed"
    expected |= {(THIRD, region): "denied" for region in (REGION, OTHER_REGION)}
    assert done.status == 3
    found = {cell: status for cell, status in done.coverage.items() if cell[0] != MANAGEMENT}
    assert found == expected
    assert done.reason(SECOND, OTHER_REGION) == "listing endpoints: InternalFailure: try again"
    assert done.reason(THIRD, REGION).startswith("AccessDenied: ")
    assert "(assuming arn:aws:iam::444444444444:role/endpoint-sweep-scan)" in done.reason(THIRD, REGION)
    wanted = {key: verdict for key, verdict in world.organization.expected_verdicts().items()
              if expected.get(key[:2]) == "scanned"}  # fmt: skip
    assert done.verdicts == wanted
    assert len(wanted) == 18


@pytest.mark.usefixtures("impatient")
def test_throttling_is_retried_and_counted(laptop: Laptop) -> None:
    """The row says how often (D9.2)."""
    world = laptop.open("small")
    world.fault(service="sagemaker", operation="ListEndpoints", account=FIRST, nth=(1, 2), code="ThrottlingException")
    world.fault(service="cloudwatch", operation="GetMetricData", nth=(1,), code="Throttling")
    done = laptop.scan(*ONE_CELL)
    rows = {row["account"]: row["retries"] for row in done.document["coverage"]}
    assert (done.status, rows[FIRST]) == (0, 3)
    assert done.verdicts == world.organization.expected_verdicts()


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    ("code", "status", "row", "said"),
    [
        ("Throttling", 400, "failed", "Throttling"),
        ("InternalFailure", 500, "failed", "InternalFailure"),
        ("AccessDenied", 403, "denied", "AccessDenied"),
    ],
)
def test_an_sts_that_is_busy_is_no_refusal(laptop: Laptop, code: str, status: int, row: str, said: str) -> None:
    """Denied, throttled and failed are different rows (D6.5, FI-02)."""
    world = laptop.open("small")
    world.fault(service="sts", operation="AssumeRole", code=code, status=status)
    done = laptop.scan(*ONE_CELL)
    assert (done.status, done.coverage[FIRST, REGION]) == (3, row)
    assert said in done.reason(FIRST, REGION)


@pytest.mark.parametrize(
    ("scenario", "cell", "status", "said"),
    [
        ("region_off", (FIRST, OPT_IN), "region-off", "the region is not enabled in this account"),
        ("region_denied", (FIRST, OTHER_REGION), "denied", "closed by a policy of the Organization"),
        ("denied", (SECOND, REGION), "denied", "(assuming arn:aws:iam::"),
    ],
)
def test_closed_doors_are_different_rows(
    laptop: Laptop, scenario: str, cell: tuple[str, str], status: str, said: str
) -> None:
    """A region that is off, one that a policy closes, a role that is not there (D6.5)."""
    world = laptop.open(scenario)
    done = laptop.scan("--regions", ",".join(world.organization.regions))
    assert (done.status, done.coverage[cell]) == (3, status)
    assert said in done.reason(*cell)
    assert done.verdicts == world.organization.expected_verdicts()


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("operation", ["ListMetrics", "GetMetricData"])
def test_metrics_that_cannot_be_read_fail_the_cell(laptop: Laptop, operation: str) -> None:
    """Denied or broken: told, not taken for silence (FI-08)."""
    world = laptop.open("small")
    for code, http, status in (("AccessDenied", 403, "denied"), ("InternalServiceFault", 500, "failed")):
        world.clear_faults()
        world.fault(service="cloudwatch", operation=operation, code=code, status=http)
        done = laptop.scan(*ONE_CELL)
        assert (done.status, done.coverage[FIRST, REGION], done.verdicts) == (3, status, {})


def test_tags_that_cannot_be_read_protect_everything_that_is_quiet(laptop: Laptop) -> None:
    """The cell is whole, and nothing of it is offered (I5)."""
    world = laptop.open("small")
    world.fault(service="resourcegroupstaggingapi", code="AccessDeniedException")
    done = laptop.scan(*ONE_CELL)
    assert done.coverage[FIRST, REGION] == "scanned"
    assert set(done.names.values()) == {"protected", "busy"}


def circle(*tokens: str) -> Callable[[Reply], Reply]:
    """Replies whose tokens lead back to the first page, each to the next."""
    left = list(tokens)

    def rewrite(reply: Reply) -> Reply:
        token = left.pop(0)
        left.append(token)
        return replace(reply, body=json.dumps(json.loads(reply.body) | {"NextToken": token}).encode())

    return rewrite


@pytest.mark.parametrize("tokens", [("WyIiLCAiIl0=",), ("WyIiLCAiIl0=", "WyIiLCIiXQ==")], ids=["at once", "later"])
def test_pages_that_lead_in_a_circle(laptop: Laptop, tokens: tuple[str, ...]) -> None:
    """Noticed within a few pages; the cell failed, nothing of it is idle (FI-04)."""
    world = laptop.open(three_accounts())
    world.fault(service="sagemaker", operation="ListEndpoints", account=FIRST, region=REGION, rewrite=circle(*tokens))
    done = laptop.scan(*BOTH)
    assert (done.status, done.coverage[FIRST, REGION]) == (3, "failed")
    assert done.reason(FIRST, REGION) == "listing endpoints: PaginationError"
    assert not [key for key in done.verdicts if key[:2] == (FIRST, REGION)]
    assert done.of_cells()[FIRST, REGION]["ListEndpoints"] <= 4
    assert len(done.verdicts) == 30


@pytest.mark.usefixtures("impatient")
def test_a_listing_that_breaks_off_offers_nothing(laptop: Laptop) -> None:
    """The second page is a 500: partial, with the hundred of the first page, none of them idle (FI-03)."""
    world = laptop.open("many_endpoints")
    world.fault(service="sagemaker", operation="ListEndpoints", account=FIRST, nth=range(2, 20),
                code="InternalFailure", message="oops", status=500)  # fmt: skip
    done = laptop.scan(*ONE_CELL)
    assert (done.status, done.coverage[FIRST, REGION]) == (3, "partial")
    assert done.reason(FIRST, REGION) == "listing endpoints: InternalFailure: oops"
    assert len(done.verdicts) == 100
    assert set(done.names.values()) == {"busy", "no-evidence"}
    world.clear_faults()
    assert set(laptop.scan(*ONE_CELL).names.values()) == {"busy", "idle"}


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    ("service", "operation", "status"),
    [("resourcegroupstaggingapi", "GetResources", "scanned"), ("sagemaker", "DescribeEndpoint", "failed")],
)
def test_half_of_the_tags_and_half_of_the_descriptions(
    laptop: Laptop, service: str, operation: str, status: str
) -> None:
    """What came second broke: nothing is idle because of it."""
    world = laptop.open("many_endpoints")
    world.fault(service=service, operation=operation, account=FIRST, nth=range(2, 20), code="InternalFailure",
                status=500)  # fmt: skip
    done = laptop.scan(*ONE_CELL)
    assert done.coverage[FIRST, REGION] == status
    assert "idle" not in done.names.values()


def test_an_endpoint_that_vanishes_between_list_and_description(laptop: Laptop) -> None:
    """A row of its own, and the others are judged (FI-05)."""
    world = laptop.open("small")
    world.fault(service="sagemaker", operation="DescribeEndpoint", resource="resnet-demo",
                hook=lambda call: world.remove(FIRST, REGION, "resnet-demo"))  # fmt: skip
    done = laptop.scan(*ONE_CELL)
    assert (done.status, done.names["resnet-demo"], done.names["churn-poc"]) == (0, "no-evidence", "idle")
    found = next(one for one in done.document["findings"] if one["name"] == "resnet-demo")
    assert found["reason"] == "it disappeared during the scan"


def test_an_endpoint_that_is_made_anew_while_it_is_looked_at(laptop: Laptop) -> None:
    """The same name, another endpoint (D2.7)."""
    world = laptop.open("small")
    world.fault(service="sagemaker", operation="DescribeEndpoint", resource="resnet-demo", nth=(1,),
                hook=lambda call: world.recreate(FIRST, REGION, "resnet-demo"))  # fmt: skip
    assert laptop.scan(*ONE_CELL).names["resnet-demo"] == "no-evidence"


@pytest.mark.usefixtures("impatient")
def test_a_configuration_that_is_gone_and_one_that_is_refused(laptop: Laptop) -> None:
    """Unknown is the one (D3.9), a failed cell the other."""
    world = laptop.open("small")
    rule = {"service": "sagemaker", "operation": "DescribeEndpointConfig", "resource": "resnet-demo-config"}
    world.fault(**rule, code="ValidationException", message="Could not find endpoint configuration")
    done = laptop.scan(*ONE_CELL)
    assert (done.names["resnet-demo"], done.names["churn-poc"]) == ("unknown", "idle")
    world.clear_faults()
    world.fault(**rule, code="InternalFailure", status=500)
    assert laptop.scan(*ONE_CELL).coverage[FIRST, REGION] == "failed"


def test_an_empty_metrics_service(laptop: Laptop) -> None:
    """Complete, and nothing in it: no evidence for anything (D1.27, FI-07)."""
    world = laptop.open("default")
    world.state.metrics = MetricStore()
    done = laptop.scan("--regions", ",".join(world.organization.regions))
    assert set(done.names.values()) == {"no-evidence", "protected", "too-young", "not-in-service"}


Answer = dict[str, Any]


@pytest.mark.parametrize(
    "change",
    [
        {"StatusCode": "PartialData"},
        {"StatusCode": "InternalError"},
        {"StatusCode": "Forbidden"},
        {"StatusCode": ""},
        {"Messages": [{"Code": "Throttled", "Value": "some data is missing"}]},
        {"Timestamps": [], "Values": []},
        {"Id": "q999"},
    ],
    ids=lambda change: str(next(iter(change.values())) or next(iter(change))),
)
def test_an_answer_that_is_not_whole(laptop: Laptop, change: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Partial, failed, with a message, empty or about something else: never idle (D1.27, FI-06)."""
    laptop.open("small")
    real = cloudwatch._result
    monkeypatch.setattr(cloudwatch, "_result", lambda *given: real(*given) | change)
    done = laptop.scan(*ONE_CELL)
    assert "idle" not in done.names.values()
    assert done.names["resnet-demo"] in {"no-evidence", "busy"}
    assert done.names["dr-standby"] in {"protected", "busy"}


@pytest.mark.usefixtures("impatient")
def test_a_lost_connection_is_a_row(laptop: Laptop) -> None:
    """No answer at all, again and again."""
    world = laptop.open("small")
    world.fault(service="cloudwatch", operation="ListMetrics", drop="before")
    done = laptop.scan(*ONE_CELL)
    assert (done.status, done.coverage[FIRST, REGION]) == (3, "failed")
    assert done.reason(FIRST, REGION) == "listing metrics: ConnectionClosedError"


def test_an_organization_that_cannot_be_listed_is_no_organization(laptop: Laptop) -> None:
    """Exit 1 and nothing on standard output: half of the accounts would look like all of them (FI-12)."""
    world = laptop.open("many_accounts")
    world.fault(service="organizations", operation="ListAccounts", nth=(2,), code="AccessDeniedException")
    done = laptop.scan()
    assert (done.status, done.out) == (1, "")
    assert "the Organization could not be listed: AccessDeniedException" in done.err
    assert not done.of_cells()
