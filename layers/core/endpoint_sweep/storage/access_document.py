"""Where deletion is enabled, as a document of the sweep. Nothing proves it: forged, it can keep an endpoint from being
offered, or offer one whose deletion its account then refuses.
"""

import json
from collections.abc import Mapping

from endpoint_sweep.domain.documents import from_data, to_json
from endpoint_sweep.domain.errors import AlreadyRecorded, DocumentNotFound
from endpoint_sweep.domain.kinds import UNUSED, Access
from endpoint_sweep.ports import Store


def unused_accounts(store: Store, sweep_id: str) -> tuple[str, ...]:
    """The accounts where something may be offered. Unproven: a forged cell can only have an account asked or not."""
    found = set()
    # The next step knows whether barely used resources are offered; asking about their accounts costs one call each.
    for there in store.all(f"sweeps/{sweep_id}/cells/").values():
        # Only two fields matter, and there are thousands of cells: the next step builds and proves the findings.
        try:
            row = json.loads(there.body)
            if any(one["verdict"] in UNUSED for one in row["findings"]):
                found.add(str(row["account"]))
        except (ValueError, TypeError, KeyError):
            continue
    return tuple(sorted(found))


def put_access(store: Store, sweep_id: str, access: Mapping[str, Access]) -> None:
    """The first answer counts, so that a second run of the next step makes the same plan."""
    try:
        store.put(_key(sweep_id), to_json(dict(access)), count=len(access), once=True)
    except AlreadyRecorded:
        return


def read_access(store: Store, sweep_id: str) -> dict[str, Access]:
    """Empty if it is not there or cannot be read: then nothing is known of any account."""
    try:
        return from_data(dict[str, Access], json.loads(store.get(_key(sweep_id))))
    except (DocumentNotFound, ValueError, TypeError):
        return {}


def _key(sweep_id: str) -> str:
    return f"sweeps/{sweep_id}/access.json"
