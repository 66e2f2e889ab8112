"""Organizations: pages of 20, State and Paths, and who may ask (D0.1, D0.2, D7.1)."""

import json
from typing import Any

from moto.core.utils import unix_time
from moto.organizations.exceptions import OrganizationsClientError
from moto.organizations.models import FakeAccount, OrganizationsBackend, organizations_backends
from moto.organizations.responses import OrganizationsResponse

from tests.simulation.corrections.correction import Correction
from tests.simulation.state import active

PAGE = 20
EMPTY_PAGE = "-empty"
FOR_EVERYONE = "DescribeOrganization"


def organizations_backend(response: OrganizationsResponse) -> OrganizationsBackend:
    """The management account's, which the hub may read as a delegated administrator; other members may not (D7.1)."""
    organization = active().organization
    caller, operation = response.current_account, response._get_action()
    reads = operation.startswith(("List", "Describe"))
    delegated = caller == organization.hub_account and reads
    if caller != organization.management_account and not delegated and operation != FOR_EVERYONE:
        text = "You don't have permissions to access this resource."
        raise OrganizationsClientError("AccessDeniedException", text)
    return organizations_backends[organization.management_account]["aws"]


def describe_account(account: FakeAccount) -> dict[str, Any]:
    """`State` instead of the retired `Status` (D0.1), with `Paths` (D0.2)."""
    known = active().account(account.id)
    return {
        "Id": account.id,
        "Arn": account.arn,
        "Email": account.email,
        "Name": account.name,
        "State": account.state,
        "Paths": list(active().organization.paths(known)) if known is not None else [],
        "JoinedMethod": account.joined_method,
        "JoinedTimestamp": unix_time(account.create_time),
    }


def list_accounts(response: OrganizationsResponse) -> str:
    """At most 20 to a page, and between two pages lies an empty one with a token, as AWS may do (D7.1)."""
    rows = [describe_account(account) for account in response.organizations_backend.accounts]
    size = int(response._get_param("MaxResults") or PAGE)
    token = response._get_param("NextToken") or "0"
    start = token.removesuffix(EMPTY_PAGE)
    if not 1 <= size <= PAGE or not start.isdigit():
        raise OrganizationsClientError("InvalidInputException", "You provided a value that does not match the limits.")
    if token.endswith(EMPTY_PAGE):
        return json.dumps({"Accounts": [], "NextToken": start})
    end = int(start) + size
    answer: dict[str, Any] = {"Accounts": rows[int(start) : end]}
    if end < len(rows):
        answer["NextToken"] = f"{end}{EMPTY_PAGE}"
    return json.dumps(answer)


CORRECTIONS = (
    Correction(
        "delegated-administrator",
        OrganizationsResponse,
        "organizations_backend",
        property(organizations_backend),
        "the hub reads the management account's organization, D7.1",
    ),
    Correction("account-state", FakeAccount, "describe", describe_account, "State and Paths, D0.1, D0.2"),
    Correction("list-accounts", OrganizationsResponse, "list_accounts", list_accounts, "pages of 20, D7.1"),
)
