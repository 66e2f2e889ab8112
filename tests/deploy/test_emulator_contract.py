"""What the gateway mends in MiniStack, one promise a patch: each fails on the stock engine."""

import json
import time
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from tests.deploy.actors import Actors
from tests.deploy.engine import Engine
from tests.simulation.hub.local_aws import LocalAws, LocalAwsError
from tests.simulation.hub.local_stacks import create_stack


@pytest.fixture(scope="module")
def engine(cloud: LocalAws, actors: Actors) -> Engine:
    return Engine(cloud, actors)


def _answer(cloud: LocalAws, token: str) -> str:
    """The error code of SendTaskSuccess, or nothing."""
    try:
        cloud.client("stepfunctions").send_task_success(taskToken=token, output='{"woken": true}')
    except ClientError as error:
        code: str = error.response["Error"]["Code"]
        return code
    return ""


def test_python_exceptions_keep_their_name(engine: Engine) -> None:
    """A Catch by the exception's class name matches, and the cause holds message and trace."""
    caught = {"Type": "Pass", "End": True}
    catch = [{"ErrorEquals": ["CellUnreachable"], "Next": "Caught", "ResultPath": "$.error"}]
    end = engine.end_of(engine.start("names", {"Fails": engine.task("raise", Catch=catch), "Caught": caught}))
    cause = json.loads(json.loads(end["output"])["error"]["Cause"])
    assert (cause["errorType"], cause["errorMessage"]) == ("CellUnreachable", "no such role")
    assert "app.py" in cause["stackTrace"][-1]


def test_sandbox_survives_an_exception(cloud: LocalAws, engine: Engine) -> None:
    """A function that raised answers its next call from the same process."""
    invoke = cloud.client("lambda").invoke
    pids = []
    for do in ("pid", "raise", "pid"):
        answer = json.load(invoke(FunctionName="probe", Payload=json.dumps({"do": do}))["Payload"])
        pids.append(answer.get("pid"))
    assert pids[0] == pids[2]


def test_function_log_shows_the_trace(cloud: LocalAws, engine: Engine) -> None:
    """Whoever reads the function's log finds where it failed."""
    cloud.client("lambda").invoke(FunctionName="probe", Payload=b'{"do": "raise"}')
    found = cloud.client("logs").filter_log_events(logGroupName="/aws/lambda/probe")["events"]
    assert any("CellUnreachable: no such role" in event["message"] for event in found)


def test_timeout_path_of_a_token_task(engine: Engine) -> None:
    """`TimeoutSecondsPath` ends a waiting task with States.Timeout."""
    wait = engine.task("nothing", wait=True, TimeoutSecondsPath="$.seconds")
    del wait["TimeoutSeconds"]
    end = engine.end_of(engine.start("timeout-path", {"Wait": wait}, input='{"seconds": 1}'))
    assert (end["status"], end["error"]) == ("FAILED", "States.Timeout")


def test_wait_for_a_path(engine: Engine) -> None:
    """`SecondsPath` waits as long as the input says."""
    wait = {"Type": "Wait", "SecondsPath": "$.seconds", "End": True}
    end = engine.end_of(engine.start("wait-path", {"Wait": wait}, input='{"seconds": 1}'))
    assert end["stopDate"] - end["startDate"] >= timedelta(seconds=1)


def test_token_task_fails_with_its_function(engine: Engine) -> None:
    """A token task whose function raises fails at once instead of waiting for a token that no one has."""
    end = engine.end_of(engine.start("token-raise", {"Wait": engine.task("raise", wait=True)}), within=5)
    assert (end["status"], end["error"]) == ("FAILED", "CellUnreachable")


def test_token_works_once(cloud: LocalAws, engine: Engine) -> None:
    """A token wakes its task, then is spent; garbage is no token."""
    execution = engine.start("once", {"Wait": engine.task("token", wait=True, payload={"key": "once"})})
    token = engine.object("once")
    assert _answer(cloud, token) == ""
    assert json.loads(engine.end_of(execution)["output"]) == {"woken": True}
    assert _answer(cloud, token) == "TaskTimedOut"
    assert _answer(cloud, "garbage") == "InvalidToken"


def test_token_of_a_timed_out_task_is_spent(cloud: LocalAws, engine: Engine) -> None:
    """After States.Timeout the token answers TaskTimedOut, though the execution goes on."""
    states = {
        "Wait": engine.task(
            "token",
            wait=True,
            payload={"key": "late"},
            TimeoutSeconds=1,
            Catch=[{"ErrorEquals": ["States.Timeout"], "Next": "Later"}],
        ),
        "Later": {"Type": "Wait", "Seconds": 5, "End": True},
    }
    engine.start("late", states)
    token = engine.object("late")
    time.sleep(1.3)
    assert _answer(cloud, token) == "TaskTimedOut"


def test_stopped_execution_stays_stopped(cloud: LocalAws, engine: Engine) -> None:
    """StopExecution kills the token, no Catch runs afterwards, and the status stays ABORTED."""
    states = {
        "Wait": engine.task(
            "token",
            wait=True,
            payload={"key": "stop"},
            TimeoutSeconds=2,
            Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Clean up"}],
        ),
        "Clean up": engine.task("token", payload={"key": "cleaned", "token": "x"}),
    }
    execution = engine.start("stopped", states)
    token = engine.object("stop")
    cloud.client("stepfunctions").stop_execution(executionArn=execution, error="Stopped", cause="by a test")
    assert _answer(cloud, token) == "TaskTimedOut"
    time.sleep(2.5)
    assert engine.end_of(execution)["status"] == "ABORTED"
    assert "Contents" not in cloud.client("s3").list_objects_v2(Bucket="tokens", Prefix="cleaned")


def test_stopped_map_starts_no_more_items(cloud: LocalAws, engine: Engine) -> None:
    """After StopExecution a Distributed Map calls no function for its remaining items."""
    slow = engine.task("sleep", payload={"seconds": 0.5, "key.$": "States.Format('item-{}', $)"})
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "Slow"}
    items = {"Type": "Map", "ItemsPath": "$.items", "MaxConcurrency": 1, "End": True}
    states = {"Items": items | {"ItemProcessor": processor | {"States": {"Slow": slow}}}}
    execution = engine.start("stopped-map", states, input='{"items": [1, 2, 3, 4, 5, 6]}')
    engine.object("item-1")
    cloud.client("stepfunctions").stop_execution(executionArn=execution)
    time.sleep(2)
    assert cloud.client("s3").list_objects_v2(Bucket="tokens", Prefix="item-")["KeyCount"] <= 2


def test_machine_timeout_ends_in_timed_out(cloud: LocalAws, engine: Engine) -> None:
    """The machine's own TimeoutSeconds ends it as TIMED_OUT, and EventBridge tells so."""
    queue = cloud.client("sqs").create_queue(QueueName="timed-out")["QueueUrl"]
    arn = f"arn:aws:sqs:us-east-1:{engine.actors.hub}:timed-out"
    pattern = {"source": ["aws.states"], "detail": {"status": ["TIMED_OUT"]}}
    cloud.client("events").put_rule(Name="timed-out", EventPattern=json.dumps(pattern))
    cloud.client("events").put_targets(Rule="timed-out", Targets=[{"Id": "queue", "Arn": arn}])
    execution = engine.start("machine-timeout", {"Wait": engine.task("nothing", wait=True)}, TimeoutSeconds=1)
    assert engine.end_of(execution, within=4)["status"] == "TIMED_OUT"
    messages = cloud.client("sqs").receive_message(QueueUrl=queue, WaitTimeSeconds=3)["Messages"]
    assert json.loads(messages[0]["Body"])["detail"]["executionArn"] == execution


def test_state_machine_needs_its_own_permissions(engine: Engine, actors: Actors) -> None:
    """A machine whose role may not invoke the function, or start children, fails."""
    trust = {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}
    powerless = actors.role(actors.hub, "powerless-machine", trust, [])
    end = engine.end_of(engine.start("no-invoke", {"Call": engine.task("nothing")}, role=powerless))
    assert "not authorized to perform: lambda:InvokeFunction" in end["cause"]
    rights = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}
    invoker = actors.role(actors.hub, "invoking-machine", trust, [rights])
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "Call"}
    items = {"Type": "Map", "ItemsPath": "$.items", "End": True}
    states = {"Items": items | {"ItemProcessor": processor | {"States": {"Call": engine.task("nothing")}}}}
    end = engine.end_of(engine.start("no-children", states, role=invoker, input='{"items": [1]}'))
    assert "not authorized to perform: states:StartExecution" in end["cause"]


def test_invocations_by_the_machine_are_logged(cloud: LocalAws, engine: Engine) -> None:
    """The call log counts the functions that a state machine calls, with the machine's role as the caller."""
    before = len(cloud.calls(service="lambda", operation="Invoke", caller=engine.role))
    engine.end_of(engine.start("logged", {"Call": engine.task("nothing")}))
    assert len(cloud.calls(service="lambda", operation="Invoke", caller=engine.role)) == before + 1


def test_scheduler_fills_in_its_placeholders(cloud: LocalAws, engine: Engine) -> None:
    """`<aws.scheduler.scheduled-time>` in a schedule's input becomes the time."""
    queue = cloud.client("sqs").create_queue(QueueName="scheduled")["QueueUrl"]
    at = datetime.now(UTC) + timedelta(seconds=1)
    cloud.client("scheduler").create_schedule(
        Name="once",
        ScheduleExpression=f"at({at:%Y-%m-%dT%H:%M:%S})",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={
            "Arn": f"arn:aws:sqs:us-east-1:{engine.actors.hub}:scheduled",
            "RoleArn": engine.role,
            "Input": '{"at": "<aws.scheduler.scheduled-time>"}',
        },
    )
    messages = cloud.client("sqs").receive_message(QueueUrl=queue, WaitTimeSeconds=10)["Messages"]
    fired = datetime.fromisoformat(json.loads(messages[0]["Body"])["at"])
    assert abs(fired - at) < timedelta(seconds=10)


def test_a_burst_uses_few_processes(engine: Engine) -> None:
    """Thirty items at once run in at most three processes of the function, and all of them run."""
    pids = [answer["pid"] for answer in engine.each("burst", "pid", 30)]
    assert len(pids) == 30
    assert len(set(pids)) <= 3


def test_processes_share_an_unpacked_layer(engine: Engine) -> None:
    """Every process of a function imports its layer from the same files, and so from the same byte code."""
    answers = engine.each("layer", "layer", 6)
    assert len({answer["pid"] for answer in answers}) > 1
    assert len({answer["file"] for answer in answers}) == 1


def test_stack_does_not_take_over_a_role(cloud: LocalAws, actors: Actors) -> None:
    """Two stacks that name the same role: the second one fails and says why, the first one keeps its role."""
    trust = {"Effect": "Allow", "Principal": {"AWS": actors.hub}, "Action": "sts:AssumeRole"}
    properties = {"RoleName": "wanted", "AssumeRolePolicyDocument": {"Statement": [trust]}}
    body = json.dumps({"Resources": {"Wanted": {"Type": "AWS::IAM::Role", "Properties": properties}}})
    cloudformation = cloud.client("cloudformation")
    create_stack(cloudformation, "first", body, {})
    before = cloud.client("iam").get_role(RoleName="wanted")["Role"]["RoleId"]
    with pytest.raises(LocalAwsError, match="Wanted: Role with name wanted already exists"):
        create_stack(cloudformation, "second", body, {})
    assert cloud.client("iam").get_role(RoleName="wanted")["Role"]["RoleId"] == before


def test_boundary_of_a_stack_role_limits_it(cloud: LocalAws, actors: Actors) -> None:
    """A permissions boundary given in a template is enforced."""
    lists = {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}
    iam = cloud.client("iam")
    document = json.dumps({"Version": "2012-10-17", "Statement": [lists]})
    boundary = iam.create_policy(PolicyName="lists-only", PolicyDocument=document)["Policy"]["Arn"]
    trust = {"Effect": "Allow", "Principal": {"AWS": actors.hub}, "Action": "sts:AssumeRole"}
    everything = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    properties = {
        "RoleName": "bounded",
        "AssumeRolePolicyDocument": {"Statement": [trust]},
        "Policies": [{"PolicyName": "everything", "PolicyDocument": everything}],
        "PermissionsBoundary": boundary,
    }
    body = json.dumps({"Resources": {"Bounded": {"Type": "AWS::IAM::Role", "Properties": properties}}})
    create_stack(cloud.client("cloudformation"), "bounded", body, {})
    session = actors.assume(actors.stranger, actors.hub, "bounded")
    actors.client(session, "s3").list_buckets()
    with pytest.raises(ClientError, match="AccessDenied"):
        actors.client(session, "sqs").list_queues()


def test_every_state_knows_when_the_execution_began(engine: Engine) -> None:
    """`$$.Execution.StartTime` is the start of the execution, for the whole of it."""
    told = {"Type": "Pass", "Parameters": {"started.$": "$$.Execution.StartTime"}, "End": True}
    end = engine.end_of(engine.start("started", {"Wait": {"Type": "Wait", "Seconds": 1, "Next": "Told"}, "Told": told}))
    started = datetime.fromisoformat(json.loads(end["output"])["started"])
    assert abs(started - end["startDate"]) < timedelta(milliseconds=100)


def test_concurrency_by_path(engine: Engine) -> None:
    """`MaxConcurrencyPath` limits the children: with 1, no second process is ever needed."""
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "Each"}
    items = {"Type": "Map", "ItemsPath": "$.items", "MaxConcurrencyPath": "$.at_once", "End": True}
    states = {"Each": engine.task("layer", OutputPath="$.Payload")}
    given = json.dumps({"items": [1, 2, 3], "at_once": 1})
    execution = engine.start(
        "by-path", {"Items": items | {"ItemProcessor": processor | {"States": states}}}, input=given
    )
    assert len({answer["pid"] for answer in json.loads(engine.end_of(execution)["output"])}) == 1


def test_any_method_of_an_api(cloud: LocalAws, engine: Engine) -> None:
    """The ANY method of an OpenAPI body is a route for GET and POST, also behind the page's public address, a custom
    domain, whose base path is in the paths of the event.
    """
    integration = {
        "type": "aws_proxy",
        "httpMethod": "POST",
        "uri": f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{engine.function}/invocations",
    }
    method = {"x-amazon-apigateway-any-method": {"x-amazon-apigateway-integration": integration}}
    api = {"swagger": "2.0", "info": {"title": "any"}, "paths": {"/a/{id}": method}}
    resources = {
        "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "any", "Body": api}},
        "Stage": {
            "Type": "AWS::ApiGateway::Deployment",
            "DependsOn": "Api",
            "Properties": {"RestApiId": {"Ref": "Api"}, "StageName": "v1"},
        },
    }
    create_stack(cloud.client("cloudformation"), "any", json.dumps({"Resources": resources}), {})
    for content in (None, b"x=1"):
        with urllib.request.urlopen(cloud.page_url("/a/1?k=secret"), data=content, timeout=20) as answer:
            assert json.load(answer) == ["/a/{id}", "/review/a/1", "/review/a/1"]
    # The log is written after the answer is sent.
    end = time.monotonic() + 10
    while len(logged := cloud.calls(service="execute-api")) < 2 and time.monotonic() < end:
        time.sleep(0.1)
    assert [(call.operation, call.resource) for call in logged] == [("GET", "/a/1"), ("POST", "/a/1")]
    assert "secret" not in cloud.call_log.read_text(encoding="utf-8")
