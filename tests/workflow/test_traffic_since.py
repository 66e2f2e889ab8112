"""The second look at the traffic begins where the scan's window ended: between the two no call is overlooked."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

import pytest

from endpoint_sweep.aws.endpoint.adapter import AwsEndpointActor
from endpoint_sweep.domain.model import Series
from endpoint_sweep.resources.endpoint.traffic_series import SeriesKey
from tests.judging.stage import ADA, Stage
from tests.simulation.organization.scenarios.small import FIRST, REGION, one, organization
from tests.workflow.conftest import OpenStage

ROOM = {"MaxDeletesPerAccount": "50", "MaxDeletePercentOfAccount": "100"}
KINDS = ("real-time", "asynchronous")


def scan_ended(stage: Stage, sweep: str, name: str) -> datetime:
    [row] = [row for row in stage.hub.document("plan.json", sweep)["items"] if row["name"] == name]
    return datetime.fromisoformat(row["evidence"]["end"])


def test_no_moment_lies_between_scan_and_second_look(stage_of: OpenStage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Decided three hours later: asked from the very end of the scan's window until then, so the first second counts.

    Of every kind one that was called a second after the scan, and one that was not.
    """
    specs = [one(f"{kind}-{how}", kind=kind) for kind in KINDS for how in ("called", "silent")]
    stage = stage_of(organization(specs), **ROOM)
    asked: dict[str, tuple[datetime, datetime]] = {}
    real = AwsEndpointActor.activity

    def noting(
        self: AwsEndpointActor, keys: Collection[SeriesKey], start: datetime, end: datetime, period: timedelta
    ) -> Mapping[SeriesKey, Series]:
        asked.update({key.endpoint: (start, end) for key in keys})
        return real(self, keys, start, end, period)

    monkeypatch.setattr(AwsEndpointActor, "activity", noting)
    sweep = stage.start()
    links = stage.links(sweep)
    ended = {spec.name: scan_ended(stage, sweep, spec.name) for spec in specs}
    for kind in KINDS:
        called = stage.touch(FIRST, REGION, f"{kind}-called")
        stage.world.invoke(*called, at=ended[f"{kind}-called"].timestamp() + 1)
    stage.hub.ahead = timedelta(hours=3)
    decided = stage.hub.now()
    assert stage.decide(links[ADA], *ended).status == 303
    stage.end(sweep)
    assert {name: start for name, (start, _) in asked.items()} == ended
    assert all(decided <= end <= stage.hub.now() for _, end in asked.values())
    assert {name: stage.disposition(sweep, name)[0] for name in ended} == {
        f"{kind}-{how}": fate for kind in KINDS for how, fate in (("called", "spared"), ("silent", "deleted"))
    }
