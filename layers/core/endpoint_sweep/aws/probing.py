"""Questions that only `endpoint-sweep probe` asks, and answers that it reads as AWS sent them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from endpoint_sweep.aws.endpoint import cloudwatch
from endpoint_sweep.aws.error_translation import code_of, translated
from endpoint_sweep.aws.paging import to_the_end
from endpoint_sweep.domain.errors import CellFailed, TokenRefused
from endpoint_sweep.resources.endpoint.traffic_series import TRAFFIC, SeriesKey

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.literals import StandardUnitType
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_organizations import OrganizationsClient
    from mypy_boto3_sagemaker import SageMakerClient

NO_ENDPOINT = "endpoint-sweep-probe-there-is-no-such-endpoint"


def code(error: Exception) -> str:
    """AWS's error code behind an error of ours, or the name of the error: a text would name accounts."""
    cause = error.__cause__
    return (code_of(cause) if isinstance(cause, ClientError) else "") or type(cause or error).__name__


def refused_with(error: CellFailed) -> str:
    """The code of an answer that was a refusal. Raises the error where it was trouble: throttling, a server's error, no
    connection.
    """
    status = getattr(error.__cause__, "response", {}).get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if not 400 <= status < 500 or "Throttl" in code(error) or isinstance(error, TokenRefused):
        raise error
    return code(error)


def dimension_sets(client: "CloudWatchClient", metric: str) -> set[frozenset[str]]:
    """Under which sets of dimensions this metric is published; the names of dimensions only."""
    with translated("listing metrics"):
        pages = client.get_paginator("list_metrics").paginate(Namespace=TRAFFIC, MetricName=metric)
        rows = [row for page in to_the_end(pages) for row in page.get("Metrics") or ()]
    return {frozenset(one["Name"] for one in row.get("Dimensions") or ()) for row in rows}


def points_with_unit(
    client: "CloudWatchClient", keys: Sequence[SeriesKey], start: datetime, end: datetime, unit: "StandardUnitType"
) -> list[int]:
    """How many datapoints each series has when it is queried in this unit."""
    queries = [cloudwatch.query(f"q{number}", key, 86_400) for number, key in enumerate(keys)]
    for one in queries:
        one["MetricStat"]["Unit"] = unit
    if not queries:
        return []
    with translated("reading metrics"):
        answer = client.get_metric_data(MetricDataQueries=queries, StartTime=start, EndTime=end)
    return [len(one["Values"]) for one in answer["MetricDataResults"]]


def statuses(client: "SageMakerClient") -> frozenset[str]:
    """Those that botocore's model names."""
    shape: Any = client.meta.service_model.shape_for("EndpointStatus")
    return frozenset(shape.enum)


def regions_off(client: "EC2Client") -> frozenset[str]:
    """Those that the account has not opted into."""
    with translated("listing regions"):
        rows = client.describe_regions(AllRegions=True)["Regions"]
    return frozenset(row["RegionName"] for row in rows if row.get("OptInStatus") == "not-opted-in")


def accounts(client: "OrganizationsClient") -> list[Mapping[str, Any]]:
    """The rows of ListAccounts as they were sent."""
    with translated("listing accounts"):
        pages = client.get_paginator("list_accounts").paginate()
        return [row for page in pages for row in page.get("Accounts") or ()]
