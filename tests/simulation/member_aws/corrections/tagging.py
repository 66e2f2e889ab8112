"""Resource Groups Tagging: pages that are full, and a token that stays valid (D3.14)."""

from typing import Any

from moto.core.resource_tagging import TaggedResource
from moto.resourcegroupstaggingapi.exceptions import ResourceGroupsTaggingAPIError
from moto.resourcegroupstaggingapi.models import ResourceGroupsTaggingAPIBackend

from tests.simulation.member_aws.corrections.correction import Correction


def get_resources(
    backend: ResourceGroupsTaggingAPIBackend,
    pagination_token: str | None = None,
    resources_per_page: int = 50,
    tags_per_page: int = 100,
    **filters: Any,
) -> tuple[str, list[TaggedResource]]:
    """By number of resources only: moto ends a page at 100 tags although no one asked for that.

    The token is the last ARN of the page, so that a page asked for again is the same page; the last page's is empty.
    """
    rows = sorted(backend._get_resources_generator(**filters), key=lambda one: one.arn)
    if pagination_token:
        if not pagination_token.startswith("arn:"):
            raise ResourceGroupsTaggingAPIError("PaginationTokenExpiredException", "Token does not exist")
        rows = [one for one in rows if one.arn > pagination_token]
    page = rows[:resources_per_page]
    return (page[-1].arn if len(rows) > resources_per_page else ""), page


CORRECTIONS = (
    Correction("get-resources", ResourceGroupsTaggingAPIBackend, "get_resources", get_resources, "pages, D3.14"),
)
