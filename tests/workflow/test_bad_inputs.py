"""Inputs that no sweep may be started with, each given to the real state machine (BI-01 to BI-13).

A refusal is a whole execution: a report with the code and the sentence, the same in the mail to those who get
summaries, no lock, no call to a member account, no one asked.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from endpoint_sweep.settings.environment import LAST_MINUTES
from tests.judging.stage import ADA, Stage
from tests.simulation.hub.stack_in_process import APPROVERS
from tests.simulation.member_aws.refusals import MEMBER_SERVICES
from tests.simulation.organization.scenarios.small import FIRST, MANAGEMENT, REGION
from tests.workflow.conftest import OpenStage

Input = Mapping[str, Any]
ASKED: Input = {"mode": "approve", "requested_by": "schedule"}
STRANGER = "999999999999"
HOSTILE = "<script>alert(1)</script>"
MANY = [f"{number:012d}" for number in range(10_001)]
HUGE = {"accounts": ["1" * 300_000]}

REFUSED: dict[str, tuple[str, list[Any]]] = {
    "BI-01": ("E_INPUT_SHAPE", [None, [], ["approve"], "approve", "", 1, False]),
    "BI-02": (
        'E_INPUT_UNKNOWN_FIELD: there is no field "dryrun"; did you mean "mode"?',
        [{"dryrun": True}, {"mode": "approve", "dryrun": False}],
    ),
    "BI-02, markup": ("E_INPUT_UNKNOWN_FIELD: there is no field", [{HOSTILE: 1}, {"\r\nBcc: x@example.com": 1}]),
    "BI-03": (
        'E_MODE: mode must be "report" or "approve"',
        [{"mode": value} for value in ("APPROVE ", "Approve", True, 1, None, ["approve"], HOSTILE)],
    ),
    "BI-04": (
        "E_CAP_RANGE: max_deletes must be a whole number from 1 to 25",
        [{**ASKED, "max_deletes": value} for value in (-1, 0, 26, 10**9, "10", True, 1.5, float("nan"))],
    ),
    "BI-05": (
        "E_LOOKBACK_RANGE: lookback_days must be a whole number from 7 to 400",
        [{"lookback_days": value} for value in (0, 1, 456, "14")],
    ),
    "BI-06": (
        "E_ACCOUNT_ID: each entry of accounts must be a 12-digit account id",
        [{"accounts": value} for value in (["12345"], ["*"], [12345678901], [HOSTILE])],
    ),
    "BI-06, twice": ("E_ACCOUNT_ID: accounts has a duplicate entry", [{"accounts": [FIRST, FIRST]}]),
    "BI-06, no list": ("E_ACCOUNT_ID: accounts must be a list", [{"accounts": FIRST}]),
    # Ten thousand ids are less than AWS's 256 KiB and more than ours, so that they never come to be counted.
    "BI-06, 10 001 ids": ("E_INPUT_TOO_LARGE: the input can have at most 32 KiB", [{"accounts": MANY}]),
    "BI-07, outside": (
        f"E_ACCOUNT_NOT_IN_SCOPE: accounts has {STRANGER}, which is not in the Organization",
        [{"accounts": [STRANGER]}, {**ASKED, "accounts": [FIRST, STRANGER]}],
    ),
    "BI-07, management": (
        f"E_ACCOUNT_NOT_IN_SCOPE: {MANAGEMENT} is the management account, which can only be swept in report mode",
        [{**ASKED, "accounts": [MANAGEMENT]}, {**ASKED, "accounts": [FIRST, MANAGEMENT]}],
    ),
    "BI-08": (
        'E_REGION: regions has "',
        [
            {"regions": value}
            for value in (["us-east-1a"], ["all"], ["../../x"], ["enabled", REGION], ["x-1"], [HOSTILE])
        ],
    ),
    "BI-08, misspelt": (
        'E_REGION: regions has "us-esat-1", which is not a region; did you mean us-east-1?',
        [{"regions": [REGION, "us-esat-1"]}],
    ),
    "BI-08, its place": (
        'E_REGION: regions has "Ireland", which is not a region; did you mean eu-west-1?',
        [{"regions": ["Ireland"]}],
    ),
    "BI-08, an exclusion": (
        'E_REGION: exclude_regions has "eu-west1", which is not a region; did you mean eu-west-1?',
        [{"exclude_regions": ["eu-west1"]}],
    ),
    "BI-08, no list": ("E_REGION: regions must be a list", [{"regions": "us-east-1"}]),
    "BI-11": (
        "E_INPUT_TOO_LARGE: the input can have at most 32 KiB",
        [{"slot": "x" * 33_000}, {**ASKED, "accounts": ["1" * 250_000]}],
    ),
    "BI-13": (
        "E_TTL_RANGE: expires_hours must be a whole number from 1 to 72",
        [{**ASKED, "expires_hours": value} for value in (73, 0, -1, 1e9, "24", True)],
    ),
}


def assert_refused(stage: Stage, sweep: str, words: str, calls: int, mailed: Sequence[str] = APPROVERS) -> None:
    """Everything that a refusal promises, and in each text the sentence without what was sent."""
    assert stage.end(sweep)["status"] == "FAILED"
    report, folder = stage.report(sweep), f"sweeps/{sweep}/"
    assert report["failure"]["error"] == "InputRejected"
    assert report["failure"]["reason"].startswith(words)
    assert (report["findings"], report["coverage"], report["ending"]) == ([], [], "failed")
    mails = stage.mails(sweep)
    assert [mail.to for mail in mails] == list(mailed)
    for mail in mails:
        assert mail.subject == f"endpoint-sweep {sweep}: the sweep failed"
        assert words.partition(":")[0] in mail.text
    texts = [text for name, text in stage.objects().items() if name.startswith(folder)]
    texts += [mail.text + mail.html for mail in mails]
    for text in texts:
        assert "Traceback" not in text
        assert 'File "' not in text
        assert HOSTILE not in text
        assert "\r\nBcc" not in text
        assert "x" * 100 not in text
    assert stage.row(sweep, "REQUEST") is None
    assert [item for item in stage.hub.items() if item["pk"]["S"] == "LOCK"] == []
    made = stage.world.log.calls[calls:]
    assert {call.service for call in made} & {"sts", *MEMBER_SERVICES} == set()
    assert {call.account for call in made} <= {stage.world.organization.hub_account}


@pytest.mark.parametrize("row", REFUSED)
def test_a_bad_input_ends_the_sweep_before_it_begins(stage: Stage, row: str) -> None:
    """BI-01 to BI-08, BI-11, BI-13: every input of the row, with the code and the sentence."""
    words, inputs = REFUSED[row]
    for data in inputs:
        calls = len(stage.world.log)
        assert_refused(stage, stage.start_with(data), words, calls)


def test_what_is_no_json_starts_nothing(stage: Stage) -> None:
    """BI-01: Step Functions itself refuses it. An empty object is a report, which changes nothing."""
    states = stage.hub.client("stepfunctions")
    for text in ("", "approve", "{'mode': 'approve'}", '{"mode": "approve"', "\x00"):
        with pytest.raises(ClientError):
            states.start_execution(stateMachineArn=stage.hub.arn, name="no-json", input=text)
    assert "no-json" not in str(states.list_executions(stateMachineArn=stage.hub.arn))
    sweep = stage.start_with({})
    assert stage.end(sweep)["status"] == "SUCCEEDED"
    assert stage.report(sweep)["sweep"]["mode"] == "report"
    assert stage.row(sweep, "REQUEST") is None


def test_more_than_a_state_may_carry_is_told_by_the_watchdog(stage: Stage) -> None:
    """BI-11: 300 kB, which AWS would not even take: no step of ours runs, and someone is told all the same."""
    calls, sweep = len(stage.world.log), stage.start_with(HUGE)
    stage.stopped.add(sweep)
    assert stage.end(sweep)["status"] == "FAILED"
    assert stage.states(sweep) == ["Set input aside"]
    assert stage.watchdog(sweep, "FAILED")["mailed"] == len(APPROVERS)
    assert "1" * 100 not in "".join(mail.text + mail.html for mail in stage.mails(sweep))
    assert {call.service for call in stage.world.log.calls[calls:]} & {"sts", *MEMBER_SERVICES} == set()


@pytest.mark.parametrize("name", ["n" * 81, "colon:sweep", "-dash", "space sweep"])
def test_a_name_that_aws_would_not_take_is_refused_by_us(stage: Stage, name: str) -> None:
    """BI-12: local engines take it."""
    calls = len(stage.world.log)
    assert_refused(stage, stage.start_with(dict(ASKED), name), "E_RUN_NAME: the execution name", calls)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"Approvers": ""}, "E_APPROVERS_EMPTY: approve mode needs the stack parameter Approvers"),
        ({"Sender": ""}, "E_APPROVERS_EMPTY: approve mode needs the stack parameter Sender"),
    ],
    ids=["no one to ask", "no one to write"],
)
def test_without_people_nobody_is_asked(stage_of: OpenStage, parameters: dict[str, str], words: str) -> None:
    """BI-09: a report may still be made."""
    stage = stage_of("small", **parameters)
    sweep = stage.start()
    assert stage.end(sweep)["status"] == "FAILED"
    assert stage.report(sweep)["failure"]["reason"] == words
    assert (stage.mails(sweep), stage.row(sweep, "REQUEST")) == ([], None)
    assert [call for call in stage.world.log.calls if call.service == "sagemaker"] == []
    stage.end(reported := stage.start("report"))
    assert {row["disposition"] for row in stage.report(reported)["findings"]} == {"kept"}


SIXTY = [f"p{number}@example.com" for number in range(60)]
NO_ADDRESS = "1 in the stack parameter Approvers is not a plain email address"


@pytest.mark.parametrize(
    ("parameters", "words", "mailed"),
    [
        ({"MinApprovers": "3"}, "the stack parameter MinApprovers is higher than the number of Approvers", APPROVERS),
        (
            {"Approvers": f"{ADA},ada+1@example.com"},
            "two addresses in the stack parameter Approvers belong to one person",
            (ADA, "ada+1@example.com"),
        ),
        ({"Approvers": f"{ADA},grace@example.com\r\nBcc: x@example.com"}, NO_ADDRESS, (ADA,)),
        ({"Approvers": f"{ADA},{HOSTILE}@example.com"}, NO_ADDRESS, (ADA,)),
        ({"Approvers": f"{ADA},grace@ex\u0430mple.com"}, NO_ADDRESS, (ADA, "grace@ex\u0430mple.com")),
        ({"Approvers": ",".join(SIXTY)}, "the stack parameter Approvers can have at most 50 addresses", SIXTY),
    ],
    ids=["too few", "an alias", "a header", "markup", "a homoglyph", "sixty"],
)
def test_approvers_who_cannot_approve_are_not_asked(
    stage_of: OpenStage, parameters: dict[str, str], words: str, mailed: Sequence[str]
) -> None:
    """BI-10: no one gets a link; who can get mail is told with the code, as of any sweep that failed."""
    stage = stage_of("small", **parameters)
    calls = len(stage.world.log)
    assert_refused(stage, stage.start(), f"E_APPROVERS: {words}", calls, mailed)


def test_an_account_of_the_deny_list_cannot_be_asked_for(stage_of: OpenStage) -> None:
    """BI-07: a report may look at it."""
    stage = stage_of("small", DenyAccounts=FIRST)
    calls = len(stage.world.log)
    sweep = stage.start(accounts=[FIRST])
    assert_refused(stage, sweep, f"E_ACCOUNT_NOT_IN_SCOPE: {FIRST} is on the deny list", calls)
    reported = stage.start("report", accounts=[FIRST])
    assert stage.end(reported)["status"] == "SUCCEEDED"
    assert {row["account"] for row in stage.report(reported)["findings"]} == {FIRST}


ACCOUNT_FIX = "write each account as 12 digits with its leading zeros, and separate them by commas"
ROLE = "arn:aws:iam::111111111111:role/finops"


@pytest.mark.parametrize("mode", ["approve", "report"])
@pytest.mark.parametrize(
    ("parameter", "value", "why"),
    [
        ("DenyAccounts", "0222-2222-2222", f'has "0222-2222-2222"; {ACCOUNT_FIX}'),
        ("DenyAccounts", f"{FIRST},{FIRST}", f'has "{FIRST}" twice; remove one'),
        ("TwoApproversForAccounts", "22222222222", f'has "22222222222"; {ACCOUNT_FIX}'),
        ("ProtectTags", "env=prod;team=ml", 'has "env=prod;team=ml"; write each tag as key or key=value'),
    ],
)
def test_a_list_of_the_stack_that_is_not_understood_starts_nothing(
    stage_of: OpenStage, mode: str, parameter: str, value: str, why: str
) -> None:
    """Whichever mode: the report names the parameter and the fix, and no one can be asked with half of it."""
    stage = stage_of("small", **{parameter: value})
    sweep = stage.start(mode)
    assert stage.end(sweep)["status"] == "FAILED"
    assert stage.report(sweep)["failure"]["error"] == "ListInvalid"
    assert stage.report(sweep)["failure"]["reason"].startswith(f"E_LIST: the stack parameter {parameter} {why}")
    assert "E_LIST" in stage.summary(sweep).text
    assert stage.row(sweep, "REQUEST") is None
    assert [call for call in stage.world.log.calls if call.service in {"sts", *MEMBER_SERVICES}] == []


@pytest.mark.parametrize("parameter", ["DenyAccounts", "TwoApproversForAccounts"])
def test_an_account_of_the_stack_that_is_nowhere_is_mistyped(stage_of: OpenStage, parameter: str) -> None:
    """Twelve digits, and no one's: no one is asked, a report may be made."""
    stage = stage_of("small", **{parameter: f"{FIRST},{STRANGER}"})
    sweep, calls = stage.start(), len(stage.world.log)
    why = f"E_ACCOUNT_NOT_IN_SCOPE: the stack parameter {parameter} has {STRANGER}, which is not in the Organization"
    assert_refused(stage, sweep, why, calls)
    stage.end(reported := stage.start("report"))
    assert stage.report(reported)["findings"]


@pytest.mark.parametrize(
    ("parameters", "why"),
    [
        ({"ApproverPrincipals": ROLE}, "the stack parameters ApproverPrincipals and MoreApproverPrincipals have"),
        ({"MoreApproverPrincipals": f"{ROLE}=eve@example.com"}, "add it there"),
        ({"ApproverPrincipals": f"arn:aws:iam::{STRANGER}:user/x={ADA}"}, "to the stack parameter ApproverAccounts"),
        ({"SummaryRecipients": "team at example.com"}, "the stack parameter SummaryRecipients has 1 entry that is not"),
    ],
)
def test_people_of_the_stack_are_read_when_a_sweep_starts(
    stage_of: OpenStage, parameters: dict[str, str], why: str
) -> None:
    """Not only on the day when someone needs to decide."""
    stage = stage_of("small", **parameters)
    sweep = stage.start()
    stage.end(sweep)
    reason = stage.report(sweep)["failure"]["reason"]
    assert (reason.startswith("E_LIST: "), why in reason) == (True, True), reason
    assert stage.row(sweep, "REQUEST") is None


def test_the_management_account_may_be_reported_on(stage: Stage) -> None:
    """BI-07: by name, with the reason why nothing is known of it where it has no role."""
    sweep = stage.start("report", accounts=[MANAGEMENT])
    stage.end(sweep)
    assert set(stage.coverage(sweep)) == {(MANAGEMENT, "us-east-1")}
    assert set(stage.coverage(sweep).values()) == {"denied"}


def test_less_time_to_answer_ends_the_approval_earlier(stage: Stage) -> None:
    """BI-13: the link says when, and at that time everything is kept although the stack would wait for 72 hours."""
    sweep = stage.start(expires_hours=2)
    link = stage.links(sweep)[ADA]
    asked, ends = (datetime.fromisoformat(stage.record(sweep)[name]) for name in ("asked_at", "expires_at"))
    assert ends - asked == timedelta(hours=2) - LAST_MINUTES
    stage.hub.ahead += timedelta(hours=1, minutes=46)
    answer = stage.decide(link, "resnet-demo")
    assert (answer.status, answer.body) == (410, "E_APPROVAL_EXPIRED")
    stage.end(sweep)
    assert stage.disposition(sweep, "resnet-demo")[0] == "kept"
    assert {mail.to for mail in stage.mails(sweep)} == set(APPROVERS)
