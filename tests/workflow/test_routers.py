"""Inference routers in a whole sweep: what one of them names is never offered (D13.1)."""

from tests.simulation.organization.scenarios.routers import GATEWAY
from tests.simulation.organization.scenarios.small import OTHER_REGION, REGION
from tests.workflow.conftest import OpenStage


def test_no_destination_is_offered(stage_of: OpenStage) -> None:
    """Of any account and region, by routers that lie where there is no endpoint."""
    stage = stage_of("routers")
    sweep = stage.start("report")
    stage.end(sweep)
    report = stage.report(sweep)
    found = {(one["account"], one["region"], one["name"]): one for one in report["findings"]}
    assert {key: one["verdict"] for key, one in found.items()} == stage.world.organization.expected_verdicts()
    assert {one["advice"] for one in found.values() if one["verdict"] == "idle"} == {
        "inference routers of 3 of 10 accounts and regions not known"
    }
    unknown = {
        (row["account"], row["region"]): row["routers"] for row in report["coverage"] if row["routers"] != "known"
    }
    assert "AccessDeniedException" in unknown.pop((GATEWAY, OTHER_REGION))
    assert set(unknown.values()) == {"not scanned"}
    assert unknown.keys() == {
        (stage.world.organization.management_account, region) for region in (REGION, OTHER_REGION)
    }
    assert "Inference routers are known in 7 of 10." in stage.summary(sweep).text
