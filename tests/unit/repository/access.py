"""Whether a role of the hub template may do something, by the evaluator that the local AWS uses."""

import re
from dataclasses import dataclass
from typing import Any

from ministack.core import iam_evaluator as evaluator

from tests.simulation.hub import cloudformation
from tests.simulation.hub.cloudformation import Template

ACCOUNT, REGION = "111111111111", "us-east-1"
BUCKET = "arn:aws:s3:::the-bucket"
TABLE = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/the-table"
ADMINISTRATOR = "Administrator"  # not of the stack: someone whose own policy allows everything
_ARNS = {"Bucket": BUCKET, "Table": TABLE}
_NAMES = {"AWS::Partition": "aws", "AWS::AccountId": ACCOUNT, "AWS::Region": REGION, "AWS::StackName": "endpoint-sweep"}


@dataclass(frozen=True, slots=True)
class Access:
    """The permissions of the hub stack: own policies of its roles, the bucket's policy, the policies of its keys."""

    policies: dict[str, list[Any]]
    bucket: dict[str, Any]
    keys: dict[str, dict[str, Any]]

    @classmethod
    def of(cls, template: Template) -> "Access":
        functions = cloudformation.resources(template, "AWS::Serverless::Function", "AWS::Serverless::StateMachine")
        documents = {f"{name}Role": one.get("Policies", []) for name, one in functions.items() if "Role" not in one}
        for name, role in cloudformation.resources(template, "AWS::IAM::Role").items():
            documents[name] = [policy["PolicyDocument"] for policy in role.get("Policies", [])]
        documents[ADMINISTRATOR] = [{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}]
        [bucket] = cloudformation.resources(template, "AWS::S3::BucketPolicy").values()
        keys = cloudformation.resources(template, "AWS::KMS::Key")
        return cls(
            {
                name: [evaluator.parse_policy_document(_resolved(one)) for one in found]
                for name, found in documents.items()
            },
            _resolved(bucket["PolicyDocument"]),
            {name: _resolved(key["KeyPolicy"]) for name, key in keys.items()},
        )

    @property
    def roles(self) -> list[str]:
        """The roles of the stack, without the administrator."""
        return [name for name in self.policies if name != ADMINISTRATOR]

    def row(self, action: str, partition: str | None) -> set[str]:
        """The roles of the stack that may do this to the table's rows under this partition key; None: to no one key."""
        leading = {} if partition is None else {"dynamodb:leadingkeys": [partition]}
        return {role for role in self.roles if self._allowed(role, f"dynamodb:{action}", TABLE, leading)}

    def document(self, action: str, key: str) -> set[str]:
        """The roles of the stack that may do this to an object of the bucket."""
        return {role for role in self.roles if self.may(role, action, key)}

    def may(self, role: str, action: str, key: str) -> bool:
        """Whether this role may do this to an object; an empty key is the bucket itself."""
        return self._allowed(role, f"s3:{action}", f"{BUCKET}/{key}" if key else BUCKET, {}, self.bucket)

    def listing(self, action: str, prefix: str | None) -> set[str]:
        """The roles of the stack that may list the bucket under this prefix; None: without any."""
        asked = {} if prefix is None else {"s3:prefix": prefix}
        return {role for role in self.roles if self._allowed(role, f"s3:{action}", BUCKET, asked, self.bucket)}

    def parameter(self, action: str, name: str) -> set[str]:
        """The roles of the stack that may do this to the stack's parameter of Systems Manager with this name."""
        arn = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/{_NAMES['AWS::StackName']}/{name}"
        return {role for role in self.roles if self._allowed(role, f"ssm:{action}", arn, {})}

    def key(self, name: str, action: str) -> set[str]:
        """Who may do this with the key of this logical id; the administrator among them."""
        arn = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{name}"
        return {role for role in self.policies if self._allowed(role, action, arn, {}, self.keys[name], demanded=True)}

    def _allowed(
        self,
        role: str,
        action: str,
        resource: str,
        context: dict[str, Any],
        policy: dict[str, Any] | None = None,
        *,
        demanded: bool = False,
    ) -> bool:
        asked = evaluator.EvalContext(
            principal_arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/function",
            principal_type="AssumedRole",
            principal_account=ACCOUNT,
            action=action,
            resource_arn=resource,
            region=REGION,
            secure_transport=True,
            service_context=context,
        )
        own = evaluator.evaluate(asked, self.policies[role])
        decided = evaluator.combine_resource_policy(own, asked, policy or "", ACCOUNT, required=demanded)
        return bool(decided.decision == "Allow")


def _resolved(value: Any) -> Any:
    """The value as CloudFormation would hand it to IAM; a role's ARN ends with its logical id."""
    match value:
        case {"Fn::GetAtt": [name, "Arn"]}:
            return _ARNS.get(name, f"arn:aws:iam::{ACCOUNT}:role/{name}")
        case {"Fn::Sub": text}:
            return re.sub(r"\$\{([^}]+)\}", lambda found: _named(found[1]), text)
        case {"Ref": name}:
            return _named(name)
        case dict():
            return {name: _resolved(one) for name, one in value.items()}
        case list():
            return [_resolved(one) for one in value]
        case _:
            return value


def _named(name: str) -> str:
    return _ARNS[name.removesuffix(".Arn")] if name.endswith(".Arn") else _NAMES.get(name, name)
