"""Monitoring schedules and inference experiments beside the verdict (D1.18, D3.12)."""

from dataclasses import replace

import pytest

from endpoint_sweep.domain.errors import CellDenied
from endpoint_sweep.domain.model import Variant, Verdict
from tests.unit.fake_cell import FakeCell
from tests.unit.samples import NAME, description

SHADOWED = replace(description(), variants=(*description().variants, Variant("s", "ml.m5.large", 1, shadow=True)))
CAPTURING = replace(description(), captures=True)


def advice(cell: FakeCell) -> str:
    found = cell.findings()[NAME]
    assert found.verdict in (Verdict.IDLE, Verdict.NO_EVIDENCE)  # never the reason for a verdict
    return found.advice


def test_an_endpoint_with_neither_is_not_asked_about() -> None:
    """Two calls a cell are saved."""
    cell = FakeCell(descriptions={NAME: description()}, schedules={NAME: ("quality",)}, running=("test",))
    assert advice(cell) == ""
    assert not {"monitoring", "experiments"} & set(cell.asked)


def test_its_schedules_are_named() -> None:
    """Those of the endpoint alone."""
    cell = FakeCell(descriptions={NAME: CAPTURING}, schedules={NAME: ("quality", "bias"), "other": ("drift",)})
    assert advice(cell) == "monitored by the schedule bias and quality"
    assert advice(FakeCell(descriptions={NAME: CAPTURING}, schedules={"other": ("drift",)})) == ""


def test_running_experiments_are_named() -> None:
    """AWS does not say in the list which endpoint one is about."""
    cell = FakeCell(descriptions={NAME: SHADOWED}, running=("b-test", "a-test"))
    assert advice(cell) == "has shadow variants, and the inference experiment a-test and b-test is running"
    assert advice(FakeCell(descriptions={NAME: SHADOWED})) == "has shadow variants; no inference experiment is running"


@pytest.mark.parametrize(
    ("described", "call", "said"),
    [
        (CAPTURING, "monitoring", "captures data, so a monitoring schedule may use it"),
        (SHADOWED, "experiments", "has shadow variants, so a shadow test may be running"),
    ],
)
def test_a_refusal_is_said(described: object, call: str, said: str) -> None:
    """And changes nothing else."""
    cell = FakeCell(descriptions={NAME: described}, errors={call: CellDenied("no")})  # type: ignore[dict-item]
    assert advice(cell) == said
