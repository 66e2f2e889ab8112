"""Where the record of the sweeps is found: the parts of the hub's stack."""

from typing import Any

import pytest

from endpoint_sweep.aws import written_record
from endpoint_sweep.aws.sessions import Sessions
from endpoint_sweep.domain.errors import UsageError
from tests.simulation.hub import cloudformation
from tests.simulation.hub.cloudformation import HUB_TEMPLATE
from tests.unit.answering import client

NEEDED = ("Bucket", "Table", "FindingsKey", "LinksKey", "MacKey", "ActsKey")


def found(monkeypatch: pytest.MonkeyPatch, *names: str) -> dict[str, str]:
    """What is found in a stack with these parts, which AWS lists on two pages."""
    rows = [{"LogicalResourceId": name, "PhysicalResourceId": f"the-{name}"} for name in names]

    def answer(_operation: str, request: dict[str, Any]) -> dict[str, Any]:
        if "NextToken" not in request:
            return {"StackResourceSummaries": rows[:3], "NextToken": "more"}
        return {"StackResourceSummaries": rows[3:]}

    monkeypatch.setattr(Sessions, "hub", lambda _self, service: client(service, answer)[0])
    return written_record._parts(Sessions(), "endpoint-sweep")


def test_the_parts_are_those_of_the_template(monkeypatch: pytest.MonkeyPatch) -> None:
    """By their logical ids, wherever they stand in the list."""
    assert set(NEEDED) <= cloudformation.load(HUB_TEMPLATE)["Resources"].keys()
    assert found(monkeypatch, *NEEDED) == {name: f"the-{name}" for name in NEEDED}


@pytest.mark.parametrize("missing", NEEDED)
def test_another_stack_is_refused(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    """With the part that it lacks."""
    with pytest.raises(UsageError, match=f"has no {missing}: name the hub's stack with --stack"):
        found(monkeypatch, *(name for name in NEEDED if name != missing))
