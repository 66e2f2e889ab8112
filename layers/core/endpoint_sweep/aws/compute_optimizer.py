"""Which endpoints AWS Compute Optimizer calls idle (D0.4)."""

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING

import jmespath
from botocore.exceptions import BotoCoreError, ClientError

from endpoint_sweep.aws.error_translation import code_of
from endpoint_sweep.domain.model import Cell

if TYPE_CHECKING:
    from mypy_boto3_compute_optimizer import ComputeOptimizerClient
    from mypy_boto3_compute_optimizer.type_defs import GetIdleRecommendationsRequestTypeDef

_ENDPOINT = "SageMakerEndpoint"
# Which of these findings an endpoint gets is not documented.
_FINDINGS = '`["Idle", "Unattached", "Unused"]`'
_IDLE = f"idleRecommendations[?resourceType=='{_ENDPOINT}' && contains({_FINDINGS}, finding)].resourceArn"
_MAX_PAGES = 100
_REFUSALS = 3  # After this many in a row the caller lacks access, not a single account.
_REFUSED = {"AccessDeniedException", "AccessDenied", "MissingAuthenticationToken", "UnrecognizedClientException"}


class AwsComputeOptimizer:
    """The answers of one region: the recommendations of a region come from its own endpoint."""

    def __init__(self, client: "ComputeOptimizerClient") -> None:
        self._client = client
        self._refusals = 0

    def idle(self, account: str) -> frozenset[str] | None:
        """Lower-case ARNs. None where there is no whole answer: not opted in, refused, failed, or a type unknown to it.

        One account a call, pages of at most 100, no paginator in botocore.
        """
        if self._refusals >= _REFUSALS:
            return None
        request: GetIdleRecommendationsRequestTypeDef = {
            "accountIds": [account],
            "filters": [{"name": "ResourceType", "values": [_ENDPOINT]}],
            "maxResults": 100,
        }
        try:
            found = self._pages(request)
        except ClientError as error:
            self._refusals += code_of(error) in _REFUSED
            return None
        except BotoCoreError:
            return None
        self._refusals = 0
        return found

    def _pages(self, request: "GetIdleRecommendationsRequestTypeDef") -> frozenset[str] | None:
        named: set[str] = set()
        for _ in range(_MAX_PAGES):
            page = self._client.get_idle_recommendations(**request)
            if page.get("errors"):
                return None
            named |= {arn.lower() for arn in jmespath.search(_IDLE, page) or () if arn}
            token = page.get("nextToken")
            if not token:
                return frozenset(named)
            if token == request.get("nextToken"):
                return None
            request["nextToken"] = token
        return None


class AwsSecondOpinion:
    """`ports.SecondWitness`: one call per cell, and none if the account has refused before."""

    def __init__(self, client_at: Callable[[str], "ComputeOptimizerClient"]) -> None:
        self._client_at = client_at
        self._regions: dict[str, AwsComputeOptimizer] = {}

    def idle(self, cells: Collection[Cell]) -> Mapping[Cell, frozenset[str] | None]:
        return {cell: self._at(cell.region).idle(cell.account) for cell in sorted(cells)}

    def _at(self, region: str) -> AwsComputeOptimizer:
        if region not in self._regions:
            self._regions[region] = AwsComputeOptimizer(self._client_at(region))
        return self._regions[region]
