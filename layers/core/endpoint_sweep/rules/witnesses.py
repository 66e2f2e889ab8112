"""Whether a region is off: only a list may say so, never a call that failed (D6.5)."""

from collections.abc import Callable, Collection

from endpoint_sweep.domain.errors import CellUnreachable, RegionNotOffered, RegionOff, RegionsNotKnown, RegionUnclear

# None: the list cannot be read.
Regions = Callable[[], Collection[str] | None]

# Every account has these, and no one can switch them off; no region has joined them since March 2019 (D6.8).
_DEFAULT = frozenset(
    {
        *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1"),
        *("eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1", "eu-north-1"),
        *("ap-south-1", "ap-southeast-1", "ap-southeast-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3"),
    }
)
# Partitions without a region to opt into.
_ALL_DEFAULT = ("cn-", "us-gov-", "us-iso", "eu-iso", "eusc-")


def is_default(region: str) -> bool:
    return region in _DEFAULT or region.startswith(_ALL_DEFAULT)


def is_whole(regions: Collection[str]) -> bool:
    """Whether this can be an account's list: one without any default region is not."""
    return any(is_default(region) for region in regions)


def settled(error: RegionUnclear, region: str, enabled: Regions, offered: Regions) -> CellUnreachable:
    """What a doubtful failure is once the witnesses were heard. They are asked only about regions that can be off.

    `enabled`: the account's own list; `offered`: where SageMaker is.
    """
    if is_default(region):
        return error
    own = enabled()
    if own is not None and region not in own:
        return RegionOff("the region is not enabled in this account")
    everywhere = offered()
    if everywhere is not None and region not in everywhere:
        return RegionNotOffered("SageMaker is not available in this region")
    if own is None:
        return RegionsNotKnown(f"{error}, and the account's list of regions cannot be read")
    return error
