"""What only the installation of the hub is judged by: mail, quotas, StackSets, trusted access."""

from typing import Any

import boto3
import pytest

from tests.simulation.member_aws.hub_state import STACK_SETS
from tests.simulation.member_aws.world import World
from tests.simulation.organization.scenarios.small import FIRST, HUB, MANAGEMENT, WORKLOADS
from tests.unit.simulation.asking import code


@pytest.fixture
def mail(world: World) -> Any:
    return boto3.client("sesv2", region_name="us-east-1")


class TestMail:
    def test_an_address_is_verified_by_its_link(self, world: World, mail: Any) -> None:
        """D9.13: also one that is known already."""
        assert code(mail.get_email_identity, EmailIdentity="ada@example.com") == "NotFoundException"
        mail.create_email_identity(EmailIdentity="ada@example.com")
        world.state.hub.mail.unverified.add("ada@example.com")
        assert not mail.get_email_identity(EmailIdentity="ada@example.com")["VerifiedForSendingStatus"]
        boto3.client("ses", region_name="us-east-1").verify_email_identity(EmailAddress="ada@example.com")
        assert mail.get_email_identity(EmailIdentity="ada@example.com")["VerifiedForSendingStatus"]

    def test_sending(self, world: World, mail: Any) -> None:
        """Of the account, and of a configuration set."""
        assert (mail.get_account()["ProductionAccessEnabled"], mail.get_account()["SendingEnabled"]) == (True, True)
        mail.put_account_sending_attributes()
        assert not mail.get_account()["SendingEnabled"]
        assert code(mail.get_configuration_set, ConfigurationSetName="mine") == "NotFoundException"
        mail.create_configuration_set(ConfigurationSetName="mine")
        mail.put_configuration_set_sending_options(ConfigurationSetName="mine", SendingEnabled=False)
        assert not mail.get_configuration_set(ConfigurationSetName="mine")["SendingOptions"]["SendingEnabled"]

    def test_the_suppression_list(self, world: World, mail: Any) -> None:
        """D9.14."""
        assert code(mail.get_suppressed_destination, EmailAddress="ada@example.com") == "NotFoundException"
        world.state.hub.mail.suppressed["ada@example.com"] = "BOUNCE"
        found = mail.get_suppressed_destination(EmailAddress="ada@example.com")["SuppressedDestination"]
        assert found["Reason"] == "BOUNCE"
        mail.delete_suppressed_destination(EmailAddress="ada@example.com")
        assert code(mail.get_suppressed_destination, EmailAddress="ada@example.com") == "NotFoundException"


def test_a_higher_quota(world: World) -> None:
    """D9.16: less is no request."""
    quotas: Any = boto3.client("service-quotas", region_name="us-east-1")
    settings = boto3.client("lambda", region_name="us-east-1")
    world.state.hub.reserved = 5
    assert settings.get_account_settings()["AccountLimit"]["UnreservedConcurrentExecutions"] == 995
    asked = {"ServiceCode": "lambda", "QuotaCode": "L-B99A9384"}
    assert code(quotas.request_service_quota_increase, DesiredValue=10, **asked) == "IllegalArgumentException"
    quotas.request_service_quota_increase(DesiredValue=1500, **asked)
    assert settings.get_account_settings()["AccountLimit"]["ConcurrentExecutions"] == 1500


class TestStackSets:
    def test_who_may_ask(self, world: World) -> None:
        """D7.8: a delegated administrator says so; a member may not."""
        stacks = boto3.client("cloudformation", region_name="us-east-1")
        assert code(stacks.list_stack_instances, StackSetName="s", CallAs="DELEGATED_ADMIN") == "ValidationError"
        world.state.hub.delegated[STACK_SETS] = {HUB}
        assert code(stacks.list_stack_instances, StackSetName="s") == "ValidationError"
        found = code(stacks.list_stack_instances, StackSetName="s", CallAs="DELEGATED_ADMIN")
        assert found == "StackSetNotFoundException"

    def test_instances_bring_the_roles(self, world: World) -> None:
        """D7.8: accounts are named together with their units."""
        hub, where = world.state.hub, {"StackSetName": "s", "Regions": ["us-east-1"]}
        hub.instances["s"] = {}
        stacks = world.client("cloudformation", MANAGEMENT)
        world.set_roles(FIRST, [])
        alone = {"Accounts": [FIRST]}
        assert code(stacks.create_stack_instances, DeploymentTargets=alone, **where) == "ValidationError"
        both = alone | {"OrganizationalUnitIds": [WORKLOADS.id], "AccountFilterType": "INTERSECTION"}
        stacks.create_stack_instances(DeploymentTargets=both, **where)
        assert world.state.roles[FIRST] == {"endpoint-sweep-scan"}
        more = [{"ParameterKey": "AllowDelete", "ParameterValue": "true"}]
        stacks.update_stack_instances(DeploymentTargets=both, ParameterOverrides=more, **where)
        assert world.state.roles[FIRST] == {"endpoint-sweep-scan", "endpoint-sweep-act"}
        [row] = stacks.list_stack_instances(StackSetName="s")["Summaries"]
        assert (row["Account"], row["Status"]) == (FIRST, "CURRENT")
        stacks.delete_stack_instances(DeploymentTargets=both, RetainStacks=False, **where)
        assert world.state.roles[FIRST] == set()

    def test_trusted_access(self, world: World) -> None:
        """D7.8: turned on in the management account alone."""
        organizations = boto3.client("organizations", region_name="us-east-1")
        assert organizations.list_aws_service_access_for_organization()["EnabledServicePrincipals"] == []
        mine = boto3.client("cloudformation", region_name="us-east-1")
        assert code(mine.activate_organizations_access) == "InvalidOperationException"
        world.client("cloudformation", MANAGEMENT).activate_organizations_access()
        [row] = organizations.list_aws_service_access_for_organization()["EnabledServicePrincipals"]
        assert row["ServicePrincipal"] == STACK_SETS
        member = world.client("organizations", FIRST)
        assert code(member.list_aws_service_access_for_organization) == "AccessDeniedException"
