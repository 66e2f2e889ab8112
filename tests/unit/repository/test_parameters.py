"""The parameters of the hub stack: CloudFormation itself refuses what could not be understood, and says what it takes.

MiniStack checks a value as CloudFormation does: each member of a list against the pattern, an empty list as one
empty member (D9.11).
"""

import pytest
from ministack.services.cloudformation.engine import _check_parameter_constraints

from tests.simulation.hub import cloudformation

PARAMETERS = cloudformation.load(cloudformation.HUB_TEMPLATE)["Parameters"]
LISTS = [name for name, one in PARAMETERS.items() if one["Type"] == "CommaDelimitedList"]
ACCOUNTS = (
    ["", "012345678901", "012345678901, 222222222222"],
    ["0123-4567-8901", "12345678901", "0123456789012", "0123 4567 8901", "012345678901;222222222222", "*"],
)
UNITS = (
    ["", "ou-ab12-11111111", "r-ab12, ou-ab12-11111111"],
    ["ou-ab12", "OU-ab12-11111111", "r-ab12;r-cd34", "222222222222", "r-ab12/ou-ab12-11111111", "*"],
)
ADDRESSES = (
    ["", "ada@example.com", "ada+x@mail.example.com,grace@example.com"],
    ["ada", "ada@example", "ada@example.com;grace@example.com", "ada@example.com grace@example.com", "<a@example.com>"],
)
PRINCIPALS = (
    ["", "arn:aws:iam::111111111111:role/finops=ada@example.com",
     "arn:aws-us-gov:iam::111111111111:role/team/finops=ada@example.com,arn:aws:iam::111111111111:user/x=x@y.z",
     "arn:aws:sts::111111111111:assumed-role/AWSReservedSSO_Approver_0123456789abcdef/ada@example.com=ada@example.com"],
    ["arn:aws:sts::111111111111:assumed-role/finops/ada=ada@example.com",
     "arn:aws:sts::111111111111:assumed-role/finops/AWSReservedSSO_x/ada=ada@example.com",
     "arn:aws:sts::111111111111:role/finops=ada@example.com", "arn:aws:iam::111111111111:group/x=x@y.z",
     "arn:aws:iam::111111111111:role/finops", "arn:aws:iam::11111111111:role/finops=ada@example.com",
     "arn:aws:iam::111111111111:role/finops:ada@example.com", "finops=ada@example.com"],
)  # fmt: skip
VALUES: dict[str, tuple[list[str], list[str]]] = {
    "DenyAccounts": ACCOUNTS,
    "TwoApproversForAccounts": ACCOUNTS,
    "Accounts": ACCOUNTS,
    "ExcludeAccounts": ACCOUNTS,
    "OrganizationalUnits": UNITS,
    "ExcludeOrganizationalUnits": UNITS,
    "ExcludeRegions": (
        ["", "eu-west-1", "us-gov-west-1,ap-southeast-2"],
        ["enabled", "Ireland", "eu-west", "eu-west-1;us-east-1", "*"],
    ),
    "Approvers": ADDRESSES,
    "SummaryRecipients": ADDRESSES,
    "ApproverAccounts": (
        ["", "012345678901", "012345678901,222222222222"],
        ["12345678901", "012345678901, 222222222222", "012345678901,", "012345678901;222222222222", "*"],
    ),
    "ApproverPrincipals": PRINCIPALS,
    "MoreApproverPrincipals": PRINCIPALS,
    "ProtectTags": (
        ["", "team", "env=prod, a=b=c", "aws:cloudformation:stack-name", "team = ml", "k\u00e9y=\u00fc"],
        ["=prod", "env=*", "env=prod;team=ml", '"env"=prod'],
    ),
    "AllowedAddresses": (
        [
            "0.0.0.0/0,::/0",
            "::1,10.0.0.0/8,203.0.113.7",
            "203.0.113.7",
            "203.0.113.0/24",
            "2001:db8::/32",
            "::ffff:10.0.0.0/104",
            "::1",
        ],
        [
            "",
            "203.0.113.0/33",
            "203.0.113",
            "256.0.0.1",
            "2001:db8::/129",
            "office",
            "10.0.0.0-10.0.0.9",
            "10.0.0.0 / 8",
            "10.0.0.0/8, ::1",
            "10.0.0.0/8,",
            ",::1",
        ],
    ),
    "PermissionsBoundary": (
        ["", "arn:aws:iam::111111111111:policy/boundary", "arn:aws-cn:iam::111111111111:policy/team/a/boundary"],
        ["boundary", "arn:aws:iam::111111111111:role/boundary", "arn:aws:iam::aws:policy/PowerUserAccess", "none"],
    ),
    "RolePath": (
        ["/", "/finops/", "/a/b.c+d=e,f@g_h-i/"],
        ["", "finops", "/finops", "finops/", "//", "/a//b/", "/a b/", "/a*/", "/a:b/"],
    ),
    "VpcSubnetIds": (
        ["", "subnet-01234567", "subnet-0123456789abcdef0,subnet-0123456789abcdef1"],
        ["vpc-01234567", "subnet-01234567, subnet-01234568", "subnet-01234567,", "sg-01234567"],
    ),
    "VpcSecurityGroupIds": (["", "sg-01234567", "sg-01234567,sg-0123456789abcdef0"], ["default", "sg-01234567;sg-1"]),
    "CodeSigningConfigArn": (
        ["", "arn:aws:lambda:eu-west-1:111111111111:code-signing-config:csc-0123456789abcdefa"],
        ["csc-0123456789abcdefa", "arn:aws:signer:eu-west-1:111111111111:/signing-profiles/ours"],
    ),
    "KmsKeyArn": (
        ["", "arn:aws-us-gov:kms:us-gov-west-1:111111111111:key/01234567-89ab-cdef-0123-456789abcdef"],
        ["alias/ours", "arn:aws:kms:eu-west-1:111111111111:alias/ours", "01234567-89ab-cdef-0123-456789abcdef"],
    ),
    "LogBucket": (
        ["", "our-logs", "logs.example.com", "123"],
        ["arn:aws:s3:::our-logs", "s3://our-logs", "Our-Logs", "a", "-logs", "logs/", "x" * 64],
    ),
    "AuditorPrincipals": (
        [
            "",
            "arn:aws:iam::111111111111:role/audit",
            "arn:aws-cn:iam::111111111111:user/a/b,arn:aws:iam::111111111111:role/x",
        ],
        [
            "audit",
            "*",
            "arn:aws:iam::111111111111:role/*",
            "arn:aws:iam::111111111111:root",
            "arn:aws:iam::111111111111:role/a, ",
        ],
    ),
    "ScheduleExpression": (["cron(0 7 ? * TUE *)", "rate(7 days)"], ["", "0 7 * * 2", "cron(0 7 ? * TUE *", "weekly"]),
    "ScheduleTimezone": (
        ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+12"],
        ["", "+02:00", "a b"],
    ),
    "MinCoveragePercent": (["0", "100"], ["-1", "101"]),
    "MaxDeletePercentOfAccount": (["1", "100"], ["0", "101"]),
    "TwoApproversAboveUsd": (["0", "10000"], ["-1", "10000000000"]),
}
EACH = [
    (name, value, ok)
    for name, both in VALUES.items()
    for ok, values in zip((1, 0), both, strict=True)
    for value in values
]


@pytest.mark.parametrize(("name", "value", "accepted"), EACH)
def test_what_a_parameter_takes(name: str, value: str, accepted: int) -> None:
    """And what it refuses, with its own words."""
    spec = PARAMETERS[name]
    if accepted:
        _check_parameter_constraints(name, spec, spec["Type"], value)
        return
    with pytest.raises(ValueError, match=f"Parameter '{name}' ") as refused:
        _check_parameter_constraints(name, spec, spec["Type"], value)
    assert spec.get("ConstraintDescription", "") in str(refused.value)


@pytest.mark.parametrize("name", LISTS)
def test_no_list_takes_anything(name: str) -> None:
    """A pattern, in words too; one that CloudFormation does not know (Java's) would be refused when it is deployed."""
    assert PARAMETERS[name]["AllowedPattern"].startswith("^")
    assert PARAMETERS[name]["ConstraintDescription"].endswith("separated by commas")
    assert "\\w" not in PARAMETERS[name]["AllowedPattern"], "ASCII there, any letter here"


@pytest.mark.parametrize("name", [name for name, one in PARAMETERS.items() if one["Type"] == "Number"])
def test_no_number_is_without_limits(name: str) -> None:
    """A figure too many is noticed when it is typed."""
    spec = PARAMETERS[name]
    assert "AllowedValues" in spec or spec["MinValue"] < spec["MaxValue"]


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_default_is_a_value_that_is_taken(name: str) -> None:
    """Else the stack could not be deployed with it."""
    spec = PARAMETERS[name]
    if "Default" in spec:
        _check_parameter_constraints(name, spec, spec["Type"], str(spec["Default"]))
