"""The hub stack inside this process: its bucket, table and state machine on moto, its real handlers behind `lambda`.

    with World.in_process(build("small")) as world, Hub.in_process(world, Mode="approve") as hub:
        sweep = hub.start({"mode": "approve", "requested_by": "schedule"})

Everything that can be read from `template.yaml` is read from it: environment, defaults, the state machine's parts.
"""

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode

import boto3
from moto.sesv2.responses import SESV2Response
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from tests.simulation.hub import cloudformation
from tests.simulation.hub.approval_rows import item_of, stored_approval
from tests.simulation.hub.lambda_endpoint import Handler, context, lambda_endpoint, load
from tests.simulation.hub.outbox import Mail, keeping
from tests.simulation.hub.proxy_event import proxy_event
from tests.simulation.hub.resources import BUCKET, SENDER, STACK, TABLE, make_resources, put_parameters
from tests.simulation.member_aws import caller_identity
from tests.simulation.member_aws.state import PEOPLE_KEY
from tests.simulation.member_aws.world import World
from tests.simulation.organization.specification import LOOKBACK_DAYS
from tests.simulation.wire import watching

# Seconds that a test waits for what happens immediately on an idle machine. Only a failure takes that long.
PATIENT = 300.0
APPROVERS = ("ada@example.com", "grace@example.com")
BASE_URL = "https://review.example.com/v1"
READING = ("GET", "HEAD", "OPTIONS")  # S1.1: these show and change nothing
NOTHING_ASKED: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the review page answered."""

    status: int
    headers: Mapping[str, str]
    body: str


class Hub:
    """One deployed hub. Its clock can be set ahead; everything else is as the handlers find it on AWS."""

    def __init__(self, world: World, parameters: Mapping[str, str]) -> None:
        self.world = world
        self.template = _template()
        self.parameters = self._defaults() | dict(parameters)
        self.region = world.organization.hub_region
        self.arn = f"arn:aws:states:{self.region}:{world.organization.hub_account}:stateMachine:{STACK}"
        self._ahead = timedelta()
        self.handlers: dict[str, Handler] = {}
        self.outbox: list[Mail] = []
        self.reading: Callable[[str], AbstractContextManager[None]] = lambda _method: nullcontext()
        self._clients: dict[str, Any] = {}
        self._keys: dict[str, str] = {}

    @classmethod
    @contextmanager
    def in_process(cls, world: World, **parameters: str) -> Iterator["Hub"]:
        """`parameters` are those of `template.yaml`; waiting is short unless they say otherwise."""
        from endpoint_sweep.aws import wiring
        from endpoint_sweep.settings import sweep_input

        quick = {
            "OrganizationId": world.organization.id,
            "ExternalId": world.organization.external_id,
            "Regions": ",".join(world.organization.regions),
            "Sender": SENDER,
            "Approvers": ",".join(APPROVERS),
            "ReviewBaseUrl": BASE_URL,
            "CostRoleArn": world.organization.cost_role,
            "WaitSliceSeconds": "1",
            "GoneCheckSeconds": "1",
            # Tests of the grace period set it themselves.
            "GraceMinutes": "0",
            # StackSets skip the management account, so it has no role in the small worlds.
            "MinCoveragePercent": "50",
        }
        if watching.watcher:
            watching.watcher.opened()
        hub = cls(world, quick | parameters)
        hub._keys |= make_resources(hub.template, hub.client)
        put_parameters(hub.template, hub.client, hub._resolve)
        hub.kill("off")
        hub._load_handlers()
        wiring.hub.cache_clear()
        clock = staticmethod(hub.now)
        with (
            lambda_endpoint(hub.handlers) as url,
            patch.dict(os.environ, hub.environment() | {"AWS_ENDPOINT_URL_LAMBDA": url}),
            patch.object(wiring.Hub, "now", clock),
            patch.object(sweep_input, "WAITING_EVENTS", 10**9),  # 72 hours of seconds, which are only set ahead
            patch.object(SESV2Response, "send_email", keeping(hub.outbox)),
            caller_identity.answering(caller_identity.Sts(now=hub.now)),
        ):
            hub._make_state_machine()
            yield hub
            hub._stop_all()
            if watching.watcher:
                watching.watcher.ending(hub)
        wiring.hub.cache_clear()

    # what a person or a schedule does

    def start(self, data: Any = NOTHING_ASKED, name: str = "2026-11-20T06-00Z-test") -> str:
        """Starts a sweep; its execution ARN."""
        answer = self.client("stepfunctions").start_execution(
            stateMachineArn=self.arn, name=name, input=json.dumps(data)
        )
        return str(answer["executionArn"])

    def run(
        self, data: Any = NOTHING_ASKED, name: str = "2026-11-20T06-00Z-test", seconds: float = PATIENT
    ) -> dict[str, Any]:
        """Starts a sweep and waits for its end."""
        return self.wait(self.start(data, name), seconds)

    def wait(self, execution: str, seconds: float = PATIENT) -> dict[str, Any]:
        """The description of the execution once it has ended."""

        def ended() -> dict[str, Any] | None:
            found: dict[str, Any] = self.client("stepfunctions").describe_execution(executionArn=execution)
            return None if found["status"] == "RUNNING" else found

        return self.until(ended, seconds, f"{execution} to end")

    def get(self, link: str, method: str = "GET") -> Answer:
        """Opens a link the way API Gateway hands it over."""
        path, _, query = link.removeprefix(BASE_URL).partition("?")
        return self._review(method, path, dict(pair.split("=", 1) for pair in query.split("&") if pair), None)

    def post(
        self, link: str, fields: Mapping[str, str | list[str]], headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Sends the page's form; the secret of the link goes along as the form's `k`."""
        path, _, query = link.removeprefix(BASE_URL).partition("?")
        body = urlencode({"k": query.removeprefix("k=")} | dict(fields), doseq=True)
        sent = {"Content-Type": "application/x-www-form-urlencoded", "Host": "review.example.com"} | dict(headers or {})
        return self._review("POST", path, {}, body, sent)

    def kill(self, value: str = "on") -> None:
        """Someone sets the kill switch, which a new stack does not have."""
        name = self.environment()["KILL_SWITCH"]
        self.client("ssm").put_parameter(Name=name, Value=value, Type="String", Overwrite=True)

    # what can be looked at

    @property
    def ahead(self) -> timedelta:
        return self._ahead

    @ahead.setter
    def ahead(self, ahead: timedelta) -> None:
        """Metrics go on being published while the hub's clock is set ahead."""
        self._ahead = ahead
        self.world.state.clock = lambda: time.time() + ahead.total_seconds()

    def now(self) -> datetime:
        """The clock of the hub, and of what member accounts publish."""
        return datetime.now(UTC) + self.ahead

    def client(self, service: str) -> Any:
        """A client of the hub account for people who look and act. No fault affects it."""
        if service not in self._clients:
            keys = {"aws_access_key_id": PEOPLE_KEY, "aws_secret_access_key": "simulated"}
            self._clients[service] = boto3.client(service, region_name=self.region, **keys)  # type: ignore[call-overload]
        return self._clients[service]

    def mails(self) -> list[Mail]:
        return list(self.outbox)

    def items(self) -> list[dict[str, Any]]:
        return list(self.client("dynamodb").get_paginator("scan").paginate(TableName=TABLE).search("Items[]"))

    def item(self, pk: str, sk: str) -> dict[str, Any] | None:
        return item_of(self.client("dynamodb"), TABLE, pk, sk)

    def approval(self, approval: str) -> dict[str, Any] | None:
        """An approval by its id, joined from its rows and from what stops it."""
        return stored_approval(self.client("dynamodb"), TABLE, self.client("s3"), BUCKET, approval)

    def document(self, name: str, sweep: str = "2026-11-20T06-00Z-test") -> Any:
        body = self.client("s3").get_object(Bucket=BUCKET, Key=f"sweeps/{sweep}/{name}")["Body"].read()
        return json.loads(body)

    def history(self, execution: str) -> list[dict[str, Any]]:
        pages = self.client("stepfunctions").get_paginator("get_execution_history").paginate(executionArn=execution)
        return list(pages.search("events[]"))

    def states(self, execution: str) -> list[str]:
        """Names of the states that were entered, in order."""
        return [one["name"] for event in self._events(execution) if (one := event.get("stateEnteredEventDetails"))]

    def waits(self, execution: str) -> int:
        """How many callbacks have been waited for: the function that stores the token has ended."""
        return sum(event["type"] == "TaskSubmitted" for event in self._events(execution))

    def _events(self, execution: str) -> list[Any]:
        """From the engine's memory, because tests look often."""
        engine = stepfunctions_parser_backends[self.world.organization.hub_account][self.region]
        env = engine.describe_execution(execution).exec_worker.env
        return list(env.event_manager._history_event_list) if env else []

    @staticmethod
    def until[T](look: Callable[[], T | None], seconds: float, what: str) -> T:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if (found := look()) is not None:
                return found
            time.sleep(0.05)
        raise TimeoutError(f"waited {seconds} s for {what}")

    # how it is put together

    def environment(self) -> dict[str, str]:
        """The variables of every function, as the template sets them (one process: the union)."""
        variables: dict[str, Any] = {}
        for name in cloudformation.resources(self.template, "AWS::Serverless::Function"):
            variables |= cloudformation.variables(self.template, name)
        return {name: self._resolve(value) for name, value in variables.items()}

    def _resolve(self, value: Any) -> str:
        parameters = cloudformation.resources(self.template, "AWS::SSM::Parameter")
        names = {name: cloudformation.resolved(one["Name"], self._named()) for name, one in parameters.items()}
        return cloudformation.resolved(value, self._named() | names)

    def _named(self) -> dict[str, str]:
        return self.parameters | {
            "Table": TABLE,
            "Bucket": BUCKET,
            "MailEvents": STACK,
            "EventBus": STACK,
            "AWS::StackName": STACK,
            "AWS::Partition": "aws",
            "AWS::Region": self.region,
            "AWS::AccountId": self.world.organization.hub_account,
            **self._keys,
        }

    def _defaults(self) -> dict[str, str]:
        defaults = {name: str(one.get("Default", "")) for name, one in self.template["Parameters"].items()}
        return defaults | {"LookbackDays": LOOKBACK_DAYS}

    def _load_handlers(self) -> None:
        for name, properties in cloudformation.resources(self.template, "AWS::Serverless::Function").items():
            path = cloudformation.ROOT / properties["CodeUri"] / "app.py"
            self.handlers[f"{STACK}-{name}"] = load(path, f"functions.{path.parent.name}.app")

    def _make_state_machine(self) -> None:
        properties = self.template["Resources"]["SweepStateMachine"]["Properties"]
        text = (cloudformation.ROOT / properties["DefinitionUri"]).read_text()
        for name, value in properties["DefinitionSubstitutions"].items():
            match value:
                case {"Fn::GetAtt": [function, "Arn"]}:
                    account = self.world.organization.hub_account
                    arn = f"arn:aws:lambda:{self.region}:{account}:function:{STACK}-{function}"
                    text = text.replace(f"${{{name}}}", arn)
                case _:
                    text = text.replace(f"${{{name}}}", self._resolve(value))
        role = f"arn:aws:iam::{self.world.organization.hub_account}:role/states"
        self.client("stepfunctions").create_state_machine(name=STACK, definition=text, roleArn=role)

    def _stop_all(self) -> None:
        """moto wakes a stopped execution only at the end of its slice, and nothing may outlive the test."""
        states = self.client("stepfunctions")
        for one in states.list_executions(stateMachineArn=self.arn, statusFilter="RUNNING")["executions"]:
            states.stop_execution(executionArn=one["executionArn"])

    def _review(
        self,
        method: str,
        path: str,
        query: dict[str, str],
        body: str | None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        sent = dict(headers or {"Host": "review.example.com"})
        event = proxy_event(method, path, urlencode(query), body, headers=sent)
        with self.reading(method) if method in READING else nullcontext():
            answer = self.handlers[f"{STACK}-ReviewFunction"](event, context())
        flat = {name: values[0] for name, values in answer.get("multiValueHeaders", {}).items()}
        return Answer(answer["statusCode"], flat | answer.get("headers", {}), answer.get("body") or "")


@cache
def _template() -> Any:
    return cloudformation.load(cloudformation.HUB_TEMPLATE)
