"""What changed since the approval, and whether an approved endpoint was used. Any doubt keeps it."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from endpoint_sweep.domain.model import Component, Description, Finding, Kind, OutcomeStatus, Variant, Verdict
from endpoint_sweep.resources.endpoint import proof, traffic_series
from endpoint_sweep.resources.endpoint.idleness import JUDGED, traffic
from endpoint_sweep.resources.endpoint.ports import EndpointActor
from endpoint_sweep.resources.endpoint.traffic_series import INVOCATIONS, SeriesKey
from endpoint_sweep.rules.acting import Kept, Parts

# A session policy holds 2,048 characters (D9.6), so this many ARNs with the longest names fit.
COMPONENTS_AT_ONCE = 5
_DELETABLE = {"InService", "Failed"}
# CloudWatch keeps 1-minute points for 15 days and 5-minute points for 63 (D1.23), which is enough to see any call.
_PERIOD = timedelta(minutes=5)
_LATE = 4  # of the last periods, published up to a quarter of an hour late (D5.10)


def check_fingerprint(now: Description, approved: Finding) -> None:
    """A re-created endpoint has the same name and ARN, so compare creation time, configuration and variants (D2.7).

    Raises Kept.
    """
    if now.created_at != approved.created_at:
        raise Kept(OutcomeStatus.CHANGED, "it was re-created under the same name after the scan")
    if now.status not in JUDGED or now.status != approved.status:
        raise Kept(OutcomeStatus.CHANGED, f"its status is now {now.status}")
    if now.config != approved.config or _names(now.variants) != _names(approved.instances):
        raise Kept(OutcomeStatus.CHANGED, "its configuration was changed after the scan")
    if now.kind != approved.kind:
        raise Kept(OutcomeStatus.CHANGED, f"its kind is now {now.kind}")
    # SageMaker itself removes instances when inference components go (D4.3), so no one decided that change.
    floats = now.kind is Kind.INFERENCE_COMPONENTS
    if not floats and sorted(map(_size, now.variants)) != sorted(map(_size, approved.instances)):
        raise Kept(OutcomeStatus.CHANGED, "its instances were changed after the scan")


def _names(variants: Iterable[Variant]) -> set[str]:
    return {one.variant for one in variants}


def _size(one: Variant) -> tuple[str, bool, str, int]:
    """What changes when someone scales an endpoint, which shows that they have plans for it."""
    return one.variant, one.shadow, one.type or "", -1 if one.count is None else one.count


def parts_left(approved: Iterable[Component], hosted: Iterable[Component], sent: Collection[str]) -> Parts:
    """Compares the components with those of the scan and says what to delete next: adapters before bases (D1.16, D3.7).

    `sent`: names of components whose deletion has an intent. Raises Kept if one is new, re-created, removed by someone
    else, being created or changed, or if its deletion failed.
    """
    known = {one.name: one for one in approved}
    here = {one.name: one for one in hosted}
    for one in here.values():
        _check_component(one, known.get(one.name), was_sent=one.name in sent)
    if gone := sorted(known.keys() - here.keys() - set(sent)):
        raise Kept(OutcomeStatus.CHANGED, f"its inference component {gone[0]} was removed after the scan")
    under_way = tuple(one for one in here.values() if one.name in sent)
    adapters = [one for one in here.values() if one.base]
    left = [one for one in adapters or here.values() if one.name not in sent]
    following = sorted(left, key=lambda one: one.name)[:COMPONENTS_AT_ONCE]
    return Parts(tuple(here.values()), tuple(following), under_way)


def check_unused(actor: EndpointActor, finding: Finding, now: datetime) -> None:
    """Checks that nothing was called between the end of the scan's window and now, and that CloudWatch answers.

    The same proof as in the scan: zeros in nearly every period, or samples of the instances while nothing else was
    published. Traffic of inference components is published under their own names only (D1.5).
    """
    kind = finding.kind or Kind.UNKNOWN
    serving = tuple(dict.fromkeys(one.variant for one in finding.instances if not one.shadow))
    keys = traffic_series.expected(finding.name, serving, kind, finding.components)
    signs = traffic_series.signs(finding.name, serving, kind, finding.components)
    controls = traffic_series.controls(finding.name, serving, kind)
    start = finding.evidence.end
    measured = actor.activity(keys | signs | controls, start, now, _PERIOD)
    if any(measured[key].total > 0 for key in keys | signs):
        raise Kept(OutcomeStatus.SPARED, "it is in use again: it was invoked after the scan")
    periods = (now - start) // _PERIOD

    def are_dense(wanted: Collection[SeriesKey]) -> bool:
        return bool(wanted) and all(proof.is_dense(measured[key].points, periods, _LATE) for key in wanted)

    has_zeros = are_dense([key for key in keys if key.metric == INVOCATIONS])
    is_complete = all(one.complete for one in measured.values())
    # A kind without controls is never offered; nothing is known of it.
    if not (controls and is_complete and (has_zeros or are_dense(controls))):
        raise Kept(OutcomeStatus.FAILED, "kept: its traffic since the scan could not be read")
    if finding.verdict is Verdict.BARELY_USED:
        _check_as_few_calls(actor, finding, keys)


def _check_as_few_calls(actor: EndpointActor, finding: Finding, keys: Collection[SeriesKey]) -> None:
    """A barely used endpoint was approved with this number of calls, so the scan's window must still show it.

    More calls were published late; fewer mean that not all could be read.
    """
    seen = finding.evidence
    again = actor.activity(keys, seen.start, seen.end, proof.period_of((seen.end - seen.start).days))
    series = tuple(again[key] for key in keys)
    calls = traffic(replace(seen, series=series))
    if finding.invocations is not None and calls > finding.invocations:
        raise Kept(OutcomeStatus.SPARED, f"it is used more than the scan saw: {calls:,} calls in the same days")
    if calls != finding.invocations or not all(one.complete for one in series):
        raise Kept(OutcomeStatus.FAILED, "kept: its calls before the scan could not be read as the scan read them")


def judge_deletion(seen: Description, finding: Finding) -> tuple[OutcomeStatus, str]:
    """What became of an endpoint that is still there after its deletion was sent."""
    if seen.created_at != finding.created_at:
        return OutcomeStatus.CHANGED, "an endpoint with the same name was created in the meantime; it is left alone"
    if seen.status == "Deleting":
        return OutcomeStatus.SENT, "still deleting"
    if seen.status == "Failed":
        return OutcomeStatus.FAILED, "its deletion failed; its SageMaker status is Failed"
    return OutcomeStatus.FAILED, f"kept: it was not deleted; its status is {seen.status}"


def _check_component(now: Component, approved: Component | None, *, was_sent: bool) -> None:
    if approved is None:
        raise Kept(OutcomeStatus.CHANGED, f"its inference component {now.name} is new since the scan")
    if now.created_at != approved.created_at:
        raise Kept(OutcomeStatus.CHANGED, f"its inference component {now.name} was re-created after the scan")
    if was_sent and now.status != "Deleting":
        said = f"its inference component {now.name} was not deleted; its status is {now.status}"
        raise Kept(OutcomeStatus.FAILED, f"kept: {said}")
    if not was_sent and now.status not in _DELETABLE:
        raise Kept(OutcomeStatus.CHANGED, f"the status of its inference component {now.name} is now {now.status}")
