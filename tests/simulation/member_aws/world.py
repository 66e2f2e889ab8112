"""The simulated Organization as one object: look at it, change it, watch the wire, break things.

In this process: `with World.in_process(build("small")) as world: ...` and every boto3 client talks to it.
Behind a server: `tests.simulation.member_aws.server.create_wsgi_app(organization).world`.
"""

import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any, get_args
from unittest.mock import patch

from moto import mock_aws
from moto.applicationautoscaling.models import applicationautoscaling_backends
from moto.sagemaker.models import FakeEndpoint, sagemaker_backends

from tests.simulation.member_aws import hostile
from tests.simulation.member_aws import snapshot as snapshots
from tests.simulation.member_aws.corrections import apply, sagemaker
from tests.simulation.member_aws.corrections.routers import row_of
from tests.simulation.member_aws.refusals import refusal
from tests.simulation.member_aws.seed import seed
from tests.simulation.member_aws.seed_endpoints import seed_endpoint
from tests.simulation.member_aws.state import State
from tests.simulation.organization.publishing import component_calls, invocations, processed, silence, silence_component
from tests.simulation.organization.routers import RouterSpec
from tests.simulation.organization.specification import EndpointSpec, MetricsAnswer, Organization, Switch
from tests.simulation.wire.calls import Call, CallLog, Fault, Faults, Refusal, Wire
from tests.simulation.wire.in_process import client, stubbed

HUB_KEY = "AKIASIMULATEDHUB0001"
LEFT_BEHIND = ("AWS_PROFILE", "AWS_REGION", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_DEFAULT_PROFILE")


class World:
    """One living Organization. Its methods change the world the way other people do: around the product."""

    def __init__(self, organization: Organization, log_path: Path | None = None, roles_are_real: bool = False) -> None:
        """`roles_are_real`: real IAM decides elsewhere, so the simple rule about the scan role does not apply."""
        self.state = State(organization)
        self.roles_are_real = roles_are_real
        self.wire = Wire(log=CallLog(log_path), refuse=self.refusal)
        self._gates: dict[int, Event] = {}

    @classmethod
    @contextmanager
    def in_process(
        cls, organization: Organization, *, log_path: Path | None = None, without: Collection[str] = ()
    ) -> Iterator["World"]:
        """moto, corrected and filled, under every boto3 client of this process; the environment is the hub's."""
        world = cls(organization, log_path)
        environment = {
            "AWS_ACCESS_KEY_ID": HUB_KEY,
            "AWS_SECRET_ACCESS_KEY": "simulated",
            "AWS_DEFAULT_REGION": organization.hub_region,
            "AWS_REGION": organization.hub_region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }
        with (
            mock_aws(config={"stepfunctions": {"execute_state_machine": True}}),
            patch.dict(os.environ, environment),
            apply(world.state, without),
            stubbed(world.wire, world.state),
        ):
            for name in LEFT_BEHIND:
                os.environ.pop(name, None)
            seed(world.state)
            yield world

    @property
    def organization(self) -> Organization:
        return self.state.organization

    @property
    def log(self) -> CallLog:
        return self.wire.log

    @property
    def faults(self) -> Faults:
        return self.wire.faults

    def client(self, service: str, account: str, region: str = "", role: str = "admin") -> Any:
        """A boto3 client of a member account, to read and to act as other people do (in process only)."""
        return client(self.state, service, account, region or self.organization.hub_region, role)

    def refusal(self, call: Call) -> Refusal | None:
        """Whether the world itself refuses a call: region off, denied by policy, a scan role that would change."""
        return refusal(self.organization, call, self.roles_are_real)

    def snapshot(self) -> snapshots.Snapshot:
        """Everything in all member accounts; see tests.simulation.member_aws.snapshot."""
        with self.state.lock:
            return snapshots.snapshot(self.state)

    def exists(self, account: str, region: str, endpoint: str) -> bool:
        backend = sagemaker_backends[account][region]
        sagemaker.settle(backend)
        return endpoint in backend.endpoints

    def look(self, account: str, region: str, endpoint: str) -> dict[str, Any] | None:
        """What DescribeEndpoint would answer at this moment, with the tags; None where there is no such endpoint."""
        with self.state.lock:
            found: dict[str, Any] | None = snapshots.cell(account, region)["endpoints"].get(endpoint)
        return found

    def endpoints(self) -> set[tuple[str, str, str]]:
        """(account, region, name) of every endpoint that exists now."""
        return {
            (account, region, name)
            for account, regions in self.snapshot().items()
            for region, cell in regions.items()
            for name in cell["endpoints"]
        }

    def invoke(
        self,
        account: str,
        region: str,
        endpoint: str,
        variant: str | None = None,
        count: float = 1,
        at: float | None = None,
        component: str = "",
    ) -> None:
        """`count` calls of one variant (the first one by default) or component, now or at an epoch second."""
        one = self._endpoint(account, region, endpoint)
        name = variant or one.production_variants[0]["VariantName"]
        is_asynchronous = "AsyncInferenceConfig" in getattr(one, "extras", {})
        key = processed(endpoint, name) if is_asynchronous else invocations(endpoint, name)
        moment = self.state.clock() if at is None else at
        self.state.metrics.add_point((account, region), component_calls(component) if component else key, moment, count)

    def recreate(self, account: str, region: str, endpoint: str, **changes: Any) -> None:
        """Deletes an endpoint and creates it again under the same name: same ARN, other creation time (D2.7).

        `changes`: fields of EndpointSpec that differ; the original specification otherwise.
        """
        spec = self.organization.endpoint(account, region, endpoint)
        if spec is None:
            raise LookupError(f"{account}/{region}/{endpoint} was never part of this world")
        self.remove(account, region, endpoint)
        self.add(replace(spec, **({"created_days_ago": 0.0} | changes)))

    def add(self, spec: EndpointSpec) -> None:
        """Adds an endpoint."""
        with self.state.lock:
            seed_endpoint(self.state, spec)

    def add_router(self, router: RouterSpec) -> None:
        """Adds an inference router, or changes the destinations of the one of this name."""
        self.state.cell(router.account, router.region).routers[router.name] = row_of(router, self.state.now())

    def set_policy(self, account: str, region: str, endpoint: str, policy: str = "{}") -> None:
        """The owner of an endpoint lets the routers of other accounts use it (D13.31)."""
        self.state.cell(account, region).policies[endpoint] = policy

    def remove(self, account: str, region: str, endpoint: str) -> None:
        """Someone else removes it and its components immediately. Its configuration and models stay (D3.8)."""
        with self.state.lock:
            cell = self.state.cell(account, region)
            for name in [name for name, row in list(cell.components.items()) if row["EndpointName"] == endpoint]:
                del cell.components[name]
                silence_component(self.state.metrics, (account, region), name, self.state.clock())
            cell.policies.pop(endpoint, None)
            cell.schedules = [row for row in cell.schedules if row["EndpointName"] != endpoint]
            cell.experiments = [row for row in cell.experiments if row["EndpointMetadata"]["EndpointName"] != endpoint]
            sagemaker_backends[account][region].endpoints.pop(endpoint, None)
            self.state.gone_at.pop((account, region, endpoint), None)
            silence(self.state.metrics, (account, region), endpoint, self.state.clock())

    def set_tags(self, account: str, region: str, endpoint: str, tags: Mapping[str, str]) -> None:
        """Sets these tags and removes all others."""
        self._endpoint(account, region, endpoint).tags = [{"Key": key, "Value": value} for key, value in tags.items()]

    def set_status(self, account: str, region: str, endpoint: str, status: str, failure_reason: str = "") -> None:
        one = self._endpoint(account, region, endpoint)
        one.endpoint_status, one.last_modified_time = status, self.state.now()
        one.failure_reason = failure_reason or None

    def set_config(self, account: str, region: str, endpoint: str, config: str) -> None:
        """As after UpdateEndpoint: another configuration in the same account and region, another LastModifiedTime."""
        one = self._endpoint(account, region, endpoint)
        if config not in sagemaker_backends[account][region].endpoint_configs:
            raise LookupError(config)
        one.endpoint_config_name, one.last_modified_time = config, self.state.now()

    def scale(self, account: str, region: str, endpoint: str) -> None:
        """One instance more, where a variant has instances: someone, or its scaling policy, has plans with it."""
        one = self._endpoint(account, region, endpoint)
        row = next((row for row in one.production_variants if "CurrentInstanceCount" in row), None)
        if row is not None:
            row |= dict.fromkeys(("CurrentInstanceCount", "DesiredInstanceCount"), row["CurrentInstanceCount"] + 1)
            for pool in row.get("InstancePools", [])[:1]:
                pool["CurrentInstanceCount"] += 1
            one.last_modified_time = self.state.now()

    def set_roles(self, account: str, roles: Collection[str]) -> None:
        """The roles that exist in an account from now on (in process only)."""
        self.state.roles[account] = set(roles)

    def scalable_targets(self, account: str, region: str) -> list[str]:
        scaling = applicationautoscaling_backends[account][region]
        return [resource for targets in scaling.targets.values() for resource in targets]

    def deleting_takes(self, seconds: float) -> None:
        """How long an endpoint stays in the status Deleting (D3.1)."""
        self.state.deleting_seconds = seconds

    def switch(self, what: Switch, *, on: bool) -> None:
        """Account.Paths, trusted access of account management, or the price list: available or not from now on."""
        if what not in get_args(Switch.__value__):
            raise LookupError(f"no switch {what!r}")
        (self.state.off.discard if on else self.state.off.add)(what)

    def break_metrics(self, how: MetricsAnswer, account: str = "*", region: str = "*") -> None:
        """How GetMetricData lies or fails from now on in the accounts and regions that fit; "" repairs it (D1.27)."""
        if how not in get_args(MetricsAnswer.__value__):
            raise LookupError(f"no metrics answer {how!r}")
        self.state.metrics_answers.append((account, region, how))

    def set_price(self, instance_type: str, usd: str) -> None:
        """The price of a type in all regions from now on, plausible or not (BI-25)."""
        self.state.odd_prices[instance_type] = usd

    def hostile(self, name: str, **arguments: Any) -> int:
        """One of the named ways in which the APIs fail or lie; see tests.simulation.member_aws.hostile."""
        return hostile.install(name, self, **arguments)

    def fault(self, **rule: Any) -> int:
        """Inject a fault from now on; the fields are those of `wire.Fault`. Returns its number."""
        if "nth" in rule:
            rule["nth"] = tuple(rule["nth"])
        return self.faults.add(Fault(**rule))

    def clear_faults(self) -> None:
        self.faults.clear()
        for gate in self._gates.values():
            gate.set()

    def hold(self, **rule: Any) -> int:
        """Holds calls that fit the rule back from the service until `release`, at most 15 s. Returns its number."""
        gate = Event()

        def wait(_: Call) -> None:
            gate.wait(15)

        number = self.fault(hook=wait, **rule)
        self._gates[number] = gate
        return number

    def held(self, number: int) -> int:
        """How many calls have reached this gate so far."""
        return self.faults.seen(number)

    def release(self, number: int) -> None:
        """Lets the calls at this gate continue. No later call waits."""
        self.faults.remove(number)
        self._gates[number].set()

    def control(self, action: str, **arguments: Any) -> Any:
        """The same methods by name, for a control channel over HTTP; arguments and answers are JSON."""
        if action not in CONTROLS:
            raise LookupError(f"unknown action {action!r}; available: {', '.join(sorted(CONTROLS))}")
        answer = getattr(self, action)(**arguments)
        return sorted(answer) if isinstance(answer, set) else answer

    def _endpoint(self, account: str, region: str, endpoint: str) -> FakeEndpoint:
        backend = sagemaker_backends[account][region]
        sagemaker.settle(backend)
        if endpoint not in backend.endpoints:
            raise LookupError(f"{account}/{region}/{endpoint}")
        return backend.endpoints[endpoint]


CONTROLS = frozenset(
    {
        *("invoke", "recreate", "remove", "set_tags", "set_status", "set_config", "scale", "deleting_takes"),
        *("switch", "break_metrics", "set_price", "hostile"),
        *("fault", "clear_faults", "hold", "held", "release", "snapshot", "endpoints", "exists", "scalable_targets"),
    }
)
