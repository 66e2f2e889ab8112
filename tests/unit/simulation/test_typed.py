"""Commands of the AWS CLI, as the tests type them."""

import pytest

from tests.simulation.hub.typed import NotACommand, filled_in, parse


def test_each_kind_of_option() -> None:
    """Words, numbers, flags, lists, structures in both spellings."""
    put = parse("aws ssm put-parameter --name /endpoint-sweep/kill --value off --type String --overwrite")
    assert (put.service, put.operation) == ("ssm", "put_parameter")
    assert put.request == {"Name": "/endpoint-sweep/kill", "Value": "off", "Type": "String", "Overwrite": True}
    quota = parse("aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-1 "
                  "--desired-value 150 --region eu-west-1")  # fmt: skip
    assert (quota.request["DesiredValue"], quota.region) == (150.0, "eu-west-1")
    short = parse("aws s3api put-bucket-versioning --bucket b --versioning-configuration Status=Enabled")
    assert (short.service, short.request) == ("s3", {"Bucket": "b", "VersioningConfiguration": {"Status": "Enabled"}})
    alarms = parse("aws cloudwatch enable-alarm-actions --alarm-names one two")
    assert alarms.request == {"AlarmNames": ["one", "two"]}
    gone = parse("""aws cloudformation delete-stack-instances --stack-set-name s --regions '["us-east-1"]'
                    --no-retain-stacks --deployment-targets '{"Accounts":["1"]}' --profile hub""")
    assert gone.request == {"StackSetName": "s", "Regions": ["us-east-1"], "RetainStacks": False,
                            "DeploymentTargets": {"Accounts": ["1"]}}  # fmt: skip
    assert parse("aws sns subscribe --topic-arn t --protocol email --notification-endpoint a@b.example").request == {
        "TopicArn": "t", "Protocol": "email", "Endpoint": "a@b.example"}  # fmt: skip


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("rm -rf /", "not a command of the AWS CLI"),
        ("aws kms enable", "has no operation enable"),
        ("aws kms enable-key --key k", "has no option --key"),
        ("aws kms enable-key", "needs KeyId"),
        ("aws kms enable-key k", "belongs to no option"),
        ("aws kms enable-key --key-id", "lacks its value"),
        ("aws kms enable-key --key-id one two", "only one value"),
        ("aws sesv2 put-account-sending-attributes --sending-enabled true", "a flag takes no value"),
        ("aws s3api put-bucket-versioning --bucket b --versioning-configuration State=On", "no field State"),
    ],
)
def test_what_the_cli_refuses(command: str, words: str) -> None:
    """So that a fix with a slip is no fix."""
    with pytest.raises(NotACommand, match=words):
        parse(command)


def test_blanks_are_filled_in() -> None:
    """Those that a person knows; the others stay."""
    typed = filled_in("--to <address> --of <account>", {"address": "ada@example.com"})
    assert typed == "--to ada@example.com --of <account>"
