"""What a hub shows when it ends: histories of its executions, and of a deployed one everything that it has stored."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from tests.leaks.spool import CODE, LINK, TOKEN
from tests.simulation.hub.local_aws import LocalAws
from tests.simulation.hub.local_stacks import ARTIFACTS
from tests.simulation.hub.stack_in_process import Hub

HEARD = "heard.jsonl"


@dataclass(frozen=True, slots=True)
class Place:
    """`asked` are the fields of the request that this page answers."""

    name: str
    text: str
    asked: Mapping[str, Sequence[str]] = field(default_factory=dict)
    row: str = ""


@dataclass(frozen=True, slots=True)
class Mail:
    to: str
    text: str


@dataclass(frozen=True, slots=True)
class Secret:
    kind: str
    word: str


# What the page hands back to who sent it: the link's secret in the form, a code that was typed with a wrong phrase.
_FIELDS = re.compile(
    r'(<input type="(?:hidden" name="(?P<k>k)|text" id="code" name="(?P<code>code))"[^>]* value=")([^"]+)"'
)


def sent(query: str, body: str) -> dict[str, list[str]]:
    """The fields of a request, from its address and its form."""
    fields = parse_qs(query)
    for name, values in parse_qs(body).items():
        fields.setdefault(name, []).extend(values)
    return fields


def without_own(page: str, asked: Mapping[str, Sequence[str]]) -> str:
    """The page without these two, where they came with the request that it answers."""

    def judged(found: re.Match[str]) -> str:
        is_own = found[4] in asked.get(found["k"] or found["code"], ())
        return f'{found[1]}"' if is_own else found[0]

    return _FIELDS.sub(judged, page)


def of(hub: object) -> Iterator[Place | Mail | Secret]:
    if isinstance(hub, Hub):
        yield from _in_process(hub)
    elif isinstance(hub, LocalAws):
        yield from _deployed(hub)


def _in_process(hub: Hub) -> Iterator[Place]:
    """Read from the engine itself: it cannot tell every history of an execution that was stopped."""
    from moto.stepfunctions.parser.models import stepfunctions_parser_backends

    backend = stepfunctions_parser_backends[hub.world.organization.hub_account][hub.region]
    for execution in backend._get_executions():
        told = {"input": execution.input_data, "output": execution.output, "error": execution.error}
        yield Place(f"the execution {execution.name}", json.dumps(told, default=str))
        if execution.exec_worker:
            for event in list(execution.exec_worker.env.event_manager._history_event_list):
                yield Place(f"the history of {execution.name}", json.dumps(_without_token(event), default=str))


def _without_token(event: Any) -> Any:
    """The event without the task token where Step Functions itself shows it: in the parameters of a wait's task."""
    details = event.get("taskScheduledEventDetails") or {}
    if event["type"] != "TaskScheduled" or not str(details.get("resource")).endswith(".waitForTaskToken"):
        return event
    parameters = json.loads(details["parameters"])
    parameters.get("Payload", {}).pop("token", None)
    return {**event, "taskScheduledEventDetails": {**details, "parameters": json.dumps(parameters)}}


def _deployed(aws: LocalAws) -> Iterator[Place | Mail | Secret]:
    """Mails, all versions of all objects, tables, executions, function logs; the gateway's output and what it heard."""
    for mail in aws.mails():
        text = f"{mail.subject}\n{mail.text}\n{mail.html}"
        yield from (Secret(LINK, secret) for secret in re.findall(r"/a/[0-9a-f]+\?k=([\w-]+)", mail.text))
        yield from (Secret(CODE, code) for code in re.findall(r"^Your code: ([0-9]{6})$", mail.text, re.MULTILINE))
        yield from (Mail(to, text) for to in mail.to)
    yield from _objects(aws)
    yield from _items(aws)
    yield from _executions(aws)
    yield from _logs(aws)
    for path in (aws.gateway_log, aws.call_log):
        if path.exists():
            yield Place(f"the gateway's {path.name}", path.read_text(encoding="utf-8", errors="replace"))
    heard = aws.data / HEARD
    for line in heard.read_text(encoding="utf-8").splitlines() if heard.exists() else ():
        match json.loads(line):
            case {"token": token}:
                yield Secret(TOKEN, token)
            case {"item": item}:
                yield _record(json.loads(item))
            case {"answer": text, "path": path, "query": query, "body": body}:
                yield Place(f"an answer of {path}", text, sent(query, body))


def _objects(aws: LocalAws) -> Iterator[Place]:
    s3 = aws.client("s3")
    # Left out: built code, and what the probes of the simulated cloud hand their tokens over with.
    for bucket in {one["Name"] for one in s3.list_buckets()["Buckets"]} - {ARTIFACTS, "tokens"}:
        for one in s3.get_paginator("list_object_versions").paginate(Bucket=bucket).search("Versions[]"):
            if one:
                body = s3.get_object(Bucket=bucket, Key=one["Key"], VersionId=one["VersionId"])["Body"].read()
                yield Place(f"object {one['Key']}", body.decode("utf-8", "replace"))


def _items(aws: LocalAws) -> Iterator[Place]:
    dynamodb = aws.client("dynamodb")
    for table in dynamodb.list_tables()["TableNames"]:
        for item in dynamodb.get_paginator("scan").paginate(TableName=table).search("Items[]"):
            yield _record(item)


def _record(item: Mapping[str, Any]) -> Place:
    row = f"{item.get('pk', {}).get('S')} {item.get('sk', {}).get('S')}"
    return Place(f"the record {row}", json.dumps(item), row=row)


def _executions(aws: LocalAws) -> Iterator[Place]:
    states = aws.client("stepfunctions")
    for machine in states.list_state_machines()["stateMachines"]:
        for one in states.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]:
            arn, name = one["executionArn"], one["name"]
            described = states.describe_execution(executionArn=arn)
            yield Place(f"the execution {name}", json.dumps(described, default=str))
            for event in states.get_paginator("get_execution_history").paginate(executionArn=arn).search("events[]"):
                yield Place(f"the history of {name}", json.dumps(event, default=str))


def _logs(aws: LocalAws) -> Iterator[Place]:
    logs = aws.client("logs")
    for group in logs.get_paginator("describe_log_groups").paginate().search("logGroups[].logGroupName"):
        for message in logs.get_paginator("filter_log_events").paginate(logGroupName=group).search("events[].message"):
            yield Place(f"the log {group}", str(message))
