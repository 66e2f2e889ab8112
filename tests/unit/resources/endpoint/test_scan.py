"""One cell: what is asked, in which order, and that no answer is mistaken for silence."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from endpoint_sweep.domain.errors import CellDenied, CellFailed, NotConnected, TokenRefused
from endpoint_sweep.domain.model import Component, Kind, Policy, Verdict
from endpoint_sweep.domain.restorable import NOT_ASKED, YES
from endpoint_sweep.resources.endpoint.traffic_series import (
    SeriesKey,
    control,
    key,
    of_asynchronous,
    of_component,
    of_variant,
)
from endpoint_sweep.scanning.one_cell import scan
from tests.unit.fake_cell import HERE, TYPES, FakeCell, another
from tests.unit.samples import ARN, NAME, NOW, description, listed

PLAIN = of_variant(NAME, "AllTraffic")
ASYNC = description(kind=Kind.ASYNCHRONOUS)
HOSTING = description(kind=Kind.INFERENCE_COMPONENTS)
COMPONENT = Component("llm", NAME, "AllTraffic")
CALLS, TURNED_AWAY = of_component("llm")
ZEROS, MODELS = (0.0, 0.0), "restorable resnet-demo-config"
BOTH = {"EndpointName": NAME, "VariantName": "AllTraffic"}


def running(*variants: str) -> dict[SeriesKey, tuple[float, ...]]:
    """Samples of the instances of these variants, or of the only one."""
    return {control(NAME, variant): (60.0,) for variant in variants or ("AllTraffic",)}


def silent(**changes: Any) -> FakeCell:
    """One silent real-time endpoint."""
    given: dict[str, Any] = {"values": {PLAIN: ZEROS}, "descriptions": {NAME: description()}}
    return FakeCell(**given | changes)


def test_an_idle_endpoint_costs_six_calls() -> None:
    """List, tags, metrics, figures with their history, description, and whether its models are there."""
    cell = silent()
    assert cell.verdicts() == {NAME: Verdict.IDLE}
    assert cell.asked == ["endpoints", "tags", "published", "activity 1 and past 4", f"describe {NAME}", MODELS]


def test_an_empty_cell_costs_one_call() -> None:
    """Most cells are empty (D5.11)."""
    cell = FakeCell(listing=[])
    assert cell.verdicts() == {}
    assert cell.asked == ["endpoints"]


def test_a_busy_endpoint_is_not_described() -> None:
    """Its traffic says enough (D5.12)."""
    cell = silent(values={PLAIN: (7.0,)})
    assert cell.verdicts() == {NAME: Verdict.BUSY}
    assert not [one for one in cell.asked if one.startswith("describe")]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"listing": [listed(status="Updating")]}, Verdict.NOT_IN_SERVICE),
        ({"listing": [listed(created_at=NOW - timedelta(days=3))]}, Verdict.TOO_YOUNG),
    ],
)
def test_what_is_decided_from_the_list_is_not_described(changes: dict[str, Any], expected: Verdict) -> None:
    """A description is worth its calls only where it could be idle."""
    cell = silent(**changes)
    assert cell.verdicts() == {NAME: expected}
    assert not [one for one in cell.asked if one.startswith("describe")]


def test_a_variant_that_is_missing_from_the_listing_is_asked_for_by_name() -> None:
    """Forgotten for two weeks, or never heard of: the first variant's silence does not speak for the second (D5.4)."""
    green = of_variant(NAME, "green")
    cell = silent(
        values={of_variant(NAME, "blue"): ZEROS, green: (0.0, 3.0), **running("green")},
        forgotten=frozenset({green}),
        descriptions={NAME: description("blue", "green")},
    )
    assert cell.verdicts() == {NAME: Verdict.BUSY}
    assert cell.asked[-1] == "activity 3"
    assert cell.keys[-1] == {green, *running("blue"), *running("green")}


def test_series_of_deleted_endpoints_are_not_asked_for() -> None:
    """ListMetrics remembers them for two weeks."""
    cell = silent(values={PLAIN: ZEROS, of_variant("long-gone", "AllTraffic"): (9.0,)})
    assert cell.verdicts() == {NAME: Verdict.IDLE}
    assert cell.keys == [{PLAIN}]


def test_tags_are_found_by_arn_in_any_case() -> None:
    """The tagging API and SageMaker spell ARNs differently (D2.6)."""
    cell = silent(listing=[listed(arn=ARN.replace(NAME, NAME.upper()))], tagged={ARN: {"endpoint-sweep:keep": ""}})
    assert cell.verdicts() == {NAME: Verdict.PROTECTED}


@pytest.mark.parametrize("error", [CellDenied("no"), NotConnected("no"), TokenRefused("no")])
def test_tags_that_cannot_be_read_protect(error: Exception) -> None:
    """Whatever the reason: a region that has listed its endpoints is not off."""
    assert silent(errors={"tags": error}).verdicts() == {NAME: Verdict.PROTECTED}


@pytest.mark.parametrize("call", ["endpoints", "published", "activity", "describe"])
def test_a_cell_that_cannot_be_measured_fails_as_a_whole(call: str) -> None:
    """It is told, not taken for silence (FI-08)."""
    for error in (CellDenied("no"), CellFailed("broken")):
        with pytest.raises(type(error)):
            silent(errors={call: error}).verdicts()


def test_an_endpoint_that_vanishes_is_told_of() -> None:
    """Listed, then not found: a row, no crash, not idle (FI-05)."""
    [found] = silent(descriptions={}).findings().values()
    assert (found.verdict, found.reason) == (Verdict.NO_EVIDENCE, "it disappeared during the scan")


@pytest.mark.parametrize(
    "arn",
    [
        ARN.replace("222222222222", "333333333333"),
        ARN.replace("us-east-1", "eu-west-1"),
        ARN.replace(NAME, "another"),
        ARN.replace("endpoint/", "endpoint-config/"),
        ARN.replace("sagemaker", "lambda"),
        f"{ARN}:more",
        "",
    ],
)
def test_an_answer_that_names_another_cell_is_not_believed(arn: str) -> None:
    """Whatever its traffic looks like (BI-23, FI-15)."""
    [found] = silent(listing=[listed(arn=arn)]).findings().values()
    assert (found.verdict, "E_RESULT_FOREIGN" in found.reason) == (Verdict.UNKNOWN, True)


@pytest.mark.parametrize(
    ("name", "value", "described"),
    [
        ("InvocationsProcessed", 3.0, []),
        ("ApproximateBacklogSize", 2.0, [f"describe {NAME}"]),
        ("HasBacklogWithoutCapacity", 1, [f"describe {NAME}"]),
    ],
)
def test_a_busy_asynchronous_endpoint_is_seen_from_the_listing(name: str, value: float, described: list[str]) -> None:
    """At zero instances too (D1.10, D1.12); described where nothing tells of calls, so that one reading is enough."""
    carrier = next(one for one in of_asynchronous(NAME, "AllTraffic") if one.metric == name)
    cell = FakeCell(descriptions={NAME: ASYNC}, values={carrier: (value,)})
    assert cell.verdicts() == {NAME: Verdict.BUSY}
    assert cell.asked == ["endpoints", "tags", "published", *described, "activity 5 and past 9"]


def test_a_queue_is_no_number_of_calls() -> None:
    """Its length is not told as invocations."""
    waiting = key("ApproximateBacklogSize", {"EndpointName": NAME})
    assert FakeCell(values={waiting: (4320.0,)}).findings()[NAME].invocations == 0


def test_components_are_listed_once_for_the_cell() -> None:
    """Not one call an endpoint; their series name no endpoint (D1.5, D1.13)."""
    second, call = another("second"), of_component("other")[0]
    cell = FakeCell(
        listing=[listed(), second],
        descriptions={NAME: HOSTING, "second": HOSTING},
        hosted=[COMPONENT, Component("other", "second", "AllTraffic")],
        values={CALLS: ZEROS, call: (0.0, 5.0)},
    )
    assert cell.verdicts() == {NAME: Verdict.IDLE, "second": Verdict.BUSY}
    assert cell.asked == [
        "endpoints",
        "tags",
        "published",
        "components",
        "activity 4 and past 16",
        f"describe {NAME}",
        MODELS,
    ]
    assert cell.findings()["second"].kind is Kind.INFERENCE_COMPONENTS


def test_a_component_that_is_missing_from_the_listing_of_metrics_is_asked_for() -> None:
    """A component that was silent for two weeks may have been called before that; failed calls are calls (D1.14)."""
    cell = FakeCell(
        descriptions={NAME: HOSTING}, hosted=[COMPONENT], values={TURNED_AWAY: (2.0,), CALLS: ZEROS},
        forgotten=frozenset({CALLS, TURNED_AWAY}),
    )  # fmt: skip
    assert cell.verdicts() == {NAME: Verdict.BUSY}
    assert cell.keys == [{CALLS, TURNED_AWAY, control(NAME, "AllTraffic")}]


def test_components_that_cannot_be_listed_are_no_absence_of_components() -> None:
    """Then nothing that hosts them is idle, even while its instances run (D1.15)."""
    refused = {"components": CellDenied("no")}
    for values in ({}, {CALLS: ZEROS}, {CALLS: (5.0,)}, running()):
        cell = FakeCell(descriptions={NAME: HOSTING}, hosted=[COMPONENT], values=values, errors=refused)
        assert cell.verdicts() == {NAME: Verdict.NO_EVIDENCE}


def test_calls_to_a_component_that_is_gone_may_have_been_anybodys() -> None:
    """An endpoint without components is only idle if no such calls are left over, and metrics work (D1.15)."""
    assert FakeCell(descriptions={NAME: HOSTING}).verdicts() == {NAME: Verdict.NO_EVIDENCE}
    assert FakeCell(descriptions={NAME: HOSTING}, values=running()).verdicts() == {NAME: Verdict.IDLE}
    quiet, called = running() | {CALLS: ZEROS}, running() | {CALLS: (1.0,)}
    assert FakeCell(descriptions={NAME: HOSTING}, values=quiet).verdicts() == {NAME: Verdict.IDLE}
    assert FakeCell(descriptions={NAME: HOSTING}, values=called).verdicts() == {NAME: Verdict.NO_EVIDENCE}


def test_beyond_two_weeks_what_list_metrics_has_forgotten_is_asked_for_by_name() -> None:
    """It is described whatever protects it, and being called is its verdict (D5.4)."""
    processed = of_asynchronous(NAME, "AllTraffic")[0]
    kept: dict[str, Any] = {
        "descriptions": {NAME: ASYNC},
        "values": {processed: (3.0,)},
        "forgotten": frozenset({processed}),
        "tagged": {ARN: {"endpoint-sweep:keep": ""}},
    }
    [found] = scan(TYPES, FakeCell(**kept), HERE, Policy(30, 14), NOW).findings
    assert (found.verdict, found.invocations) == (Verdict.BUSY, 3)


def test_one_row_an_endpoint() -> None:
    """Each with its own figures."""
    names = ("a", "b", "c")
    cell = FakeCell(
        listing=[another(name) for name in names],
        values={of_variant(name, "AllTraffic"): (float(number),) for number, name in enumerate(names)},
        descriptions={name: replace(description(), captures=True) for name in names},
        schedules={"a": ("quality", "bias")},
    )
    found = cell.findings()
    assert {name: (one.verdict, one.invocations) for name, one in found.items()} == {
        "a": (Verdict.IDLE, 0),
        "b": (Verdict.BUSY, 1),
        "c": (Verdict.BUSY, 2),
    }
    assert (found["a"].advice, found["b"].advice) == ("monitored by the schedules bias and quality", "")
    [other] = silent(tagged={ARN: {"sagemaker-sdk:jumpstart-model-id": "llama"}}).findings().values()
    said = "deployed from the JumpStart model llama; nothing manages it afterwards"
    assert (other.verdict, other.advice) == (Verdict.IDLE, said)
    assert (found["a"].kind, found["a"].config, len(found["a"].instances)) == (Kind.REAL_TIME, f"{NAME}-config", 1)
    assert (found["b"].kind, found["b"].config, found["b"].instances) == (None, None, ())


def test_whether_it_can_be_restored_is_asked_of_an_idle_endpoint() -> None:
    """Its models are listed once."""
    [found] = silent().findings().values()
    assert found.restorable == YES


@pytest.mark.parametrize("described", [True, False])
def test_nothing_is_said_about_restoring_a_busy_endpoint(described: bool) -> None:
    """Never "yes" by default: the report says that it was not checked."""
    cell = silent(values={PLAIN: (7.0,)}, descriptions={NAME: description()} if described else {})
    [found] = cell.findings().values()
    assert found.restorable == NOT_ASKED
    assert MODELS not in cell.asked
