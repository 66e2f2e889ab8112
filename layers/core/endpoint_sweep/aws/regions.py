"""Which regions there are, which an account has enabled, and where SageMaker is available. None means not known."""

import re
import threading
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.loaders import Loader

from endpoint_sweep.aws.error_translation import code_of
from endpoint_sweep.rules.witnesses import is_whole

if TYPE_CHECKING:
    from mypy_boto3_account import AccountClient
    from mypy_boto3_account.literals import RegionOptStatusType
    from mypy_boto3_account.type_defs import ListRegionsRequestPaginateTypeDef
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ssm import SSMClient

    from endpoint_sweep.aws.sessions import Member

_REFUSALS = 3  # So many accounts in a row, and it is not about one of them.
# Not ENABLING, not DISABLING: those are about to change (D6.3).
_SWITCHED_ON: "list[RegionOptStatusType]" = ["ENABLED", "ENABLED_BY_DEFAULT"]
_USABLE = {"opt-in-not-required", "opted-in"}
_OFFERED = "/aws/service/global-infrastructure/services/sagemaker/regions"
_REFUSED = {"AccessDenied", "AccessDeniedException"}


class AwsRegions:
    """Account Management's word on the accounts of the Organization, without a role in them.

    `caller` is the account whose credentials the client has: it names itself by naming no one, and the management
    account may do it in no other way (D6.3). Omitting the id of any other account would tell of the wrong one.
    """

    def __init__(self, account_client: "AccountClient", caller: str, ssm: "SSMClient") -> None:
        self._client = account_client
        self._caller = caller
        self._ssm = ssm
        self._refusals = 0

    def offered(self) -> frozenset[str] | None:
        """Where SageMaker is; None where that cannot be asked."""
        return offered(self._ssm)

    def known(self) -> Mapping[str, str]:
        """Of the hub's partition."""
        return known(self._ssm.meta.region_name)

    def enabled(self, account: str) -> frozenset[str] | None:
        """None where trusted access is off, the caller may not ask, or a page failed: half a list would hide cells.

        Five requests a second are allowed, so what is refused again and again is not asked for a thousand times.
        A single refusal says little: a delegated administrator may not ask about the management account.
        """
        own = account == self._caller
        if self._refusals >= _REFUSALS and not own:
            return None
        request: ListRegionsRequestPaginateTypeDef = {
            "RegionOptStatusContains": _SWITCHED_ON,
            "PaginationConfig": {"PageSize": 50},
        }
        if not own:
            request["AccountId"] = account
        try:
            pages = self._client.get_paginator("list_regions").paginate(**request)
            rows = [row for page in pages for row in page.get("Regions") or ()]
        except ClientError as error:
            self._refusals += code_of(error) in _REFUSED
            return None
        except BotoCoreError:
            return None
        self._refusals = 0
        return _whole(row["RegionName"] for row in rows if row.get("RegionOptStatus") in _SWITCHED_ON)


class RegionWitness:
    """Asked where a call ended in doubt: each account about itself, and AWS about SageMaker; each once.

    `home`: the region that is asked, where the hub's tokens are surely good (D6.7).
    """

    def __init__(self, home: str, ssm: "Callable[[], SSMClient]") -> None:
        self._home = home
        self._ssm = ssm
        self._known: dict[object, frozenset[str] | None] = {}
        self._locks: dict[object, threading.Lock] = {}

    def enabled(self, member: "Member", of: object) -> frozenset[str] | None:
        """`of`: the account, in a function that outlives a sweep together with the sweep."""
        return self._once(of, lambda: usable(member.client("ec2", self._home)))

    def offered(self) -> frozenset[str] | None:
        return self._once(_OFFERED, lambda: offered(self._ssm()))

    def _once(self, what: object, ask: Callable[[], frozenset[str] | None]) -> frozenset[str] | None:
        with self._locks.setdefault(what, threading.Lock()):
            if what not in self._known:
                self._known[what] = ask()
            return self._known[what]


def usable(ec2: "EC2Client") -> frozenset[str] | None:
    """What the account of the client can use, asked from inside it: one call (D6.2)."""
    try:
        rows = ec2.describe_regions(AllRegions=False)["Regions"]
    except (ClientError, BotoCoreError):
        return None
    return _whole(row["RegionName"] for row in rows if row.get("OptInStatus", "opted-in") in _USABLE)


def _whole(names: Iterable[str]) -> frozenset[str] | None:
    found = frozenset(names)
    return found if is_whole(found) else None


def offered(ssm: "SSMClient") -> frozenset[str] | None:
    """The partition's regions where SageMaker is, from AWS's public parameters in pages of ten (D6.4).

    botocore's own list is of no use: it is the list of all regions, as of the day it was packed (D6.1). The parameters
    list the regions of all partitions (D6.9).
    """
    try:
        pages = ssm.get_paginator("get_parameters_by_path").paginate(Path=_OFFERED, PaginationConfig={"PageSize": 10})
        rows = [row for page in pages for row in page.get("Parameters") or ()]
    except (ClientError, BotoCoreError):
        return None
    foreign = _elsewhere(ssm.meta.region_name)
    return frozenset(row["Value"] for row in rows if not foreign(row["Value"])) or None


def known(region: str) -> dict[str, str]:
    """The long names of all regions in this region's partition, as of the day botocore was packed."""
    here = _partition_of(region)
    return {name: row["description"] for name, row in here["regions"].items() if not name.endswith("-global")}


def partition_of(region: str) -> str:
    """`aws` for a region that is newer than botocore and fits no partition."""
    return str(_partition_of(region)["id"])


def _elsewhere(region: str) -> Callable[[str], bool]:
    """Whether a region is surely in another partition. One that is newer than botocore may fit none."""
    here = _partition_of(region)
    others = [one for one in _partitions() if one is not here]
    return lambda name: any(re.match(one["regionRegex"], name) for one in others)


def _partition_of(region: str) -> Any:
    found = (one for one in _partitions() if region in one["regions"] or re.match(one["regionRegex"], region))
    return next(found, _partitions()[0])


@cache
def _partitions() -> Any:
    return Loader().load_data("partitions")["partitions"]
