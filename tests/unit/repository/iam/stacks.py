"""The policies of the three stacks as IAM gets them: transformed, conditions decided, every reference filled in."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data

from tests.simulation.hub import cloudformation
from tests.simulation.hub.cloudformation import COST_TEMPLATE, MEMBER_TEMPLATE, Template
from tests.unit.repository.transformed import created, resolved, transformed

HUB, MEMBER, PAYER = "111111111111", "222222222222", "999999999999"
ORGANIZATION = "o-abcdefghij"
STACK = "endpoint-sweep"
API = "reviewapi1"

type Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Deployment:
    """Where the stacks are and what they were asked for."""

    partition: str = "aws"
    region: str = "eu-west-1"
    hub: Mapping[str, str] = field(default_factory=dict)
    member: Mapping[str, str] = field(default_factory=dict)
    cost: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Role:
    """A role as IAM sees it; `documents`: the policies that are part of it and those that are attached to it."""

    arn: str
    trust: Document
    documents: list[Document]
    boundary: str | None

    @property
    def account(self) -> str:
        return self.arn.split(":")[4]


@dataclass(frozen=True, slots=True)
class Stacks:
    """`roles`: by logical id. `resource_policies`: by the ARN of what they protect, and of what is in it."""

    roles: dict[str, Role]
    resource_policies: dict[str, Document]


def stacks(deployment: Deployment) -> Stacks:
    """The hub in its account, the member roles in one member, the cost role in the account that pays."""
    partition, region = deployment.partition, deployment.region
    hub_given = {
        "AllowedAddresses": "203.0.113.0/24",
        "CostRoleArn": f"arn:{partition}:iam::{PAYER}:role/endpoint-sweep-costs",
        **deployment.hub,
    }
    hub = _Stack(transformed(region=region, **hub_given), HUB, partition, region, hub_given)
    trusting = {"HubAccountId": HUB, "OrganizationId": ORGANIZATION}
    others = [
        _Stack(cloudformation.load(MEMBER_TEMPLATE), MEMBER, partition, region, trusting | dict(deployment.member)),
        _Stack(cloudformation.load(COST_TEMPLATE), PAYER, partition, region, trusting | dict(deployment.cost)),
    ]
    roles = {name: role for one in (hub, *others) for name, role in one.roles().items()}
    return Stacks(roles, hub.resource_policies())


class _Stack:
    """One stack, with names and ARNs for what it creates."""

    def __init__(
        self, template: Template, account: str, partition: str, region: str, parameters: dict[str, str]
    ) -> None:
        self._account, self._partition, self._region = account, partition, region
        made = created(template, **parameters)
        # What is needed of it is small; the dashboard and the alarms have references of their own.
        self._made = {name: one for name, one in made.items() if one["Type"] in _NAMED}
        self._made = resolved(template, self._made, **parameters)
        given = {name: one.get("Default", "") for name, one in template["Parameters"].items()} | parameters
        self._texts = {
            **{name: str(value) for name, value in given.items()},
            "AWS::Partition": partition,
            "AWS::AccountId": account,
            "AWS::Region": region,
            "AWS::StackName": STACK,
            "AWS::URLSuffix": "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com",
        }

    def roles(self) -> dict[str, Role]:
        attached: dict[str, list[Document]] = {}
        for policy in self._of("AWS::IAM::Policy").values():
            for role in policy["Roles"]:
                attached.setdefault(role["Ref"], []).append(self._filled(policy["PolicyDocument"]))
        found = {}
        for name, role in self._of("AWS::IAM::Role").items():
            own = [self._filled(one["PolicyDocument"]) for one in role.get("Policies", [])]
            managed = [_managed(self._filled(one)) for one in role.get("ManagedPolicyArns", [])]
            boundary = self._filled(role["PermissionsBoundary"]) if "PermissionsBoundary" in role else None
            trust = self._filled(role["AssumeRolePolicyDocument"])
            found[name] = Role(self._arn(name), trust, own + managed + attached.get(name, []), boundary)
        return found

    def resource_policies(self) -> dict[str, Document]:
        found = {self._arn(name): self._filled(one["KeyPolicy"]) for name, one in self._of("AWS::KMS::Key").items()}
        for one in self._of("AWS::S3::BucketPolicy").values():
            found[self._arn(one["Bucket"]["Ref"])] = self._filled(one["PolicyDocument"])
        for one in self._of("AWS::SQS::QueuePolicy").values():
            found |= {self._arn(name["Ref"]): self._filled(one["PolicyDocument"]) for name in one["Queues"]}
        for one in self._of("AWS::SNS::TopicPolicy").values():
            found |= {self._arn(name["Ref"]): self._filled(one["PolicyDocument"]) for name in one["Topics"]}
        for name, one in self._of("AWS::ApiGateway::RestApi").items():
            policy = self._filled(one["Body"]["x-amazon-apigateway-policy"])
            for statement in policy["Statement"]:
                # API Gateway puts the API's ARN in place of the short form when the policy is saved.
                short = cloudformation.as_list(statement["Resource"])
                statement["Resource"] = [text.replace("execute-api:", self._arn(name), 1) for text in short]
            found[self._arn(name)] = policy
        return found

    def _of(self, kind: str) -> dict[str, Any]:
        return {name: one["Properties"] for name, one in self._made.items() if one["Type"] == kind}

    def _arn(self, name: str) -> str:
        one = self._made[name]
        chosen = next((one["Properties"][given] for given in _NAMES if given in one["Properties"]), f"{STACK}-{name}")
        pattern = _NAMED[one["Type"]].replace("NAME", self._filled(chosen))
        return pattern.format(p=self._partition, r=self._region, a=self._account)

    def _filled(self, value: Any) -> Any:
        match value:
            case {"Ref": str(name)}:
                return self._text(name)
            case {"Fn::GetAtt": [str(name), "Arn"]}:
                return self._arn(name)
            case {"Fn::Sub": str(text)}:
                return re.sub(r"\$\{([^}]+)\}", lambda found: self._text(found[1]), text)
            case dict():
                assert not any(name.startswith("Fn::") for name in value), f"it is not known here: {value}"
                return {name: self._filled(one) for name, one in value.items()}
            case list():
                return [self._filled(one) for one in value]
            case _:
                return value

    def _text(self, name: str) -> str:
        if name.endswith(".Arn"):
            return self._arn(name.removesuffix(".Arn"))
        if name in self._texts:
            return self._texts[name]
        arn = self._arn(name)
        return arn if self._made[name]["Type"] == "AWS::SNS::Topic" else re.split("[:/]", arn)[-1]


# Properties that give a resource its name; the others get one from CloudFormation.
_NAMES = ("RoleName", "StateMachineName", "Name")
# What policies speak of, and how its ARN is made.
_NAMED = {
    "AWS::IAM::Role": "arn:{p}:iam::{a}:role/NAME",
    "AWS::IAM::Policy": "",
    "AWS::S3::Bucket": "arn:{p}:s3:::NAME",
    "AWS::S3::BucketPolicy": "",
    "AWS::DynamoDB::Table": "arn:{p}:dynamodb:{r}:{a}:table/NAME",
    "AWS::KMS::Key": "arn:{p}:kms:{r}:{a}:key/NAME",
    "AWS::Lambda::Function": "arn:{p}:lambda:{r}:{a}:function:NAME",
    "AWS::StepFunctions::StateMachine": "arn:{p}:states:{r}:{a}:stateMachine:NAME",
    "AWS::Events::EventBus": "arn:{p}:events:{r}:{a}:event-bus/NAME",
    "AWS::SQS::Queue": "arn:{p}:sqs:{r}:{a}:NAME",
    "AWS::SQS::QueuePolicy": "",
    "AWS::SNS::Topic": "arn:{p}:sns:{r}:{a}:NAME",
    "AWS::SNS::TopicPolicy": "",
    "AWS::SES::ConfigurationSet": "arn:{p}:ses:{r}:{a}:configuration-set/NAME",
    "AWS::ApiGateway::RestApi": f"arn:{{p}}:execute-api:{{r}}:{{a}}:{API}",  # its id, which is no name
}


def _managed(arn: str) -> Document:
    """The document of a policy of AWS, as moto has it from there."""
    document: Document = _published()[arn.rpartition("/")[2]]["Document"]
    return document


@cache
def _published() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(aws_managed_policies_data)
    return found
