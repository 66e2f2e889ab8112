"""Inference routers in a whole sweep: what one of them names is never offered (D13.1)."""

from dataclasses import replace

from tests.judging.stage import ADA
from tests.simulation.organization.scenarios.routers import GATEWAY
from tests.simulation.organization.scenarios.small import FIRST, OTHER_REGION, REGION, one, organization
from tests.simulation.organization.specification import Destination, RouterSpec
from tests.workflow.conftest import OpenStage


def test_no_destination_is_offered(stage_of: OpenStage) -> None:
    """Of any account and region, by routers that lie where there is no endpoint."""
    stage = stage_of("routers")
    sweep = stage.start("report")
    stage.end(sweep)
    report = stage.report(sweep)
    found = {(one["account"], one["region"], one["name"]): one for one in report["findings"]}
    assert {key: one["verdict"] for key, one in found.items()} == stage.world.organization.expected_verdicts()
    mark = f"the inference routers of its account in {OTHER_REGION} are not known"
    idle = [one for one in found.values() if one["verdict"] == "idle"]
    assert [one["advice"] for one in idle] == [mark * (one["account"] == GATEWAY) for one in idle]
    unknown = {
        (row["account"], row["region"]): row["routers"] for row in report["coverage"] if row["routers"] != "known"
    }
    assert "AccessDeniedException" in unknown.pop((GATEWAY, OTHER_REGION))
    assert set(unknown.values()) == {"not scanned"}
    assert unknown.keys() == {
        (stage.world.organization.management_account, region) for region in (REGION, OTHER_REGION)
    }
    management = stage.world.organization.management_account
    places = sorted([f"{management} ({OTHER_REGION}, {REGION})", f"{GATEWAY} ({OTHER_REGION})"])
    line = f"Routers of 3 of 10 account-region pairs are not known: {', '.join(places)}."
    assert stage.summary(sweep).text.count(line) == 1


def test_the_second_look_finds_a_router_that_the_scan_could_not_read(stage_of: OpenStage) -> None:
    """Its destination is offered, because no one knew of it; approved, it is kept."""
    standby = Destination(FIRST, REGION, "standby")
    world = replace(
        organization([one("standby"), one("forgotten")]), routers=(RouterSpec(FIRST, REGION, "beside", ((standby,),)),)
    )
    stage = stage_of(world, MaxDeletePercentOfAccount="100")
    number = stage.world.fault(
        service="sagemaker", operation="ListInferenceRouters", account=FIRST, code="AccessDeniedException", status=403
    )
    sweep = stage.start()
    links = stage.links(sweep)
    stage.world.faults.remove(number)
    assert stage.decide(links[ADA], "standby", "forgotten").status == 303
    stage.end(sweep)
    assert stage.disposition(sweep, "standby")[0] == "protected"
    assert stage.world.exists(FIRST, REGION, "standby")
    assert stage.disposition(sweep, "forgotten")[0] == "deleted"
