"""The positive control: a kind that publishes nothing while it is idle needs a sign that its metrics can be read."""

import pytest

from endpoint_sweep.domain.model import Description, Kind, Variant, Verdict
from endpoint_sweep.resources.endpoint.traffic_series import control, controls, key, of_asynchronous, of_variant
from tests.unit.fake_cell import FakeCell, another
from tests.unit.samples import NAME, description, listed

ASYNC = description(kind=Kind.ASYNCHRONOUS)
PROVISIONED = description(kind=Kind.SERVERLESS_PROVISIONED, variants=(Variant("AllTraffic", None, None),))


def test_an_asynchronous_endpoint_needs_a_sign_that_metrics_work() -> None:
    """It publishes nothing when idle: CPU samples of its own instances show it, and no neighbour's (D1.8, D1.20)."""
    running = control(NAME, "AllTraffic")
    silence = FakeCell(descriptions={NAME: ASYNC})
    assert silence.verdicts() == {NAME: Verdict.NO_EVIDENCE}
    assert silence.keys == [{*of_asynchronous(NAME, "AllTraffic"), running}]
    assert FakeCell(descriptions={NAME: ASYNC}, values={running: (60.0,)}).verdicts() == {NAME: Verdict.IDLE}
    beside = FakeCell(
        listing=[listed(), another("busy")],
        descriptions={NAME: ASYNC},
        values={of_variant("busy", "AllTraffic"): (5.0,)},
    )
    assert beside.verdicts() == {NAME: Verdict.NO_EVIDENCE, "busy": Verdict.BUSY}


def test_the_control_is_no_traffic() -> None:
    """Model servers idle at a few percent of CPU (D1.20)."""
    found = FakeCell(descriptions={NAME: ASYNC}, values={control(NAME, "AllTraffic"): (60.0,)}).findings()[NAME]
    assert (found.verdict, found.invocations, found.last_invocation_at) == (Verdict.IDLE, None, None)
    assert {one.metric for one in found.evidence.series}.isdisjoint({"CPUUtilization"})


def test_provisioned_concurrency_that_publishes_nothing_needs_the_control() -> None:
    """It has no instances: its own utilization shows it, as it must again before the deletion (D1.7, D1.28)."""
    assert FakeCell(descriptions={NAME: PROVISIONED}).verdicts() == {NAME: Verdict.NO_EVIDENCE}
    both = {"EndpointName": NAME, "VariantName": "AllTraffic"}
    warm = {key("ServerlessProvisionedConcurrencyUtilization", both, stat="SampleCount"): (60.0,)}
    assert FakeCell(descriptions={NAME: PROVISIONED}, values=warm).verdicts() == {NAME: Verdict.IDLE}
    beside = FakeCell(
        listing=[listed(), another("busy")],
        descriptions={NAME: PROVISIONED},
        values={of_variant("busy", "AllTraffic"): (5.0,)},
    )
    assert beside.verdicts() == {NAME: Verdict.NO_EVIDENCE, "busy": Verdict.BUSY}
    setup = key("ModelSetupTime", both, stat="SampleCount")
    assert FakeCell(descriptions={NAME: PROVISIONED}, values=warm | {setup: (9.0,)}).verdicts() == {NAME: Verdict.BUSY}


@pytest.mark.parametrize("kind", [Kind.ASYNCHRONOUS, Kind.INFERENCE_COMPONENTS])
def test_every_variant_needs_its_own_control(kind: Kind) -> None:
    """Where one variant's instances left samples, the other's silence is still no evidence (D1.20, D1.28)."""
    two: Description = description("blue", "green", kind=kind)
    blue, green = (control(NAME, variant) for variant in ("blue", "green"))
    assert controls(NAME, ("blue", "green"), kind) == {blue, green}
    for values in ({blue: (60.0,)}, {green: (60.0,)}, {blue: (60.0,), green: ()}):
        assert FakeCell(descriptions={NAME: two}, values=values).verdicts() == {NAME: Verdict.NO_EVIDENCE}
    both = {blue: (60.0,), green: (60.0,)}
    assert FakeCell(descriptions={NAME: two}, values=both).verdicts() == {NAME: Verdict.IDLE}
