"""A bucket that keeps every version by S3 Object Lock: the product writes to it, and no one takes a plan away."""

import pytest
from botocore.exceptions import ClientError

from tests.judging.stage import ADA, Stage
from tests.simulation.hub.resources import BUCKET
from tests.workflow.conftest import OpenStage

MEMBER, REGION = "222222222222", "us-east-1"


def locked(stage: Stage, mode: str) -> Stage:
    """Every new version is kept for a day, as the stack's ObjectLockMode has it for ObjectLockDays."""
    rule = {"DefaultRetention": {"Mode": mode, "Days": 1}}
    stage.hub.client("s3").put_object_lock_configuration(
        Bucket=BUCKET, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule}
    )
    return stage


@pytest.mark.parametrize("mode", ["GOVERNANCE", "COMPLIANCE"])
def test_what_a_sweep_wrote_cannot_be_taken_away(stage_of: OpenStage, mode: str) -> None:
    """Plan, restore bundle and report are written, each version is locked, and the sweep deletes what was approved."""
    stage = locked(stage_of("small", ObjectLockMode=mode), mode)
    sweep = stage.decided("resnet-demo")
    assert stage.disposition(sweep, "resnet-demo")[0] == "deleted"
    s3 = stage.hub.client("s3")
    names = ("plan.json", f"restore/{MEMBER}/{REGION}/resnet-demo.json", "report.json", "report.csv", "report.html")
    for name in names:
        [version] = s3.list_object_versions(Bucket=BUCKET, Prefix=f"sweeps/{sweep}/{name}")["Versions"]
        one = {"Bucket": BUCKET, "Key": version["Key"], "VersionId": version["VersionId"]}
        assert s3.head_object(**one)["ObjectLockMode"] == mode
        with pytest.raises(ClientError, match="AccessDenied"):
            s3.delete_object(**one)
        assert s3.get_object(**one)["Body"].read()


def test_an_approval_outlives_the_hiding_of_its_plan(stage_of: OpenStage) -> None:
    """A deletion without a version only hides the plan: the pinned version is there and decides."""
    stage = locked(stage_of("small"), "GOVERNANCE")
    sweep = stage.start()
    link = stage.links(sweep)[ADA]
    hide = {"Bucket": BUCKET, "Key": f"sweeps/{sweep}/plan.json"}
    stage.around("ApplyDecisionFunction", lambda _: stage.hub.client("s3").delete_object(**hide))
    assert stage.decide(link, "resnet-demo").status == 303
    stage.end(sweep)
    assert stage.disposition(sweep, "resnet-demo")[0] == "deleted"
