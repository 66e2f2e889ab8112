"""What StackSets do in a member account: a real stack of it, by MiniStack's own CloudFormation."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import boto3

_PATIENCE = 30


def stacks_at(endpoint: str) -> Callable[[str, str, str, str, Mapping[str, str]], None]:
    """`put_stack` of HubState, for the gateway at this address."""

    def put(account: str, region: str, stack_set: str, template: str, parameters: Mapping[str, str]) -> None:
        # MiniStack does not check the secret of an account's own 12-digit key.
        client: Any = boto3.client(
            "cloudformation", region, endpoint_url=endpoint, aws_access_key_id=account, aws_secret_access_key="test"
        )
        name = f"StackSet-{stack_set}"
        if not template:
            client.delete_stack(StackName=name)
        else:
            rows = [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()]
            make = client.update_stack if _status(client, name) else client.create_stack
            make(StackName=name, TemplateBody=template, Parameters=rows, Capabilities=["CAPABILITY_NAMED_IAM"])
        end = time.monotonic() + _PATIENCE
        while (status := _status(client, name)).endswith("IN_PROGRESS") and time.monotonic() < end:
            time.sleep(0.05)
        if status not in ("", "DELETE_COMPLETE", "CREATE_COMPLETE", "UPDATE_COMPLETE"):
            raise RuntimeError(f"the stack {name} in {account} is {status}")

    return put


def _status(client: Any, name: str) -> str:
    """Empty where there is no such stack."""
    try:
        return str(client.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])
    except client.exceptions.ClientError:
        return ""
