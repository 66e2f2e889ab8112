"""Inference routers over accounts and regions: stand-by destinations with true zeros, beside forgotten endpoints."""

from dataclasses import replace

from tests.simulation.organization.scenarios.small import (
    FIRST,
    OTHER_REGION,
    REGION,
    SECOND,
    WORKLOADS,
    one,
    organization,
)
from tests.simulation.organization.specification import (
    Account,
    ComponentSpec,
    Destination,
    EndpointSpec,
    Organization,
    RouterSpec,
    VariantSpec,
)
from tests.simulation.organization.traffic import Traffic

GATEWAY = "444444444444"


def _components(name: str, component: str) -> EndpointSpec:
    return one(name, kind="components", components=(ComponentSpec(component),), account=SECOND, region=OTHER_REGION)


def build() -> Organization:
    """The routers of the gateway account lie where there is no endpoint; one more lies beside its destination."""
    members = (
        Account(FIRST, "vision-prod", WORKLOADS.id),
        Account(SECOND, "vision-dr", WORKLOADS.id),
        Account(GATEWAY, "ml-gateway", WORKLOADS.id, hidden_routers=(OTHER_REGION,)),
    )
    at_zero = VariantSpec("AllTraffic", "ml.g5.xlarge", 0)
    endpoints = [
        one("primary", Traffic.steady(400)),
        one("standby", account=SECOND, region=OTHER_REGION),
        one("standby-same-account", region=OTHER_REGION),
        one("standby-async", kind="asynchronous", account=SECOND),
        replace(one("zero-async", kind="asynchronous", account=SECOND), variants=(at_zero,)),
        _components("standby-host", "llm-standby"),
        _components("other-host", "llm-forgotten"),
        one("forgotten", account=SECOND, region=OTHER_REGION),
        one("standby", region=REGION),  # Forgotten, although a destination elsewhere has its name.
        one("of-a-hidden-router"),
    ]
    far = Destination(SECOND, OTHER_REGION, "standby")
    routers = (
        RouterSpec(GATEWAY, REGION, "global", ((Destination(FIRST, REGION, "primary"), far),)),
        RouterSpec(
            GATEWAY,
            REGION,
            "asynchronous",
            ((Destination(SECOND, REGION, "standby-async"),), (Destination(SECOND, REGION, "zero-async"),)),
            status="Failed",
        ),
        RouterSpec(
            FIRST,
            REGION,
            "components",
            (
                (
                    Destination(SECOND, OTHER_REGION, "llm-standby", is_component=True),
                    Destination(FIRST, OTHER_REGION, "standby-same-account"),
                ),
            ),
        ),
        RouterSpec(GATEWAY, OTHER_REGION, "hidden", ((Destination(FIRST, REGION, "of-a-hidden-router"),),)),
    )
    world = organization(endpoints, members, (REGION, OTHER_REGION))
    return replace(world, routers=routers)
