"""Organizations: pages of 20, State and Paths, and who may ask (D0.1, D0.2, D7.1)."""

import json
from typing import Any

from moto.core.utils import unix_time
from moto.organizations.exceptions import OrganizationsClientError
from moto.organizations.models import FakeAccount, OrganizationsBackend, organizations_backends
from moto.organizations.responses import OrganizationsResponse

from tests.simulation.member_aws.corrections.correction import Correction
from tests.simulation.member_aws.state import active

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
    state = active()
    known = state.account(account.id)
    shown = known is not None and "paths" not in state.off
    paths = {"Paths": list(state.organization.paths(known))} if known is not None and shown else {}
    return paths | {
        "Id": account.id,
        "Arn": account.arn,
        "Email": account.email,
        "Name": account.name,
        "State": account.state,
        "JoinedMethod": account.joined_method,
        "JoinedTimestamp": unix_time(account.create_time),
    }


def _page(response: OrganizationsResponse, key: str, rows: list[dict[str, Any]]) -> str:
    """At most 20, with an empty page that has a token between two pages, as AWS may do (D7.1)."""
    size = int(response._get_param("MaxResults") or PAGE)
    token = response._get_param("NextToken") or "0"
    start = token.removesuffix(EMPTY_PAGE)
    if not 1 <= size <= PAGE or not start.isdigit():
        raise OrganizationsClientError("InvalidInputException", "You provided a value that does not match the limits.")
    if token.endswith(EMPTY_PAGE):
        return json.dumps({key: [], "NextToken": start})
    end = int(start) + size
    answer: dict[str, Any] = {key: rows[int(start) : end]}
    if end < len(rows):
        answer["NextToken"] = f"{end}{EMPTY_PAGE}"
    return json.dumps(answer)


def list_accounts(response: OrganizationsResponse) -> str:
    return _page(response, "Accounts", [account.describe() for account in response.organizations_backend.accounts])


def list_accounts_for_parent(response: OrganizationsResponse) -> str:
    """Direct children only (D7.3)."""
    backend, parent = response.organizations_backend, response._get_param("ParentId")
    backend.validate_parent_id(parent)
    rows = [account.describe() for account in backend.accounts if account.parent_id == parent]
    return _page(response, "Accounts", rows)


def list_units_for_parent(response: OrganizationsResponse) -> str:
    """Direct children only, the root's or another unit's."""
    backend, parent = response.organizations_backend, response._get_param("ParentId")
    backend.validate_parent_id(parent)
    rows = [
        {"Id": unit.id, "Arn": unit.arn, "Name": unit.name}
        for unit in backend.ou
        if unit.type == "ORGANIZATIONAL_UNIT" and unit.parent_id == parent
    ]
    return _page(response, "OrganizationalUnits", rows)


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
    Correction(
        "accounts-for-parent",
        OrganizationsResponse,
        "list_accounts_for_parent",
        list_accounts_for_parent,
        "pages of 20, D7.1, D7.3",
    ),
    Correction(
        "units-for-parent",
        OrganizationsResponse,
        "list_organizational_units_for_parent",
        list_units_for_parent,
        "pages of 20, D0.2",
    ),
)
