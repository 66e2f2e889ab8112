"""Monitoring schedules and inference experiments: beside the verdict, but for a running one (D1.18, D3.12, D13.5)."""

from dataclasses import replace

import pytest

from endpoint_sweep.domain.errors import CellDenied, CellFailed
from endpoint_sweep.domain.model import Variant, Verdict
from endpoint_sweep.resources.endpoint.traffic_series import of_variant
from tests.unit.fake_cell import FakeCell
from tests.unit.samples import NAME, description, listed

SHADOWED = replace(description(), variants=(*description().variants, Variant("s", "ml.m5.large", 1, shadow=True)))
CAPTURING = replace(description(), captures=True)
CALLS = of_variant(NAME, "AllTraffic")
SILENT = {CALLS: (0.0,) * 56}


def advice(cell: FakeCell) -> str:
    found = cell.findings()[NAME]
    assert found.verdict is Verdict.IDLE
    return found.advice


def test_an_endpoint_with_neither_is_not_asked_about() -> None:
    """Two calls a cell are saved."""
    cell = FakeCell(
        values=SILENT, descriptions={NAME: description()}, schedules={NAME: ("quality",)}, running={"test": NAME}
    )
    assert advice(cell) == ""
    assert not {"monitoring", "experiments"} & set(cell.asked)


def test_its_schedules_are_named() -> None:
    """Those of the endpoint alone."""
    cell = FakeCell(
        values=SILENT, descriptions={NAME: CAPTURING}, schedules={NAME: ("quality", "bias"), "other": ("drift",)}
    )
    assert advice(cell) == "monitored by the schedules bias and quality"
    assert advice(FakeCell(values=SILENT, descriptions={NAME: CAPTURING}, schedules={"other": ("drift",)})) == ""


def test_experiments_on_other_endpoints_are_no_matter() -> None:
    """Of shadow variants that no test uses approvers read."""
    for running in ({}, {"a-test": "other"}):
        cell = FakeCell(values=SILENT, descriptions={NAME: SHADOWED}, running=running)
        assert advice(cell) == "has shadow variants; no inference experiment is running"


@pytest.mark.parametrize(
    ("running", "reason"),
    [
        ({"b": NAME, "a": NAME, "c": "x"}, "the inference experiments a and b are running on it"),
        ({"a": NAME, "b": ""}, "the inference experiments a and b are running on it"),
        ({"b": ""}, "the inference experiment b is running, and on which endpoint could not be read"),
    ],
)
def test_a_running_experiment_keeps_its_endpoint(running: dict[str, str], reason: str) -> None:
    """One of which the endpoint cannot be read may be about any that has shadow variants (D13.5)."""
    found = FakeCell(values=SILENT, descriptions={NAME: SHADOWED}, running=running).findings()[NAME]
    assert (found.verdict, found.reason) == (Verdict.PROTECTED, reason)
    assert found.advice.startswith("has shadow variants, and the inference experiment")


def test_what_a_tag_and_a_shadow_test_keep_is_not_unused() -> None:
    """The tag is the reason; without it the test would keep the endpoint, so the report does not list it as waste."""
    tags = {"endpoint-sweep:keep": ""}
    cell = FakeCell(values=SILENT, descriptions={NAME: SHADOWED}, running={"a": NAME}, tagged={listed().arn: tags})
    found = cell.findings()[NAME]
    assert (found.verdict, found.unprotected) == (Verdict.PROTECTED, Verdict.PROTECTED)
    assert found.reason == "its owner protects it with the tag endpoint-sweep:keep"


def test_a_called_endpoint_is_busy_whatever_runs_on_it() -> None:
    """The experiment is no reason that hides a better one."""
    cell = FakeCell(values={CALLS: (3.0,)}, descriptions={NAME: SHADOWED}, running={"a": NAME})
    assert cell.findings()[NAME].verdict is Verdict.BUSY


def test_a_refusal_to_tell_of_schedules_is_said() -> None:
    """And changes nothing else: a schedule goes on without its endpoint."""
    cell = FakeCell(values=SILENT, descriptions={NAME: CAPTURING}, errors={"monitoring": CellDenied("no")})
    assert advice(cell) == "captures data, so a monitoring schedule may use it"


@pytest.mark.parametrize("error", [CellDenied("no"), CellFailed("a broken answer")])
def test_shadow_tests_that_cannot_be_read_keep_what_they_may_use(error: Exception) -> None:
    """Only an endpoint with shadow variants can be in one."""
    cell = FakeCell(values=SILENT, descriptions={NAME: SHADOWED}, errors={"experiments": error})
    found = cell.findings()[NAME]
    reason = "it has shadow variants, and whether a shadow test is running could not be read"
    assert (found.verdict, found.reason) == (Verdict.PROTECTED, reason)
    assert found.advice == "has shadow variants, so a shadow test may be running"
    plain = FakeCell(values=SILENT, descriptions={NAME: description()}, errors={"experiments": error})
    assert advice(plain) == ""
