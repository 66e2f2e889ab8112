"""Small functions and state machines on the hub's engine, made without a template."""

import io
import json
import time
import zipfile
from dataclasses import dataclass, field
from typing import Any

from tests.deploy.actors import Actors
from tests.simulation.hub.local_aws import LocalAws

LAMBDA_INVOKE = "arn:aws:states:::lambda:invoke"
CODE = '''
import json, os, time, boto3

class CellUnreachable(Exception):
    """raised by name"""

def handler(event, context):
    if "httpMethod" in event:
        paths = [event["resource"], event["path"], event["requestContext"]["path"]]
        return {"statusCode": 200, "body": json.dumps(paths)}
    match event.get("do"):
        case "raise":
            raise CellUnreachable("no such role")
        case "pid":
            return {"pid": os.getpid()}
        case "layer":
            import marker
            time.sleep(0.5)
            return {"pid": os.getpid(), "file": os.path.realpath(marker.__file__)}
        case "token":
            boto3.client("s3").put_object(Bucket="tokens", Key=event["key"], Body=event["token"].encode())
        case "sleep":
            time.sleep(event["seconds"])
            boto3.client("s3").put_object(Bucket="tokens", Key=event["key"], Body=b"done")
    return {}
'''


@dataclass
class Engine:
    """Makes a function once, and machines that use it."""

    aws: LocalAws
    actors: Actors
    function: str = ""
    role: str = ""
    _machines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.aws.client("s3").create_bucket(Bucket="tokens")
        trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
        hub = self.actors.hub
        functions = self.aws.client("lambda")
        layer = functions.publish_layer_version(LayerName="probe", Content={"ZipFile": _zip("python/marker.py", "")})
        made = functions.create_function(
            FunctionName="probe",
            Runtime="python3.13",
            Role=self.actors.role(hub, "probe", trust, [everything]),
            Handler="app.handler",
            Code={"ZipFile": _zip("app.py", CODE)},
            Layers=[layer["LayerVersionArn"]],
            Timeout=30,
        )
        self.function = made["FunctionArn"]
        self.role = self.actors.role(
            hub, "machine", trust, [{"Effect": "Allow", "Action": ["lambda:*", "states:*", "s3:*"], "Resource": "*"}]
        )

    def task(self, do: str, *, wait: bool = False, **fields: Any) -> dict[str, Any]:
        """A task state that calls the probe; `payload` in the fields is merged into its event."""
        payload: dict[str, Any] = {"do": do} | fields.pop("payload", {})
        if wait:
            payload["token.$"] = "$$.Task.Token"
        resource = LAMBDA_INVOKE + (".waitForTaskToken" if wait else "")
        parameters = {"FunctionName": self.function, "Payload": payload}
        state = {"Type": "Task", "Resource": resource, "Parameters": parameters, "TimeoutSeconds": 20} | fields
        return state if "Next" in state else {**state, "End": True}

    def start(self, name: str, states: dict[str, Any], *, role: str = "", input: str = "{}", **top: Any) -> str:  # noqa: A002
        """A new machine with these states, started; the execution's ARN."""
        definition = json.dumps({"StartAt": next(iter(states)), "States": states, **top})
        sfn = self.aws.client("stepfunctions")
        machine = sfn.create_state_machine(name=name, definition=definition, roleArn=role or self.role)
        started = sfn.start_execution(stateMachineArn=machine["stateMachineArn"], name="one", input=input)
        return str(started["executionArn"])

    def each(self, name: str, do: str, count: int) -> list[dict[str, Any]]:
        """What the probe answers to each of `count` items of one Distributed Map."""
        processor: dict[str, Any] = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}
        processor["StartAt"] = "Each"
        processor["States"] = {"Each": self.task(do, OutputPath="$.Payload")}
        items = {"Type": "Map", "ItemsPath": "$.items", "End": True, "ItemProcessor": processor}
        execution = self.start(name, {"Items": items}, input=json.dumps({"items": list(range(count))}))
        answers: list[dict[str, Any]] = json.loads(self.end_of(execution)["output"])
        return answers

    def end_of(self, execution: str, *, within: float = 15) -> dict[str, Any]:
        """The execution once it is no longer RUNNING."""
        deadline = time.monotonic() + within
        while True:
            found: dict[str, Any] = self.aws.client("stepfunctions").describe_execution(executionArn=execution)
            if found["status"] != "RUNNING":
                return found
            assert time.monotonic() < deadline, f"still RUNNING after {within} s"
            time.sleep(0.05)

    def object(self, key: str, *, within: float = 10) -> str:
        """What a probe has put under this key, once it is there."""
        s3 = self.aws.client("s3")
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            if s3.list_objects_v2(Bucket="tokens", Prefix=key).get("KeyCount"):
                body: bytes = s3.get_object(Bucket="tokens", Key=key)["Body"].read()
                return body.decode()
            time.sleep(0.05)
        raise AssertionError(f"nothing under {key} after {within} s")


def _zip(name: str, text: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(name, text)
    return content.getvalue()
