"""What kind of endpoint it is, on which instances: every kind of D1.1-D1.8, and every doubt about it."""

import copy
import itertools
from typing import Any

import pytest

from endpoint_sweep.aws.endpoint.recognition import recognise
from endpoint_sweep.domain.model import Kind, Variant
from endpoint_sweep.domain.restorable import NOT_ASKED, Restorable
from tests.unit.aws.endpoint.test_sagemaker import CONFIG, CURRENT, ENDPOINT, VARIANT

ROLE = {"ExecutionRoleArn": "arn:aws:iam::222222222222:role/x"}
BARE = {"VariantName": "AllTraffic", "InstanceType": "ml.g5.xlarge", "InitialInstanceCount": 1}
ON_DEMAND = {"MemorySizeInMB": 2048, "MaxConcurrency": 5}
PROVISIONED = ON_DEMAND | {"ProvisionedConcurrency": 2}
KEPT_READY = Variant("AllTraffic", None, None, memory_mb=2048, provisioned=2)
ASYNC: dict[str, Any] = {"AsyncInferenceConfig": {"OutputConfig": {}}}
ANY_RESERVED = {"CapacityReservationConfig": {"CapacityReservationPreference": "capacity-reservations-only"}}
RESERVED = {"CapacityReservationConfig": {"MlReservationArn": "arn:aws:sagemaker:us-east-1:222222222222:x/y"}}


def current(**changes: Any) -> dict[str, Any]:
    return {"ProductionVariants": [CURRENT | changes]}


def configured(*rows: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"ProductionVariants": list(rows) or [VARIANT], **more}


@pytest.mark.parametrize(
    ("endpoint", "config", "kind"),
    [
        ({}, {}, Kind.REAL_TIME),
        (current(), configured(VARIANT | {"VolumeSizeInGB": 50, "EnableSSMAccess": True}), Kind.REAL_TIME),
        (
            {"ShadowProductionVariants": [CURRENT | {"VariantName": "s"}]},
            {"ShadowProductionVariants": [VARIANT | {"VariantName": "s"}]},
            Kind.REAL_TIME,
        ),
        ({}, ROLE, Kind.REAL_TIME),  # models decide: a role alone makes no inference components
        (current(CurrentServerlessConfig=ON_DEMAND), {}, Kind.SERVERLESS),
        (current(), configured(VARIANT | {"ServerlessConfig": ON_DEMAND}), Kind.UNKNOWN),
        (
            current(CurrentServerlessConfig=ON_DEMAND),
            configured(VARIANT | {"ServerlessConfig": ON_DEMAND}),
            Kind.SERVERLESS,
        ),
        (current(CurrentServerlessConfig=PROVISIONED), {}, Kind.SERVERLESS_PROVISIONED),
        (
            current(CurrentServerlessConfig=ON_DEMAND),
            configured(VARIANT | {"ServerlessConfig": PROVISIONED}),
            Kind.SERVERLESS_PROVISIONED,
        ),
        (ASYNC, {}, Kind.ASYNCHRONOUS),
        ({}, ASYNC, Kind.ASYNCHRONOUS),
        (ASYNC | current(CurrentServerlessConfig=ON_DEMAND), {}, Kind.SERVERLESS),  # the order of D1.36
        (ASYNC, configured(BARE, **ROLE), Kind.ASYNCHRONOUS),
        ({}, configured(BARE, **ROLE), Kind.INFERENCE_COMPONENTS),
        ({}, configured(BARE | {"ManagedInstanceScaling": {"Status": "ENABLED"}}, **ROLE), Kind.INFERENCE_COMPONENTS),
        (current(InstancePools=[{"InstanceType": "ml.m5.large", "CurrentInstanceCount": 1}]), {}, Kind.REAL_TIME),
    ],
)
def test_kinds(endpoint: dict[str, Any], config: dict[str, Any], kind: Kind) -> None:
    """By the fields alone, without a call for each model (D1.36)."""
    found = recognise(ENDPOINT | endpoint, CONFIG | config)
    assert (found.kind, bool(found.why_unknown)) == (kind, kind is Kind.UNKNOWN)


@pytest.mark.parametrize(
    ("endpoint", "config", "why"),
    [
        ({"PendingDeploymentSummary": {"EndpointConfigName": "d"}}, CONFIG, "a deployment is pending"),
        ({}, {}, "its configuration is gone"),
        ({}, CONFIG | configured(BARE), "its variants name no model"),
        ({}, CONFIG | configured(VARIANT, BARE | {"VariantName": "b"}, **ROLE), "its variants name no model"),
        ({}, CONFIG | {"ProductionVariants": []}, "its variants name no model"),
        ({}, CONFIG | configured({"VariantName": "AllTraffic", "ModelName": "m"}), "no instance type or count"),
        ({"ProductionVariants": [{"VariantName": "AllTraffic"}]}, CONFIG, "no instance type or count"),
        (
            current(InstancePools=[{"InstanceType": "ml.m5.large"}, {"CurrentInstanceCount": 1}]),
            CONFIG,
            "no instance type or count",
        ),
        ({}, CONFIG | configured(VARIANT | {"QuantumConfig": {}}), "an unsupported field: QuantumConfig"),
        (
            {},
            CONFIG | {"ShadowProductionVariants": [VARIANT | {"VariantName": "s", "QuantumConfig": {}}]},
            "an unsupported field: QuantumConfig",
        ),
        (
            {"ProductionVariants": [CURRENT, CURRENT | {"VariantName": "b", "CurrentServerlessConfig": ON_DEMAND}]},
            CONFIG,
            "some of its variants are serverless, some are not",
        ),
    ],
)
def test_what_is_not_surely_known_is_unknown(endpoint: dict[str, Any], config: dict[str, Any], why: str) -> None:
    """And says what was not understood; it is never offered (D1.28)."""
    found = recognise(ENDPOINT | endpoint, config)
    assert found.kind is Kind.UNKNOWN
    assert why in found.why_unknown


@pytest.mark.parametrize(
    ("endpoint", "config", "variants"),
    [
        ({}, {}, (Variant("AllTraffic", "ml.g5.xlarge", 3),)),
        (current(CurrentInstanceCount=0), {}, (Variant("AllTraffic", "ml.g5.xlarge", 0),)),
        ({}, configured(VARIANT | {"VolumeSizeInGB": 50}), (Variant("AllTraffic", "ml.g5.xlarge", 3, 50),)),
        ({"ProductionVariants": [{"VariantName": "AllTraffic"}]}, {}, (Variant("AllTraffic", "ml.g5.xlarge", None),)),
        (current(VariantName="b"), {}, (Variant("b", None, 3),)),
        (current(CurrentServerlessConfig=PROVISIONED), {}, (KEPT_READY,)),
        (
            {"ShadowProductionVariants": [CURRENT | {"VariantName": "s"}]},
            {"ShadowProductionVariants": [VARIANT | {"VariantName": "s", "InstanceType": "ml.m5.large"}]},
            (Variant("AllTraffic", "ml.g5.xlarge", 3), Variant("s", "ml.m5.large", 3, shadow=True)),
        ),
        (
            current(
                InstancePools=[
                    {"InstanceType": "ml.g5.xlarge", "CurrentInstanceCount": 2},
                    {"InstanceType": "ml.m5.large", "CurrentInstanceCount": 1},
                ]
            ),
            {},
            (Variant("AllTraffic", "ml.g5.xlarge", 2), Variant("AllTraffic", "ml.m5.large", 1)),
        ),
    ],
    ids=["plain", "at zero", "volume", "no count", "no configuration of its own", "serverless", "shadow", "pools"],
)
def test_instances(endpoint: dict[str, Any], config: dict[str, Any], variants: tuple[Variant, ...]) -> None:
    """Running instances from the endpoint, types from the configuration; what no one says stays open (D1.33)."""
    assert recognise(ENDPOINT | endpoint, CONFIG | config).variants == variants


def test_shadows_bill_and_do_not_serve() -> None:
    """Their traffic is a copy (D1.18). A pool is one variant."""
    shadow = {"ShadowProductionVariants": [CURRENT | {"VariantName": "s"}]}
    pools = [{"InstanceType": one, "CurrentInstanceCount": 1} for one in ("ml.g5.xlarge", "ml.m5.large")]
    found = recognise(ENDPOINT | shadow | current(InstancePools=pools), CONFIG)
    assert found.serving == ("AllTraffic",)
    assert found.instances == 5


def test_data_capture_is_seen() -> None:
    """A monitoring schedule may watch it (D3.12)."""
    capturing = {"DataCaptureConfig": {"EnableCapture": True, "CaptureStatus": "Started"}}
    assert recognise(ENDPOINT | capturing, CONFIG).captures
    assert not recognise(ENDPOINT, CONFIG).captures


def test_an_endpoint_without_variants_is_described() -> None:
    """A failed creation has none, and perhaps no configuration either (D1.32)."""
    bare = {name: ENDPOINT[name] for name in ENDPOINT if name not in {"ProductionVariants", "EndpointConfigName"}}
    found = recognise(bare | {"EndpointStatus": "Failed"}, {})
    assert (found.status, found.config, found.variants, found.serving) == ("Failed", None, (), ())


@pytest.mark.parametrize(
    ("first", "second", "reserved"),
    [
        (RESERVED, RESERVED, True),
        (RESERVED, ANY_RESERVED, True),
        (ANY_RESERVED, ANY_RESERVED, True),
        (RESERVED, {}, False),
        ({}, ANY_RESERVED, False),
        ({}, {}, False),
    ],
)
def test_reserved_capacity(first: dict[str, Any], second: dict[str, Any], reserved: bool) -> None:
    """Prepaid only where every variant is (D1.35), with or without a name of what is reserved (D13.19)."""
    names = ("a", "b")
    rows = [CURRENT | {"VariantName": name} for name in names]
    models = [VARIANT | {"VariantName": name} for name in names]
    said_now = {"ProductionVariants": [rows[0] | first, rows[1] | second]}
    said_then = {"ProductionVariants": [models[0] | first, models[1] | second]}
    assert recognise(ENDPOINT | said_now, CONFIG | {"ProductionVariants": models}).reserved is reserved
    assert recognise(ENDPOINT | {"ProductionVariants": rows}, CONFIG | said_then).reserved is reserved


def test_the_order_of_variants_does_not_matter() -> None:
    """Kind, instances and reservation are the same, and no answer is changed by looking at it."""
    rows = [
        CURRENT | {"VariantName": "a", "CurrentServerlessConfig": ON_DEMAND},
        CURRENT | {"VariantName": "b", "CurrentServerlessConfig": PROVISIONED},
        CURRENT | {"VariantName": "c", "CurrentServerlessConfig": ON_DEMAND},
    ]
    models = [VARIANT | {"VariantName": name} for name in "abc"]
    before = copy.deepcopy((rows, models))
    found = set()
    for order, given in itertools.product(itertools.permutations(rows), itertools.permutations(models)):
        one = recognise(ENDPOINT | {"ProductionVariants": list(order)}, CONFIG | {"ProductionVariants": list(given)})
        found.add((one.kind, one.why_unknown, frozenset(one.variants), one.reserved))
    assert len(found) == 1
    assert (rows, models) == before


def test_without_its_configuration_it_could_not_be_made_again() -> None:
    """D3.9, told at the scan, before anybody approves anything."""
    assert recognise(ENDPOINT, {}).restorable == Restorable.no("its configuration was deleted")
    assert recognise(ENDPOINT, CONFIG).restorable == NOT_ASKED
