"""What a report says besides the idle endpoints: unused but protected, barely used, silent how, routers known where."""

import re
from dataclasses import replace
from decimal import Decimal

from tests.judging.money import about, worth
from tests.simulation.organization.scenarios.small import one, organization
from tests.simulation.organization.specification import Organization
from tests.simulation.organization.traffic import Traffic
from tests.workflow.conftest import OpenStage

STACK = {"aws:cloudformation:stack-name": "recommender"}
UNUSED = (one("in-a-stack", tags=STACK), one("kept-by-its-owner", tags={"endpoint-sweep:keep": ""}))


def world() -> Organization:
    """Half of what is silent publishes zeros, the other half nothing."""
    called = one("called-in-a-stack", Traffic.steady(5), tags=STACK)
    few = one("seldom", Traffic.last_seen(3, 4))
    return replace(organization([*UNUSED, called, few, one("resnet-demo"), one("churn-poc")]), silence="mixed")


def test_each_section_has_its_endpoints_and_its_sum(stage_of: OpenStage) -> None:
    """In the mail and in report.json; none of them is offered."""
    stage = stage_of(world(), BarelyUsedBelow="5")
    sweep = stage.start("report")
    stage.end(sweep)
    report, mail = stage.report(sweep), stage.summary(sweep).text
    verdicts = {row["name"]: (row["verdict"], row["unprotected"]) for row in report["findings"]}
    assert verdicts == {
        "in-a-stack": ("protected", "idle"),
        "kept-by-its-owner": ("protected", "idle"),
        "called-in-a-stack": ("busy", None),
        "seldom": ("barely-used", None),
        "resnet-demo": ("idle", None),
        "churn-poc": ("idle", None),
    }
    prices = (worth(stage.world.organization, spec, by_optimizer=False).listed for spec in UNUSED)
    listed = sum((price or Decimal(0) for price in prices), Decimal(0))
    protected = report["protected_unused"]
    assert protected["count"] == 2
    assert about(protected["monthly"], listed)
    assert f"UNUSED, BUT PROTECTED: ${listed:,.2f} per month at list price" in mail
    assert "The CloudFormation stack recommender owns it; change the stack instead" in mail
    published = [
        stage.world.state.metrics.publishes_zeros(spec.name) for spec in (*UNUSED, one("resnet-demo"), one("churn-poc"))
    ]
    zeros, nothing = published.count(True), published.count(False)
    assert report["silence"] == {"zeros": zeros, "some": 0, "nothing": nothing}
    assert f"{zeros} of 4 silent endpoints published zeros and {nothing} published nothing" in mail
    # Two weeks and at most six hours of $1,028.13 a month, by four calls.
    assert re.search(r"4 calls in the window, \$1(18|19|20)\.\d\d per call", mail)
    assert re.search(r"Routers of \d of \d account-region pairs (is|are) not known: \d{12} \(", mail)
    assert {row["routers"] for row in report["coverage"]} == {"known", "not scanned"}
