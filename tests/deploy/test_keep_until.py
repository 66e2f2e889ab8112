"""What IAM makes of `keep-until`: the member role and the session policy of the product, on the simulated cloud."""

import json
from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from endpoint_sweep.aws.members import LAPSED
from endpoint_sweep.domain.resource import ResourceId
from endpoint_sweep.resources.endpoint.permissions import act_policy
from tests.deploy.actors import Actors
from tests.simulation.hub.local_aws import LocalAws
from tests.simulation.organization.specification import EndpointSpec

UNTIL = "endpoint-sweep:keep-until"
OVER, LATER = "2020-01-31", "2020-02-01"
TAGS = [{"Key": key, "Value": value} for key, value in LAPSED.items()]


@pytest.fixture(scope="module")
def endpoint(cloud: LocalAws) -> EndpointSpec:
    """An endpoint in an account with both roles, outside the hub."""
    for spec in cloud.organization.endpoints:
        account = cloud.organization.account(spec.account)
        may_act = account is not None and account.has_act_role and spec.account != cloud.organization.hub_account
        if may_act and spec.status == "InService" and spec.kind == "real-time":
            return spec
    raise LookupError("the world has no such endpoint")


@pytest.fixture(autouse=True)
def stopped(cloud: LocalAws, endpoint: EndpointSpec) -> Iterator[None]:
    """Whatever IAM lets through ends there, and the endpoint gets its tags back."""
    cloud.control("fault", operation="DeleteEndpoint", account=endpoint.account, code="StopHere")
    yield
    cloud.control("clear_faults")
    where = {"account": endpoint.account, "region": endpoint.region, "endpoint": endpoint.name}
    cloud.control("set_tags", **where, tags=dict(endpoint.tags))


def deleted(
    cloud: LocalAws, actors: Actors, endpoint: EndpointSpec, tags: dict[str, str], lapsed: tuple[str, ...], says: bool
) -> str:
    """How the deletion ends, in a session of the product's policy that says, or does not, that a date is over."""
    cloud.control("set_tags", account=endpoint.account, region=endpoint.region, endpoint=endpoint.name, tags=tags)
    arn = f"arn:aws:sagemaker:{endpoint.region}:{endpoint.account}:endpoint/{endpoint.name}"
    target = ResourceId(endpoint.account, endpoint.region, endpoint.name)
    policy = json.dumps(act_policy("aws", target, [arn], lapsed), separators=(",", ":"))
    session = actors.act_role(endpoint.account, Policy=policy, Tags=TAGS if says else None)
    with pytest.raises(ClientError) as caught:
        actors.client(session, "sagemaker", endpoint.region).delete_endpoint(EndpointName=endpoint.name)
    return str(caught.value.response["Error"]["Code"])


@pytest.mark.parametrize(
    ("tags", "lapsed", "says", "ending"),
    [
        ({}, (), False, "StopHere"),
        ({UNTIL: OVER}, (), False, "AccessDeniedException"),
        ({UNTIL: OVER}, (OVER,), False, "AccessDeniedException"),
        ({UNTIL: OVER}, (OVER,), True, "StopHere"),
        ({}, (OVER,), True, "StopHere"),
        ({UNTIL: LATER}, (OVER,), True, "AccessDeniedException"),
        ({UNTIL: "soon"}, (), True, "AccessDeniedException"),
        ({UNTIL: "soon"}, ("soon",), True, "AccessDeniedException"),
        ({UNTIL: OVER, "endpoint-sweep:keep": ""}, (OVER,), True, "AccessDeniedException"),
    ],
)
def test_only_a_date_that_was_read_and_is_over_may_be_deleted(
    cloud: LocalAws,
    actors: Actors,
    endpoint: EndpointSpec,
    tags: dict[str, str],
    lapsed: tuple[str, ...],
    says: bool,
    ending: str,
) -> None:
    """Another value, a value that is no date, and a session that does not say so: refused by IAM itself."""
    assert deleted(cloud, actors, endpoint, tags, lapsed, says) == ending


def test_nobody_else_may_say_that_a_date_is_over(actors: Actors, endpoint: EndpointSpec) -> None:
    """Only the hub's acting function may tag a session of the act role."""
    for caller in (actors.scanner, actors.stranger):
        with pytest.raises(ClientError, match="AccessDenied"):
            actors.assume(caller, endpoint.account, "endpoint-sweep-act", SourceIdentity="ada", Tags=TAGS)
