"""Several approvers may each select all that a sweep can offer: their decisions fit into one row (D14.5)."""

import json
from dataclasses import replace
from typing import Any

import pytest

from endpoint_sweep.domain.errors import RecordUnreadable
from endpoint_sweep.domain.model import ResourceId
from endpoint_sweep.rules.approvals import Decision, Snooze
from endpoint_sweep.rules.planning import MOST_OFFERED
from endpoint_sweep.storage.selections import packed, unpacked
from tests.unit.rows import Stored
from tests.unit.samples import approval, decision, plan

ROW = ("DECIDED#a1", "DECISIONS")
LIMIT = 400 * 1024
OFFERED = tuple(ResourceId("222222222222", "ap-southeast-2", f"{number:x>63}") for number in range(MOST_OFFERED))
LONGEST = {
    "comment": "c" * 500,
    "principal": f"arn:aws-us-gov:sts::111111111111:assumed-role/{'r' * 64}/{'s' * 64}",
    "mac": "m" * 64,
}


def decisions(number: int, *selected: ResourceId, **changes: Any) -> tuple[Decision, ...]:
    """Of as many approvers, with everything as long as it can be."""
    addresses = [f"{one:a>60}@finance.example.com" for one in range(number)]
    return tuple(decision(plan(), address, *selected, **LONGEST, **changes) for address in addresses)


def in_turn(selected: tuple[ResourceId, ...]) -> tuple[Snooze, ...]:
    return tuple(Snooze(one, (7, 30, 90)[place % 3]) for place, one in enumerate(selected))


@pytest.mark.parametrize(
    "made",
    [
        decisions(4, *OFFERED),
        decisions(50, *OFFERED),
        decisions(10, *OFFERED[::2]),
        decisions(10, *OFFERED[::2], snoozes=in_turn(OFFERED[1::2])),
        decisions(10, *reversed(OFFERED)),
    ],
    ids=["four", "fifty", "every second", "the others snoozed in turn", "backwards"],
)
def test_the_decisions_of_many_approvers_fit_into_a_row(hub: Stored, made: tuple[Decision, ...]) -> None:
    """And are read as they were made, in their order, which their MACs are over."""
    asked = approval(plan())
    hub.records.save_request(asked, 0)
    hub.records.save_choices(replace(asked, decisions=made), 0)
    assert len(json.dumps(hub.row(*ROW))) < LIMIT * 0.8
    found = hub.records.unproven(asked.id)
    assert found is not None
    assert found.approval.decisions == made


def test_a_small_row_stays_readable() -> None:
    """In the console, each decision with what it selected."""
    [made] = decisions(1, *OFFERED[:3])
    document = packed((made,))
    assert [one["name"] for one in document["decisions"][0]["selected"]] == [one.name for one in OFFERED[:3]]
    assert unpacked(document) == document


@pytest.mark.parametrize(
    "runs",
    ["0-1000", "1000", "5-4", "-1", "0-999,0", "0-99,0-99,0-999", "0-9999999999", "a", "1,,2", "0-1-2", None, 5],
)
def test_runs_that_stand_for_nothing_are_not_read(hub: Stored, runs: Any) -> None:
    """Nor do they stand for more than there is: a row of someone who may write the table fills no memory."""
    asked = approval(plan())
    hub.records.save_request(asked, 0)
    hub.records.save_choices(replace(asked, decisions=decisions(2, *OFFERED)), 0)
    [first, second] = hub.row(*ROW)["decisions"]
    hub.change_row(*ROW, decisions=[first | {"selected": runs}, second])
    with pytest.raises(RecordUnreadable):
        hub.records.unproven(asked.id)


@pytest.mark.parametrize(
    "changes",
    [
        {"decisions": [{}] * 101},
        {"decisions": [{"selected": "0"}]},
        {"decisions": [{"selected": "0", "snoozes": [{"days": 7, "ids": "0-999"}] * 2}]},
        {"ids": ["no address"]},
        {"ids": [5]},
        {"ids": None},
    ],
    ids=str,
)
def test_a_row_that_is_no_row_is_not_read(hub: Stored, changes: dict[str, Any]) -> None:
    """Whoever wrote it."""
    asked = approval(plan())
    hub.records.save_request(asked, 0)
    hub.records.save_choices(replace(asked, decisions=decisions(2, *OFFERED)), 0)
    hub.change_row(*ROW, **changes)
    with pytest.raises(RecordUnreadable):
        hub.records.unproven(asked.id)


def test_what_is_named_otherwise_is_another_selection(hub: Stored) -> None:
    """So that its MAC is wrong: names are not trusted more than places."""
    asked, made = approval(plan()), decisions(2, *OFFERED)
    hub.records.save_request(asked, 0)
    hub.records.save_choices(replace(asked, decisions=made), 0)
    ids = hub.row(*ROW)["ids"]
    hub.change_row(*ROW, ids=["222222222222/ap-southeast-2/other", *ids[1:]])
    found = hub.records.unproven(asked.id)
    assert found is not None
    assert [one.digest for one in found.approval.decisions] != [one.digest for one in made]
