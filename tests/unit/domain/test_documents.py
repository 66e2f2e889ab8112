"""Dataclasses to JSON and back: the same value, the same bytes, and nothing built from what does not fit."""

import json
import time
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from endpoint_sweep.domain.documents import digest, from_data, to_data, to_json
from endpoint_sweep.domain.model import Account, CellResult, Finding, Outcome, OutcomeStatus, Plan, Series
from endpoint_sweep.rules.approvals import Approval
from tests.unit.samples import ADA, NOW, approval, cell, decision, finding, plan, series

words = st.text(max_size=20)
findings = st.builds(
    finding,
    words,
    reason=words,
    tags=st.dictionaries(words, words, max_size=3),
    owner=st.none() | words,
    invocations=st.none() | st.integers(0, 10**12),
    monthly_usd=st.none() | st.decimals(0, 10**6, places=2),
    created_at=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)


@given(st.lists(findings, max_size=3))
def test_a_plan_comes_back_as_it_was(items: list[Finding]) -> None:
    """Whatever stands in names, tags and amounts; and the bytes are the same the second time."""
    original = plan(items)
    body = to_json(original)
    assert from_data(Plan, json.loads(body)) == original
    assert to_json(from_data(Plan, to_data(original))) == body


@pytest.mark.parametrize(
    "value",
    [
        cell(finding()),
        series(total=0.5),
        approval(plan(), decisions=(decision(plan(), ADA, finding().id, comment="why"),)),
        Outcome("222222222222", "us-east-1", "a", OutcomeStatus.DONE, "gone", NOW, "req-1"),
        Account("222222222222", '=HYPERLINK("http://x","y")', "ACTIVE"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_document_comes_back_as_it_was(value: Any) -> None:
    """Enums, times, tuples of dataclasses, and None."""
    assert from_data(type(value), to_data(value)) == value


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"sweep_id": 7}, "expected <class 'str'>, found int"),
        ({"sweep_id": None}, "expected <class 'str'>, found NoneType"),
        ({"beyond": "7"}, "expected <class 'int'>, found str"),
        ({"found": ["x"]}, "the data does not fit: AttributeError: 'list' object"),
    ],
)
def test_nothing_is_turned_into_what_was_expected(change: dict[str, Any], words: str) -> None:
    """A number is no name, and text no number; the error says what was found instead."""
    with pytest.raises((ValueError, TypeError), match=words):
        from_data(Plan, to_data(plan()) | change)


def test_an_enum_is_plain_text() -> None:
    """Whoever writes it on needs no code of ours."""
    assert type(to_data(OutcomeStatus.DONE)) is str


def test_times_are_utc_wherever_the_machine_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """A laptop in Tokyo writes the same bytes as a function."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert to_data(NOW) == "2026-11-20T06:00:00Z"
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_whole_number_is_a_sum_too() -> None:
    """JSON of another writer tells 0 where ours tells 0.0."""
    found = from_data(Series, to_data(series()) | {"total": 7})
    assert (found.total, type(found.total)) == (7.0, float)


def test_times_are_utc_and_money_is_exact() -> None:
    """Another time zone is the same moment; a Decimal is no float."""
    east = datetime(2026, 11, 20, 8, 0, tzinfo=timezone(timedelta(hours=2)))
    assert to_data(east) == "2026-11-20T06:00:00Z"
    assert to_data(Decimal("0.10")) == "0.10"


def test_the_order_of_keys_does_not_show() -> None:
    """Canonical: sorted, without white space, as UTF-8."""
    assert to_json({"b": 1, "a": "ä"}) == '{"a":"ä","b":1}'.encode() == to_json({"a": "ä", "b": 1})
    assert len(digest(b"")) == 64


def test_what_json_cannot_hold_is_refused() -> None:
    """It does not become null."""
    with pytest.raises(TypeError):
        to_json({"value": object()})


def test_what_is_no_number_is_refused() -> None:
    """NaN would compare unequal to itself."""
    with pytest.raises(ValueError, match="JSON compliant"):
        to_json({"x": float("nan")})


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (Plan, None),
        (Plan, []),
        (Plan, "plan"),
        (Plan, {}),
        (Plan, to_data(plan()) | {"found": ["x"]}),
        (Plan, to_data(plan()) | {"items": [None]}),
        (Plan, to_data(plan()) | {"caps": {"per_sweep": "25"}}),
        (CellResult, to_data(cell()) | {"status": "wonderful"}),
        (CellResult, to_data(cell()) | {"findings": [to_data(finding()) | {"monthly_usd": "a lot"}]}),
        (CellResult, to_data(cell()) | {"findings": [to_data(finding()) | {"tags": []}]}),
        (Approval, to_data(approval(plan())) | {"expires_at": 5}),
        (Approval, to_data(approval(plan())) | {"expires_at": "soon"}),
        (Approval, to_data(approval(plan())) | {"decisions": ["x"]}),
    ],
)
def test_data_that_does_not_fit_raises_one_of_two_errors(kind: type, data: Any) -> None:
    """ValueError or TypeError, whatever is wrong: readers catch those and count the document as missing."""
    with pytest.raises((ValueError, TypeError)):
        from_data(kind, data)
