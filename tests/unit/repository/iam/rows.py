"""The rows of the truth table: who does what to what, in which circumstances, and whether IAM lets them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tests.unit.repository.iam.stacks import API, HUB, MEMBER, STACK

type Context = Mapping[str, str | list[str]]
type Session = Mapping[str, Any]  # a session policy


class Answer(StrEnum):
    """IAM's answers, in the evaluator's words."""

    ALLOWED = "Allowed"
    DENIED = "ImplicitlyDenied"  # nothing allows it
    FORBIDDEN = "ExplicitlyDenied"  # a statement forbids it, whatever else allows it


@dataclass(frozen=True, slots=True)
class Row:
    """`who`: the logical id of a role, or a name in `people.PEOPLE`. `stack`: a name in `people.DEPLOYMENTS`.

    ARNs are written for the partition aws and the region eu-west-1; a deployment elsewhere puts its own in their place.
    `context` adds to what every request carries. `session` is the policy that the session was given.
    """

    expected: Answer
    who: str
    action: str
    what: str
    why: str
    context: Context = field(default_factory=dict)
    stack: str = "default"
    session: Session | None = None

    def __str__(self) -> str:
        return f"{self.stack}: {self.who} {self.action} {self.what}: {self.why}"


def allowed(
    who: str, action: str, what: str, why: str, context: Context | None = None, *,
    stack: str = "default", session: Session | None = None,
) -> Row:  # fmt: skip
    return Row(Answer.ALLOWED, who, action, what, why, context or {}, stack, session)


def denied(
    who: str, action: str, what: str, why: str, context: Context | None = None, *,
    stack: str = "default", session: Session | None = None,
) -> Row:  # fmt: skip
    return Row(Answer.DENIED, who, action, what, why, context or {}, stack, session)


def forbidden(
    who: str, action: str, what: str, why: str, context: Context | None = None, *,
    stack: str = "default", session: Session | None = None,
) -> Row:  # fmt: skip
    return Row(Answer.FORBIDDEN, who, action, what, why, context or {}, stack, session)


EVERYTHING = "*"  # the resource of actions that support no other

ENDPOINT = f"arn:aws:sagemaker:us-east-1:{MEMBER}:endpoint/demo"
OTHER_ENDPOINT = f"arn:aws:sagemaker:us-east-1:{MEMBER}:endpoint/other"
COMPONENT = f"arn:aws:sagemaker:us-east-1:{MEMBER}:inference-component/demo-part"
KEEP = "aws:ResourceTag/endpoint-sweep:keep"
KEEP_UNTIL = "aws:ResourceTag/endpoint-sweep:keep-until"
LAPSED = "aws:PrincipalTag/endpoint-sweep:lapsed"

SCAN_ROLE = f"arn:aws:iam::{MEMBER}:role/endpoint-sweep-scan"
ACT_ROLE = f"arn:aws:iam::{MEMBER}:role/endpoint-sweep-act"
COST_ROLE = "arn:aws:iam::999999999999:role/endpoint-sweep-costs"

TABLE = f"arn:aws:dynamodb:eu-west-1:{HUB}:table/{STACK}-Table"
BUCKET = f"arn:aws:s3:::{STACK}-Bucket"
FOLDER = f"{BUCKET}/sweeps/2026-11-20T06-00Z"
MACHINE = f"arn:aws:states:eu-west-1:{HUB}:stateMachine:{STACK}"
EXECUTION = f"arn:aws:states:eu-west-1:{HUB}:execution:{STACK}:2026-11-20T06-00Z"


def key(name: str) -> str:
    """The ARN of a KMS key of the hub, by its logical id."""
    return f"arn:aws:kms:eu-west-1:{HUB}:key/{STACK}-{name}"


def function(name: str) -> str:
    """The ARN of a function of the hub, by its logical id."""
    return f"arn:aws:lambda:eu-west-1:{HUB}:function:{STACK}-{name}"


def parameter(name: str) -> str:
    """The ARN of a parameter of the hub in Systems Manager."""
    return f"arn:aws:ssm:eu-west-1:{HUB}:parameter/{STACK}/{name}"


def page(path: str) -> str:
    """The ARN of a method of the review API, such as `v1/GET/a/5f3a`."""
    return f"arn:aws:execute-api:eu-west-1:{HUB}:{API}/{path}"


def row_key(partition: str) -> Context:
    """What a request for one row of the table carries."""
    return {"dynamodb:LeadingKeys": [partition]}
