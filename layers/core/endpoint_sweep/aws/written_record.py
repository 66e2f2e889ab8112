"""The record of the hub's sweeps, read with the credentials of a shell."""

from typing import TYPE_CHECKING

from endpoint_sweep.aws.error_translation import translated
from endpoint_sweep.aws.seals import AwsSeals
from endpoint_sweep.aws.sessions import Sessions
from endpoint_sweep.aws.store import AwsStore
from endpoint_sweep.aws.table import AwsTable
from endpoint_sweep.domain.errors import UsageError
from endpoint_sweep.ports import Maker
from endpoint_sweep.storage.audit import Proof, audited
from endpoint_sweep.storage.records import Records

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

# The key of each signer, by its logical id in template.yaml.
_KEYS = {
    Maker.FINDINGS: "FindingsKey",
    Maker.LINKS: "LinksKey",
    Maker.DECISIONS: "MacKey",
    Maker.ACTS: "ActsKey",
}


def audited_sweep(sessions: Sessions, stack: str, sweep_id: str) -> tuple[Proof, ...]:
    """`stack`: the name of the hub's stack, or the id of a deleted one, for 90 days (D16.6).

    Raises UsageError, Unavailable, CellDenied or CellFailed.
    """
    parts = _parts(sessions, stack)
    keys = {maker: parts[logical] for maker, logical in _KEYS.items()}
    # An auditor opens neither cells nor task tokens.
    seals = AwsSeals(sessions.hub("kms"), keys, "", "")
    store = AwsStore(sessions.hub("s3"), parts["Bucket"])
    records = Records(AwsTable(sessions.hub("dynamodb"), parts["Table"]), store, seals)
    with translated(f"reading the record of {sweep_id}"):
        return audited(sweep_id, store, records, seals)


def _parts(sessions: Sessions, stack: str) -> dict[str, str]:
    with translated(f"asking the stack {stack} for its resources"):
        client: CloudFormationClient = sessions.hub("cloudformation")
        pages = client.get_paginator("list_stack_resources").paginate(StackName=stack)
        rows = [row for page in pages for row in page["StackResourceSummaries"]]
    found = {row["LogicalResourceId"]: row.get("PhysicalResourceId", "") for row in rows}
    if missing := [name for name in ("Bucket", "Table", *_KEYS.values()) if not found.get(name)]:
        raise UsageError(f"the stack {stack} has no {missing[0]}: name the hub's stack with --stack")
    return found
