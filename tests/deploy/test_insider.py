"""Whoever stands inside the hub account, with every permission but the use of the product's keys, decides nothing.

The tests share one stack and run in order. What a test deletes, or an attack that succeeds, is made again after it.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from endpoint_sweep.rules.approvals import hash_code
from tests.deploy.deployed import APPROVERS, Deployed, deploy
from tests.deploy.gates import grace, held
from tests.deploy.insider import OWN_CODE, OWN_SECRET, Insider, decision, made_up_call, wrong_guesses
from tests.deploy.running import RECORDED, Running
from tests.simulation.hub.local_aws import HUB_TEMPLATE
from tests.simulation.hub.local_stacks import parameter_names

ADA, GRACE = APPROVERS
VISION, REGION = "222222222222", "us-east-1"
PRINCIPAL, CALLER = "arn:aws:iam::111111111111:role/finops", "arn:aws:sts::111111111111:assumed-role/finops/ada"
POC = [f"vision-poc-{number}" for number in range(6)]
BUSY = "fraud-scoring"
MISLEADING = "sandbox-to-be-emptied"

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    parameters = {
        "ApproverPrincipals": f"{PRINCIPAL}={ADA}",
        "MaxDeletePercentOfAccount": "100",
        # Short slices fit into short approvals only.
        "WaitSliceSeconds": "3",
        "ApprovalTtlMinutes": "35",
        "DeleteWindowMinutes": "20",
        "GraceMinutes": "0",
    }
    known = parameter_names(HUB_TEMPLATE)
    given = {name: value for name, value in parameters.items() if name in known}
    with deploy(tmp_path_factory.mktemp("insider"), "two_teams", **given) as stack:
        yield stack


@pytest.fixture(autouse=True)
def _mended(deployed: Deployed) -> Iterator[None]:
    before = deployed.aws.control("endpoints")
    yield
    deployed.aws.control("clear_faults")
    deployed.stop()
    left = deployed.aws.control("endpoints")
    for account, region, endpoint in (one for one in before if one not in left):
        deployed.aws.control("recreate", account=account, region=region, endpoint=endpoint, created_days_ago=90.0)


@pytest.fixture
def insider(deployed: Deployed) -> Insider:
    return Insider(deployed.aws.client, deployed.outputs["TableName"], deployed.outputs["BucketName"])


def secret_of(link: str) -> str:
    return link.partition("?k=")[2]


def approval_of(link: str) -> str:
    return link.partition("/a/")[2].partition("?")[0]


# 1. who may write to the table


@pytest.mark.parametrize("whose", ["a link of one's own", "a stolen link"])
def test_a_code_that_was_never_mailed_decides_nothing(deployed: Deployed, insider: Insider, whose: str) -> None:
    """With the hash of a link of one's own beside an approver's name, or with a stolen link, and with a code of one's
    own in the table, the page records nothing, and nothing is deleted.
    """
    sweep = Running.start(deployed, f"own-{len(whose)}")
    link = sweep.link(ADA)
    code = hash_code(sweep.ask_code(link, ADA, POC[:1]), secret_of(link))
    if whose == "a stolen link":
        secret = secret_of(link)
    else:
        secret = OWN_SECRET
        insider.plant_link(secret_of(link), secret)
    insider.forge_code(code, secret)
    answer = sweep.decide(link.replace(secret_of(link), secret), POC[:1], OWN_CODE)
    sweep.until_settled()
    assert sweep.deleted == []
    assert answer.status not in RECORDED


def test_guesses_are_not_given_back(deployed: Deployed, insider: Insider) -> None:
    """Five wrong guesses end a code. Whoever puts the rows back as they were before them gets no sixth."""
    sweep = Running.start(deployed, "guesses-1")
    link = sweep.link(ADA)
    code = sweep.ask_code(link, ADA, POC[1:2])
    before = insider.rows()
    for wrong in wrong_guesses(code, 5):
        assert sweep.decide(link, POC[1:2], wrong).status == 400
    insider.put_back(before)
    sixth = sweep.decide(link, POC[1:2], code)
    sweep.until_settled()
    assert sweep.deleted == []
    assert sixth.status not in RECORDED


def test_an_approval_of_an_earlier_sweep_is_not_replayed(deployed: Deployed, insider: Insider) -> None:
    """What was approved once, and could not be deleted then, is not deleted when a later sweep asks anew: its rows in
    the later one's places, with all their proofs, allow nothing.
    """
    earlier = Running.start(deployed, "replayed-1")
    link = earlier.link(ADA)
    deployed.aws.control("fault", service="sagemaker", operation="DescribeEndpoint", code="AccessDeniedException")
    assert earlier.approve(ADA, POC[2:3]).status in RECORDED
    deployed.wait(earlier.execution)
    assert earlier.deleted == []
    deployed.aws.control("clear_faults")
    later = Running.start(deployed, "replayed-2")
    assert insider.replay(approval_of(link), earlier.name, approval_of(later.link(ADA)), later.name)
    later.until_settled()
    assert later.deleted == []


# 2. who may call the function


def test_a_made_up_call_decides_nothing(deployed: Deployed, insider: Insider) -> None:
    """An event that says that API Gateway checked an approver's signature, sent by someone who may call functions, is
    refused, and nothing is recorded.
    """
    sweep = Running.start(deployed, "called-1")
    approval, form = approval_of(sweep.link(ADA)), decision(sweep.plan, POC[3:4])
    body = {name: form[name] for name in ("choice", "plan_sha256", "phrase")}
    api = deployed.resource("ReviewApi")
    event = made_up_call(api, approval, CALLER, body | {"selected": [f"{VISION}/{REGION}/{POC[3]}"]})
    before = deployed.items()
    status = insider.call(deployed.resource("ReviewFunction"), event)
    recorded = [item for item in deployed.items() if item not in before and "WAIT" not in json.dumps(item)]
    sweep.until_settled()
    assert sweep.deleted == []
    assert (status, recorded) == (403, [])


# 3. taking back


@pytest.mark.parametrize("by", APPROVERS)
def test_a_veto_holds_until_a_deletion_begins(deployed: Deployed, by: str) -> None:
    """After a decision to delete, and after the sweep looked at it, the same approver or another one keeps everything:
    no deletion was sent so far, and none is sent.
    """
    with grace(deployed, minutes=15), held(deployed, "DescribeEndpoint") as gate:
        sweep = Running.start(deployed, f"veto-{APPROVERS.index(by)}")
        link = sweep.link(by)
        gate.shut()
        since = len(sweep.states())
        assert sweep.approve(ADA, POC[:3]).status in RECORDED
        sweep.until_looked(since)
        assert sweep.deleted == []
        veto = sweep.decide(link)
        gate.open()
        assert deployed.wait(sweep.execution) == "SUCCEEDED"
    assert sweep.deleted == []
    assert veto.status in RECORDED


def test_without_grace_a_veto_holds_until_the_call(deployed: Deployed) -> None:
    """Where a deletion may begin at once, an endpoint that is being looked at a last time is kept all the same."""
    with held(deployed, "DescribeEndpoint") as gate:
        sweep = Running.start(deployed, "late-veto-1")
        link = sweep.link(GRACE)
        gate.shut()
        assert sweep.approve(ADA, POC[:1]).status in RECORDED
        gate.until_one_waits()
        veto = sweep.decide(link)
        gate.open()
        assert deployed.wait(sweep.execution) == "SUCCEEDED"
    assert sweep.deleted == []
    assert veto.status in RECORDED


def test_a_veto_amid_the_deletions_keeps_the_rest(deployed: Deployed) -> None:
    """While the first deletions are being sent, an approver keeps everything: no other one is sent."""
    with held(deployed, "DeleteEndpoint") as gate:
        sweep = Running.start(deployed, "amid-1")
        link = sweep.link(ADA)
        gate.shut()
        assert sweep.approve(ADA, POC).status in RECORDED
        gate.until_one_waits()
        veto = sweep.decide(link)
        gate.open()
        assert deployed.wait(sweep.execution) == "SUCCEEDED"
    # Two are worked on at a time.
    assert 1 <= len(sweep.deleted) <= 2
    assert veto.status in RECORDED
    rest = [row["disposition"] for name, row in deployed.findings("amid-1").items() if name in POC]
    assert rest.count("deleted") == len(sweep.deleted)


# 4. locking an approver out


def test_a_used_up_link_still_keeps_everything(deployed: Deployed) -> None:
    """Whoever stole a link asks for codes until none is mailed any more, and guesses wrong: the approver's own keeping
    of everything needs no code and is recorded, and an alarm names the approval.
    """
    sweep = Running.start(deployed, "used-up-1")
    link = sweep.link(ADA)
    guesses = sweep.use_up(link, ADA, POC[:1])
    keep = sweep.decide(link)
    assert guesses >= 50
    assert keep.status in RECORDED
    deployed.wait(sweep.execution)
    assert sweep.deleted == []
    kept = {row["disposition_reason"] for name, row in deployed.findings("used-up-1").items() if name in POC}
    assert kept == {f"kept by {ADA}"}
    assert any("CodesUsedUp" in line and approval_of(link) in line for line in deployed.logged()[sweep.lines :])


# 5. what lies there already


@pytest.fixture(scope="module")
def seen(deployed: Deployed) -> str:
    """The folder of an honest sweep, to make dishonest documents from."""
    sweep = Running.start(deployed, "seen-1", "report")
    assert deployed.wait(sweep.execution) == "SUCCEEDED"
    return "sweeps/seen-1"


def test_a_plan_that_lay_there_is_offered_to_nobody(deployed: Deployed, insider: Insider, seen: str) -> None:
    """A plan of busy endpoints, written before the sweep of that name starts: all is kept, with an alarm."""
    folder, honest = "sweeps/planned-1", json.loads(insider.read(f"{seen}/plan.json"))
    [busy] = [row for row in json.loads(insider.read(f"{seen}/findings.json")) if row["name"] == BUSY]
    caps = {"per_sweep": 1000, "per_account": 1000, "percent_of_account": 100}
    plan = {"sweep_id": "planned-1", "items": [as_idle(busy)], "found": {VISION: 1000}, "caps": caps}
    insider.write(f"{folder}/plan.json", honest | plan, like=f"{seen}/plan.json")
    insider.write(f"{folder}/accounts.json", [{"id": VISION, "name": MISLEADING, "state": "ACTIVE", "unit": ""}])
    sweep = Running.start(deployed, "planned-1")
    sweep.until_asked()
    assert sweep.offers() == []
    deployed.wait(sweep.execution)
    assert sweep.deleted == []
    assert "PlanTampered" in sweep.alarms()


def test_the_result_of_a_scan_that_lay_there_is_not_believed(deployed: Deployed, insider: Insider, seen: str) -> None:
    """A cell's result that calls a busy endpoint idle, written before the scan: the endpoint is not offered."""
    place = f"cells/{VISION}/{REGION}.json"
    cell = json.loads(insider.read(f"{seen}/{place}"))
    cell["findings"] = [as_idle(row) if row["name"] == BUSY else row for row in cell["findings"]]
    insider.write(f"sweeps/scanned-1/{place}", cell, like=f"{seen}/{place}")
    sweep = Running.start(deployed, "scanned-1")
    sweep.until_asked()
    offered = [row["name"] for row in json.loads(sweep.plan)["items"]] if sweep.offers() else []
    assert BUSY not in offered
    assert "CellForged" in sweep.alarms()


def test_an_input_that_lay_there_starts_nothing(deployed: Deployed, insider: Insider, seen: str) -> None:
    """A name under which an input was written before the sweep is refused as used."""
    insider.write("sweeps/prepared-1/input.json", json.loads(insider.read(f"{seen}/input.json")) | {"id": "prepared-1"})
    sweep = Running.start(deployed, "prepared-1")
    sweep.until_asked()
    assert sweep.offers() == []
    assert deployed.wait(sweep.execution) == "FAILED"
    assert any("E_RUN_NAME" in text for text in deployed.texts(ADA))


@pytest.mark.parametrize("document", ["input", "accounts"])
def test_what_is_changed_while_it_scans_misleads_nobody(deployed: Deployed, insider: Insider, document: str) -> None:
    """A sweep that may only report does not ask because its input says so now; an account is not called by a name that
    someone wrote. An alarm tells.
    """
    name = f"changed-{document}"
    with held(deployed, "ListEndpoints") as gate:
        gate.shut()
        sweep = Running.start(deployed, name, "report" if document == "input" else "approve")
        gate.until_one_waits()
        there = json.loads(insider.read(f"sweeps/{name}/{document}.json"))
        if document == "input":
            there |= {"mode": "approve", "requested_by": "schedule"}
        else:
            there = [one | {"name": MISLEADING} for one in there]
        insider.write(f"sweeps/{name}/{document}.json", there, like=f"sweeps/{name}/{document}.json")
        gate.open()
    sweep.until_asked()
    assert [text for text in sweep.offers() if document == "input" or MISLEADING in text] == []
    assert sweep.alarms() & {"PlanTampered", "RecordForged", "CellForged"}


def as_idle(finding: dict[str, Any]) -> dict[str, Any]:
    told = {"verdict": "idle", "reason": "no calls in the last 14 days", "invocations": 0, "last_invocation_at": None}
    return finding | told
