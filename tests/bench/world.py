"""Organizations for measuring: plain real-time endpoints, a known share of them idle."""

from tests.simulation.organization.specification import Account, EndpointSpec, Organization, Unit, VariantSpec
from tests.simulation.organization.traffic import Traffic

HUB = "111111111111"
MANAGEMENT = "100000000001"
REGIONS = (
    "us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "us-east-2", "us-west-1", "eu-west-2", "eu-west-3",
    "eu-north-1", "ap-south-1", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-southeast-1",
    "ap-southeast-2", "ca-central-1", "sa-east-1",
)  # fmt: skip


def build(accounts: int, regions: int, endpoints: int, idle: float, filled: float) -> Organization:
    """`idle`: share of the endpoints, spread over all cells; `filled`: share of the cells that have any."""
    members = tuple(Account(f"{number:012}", f"team-{number}", "ou-demo-workload") for number in range(2, accounts + 2))
    cells = [(account.id, region) for account in members for region in REGIONS[:regions]]
    kept = max(1, round(len(cells) * filled))
    step = len(cells) / kept
    chosen = [cells[int(index * step)] for index in range(kept)]
    return Organization(
        id="o-demo123456",
        management_account=MANAGEMENT,
        hub_account=HUB,
        hub_region=REGIONS[0],
        accounts=(Account(MANAGEMENT, "management", ""), Account(HUB, "finops-tooling", ""), *members),
        units=(Unit("ou-demo-workload", "Workloads"),),
        regions=REGIONS[:regions],
        endpoints=tuple(
            EndpointSpec(
                account,
                region,
                f"model-{number:03}",
                (VariantSpec("AllTraffic", ("ml.g5.xlarge", "ml.m5.xlarge", "ml.c5.2xlarge")[number % 3]),),
                created_days_ago=60 + number,
                traffic=Traffic.none() if _is_nth(cell * endpoints + number, idle) else Traffic.steady(20 + number),
            )
            for cell, (account, region) in enumerate(chosen)
            for number in range(endpoints)
        ),
    )


def _is_nth(number: int, share: float) -> bool:
    """True for `share` of all numbers, as evenly as can be."""
    return int((number + 1) * share) > int(number * share)
