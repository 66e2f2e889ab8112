"""A whole installation in this process: the hub with its stack, schedule, alarms and page, and the members' StackSet.

    with World.in_process(sound_world()) as world, installed(world) as one:
        one.sweep()

`Hub` has what sweeps need; here is what only people and CloudFormation look at.
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from moto.cloudformation.models import CloudFormationBackend

from tests.simulation.hub import cloudformation, typed
from tests.simulation.hub.page_server import serving
from tests.simulation.hub.resources import BUCKET, STACK, TABLE
from tests.simulation.hub.stack_in_process import BASE_URL, Hub
from tests.simulation.member_aws.hub_state import STACK_SETS, SUCCEEDED
from tests.simulation.member_aws.world import World
from tests.simulation.organization.scenarios import build
from tests.simulation.organization.specification import Organization

STACK_SET = f"{STACK}-member-roles"
SCHEDULE = f"{STACK}-sweep"
# The API's own address and the custom domain.
API_HOST = "abc123.execute-api.us-east-1.amazonaws.com"
HOSTS = (API_HOST, "review.example.com")
_ALARM = "AWS::CloudWatch::Alarm"
_MADE = "AWS::SQS::Queue"
_PREFIX = "make deploy SET="


def sound_world() -> Organization:
    """The small one, with a scan role in the management account as well."""
    world = build("small")
    accounts = (replace(one, has_scan_role=True) for one in world.accounts)
    return replace(world, accounts=tuple(accounts))


class Installation:
    """What people do to an installation."""

    def __init__(self, world: World, hub: Hub) -> None:
        self.world = world
        self.hub = hub
        self._sweeps = 0

    def client(self, service: str) -> Any:
        return self.hub.client(service)

    def sweep(self) -> dict[str, Any]:
        self._sweeps += 1
        return self.hub.run({"mode": "report"}, f"2026-11-20T06-{self._sweeps:02}Z-scheduled")

    def parts(self, type_: str) -> list[str]:
        """Physical names."""
        rows = self.client("cloudformation").list_stack_resources(StackName=STACK)["StackResourceSummaries"]
        return [row["PhysicalResourceId"] for row in rows if row["ResourceType"] == type_]

    def deploy(self, **parameters: str) -> None:
        """An update of the stack with other values of these parameters."""
        from endpoint_sweep.aws import wiring

        for name in parameters:
            assert name in self.hub.parameters, f"the template has no parameter {name}"
        self.hub.parameters |= parameters
        self.client("cloudformation").update_stack(
            StackName=STACK, TemplateBody=_template(self.hub), Parameters=_given(self.hub)
        )
        for one in cloudformation.resources(self.hub.template, "AWS::SSM::Parameter").values():
            name = self.hub._resolve(one["Name"])
            if not name.endswith("/kill"):
                request = {"Name": name, "Value": self.hub._resolve(one["Value"]), "Type": "String"}
                self.client("ssm").put_parameter(**request, Overwrite=True)
        if {"ScheduleState", "ScheduleExpression", "ScheduleTimezone", "Mode"} & {*parameters}:
            self.client("scheduler").update_schedule(**self.schedule())
        os.environ.update(self.hub.environment())
        wiring.hub.cache_clear()

    def schedule(self) -> dict[str, Any]:
        """As template.yaml has it."""
        given, account = self.hub.parameters, self.world.organization.hub_account
        asked = {
            "scheduled_at": "<aws.scheduler.scheduled-time>",
            "label": "scheduled",
            "input": {"mode": given["Mode"]},
        }
        function = f"arn:aws:lambda:{self.hub.region}:{account}:function:{STACK}-StartSweepFunction"
        target = {"Arn": function, "RoleArn": f"arn:aws:iam::{account}:role/starts", "Input": json.dumps(asked)}
        return {
            "Name": SCHEDULE,
            "State": given["ScheduleState"],
            "ScheduleExpression": given["ScheduleExpression"],
            "ScheduleExpressionTimezone": given["ScheduleTimezone"],
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": target,
        }

    def type(self, command: str, account: str = "", answers: Mapping[str, str] | None = None) -> Any:
        """Does what a printed command does, with credentials of the hub or of another account.

        Raises typed.NotACommand.
        """
        line = typed.filled_in(command, answers or {})
        if line.startswith(_PREFIX):
            name, _, value = json.loads(line.removeprefix(_PREFIX)).partition("=")
            return self.deploy(**{name: value})
        call = typed.parse(line)
        client = self.client(call.service)
        if account:
            client = self.world.client(call.service, account, call.region, role="people")
        answer = getattr(client, call.operation)(**call.request)
        if call.operation == "start_execution":
            return self.hub.wait(answer["executionArn"])
        return answer


@contextmanager
def installed(world: World, **parameters: str) -> Iterator[Installation]:
    """An installation with nothing wrong, that has swept once."""
    hub_account, region = world.organization.hub_account, world.organization.hub_region
    topic = f"arn:aws:sns:{region}:{hub_account}:alarms"
    given = {"Mode": "approve", "ScheduleState": "ENABLED", "AlarmTopicArn": topic, "ReviewBaseUrl": BASE_URL}
    with Hub.in_process(world, **(given | parameters)) as hub:
        one = Installation(world, hub)
        recovery = {"PointInTimeRecoveryEnabled": True}
        hub.client("dynamodb").update_continuous_backups(TableName=TABLE, PointInTimeRecoverySpecification=recovery)
        hub.client("sns").create_topic(Name="alarms")
        hub.client("sns").subscribe(TopicArn=topic, Protocol="email", Endpoint="oncall@example.com")
        hub.client("scheduler").create_schedule(**one.schedule())
        hub.client("cloudformation").create_stack(StackName=STACK, TemplateBody=_template(hub), Parameters=_given(hub))
        _alarms(hub)
        _stack_set(world)
        with patch.object(CloudFormationBackend, "list_stack_resources", _listing(hub)), serving(hub, HOSTS):
            one.sweep()
            yield one


def _alarms(hub: Hub) -> None:
    for name, alarm in cloudformation.resources(hub.template, _ALARM).items():
        taken = {key: alarm[key] for key in ("MetricName", "Statistic", "Period", "EvaluationPeriods", "Threshold")}
        hub.client("cloudwatch").put_metric_alarm(
            AlarmName=f"{STACK}-{name}",
            Namespace=STACK,
            ComparisonOperator=alarm["ComparisonOperator"],
            TreatMissingData=alarm["TreatMissingData"],
            AlarmActions=[hub.parameters["AlarmTopicArn"]],
            **taken,
        )
        hub.client("cloudwatch").set_alarm_state(AlarmName=f"{STACK}-{name}", StateValue="OK", StateReason="quiet")


def _stack_set(world: World) -> None:
    organization, hub = world.organization, world.state.hub
    hub.trusted.add(STACK_SETS)
    hub.allowing_delete.add(STACK_SET)
    hub.delegated[STACK_SETS] = {organization.hub_account}
    members = [one.id for one in organization.accounts if one.id != organization.management_account]
    hub.instances[STACK_SET] = {(one, organization.hub_region): ("CURRENT", SUCCEEDED) for one in members}


def _template(hub: Hub) -> str:
    """Of the real one: the parameters, the outputs, and what `Hub` has not made."""
    declared = {
        name: {"Type": "String"} | ({"Default": str(one["Default"])} if "Default" in one else {})
        for name, one in hub.template["Parameters"].items()
    }
    made = {name: one for name, one in hub.template["Resources"].items() if one["Type"] == _MADE}
    outputs = {
        "StateMachineArn": {"Value": hub.arn},
        "BucketName": {"Value": BUCKET},
        "TableName": {"Value": TABLE},
        "ReviewUrl": {"Value": hub.parameters["ReviewBaseUrl"] or f"https://{API_HOST}/v1"},
        "MemberRoles": {"Value": f"endpoint-sweep member-roles --stack {STACK}"},
    }
    assert outputs.keys() <= hub.template["Outputs"].keys(), "an output that the template does not have"
    conditions = hub.template["Conditions"]
    return json.dumps({"Parameters": declared, "Conditions": conditions, "Resources": made, "Outputs": outputs})


def _given(hub: Hub) -> list[dict[str, str]]:
    return [{"ParameterKey": name, "ParameterValue": value} for name, value in hub.parameters.items()]


def _listing(hub: Hub) -> Any:
    """Also what was made without CloudFormation: the keys, and the alarms, which moto's cannot make."""
    alarms = {name: f"{STACK}-{name}" for name in cloudformation.resources(hub.template, _ALARM)}
    keys = {name: arn.rpartition("/")[2] for name, arn in hub._keys.items()}
    others = [
        SimpleNamespace(logical_resource_id=name, physical_resource_id=physical, cf_resource_type=type_)
        for type_, made in (("AWS::KMS::Key", keys), (_ALARM, alarms))
        for name, physical in made.items()
    ]
    original = CloudFormationBackend.list_stack_resources

    def listed(backend: CloudFormationBackend, name: str) -> Any:
        stack, found = original(backend, name)
        return stack, [*found, *others]

    return listed
