"""StackSets with the permissions of the service: trusted access, a delegated administrator, roles in member accounts.

moto's know neither `CallAs` nor organizational units, and create stacks without anyone's trust (D7.8).
"""

from typing import Any

from moto.core.responses import ActionResult, BaseResponse

from tests.simulation.member_aws.hub_state import STACK_SETS, SUCCEEDED
from tests.simulation.member_aws.services.refused import Refused
from tests.simulation.member_aws.state import active
from tests.simulation.organization.specification import ACT_ROLE, SCAN_ROLE

Instances = dict[tuple[str, str], tuple[str, str]]


class StackSets(BaseResponse):  # type: ignore[misc]  # moto ships no types
    def __init__(self) -> None:
        super().__init__(service_name="cloudformation")
        self.automated_parameter_parsing = True

    def activate_organizations_access(self) -> ActionResult:
        if self.current_account != active().organization.management_account:
            raise Refused("InvalidOperationException", "You must be the management account.")
        active().hub.trusted.add(STACK_SETS)
        return ActionResult({})

    def describe_stack_set(self) -> ActionResult:
        self._instances()
        return ActionResult({"StackSet": {"StackSetName": self._get_param("StackSetName"), "Status": "ACTIVE"}})

    def list_stack_instances(self) -> ActionResult:
        rows = [
            {"Account": account, "Region": region, "Status": status, "StackInstanceStatus": {"DetailedStatus": detail}}
            for (account, region), (status, detail) in sorted(self._instances().items())
        ]
        return ActionResult({"Summaries": rows})

    def create_stack_instances(self) -> ActionResult:
        """Makes the stack in each account, and with it the roles."""
        instances = self._instances()
        roles = (
            {SCAN_ROLE, ACT_ROLE} if self._get_param("StackSetName") in active().hub.allowing_delete else {SCAN_ROLE}
        )
        for account, region in self._targets():
            if (account, region) not in instances:
                instances[account, region] = ("CURRENT", SUCCEEDED)
                active().roles[account] |= roles
        return ActionResult({"OperationId": "operation-1"})

    def update_stack_instances(self) -> ActionResult:
        """Those that are there become current."""
        instances = self._instances()
        overrides = {one["ParameterKey"]: one["ParameterValue"] for one in self._get_param("ParameterOverrides") or ()}
        for account, region in self._targets():
            if (account, region) in instances:
                instances[account, region] = ("CURRENT", SUCCEEDED)
                if overrides.get("AllowDelete") == "true":
                    active().roles[account].add(ACT_ROLE)
        return ActionResult({"OperationId": "operation-1"})

    def delete_stack_instances(self) -> ActionResult:
        instances = self._instances()
        for account, region in self._targets():
            if instances.pop((account, region), None):
                active().roles[account] -= {SCAN_ROLE, ACT_ROLE}
        return ActionResult({"OperationId": "operation-1"})

    def _instances(self) -> Instances:
        """Refuses whoever may not operate StackSets as they say."""
        state, as_ = active(), self._get_param("CallAs") or "SELF"
        is_management = self.current_account == state.organization.management_account
        is_delegated = self.current_account in state.hub.delegated.get(STACK_SETS, set())
        if not (is_delegated if as_ == "DELEGATED_ADMIN" else is_management):
            raise Refused(
                "ValidationError", f"You must be the management account or a delegated administrator ({as_})."
            )
        name = self._get_param("StackSetName")
        if name not in state.hub.instances:
            raise Refused("StackSetNotFoundException", f"StackSet {name} not found", 404)
        return state.hub.instances[name]

    def _targets(self) -> list[tuple[str, str]]:
        """An intersection of units and accounts; the management account is in no unit's stacks (D7.5)."""
        wanted: dict[str, Any] = self._get_param("DeploymentTargets") or {}
        units, accounts = set(wanted.get("OrganizationalUnitIds") or ()), set(wanted.get("Accounts") or ())
        organization = active().organization
        if not units or (accounts and wanted.get("AccountFilterType") != "INTERSECTION"):
            raise Refused("ValidationError", "Accounts of a service-managed StackSet need their organizational units.")
        inside = [
            one.id
            for one in organization.accounts
            if (one.unit or organization.root_id) in units and one.id != organization.management_account
        ]
        chosen = [one for one in inside if not accounts or one in accounts]
        return [(account, region) for account in chosen for region in self._get_param("Regions")]


class TrustedAccess(BaseResponse):  # type: ignore[misc]  # moto ships no types
    """Of the Organization's services; moto knows no StackSets."""

    def __init__(self) -> None:
        super().__init__(service_name="organizations")
        self.automated_parameter_parsing = True

    def list_aws_service_access_for_organization(self) -> ActionResult:
        self._refuse_others()
        now = active().now()
        rows = [{"ServicePrincipal": name, "DateEnabled": now} for name in sorted(active().hub.trusted)]
        return ActionResult({"EnabledServicePrincipals": rows})

    def list_delegated_administrators(self) -> ActionResult:
        self._refuse_others()
        accounts = active().hub.delegated.get(self._get_param("ServicePrincipal"), set())
        return ActionResult({"DelegatedAdministrators": [{"Id": one} for one in sorted(accounts)]})

    def _refuse_others(self) -> None:
        organization = active().organization
        if self.current_account not in (organization.management_account, organization.hub_account):
            raise Refused("AccessDeniedException", "You don't have permissions to access this resource.")
