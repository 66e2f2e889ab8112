"""What keys there are, what the review page's API lets in and writes down, and what raises an alarm."""

import json
import re
from typing import Any

from endpoint_sweep.domain.kinds import Alarm
from tests.simulation.hub import cloudformation
from tests.simulation.hub.cloudformation import Template


def test_no_role_s_own_policy_grants_a_key(hub: Template) -> None:
    """Otherwise the key policies would not tell the whole story."""
    granted = [one for _, statement in cloudformation.statements(hub) for one in cloudformation.actions(statement)]
    assert [one for one in granted if one.startswith("kms:") or one == "*"] == []


def test_the_keys_are_of_their_kinds(hub: Template) -> None:
    """An HMAC key cannot encrypt, the others rotate; what proves the record may be missed for a month."""
    keys = cloudformation.resources(hub, "AWS::KMS::Key")
    hashing = {name for name, key in keys.items() if key.get("KeyUsage") == "GENERATE_VERIFY_MAC"}
    assert hashing == {"FindingsKey", "LinksKey", "MacKey", "ActsKey"}
    assert {keys[name]["KeySpec"] for name in hashing} == {"HMAC_256"}
    assert {name for name, key in keys.items() if key.get("EnableKeyRotation")} == set(keys) - hashing
    months = {name for name, key in keys.items() if key["PendingWindowInDays"] == 30}
    assert months == set(keys) - {"SealKey"}, "the sealing key proves nothing: it hides tokens that are spent"


def test_every_function_knows_the_keys(hub: Template) -> None:
    """By their ARNs; the key policies say which of them it may use."""
    given = hub["Globals"]["Function"]["Environment"]["Variables"]
    names = {
        f"{name.removesuffix('Key').upper()}_KEY_ARN": name for name in cloudformation.resources(hub, "AWS::KMS::Key")
    }
    found = {name: value["Fn::GetAtt"][0] for name, value in given.items() if name.endswith("_KEY_ARN")}
    assert found == names


def api(hub: Template) -> dict[str, Any]:
    [(_, properties)] = cloudformation.resources(hub, "AWS::Serverless::Api").items()
    return properties


def test_the_access_log_has_no_secret(hub: Template) -> None:
    """The link's secret is in the query, the approval's id in the path: neither is written, nor any header (S1.11)."""
    [settings] = api(hub)["MethodSettings"]
    assert (settings["DataTraceEnabled"], settings["ThrottlingRateLimit"], settings["ThrottlingBurstLimit"]) == (
        False,
        5,
        10,
    )
    written = json.loads(api(hub)["AccessLogSetting"]["Fn::If"][1]["Format"])
    assert written == {
        "requestId": "$context.requestId",
        "resource": "$context.resourcePath",
        "status": "$context.status",
        "ip": "$context.identity.sourceIp",
    }


def test_no_trace_has_the_secret(hub: Template) -> None:
    """A trace of the API holds the whole address (D13.10). Those of the functions hold what Lambda adds: without the
    SDK of X-Ray in the layer, no code adds to them.
    """
    assert api(hub)["TracingEnabled"] is False
    brought = (cloudformation.ROOT / "layers" / "core" / "requirements.txt").read_text(encoding="utf-8")
    assert "boto3==" in brought
    assert "xray" not in brought


def test_no_execution_log_has_the_secret(hub: Template) -> None:
    """API Gateway's own log of an execution can hold its query; none is asked for."""
    [settings] = api(hub)["MethodSettings"]
    assert settings.get("LoggingLevel", "OFF") == "OFF"


def test_links_are_open_and_the_other_way_needs_credentials(hub: Template) -> None:
    """The routes of the page take anybody with a secret, those under /approvals only who is known to IAM (S1.9)."""
    routes = [one["Properties"] for one in hub["Resources"]["ReviewFunction"]["Properties"]["Events"].values()]
    signed = {one["Path"]: one.get("Auth", {}).get("Authorizer", "NONE") for one in routes}
    assert signed == {
        "/a/{approval_id}": "NONE",
        "/a/{approval_id}/result": "NONE",
        "/approvals/{approval_id}": "AWS_IAM",
    }
    # The function runs as itself, not as the caller.
    assert {one["Auth"]["InvokeRole"] for one in routes if "Auth" in one} == {"NONE"}
    statements = api(hub)["Auth"]["ResourcePolicy"]["CustomStatements"]
    [open_to_all] = [one["Resource"] for one in statements if one.get("Effect") == "Allow"]
    assert open_to_all == [f"execute-api:/v1/{method}/a/*" for method in ("GET", "HEAD", "OPTIONS", "POST")]


def test_other_accounts_reach_the_signed_routes_only_if_they_are_named(hub: Template) -> None:
    """D13.51: no one of another account without it; with it, the accounts that it names and these two routes."""
    [(condition, allow, otherwise)] = [
        one["Fn::If"] for one in api(hub)["Auth"]["ResourcePolicy"]["CustomStatements"] if "Fn::If" in one
    ]
    assert (condition, otherwise) == ("HasApproverAccounts", {"Ref": "AWS::NoValue"})
    assert (allow["Effect"], allow["Action"]) == ("Allow", "execute-api:Invoke")
    assert allow["Principal"] == {"AWS": {"Fn::Split": [",", {"Ref": "ApproverAccounts"}]}}
    assert allow["Resource"] == ["execute-api:/v1/GET/approvals/*", "execute-api:/v1/POST/approvals/*"]
    assert hub["Parameters"]["ApproverAccounts"]["Default"] == ""


def test_only_allowed_addresses_reach_the_api(hub: Template) -> None:
    """Everybody by default, as a Deny on everything else."""
    [deny] = [s for s in api(hub)["Auth"]["ResourcePolicy"]["CustomStatements"] if s.get("Effect") == "Deny"]
    assert deny["Resource"] == "execute-api:/*"
    assert deny["Condition"] == {"NotIpAddress": {"aws:SourceIp": {"Fn::Split": [",", {"Ref": "AllowedAddresses"}]}}}
    assert hub["Parameters"]["AllowedAddresses"]["Default"] == "0.0.0.0/0,::/0"


def test_a_flood_of_the_page_can_be_kept_from_starving_anything_else(hub: Template) -> None:
    """Concurrency of its own, where the account has some to reserve; a new account has none (D13.8)."""
    reserved = hub["Resources"]["ReviewFunction"]["Properties"]["ReservedConcurrentExecutions"]
    assert reserved["Fn::If"][:2] == ["HasReviewConcurrency", {"Ref": "ReviewConcurrency"}]
    assert hub["Parameters"]["ReviewConcurrency"]["Default"] == 0


def test_mail_goes_out_from_the_sender_only(hub: Template) -> None:
    """Whoever may mail."""
    mailing = [s for _, s in cloudformation.statements(hub) if "ses:SendEmail" in cloudformation.actions(s)]
    assert len(mailing) == 6
    assert all(one["Condition"] == {"StringEquals": {"ses:FromAddress": {"Ref": "Sender"}}} for one in mailing)


def test_every_alarm_that_is_raised_is_counted(hub: Template) -> None:
    """The words in the code are those of the metric filters, and each metric has an alarm that may tell someone."""
    raised = {one.value for one in Alarm}
    filters = cloudformation.resources(hub, "AWS::Logs::MetricFilter").values()
    assert {re.findall(r'\$\.alarm = "(\w+)"', one["FilterPattern"])[0] for one in filters} == raised
    assert all(one["LogGroupName"] == hub["Globals"]["Function"]["LoggingConfig"]["LogGroup"] for one in filters)
    counted = {each["MetricName"] for one in filters for each in one["MetricTransformations"]}
    assert counted == raised
    every = cloudformation.resources(hub, "AWS::CloudWatch::Alarm").values()
    alarms = [one for one in every if one["MetricName"] in counted]
    assert {one["MetricName"] for one in alarms} == raised
    assert all("AlarmTopicArn" in json.dumps(one["AlarmActions"]) and one["Period"] <= 300 for one in alarms)


def test_bounces_find_their_way(hub: Template) -> None:
    """The functions name the configuration set whose bounces and complaints go to the topic that calls the function."""
    [destination] = cloudformation.resources(hub, "AWS::SES::ConfigurationSetEventDestination").values()
    event = destination["EventDestination"]
    assert sorted(event["MatchingEventTypes"]) == ["bounce", "complaint"]
    assert event["SnsDestination"]["TopicARN"] == {"Ref": "Bounces"}
    assert destination["ConfigurationSetName"] == {"Ref": "MailEvents"}
    for name in ("RequestApprovalFunction", "RemindApproversFunction"):
        assert cloudformation.variables(hub, name)["CONFIGURATION_SET"] == {"Ref": "MailEvents"}
    events = hub["Resources"]["RecordBounceFunction"]["Properties"]["Events"]
    assert [one["Properties"]["Topic"] for one in events.values()] == [{"Ref": "Bounces"}]
