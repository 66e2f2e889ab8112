"""What is not as it was approved any more, and in what order inference components go."""

import json
import re
from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

import pytest

from endpoint_sweep.domain.model import Component, Description, Finding, Kind, OutcomeStatus, ResourceId
from endpoint_sweep.resources.endpoint.idleness import JUDGED
from endpoint_sweep.resources.endpoint.permissions import act_policy
from endpoint_sweep.resources.endpoint.recheck import (
    COMPONENTS_AT_ONCE,
    check_fingerprint,
    parts_left,
)
from endpoint_sweep.rules.acting import Checkpoint, Kept, source_identity
from endpoint_sweep.storage.kill_switch import why_stopped
from tests.unit.samples import NOW, description, finding


def part(name: str, base: str = "", status: str = "InService", hours: int = 0) -> Component:
    return Component(name, "host", "v", status, f"arn:{name}", NOW + timedelta(hours=hours), base)


BASE, OTHER, ADAPTER = part("base"), part("other"), part("adapter", "base")
SEEN = [replace(one, base="") for one in (BASE, OTHER, ADAPTER)]  # A scan does not learn the base.


def test_there_are_eleven_points() -> None:
    """In the order in which a deletion passes them (S3.11)."""
    assert [point.value for point in Checkpoint] == [
        *("kill-switch", "decision", "role", "fingerprint", "tags", "traffic", "bundle", "intent"),
        *("last-look", "delete", "outcome"),
    ]


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


@pytest.mark.parametrize("approver", ["ada@example.com", f"{'x' * 64}@example.com", "jörg@exämple.com", "a'b@c.de"])
def test_a_source_identity_is_one_that_sts_takes(approver: str) -> None:
    """At most 64 of its characters, the approver first."""
    said = source_identity("2026-11-20T06-00Z-a-very-long-name-of-a-sweep" * 2, approver)
    assert re.fullmatch(r"[\w+=,.@-]{2,64}", said, re.ASCII)
    assert source_identity("2026-11-20T06-00Z", "ada@example.com") == "ada@example.com,2026-11-20T06-00Z"
    assert source_identity("s", "jörg o'hara@example.com") == "j-rg-o-hara@example.com,s"
    assert source_identity("s" * 70, "a" * 41) == f"{'a' * 40},{'s' * 23}"


def test_the_longest_session_policy_fits() -> None:
    """D9.6: 2,048 characters, with the longest names in the longest region and partition."""
    target = ResourceId("222222222222", "us-isob-northeast-1", "e" * 63)
    arn = f"arn:aws-iso-b:sagemaker:{target.region}:{target.account}:inference-component/"
    arns = [f"{arn}{number}{'c' * 62}" for number in range(COMPONENTS_AT_ONCE)]
    assert len(json.dumps(act_policy("aws-iso-b", target, arns), separators=(",", ":"))) <= 2048


def test_a_session_that_only_looks_can_delete_nothing() -> None:
    """What confirms a deletion has no permission to repeat it."""
    assert "sagemaker:Delete" not in json.dumps(act_policy("aws", ResourceId("2" * 12, "us-east-1", "e"), ()))


class Switch:
    def __init__(self, value: str) -> None:
        self._value = value

    def read(self) -> str:
        return self._value


@pytest.mark.parametrize(("value", "stops"), [("off", False), (" OFF\n", False), ("on", True), ("", True), ("0", True)])
def test_only_off_is_off(value: str, stops: bool) -> None:
    """FI-50."""
    assert bool(why_stopped(Switch(value))) is stops
