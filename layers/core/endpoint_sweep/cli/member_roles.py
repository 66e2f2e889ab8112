"""`endpoint-sweep member-roles`: prints the commands that create or update the roles in the other accounts."""

import argparse
import os
from pathlib import Path
from typing import Any

from endpoint_sweep.aws.hub_stack import HubStack, hub_stack
from endpoint_sweep.aws.organizations import AwsOrganization
from endpoint_sweep.cli import shell
from endpoint_sweep.cli.checkout import found, parameters_in
from endpoint_sweep.cli.stack_set import ROOT_ID, StackSet
from endpoint_sweep.domain.errors import TargetsIncomplete, UsageError
from endpoint_sweep.settings.deployment import STACK
from endpoint_sweep.settings.lists import UNIT

DONE = 0
_FILE = "member-roles.yaml"


def add_parser(commands: Any) -> None:
    """The options of the command."""
    words = "print the commands that create or update the roles in the other accounts; changes nothing itself"
    parser = commands.add_parser("member-roles", help=words, description=f"{words[:1].upper()}{words[1:]}.")
    add = parser.add_argument
    add("--stack", default=STACK, metavar="NAME", help="the hub's stack; endpoint-sweep by default")
    add("--file", type=Path, metavar="FILE", help=f"the template of the roles; {_FILE} of this checkout by default")
    add("--organizational-units", default="", metavar="a,b", help="units of the accounts to scan; the root by default")
    add("--allow-delete-for", default="", metavar="a,b", help="units to allow deletion in; none by default")
    add("--scan-principals", default="", metavar="a,b", help="ARNs of roles of people who scan from a terminal")
    add(
        "--permissions-boundary",
        metavar="NAME",
        help="the permissions boundary of the roles, a policy in each account; by default named like the hub's",
    )
    add("--update", action="store_true", help="update roles that exist; do so before you update the hub stack")
    add(
        "--management-account",
        action="store_true",
        help="print commands for the management account instead of a delegated administrator of StackSets",
    )
    shell.add_session(parser)
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """The exit status. Raises UsageError, CellDenied or CellFailed."""
    units = _units(given.organizational_units, "--organizational-units")
    allowed = _units(given.allow_delete_for, "--allow-delete-for")
    template = found(_FILE, given.file, "--file")
    sessions = shell.opened(given)
    region = sessions.region()
    stack = hub_stack(sessions, given.stack, region)
    if stack is None:
        raise UsageError(f"there is no stack {given.stack} in {region}: name it with --stack and --region")
    organization = AwsOrganization(sessions.at("organizations", region))
    roles = StackSet(
        hub_stack=given.stack,
        hub_account=stack.account,
        region=stack.region,
        template=_shown(template),
        parameters=_matching(stack, given, template),
        units=units or _root(organization),
        allow_delete_for=allowed,
        by_delegate=not given.management_account and organization.management_account() != stack.account,
    )
    _print(roles, update=given.update)
    return DONE


def _matching(stack: HubStack, given: argparse.Namespace, template: Path) -> dict[str, str]:
    """Every parameter of the roles but AllowDelete. Raises UsageError where they do not fit the template."""
    boundary = stack.parameters.get("PermissionsBoundary", "").partition(":policy/")[2]
    if given.permissions_boundary is not None:
        boundary = given.permissions_boundary
    hub = {
        **stack.parameters,
        "HubAccountId": stack.account,
        "HubStackName": given.stack,
        "AdditionalScanPrincipals": given.scan_principals,
        "PermissionsBoundaryName": boundary,
    }
    values = {}
    for key, parameter in parameters_in(template).items():
        if key in hub:
            parameter.check(hub[key])
            values[key] = hub[key]
        elif parameter.default is None:
            raise UsageError(
                f"{template.name} asks for {key}, which the stack {given.stack} does not know: update the stack"
            )
    return values


def _root(organization: AwsOrganization) -> tuple[str, ...]:
    try:
        return organization.roots()
    except TargetsIncomplete:
        return (ROOT_ID,)


def _print(roles: StackSet, *, update: bool) -> None:
    who = "a delegated administrator of StackSets" if roles.by_delegate else "the management account"
    verb = "update" if update else "create"
    print(f"# These commands {verb} the roles of the hub stack {roles.hub_stack}, with credentials of {who}.")
    if ROOT_ID in roles.units and not update:
        print(f"# Replace {ROOT_ID} by the id of the root, which could not be read: aws organizations list-roots")
    for command in roles.updating() if update else roles.creating():
        text = command.text()
        shown = "\n".join(f"#   {line}" for line in text.splitlines()) if command.is_optional else text
        print(f"\n# {command.about}\n{shown}")


def _shown(path: Path) -> str:
    """From here where it lies below, otherwise in full."""
    whole = path.absolute()
    return os.path.relpath(whole) if whole.is_relative_to(Path.cwd()) else str(whole)


def _units(text: str, option: str) -> tuple[str, ...]:
    ids = tuple(part.strip() for part in text.split(",") if part.strip())
    if wrong := [one for one in ids if not UNIT.fullmatch(one)]:
        raise UsageError(f'{option} has "{wrong[0][:60]}"; write a unit as ou-ab12-11111111, or the root as r-ab12')
    return ids
