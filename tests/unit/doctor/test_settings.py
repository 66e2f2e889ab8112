"""The stack's parameters are read like the environment that the template makes of them."""

import pytest

from endpoint_sweep.doctor.settings import NEEDED, variables_of
from endpoint_sweep.domain.errors import StackMissing
from endpoint_sweep.settings.cross_checks import variable
from endpoint_sweep.settings.environment import ActSettings, DecideSettings, PeopleSettings, ScanSettings
from tests.simulation.hub import cloudformation
from tests.simulation.hub.cloudformation import HUB_TEMPLATE
from tests.unit.doctor.asked import stack

TEMPLATE = cloudformation.load(HUB_TEMPLATE)
DECLARED = TEMPLATE["Parameters"]
FUNCTIONS = cloudformation.resources(TEMPLATE, "AWS::Serverless::Function")


def test_variables_are_named_after_their_parameters() -> None:
    """Each variable of a function that is one parameter, or a list of one."""
    seen = set()
    for function in FUNCTIONS:
        for name, value in cloudformation.variables(TEMPLATE, function).items():
            match value:
                case {"Ref": parameter} | {"Fn::Join": [",", {"Ref": parameter}]} if parameter in DECLARED:
                    assert variable(parameter) == name
                    seen.add(parameter)
    assert {"TwoApproversAboveUsd", "Regions", "WaitSliceSeconds"} <= seen


def test_every_needed_parameter_is_in_the_template() -> None:
    assert set(NEEDED) <= set(DECLARED)


def parameters(**changes: str) -> dict[str, str]:
    rows = stack(**changes)["Stacks"][0]["Parameters"]
    return {row["ParameterKey"]: row["ParameterValue"] for row in rows}


def test_all_settings_can_be_read() -> None:
    """With lists, and principals in two parameters."""
    arns = [f"arn:aws:iam::{'1' * 12}:role/{name}={name}@example.com" for name in ("ada", "grace")]
    given = parameters(ApproverPrincipals=arns[0], MoreApproverPrincipals=arns[1], DenyAccounts="222222222222")
    found = variables_of(given, "1" * 12)
    assert ScanSettings.of(found).regions == ("us-east-1",)
    assert DecideSettings.of(found).rules.approvers == ("ada@example.com", "grace@example.com")
    assert ActSettings.of(found).deny_accounts == ("222222222222",)
    assert PeopleSettings.of(found).principals == tuple(arns)


def test_a_parameter_of_another_version() -> None:
    """It is named."""
    given = parameters()
    del given["GraceMinutes"]
    with pytest.raises(StackMissing, match="no parameter GraceMinutes"):
        variables_of(given, "1" * 12)
