"""Deciding with AWS credentials on the deployed stack: the real API, a role's session, the real function.

The tests share one stack and one sweep, which waits, and run in order.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from endpoint_sweep.cli import main
from endpoint_sweep.rules.approvals import approval_id
from tests.deploy.deployed import APPROVERS, Deployed, deploy, without
from tests.simulation.organization import scenarios

(ADA, GRACE), SWEEP, SCENARIO = APPROVERS, "signed-1", "two_teams"
VISION = "222222222222"
HUB = scenarios.build(SCENARIO).hub_account
PRINCIPAL = f"arn:aws:sts::{HUB}:assumed-role/finops/ada"
Approve = Callable[..., tuple[int, str, str]]

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    parameters = {
        "ApproverPrincipals": f"arn:aws:iam::{HUB}:role/finops={ADA},arn:aws:iam::{VISION}:role/finops={GRACE}",
        "ApproverAccounts": VISION,
        "MaxDeletePercentOfAccount": "100",
    }
    with deploy(tmp_path_factory.mktemp("credentials"), SCENARIO, **parameters) as stack:
        for role in ("finops", "interns"):
            make_role(stack, role, HUB)
        stack.start(SWEEP, "approve")
        stack.link(SWEEP, ADA)
        yield stack
        stack.stop()


def make_role(deployed: Deployed, name: str, account: str) -> None:
    """A role that may call the API, and nothing else."""
    iam = deployed.aws.client("iam", account=account)
    trust = {"Effect": "Allow", "Principal": {"AWS": HUB}, "Action": "sts:AssumeRole"}
    calling = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=_policy(trust))
    iam.put_role_policy(RoleName=name, PolicyName="call", PolicyDocument=_policy(calling))


def _policy(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def approve(deployed: Deployed, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Approve:
    """The command in a shell with a session of that role."""
    [api] = deployed.aws.client("apigateway").get_rest_apis()["items"]
    url = f"{deployed.aws.endpoint}/_aws/execute-api/{api['id']}/v1"

    def run(role: str, session: str, *options: str, account: str = HUB) -> tuple[int, str, str]:
        arn = f"arn:aws:iam::{account}:role/{role}"
        keys = deployed.aws.client("sts").assume_role(RoleArn=arn, RoleSessionName=session)["Credentials"]
        for name, value in (
            ("AWS_ACCESS_KEY_ID", keys["AccessKeyId"]),
            ("AWS_SECRET_ACCESS_KEY", keys["SecretAccessKey"]),
            ("AWS_SESSION_TOKEN", keys["SessionToken"]),
            ("AWS_DEFAULT_REGION", "us-east-1"),
            ("AWS_ENDPOINT_URL", deployed.aws.endpoint),
        ):
            monkeypatch.setenv(name, value)
        status = main(["approve", SWEEP, "--api", url, *options])
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


def made_up(method: str, body: str | None = None, **headers: str) -> dict[str, Any]:
    """An event that says in every way that the approver signed it."""
    path = f"/approvals/{approval_id(SWEEP)}"
    who = {"accountId": HUB, "userArn": PRINCIPAL, "user": "AROA:ada", "caller": "AROA:ada", "sourceIp": "192.0.2.1"}
    return {
        "resource": "/approvals/{approval_id}",
        "path": path,
        "httpMethod": method,
        "headers": {"Content-Type": "application/json"} | headers,
        "pathParameters": {"approval_id": approval_id(SWEEP)},
        "requestContext": {"path": f"/v1{path}", "httpMethod": method, "stage": "v1", "identity": who},
        "body": body,
        "isBase64Encoded": False,
    }


def plan_sha256(deployed: Deployed) -> str:
    """That of the plan on offer, as who can read the bucket computes it."""
    s3 = deployed.aws.client("s3")
    plan = s3.get_object(Bucket=deployed.outputs["BucketName"], Key=f"sweeps/{SWEEP}/plan.json")["Body"].read()
    return hashlib.sha256(plan).hexdigest()


def test_an_event_that_somebody_made_up(deployed: Deployed) -> None:
    """Who may invoke the function itself is no one there, whomever the event names: 403, and nothing is written."""
    sha256 = plan_sha256(deployed)
    decision = json.dumps({"choice": "keep", "phrase": f"KEEP ALL {sha256[:8]}", "plan_sha256": sha256})
    before, world, mails = deployed.stored(), deployed.aws.snapshot(), len(deployed.aws.mails())
    for event in (
        made_up("GET"),
        made_up("POST", decision),
        made_up("POST", decision, **{"X-Endpoint-Sweep-Identity": "AAAA"}),
    ):
        answer = deployed.aws.client("lambda").invoke(
            FunctionName=deployed.resource("ReviewFunction"), Payload=json.dumps(event).encode()
        )
        said = json.load(answer["Payload"])
        assert (said["statusCode"], json.loads(said["body"])["code"]) == (403, "E_CALLER_UNPROVEN")
    assert (deployed.stored(), len(deployed.aws.mails())) == (before, mails)
    assert deployed.aws.snapshot() == world


def test_another_role_is_no_approver(deployed: Deployed, approve: Approve) -> None:
    """API Gateway lets it in, STS names it, and the list of principals does not, whatever its session is called."""
    before = deployed.stored()
    for role, session in (("interns", "ada"), ("interns", "finops")):
        status, _, err = approve(role, session, "--keep-all", "--yes-i-typed", "KEEP ALL")
        assert (status, "E_NOT_AN_APPROVER" in err) == (1, True), err
    assert deployed.stored() == before


def test_without_sts_nothing_is_recorded(deployed: Deployed, approve: Approve) -> None:
    """503 and what to do; then the same again goes through."""
    before = deployed.stored()
    deployed.aws.control("fault", service="sts", operation="GetCallerIdentity", code="ServiceUnavailable", status=503)
    try:
        status, _, err = approve("finops", "ada")
    finally:
        deployed.aws.control("clear_faults")
    assert (status, "E_UNAVAILABLE" in err) == (1, True), err
    assert deployed.stored() == before


def test_a_role_that_is_listed_decides(deployed: Deployed, approve: Approve) -> None:
    """What is offered is shown, one endpoint is chosen, and exactly that one is gone; the record names the session."""
    world, asked = deployed.aws.snapshot(), len(deployed.aws.calls(service="sts", operation="GetCallerIdentity"))
    status, out, err = approve("finops", "ada")
    assert (status, err, "Nothing has been decided yet." in out) == (0, "", True), err
    chosen = next(one for one in deployed.document(SWEEP, "plan.json")["items"] if one["account"] == VISION)
    target = "/".join(chosen[name] for name in ("account", "region", "name"))
    wanted = f"DELETE 1 {plan_sha256(deployed)[:8]}"
    status, out, err = approve("finops", "ada", "--delete", target, "--yes-i-typed", wanted)
    assert (status, err, "Recorded at" in out) == (0, "", True)
    machine = deployed.outputs["StateMachineArn"]
    [execution] = deployed.aws.client("stepfunctions").list_executions(stateMachineArn=machine)["executions"]
    assert deployed.wait(execution["executionArn"]) == "SUCCEEDED"
    assert deployed.aws.snapshot() == without(world, VISION, [chosen["name"]], chosen["region"])
    record = next(json.dumps(item) for item in deployed.items() if "DECISIONS" in json.dumps(item))
    assert PRINCIPAL in record
    calls = deployed.aws.calls(service="sts", operation="GetCallerIdentity")[asked:]
    assert [(call.caller, call.status) for call in calls] == [(PRINCIPAL, 200)] * 3
