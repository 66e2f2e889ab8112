"""Deleted means that it cannot be found any more: neither Failed nor still deleting is a success."""

import pytest

from endpoint_sweep.steps import confirm_it_is_gone
from tests.judging.stage import ADA, Stage
from tests.simulation.wire.protocols import Reply
from tests.workflow.conftest import OpenStage

MEMBER, REGION = "222222222222", "us-east-1"
DELETION = {"service": "sagemaker", "operation": "DeleteEndpoint", "resource": "resnet-demo"}
NO_DEREGISTERING = (
    "An Application AutoScaling scalable target exists for a variant being deleted, and the IAM identity used to "
    "invoke DeleteEndpoint does not have application-autoscaling:DeregisterScalableTarget permission"
)


def approve(stage: Stage) -> str:
    sweep = stage.start()
    assert stage.decide(stage.links(sweep)[ADA], "resnet-demo").status == 303
    stage.end(sweep)
    return sweep


def test_failed_while_deleting_is_no_success(stage_of: OpenStage) -> None:
    """SageMaker began to delete and gave up: the endpoint is there, Failed, and reported as failed."""
    stage = stage_of("small")
    key = stage.touch(MEMBER, REGION, "resnet-demo")

    def give_up(reply: Reply) -> Reply:
        stage.world.state.gone_at.pop(key)
        stage.world.set_status(*key, status="Failed")
        return reply

    stage.world.fault(**DELETION, rewrite=give_up)
    sweep = approve(stage)
    assert stage.disposition(sweep, "resnet-demo")[0] == "failed"
    assert "its deletion failed" in stage.disposition(sweep, "resnet-demo")[1]
    assert stage.report(sweep)["totals"]["deleted"] == 0


def test_what_deletes_for_ever_is_reported_as_still_deleting(
    stage_of: OpenStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the last look: unknown, with the number of looks, and no saving is claimed."""
    monkeypatch.setattr(confirm_it_is_gone, "MAX_LOOKS", 3)
    stage = stage_of("small")
    stage.world.deleting_takes(3600)
    sweep = approve(stage)
    assert stage.disposition(sweep, "resnet-demo") == ("unknown", "still deleting after 3 checks")
    assert stage.report(sweep)["monthly_saving_usd"] == "0"
    assert len(stage.world.log.find(**DELETION)) == 1


def test_a_missing_permission_is_told_in_aws_words(stage_of: OpenStage) -> None:
    """D3.5: DeleteEndpoint deregisters a scalable target with the caller's permissions, and fails without them."""
    stage = stage_of("small")
    stage.world.fault(**DELETION, code="AccessDeniedException", message=NO_DEREGISTERING)
    sweep = approve(stage)
    assert stage.world.exists(MEMBER, REGION, "resnet-demo")
    assert stage.disposition(sweep, "resnet-demo")[0] == "failed"
    assert "application-autoscaling:DeregisterScalableTarget" in stage.disposition(sweep, "resnet-demo")[1]


def test_a_lost_reply_and_a_new_endpoint_of_the_name(stage_of: OpenStage) -> None:
    """FI-47: deleted, the reply lost, made again before anybody looked: the new one is not touched."""
    stage = stage_of("small")
    stage.touch(MEMBER, REGION, "resnet-demo")

    def born_again(reply: Reply) -> Reply:
        stage.world.recreate(MEMBER, REGION, "resnet-demo")
        return reply

    stage.world.fault(**DELETION, rewrite=born_again, drop="after")
    sweep = approve(stage)
    assert stage.disposition(sweep, "resnet-demo") == (
        "changed",
        "an endpoint with the same name was created in the meantime; it is left alone",
    )
    assert stage.world.exists(MEMBER, REGION, "resnet-demo")
    assert len(stage.world.log.find(**DELETION)) == 1
