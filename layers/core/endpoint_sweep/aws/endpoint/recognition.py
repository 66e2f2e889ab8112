"""From DescribeEndpoint and DescribeEndpointConfig to a Description: what kind of endpoint, on which instances."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from endpoint_sweep.aws.endpoint import unknown_fields
from endpoint_sweep.domain.model import Description, Kind, Variant
from endpoint_sweep.domain.restorable import NOT_ASKED, Restorable

Document = Mapping[str, Any]


def recognise(endpoint: Document, config: Document) -> Description:
    """`config` is empty if it was deleted (D3.9). Kinds are tried in the order of D1.36."""
    configured = {row["VariantName"]: row for row in _all(config)}
    shadows = {row["VariantName"] for row in (*_shadows(endpoint), *_shadows(config))}
    variants = tuple(
        one
        for row in _all(endpoint)
        for one in _instances(row, configured.get(row["VariantName"], {}), shadow=row["VariantName"] in shadows)
    )
    strange = unknown_fields.of(endpoint, config)
    kind, why = _kind(endpoint, config, variants, strange)
    return Description(
        status=endpoint["EndpointStatus"],
        created_at=endpoint["CreationTime"],
        config=endpoint.get("EndpointConfigName"),
        kind=kind,
        variants=variants,
        last_modified_at=endpoint.get("LastModifiedTime"),
        why_unknown=why,
        reserved=_is_reserved([row["VariantName"] for row in _all(endpoint)], [*_all(endpoint), *_all(config)]),
        captures=bool((endpoint.get("DataCaptureConfig") or {}).get("EnableCapture")),
        restorable=NOT_ASKED if config else Restorable.no("its configuration was deleted"),
        config_created_at=config.get("CreationTime"),
        unknown_fields=tuple(strange),
    )


def _kind(  # noqa: PLR0911 - one return per kind
    endpoint: Document, config: Document, variants: Collection[Variant], strange: Sequence[str]
) -> tuple[Kind, str]:
    current, configured = endpoint.get("ProductionVariants", []), config.get("ProductionVariants", [])
    if endpoint.get("PendingDeploymentSummary"):  # D1.34
        return Kind.UNKNOWN, "a deployment is pending, so two fleets may be running"
    if not config:  # D3.9
        return Kind.UNKNOWN, "its configuration is gone, so it could not be created again"
    if strange:
        return Kind.UNKNOWN, f"its configuration has an unsupported field: {strange[0]}"
    serverless = [row.get("CurrentServerlessConfig") or row.get("ServerlessConfig") for row in (*current, *configured)]
    if any(serverless):
        return _serverless([row.get("CurrentServerlessConfig") for row in current], [one for one in serverless if one])
    if endpoint.get("AsyncInferenceConfig") or config.get("AsyncInferenceConfig"):
        return Kind.ASYNCHRONOUS, ""
    models = [bool(row.get("ModelName")) for row in configured]
    if config.get("ExecutionRoleArn") and not any(models):
        return Kind.INFERENCE_COMPONENTS, ""
    if not models or not all(models):
        return Kind.UNKNOWN, "its variants name no model"
    if odd := [one.variant for one in variants if not one.type or one.count is None]:
        return Kind.UNKNOWN, f"its variant {odd[0]} has a model, but no instance type or count"
    return Kind.REAL_TIME, ""


def _serverless(current: list[Document | None], given: list[Document]) -> tuple[Kind, str]:
    if any(one.get("ProvisionedConcurrency") for one in given):
        return Kind.SERVERLESS_PROVISIONED, ""
    if current and not all(current):
        return Kind.UNKNOWN, "some of its variants are serverless, some are not"
    return Kind.SERVERLESS, ""


def _instances(row: Document, configured: Document, *, shadow: bool) -> list[Variant]:
    name = row["VariantName"]
    if given := row.get("CurrentServerlessConfig") or configured.get("ServerlessConfig"):
        memory, ready = given.get("MemorySizeInMB"), given.get("ProvisionedConcurrency")
        return [Variant(name, None, None, shadow=shadow, memory_mb=memory, provisioned=ready)]
    volume = configured.get("VolumeSizeInGB")
    if pools := row.get("InstancePools"):
        return [
            Variant(name, pool.get("InstanceType"), pool.get("CurrentInstanceCount"), volume, shadow) for pool in pools
        ]
    return [Variant(name, configured.get("InstanceType"), row.get("CurrentInstanceCount"), volume, shadow)]


def _is_reserved(variants: list[str], rows: list[Document]) -> bool:
    """Prepaid capacity and nothing else (D1.35, D13.19): a single variant without a reservation bills."""
    reserved = {row["VariantName"] for row in rows if _reserves(row.get("CapacityReservationConfig") or {})}
    return bool(variants) and reserved >= set(variants)


def _reserves(capacity: Document) -> bool:
    """Which reservation it is may be left open."""
    only = capacity.get("CapacityReservationPreference") == "capacity-reservations-only"
    return only or bool(capacity.get("MlReservationArn"))


def _all(document: Document) -> list[Document]:
    return [*document.get("ProductionVariants", []), *_shadows(document)]


def _shadows(document: Document) -> list[Document]:
    return list(document.get("ShadowProductionVariants", []))
