"""The hub's stack as CloudFormation describes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from endpoint_sweep.aws.error_translation import code_of, translated
from endpoint_sweep.aws.sessions import Sessions

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient


@dataclass(frozen=True, slots=True)
class HubStack:
    """`parameters` and `outputs` by name."""

    arn: str
    parameters: Mapping[str, str]
    outputs: Mapping[str, str]

    @property
    def account(self) -> str:
        return self.arn.split(":")[4]

    @property
    def region(self) -> str:
        return self.arn.split(":")[3]


def hub_stack(sessions: Sessions, name: str, region: str) -> HubStack | None:
    """None if there is no stack of this name. Raises CellDenied or CellFailed."""
    sessions.credentials()  # whose error says what to do
    client: CloudFormationClient = sessions.at("cloudformation", region)
    with translated(f"describing the stack {name} in {region}"):
        try:
            stack = client.describe_stacks(StackName=name)["Stacks"][0]
        except ClientError as error:
            # What it says of a stack that does not exist; the name itself was checked before.
            if code_of(error) == "ValidationError":
                return None
            raise
    if stack["StackStatus"] in ("REVIEW_IN_PROGRESS", "DELETE_COMPLETE"):
        return None  # a change set that was never carried out has no parameters
    return HubStack(
        arn=stack["StackId"],
        parameters={one["ParameterKey"]: one["ParameterValue"] for one in stack.get("Parameters") or ()},
        outputs={one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs") or ()},
    )
