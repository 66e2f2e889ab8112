"""No change of a plan or of a record goes unnoticed: each example is an attack by someone without the key."""

import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from endpoint_sweep.domain.documents import digest, from_data, to_data, to_json
from endpoint_sweep.domain.why import Cause, Why
from endpoint_sweep.rules.approval_rules import Ruling, agreed, what_may_be_deleted
from endpoint_sweep.rules.approvals import Approval
from tests.unit.decisions import (
    GRACE,
    LINUS,
    PLAN,
    RULES,
    SHA,
    TWO,
    WINDOW,
    A,
    B,
    C,
    decided,
    is_authentic,
    ruled,
    signed,
)
from tests.unit.samples import ADA, NOW, decision


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every field of a JSON document."""
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*path, key))
    else:
        yield path


def changed(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    """A copy in which one field has another value."""
    if not path:
        return value
    copy = dict(data) if isinstance(data, dict) else list(data)
    copy[path[0]] = changed(data[path[0]], path[1:], value)
    return copy


def at(data: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        data = data[key]
    return data


def canonical(data: Any) -> bytes:
    """As `to_json` writes what is plain data already, without walking through it again."""
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


PLAN_DATA = to_data(PLAN)
APPROVED = decided(signed(ADA, C))
PLAN_FIELDS = list(leaves(PLAN_DATA))
values = st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.just("2026-11-20T06:00:00Z")


@settings(max_examples=10)
@given(st.lists(values, min_size=5, max_size=5))
def test_no_single_change_of_a_plan_goes_unnoticed(others: list[Any]) -> None:
    """Every field, each with fifty other values: the bytes have another hash, and the record allows nothing (FI-18)."""
    for path, value in itertools.product(PLAN_FIELDS, others):
        if type(value) is type(at(PLAN_DATA, path)) and value == at(PLAN_DATA, path):
            continue
        sha = digest(canonical(changed(PLAN_DATA, path, value)))
        assert sha != SHA, path
        found = what_may_be_deleted(APPROVED, PLAN, sha, RULES, is_authentic, NOW, WINDOW)
        assert found == Ruling(why=Why(Cause.NOT_OFFERED)), path
        assert found.alarm == "PlanTampered"


def test_the_bytes_that_are_changed_are_the_plan_s_own() -> None:
    """Unchanged they have the hash that was approved."""
    assert canonical(PLAN_DATA) == to_json(PLAN)
    assert digest(canonical(PLAN_DATA)) == SHA


HONEST = (signed(ADA, A, C), signed(GRACE, B, C))
RECORD = to_data(decided(*HONEST))
RECORD_FIELDS = [path for path in leaves(RECORD) if path[0] != "links"]
texts = st.sampled_from([ADA, GRACE, LINUS, "mallory@example.com", "delete", "keep", "iam", "a", "b", "verified"])


def forgeries() -> st.SearchStrategy[Callable[[Any], Any]]:
    """Changes of a record by someone who writes to the table, but cannot make a MAC."""
    field = st.builds(
        lambda path, value: lambda data: changed(data, path, value), st.sampled_from(RECORD_FIELDS), values | texts
    )
    approvers = st.sampled_from((ADA, GRACE, LINUS))
    ids = st.lists(st.sampled_from((A, B, C)), unique=True, min_size=1)
    made = st.builds(lambda approver, selected: to_data(decision(PLAN, approver, *selected)), approvers, ids)
    copied_mac = st.builds(lambda one, mac: one | {"mac": mac}, made, st.sampled_from([one.mac for one in HONEST]))
    added = st.builds(lambda one: lambda data: data | {"decisions": [*data["decisions"], one]}, made | copied_mac)
    instead = st.builds(lambda one: lambda data: data | {"decisions": [one]}, made | copied_mac)
    return field | added | instead


@settings(max_examples=2_000, deadline=None)
@given(st.lists(forgeries(), min_size=1, max_size=3))
def test_no_change_of_a_record_deletes_more_than_was_decided(changes: list[Callable[[Any], Any]]) -> None:
    """Added, altered, forged: what two people agreed on, or nothing; never another endpoint (FI-33)."""
    data = RECORD
    try:
        for change in changes:
            data = change(data)
        asked = from_data(Approval, data)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        return  # Cannot be read: everything is kept.
    assert set(ruled(asked, TWO).selected) <= set(agreed(HONEST)) == {C}
