"""A bounce is not lost: where the function failed halfway, Lambda calls it again with the same event."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from endpoint_sweep.rules.approvals import Approval, Stop
from endpoint_sweep.steps.record_bounce import record_bounce
from endpoint_sweep.storage.approval_rows import Versioned, Versions
from tests.unit.decisions import PLAN, RULES
from tests.unit.samples import ADA, NOW, approval

ID = "0" * 32


class Rows:
    """What is stored about one approval."""

    def __init__(self) -> None:
        self.found: Approval = approval(PLAN, id=ID)
        self.stopped: list[Stop] = []

    def approval(self, _id: str) -> Versioned:
        return Versioned(self.found, Versions())

    def save_end(self, marked: Approval, _version: int) -> None:
        self.found = marked

    def stop(self, _sweep: str, stop: Stop) -> None:
        self.stopped.append(stop)

    def waiting(self, _id: str) -> None:
        return None


def test_a_bounce_whose_plan_could_not_be_read_is_finished_by_the_next_try(monkeypatch: pytest.MonkeyPatch) -> None:
    """The address is written down first; whether enough approvers are left is asked again."""
    plans = iter([PermissionError("AccessDenied"), PLAN])

    class Folder:
        def __init__(self, *_: Any) -> None: ...

        def plan(self, _pointer: Any) -> Any:
            if isinstance(found := next(plans), Exception):
                raise found
            return found

    monkeypatch.setattr("endpoint_sweep.steps.record_bounce.SweepFolder", Folder)
    bounce = {"bounceType": "Permanent", "bouncedRecipients": [{"emailAddress": ADA}]}
    message = {"eventType": "Bounce", "mail": {"tags": {"approval": [ID]}}, "bounce": bounce}
    event = {"Records": [{"Sns": {"Message": json.dumps(message)}}]}
    rows, nothing = Rows(), SimpleNamespace()
    rules = RULES.__class__((ADA,))

    def call() -> dict[str, Any]:
        ports: Any = {"store": nothing, "records": rows, "executions": nothing, "seals": nothing}
        return record_bounce(event, rules=rules, now=lambda: NOW, **ports)

    with pytest.raises(PermissionError):
        call()
    assert rows.found.unreachable == (ADA,)
    assert call()["closed_approvals"] == 1
    assert len(rows.stopped) == 1
