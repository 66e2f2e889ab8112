"""What a finding tells of its endpoint, and that nothing which was read is lost on the way to it."""

from datetime import timedelta

from endpoint_sweep.domain.model import Component, CoverageStatus, Kind, Verdict
from endpoint_sweep.resources.endpoint.traffic_series import of_asynchronous, of_component, of_variant
from endpoint_sweep.scanning.one_cell import scan
from tests.unit.fake_cell import HERE, TYPES, FakeCell, another
from tests.unit.samples import ACCOUNT, ARN, NAME, NOW, POLICY, REGION, description, listed

BLUE, GREEN = of_variant(NAME, "blue"), of_variant(NAME, "green")
BOTH = description("blue", "green")
ZEROS = (0.0, 0.0)


def test_a_finding_tells_which_endpoint_it_is_and_whose() -> None:
    """Its own tags and inference components, no one else's."""
    own, tags = Component("llm", NAME, "AllTraffic"), {"owner": "mira@example.com", "team": "vision"}
    cell = FakeCell(
        descriptions={NAME: description(kind=Kind.INFERENCE_COMPONENTS)},
        hosted=[own, Component("other", "another", "AllTraffic")],
        tagged={ARN: tags},
    )
    found = cell.findings()[NAME]
    assert (found.account, found.region, found.name, found.arn) == (ACCOUNT, REGION, NAME, ARN)
    assert found.created_at == listed().created_at
    assert (found.tags, found.owner) == (tags, "mira@example.com")
    assert found.components == (own,)


def test_the_newest_status_is_told() -> None:
    """A description is younger than the list, where there is one."""
    busy = FakeCell(values={of_variant(NAME, "AllTraffic"): (7.0,)})
    assert busy.findings()[NAME].status == "InService"
    changing = FakeCell(descriptions={NAME: description(status="Updating")})
    assert changing.findings()[NAME].status == "Updating"


def test_the_last_call_is_told() -> None:
    """The datapoint of twelve hours ago had calls, that of six hours ago had none."""
    cell = FakeCell(values={of_variant(NAME, "AllTraffic"): (0.0, 3.0)})
    assert cell.findings()[NAME].last_invocation_at == NOW - timedelta(hours=12)
    assert FakeCell(descriptions={NAME: description()}).findings()[NAME].last_invocation_at is None


def test_the_kind_of_a_busy_endpoint_is_told_by_its_own_series() -> None:
    """Another one's queue says nothing about it."""
    cell = FakeCell(
        listing=[listed(), another("queue")],
        values={of_variant(NAME, "AllTraffic"): (7.0,), of_asynchronous("queue", "AllTraffic")[0]: (2.0,)},
    )
    assert {name: one.kind for name, one in cell.findings().items()} == {NAME: None, "queue": Kind.ASYNCHRONOUS}


def test_a_listing_that_broke_off_is_told() -> None:
    """There may be endpoints that no one saw, so the cell was scanned in part only (FI-03)."""
    cell = FakeCell(
        descriptions={NAME: description()}, values={of_variant(NAME, "AllTraffic"): ZEROS}, broken="throttled"
    )
    row = scan(TYPES, cell, HERE, POLICY, NOW)
    assert (row.status, row.reason) == (CoverageStatus.PARTIAL, "throttled")
    assert [one.verdict for one in row.findings] == [Verdict.NO_EVIDENCE]


def test_the_whole_window_is_read() -> None:
    """Fourteen days that end on the hour, a quarter of an hour ago or earlier, in steps of six hours (D1.23)."""
    cell = FakeCell(descriptions={NAME: description()})
    cell.findings()
    assert cell.spans == [(NOW - timedelta(days=14, hours=6), NOW - timedelta(hours=1), timedelta(hours=6))]


def test_a_second_reading_adds_to_the_first() -> None:
    """A variant that ListMetrics forgot is read later (D5.4): its zeros do not replace those of the other."""
    cell = FakeCell(descriptions={NAME: BOTH}, values={BLUE: ZEROS, GREEN: ZEROS}, forgotten=frozenset({GREEN}))
    assert cell.verdicts() == {NAME: Verdict.IDLE}
    first, second = cell.keys
    assert (first, second & {BLUE, GREEN}) == ({BLUE}, {GREEN})


def test_each_described_endpoint_is_measured() -> None:
    """Whatever stands before it in the list: one that vanished, or one that needs series of its own."""
    called = of_variant("called", "green")
    cell = FakeCell(
        listing=[another("a-gone"), another("called"), listed()],
        descriptions={"called": BOTH, NAME: BOTH},
        values={called: (3.0,), GREEN: (5.0,)},
        forgotten=frozenset({called, GREEN}),
    )
    assert cell.verdicts() == {"a-gone": Verdict.NO_EVIDENCE, "called": Verdict.BUSY, NAME: Verdict.BUSY}


def test_the_components_of_a_called_endpoint_are_read_at_once() -> None:
    """Those that ListMetrics forgot as well, so that one reading is enough."""
    [silent, _], [forgotten, _] = of_component("llm"), of_component("old")
    cell = FakeCell(
        descriptions={NAME: description(kind=Kind.INFERENCE_COMPONENTS)},
        hosted=[Component(name, NAME, "AllTraffic") for name in ("llm", "old")],
        values={silent: ZEROS, forgotten: ZEROS},
        forgotten=frozenset({forgotten}),
    )
    assert cell.verdicts() == {NAME: Verdict.IDLE}
    assert [one for one in cell.asked if one.startswith("activity")] == ["activity 4 and past 12"]
