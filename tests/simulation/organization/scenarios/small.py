"""Small worlds for tests: each shows one thing."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from tests.simulation.organization.specification import Account, EndpointSpec, Organization, Unit, VariantSpec
from tests.simulation.organization.traffic import Traffic

MANAGEMENT, HUB = "100000000001", "111111111111"
FIRST, SECOND = "222222222222", "333333333333"
REGION, OTHER_REGION = "us-east-1", "eu-west-1"
PLATFORM, WORKLOADS = Unit("ou-demo-platform1", "Platform"), Unit("ou-demo-workload1", "Workloads")


def organization(
    endpoints: Iterable[EndpointSpec], accounts: Iterable[Account] = (), regions: tuple[str, ...] = (REGION,)
) -> Organization:
    """A world of the management account, the hub and `accounts`; by default one member, where the endpoints are."""
    members = tuple(accounts) or (Account(FIRST, "vision-prod", WORKLOADS.id),)
    return Organization(
        id="o-demo123456",
        management_account=MANAGEMENT,
        hub_account=HUB,
        hub_region=REGION,
        accounts=(
            Account(MANAGEMENT, "management", "", has_scan_role=False, has_act_role=False),
            Account(HUB, "finops-tooling", PLATFORM.id),
            *members,
        ),
        units=(PLATFORM, WORKLOADS),
        regions=regions,
        endpoints=tuple(endpoints),
    )


def one(
    name: str,
    traffic: Traffic | None = None,
    *,
    account: str = FIRST,
    region: str = REGION,
    age: float = 90,
    instance_type: str = "ml.g5.xlarge",
    **other: object,
) -> EndpointSpec:
    """An endpoint with a single variant, idle unless `traffic` says otherwise."""
    variant = VariantSpec("AllTraffic", instance_type)
    spec = EndpointSpec(account, region, name, (variant,), age, traffic=traffic or Traffic.none())
    return replace(spec, **other)  # type: ignore[arg-type] # the fields of EndpointSpec


def small() -> Organization:
    """Two idle, one busy, one young, one protected, one of which only the second variant is called."""
    split = (
        VariantSpec("control", "ml.m5.xlarge", weight=0.0),
        VariantSpec("challenger", "ml.m5.xlarge", 2, traffic=Traffic.steady(40)),
    )
    return organization(
        [
            one("resnet-demo", tags={"owner": "mira.kent@example.com", "team": "vision"}),
            one(
                "churn-poc",
                Traffic.last_seen(17, 12),
                instance_type="ml.m5.xlarge",
                tags={"owner": "j.doe@example.com"},
            ),
            one("fraud-scoring", Traffic.steady(900), instance_type="ml.c5.2xlarge"),
            one("summarizer-rc1", age=3, instance_type="ml.g5.2xlarge"),
            one("dr-standby", tags={"endpoint-sweep:keep": "true", "owner": "sre@example.com"}),
            replace(one("ranker-ab"), variants=split),
        ]
    )


def two_teams() -> Organization:
    """Idle endpoints of two members, enough for several decisions; one more is busy."""
    members = (Account(FIRST, "vision-prod", WORKLOADS.id), Account(SECOND, "speech-prod", WORKLOADS.id))
    owner = {"owner": "mira.kent@example.com"}
    return organization(
        [
            *(one(f"vision-poc-{number}", tags=owner, instance_type="ml.m5.xlarge") for number in range(6)),
            *(one(f"asr-poc-{number}", account=SECOND) for number in range(3)),
            one("fraud-scoring", Traffic.steady(900), instance_type="ml.c5.2xlarge"),
        ],
        members,
    )


def quiet() -> Organization:
    """Nothing is idle."""
    return organization(
        [
            one("fraud-scoring", Traffic.steady(900)),
            one("weekly-batch", Traffic.last_seen(6, 20_000), instance_type="ml.c5.4xlarge"),
            one("summarizer-rc1", age=2),
            one("dr-standby", tags={"Endpoint-Sweep:Keep": ""}),
        ]
    )


def denied() -> Organization:
    """One of two members has no scan role: what is idle there is not found."""
    members = (
        Account(FIRST, "vision-prod", WORKLOADS.id),
        Account(SECOND, "acquired-startup", WORKLOADS.id, has_scan_role=False, has_act_role=False),
    )
    return organization([one("resnet-demo"), one("hidden-idle", account=SECOND)], members)


def region_off() -> Organization:
    """A region that one of two members never enabled."""
    members = (
        Account(FIRST, "vision-prod", WORKLOADS.id, off_regions=(OTHER_REGION,)),
        Account(SECOND, "speech-prod", WORKLOADS.id),
    )
    endpoints = [one("resnet-demo"), one("asr-poc", account=SECOND, region=OTHER_REGION)]
    return organization(endpoints, members, (REGION, OTHER_REGION))


def region_denied() -> Organization:
    """A region that a service control policy denies one of two members."""
    members = (
        Account(FIRST, "vision-prod", WORKLOADS.id, denied_regions=(OTHER_REGION,)),
        Account(SECOND, "speech-prod", WORKLOADS.id),
    )
    endpoints = [one("resnet-demo"), one("asr-poc", account=SECOND, region=OTHER_REGION)]
    return organization(endpoints, members, (REGION, OTHER_REGION))


def suspended() -> Organization:
    """One of two members is suspended, one is being closed."""
    members = (
        Account(FIRST, "vision-prod", WORKLOADS.id),
        Account(SECOND, "closed-shop", WORKLOADS.id, state="SUSPENDED"),
        Account("444444444444", "closing-shop", WORKLOADS.id, state="PENDING_CLOSURE"),
    )
    return organization([one("resnet-demo"), one("hidden-idle", account=SECOND)], members)


def many_accounts() -> Organization:
    """More accounts than two pages of ListAccounts hold, one idle endpoint in each."""
    members = [Account(f"5000000000{number:02d}", f"member-{number:02d}", WORKLOADS.id) for number in range(45)]
    return organization([one("resnet-demo", account=account.id) for account in members], members)


def many_idle() -> Organization:
    """Thirty idle endpoints in one account: more than any cap lets one decision delete."""
    return organization(one(f"experiment-{number:02d}", instance_type="ml.m5.large") for number in range(30))


def many_endpoints() -> Organization:
    """More than one page of everything: 130 endpoints in one cell."""
    return organization(
        one(f"tenant-{number:03d}", Traffic.steady(5) if number % 3 else None, tags={"tenant": str(number)})
        for number in range(130)
    )


def broken() -> Organization:
    """Every status but InService, and one endpoint that publishes nothing at all."""
    statuses = (
        "Creating",
        "Updating",
        "SystemUpdating",
        "RollingBack",
        "Failed",
        "OutOfService",
        "UpdateRollbackFailed",
    )
    return organization(
        [
            *(one(f"status-{status.lower()}", status=status) for status in statuses),
            one("mute", Traffic.silent()),
            one("resnet-demo"),
        ]
    )


def no_act_role() -> Organization:
    """The member can be scanned, but nothing can be deleted there."""
    return organization([one("resnet-demo")], (Account(FIRST, "vision-prod", WORKLOADS.id, has_act_role=False),))


def empty() -> Organization:
    """No endpoint anywhere."""
    return organization(())


BUILDERS: dict[str, Callable[[], Organization]] = {
    "broken": broken,
    "denied": denied,
    "empty": empty,
    "many_accounts": many_accounts,
    "many_endpoints": many_endpoints,
    "many_idle": many_idle,
    "no_act_role": no_act_role,
    "quiet": quiet,
    "region_denied": region_denied,
    "region_off": region_off,
    "small": small,
    "suspended": suspended,
    "two_teams": two_teams,
}
