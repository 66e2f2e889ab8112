"""What changed or was called since the approval, in what order inference components go, and what a deletion did."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from endpoint_sweep.domain.model import Component, Description, Finding, Kind, OutcomeStatus, Series, Variant
from endpoint_sweep.resources.endpoint.endpoint_type import EndpointType
from endpoint_sweep.resources.endpoint.idleness import JUDGED
from endpoint_sweep.resources.endpoint.recheck import (
    check_fingerprint,
    judge_deletion,
    parts_left,
)
from endpoint_sweep.resources.endpoint.traffic_series import (
    SeriesKey,
    control,
    controls,
    key,
    of_asynchronous,
    of_component,
    of_variant,
)
from endpoint_sweep.resources.resource_type import ResourceType
from endpoint_sweep.rules.acting import Kept
from tests.unit.fake_cell import measured
from tests.unit.samples import NAME, NOW, description, finding


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
        ([BASE, OTHER, ADAPTER], {"adapter"}, "adapter was not deleted; its status is InService"),
        (
            [BASE, OTHER, replace(ADAPTER, status="Failed")],
            {"adapter"},
            "adapter was not deleted; its status is Failed",
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


TYPE: ResourceType = EndpointType()
SINCE, LATER = finding().evidence.end, NOW + timedelta(hours=3)
EVERY_PERIOD = (LATER - SINCE) // timedelta(minutes=5)
CALLS, CPU = of_variant(NAME, "AllTraffic"), control(NAME, "AllTraffic")
QUEUE = of_asynchronous(NAME, "AllTraffic")
PART = Component("llm", NAME, "AllTraffic")
PART_CALLS, PART_REFUSALS = of_component("llm")


@dataclass
class Actor:
    """CloudWatch between scan and deletion: `values` by series; `incomplete` ones it does not answer whole."""

    values: Mapping[SeriesKey, tuple[float, ...]]
    incomplete: frozenset[SeriesKey] = frozenset()
    sparse: frozenset[SeriesKey] = frozenset()
    asked: list[tuple[frozenset[SeriesKey], datetime, datetime, timedelta]] = field(default_factory=list)

    def activity(
        self, keys: Collection[SeriesKey], start: datetime, end: datetime, period: timedelta
    ) -> Mapping[SeriesKey, Series]:
        self.asked.append((frozenset(keys), start, end, period))
        return {key: self._series(key) for key in sorted(keys)}

    def _series(self, key: SeriesKey) -> Series:
        """What is published is published all the time, unless `sparse` says otherwise."""
        values = self.values.get(key, ())
        points = len(values) if key in self.sparse or not values else EVERY_PERIOD
        return measured(key, *values, complete=key not in self.incomplete, points=points)


def approved(kind: Kind | None, **changes: Any) -> Finding:
    components = (PART,) if kind is Kind.INFERENCE_COMPONENTS else ()
    return finding(kind=kind, components=components, **changes)


def check(actor: Actor, of: Finding) -> None:
    TYPE.check_unused(actor, of, LATER)


# Of each kind: what CloudWatch answers while nothing calls it, and every series that shows a call.
QUIET: list[tuple[Kind, dict[SeriesKey, tuple[float, ...]], tuple[SeriesKey, ...]]] = [
    (Kind.REAL_TIME, {CALLS: (0.0,)}, (CALLS,)),
    (Kind.ASYNCHRONOUS, {CPU: (60.0,)}, QUEUE),
    (Kind.INFERENCE_COMPONENTS, {CPU: (60.0,)}, (PART_CALLS, PART_REFUSALS)),
    (Kind.SERVERLESS_PROVISIONED, {next(iter(controls(NAME, ("AllTraffic",), Kind.SERVERLESS_PROVISIONED))): (1.0,)},
     (CALLS,)),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "quiet", "calls"), QUIET, ids=lambda value: value if isinstance(value, str) else "")
def test_what_nobody_called_since_the_scan_may_be_deleted(
    kind: Kind, quiet: dict[SeriesKey, tuple[float, ...]], calls: tuple[SeriesKey, ...]
) -> None:
    """Every series of its kind is read, from the end of the scan's window until now, in points of five minutes."""
    actor = Actor(quiet)
    check(actor, approved(kind))
    [(keys, *asked)] = actor.asked
    assert asked == [SINCE, LATER, timedelta(minutes=5)]
    assert keys >= {*quiet, *calls}


@pytest.mark.parametrize("late", [True, False])
def test_nearly_every_period_since_the_scan_has_a_point(late: bool) -> None:
    """The last ones may not be published yet (D5.10); a single zero in hours is no proof."""
    zeros = Actor({CALLS: (0.0,) * (EVERY_PERIOD - (6 if late else 7))}, sparse=frozenset({CALLS}))
    if late:
        check(zeros, approved(Kind.REAL_TIME))
    else:
        with pytest.raises(Kept, match="could not be read"):
            check(zeros, approved(Kind.REAL_TIME))
        check(Actor(dict(zeros.values) | {CPU: (60.0,)}, sparse=zeros.sparse), approved(Kind.REAL_TIME))


def test_calls_that_failed_since_the_scan_spare_it() -> None:
    """Errors are requests of someone who needs it (D13.3)."""
    failed = key("Invocation5XXErrors", {"EndpointName": NAME, "VariantName": "AllTraffic"}, stat="Maximum")
    with pytest.raises(Kept, match="it is in use again"):
        check(Actor({CALLS: (0.0,), failed: (1.0,)}), approved(Kind.REAL_TIME))


@pytest.mark.parametrize(("kind", "quiet", "calls"), QUIET, ids=lambda value: value if isinstance(value, str) else "")
def test_a_single_call_since_the_scan_spares_it(
    kind: Kind, quiet: dict[SeriesKey, tuple[float, ...]], calls: tuple[SeriesKey, ...]
) -> None:
    """In whichever of its series, and even where the rest could not be read."""
    for called in calls:
        for incomplete in (frozenset[SeriesKey](), frozenset({*quiet, *calls})):
            with pytest.raises(Kept, match="it is in use again") as caught:
                check(Actor(quiet | {called: (0.0, 0.5)}, incomplete), approved(kind))
            assert caught.value.status is OutcomeStatus.SPARED


@pytest.mark.parametrize(("kind", "quiet", "calls"), QUIET, ids=lambda value: value if isinstance(value, str) else "")
def test_silence_that_nobody_vouches_for_keeps_it(
    kind: Kind, quiet: dict[SeriesKey, tuple[float, ...]], calls: tuple[SeriesKey, ...]
) -> None:
    """Without zeros or a sample of a running instance, or with half an answer, no one knows (I5)."""
    doubts = [Actor({}), *(Actor(quiet, frozenset({one})) for one in {*quiet, *calls})]
    for actor in doubts:
        with pytest.raises(Kept, match="its traffic since the scan could not be read") as caught:
            check(actor, approved(kind))
        assert caught.value.status is OutcomeStatus.FAILED


@pytest.mark.parametrize("kind", [Kind.UNKNOWN, Kind.SERVERLESS, None])
def test_a_kind_that_nothing_vouches_for_is_kept(kind: Kind | None) -> None:
    """A sweep offers none of them; whoever made up such a plan gets nothing deleted."""
    with pytest.raises(Kept, match="could not be read"):
        check(Actor({CALLS: (0.0,), CPU: (60.0,)}), approved(kind))


def test_every_variant_that_serves_must_publish_zeros() -> None:
    """A shadow's traffic proves nothing, so it is not asked for (D1.18)."""
    pair = (Variant("a", "ml.m5.large", 1), Variant("b", "ml.m5.large", 1), Variant("c", "ml.m5.large", 1, shadow=True))
    zeros = {of_variant(NAME, one): (0.0,) for one in "ab"}
    actor = Actor(zeros)
    check(actor, approved(Kind.REAL_TIME, instances=pair))
    assert {one.variant for one in actor.asked[0][0]} == {"a", "b"}
    with pytest.raises(Kept, match="could not be read"):
        check(Actor({of_variant(NAME, "a"): (0.0,)}), approved(Kind.REAL_TIME, instances=pair))


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"status": "Deleting"}, OutcomeStatus.SENT, "still deleting"),
        ({"status": "Failed"}, OutcomeStatus.FAILED, "its deletion failed"),
        ({"status": "InService"}, OutcomeStatus.FAILED, "kept: it was not deleted; its status is InService"),
        ({"status": "Deleting", "created_at": NOW}, OutcomeStatus.CHANGED, "an endpoint with the same name"),
        ({"status": "Failed", "created_at": NOW}, OutcomeStatus.CHANGED, "an endpoint with the same name"),
    ],
    ids=str,
)
def test_what_is_still_there_after_its_deletion(changes: dict[str, Any], status: OutcomeStatus, words: str) -> None:
    """Another one under the same name is no one's failure, and nothing is done to it (D2.7)."""
    outcome, why = judge_deletion(description(**changes), finding())
    assert (outcome, why.startswith(words)) == (status, True)
