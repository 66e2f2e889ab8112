"""Which regions an account has enabled, and where SageMaker is available. None means not known."""

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from endpoint_sweep.aws.error_translation import code_of

if TYPE_CHECKING:
    from mypy_boto3_account import AccountClient
    from mypy_boto3_account.literals import RegionOptStatusType
    from mypy_boto3_account.type_defs import ListRegionsRequestPaginateTypeDef
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ssm import SSMClient

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

    def __init__(self, account_client: "AccountClient", caller: str, ssm: "SSMClient | None" = None) -> None:
        self._client = account_client
        self._caller = caller
        self._ssm = ssm
        self._refusals = 0

    def offered(self) -> frozenset[str] | None:
        """Where SageMaker is; None where that cannot be asked."""
        return offered(self._ssm) if self._ssm else None

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
        return frozenset(row["RegionName"] for row in rows if row.get("RegionOptStatus") in _SWITCHED_ON)


def usable(ec2: "EC2Client") -> frozenset[str] | None:
    """What the account of the client can use, asked from inside it: one call (D6.2)."""
    try:
        rows = ec2.describe_regions(AllRegions=False)["Regions"]
    except (ClientError, BotoCoreError):
        return None
    return frozenset(row["RegionName"] for row in rows if row.get("OptInStatus", "opted-in") in _USABLE) or None


def offered(ssm: "SSMClient") -> frozenset[str] | None:
    """The regions where SageMaker is, from AWS's public parameters in pages of ten (D6.4).

    botocore's own list is of no use: it is the list of all regions, as of the day it was packed (D6.1).
    """
    try:
        pages = ssm.get_paginator("get_parameters_by_path").paginate(Path=_OFFERED, PaginationConfig={"PageSize": 10})
        rows = [row for page in pages for row in page.get("Parameters") or ()]
    except (ClientError, BotoCoreError):
        return None
    return frozenset(row["Value"] for row in rows) or None
