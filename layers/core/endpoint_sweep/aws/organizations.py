"""The accounts of the Organization."""

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from endpoint_sweep.aws.faults import code_of
from endpoint_sweep.errors import TargetsIncomplete
from endpoint_sweep.model import Account


class AwsOrganization:
    """`ports.Organization` on AWS Organizations."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def accounts(self) -> tuple[Account, ...]:
        """All of them, also those that cannot be scanned. Pages may be empty (D7.1), `State` before `Status` (D0.1)."""
        try:
            pages = self._client.get_paginator("list_accounts").paginate()
            found = [
                Account(row["Id"], str(row.get("Name", "")), str(row.get("State") or row.get("Status")), _unit(row))
                for row in pages.search("Accounts[]")
            ]
        except ClientError as error:
            raise TargetsIncomplete(f"the Organization could not be listed: {code_of(error)}") from error
        except BotoCoreError as error:
            raise TargetsIncomplete(f"the Organization could not be listed: {type(error).__name__}") from error
        return tuple(sorted(found, key=lambda account: account.id))


def _unit(row: dict[str, Any]) -> str:
    """The innermost organizational unit of `Paths`, empty where AWS does not tell (D0.2)."""
    paths = row.get("Paths") or []
    segments = paths[0].strip("/").split("/") if paths else []
    return next((part for part in reversed(segments) if part.startswith("ou-")), "")
