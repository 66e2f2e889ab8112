"""What CloudFormation is asked for once the SAM transform has run: what no reading of template.yaml shows."""

from typing import Any

import pytest

from tests.simulation.hub import cloudformation
from tests.simulation.hub.cloudformation import HUB_TEMPLATE, Template
from tests.unit.repository.transformed import Refused, resolved, transformed


@pytest.fixture(scope="module")
def deployed() -> Template:
    return transformed()


def only(template: Template, kind: str) -> dict[str, Any]:
    [properties] = cloudformation.resources(template, kind).values()
    return properties


def test_the_page_has_one_stage(deployed: Template) -> None:
    """Beside it SAM makes another, without the throttling, access log and web ACL of this one (D13.9)."""
    assert only(deployed, "AWS::ApiGateway::Stage")["StageName"] == "v1"
    assert "StageName" not in only(deployed, "AWS::ApiGateway::Deployment")


@pytest.mark.parametrize("addresses", ["0.0.0.0/0,::/0", "203.0.113.0/24", "203.0.113.0/24,198.51.100.7,2001:db8::/32"])
def test_each_allowed_address_is_one_entry(addresses: str) -> None:
    """One text with all of them is no address, and API Gateway refuses the policy (D14.1)."""
    given = {"AllowedAddresses": addresses}
    after = only(transformed(**given), "AWS::ApiGateway::RestApi")["Body"]["x-amazon-apigateway-policy"]
    # An engine that leaves the reference alone gets the same.
    before = only(cloudformation.load(HUB_TEMPLATE), "AWS::Serverless::Api")["Auth"]["ResourcePolicy"]
    for statements in (after["Statement"], before["CustomStatements"]):
        [deny] = [one for one in statements if one.get("Effect") == "Deny"]
        condition = resolved(cloudformation.load(HUB_TEMPLATE), deny["Condition"], **given)
        assert condition == {"NotIpAddress": {"aws:SourceIp": addresses.split(",")}}


def test_each_account_of_other_approvers_is_one_principal() -> None:
    """One text with both is no principal (D14.1, D13.51)."""
    given = {"ApproverAccounts": "222222222222,333333333333"}
    policy = only(transformed(**given), "AWS::ApiGateway::RestApi")["Body"]["x-amazon-apigateway-policy"]
    [(condition, allow, _)] = [one["Fn::If"] for one in policy["Statement"] if "Fn::If" in one]
    assert condition == "HasApproverAccounts"
    allowed = resolved(cloudformation.load(HUB_TEMPLATE), allow["Principal"], **given)
    assert allowed == {"AWS": ["222222222222", "333333333333"]}


def test_every_list_that_is_joined_is_still_a_list(deployed: Template) -> None:
    """CloudFormation refuses to join or split what the transform has made a text of, or left a list."""
    for resource in deployed["Resources"].values():
        resolved(deployed, resource["Properties"])


@pytest.mark.parametrize("wrong", [{"Fn::Join": [",", "a,b"]}, {"Fn::Split": [",", {"Ref": "Regions"}]}])
def test_what_cloudformation_refuses_is_refused(deployed: Template, wrong: Any) -> None:
    """A list where it wants a text, and the other way round."""
    with pytest.raises(Refused):
        resolved(deployed, wrong)
