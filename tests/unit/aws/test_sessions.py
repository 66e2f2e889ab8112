"""Sessions in member accounts: each for one purpose, and none serves another account, region, endpoint or approver."""

import json
import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from unittest.mock import Mock

import pytest

from endpoint_sweep.aws.endpoint.adapter import AwsEndpointActor
from endpoint_sweep.aws.plugs import PLUGS
from endpoint_sweep.aws.sessions import Sessions, session_name
from endpoint_sweep.aws.shell_credentials import LaptopReaders
from endpoint_sweep.aws.wiring import Hub
from endpoint_sweep.domain.errors import RoleDenied, RoleFailed
from endpoint_sweep.domain.kinds import Access
from endpoint_sweep.domain.model import Cell, ResourceId
from endpoint_sweep.domain.resource import ENDPOINT
from endpoint_sweep.resources.endpoint.permissions import act_policy
from tests.unit.answering import ok
from tests.unit.samples import ACCOUNT, ADA, ARN, ENVIRONMENT, NAME, NOW, REGION, finding

TARGET, SWEEP = finding().id, "2026-11-20T06-00Z-weekly"
CELL = Cell(ACCOUNT, REGION)
PARTITIONS = ("aws", "aws-cn", "aws-us-gov")
HUB_KEY = "AKIATESTING"
DESCRIBED = {"EndpointName": NAME, "EndpointArn": ARN, "EndpointStatus": "Deleting", "CreationTime": NOW,
             "LastModifiedTime": NOW}  # fmt: skip


@dataclass(frozen=True)
class Sent:
    """One call: to which region, with whose key, how often botocore may send it."""

    operation: str
    region: str
    key: str
    attempts: int
    request: dict[str, Any]


@dataclass
class Wired(Sessions):
    """Real clients of a real session, answered here. Each AssumeRole hands out a key of its own."""

    sent: list[Sent] = field(default_factory=list)
    _lean: bool = False
    _profile: str | None = None
    _region: str | None = None

    @cached_property
    def _session(self) -> Any:
        made = super()._session
        made.events.register("provide-client-params", self._note)
        made.events.register("before-call", self._answer)
        return made

    def _note(self, params: dict[str, Any], **_: Any) -> None:
        self._asked = dict(params)

    def _answer(self, model: Any, request_signer: Any, context: dict[str, Any], **_: Any) -> Any:
        key, attempts = request_signer._credentials.access_key, context["client_config"].retries["total_max_attempts"]
        self.sent.append(Sent(model.name, request_signer.region_name, key, attempts, self._asked))
        token = f"ASIA-{len(self.assumed)}"
        keys = {"AccessKeyId": token, "SecretAccessKey": "testing", "SessionToken": token}
        answers: dict[str, dict[str, Any]] = {"AssumeRole": {"Credentials": keys}, "DescribeEndpoint": DESCRIBED}
        return ok({"ResponseMetadata": {}} | answers.get(model.name, {}))

    @property
    def assumed(self) -> list[dict[str, Any]]:
        return [one.request for one in self.sent if one.operation == "AssumeRole"]

    def last(self, operation: str) -> Sent:
        return [one for one in self.sent if one.operation == operation][-1]


@pytest.fixture
def sessions(monkeypatch: pytest.MonkeyPatch) -> Wired:
    for name, value in (("ACCESS_KEY_ID", HUB_KEY), ("SECRET_ACCESS_KEY", "testing"), ("DEFAULT_REGION", "us-east-2")):
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    return Wired()


def hub_of(sessions: Sessions, partition: str = "aws") -> Hub:
    arn = ENVIRONMENT["STATE_MACHINE_ARN"].replace("aws", partition, 1)
    made = Hub(ENVIRONMENT | {"STATE_MACHINE_ARN": arn}, PLUGS)
    made._sessions = sessions
    return made


@pytest.mark.parametrize("partition", PARTITIONS)
def test_a_session_that_acts_says_for_whom_and_what_it_may(sessions: Wired, partition: str) -> None:
    """All of the request: the role in its partition, the external id, sweep and approver, what it may delete."""
    hub_of(sessions, partition).act_members.actor(TARGET, SWEEP, ADA, [ARN])
    [request] = sessions.assumed
    assert json.loads(request.pop("Policy")) == act_policy(partition, TARGET, [ARN])
    assert request == {
        "RoleArn": f"arn:{partition}:iam::{ACCOUNT}:role/finops/{ENVIRONMENT['ACT_ROLE_NAME']}",
        "RoleSessionName": f"endpoint-sweep-{SWEEP}",
        "DurationSeconds": 900,
        "ExternalId": ENVIRONMENT["EXTERNAL_ID"],
        "SourceIdentity": f"{ADA},{SWEEP}",
    }


def test_whether_an_account_lets_the_hub_in_is_asked_for_a_session_that_may_do_nothing(
    sessions: Wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once an account; only AWS's refusal says that deletion is not enabled, any other error says nothing."""
    members = hub_of(sessions).act_members
    assert members.access([ACCOUNT], SWEEP) == {ACCOUNT: Access.ENABLED}
    [request] = sessions.assumed
    nothing = {"Effect": "Deny", "Action": "*", "Resource": "*"}
    assert json.loads(request["Policy"])["Statement"] == [nothing]
    assert (request["SourceIdentity"], "Tags" in request) == (f"checking,{SWEEP}", False)
    for error, answer in ((RoleDenied("no"), Access.NOT_ENABLED), (RoleFailed("Throttling"), Access.UNKNOWN)):
        monkeypatch.setattr(sessions, "assume_role", Mock(side_effect=error))
        assert members.access([ACCOUNT, "333333333333"], SWEEP) == {ACCOUNT: answer, "333333333333": answer}


def test_a_session_that_meets_an_old_date_says_so(sessions: Wired) -> None:
    """The act role lets no one else delete what has a keep-until tag."""
    hub_of(sessions).act_members.actor(TARGET, SWEEP, ADA, [ARN], ["2026-01-31"])
    [request] = sessions.assumed
    assert request["Tags"] == [{"Key": "endpoint-sweep:lapsed", "Value": "true"}]
    assert json.loads(request["Policy"]) == act_policy("aws", TARGET, [ARN], ["2026-01-31"])


@pytest.mark.parametrize("partition", PARTITIONS)
def test_a_session_that_scans_is_of_the_scan_role(sessions: Wired, partition: str) -> None:
    """All of the request: it acts for no one, and its role alone says what it may."""
    hub_of(sessions, partition).scan_members.readers(CELL, SWEEP)
    assert sessions.assumed == [
        {
            "RoleArn": f"arn:{partition}:iam::{ACCOUNT}:role/finops/{ENVIRONMENT['SCAN_ROLE_NAME']}",
            "RoleSessionName": f"endpoint-sweep-{SWEEP}",
            "DurationSeconds": 900,
            "ExternalId": ENVIRONMENT["EXTERNAL_ID"],
        }
    ]


@pytest.mark.parametrize("partition", PARTITIONS)
@pytest.mark.parametrize("external_id", ["external", None])
def test_a_session_of_the_laptop_is_of_the_named_role(sessions: Wired, partition: str, external_id: str | None) -> None:
    """All of the request; without an external id none is sent, not an empty one."""
    LaptopReaders(sessions, "111111111111", partition, "admin", external_id).member(ACCOUNT)
    [request] = sessions.assumed
    assert request == {
        "RoleArn": f"arn:{partition}:iam::{ACCOUNT}:role/admin",
        "RoleSessionName": "endpoint-sweep-scan",
        "DurationSeconds": 3600,
    } | ({"ExternalId": external_id} if external_id else {})


ASKED: dict[str, Any] = {"target": TARGET, "sweep_id": SWEEP, "approver": ADA, "arns": [ARN]}
OTHERS = {
    "account": {"target": replace(TARGET, account="333333333333")},
    "region": {"target": replace(TARGET, region="eu-west-1")},
    "endpoint": {"target": replace(TARGET, name="other")},
    "sweep": {"sweep_id": "another-sweep"},
    "approver": {"approver": "grace@example.com"},
    "what it deletes": {"arns": [f"{ARN}-component"]},
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_no_session_acts_for_another(sessions: Wired, other: dict[str, Any]) -> None:
    """Two that differ in one thing only, the first one used in between and afterwards: each has its own session."""
    shared = hub_of(sessions).act_members
    asked: tuple[dict[str, Any], ...] = (ASKED, ASKED | other)
    actors = [acted(shared.actor(**one)) for one in asked]
    for number, (actor, one) in enumerate(zip(actors, asked, strict=True)):
        acted(actor)
        target: ResourceId = one["target"]
        request = sessions.assumed[number]
        assert request["RoleArn"].split(":")[4] == target.account
        assert request["SourceIdentity"] == f"{one['approver']},{one['sweep_id']}"
        assert json.loads(request["Policy"]) == act_policy("aws", target, one["arns"])
        for operation in ("DescribeEndpoint", "DeleteEndpoint", "DeleteInferenceComponent"):
            sent = sessions.last(operation)
            assert (sent.region, sent.key) == (target.region, f"ASIA-{number + 1}")
    assert len(sessions.assumed) == 2


def acted(actor: AwsEndpointActor) -> AwsEndpointActor:
    actor.describe(NAME)
    actor.delete(NAME)
    actor.delete_component(NAME)
    return actor


def test_only_what_deletes_is_never_repeated(sessions: Wired) -> None:
    """A lost reply may hide a deletion; whatever reads may be sent again."""
    acted(hub_of(sessions).act_members.actor(**ASKED))
    attempts = {one.operation: one.attempts for one in sessions.sent}
    assert attempts == {"AssumeRole": 5, "DescribeEndpoint": 5, "DeleteEndpoint": 1, "DeleteInferenceComponent": 1}


def test_no_session_reads_for_another(sessions: Wired) -> None:
    """Neither in a sweep nor on a laptop: calls go to the cell that was asked for, with the session of its account."""
    cells = [CELL, Cell(ACCOUNT, "eu-west-1"), Cell("333333333333", "eu-west-1"), CELL]
    hub, laptop = hub_of(sessions).scan_members, LaptopReaders(sessions, "111111111111", "aws", "admin", "external")
    for readers in ([hub.readers(one, SWEEP) for one in cells], [laptop.readers(one) for one in cells]):
        for cell, reader in zip(cells, readers, strict=True):
            reader.reader(ENDPOINT).describe(NAME)
            sent = sessions.last("DescribeEndpoint")
            role = sessions.assumed[int(sent.key.removeprefix("ASIA-")) - 1]["RoleArn"]
            assert (role.split(":")[4], sent.region) == (cell.account, cell.region)


def test_a_laptop_reads_its_own_account_as_itself(sessions: Wired) -> None:
    """No role is assumed there."""
    LaptopReaders(sessions, ACCOUNT, "aws", "admin", "external").readers(CELL).reader(ENDPOINT).describe(NAME)
    assert sessions.assumed == []
    assert sessions.last("DescribeEndpoint").key == HUB_KEY


@pytest.mark.parametrize("sweep", ["2026-11-20T06-00Z-weekly", "x" * 80, "a:b/c d", "ü"])
def test_a_session_name_is_one_that_sts_takes(sweep: str) -> None:
    """At most 64 of its characters."""
    assert re.fullmatch(r"[\w+=,.@-]{2,64}", session_name(sweep), re.ASCII)


@pytest.mark.parametrize(
    ("home", "address"),
    [
        ("me-central-1", "https://sts.me-central-1.amazonaws.com"),
        ("eu-south-2", "https://sts.eu-south-2.amazonaws.com"),
        ("us-east-1", "https://sts.us-east-1.amazonaws.com"),
    ],
)
def test_roles_are_assumed_at_the_hub_s_own_region(monkeypatch: pytest.MonkeyPatch, home: str, address: str) -> None:
    """Also where the hub is in an opt-in Region, and whatever the shell prefers: tokens of the global endpoint do not
    work in such Regions, those of a regional one do (D6.6, D6.7).
    """
    monkeypatch.setenv("AWS_DEFAULT_REGION", home)
    monkeypatch.setenv("AWS_STS_REGIONAL_ENDPOINTS", "legacy")
    assert Sessions()._sts.meta.endpoint_url == address
