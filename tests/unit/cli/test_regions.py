"""What the commands take for a region, in whichever partition it lies."""

import pytest

from endpoint_sweep.aws.approval_api import _region_of
from endpoint_sweep.cli import main
from endpoint_sweep.domain.errors import UsageError

EVERYWHERE = ("eusc-de-east-1", "us-gov-west-1", "cn-north-1", "ap-southeast-7", "us-isob-east-1")


@pytest.mark.parametrize(
    ("region", "is_taken"), [*((one, True) for one in EVERYWHERE), ("eu-west1", False), ("Ireland", False), ("", False)]
)
def test_an_endpoint_of_any_region_can_be_restored(
    region: str, is_taken: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """The next thing that is wrong is told, so nothing is asked of AWS."""
    assert main(["restore", "no sweep", f"222222222222/{region}/resnet-demo"]) == 2
    said = capsys.readouterr().err
    assert ("SWEEP must be" in said, "write the endpoint as" in said) == (is_taken, not is_taken)


@pytest.mark.parametrize("region", EVERYWHERE)
def test_a_review_api_may_lie_in_any_region(region: str) -> None:
    """Its address says in which one the requests are signed."""
    assert _region_of(f"abc123.execute-api.{region}.amazonaws.com") == region
    with pytest.raises(UsageError):
        _region_of(f"abc123.execute-api.{region}a.amazonaws.com")
