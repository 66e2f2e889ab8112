"""How often a record that cannot be proven is looked at again: an execution has room for few looks (D10.3)."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from endpoint_sweep.domain.errors import Unavailable
from endpoint_sweep.rules.approvals import Approval
from endpoint_sweep.settings.environment import LAST_MINUTES
from endpoint_sweep.steps.verify_decision import verify_decision
from endpoint_sweep.storage.records import Versions
from tests.unit.decisions import PLAN, decided, signed
from tests.unit.quiet import Off
from tests.unit.samples import ADA, NOW, approval, settings


class SilentKeys:
    """Records of which KMS proves nothing."""

    def __init__(self, found: Approval) -> None:
        self._found = found

    def approval(self, _id: str) -> Any:
        raise Unavailable("KMS does not answer")

    def unproven(self, _id: str) -> tuple[Approval, Versions, str]:
        return self._found, Versions(), ""


def looked_at(found: Approval, now: datetime, **changes: str) -> dict[str, Any]:
    return verify_decision(
        {"sweep_id": found.sweep_id, "approval_id": found.id},
        settings=settings(**changes).decide,
        store=SimpleNamespace(),
        records=SilentKeys(found),  # type: ignore[arg-type]
        switch=Off(),
        now=lambda: now,
    )


PENDING, DECIDED = approval(PLAN), decided(signed(ADA, PLAN.items[0].id))
END = PENDING.expires_at


@pytest.mark.parametrize(
    ("found", "now", "seconds"),
    [
        (PENDING, NOW, 3600),  # a decision would wake the sweep
        (PENDING, END, LAST_MINUTES.total_seconds()),
        (PENDING, END + LAST_MINUTES - timedelta(seconds=1), 60),
        (DECIDED, NOW + timedelta(minutes=1), 60),
    ],
)
def test_a_minute_is_for_what_was_decided(found: Approval, now: datetime, seconds: float) -> None:
    """Anything else waits for its slice, or for the end."""
    answer = looked_at(found, now)
    assert (answer["status"], answer["slice_seconds"]) == ("waiting", seconds)


def test_no_look_is_later_than_a_slice() -> None:
    """Whatever was decided."""
    assert {looked_at(one, NOW, WAIT_SLICE_SECONDS="5")["slice_seconds"] for one in (PENDING, DECIDED)} == {5}
