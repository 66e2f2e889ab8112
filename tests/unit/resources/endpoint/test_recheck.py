"""What is not as it was approved any more, and in what order inference components go."""

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

import pytest

from endpoint_sweep.domain.model import Component, Description, Finding, Kind, OutcomeStatus
from endpoint_sweep.resources.endpoint.idleness import JUDGED
from endpoint_sweep.resources.endpoint.recheck import (
    check_fingerprint,
    parts_left,
)
from endpoint_sweep.rules.acting import Kept
from tests.unit.samples import NOW, description, finding


def part(name: str, base: str = "", status: str = "InService", hours: int = 0) -> Component:
    return Component(name, "host", "v", status, f"arn:{name}", NOW + timedelta(hours=hours), base)


BASE, OTHER, ADAPTER = part("base"), part("other"), part("adapter", "base")
SEEN = [replace(one, base="") for one in (BASE, OTHER, ADAPTER)]  # A scan does not learn the base.


@pytest.mark.parametrize(
    "changes",
    [
        {"created_at": NOW},
        {"status": "Updating"},
        {"status": "Deleting"},
        {"status": "OutOfService"},
        {"config": "another"},
        {"config": None},
        {"kind": Kind.ASYNCHRONOUS},
        {"variants": ()},
    ],
    ids=str,
)
def test_any_difference_keeps(changes: dict[str, object]) -> None:
    """FI-41, FI-43: creation time, status, configuration, kind, variants."""
    check_fingerprint(description(), finding())
    with pytest.raises(Kept) as caught:
        check_fingerprint(replace(description(), **changes), finding())  # type: ignore[arg-type] # fields by name
    assert (caught.value.status, caught.value.reason) == (OutcomeStatus.CHANGED, str(caught.value))


@pytest.mark.parametrize("approved", JUDGED)
def test_it_is_deleted_in_the_status_in_which_it_was_approved(approved: str) -> None:
    """Of the statuses that a sweep judges none stands for another: both ways, the changed one keeps and is named."""
    [now] = set(JUDGED) - {approved}
    check_fingerprint(description(status=approved), finding(status=approved))
    with pytest.raises(Kept, match=f"its status is now {now}"):
        check_fingerprint(description(status=now), finding(status=approved))
    with pytest.raises(Kept, match="its status is now Updating"):
        check_fingerprint(description(status="Updating"), finding(status="Updating"))


def resized(kind: Kind, **changes: object) -> tuple[Description, Finding]:
    """An endpoint of a kind, with one of its variants changed since the scan."""
    seen, approved = replace(description(), kind=kind), replace(finding(), kind=kind)
    variants = tuple(replace(one, **changes) for one in seen.variants)  # type: ignore[arg-type] # fields by name
    return replace(seen, variants=variants), approved


@pytest.mark.parametrize(
    "changes", [{"count": 7}, {"count": None}, {"type": "ml.p4d.24xlarge"}, {"shadow": True}], ids=str
)
def test_whoever_scales_it_has_plans_with_it(changes: dict[str, object]) -> None:
    """Another count, type or role of a variant keeps; only under inference components SageMaker scales by itself."""
    with pytest.raises(Kept, match="its instances were changed") as caught:
        check_fingerprint(*resized(Kind.REAL_TIME, **changes))
    assert caught.value.status is OutcomeStatus.CHANGED
    check_fingerprint(*resized(Kind.INFERENCE_COMPONENTS, **changes))


@pytest.mark.parametrize(
    ("hosted", "sent", "now", "under_way"),
    [
        ([BASE, OTHER, ADAPTER], (), ["adapter"], []),
        ([BASE, OTHER, replace(ADAPTER, status="Deleting")], {"adapter"}, [], ["adapter"]),
        ([BASE, OTHER], {"adapter"}, ["base", "other"], []),
        ([replace(BASE, status="Deleting")], {"adapter", "base", "other"}, [], ["base"]),
        ([], {"adapter", "base", "other"}, [], []),
    ],
)
def test_adapters_go_before_their_bases(
    hosted: list[Component], sent: Collection[str], now: list[str], under_way: list[str]
) -> None:
    """D1.16, D3.7: bases wait until the last adapter is gone, the endpoint until the last base is."""
    found = parts_left(SEEN, hosted, sent)
    assert [one.name for one in found.next] == now
    assert [one.name for one in found.under_way] == under_way
    assert found.are_gone == (not hosted)


@pytest.mark.parametrize(
    ("hosted", "sent", "words"),
    [
        ([BASE, OTHER, ADAPTER, part("new")], (), "new is new since the scan"),
        ([BASE, OTHER], (), "adapter was removed after the scan"),
        ([part("base", hours=1), OTHER, ADAPTER], (), "base was re-created"),
        ([replace(BASE, status="Creating"), OTHER, ADAPTER], (), "base is now Creating"),
        ([replace(BASE, status="Updating"), OTHER, ADAPTER], (), "base is now Updating"),
        ([replace(BASE, status="Deleting"), OTHER, ADAPTER], (), "base is now Deleting"),
        ([BASE, OTHER, ADAPTER], {"adapter"}, "adapter was not deleted, its status is InService"),
        (
            [BASE, OTHER, replace(ADAPTER, status="Failed")],
            {"adapter"},
            "adapter was not deleted, its status is Failed",
        ),
    ],
)
def test_any_component_that_is_not_as_approved_keeps_all(
    hosted: list[Component], sent: Collection[str], words: str
) -> None:
    """And the reason names it; only a deletion of ours that came to nothing has failed."""
    with pytest.raises(Kept, match=words) as caught:
        parts_left(SEEN, hosted, sent)
    is_failed = "was not deleted" in words
    assert caught.value.status is (OutcomeStatus.FAILED if is_failed else OutcomeStatus.CHANGED)
