"""What is barely used was approved with a number of calls: another one in the same days keeps it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from endpoint_sweep.domain.model import Finding, OutcomeStatus, Series, Verdict
from endpoint_sweep.resources.endpoint.endpoint_type import EndpointType
from endpoint_sweep.resources.endpoint.traffic_series import SeriesKey, of_variant
from endpoint_sweep.resources.resource_type import ResourceType
from endpoint_sweep.rules.acting import Kept
from tests.unit.fake_cell import measured
from tests.unit.samples import NAME, NOW, activity, finding, series

TYPE: ResourceType = EndpointType()
CALLS = of_variant(NAME, "AllTraffic")
SEEN = activity(series(total=4))
LATER = NOW + timedelta(hours=3)
ZEROS = measured(CALLS, 0.0, points=36)


@dataclass
class Actor:
    """CloudWatch: what it says of the scan's window and of the time since, and what it was asked."""

    then: Series
    since: Series = ZEROS
    asked: list[tuple[datetime, datetime, timedelta]] = field(default_factory=list)

    def activity(
        self, keys: Collection[SeriesKey], start: datetime, end: datetime, period: timedelta
    ) -> Mapping[SeriesKey, Series]:
        self.asked.append((start, end, period))
        known = {CALLS: self.since if start == SEEN.end else self.then}
        return {key: known.get(key, measured(key)) for key in keys}


def few(invocations: int | None = 4) -> Finding:
    return finding(verdict=Verdict.BARELY_USED, evidence=SEEN, invocations=invocations)


def kept(actor: Actor, one: Finding) -> tuple[OutcomeStatus, str]:
    with pytest.raises(Kept) as caught:
        TYPE.check_unused(actor, one, LATER)
    return caught.value.status, caught.value.reason


def test_the_same_number_of_calls_may_go() -> None:
    """Read again between the same times, in the periods of the scan."""
    actor = Actor(measured(CALLS, 1.0, 3.0))
    TYPE.check_unused(actor, few(), LATER)
    assert actor.asked == [
        (SEEN.end, LATER, timedelta(minutes=5)),
        (SEEN.start, SEEN.end, timedelta(hours=6)),
    ]


def test_what_is_idle_is_not_asked_again() -> None:
    """Its window showed no call; what came late is found by the last look at the time since."""
    actor = Actor(measured(CALLS, 9.0))
    TYPE.check_unused(actor, finding(evidence=SEEN), LATER)
    assert len(actor.asked) == 1


def test_a_call_since_the_scan_keeps_it() -> None:
    """One is enough, as for what is idle."""
    found = kept(Actor(measured(CALLS, 4.0), measured(CALLS, 1.0, points=36)), few())
    assert found == (OutcomeStatus.SPARED, "it is in use again: it was invoked after the scan")


def test_a_call_that_was_published_late_keeps_it() -> None:
    """Also with fewer calls than the threshold."""
    found = kept(Actor(measured(CALLS, 4.0, 1.0)), few())
    assert found == (OutcomeStatus.SPARED, "it is used more than the scan saw: 5 calls in the same days")


@pytest.mark.parametrize(
    ("then", "known"),
    [
        (measured(CALLS, 3.0), 4),
        (measured(CALLS), 4),
        (measured(CALLS, 4.0), None),
        (measured(CALLS, 4.0, complete=False), 4),
    ],
    ids=["fewer", "none", "not known", "half an answer"],
)
def test_any_doubt_about_the_number_keeps_it(then: Series, known: int | None) -> None:
    """CloudWatch forgets no call, so fewer were not all read."""
    status, why = kept(Actor(then), few(known))
    assert (status, "could not be read" in why) == (OutcomeStatus.FAILED, True)
