"""What the partition of a region does not offer of what the hub uses, as of the day botocore was packed (D18.7).

botocore's list of the regions of one service may be too short, but a partition of which it knows no region at all is
one without the service.
"""

import boto3

from endpoint_sweep.aws.price_list import home_of
from endpoint_sweep.aws.regions import partition_of

# Service of botocore -> what the hub does without it.
_WITHOUT = {
    "ce": "There is no Cost Explorer, so prices are list prices: leave CostRoleArn empty.",
    "account": "There is no Account Management API, so Regions=enabled means every region that has SageMaker.",
    "compute-optimizer": "There is no Compute Optimizer, so there is no second opinion on what is idle.",
}
_NO_PRICES = "There is no Price List API, so list prices come from the table in the package, or are unknown."


def sends_mail(region: str) -> bool:
    """Whether Amazon SES is offered in the partition of this region."""
    return _is_offered("sesv2", region)


def without(region: str) -> tuple[str, ...]:
    """A sentence for each service that is not offered in the partition of this region and that the hub can do without:
    what then happens.
    """
    said = tuple(sentence for service, sentence in _WITHOUT.items() if not _is_offered(service, region))
    return said if home_of(region) else (_NO_PRICES, *said)


def _is_offered(service: str, region: str) -> bool:
    session = boto3.session.Session()
    return bool(session.get_available_regions(service, partition_of(region), allow_non_regional=True))
