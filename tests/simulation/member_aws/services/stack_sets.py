"""StackSets with the permissions of the service: trusted access, a delegated administrator, roles in member accounts.

moto's know neither `CallAs` nor organizational units, and create stacks without anyone's trust (D7.8).
"""

from collections.abc import Mapping
from typing import Any

from moto.core.responses import ActionResult, BaseResponse

from tests.simulation.member_aws.hub_state import STACK_SETS, SUCCEEDED, StackSetState
from tests.simulation.member_aws.services.refused import Refused
from tests.simulation.member_aws.state import active
from tests.simulation.organization.specification import ACT_ROLE, SCAN_ROLE

Instances = dict[tuple[str, str], tuple[str, str]]
_STARTED = ActionResult({"OperationId": "operation-1"})


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
        name = self._get_param("StackSetName")
        there = active().hub.stack_sets.get(name)
        given = there.parameters if there else {}
        rows = [{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()]
        return ActionResult({"StackSet": {"StackSetName": name, "Status": "ACTIVE", "Parameters": rows}})

    def list_stack_instances(self) -> ActionResult:
        rows = [
            {"Account": account, "Region": region, "Status": status, "StackInstanceStatus": {"DetailedStatus": detail}}
            for (account, region), (status, detail) in sorted(self._instances().items())
        ]
        return ActionResult({"Summaries": rows})

    def create_stack_set(self) -> ActionResult:
        """Makes no stack yet."""
        self._refuse_others()
        hub, name = active().hub, self._get_param("StackSetName")
        if name in hub.instances:
            raise Refused("NameAlreadyExistsException", f"StackSet {name} already exists.", 409)
        hub.stack_sets[name] = StackSetState(self._get_param("TemplateBody"), self._given({}))
        hub.instances[name] = {}
        return ActionResult({"StackSetId": f"{name}:00000000-0000-4000-8000-000000000001"})

    def update_stack_set(self) -> ActionResult:
        """Brings every stack up to date."""
        instances, stack_set = self._instances(), active().hub.stack_sets[self._get_param("StackSetName")]
        stack_set.template = self._get_param("TemplateBody")
        stack_set.parameters = self._given(stack_set.parameters)
        for account, region in instances:
            self._put(account, region)
        return _STARTED

    def delete_stack_set(self) -> ActionResult:
        hub, name = active().hub, self._get_param("StackSetName")
        if self._instances():
            raise Refused("StackSetNotEmptyException", f"StackSet {name} is not empty.", 409)
        del hub.instances[name]
        hub.stack_sets.pop(name, None)
        return ActionResult({})

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
                self._put(account, region)
        return _STARTED

    def update_stack_instances(self) -> ActionResult:
        """Those that are there become current."""
        instances = self._instances()
        stack_set = active().hub.stack_sets.get(self._get_param("StackSetName"))
        overrides = {one["ParameterKey"]: one["ParameterValue"] for one in self._get_param("ParameterOverrides") or ()}
        for account, region in self._targets():
            if (account, region) in instances:
                instances[account, region] = ("CURRENT", SUCCEEDED)
                if overrides.get("AllowDelete") == "true":
                    active().roles[account].add(ACT_ROLE)
                if stack_set:
                    stack_set.overrides.setdefault(account, {}).update(overrides)
                self._put(account, region)
        return _STARTED

    def delete_stack_instances(self) -> ActionResult:
        instances = self._instances()
        for account, region in self._targets():
            if instances.pop((account, region), None):
                active().roles[account] -= {SCAN_ROLE, ACT_ROLE}
                self._put(account, region, is_gone=True)
        return _STARTED

    def _given(self, before: Mapping[str, str]) -> dict[str, str]:
        rows = self._get_param("Parameters") or ()
        names = [row["ParameterKey"] for row in rows]
        return {name: row.get("ParameterValue", before.get(name, "")) for name, row in zip(names, rows, strict=True)}

    def _put(self, account: str, region: str, *, is_gone: bool = False) -> None:
        """The real stack of an instance, where stacks are real."""
        hub, name = active().hub, self._get_param("StackSetName")
        if hub.put_stack and (stack_set := hub.stack_sets.get(name)):
            hub.put_stack(account, region, name, "" if is_gone else stack_set.template, stack_set.of(account))

    def _instances(self) -> Instances:
        self._refuse_others()
        name = self._get_param("StackSetName")
        if name not in active().hub.instances:
            raise Refused("StackSetNotFoundException", f"StackSet {name} not found", 404)
        return active().hub.instances[name]

    def _refuse_others(self) -> None:
        """Whoever may not operate StackSets as they say."""
        state, as_ = active(), self._get_param("CallAs") or "SELF"
        is_management = self.current_account == state.organization.management_account
        is_delegated = self.current_account in state.hub.delegated.get(STACK_SETS, set())
        if not (is_delegated if as_ == "DELEGATED_ADMIN" else is_management):
            raise Refused(
                "ValidationError", f"You must be the management account or a delegated administrator ({as_})."
            )

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
            if units & {organization.root_id, *organization.units_above(one)}
            and one.id != organization.management_account
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

    def register_delegated_administrator(self) -> ActionResult:
        if self.current_account != active().organization.management_account:
            raise Refused("AccessDeniedException", "You don't have permissions to access this resource.")
        accounts = active().hub.delegated.setdefault(self._get_param("ServicePrincipal"), set())
        accounts.add(self._get_param("AccountId"))
        return ActionResult({})

    def _refuse_others(self) -> None:
        organization = active().organization
        if self.current_account not in (organization.management_account, organization.hub_account):
            raise Refused("AccessDeniedException", "You don't have permissions to access this resource.")
