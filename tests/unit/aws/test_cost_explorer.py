"""What accounts pay per instance-hour, from Cost Explorer: one question, and no doubtful figure."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from endpoint_sweep.aws.cost_explorer import AwsCostExplorer
from endpoint_sweep.domain.errors import RoleDenied
from endpoint_sweep.rules.net_cost import Paid
from tests.unit.answering import Answer, Asked, Refusal, client, in_pages

TODAY = date(2026, 11, 20)
ONE, TWO = "222222222222", "333333333333"
G5, M5 = "ml.g5.xlarge", "ml.m5.large"


def group(
    usage: str, account: str, hours: str, plain: str, net: str | None = None, unit: str = "USD"
) -> dict[str, Any]:
    """One row of the answer."""
    metrics = {
        "UsageQuantity": {"Amount": hours, "Unit": "Hrs"},
        "AmortizedCost": {"Amount": plain, "Unit": unit},
        "NetAmortizedCost": {"Amount": plain if net is None else net, "Unit": unit},
    }
    return {"Keys": [usage, account], "Metrics": metrics}


def page(*groups: dict[str, Any]) -> dict[str, Any]:
    """Two months, because 30 days are seldom in one."""
    return {"ResultsByTime": [{"Groups": list(groups[:1])}, {"Groups": list(groups[1:])}]}


def asking(*pages: Any) -> tuple[AwsCostExplorer, Asked]:
    made, asked = client("ce", in_pages(*pages, field="NextPageToken"))
    return AwsCostExplorer(lambda: made), asked


def paid(*groups: dict[str, Any]) -> Paid:
    return asking(page(*groups))[0].paid(TODAY)


def test_one_question_for_every_account_and_region() -> None:
    """Net amortized cost and hours by usage type and account, of usage alone (D13.40, D13.41)."""
    said, asked = asking(
        page(
            group(f"USE1-Host:{G5}", ONE, "100", "140.8", "98.56"),
            group(f"USE1-Host:{G5}", ONE, "100", "140.8", "70.4"),
        ),
        page(group(f"EUC1-Host:{M5}", TWO, "720.0", "97.2", "97.2")),
    )
    answer = said.paid(TODAY)
    assert answer.rates == {
        (ONE, "us-east-1", G5): Decimal("0.8448"),
        (TWO, "eu-central-1", M5): Decimal("0.135"),
    }
    assert answer.basis == "Cost Explorer, net amortized cost of 2026-10-19 to 2026-11-17"
    assert answer.why_not == ""
    assert len(asked) == 2
    name, request = asked[0]
    assert (name, request["Granularity"]) == ("GetCostAndUsage", "MONTHLY")
    assert request["TimePeriod"] == {"Start": "2026-10-19", "End": "2026-11-18"}
    assert request["Metrics"] == ["NetAmortizedCost", "AmortizedCost", "UsageQuantity"]
    assert [one["Key"] for one in request["GroupBy"]] == ["USAGE_TYPE", "LINKED_ACCOUNT"]
    filters = [one["Dimensions"] for one in request["Filter"]["And"]]
    assert filters == [
        {"Key": "SERVICE", "Values": ["Amazon SageMaker"]},
        {"Key": "RECORD_TYPE", "Values": ["Usage", "SavingsPlanCoveredUsage", "DiscountedUsage"]},
    ]


@pytest.mark.parametrize(
    ("usage", "region"),
    [("Host", "us-east-1"), ("EU-Host", "eu-west-1"), ("APS3-AsyncInf", "ap-south-1"), ("APS1-Host", "ap-southeast-1")],
)
def test_the_region_is_in_the_usage_type(usage: str, region: str) -> None:
    """Asynchronous hosting costs what hosting costs (D8.3, D13.42)."""
    assert paid(group(f"{usage}:{G5}", ONE, "10", "14")).rates == {(ONE, region, G5): Decimal("1.4")}


@pytest.mark.parametrize(
    "strange",
    [
        group(f"USE1-Train:{G5}", ONE, "10", "14"),
        group("USE1-Host:VolumeUsage.gp2", ONE, "10", "14"),
        group(f"XYZ9-Host:{G5}", ONE, "10", "14"),
        group(f"USE1-Host:{G5}", ONE, "0.5", "0.7"),
        group(f"USE1-Host:{G5}", ONE, "10", "0"),
        group(f"USE1-Host:{G5}", ONE, "10", "-14"),
        group(f"USE1-Host:{G5}", ONE, "1", "2000"),
        group(f"USE1-Host:{G5}", ONE, "NaN", "14"),
        group(f"USE1-Host:{G5}", ONE, "10", "free"),
        group(f"CNN1-Host:{G5}", ONE, "10", "14", unit="CNY"),
        group(f"USE1-Host:{G5}", ONE, "10", "14", unit="CNY"),
        {"Keys": [f"USE1-Host:{G5}", ONE], "Metrics": {}},
    ],
)
def test_a_doubtful_row_is_no_price(strange: dict[str, Any]) -> None:
    """Other usage, unknown regions, too little, nothing, absurd, another currency; its neighbour is not hurt."""
    assert paid(strange, group(f"USE1-Host:{M5}", ONE, "10", "1.1")).rates == {(ONE, "us-east-1", M5): Decimal("0.11")}


def test_half_a_doubt_is_a_doubt() -> None:
    """A month that cannot be read leaves a price of the other one alone unknown."""
    rows = group(f"USE1-Host:{G5}", ONE, "10", "14"), group(f"USE1-Host:{G5}", ONE, "10", "14", unit="CNY")
    assert paid(*rows).rates == {}


def test_without_net_cost_amortized_cost_is_said() -> None:
    """Where the metric is refused it is asked for without, and where it is missing in a row it is not used."""
    lacking = group(f"USE1-Host:{M5}", TWO, "10", "1.1")
    del lacking["Metrics"]["NetAmortizedCost"]
    answer = paid(group(f"USE1-Host:{G5}", ONE, "10", "14", "7"), lacking)
    assert answer.rates == {(ONE, "us-east-1", G5): Decimal("1.4"), (TWO, "us-east-1", M5): Decimal("0.11")}
    assert answer.basis.startswith("Cost Explorer, amortized cost of ")

    def refusing(_: str, request: dict[str, Any]) -> Answer:
        if "NetAmortizedCost" in request["Metrics"]:
            raise Refusal("ValidationException")
        return page(lacking)

    made, asked = client("ce", refusing)
    answer = AwsCostExplorer(lambda: made).paid(TODAY)
    assert (answer.rates, answer.is_net, len(asked)) == ({(TWO, "us-east-1", M5): Decimal("0.11")}, False, 2)


@pytest.mark.parametrize("code", ["DataUnavailableException", "AccessDeniedException", "LimitExceededException"])
def test_a_refusal_is_one_line(code: str) -> None:
    """Not enabled, denied, throttled: nothing is known, and why is said. Half an answer is none."""
    first = page(group(f"USE1-Host:{G5}", ONE, "10", "14"))
    for pages in ((Refusal(code, "no"),), (first, Refusal(code, "no"))):
        answer = asking(*pages)[0].paid(TODAY)
        assert (answer.rates, answer.why_not) == ({}, f"Cost Explorer was not read: {code}: no")


def test_no_way_to_ask_is_one_line() -> None:
    """No network, and a role that may not be assumed."""

    def unreachable(*_: Any) -> Answer:
        raise EndpointConnectionError(endpoint_url="https://ce.us-east-1.amazonaws.com")

    def denied() -> Any:
        raise RoleDenied("AccessDenied: no (assuming arn)")

    said = AwsCostExplorer(lambda: client("ce", unreachable)[0]).paid(TODAY)
    assert said.why_not == "Cost Explorer was not read: EndpointConnectionError"
    assert AwsCostExplorer(denied).paid(TODAY).why_not == "Cost Explorer was not read: AccessDenied: no (assuming arn)"


@pytest.mark.parametrize(
    "strange", [{}, {"ResultsByTime": [{}]}, {"ResultsByTime": [{"Groups": [{"Keys": ["a"], "Metrics": {}}]}]}]
)
def test_an_answer_of_another_shape_is_none(strange: dict[str, Any]) -> None:
    """And one that never ends."""
    assert asking(strange)[0].paid(TODAY).why_not.endswith("its answer has a shape that is not known")
    made, asked = client("ce", lambda *_: page() | {"NextPageToken": "again"})
    assert AwsCostExplorer(lambda: made).paid(TODAY).why_not
    assert len(asked) == 2
    made, turning = client("ce", lambda *_: page() | {"NextPageToken": f"turn {len(turning) % 2}"})
    assert AwsCostExplorer(lambda: made).paid(TODAY).why_not
    assert len(turning) == 100
