"""The options of `endpoint-sweep scan`: whom it visits, how it judges, and what it does not take."""

from pathlib import Path

import pytest

from endpoint_sweep.cli import main
from tests.laptop.conftest import Laptop
from tests.simulation.organization.scenarios.small import (
    FIRST,
    HUB,
    MANAGEMENT,
    OTHER_REGION,
    PLATFORM,
    REGION,
    SECOND,
    WORKLOADS,
    one,
    organization,
)
from tests.simulation.organization.specification import Account, Organization
from tests.simulation.organization.traffic import Traffic


def two_accounts() -> Organization:
    """One idle endpoint in each of two accounts and two regions; the second account lies in another unit."""
    members = (Account(FIRST, "vision-prod", WORKLOADS.id), Account(SECOND, "speech-prod", PLATFORM.id))
    endpoints = [
        one(f"idle-{account[0]}-{region}", account=account, region=region)
        for account in (FIRST, SECOND)
        for region in (REGION, OTHER_REGION)
    ]
    return organization(endpoints, members, (REGION, OTHER_REGION))


BOTH = f"{REGION},{OTHER_REGION}"


@pytest.mark.parametrize(
    ("options", "scanned"),
    [
        ((), {(HUB, REGION), (FIRST, REGION), (SECOND, REGION)}),
        (("--regions", OTHER_REGION), {(HUB, OTHER_REGION), (FIRST, OTHER_REGION), (SECOND, OTHER_REGION)}),
        (("--accounts", FIRST, "--regions", BOTH), {(FIRST, REGION), (FIRST, OTHER_REGION)}),
        (("--accounts", f" {FIRST}, {SECOND},"), {(FIRST, REGION), (SECOND, REGION)}),
        (("--exclude-accounts", f"{FIRST},{HUB}"), {(SECOND, REGION)}),
        (("--accounts", f"{FIRST},{SECOND}", "--exclude-accounts", FIRST), {(SECOND, REGION)}),
        (("--organizational-units", PLATFORM.id), {(HUB, REGION), (SECOND, REGION)}),
        (("--exclude-organizational-units", PLATFORM.id), {(FIRST, REGION)}),
        (("--organizational-units", f"{PLATFORM.id},{WORKLOADS.id}", "--exclude-accounts", SECOND),
         {(HUB, REGION), (FIRST, REGION)}),
    ],
)  # fmt: skip
def test_whom_it_visits(laptop: Laptop, options: tuple[str, ...], scanned: set[tuple[str, str]]) -> None:
    """Accounts and units, in and out; a denial wins. The management account is in the table, covered or not."""
    laptop.open(two_accounts())
    done = laptop.scan(*options)
    assert {cell for cell, status in done.coverage.items() if status == "scanned"} == scanned
    assert {account for account, _ in done.coverage} >= {MANAGEMENT}
    assert {(call.account, call.region) for call in done.calls if call.service == "sagemaker"} == scanned
    assert {cell[:2] for cell in done.verdicts} == scanned - {(HUB, REGION), (HUB, OTHER_REGION)}


def test_without_an_organization_it_looks_at_its_own_account(laptop: Laptop) -> None:
    """With its own credentials: no role, no external id, no call to Organizations."""
    laptop.open(organization([one("here", account=HUB), one("there")]))
    done = laptop.scan(organization=False, external_id=False)
    assert (done.status, done.verdicts) == (0, {(HUB, REGION, "here"): "idle"})
    assert {call.service for call in done.calls}.isdisjoint({"organizations"})
    assert "AssumeRole" not in {call.operation for call in done.calls}


def test_its_own_account_needs_nothing_but_read_access(laptop: Laptop) -> None:
    """No Organization, no price list and no list of regions either: the result is whole, and the table has prices."""
    world = laptop.open(organization([one("here", account=HUB), one("there")]))
    for service in ("organizations", "pricing", "ssm", "account"):
        world.fault(service=service, code="AccessDeniedException")
    for options in ((), ("--regions", "enabled")):
        done = laptop.scan(*options, organization=False, external_id=False)
        assert (done.status, done.verdicts) == (0, {(HUB, REGION, "here"): "idle"})
        assert done.document["findings"][0]["monthly_usd"]


@pytest.mark.parametrize(
    ("service", "action"), [("sagemaker", "sagemaker:ListEndpoints"), ("cloudwatch", "cloudwatch:ListMetrics")]
)
def test_a_missing_permission_is_named(laptop: Laptop, service: str, action: str) -> None:
    """In the row of its own account, as AWS says it."""
    world = laptop.open(organization([one("here", account=HUB)]))
    said = f"User: arn:aws:iam::{HUB}:user/ada is not authorized to perform: {action}"
    world.fault(service=service, operation=action.partition(":")[2], code="AccessDeniedException", message=said)
    done = laptop.scan(organization=False, external_id=False)
    assert (done.status, done.coverage) == (3, {(HUB, REGION): "denied"})
    assert said in done.reason(HUB, REGION)


@pytest.mark.parametrize("role", ["audit", "security/audit", f"arn:aws:iam::{HUB}:role/security/audit"])
def test_a_role_that_exists_already(laptop: Laptop, role: str) -> None:
    """The same in every account, with no external id unless one is given."""
    laptop.open(two_accounts())
    done = laptop.scan("--accounts", f"{FIRST},{SECOND}", "--scan-role", role, organization=False, external_id=False)
    name = role.partition(":role/")[2] or role
    for account in (FIRST, SECOND):
        assert f"(assuming arn:aws:iam::{account}:role/{name})" in done.reason(account, REGION)


def test_without_an_organization_it_looks_at_the_named_accounts(laptop: Laptop) -> None:
    """Through the role in each."""
    laptop.open(two_accounts())
    done = laptop.scan("--accounts", f"{FIRST},{SECOND}", organization=False)
    assert done.coverage == {(FIRST, REGION): "scanned", (SECOND, REGION): "scanned"}
    assert {call.service for call in done.calls}.isdisjoint({"organizations"})


def test_a_suspended_account_is_skipped_with_its_reason(laptop: Laptop) -> None:
    """And is no failure (D7.2, FI-11)."""
    laptop.open("suspended")
    done = laptop.scan("--exclude-accounts", MANAGEMENT)
    assert done.status == 0
    assert done.reason(SECOND, REGION) == "the account is SUSPENDED"
    assert {call.account for call in done.calls if call.service == "sagemaker"} == {HUB, FIRST}


def test_how_it_judges(laptop: Laptop) -> None:
    """Lookback, minimum age and protect tags as asked."""
    endpoints = [
        one("monthly", Traffic.last_seen(16, 3)),
        one("young", age=20),
        one("tagged", tags={"env": "prod"}),
        one("other", tags={"env": "dev", "critical": "x"}),
    ]
    laptop.open(organization(endpoints))
    assert set(laptop.scan().names.values()) == {"idle"}
    asked = ("--lookback-days", "18", "--min-age-days", "30", "--protect-tag", "env=prod", "--protect-tag", "critical")
    done = laptop.scan(*asked)
    assert done.names == {"monthly": "busy", "young": "too-young", "tagged": "protected", "other": "protected"}
    assert done.document["sweep"]["lookback_days"] == 18
    assert done.document["sweep"]["min_age_days"] == 30


def test_a_long_lookback_sees_what_the_listing_of_metrics_forgot(laptop: Laptop) -> None:
    """A call 40 days ago counts within 63 days (D1.23, D5.4)."""
    laptop.open(organization([one("quarterly", Traffic.last_seen(40, 1)), one("never")]))
    assert laptop.scan("--lookback-days", "63").names == {"quarterly": "busy", "never": "idle"}
    assert laptop.scan("--lookback-days", "39").names == {"quarterly": "idle", "never": "idle"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--lookback-days", "6"], "--lookback-days must be from 7 to 400"),
        (["--lookback-days", "401"], "--lookback-days must be from 7 to 400"),
        (["--lookback-days", "two"], "--lookback-days: invalid int value"),
        (["--min-age-days", "0"], "--min-age-days must be from 1 to 3650"),
        (["--concurrency", "0"], "--concurrency must be from 1 to 64"),
        (["--concurrency", "65"], "--concurrency must be from 1 to 64"),
        (["--accounts", "12345"], "each entry of --accounts must be a 12-digit account id"),
        (["--accounts", f"{FIRST},{FIRST}"], "--accounts has a duplicate entry"),
        (["--exclude-accounts", "all"], "each entry of --exclude-accounts must be a 12-digit account id"),
        (["--accounts", "999999999999"], "accounts has 999999999999, which is not in the Organization"),
        (["--exclude-accounts", "999999999999"], "exclude_accounts has 999999999999, which is not in the Organization"),
        (["--organizational-units", "ou-none-00000000"], "organizational_units has ou-none-00000000"),
        (["--regions", "us-east-1a"], '--regions has "us-east-1a", which is not a region; did you mean us-east-1?'),
        (["--regions", "eu-west1"], '--regions has "eu-west1", which is not a region; did you mean eu-west-1?'),
        (["--regions", "Ireland"], '--regions has "Ireland", which is not a region; did you mean eu-west-1?'),
        (["--regions", "us-esat-1"], '--regions has "us-esat-1", which is not a region; did you mean us-east-1?'),
        (["--regions", "enabled,us-east-1"], '--regions has "enabled", which is not a region'),
        (["--regions", "us-east-1,us-east-1"], "--regions has a duplicate entry"),
        (["--protect-tag", "=prod"], "--protect-tag must be a key, or key=value"),
        (["--format", "xml"], "--format: invalid choice: 'xml'"),
        (["--output", "/nowhere/at/all/x.json"], "--output: the folder /nowhere/at/all does not exist"),
        (["--output", "."], "--output must be a file, but . is a folder"),
        (["--nonsense"], "unrecognized arguments: --nonsense"),
        (["--external-id"], "--external-id: expected one argument"),
    ],
)
def test_a_bad_option_names_itself_and_the_fix(laptop: Laptop, options: list[str], said: str, tmp_path: Path) -> None:
    """Exit 2, nothing written, no cell visited."""
    file = tmp_path / "result.json"
    laptop.open("small")
    extra = [] if "--output" in options else ["--output", str(file)]
    done = laptop.scan(*extra, *options)
    assert done.status == 2
    assert said in done.err
    assert (done.out, file.exists()) == ("", False)
    assert {call.service for call in done.calls} <= {"sts", "organizations", "ssm"}


def test_units_need_an_organization(laptop: Laptop) -> None:
    """Said before anything is asked."""
    laptop.open("small")
    for option in ("--organizational-units", "--exclude-organizational-units"):
        done = laptop.scan(option, WORKLOADS.id, organization=False)
        assert (done.status, done.calls) == (2, ())
        assert "--organizational-units needs --organization" in done.err


def test_credentials_that_aws_does_not_take(laptop: Laptop) -> None:
    """Exit 1 with AWS's reason, and nothing on standard output."""
    world = laptop.open("small")
    world.fault(service="sts", operation="GetCallerIdentity", code="ExpiredToken", message="expired", status=403)
    done = laptop.scan()
    assert (done.status, done.out) == (1, "")
    assert "AWS does not accept these credentials: ExpiredToken: expired" in done.err


def test_a_shell_without_credentials(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 1 and a sentence, no stack trace."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    assert main(["scan"]) == 1
    told = capsys.readouterr()
    assert (told.out, "no AWS credentials found; name a profile with --profile" in told.err) == ("", True)


def test_an_unknown_profile(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The same."""
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    assert main(["scan"]) == 1
    assert "nobody" in capsys.readouterr().err
