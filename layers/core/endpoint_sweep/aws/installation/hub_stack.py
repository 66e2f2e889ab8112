"""The hub's stack as CloudFormation tells of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from endpoint_sweep.aws.installation.asking import Asking
from endpoint_sweep.domain.errors import StackMissing


@dataclass(frozen=True, slots=True)
class Stack:
    """`arn`: names account and region. `outputs` and `parameters` by their names."""

    name: str
    arn: str
    status: str
    description: str
    parameters: Mapping[str, str]
    outputs: Mapping[str, str]

    @property
    def account(self) -> str:
        return self.arn.split(":")[4]


@dataclass(frozen=True, slots=True)
class Part:
    """One resource of the stack."""

    logical: str
    type: str
    physical: str


def read_stack(ask: Asking, name: str) -> Stack:
    """Raises StackMissing, NotAllowed or NotAnswered."""
    answer = ask("cloudformation:DescribeStacks", missing=("ValidationError",), StackName=name)
    rows = answer["Stacks"] if answer else []
    if not rows:
        raise StackMissing(f"there is no stack {name} in this account and region")
    row = rows[0]
    return Stack(
        name,
        row["StackId"],
        row["StackStatus"],
        row.get("Description", ""),
        {one["ParameterKey"]: one.get("ParameterValue", "") for one in row.get("Parameters") or ()},
        {one["OutputKey"]: one["OutputValue"] for one in row.get("Outputs") or ()},
    )


def read_parts(ask: Asking, name: str) -> tuple[Part, ...]:
    """Raises NotAllowed or NotAnswered."""
    rows = ask.rows("cloudformation:ListStackResources", "StackResourceSummaries", StackName=name)
    return tuple(Part(row["LogicalResourceId"], row["ResourceType"], row.get("PhysicalResourceId", "")) for row in rows)
