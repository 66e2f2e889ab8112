"""boto3 clients, made once and shared, and sessions in the member accounts through assumed roles."""

import json
import re
from functools import cached_property
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from endpoint_sweep.aws.faults import code_of, message_of
from endpoint_sweep.config import Settings
from endpoint_sweep.errors import RoleDenied
from endpoint_sweep.model import Cell, EndpointId

CONNECTIONS = 16
# The mode is set because its default differs between botocore versions (D0.3).
_READING = Config(
    retries={"mode": "standard", "total_max_attempts": 5},
    connect_timeout=5,
    read_timeout=20,
    max_pool_connections=CONNECTIONS,
    user_agent_extra="endpoint-sweep",
)
# A deletion whose reply was lost must not be sent again (safety S3.11, C11).
_DELETING = _READING.merge(Config(retries={"mode": "standard", "total_max_attempts": 1}))
_SESSION_SECONDS = 900


class Sessions:
    """One boto3 session for the hub: its loader is shared by every client, which makes clients cheap."""

    @cached_property
    def _session(self) -> Any:
        # Any: services are chosen by name at run time, which the overloads of the stubs cannot follow.
        return boto3.session.Session()

    def hub(self, service: str) -> Any:
        return self._session.client(service, config=_READING)

    @cached_property
    def _sts(self) -> Any:
        # The hub's home region: a regional endpoint whose tokens are valid everywhere (D6.6, D6.7).
        return self.hub("sts")

    def assume(self, settings: Settings, role: str, account: str, sweep_id: str, policy: object = None) -> "Member":
        """Raises RoleDenied with AWS's reason."""
        arn = f"arn:{settings.partition}:iam::{account}:role/{role}"
        request: dict[str, Any] = {
            "RoleArn": arn,
            "RoleSessionName": session_name(sweep_id),
            "ExternalId": settings.external_id,
            "DurationSeconds": _SESSION_SECONDS,
        }
        if policy is not None:
            request["Policy"] = json.dumps(policy, separators=(",", ":"))
        try:
            credentials = self._sts.assume_role(**request)["Credentials"]
        except ClientError as error:
            raise RoleDenied(f"{arn} cannot be assumed: {code_of(error)}: {message_of(error)}") from error
        except BotoCoreError as error:
            raise RoleDenied(f"{arn} cannot be assumed: {type(error).__name__}") from error
        return Member(self._session, credentials)


class Member:
    """Clients of one assumed role."""

    def __init__(self, session: Any, credentials: dict[str, Any]) -> None:
        self._session = session
        self._keys = {
            "aws_access_key_id": credentials["AccessKeyId"],
            "aws_secret_access_key": credentials["SecretAccessKey"],
            "aws_session_token": credentials["SessionToken"],
        }

    def client(self, service: str, region: str, *, deleting: bool = False) -> Any:
        config = _DELETING if deleting else _READING
        return self._session.client(service, region_name=region, config=config, **self._keys)


def session_name(sweep_id: str) -> str:
    """Stands in the member account's CloudTrail: at most 64 characters of `[\\w+=,.@-]` (D9.5)."""
    return "endpoint-sweep-" + re.sub(r"[^\w+=,.@-]", "-", sweep_id, flags=re.ASCII)[:49]


def act_policy(target: EndpointId, arn: str) -> dict[str, Any]:
    """The session policy of one deletion: this endpoint and no other, whatever the role itself may do (S2.4)."""
    partition, account = arn.split(":")[1], target.account
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "sagemaker:DeleteEndpoint", "Resource": arn},
            {
                "Effect": "Allow",
                "Action": ["sagemaker:Describe*", "sagemaker:ListTags"],
                "Resource": f"arn:{partition}:sagemaker:{target.region}:{account}:*",
            },
            {
                "Effect": "Allow",
                "Action": ["cloudwatch:GetMetricData", "application-autoscaling:Describe*"],
                "Resource": "*",
            },
            {
                "Effect": "Allow",
                "Action": "application-autoscaling:DeregisterScalableTarget",
                "Resource": f"arn:{partition}:application-autoscaling:{target.region}:{account}:scalable-target/*",
                "Condition": {"StringEquals": {"application-autoscaling:service-namespace": "sagemaker"}},
            },
        ],
    }


def cell_name(cell: Cell) -> str:
    return f"{cell.account}/{cell.region}"
