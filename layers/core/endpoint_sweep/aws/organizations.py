"""The accounts of the Organization, their organizational units, and the management account."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from endpoint_sweep.aws.error_translation import code_of
from endpoint_sweep.domain.errors import TargetsIncomplete
from endpoint_sweep.domain.model import Account

if TYPE_CHECKING:
    from mypy_boto3_organizations import OrganizationsClient
    from mypy_boto3_organizations.type_defs import AccountTypeDef

_UNIT_PREFIXES = ("r-", "ou-")


class AwsOrganization:
    """`ports.Organization` on AWS Organizations."""

    def __init__(self, client: "OrganizationsClient") -> None:
        self._client = client

    def accounts(self, *, with_units: bool = False) -> tuple[Account, ...]:
        """All of them, also those that cannot be scanned. Pages may be empty (D7.1), `State` before `Status` (D0.1).

        `Account.unit` is the path from the root, such as `r-ab12/ou-ab12-11111111`, taken from `Paths` (D0.2). Where
        that is absent the tree is walked, once and only `with_units`. Raises TargetsIncomplete where any page fails.
        """
        with _complete():
            # botocore stops with an error at a token that leads back to itself.
            pages = self._client.get_paginator("list_accounts").paginate()
            rows = [row for page in pages for row in page.get("Accounts") or ()]
            # A page may repeat an account while another one joins: one row per id, the last one counts.
            units = {row["Id"]: _unit(row) for row in rows}
            if with_units and not all(units.values()):
                walked = self._walk()
                units = {account: unit or walked.get(account, "") for account, unit in units.items()}
            found = {
                row["Id"]: Account(row["Id"], str(row.get("Name", "")), _state(row), units[row["Id"]]) for row in rows
            }
        if not found:
            # A malformed answer becomes an empty one, but the hub itself is a member.
            raise TargetsIncomplete("the Organization could not be listed: AWS named no account")
        return tuple(found[account] for account in sorted(found))

    def management_account(self) -> str | None:
        """None where this account may not ask."""
        try:
            answer = self._client.describe_organization()["Organization"]
        except (ClientError, BotoCoreError):
            return None
        return str(answer["MasterAccountId"]) if answer.get("MasterAccountId") else None

    def roots(self) -> tuple[str, ...]:
        """Today every Organization has one. Raises TargetsIncomplete where AWS does not say."""
        with _complete():
            pages = self._client.get_paginator("list_roots").paginate()
            found = tuple(row["Id"] for page in pages for row in page.get("Roots") or ())
        if not found:
            raise TargetsIncomplete("the Organization could not be listed: AWS named no root")
        return found

    def _walk(self) -> dict[str, str]:
        """Account id to path. Two listings a unit, however many accounts it has (D7.3, D7.7)."""
        found: dict[str, str] = {}
        roots = self._client.get_paginator("list_roots").paginate()
        accounts = self._client.get_paginator("list_accounts_for_parent")
        units = self._client.get_paginator("list_organizational_units_for_parent")
        open_paths = [row["Id"] for page in roots for row in page.get("Roots") or ()]
        while open_paths:
            path = open_paths.pop()
            here = path.rpartition("/")[2]
            found |= {
                row["Id"]: path for page in accounts.paginate(ParentId=here) for row in page.get("Accounts") or ()
            }
            pages = units.paginate(ParentId=here)
            below = [row["Id"] for page in pages for row in page.get("OrganizationalUnits") or ()]
            # Whatever a page holds, no way down leads in a circle.
            open_paths += [f"{path}/{unit}" for unit in below if unit not in path.split("/")]
        return found


@contextmanager
def _complete() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        raise TargetsIncomplete(f"the Organization could not be listed: {code_of(error)}") from error
    except BotoCoreError as error:
        raise TargetsIncomplete(f"the Organization could not be listed: {type(error).__name__}") from error


def _state(row: "AccountTypeDef") -> str:
    """Neither field: not a state that is scanned."""
    return str(row.get("State") or row.get("Status") or "UNKNOWN")


def _unit(row: "AccountTypeDef") -> str:
    """Root and units of `o-…/r-…/ou-…/123456789012/`, outermost first; empty if AWS does not say."""
    paths = row.get("Paths") or []
    segments = paths[0].split("/") if paths else []
    return "/".join(part for part in segments if part.startswith(_UNIT_PREFIXES))
