"""What AWS refuses of a stack, the local AWS refuses as well: what it deploys, AWS would deploy, too."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.deploy.actors import Actors
from tests.deploy.engine import Engine
from tests.simulation.hub.local_aws import LocalAws, LocalAwsError
from tests.simulation.hub.local_stacks import create_stack


@pytest.fixture(scope="module")
def engine(cloud: LocalAws, actors: Actors) -> Engine:
    return Engine(cloud, actors)


def function(engine: Engine, **properties: Any) -> str:
    """A template with one function."""
    made = {"Role": engine.role, "Runtime": "python3.13", "Handler": "index.handler", "Code": {"ZipFile": "#"}}
    return json.dumps({"Resources": {"Page": {"Type": "AWS::Lambda::Function", "Properties": made | properties}}})


def test_a_new_account_reserves_no_concurrency(cloud: LocalAws, engine: Engine) -> None:
    """Its whole limit of ten has to stay unreserved, whether a template or a call asks for less (D13.8)."""
    cloudformation = cloud.client("cloudformation")
    below = r"below its minimum value of \[10\]"
    with pytest.raises(LocalAwsError, match=f"Page: .*{below}"):
        create_stack(cloudformation, "reserves", function(engine, ReservedConcurrentExecutions="5"), {})
    create_stack(cloudformation, "reserves-none", function(engine), {})
    functions = cloud.client("lambda")
    with pytest.raises(ClientError, match=f"InvalidParameterValueException.*{below}"):
        functions.put_function_concurrency(FunctionName="probe", ReservedConcurrentExecutions=1)
    functions.put_function_concurrency(FunctionName="probe", ReservedConcurrentExecutions=0)
    functions.delete_function_concurrency(FunctionName="probe")


def test_a_log_group_that_exists_is_not_taken_over(cloud: LocalAws) -> None:
    """Such as one that an older stack of the same name left (D14.4)."""
    cloud.client("logs").create_log_group(logGroupName="/left/functions")
    group = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/left/functions"}}
    with pytest.raises(LocalAwsError, match=r"Logs: .*already exists"):
        create_stack(cloud.client("cloudformation"), "again", json.dumps({"Resources": {"Logs": group}}), {})
