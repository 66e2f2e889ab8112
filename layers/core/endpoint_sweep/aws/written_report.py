"""The reports of the hub's sweeps, read with the credentials of a shell."""

from typing import Any

from endpoint_sweep.aws.error_translation import translated
from endpoint_sweep.aws.sessions import Sessions
from endpoint_sweep.aws.store import AwsStore
from endpoint_sweep.aws.table import AwsTable
from endpoint_sweep.aws.written_bundle import output_of
from endpoint_sweep.domain.errors import DocumentNotFound, UsageError
from endpoint_sweep.storage.records import ledger_in


def ended_sweeps(sessions: Sessions, stack: str) -> list[dict[str, Any]]:
    """The ledger's rows of sweeps that ended, the newest first, each with its `sweep_id`.

    Raises UsageError, CellDenied or CellFailed.
    """
    name = output_of(sessions, stack, "TableName")
    with translated(f"reading the ledger in {name}"):
        return ledger_in(AwsTable(sessions.hub("dynamodb"), name))[::-1]


def written_report(sessions: Sessions, stack: str, sweep_id: str, name: str) -> bytes:
    """One file of a sweep's report. Raises UsageError, CellDenied or CellFailed."""
    bucket = output_of(sessions, stack, "BucketName")
    with translated(f"reading {name} of {sweep_id}"):
        try:
            return AwsStore(sessions.hub("s3"), bucket).get(f"sweeps/{sweep_id}/{name}")
        except DocumentNotFound as error:
            raise UsageError(
                f"there is no {name} of a sweep {sweep_id}; `endpoint-sweep sweeps` lists those that ended"
            ) from error
