"""The optional role that reads costs: what it may do, and who may enter it."""

from tests.simulation.hub import cloudformation
from tests.simulation.hub.cloudformation import COST_TEMPLATE, Template


def test_the_cost_role_reads_costs_and_nothing_else() -> None:
    """Entered by the function that prices findings alone, with the Organization and the external id."""
    template = cloudformation.load(COST_TEMPLATE)
    allowed = [cloudformation.actions(statement) for _, statement in cloudformation.statements(template)]
    assert allowed == [["ce:GetCostAndUsage"]]
    [role] = cloudformation.resources(template, "AWS::IAM::Role").values()
    [statement] = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Action"] == "sts:AssumeRole"
    assert statement["Condition"]["StringEquals"] == {
        "aws:PrincipalOrgID": {"Ref": "OrganizationId"},
        "sts:ExternalId": {"Ref": "ExternalId"},
    }
    hub = "arn:${AWS::Partition}:iam::${HubAccountId}:"
    assert cloudformation.text(template, statement["Principal"]["AWS"]) == f"{hub}root"
    principal = cloudformation.text(template, statement["Condition"]["ArnEquals"]["aws:PrincipalArn"])
    assert principal == f"{hub}role/endpoint-sweep-aggregate-findings"


def test_the_hub_may_enter_it_only_where_it_is_named(hub: Template) -> None:
    """Exactly that role, from the one function that prices findings; without the parameter no one may."""
    role = hub["Resources"]["AggregateFindingsRole"]["Properties"]
    assert role["RoleName"] == {"Fn::Sub": "${AWS::StackName}-aggregate-findings"}
    *_, costs = role["Policies"]
    condition, policy, otherwise = costs["Fn::If"]
    [statement] = policy["PolicyDocument"]["Statement"]
    assert (statement["Resource"], otherwise) == ({"Ref": "CostRoleArn"}, {"Ref": "AWS::NoValue"})
    assert hub["Conditions"][condition] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "CostRoleArn"}, ""]}]}
    assert hub["Parameters"]["CostRoleArn"]["Default"] == ""
