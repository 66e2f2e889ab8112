"""The principals that call the gateway in its tests: sessions of hub roles, and what they get in member accounts."""

import json
from typing import Any

import boto3
from botocore.config import Config

from tests.simulation.hub.local_aws import LocalAws
from tests.simulation.organization.specification import ACT_ROLE, SCAN_ROLE

Session = boto3.Session


class Actors:
    """`scanner` and `actor` have the names that the member roles trust; `stranger` is trusted by none."""

    def __init__(self, aws: LocalAws) -> None:
        self.aws = aws
        self.hub = aws.organization.hub_account
        self.scanner = self._hub_role(self._trusted_by(SCAN_ROLE))
        self.actor = self._hub_role(self._trusted_by(ACT_ROLE), "sts:SetSourceIdentity", "sts:TagSession")
        self.stranger = self._hub_role("endpoint-sweep-stranger")

    def scan_role(self, account: str, **changes: Any) -> Session:
        """A session of the scan role, as the scanning function gets it."""
        return self.assume(self.scanner, account, SCAN_ROLE, **changes)

    def act_role(self, account: str, **changes: Any) -> Session:
        """A session of the act role, as the acting function gets it: in the name of an approver."""
        return self.assume(self.actor, account, ACT_ROLE, **({"SourceIdentity": "ada@example.com,sweep-1"} | changes))

    def assume(self, caller: Session, account: str, role: str, **changes: Any) -> Session:
        """AssumeRole with the right external id; `changes` are other arguments, None takes one away."""
        arguments = {
            "RoleArn": f"arn:aws:iam::{account}:role/{role}",
            "RoleSessionName": "contract",
            "ExternalId": self.aws.organization.external_id,
        } | changes
        arguments = {name: value for name, value in arguments.items() if value is not None}
        return _session(self.client(caller, "sts").assume_role(**arguments)["Credentials"])

    def client(self, session: Session, service: str, region: str = "us-east-1") -> Any:
        """A client of that session against the gateway, without retries."""
        return client_of(self.aws, session, service, region)

    def role(self, account: str, name: str, trust: dict[str, Any], statements: list[dict[str, Any]]) -> str:
        """A role made by hand; its ARN."""
        iam = self.aws.client("iam", account=account)
        arn: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_policy([trust]))["Role"]["Arn"]
        if statements:
            iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=_policy(statements))
        return arn

    def function(self, arn: str) -> Session:
        """A session of a hub role."""
        return session_of(self.aws, arn)

    def _trusted_by(self, role: str) -> str:
        """The name of the hub role that the member template lets in; a name of its own where no member has the role."""
        accounts = [one.id for one in self.aws.organization.accounts if one.state == "ACTIVE" and one.has_act_role]
        iam = self.aws.client("iam", account=accounts[-1])
        try:
            trust = iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]
        except iam.exceptions.NoSuchEntityException:
            return f"{role}-trusted"
        name: str = trust["Statement"][0]["Condition"]["ArnEquals"]["aws:PrincipalArn"].rpartition("/")[2]
        return name

    def _hub_role(self, name: str, *more: str) -> Session:
        trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        rights = {
            "Effect": "Allow",
            "Action": ["sts:AssumeRole", "organizations:List*", *more],
            "Resource": "*",
        }
        return self.function(self.role(self.hub, name, trust, [rights]))


def session_of(aws: LocalAws, arn: str) -> Session:
    """A session of a hub role, as Lambda gives it to a function."""
    return _session(aws.client("sts").assume_role(RoleArn=arn, RoleSessionName="function")["Credentials"])


def client_of(aws: LocalAws, session: Session, service: str, region: str = "us-east-1") -> Any:
    """A client of that session against the gateway, without retries."""
    config = Config(retries={"total_max_attempts": 1})
    return session.client(service, region_name=region, endpoint_url=aws.endpoint, config=config)  # type: ignore[call-overload]


def _policy(statements: list[dict[str, Any]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def _session(credentials: dict[str, Any]) -> Session:
    return boto3.Session(credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"])
