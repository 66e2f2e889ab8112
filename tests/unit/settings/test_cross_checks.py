"""What is wrong only together is said before it is deployed, in the words of a sweep that would refuse it."""

import pytest

from endpoint_sweep.domain.errors import UsageError
from endpoint_sweep.settings.cross_checks import cross_check, variable
from endpoint_sweep.settings.deployment import Deployment
from endpoint_sweep.settings.template import parameters_of
from tests.simulation.hub import cloudformation
from tests.simulation.hub.cloudformation import HUB_TEMPLATE

HUB = parameters_of(HUB_TEMPLATE.read_text(encoding="utf-8"))
ADA, GRACE = "ada@example.com", "grace@example.com"
ROLE = "arn:aws:iam::111111111111:role/finops"


def complete(**changes: str) -> dict[str, str]:
    values = {"OrganizationId": "o-abcdefghij", "Sender": "finops@example.com", **changes}
    return Deployment(values=values).complete(HUB)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"Approvers": f"{ADA}, {GRACE}", "MinApprovers": "2", "Mode": "approve"},
        {"Approvers": ADA, "MoreApproverPrincipals": f"{ROLE}={ADA}"},
        {"GraceMinutes": "240", "DeleteWindowMinutes": "240"},
        {"DenyAccounts": "012345678901,222222222222", "ProtectTags": "team, env=prod"},
    ],
)
def test_what_fits(changes: dict[str, str]) -> None:
    """Without approvers nothing can be deleted, so the timers of a decision need not fit."""
    cross_check(complete(**changes))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"Mode": "approve"}, "approve mode needs the stack parameter Approvers"),
        ({"Approvers": ADA, "MinApprovers": "2"}, "MinApprovers is higher than the number of Approvers"),
        ({"Approvers": f"{ADA},ada+x@example.com"}, "belong to one person"),
        ({"Approvers": ADA, "GraceMinutes": "240"}, "GraceMinutes must be less than DeleteWindowMinutes"),
        ({"Approvers": ADA, "ApproverPrincipals": f"{ROLE}={GRACE}"}, "an address that is not in Approvers"),
        (
            {
                "Approvers": ADA,
                "ApproverPrincipals": f"{ROLE}={ADA}",
                "MoreApproverPrincipals": f"{ROLE}={ADA}",
            },
            "twice",
        ),
        ({"SummaryRecipients": "ada@example.com,Ada@example.com"}, "SummaryRecipients has"),
        ({"DenyAccounts": "012345678901,012345678901"}, "DenyAccounts has"),
        ({"Approvers": ADA, "TwoApproversForAccounts": "012345678901,"}, "TwoApproversForAccounts has an empty entry"),
        ({"ProtectTags": "team,Team"}, "ProtectTags has"),
        ({"VpcSubnetIds": "subnet-01234567"}, "VpcSubnetIds and VpcSecurityGroupIds belong together"),
        ({"VpcSecurityGroupIds": "sg-01234567"}, "VpcSubnetIds and VpcSecurityGroupIds belong together"),
    ],
)
def test_what_does_not_fit(changes: dict[str, str], told: str) -> None:
    """The parameters are named."""
    with pytest.raises(UsageError) as refused:
        cross_check(complete(**changes))
    assert told in str(refused.value)


def test_a_variable_has_the_name_of_its_parameter() -> None:
    """The checks read the parameters as if they were a function's environment, by these names."""
    template = cloudformation.load(HUB_TEMPLATE)
    seen = set()
    for function in cloudformation.resources(template, "AWS::Serverless::Function").values():
        for name, value in function.get("Environment", {}).get("Variables", {}).items():
            referred = value.get("Ref", "") if isinstance(value, dict) else ""
            if referred in HUB:
                assert name == variable(referred)
                seen.add(referred)
            elif referred.removesuffix("Parameter") in HUB:
                assert name == f"{variable(referred.removesuffix('Parameter'))}_PARAMETER"
                seen.add(referred)
    assert len(seen) > 20
