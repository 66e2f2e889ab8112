"""Check act roles: find out where deletion is enabled, before asking for approval or for the report."""

from typing import Any

from endpoint_sweep.domain.kinds import Access
from endpoint_sweep.ports import ActRoles, Store
from endpoint_sweep.steps.contracts import CheckActRolesEvent
from endpoint_sweep.storage.access_document import put_access, unused_accounts


def check_act_roles(event: CheckActRolesEvent, *, roles: ActRoles, store: Store) -> dict[str, Any]:
    """`event`: `{"sweep_id"}`. Returns how many accounts gave which answer.

    One AssumeRole for each account with something idle or barely used, for a session that may do nothing.
    """
    sweep_id = event["sweep_id"]
    access = roles.access(unused_accounts(store, sweep_id), sweep_id)
    put_access(store, sweep_id, access)
    answers = list(access.values())
    return {one.value: answers.count(one) for one in Access}
