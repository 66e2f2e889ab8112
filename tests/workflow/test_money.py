"""List price and what is paid, through a whole sweep: judged by the world, told on every page."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from tests.judging.money import about, worth
from tests.judging.stage import ADA, Stage
from tests.simulation.organization.scenarios.small import (
    FIRST,
    MANAGEMENT,
    OTHER_REGION,
    REGION,
    SECOND,
    WORKLOADS,
    one,
    organization,
)
from tests.simulation.organization.specification import Account, Organization
from tests.simulation.organization.traffic import Traffic
from tests.workflow.conftest import OpenStage

ENDPOINTS = (
    one("resnet-demo"),
    one("churn-poc", Traffic.last_seen(17, 12), instance_type="ml.m5.xlarge"),
    one("elsewhere", region=OTHER_REGION, instance_type="ml.g5.2xlarge"),
    one("advised", account=SECOND, instance_type="ml.g6.12xlarge"),
    one("dearest", account=SECOND, instance_type="ml.p4d.24xlarge"),
)


def discounted() -> Organization:
    """One account with a discount that only the bill knows, one that has opted in to Compute Optimizer."""
    members = (
        Account(FIRST, "vision-prod", WORKLOADS.id, discount_percent=30),
        Account(SECOND, "nlp-research", WORKLOADS.id, discount_percent=12, optimizer=True),
    )
    made = organization(ENDPOINTS, members, (REGION, OTHER_REGION))
    return replace(made, accounts=tuple(replace(a, has_cost_role=a.id == MANAGEMENT) for a in made.accounts))


def items(stage: Stage, sweep: str) -> dict[str, dict[str, Any]]:
    return {item["name"]: item for item in stage.hub.document("plan.json", sweep)["items"]}


def test_every_figure_is_what_the_world_says(stage_of: OpenStage) -> None:
    """Compute Optimizer's figure where it has one, otherwise the bill's, otherwise the list alone."""
    stage = stage_of(discounted())
    sweep = stage.start()
    link = stage.links(sweep)[ADA]
    told = items(stage, sweep)
    assert told.keys() == {spec.name for spec in ENDPOINTS}
    sources = {}
    for spec in ENDPOINTS:
        item = told[spec.name]
        if spec.name == "dearest":
            continue  # Its type is missing in the world's price list, and so on its bill; the table knows it.
        expected = worth(stage.world.organization, spec, by_optimizer=True)
        assert about(item["monthly_usd"], expected.listed), spec.name
        assert about(item["net_monthly_usd"], expected.paid), spec.name
        sources[spec.name] = (expected.source, item["net_basis"].partition(",")[0])
    assert sources == {
        "resnet-demo": ("bill", "Cost Explorer"),
        "churn-poc": ("bill", "Cost Explorer"),
        "elsewhere": ("bill", "Cost Explorer"),
        "advised": ("optimizer", "Compute Optimizer"),
    }
    asked = [call for call in stage.world.log if call.service == "ce"]
    assert {(call.account, call.operation) for call in asked} == {(MANAGEMENT, "GetCostAndUsage")}
    assert told["churn-poc"]["wasted_at_least"] == (told["churn-poc"]["last_invocation_at"] is None)
    mail = stage.mails(sweep)[0].text
    assert "per month at list price" in mail
    assert "after discounts" in mail
    assert "Wasted so far: $" in mail
    page = stage.hub.get(link).body
    assert "per month after discounts" in page
    assert "After discounts: Compute Optimizer, after discounts." in page
    assert stage.decide(link, "resnet-demo").status == 303
    stage.end(sweep)
    [receipt] = [mail.text for mail in stage.mails(sweep) if "TO BE DELETED" in mail.text]
    paid = Decimal(told["resnet-demo"]["net_monthly_usd"])
    assert f"${paid:,.2f} per month after discounts" in receipt
    report = stage.report(sweep)
    assert Decimal(report["monthly_saving_net_usd"]) < Decimal(report["monthly_saving_usd"])
    assert Decimal(report["idle"]["net"]) < Decimal(report["idle"]["monthly"])
    summary = stage.summary(sweep).text
    assert f"${Decimal(report['monthly_saving_net_usd']):,.2f} per month after discounts" in summary


def test_the_next_sweep_of_the_day_asks_no_bill(stage_of: OpenStage) -> None:
    """One question a day, and the same figures."""
    stage = stage_of(discounted())
    first = stage.start("report")
    stage.end(first)
    paid = {name: item["net_monthly_usd"] for name, item in items(stage, first).items()}
    asked = sum(call.service == "ce" for call in stage.world.log)
    second = stage.start("report")
    stage.end(second)
    assert {name: item["net_monthly_usd"] for name, item in items(stage, second).items()} == paid
    same_day = datetime.fromisoformat(stage.hub.document("input.json", second)["now"]).date()
    assert same_day == datetime.fromisoformat(stage.hub.document("input.json", first)["now"]).date()
    assert sum(call.service == "ce" for call in stage.world.log) == asked > 0


def test_a_bill_that_is_not_there_stops_no_sweep(stage_of: OpenStage) -> None:
    """Cost Explorer was never enabled: list prices, one line that says why, and people are asked as ever."""
    stage = stage_of(replace(discounted(), off=frozenset({"costs"})))
    sweep = stage.start()
    link = stage.links(sweep)[ADA]
    told = items(stage, sweep)
    assert told["resnet-demo"]["net_monthly_usd"] is None
    assert told["advised"]["net_monthly_usd"] is not None
    line = "Cost Explorer was not read: DataUnavailableException: Data is not available. Please enable Cost Explorer."
    assert line in stage.mails(sweep)[0].text.replace("\u200c", "")
    stage.decide(link, "resnet-demo")
    assert stage.end(sweep)["status"] == "SUCCEEDED"
    assert not stage.world.exists(FIRST, REGION, "resnet-demo")
    assert line in stage.summary(sweep).text.replace("\u200c", "")


def test_without_a_cost_role_nobody_asks(stage_of: OpenStage) -> None:
    """The default: list prices, no call to Cost Explorer, and no line about it."""
    made = discounted()
    stage = stage_of(replace(made, accounts=tuple(replace(a, has_cost_role=False) for a in made.accounts)))
    sweep = stage.start("report")
    stage.end(sweep)
    assert items(stage, sweep)["resnet-demo"]["net_monthly_usd"] is None
    assert stage.hub.document("plan.json", sweep)["money_note"] == ""
    assert not [call for call in stage.world.log if call.service == "ce"]
