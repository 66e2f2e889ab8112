"""The roles of member accounts, read as data: what they allow, refuse and trust."""

import json
from typing import Any

import pytest
from ministack.services.cloudformation import engine

from scripts.readonly_policy import DOCUMENT, document
from tests.simulation.hub import cloudformation
from tests.simulation.hub.cloudformation import Statement, Template


def member_statements(member: Template, role: str, effect: str) -> list[Statement]:
    found = [s for owner, s in cloudformation.statements(member) if owner == role and s["Effect"] == effect]
    assert found, f"{role} has no {effect} statement"
    return found


def allowed(member: Template, role: str) -> set[str]:
    return {a for statement in member_statements(member, role, "Allow") for a in cloudformation.actions(statement)}


def test_scan_role_only_reads(member: Template) -> None:
    """The scan role lists, describes and gets; what changes anything is denied by name as well."""
    verbs = {action.partition(":")[2] for action in allowed(member, "endpoint-sweep-scan")}
    assert [verb for verb in verbs if not verb.startswith(("List", "Describe", "Get"))] == []
    denied = {
        action
        for statement in member_statements(member, "endpoint-sweep-scan", "Deny")
        for action in cloudformation.actions(statement)
    }
    for verb in ("Delete", "Update", "Create", "Invoke"):
        assert any(action.startswith(f"sagemaker:{verb}") for action in denied), f"sagemaker:{verb}* is not denied"


def test_the_scan_reads_tags_of_many_endpoints_at_once(member: Template) -> None:
    """The question about one endpoint is the act role's (D3.14)."""
    assert "tag:GetResources" in allowed(member, "endpoint-sweep-scan")
    assert "sagemaker:ListTags" not in allowed(member, "endpoint-sweep-scan")
    assert "sagemaker:ListTags" in allowed(member, "endpoint-sweep-act")


def test_act_role_is_there_only_on_request(member: Template) -> None:
    """Without AllowDelete=true a member account has no role that could delete."""
    for logical_id, resource in member["Resources"].items():
        deletes = cloudformation.text(member, resource["Properties"]["RoleName"]) == "endpoint-sweep-act"
        assert ("Condition" in resource) == deletes, logical_id
        if deletes:
            assert "AllowDelete" in str(member["Conditions"][resource["Condition"]])
    assert member["Parameters"]["AllowDelete"]["Default"] == "false"


def test_act_role_changes_nothing_but_endpoints(member: Template) -> None:
    """Deletion of endpoints is the one change, with what AWS asks of its caller (D3.5); all else is reading."""
    changing = {
        action
        for action in allowed(member, "endpoint-sweep-act")
        if not action.partition(":")[2].startswith(("List", "Describe", "Get"))
    }
    assert changing == {
        "sagemaker:DeleteEndpoint",
        "sagemaker:DeleteInferenceComponent",
        "application-autoscaling:DeregisterScalableTarget",
    }


UNTIL = "aws:ResourceTag/endpoint-sweep:keep-until"


@pytest.mark.parametrize(
    "condition",
    [
        {"StringLike": {"aws:ResourceTag/endpoint-sweep:keep": "*"}},
        {"StringLike": {UNTIL: "*"}, "StringNotEquals": {"aws:PrincipalTag/endpoint-sweep:lapsed": "true"}},
        {"StringLike": {UNTIL: "*"}, "StringNotLike": {UNTIL: "*????-??-??*"}},
    ],
)
def test_the_act_role_itself_refuses_what_is_protected(member: Template, condition: dict[str, Any]) -> None:
    """An explicit Deny on our tags, for endpoints and their components, whatever else allows it."""
    denied = {
        action
        for statement in member_statements(member, "endpoint-sweep-act", "Deny")
        if statement["Condition"] == condition
        for action in cloudformation.actions(statement)
    }
    assert denied == {"sagemaker:DeleteEndpoint", "sagemaker:DeleteInferenceComponent"}


def test_the_act_role_is_entered_in_somebodys_name_only(member: Template) -> None:
    """Without a source identity no one gets in, so CloudTrail always tells who approved."""
    roles = cloudformation.resources(member, "AWS::IAM::Role")
    entering, naming = roles["ActRole"]["AssumeRolePolicyDocument"]["Statement"]
    assert entering["Condition"]["StringLike"] == {"sts:SourceIdentity": "?*"}
    assert naming["Action"] == ["sts:SetSourceIdentity", "sts:TagSession"]


def test_who_enters_the_act_role_names_somebody_without_an_external_id(member: Template) -> None:
    """AWS has `sts:ExternalId` for sts:AssumeRole only (D9.17): as a condition of the others it could refuse every
    deletion. By itself the second statement lets no one in.
    """
    entering, naming = member["Resources"]["ActRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert entering["Action"] == "sts:AssumeRole"
    assert naming["Principal"] == entering["Principal"]
    assert naming["Condition"] == {
        "ArnEquals": entering["Condition"]["ArnEquals"],
        "StringEquals": {"aws:PrincipalOrgID": {"Ref": "OrganizationId"}},
    }


def test_act_role_leaves_the_scaling_of_other_services_alone(member: Template) -> None:
    """Scalable targets of databases and containers live in the same API: only SageMaker's may be deregistered."""
    for statement in member_statements(member, "endpoint-sweep-act", "Allow"):
        if "application-autoscaling:DeregisterScalableTarget" in cloudformation.actions(statement):
            condition = statement["Condition"]["StringEquals"]
            assert condition == {"application-autoscaling:service-namespace": "sagemaker"}


def test_member_roles_trust_one_function_role_each(member: Template) -> None:
    """The hub's account, narrowed to one function's role, the Organization and the external id."""
    trusted = {}
    for properties in cloudformation.resources(member, "AWS::IAM::Role").values():
        # Beside it: people who scan, or how the session of the act role is named.
        statement, _ = cloudformation.as_list(properties["AssumeRolePolicyDocument"]["Statement"])
        assert statement["Action"] == "sts:AssumeRole"
        assert statement["Condition"].keys() - {"StringLike"} == {"ArnEquals", "StringEquals"}
        assert statement["Condition"]["StringEquals"] == {
            "aws:PrincipalOrgID": {"Ref": "OrganizationId"},
            "sts:ExternalId": {"Ref": "ExternalId"},
        }
        hub = "arn:${AWS::Partition}:iam::${HubAccountId}:"
        assert cloudformation.text(member, statement["Principal"]["AWS"]) == f"{hub}root"
        principal = cloudformation.text(member, statement["Condition"]["ArnEquals"]["aws:PrincipalArn"])
        trusted[cloudformation.text(member, properties["RoleName"])] = principal.removeprefix(hub)
    assert trusted == {
        "endpoint-sweep-scan": "role/endpoint-sweep-scan-cell",
        "endpoint-sweep-act": "role/endpoint-sweep-apply-decision",
    }


PEOPLE = ["arn:aws:iam::111111111111:role/finops", "arn:aws:iam::333333333333:user/team/ada"]


@pytest.mark.parametrize("named", [[], PEOPLE[:1], PEOPLE])
def test_people_may_scan_if_they_are_named(member: Template, named: list[str]) -> None:
    """Exactly those, of the Organization, and only by assuming the scan role; without the parameter no one. As
    CloudFormation makes the trust policy from the template.
    """
    given = {
        "HubAccountId": "111111111111",
        "OrganizationId": "o-abcdefghij",
        "AdditionalScanPrincipals": ",".join(named),
    }
    parameters = engine._resolve_parameters(member, [{"Key": name, "Value": one} for name, one in given.items()])
    conditions = engine._evaluate_conditions(member, parameters)
    trust = member["Resources"]["ScanRole"]["Properties"]["AssumeRolePolicyDocument"]
    made = engine._resolve_refs(trust, {}, parameters, conditions, {}, "roles", "arn:roles")
    hub, *people = made["Statement"]
    assert hub["Principal"] == {"AWS": "arn:aws:iam::111111111111:root"}
    wanted = {
        "Sid": "PeopleWhoScanFromATerminal",
        "Effect": "Allow",
        "Principal": {"AWS": named},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}},
    }
    assert people == ([wanted] if named else [])
    assert member["Parameters"]["AdditionalScanPrincipals"]["Default"] == ""


@pytest.mark.parametrize(
    ("value", "is_taken"),
    [
        ("", True),
        ("arn:aws:iam::111111111111:role/finops", True),
        (
            "arn:aws-us-gov:iam::111111111111:user/team/ada,arn:aws:iam::111111111111:role/a/b/AWSReservedSSO_X_1a",
            True,
        ),
        ("*", False),
        ("arn:aws:iam::111111111111:role/finops,*", False),
        ("arn:aws:iam::111111111111:role/finops,", False),
        ("arn:aws:iam::111111111111:role/*", False),
        ("arn:aws:iam::111111111111:role/fin?ps", False),
        ("arn:aws:iam::*:role/finops", False),
        ("arn:aws:iam::111111111111:root", False),
        ("111111111111", False),
        ("arn:aws:sts::111111111111:assumed-role/finops/ada", False),
        ("arn:aws:iam::111111111111:role/", False),
    ],
)
def test_only_a_role_or_a_user_may_be_named(member: Template, value: str, is_taken: bool) -> None:
    """No wildcard, no account, no session."""
    spec = member["Parameters"]["AdditionalScanPrincipals"]
    if is_taken:
        engine._check_parameter_constraints("AdditionalScanPrincipals", spec, spec["Type"], value)
        return
    with pytest.raises(ValueError, match="without wildcards"):
        engine._check_parameter_constraints("AdditionalScanPrincipals", spec, spec["Type"], value)


def test_the_policy_of_the_documentation_is_that_of_the_scan_role(member: Template) -> None:
    """After a change of the scan role: `make docs`."""
    assert DOCUMENT.read_text(encoding="utf-8") == document()
    [policy] = member["Resources"]["ScanRole"]["Properties"]["Policies"]
    told = json.loads(document())
    assert [one["Sid"] for one in told["Statement"]] == [one["Sid"] for one in policy["PolicyDocument"]["Statement"]]
    assert [one["Action"] for one in told["Statement"]] == [
        one["Action"] for one in policy["PolicyDocument"]["Statement"]
    ]
    assert "${" not in document()


def test_the_hub_account_may_be_a_member_as_well(hub: Template, member: Template) -> None:
    """No role of the hub stack has a name that the member roles take in the same account."""

    def names(template: Template) -> set[str]:
        roles = cloudformation.resources(template, "AWS::IAM::Role").values()
        texts = [cloudformation.text(template, role["RoleName"]) for role in roles if "RoleName" in role]
        return {text.replace("${AWS::StackName}", "endpoint-sweep") for text in texts}

    assert names(hub)
    assert names(hub).isdisjoint(names(member))
