"""boto3 clients, made once and shared, and sessions in the member accounts through assumed roles."""

import json
import re
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError
from botocore.utils import parse_timestamp

from endpoint_sweep.aws.credential_errors import why_unusable
from endpoint_sweep.aws.error_translation import DENIED, code_of, message_of
from endpoint_sweep.aws.lean_loader import LeanLoader
from endpoint_sweep.domain.errors import CellFailed, RoleDenied, RoleFailed

if TYPE_CHECKING:
    from mypy_boto3_sts import STSClient
    from mypy_boto3_sts.type_defs import AssumeRoleRequestTypeDef, CredentialsTypeDef

CONNECTIONS = 16
# The mode is set because its default differs between botocore versions (D0.3).
_READING = Config(
    retries={"mode": "standard", "total_max_attempts": 5},
    connect_timeout=5,
    read_timeout=20,
    max_pool_connections=CONNECTIONS,
    user_agent_extra="endpoint-sweep",
)
# A deletion whose reply was lost must not be sent again (S3.11).
_DELETING = _READING.merge(Config(retries={"mode": "standard", "total_max_attempts": 1}))
_BRIEF = _READING.merge(
    Config(retries={"mode": "standard", "total_max_attempts": 2}, connect_timeout=1, read_timeout=1)
)
_SESSION_SECONDS = 900
_making = threading.Lock()


class Sessions:
    """One boto3 session for the hub: its loader is shared by every client, which makes clients cheap.

    `lean`: its SageMaker clients know only what a scan asks for. `profile` and `region`: other ones than this shell's.
    """

    def __init__(self, *, lean: bool = False, profile: str | None = None, region: str | None = None) -> None:
        self._lean = lean
        self._profile = profile
        self._region = region

    @cached_property
    def _session(self) -> Any:
        # Any: services are chosen by name at run time, which the overloads of the stubs cannot follow.
        shared = botocore.session.Session(profile=self._profile)
        # A cell's metrics hold thousands of times; botocore's own reader of them tries time zones first.
        shared.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=_time)
        # Never the global endpoint, whose tokens do not work everywhere (D6.6).
        shared.set_config_variable("sts_regional_endpoints", "regional")
        if self._lean:
            shared.register_component("data_loader", LeanLoader())
        return boto3.session.Session(botocore_session=shared, region_name=self._region)

    def hub(self, service: str) -> Any:
        return self._session.client(service, config=_READING)

    def brief(self, service: str) -> Any:
        """A client for what may be lost: it gives up within seconds."""
        return self._session.client(service, config=_BRIEF)

    def at(self, service: str, region: str) -> Any:
        """A client of the hub's credentials in another region."""
        return self._session.client(service, region_name=region, config=_READING)

    def sts(self, region: str) -> "STSClient":
        """STS of one region at its plain address, whatever this shell prefers: a signature holds for one address."""
        plain = _READING.merge(Config(use_fips_endpoint=False, use_dualstack_endpoint=False))
        sts: STSClient = self._session.client("sts", region_name=region, config=plain)
        return sts

    def chosen_region(self) -> str:
        """The region of this shell; empty where none is set. Raises BotoCoreError if the profile cannot be read."""
        return self._session.region_name or ""

    def region(self) -> str:
        """The region of this shell or function; us-east-1 where none is set."""
        return self.chosen_region() or "us-east-1"

    @property
    def profile(self) -> str:
        """Its name; empty for the default one."""
        return str(self._session._session.profile or "")

    def credentials(self) -> Credentials:
        """The credentials of this shell. Raises CellFailed if there are none, or if they cannot be renewed."""
        try:
            found: Credentials | None = self._session.get_credentials()
            if found is None:
                raise NoCredentialsError
            found.get_frozen_credentials()
        except (BotoCoreError, ClientError, OSError) as error:
            raise CellFailed(why_unusable(error, self.profile)) from error
        return found

    @cached_property
    def _sts(self) -> "STSClient":
        # The hub's home region: a regional endpoint whose tokens are valid everywhere (D6.6, D6.7).
        sts: STSClient = self.hub("sts")
        return sts

    def assume_role(
        self,
        arn: str,
        sweep_id: str,
        external_id: str | None,
        policy: object = None,
        seconds: int = _SESSION_SECONDS,
        source: str = "",
        tags: Mapping[str, str] | None = None,
    ) -> "Member":
        """`source`: the SourceIdentity, which the member account's CloudTrail keeps alongside every call. `tags`: those
        of the session.

        Raises RoleDenied or RoleFailed with AWS's reason.
        """
        request: AssumeRoleRequestTypeDef = {
            "RoleArn": arn,
            "RoleSessionName": session_name(sweep_id),
            "DurationSeconds": seconds,
        }
        if external_id:
            request["ExternalId"] = external_id
        if source:
            request["SourceIdentity"] = source
        if tags:
            request["Tags"] = [{"Key": key, "Value": value} for key, value in tags.items()]
        if policy is not None:
            request["Policy"] = json.dumps(policy, separators=(",", ":"))
        try:
            credentials = self._sts.assume_role(**request)["Credentials"]
        except ClientError as error:
            # STS throttled or broken is no refusal, and its row must not say so (D6.5, FI-02).
            kind = RoleDenied if code_of(error) in DENIED else RoleFailed
            raise kind(f"{code_of(error)}: {message_of(error)} (assuming {arn})") from error
        except BotoCoreError as error:
            raise RoleFailed(f"{type(error).__name__} (assuming {arn})") from error
        return Member(self._session, credentials)

    def own(self) -> "Member":
        """The credentials of this process themselves."""
        return Member(self._session, None)


class Member:
    """Clients of one assumed role."""

    def __init__(self, session: Any, credentials: "CredentialsTypeDef | None") -> None:
        self._session = session
        self._keys = {}
        if credentials is not None:
            self._keys = {
                "aws_access_key_id": credentials["AccessKeyId"],
                "aws_secret_access_key": credentials["SecretAccessKey"],
                "aws_session_token": credentials["SessionToken"],
            }

    def client(self, service: str, region: str, *, deleting: bool = False) -> Any:
        config = _DELETING if deleting else _READING
        # Clients may be used by many threads, but not made by two at once (D9.4).
        with _making:
            return self._session.client(service, region_name=region, config=config, **self._keys)


class Clients:
    """The clients of one role in one region, made when they are first needed."""

    def __init__(self, member: Member, region: str) -> None:
        self._member = member
        self._region = region
        self._made: dict[tuple[str, bool], Any] = {}
        self.retries = 0

    def __call__(self, service: str, *, once: bool = False) -> Any:
        """`once`: a client that never repeats a call."""
        if (service, once) not in self._made:
            made = self._member.client(service, self._region, deleting=once)
            made.meta.events.register("after-call", self._count)
            self._made[service, once] = made
        return self._made[service, once]

    def _count(self, parsed: dict[str, Any], **_: Any) -> None:
        self.retries += int(parsed.get("ResponseMetadata", {}).get("RetryAttempts", 0))


def _time(value: str | float) -> datetime:
    """AWS's seconds since 1970, or a time in words."""
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    parsed: datetime = parse_timestamp(value)
    return parsed


def session_name(sweep_id: str) -> str:
    """The session name that the member account's CloudTrail shows: at most 64 characters of `[\\w+=,.@-]` (D9.5)."""
    return "endpoint-sweep-" + re.sub(r"[^\w+=,.@-]", "-", sweep_id, flags=re.ASCII)[:49]
