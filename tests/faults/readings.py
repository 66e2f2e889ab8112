"""What a sweep reads besides the endpoints themselves: routers, shadow tests, bills, opinions, regions, act roles.

A drawn world gets some of each, so that the calls are made, and each of them can be struck.
"""

import random
from dataclasses import replace

from tests.simulation.organization.endpoints import EndpointSpec
from tests.simulation.organization.routers import Destination, RouterSpec
from tests.simulation.organization.specification import COST_ROLE, Account, Organization

OFF_SOMEWHERE = "eu-south-2"  # Has to be opted into, so an account may say that it is off.
# Service, operation and, where that does not tell, the pattern of a resource.
CALLS: tuple[tuple[str, str, str], ...] = (
    *(("sagemaker", one, "*") for one in ("ListInferenceRouters", "DescribeInferenceRouter")),
    *(("sagemaker", one, "*") for one in ("ListInferenceExperiments", "DescribeInferenceExperiment")),
    *(("compute-optimizer", "*", "*"), ("ce", "*", "*"), ("ec2", "DescribeRegions", "*")),
    *(("sts", "AssumeRole", "*-act"), ("sts", "AssumeRole", f"*{COST_ROLE}")),
    # The first of a cell is that of the window, the next that of the history.
    ("cloudwatch", "GetMetricData", "*"),
)
STATUSES = ("Running", "Created", "Stopping", "Completed", "Cancelled")


def with_readings(world: Organization, dice: random.Random) -> Organization:
    """The same endpoints, and around them what else a sweep asks about."""
    regions = (*world.regions, OFF_SOMEWHERE) if dice.random() < 0.25 else world.regions
    accounts = tuple(_account(one, world, regions, dice) for one in world.accounts)
    endpoints = tuple(_tested(spec, dice) for spec in world.endpoints)
    return replace(world, regions=regions, accounts=accounts, endpoints=endpoints, routers=_routers(world, dice))


def _account(one: Account, world: Organization, regions: tuple[str, ...], dice: random.Random) -> Account:
    if one.id == world.management_account:
        return replace(one, has_cost_role=dice.random() < 0.5)
    off = (OFF_SOMEWHERE,) if OFF_SOMEWHERE in regions and dice.random() < 0.7 else ()
    return replace(
        one, optimizer=dice.random() < 0.5, discount_percent=dice.choice((0, 20)), off_regions=off,
        tells_regions=dice.random() < 0.8,
    )  # fmt: skip


def _tested(spec: EndpointSpec, dice: random.Random) -> EndpointSpec:
    if not spec.shadows or dice.random() < 0.4:
        return spec
    return replace(spec, experiments=(f"{spec.name[:40]}-test",), experiment_status=dice.choice(STATUSES))


def _routers(world: Organization, dice: random.Random) -> tuple[RouterSpec, ...]:
    """In the cell of their destination, where the second look finds them if the scan could not."""
    chosen = [spec for spec in world.endpoints if dice.random() < 0.2]
    return tuple(
        RouterSpec(spec.account, spec.region, f"router-{number}", ((Destination(*spec.key),),))
        for number, spec in enumerate(chosen)
    )
