"""One cell: what is proof of silence, what could be a call, and what the past says."""

from datetime import timedelta
from typing import Any

import pytest

from endpoint_sweep.domain.model import Finding, Policy, Silence, Variant, Verdict
from endpoint_sweep.domain.restorable import YES
from endpoint_sweep.resources.endpoint.history import Past
from endpoint_sweep.resources.endpoint.traffic_series import SeriesKey, key, of_variant, sign_of
from endpoint_sweep.scanning.one_cell import scan
from tests.unit.fake_cell import HERE, TYPES
from tests.unit.resources.endpoint.test_scan import BOTH, PLAIN, ZEROS, running, silent
from tests.unit.samples import ARN, NAME, NOW, POLICY, description, listed


def test_a_variant_that_publishes_nothing_is_idle_only_while_its_instances_ran() -> None:
    """Nothing is not zero: only samples of its instances in nearly every period make it proof (D13.2)."""
    assert silent(values={}).verdicts() == {NAME: Verdict.NO_EVIDENCE}
    found = silent(values=running()).findings()[NAME]
    assert (found.verdict, found.silence) == (Verdict.IDLE, Silence.NOTHING)
    seldom = frozenset(running())
    assert silent(values=running(), sparse=seldom).verdicts() == {NAME: Verdict.NO_EVIDENCE}
    assert silent(values=running(), incomplete=seldom).verdicts() == {NAME: Verdict.NO_EVIDENCE}


def test_a_few_zeros_in_weeks_are_no_proof() -> None:
    """Nearly every period must hold one, or a sample of the instances."""
    few: dict[str, Any] = {"sparse": frozenset({PLAIN})}
    assert silent(**few).verdicts() == {NAME: Verdict.NO_EVIDENCE}
    found = silent(values={PLAIN: ZEROS} | running(), **few).findings()[NAME]
    assert (found.verdict, found.silence) == (Verdict.IDLE, Silence.SOME)
    assert silent().findings()[NAME].silence is Silence.ZEROS


def test_what_is_called_tells_nothing_of_silence() -> None:
    """Zeros among its calls do not count for what silent endpoints publish (D13.2)."""
    assert silent(values={PLAIN: (7.0, 0.0)}).findings()[NAME].silence is None


@pytest.mark.parametrize(
    "sign",
    [
        key("Invocation4XXErrors", BOTH, stat="Maximum"),
        key("Invocation5XXErrors", BOTH, stat="Maximum"),
        key("ModelLatency", BOTH, stat="SampleCount"),
        key("Invocations", BOTH | {"InstanceId": "i-1"}, stat="Maximum"),
        key("SomethingNew", {"EndpointName": NAME}, stat="Maximum"),
    ],
    ids=lambda one: one.metric,
)
def test_whatever_could_be_a_call_keeps(sign: SeriesKey) -> None:
    """Calls that only fail, calls of one instance, a metric that no one knows yet (D1.9, D13.3)."""
    called = silent(values={PLAIN: ZEROS, sign: (2.0,)}).findings()[NAME]
    assert (called.verdict, sign.metric in called.reason) == (Verdict.BUSY, True)
    assert silent(values={PLAIN: ZEROS, sign: ZEROS}).verdicts() == {NAME: Verdict.IDLE}
    unread = silent(values={PLAIN: ZEROS, sign: ZEROS}, incomplete=frozenset({sign}))
    assert unread.verdicts() == {NAME: Verdict.NO_EVIDENCE}


def test_the_copies_that_a_shadow_gets_are_no_calls() -> None:
    """Nor is the number of models in memory (D1.18)."""
    variants = (Variant("AllTraffic", "ml.g5.xlarge", 1), Variant("s", "ml.g5.xlarge", 1, shadow=True))
    copies = key("ModelLatency", BOTH | {"VariantName": "s"}, stat="SampleCount")
    described = {NAME: description(variants=variants)}
    assert silent(values={PLAIN: ZEROS, copies: (9.0,)}, descriptions=described).verdicts() == {NAME: Verdict.IDLE}
    assert sign_of("LoadedModelCount", BOTH) is None


def test_the_copies_that_a_shadow_gets_are_not_counted() -> None:
    """Twice as many calls would halve the cost of each, and the recheck would never find as many (D1.18)."""
    variants = (Variant("AllTraffic", "ml.g5.xlarge", 1), Variant("s", "ml.g5.xlarge", 1, shadow=True))
    calls: dict[SeriesKey, tuple[float, ...]] = {PLAIN: (2.0, 0.0), of_variant(NAME, "s"): (2.0, 0.0)}
    cell = silent(values=calls, descriptions={NAME: description(variants=variants)})
    [found] = scan(TYPES, cell, HERE, Policy(14, 14, barely_used_below=10), NOW).findings
    assert (found.verdict, found.invocations) == (Verdict.BARELY_USED, 2)
    assert found.reason.startswith("2 invocations in 14 days")
    calls[PLAIN] = (0.0, 0.0)
    [found] = scan(TYPES, cell, HERE, POLICY, NOW).findings
    assert found.verdict is Verdict.BUSY


def test_calls_before_the_window_are_told_or_make_a_rhythm() -> None:
    """One read over 15 months, only for what the window shows as idle."""
    once = Past((NOW.replace(hour=0) - timedelta(days=20),))
    found = silent(pasts={PLAIN: once}).findings()[NAME]
    assert (found.verdict, found.last_invocation_at) == (Verdict.IDLE, once.last)
    assert "last call on 31 Oct 2026" in found.reason
    monthly = Past(tuple(NOW.replace(hour=0) - timedelta(days=20 + 30 * month) for month in (3, 2, 1, 0)))
    found = silent(pasts={PLAIN: monthly}).findings()[NAME]
    assert (found.verdict, "it is called every month" in found.reason) == (Verdict.BUSY, True)
    assert silent(pasts={PLAIN: Past(complete=False)}).verdicts() == {NAME: Verdict.NO_EVIDENCE}


@pytest.mark.parametrize(("every", "verdict"), [(30, Verdict.BUSY), (15, Verdict.BUSY), (7, Verdict.BARELY_USED)])
def test_a_rhythm_longer_than_the_window_keeps_also_while_its_run_is_in_it(every: int, verdict: Verdict) -> None:
    """A monthly job that ran last week is no more barely used than one that ran three weeks ago is idle (D1.29)."""
    runs = Past(tuple(NOW.replace(hour=0) - timedelta(days=3 + every * run) for run in (4, 3, 2, 1, 0)))
    cell = silent(values={PLAIN: (2.0, 0.0)}, pasts={PLAIN: runs})
    [found] = scan(TYPES, cell, HERE, Policy(14, 14, barely_used_below=10), NOW).findings
    assert (found.verdict, "it is called every" in found.reason) == (verdict, verdict is Verdict.BUSY)


def test_what_is_protected_and_unused_says_what_it_costs() -> None:
    """Described for its price, never offered; the verdict without its protection is told apart."""
    found = silent(tagged={ARN: {"endpoint-sweep:keep": ""}}).findings()[NAME]
    assert (found.verdict, found.unprotected, found.instances) == (
        Verdict.PROTECTED,
        Verdict.IDLE,
        description().variants,
    )
    assert found.reason.endswith("; its only variant was not invoked in 14 days")
    called = silent(tagged={ARN: {"endpoint-sweep:keep": ""}}, values={PLAIN: (7.0,)}).findings()[NAME]
    assert (called.verdict, called.unprotected) == (Verdict.BUSY, None)


def test_a_timetable_does_not_keep_an_endpoint_young() -> None:
    """Scaling moves LastModifiedTime every day; the configuration tells the last deployment (D2.5)."""
    scaled = listed(last_modified_at=NOW - timedelta(hours=2))
    assert silent(listing=[scaled]).verdicts() == {NAME: Verdict.IDLE}
    new = description(config_created_at=NOW - timedelta(days=13))
    assert silent(listing=[scaled], descriptions={NAME: new}).verdicts() == {NAME: Verdict.TOO_YOUNG}


@pytest.mark.parametrize("status", ["Failed", "OutOfService"])
def test_a_broken_endpoint_is_described_for_its_price(status: str) -> None:
    """Its instances may be billed (D2.8)."""
    cell = silent(listing=[listed(status=status)], descriptions={NAME: description(status=status)})
    found = cell.findings()[NAME]
    assert (found.verdict, found.instances) == (Verdict.NOT_IN_SERVICE, description().variants)
    assert "past" not in " ".join(cell.asked)


def test_a_few_calls_are_a_verdict_of_their_own_where_the_stack_asks() -> None:
    """Never mixed with idle; a queue or a refused call is more than barely used."""
    policy = Policy(14, 14, barely_used_below=10)

    def judged(calls: float) -> Finding:
        [found] = scan(TYPES, silent(values={PLAIN: (calls, 0.0)}), HERE, policy, NOW).findings
        return found

    assert judged(9).verdict is Verdict.BARELY_USED
    assert judged(9).restorable == YES
    assert judged(9).reason.startswith("9 invocations in 14 days; fewer than 10")
    assert [judged(calls).verdict for calls in (0, 10)] == [Verdict.IDLE, Verdict.BUSY]
    assert silent(values={PLAIN: (9.0, 0.0)}).verdicts() == {NAME: Verdict.BUSY}
