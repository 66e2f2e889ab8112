"""The Organization, the StackSet, the roles in member accounts, and the regions."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from endpoint_sweep.aws.installation import members
from endpoint_sweep.aws.regions import known, offered
from endpoint_sweep.doctor import commands
from endpoint_sweep.doctor.finding import Check, Finding, Fix, note, ok, unknown, wrong
from endpoint_sweep.doctor.installation import Installation, Swept
from endpoint_sweep.domain.errors import NotAllowed, NotAnswered, RoleDenied, RoleFailed
from endpoint_sweep.domain.kinds import Access, CoverageStatus, GapCause
from endpoint_sweep.reports.text import clean, plural
from endpoint_sweep.rules.region_names import is_name, nearest, why_refused
from endpoint_sweep.rules.scopes import ENABLED

_SHOWN = 5
# Parameters of member-roles.yaml: those that a stack of them has, and those that the hub has, too.
_GIVEN = ("HubAccountId", "HubStackName", "OrganizationId", "ExternalId", "AllowDelete", "ScanRoleName", "ActRoleName")
_LIKE_THE_HUBS = ("OrganizationId", "ExternalId", "ScanRoleName", "ActRoleName", "RolePath")


def organization(one: Installation) -> Iterator[Finding]:
    """Whether it is the one that the roles trust, and whether the hub may list its accounts."""
    found, management = one.organization
    if not found:
        yield wrong("this account belongs to no Organization", one.aws("organizations", "describe-organization", {}))
        return
    wanted = one.parameter("OrganizationId")
    if found != wanted:
        seen = f"the hub belongs to {found}, and OrganizationId is {wanted}, so the member roles trust another one"
        yield wrong(seen, commands.set_parameter("OrganizationId", found))
    try:
        count = len(one.every_member)
    except NotAllowed as error:
        options = {"account-id": one.caller.account, "service-principal": members.STACK_SETS}
        fix = one.aws("organizations", "register-delegated-administrator", options, management)
        seen = f"{error}: either this action is not allowed, or this account is no delegated administrator"
        yield unknown(seen, fix)
        return
    if found == wanted:
        role = "management account" if one.caller.account == management else "delegated administrator"
        yield ok(f"{found}; {plural(count, 'account')} can be listed from here, which makes this account a {role}")


def stack_sets(one: Installation) -> Iterator[Finding]:
    """Trusted access, who operates the StackSet, and the state of its instances."""
    try:
        if not members.trusts_stack_sets(one.ask):
            seen = "trusted access for StackSets is off, so no new account gets its roles"
            yield wrong(seen, one.aws("cloudformation", "activate-organizations-access", {}, one.management))
            return
        is_operator = one.call_as == "SELF" or members.delegates_stack_sets(one.ask, one.caller.account)
    except NotAllowed as error:
        fix = one.aws("organizations", "list-aws-service-access-for-organization", {}, one.management)
        yield unknown(f"{error}, so whether StackSets are trusted is not known; ask in the management account", fix)
        is_operator = True
    if not is_operator:
        seen = "this account is no delegated administrator for StackSets, so it does not see their instances"
        options = {"stack-set-name": one.stack_set}
        yield unknown(seen, one.aws("cloudformation", "list-stack-instances", options, one.management))
        return
    if not members.has_stack_set(one.ask, one.stack_set, one.call_as):
        fix = Fix(" ".join(one.output("MemberRoles").split()))
        yield note(f"there is no StackSet {one.stack_set} here: the roles came in another way, or are not there", fix)
        return
    yield from _instances(one)


def _instances(one: Installation) -> Iterator[Finding]:
    found = members.instances_of(one.ask, one.stack_set, one.call_as)
    mine = [each for each in found if one.concerns(each.account)]
    behind = [each for each in mine if not each.is_current]
    lacking = sorted({each.id for each in one.members} - {each.account for each in found} - {one.management})
    if behind:
        accounts = sorted({each.account for each in behind})
        why = sorted({f"{each.status} ({each.detail})" if each.detail else each.status for each in behind})
        seen = f"{_named(one, accounts)}: the stack with the roles is {', '.join(why)}"
        yield wrong(seen, _instances_command(one, "update", accounts, {each.region for each in behind}))
    if lacking:
        seen = f"{_named(one, lacking)}: not in the StackSet, so there are no roles"
        yield wrong(seen, _instances_command(one, "create", lacking, {each.region for each in found} or {one.region}))
    if not behind and not lacking:
        yield ok(f"trusted access is on; {plural(len(mine), 'stack')} with the roles, all current")


def _instances_command(one: Installation, verb: str, accounts: list[str], regions: Iterable[str]) -> Fix:
    options = {
        "stack-set-name": one.stack_set,
        "deployment-targets": one.targets(accounts),
        "regions": sorted(regions),
        "call-as": one.call_as,
    }
    return one.aws("cloudformation", f"{verb}-stack-instances", options)


def roles(one: Installation) -> Iterator[Finding]:
    """Only the functions of the hub may assume them, so what their last sweep wrote down is what is known."""
    if one.asked.assume:
        yield from _assumed(one)
        return
    swept = one.swept
    if swept is None:
        yield unknown("no sweep has tried the roles yet; start one that only reports", one.sweep())
        return
    yield from _scan_roles(one, swept)
    yield from _act_roles(one, swept)


def _scan_roles(one: Installation, swept: Swept) -> Iterator[Finding]:
    by_cause: dict[GapCause, set[str]] = defaultdict(set)
    rows = [row for row in swept.coverage.rows if one.concerns(row.account)]
    for row in rows:
        if row.cause:
            by_cause[row.cause].add(row.account)
    denied, narrow = sorted(by_cause[GapCause.ROLE_DENIED]), sorted(by_cause[GapCause.PERMISSION])
    if denied:
        seen = f"{_named(one, denied)}: the sweep {swept.name} could not assume the scan role"
        yield wrong(seen, *_again(one, denied))
    if narrow:
        seen = f"{_named(one, narrow)}: the scan role does not allow every call of the sweep {swept.name}"
        yield wrong(f"{seen}; it is of an older version", _update(one), one.sweep())
    if failed := sorted(by_cause[GapCause.ROLE_FAILED]):
        seen = f"{_named(one, failed)}: assuming the scan role failed in the sweep {swept.name}"
        yield unknown(f"{seen}; the next one tries again", one.sweep())
    if not denied and not narrow and not failed:
        scanned = {row.account for row in rows if row.status is CoverageStatus.SCANNED}
        yield ok(f"the scan role worked in {plural(len(scanned), 'account')} in the sweep {swept.name}")


def _act_roles(one: Installation, swept: Swept) -> Iterator[Finding]:
    """Only tried where something is idle, and missing on purpose where deletion is not allowed."""
    asked = {account: access for account, access in swept.access.items() if one.concerns(account)}
    closed = sorted(account for account, access in asked.items() if access is Access.NOT_ENABLED)
    if failed := sorted(account for account, access in asked.items() if access is Access.UNKNOWN):
        yield unknown(f"{_named(one, failed)}: whether the act role can be assumed could not be checked", one.sweep())
    if closed:
        yield note(f"{_named(one, closed)}: deletion is not enabled, because there is no act role that trusts the hub",
                   _allow_delete(one, closed))  # fmt: skip
    if not failed and not closed:
        yield ok(f"the act role was tried where something is idle: it worked in {plural(len(asked), 'account')}")


def _again(one: Installation, accounts: list[str]) -> Iterator[Fix]:
    """A new member stack, then a sweep that tries it. The management account is in no StackSet (D7.5)."""
    if one.management in accounts:
        given = _from_the_hub(one)
        options = {
            "stack-name": one.stack_set,
            "template-body": "file://member-roles.yaml",
            "capabilities": "CAPABILITY_NAMED_IAM",
            "parameters": [{"ParameterKey": name, "ParameterValue": value} for name, value in given.items()],
        }
        yield one.aws("cloudformation", "create-stack", options, one.management)
    others = [each for each in accounts if each != one.management]
    if others:
        there, regions = _there(one)
        if gone := [each for each in others if each in there]:
            deleting = {"stack-set-name": one.stack_set, "deployment-targets": one.targets(gone),
                        "regions": sorted(regions), "no-retain-stacks": True, "call-as": one.call_as}  # fmt: skip
            yield one.aws("cloudformation", "delete-stack-instances", deleting)
        yield _instances_command(one, "create", others, regions)
    yield one.sweep()


def _from_the_hub(one: Installation) -> dict[str, str]:
    """What member roles must have like the hub, by the names of their parameters."""
    given = {"HubAccountId": one.stack.account, "HubStackName": one.stack.name}
    given |= {name: one.parameter(name) for name in _LIKE_THE_HUBS}
    return given | {"PermissionsBoundaryName": one.parameter("PermissionsBoundary").partition(":policy/")[2]}


def _there(one: Installation) -> tuple[set[str], set[str]]:
    """The accounts that the StackSet believes to be served, and its regions."""
    try:
        found = members.instances_of(one.ask, one.stack_set, one.call_as)
    except (NotAllowed, NotAnswered):
        return set(), {one.region}
    return {each.account for each in found}, {each.region for each in found} or {one.region}


def _update(one: Installation) -> Fix:
    """CloudFormation resets every parameter that is not named. What an older StackSet lacks is as in the hub."""
    try:
        there = members.parameters_of(one.ask, one.stack_set, one.call_as) or _GIVEN
    except (NotAllowed, NotAnswered):
        there = _GIVEN
    kept: list[dict[str, Any]] = [{"ParameterKey": name, "UsePreviousValue": True} for name in there]
    new = {name: value for name, value in _from_the_hub(one).items() if name not in there}
    kept += [{"ParameterKey": name, "ParameterValue": value} for name, value in new.items()]
    options = {
        "stack-set-name": one.stack_set,
        "template-body": "file://member-roles.yaml",
        "capabilities": "CAPABILITY_NAMED_IAM",
        "parameters": kept,
        "call-as": one.call_as,
    }
    return one.aws("cloudformation", "update-stack-set", options)


def _allow_delete(one: Installation, accounts: list[str]) -> Fix:
    options = {
        "stack-set-name": one.stack_set,
        "deployment-targets": one.targets(accounts),
        "regions": sorted(_there(one)[1]),
        "parameter-overrides": [{"ParameterKey": "AllowDelete", "ParameterValue": "true"}],
        "call-as": one.call_as,
    }
    return one.aws("cloudformation", "update-stack-instances", options)


def _assumed(one: Installation) -> Iterator[Finding]:
    """With the caller's own credentials, where the roles trust them; a refusal says nothing of the hub."""
    external = one.parameter("ExternalId")
    for parameter, what in (("ScanRoleName", "scan"), ("ActRoleName", "act")):
        refused, failed, entered = [], [], 0
        for each in one.members:
            arn = f"arn:{one.caller.partition}:iam::{each.id}:role{one.parameter('RolePath')}{one.parameter(parameter)}"
            try:
                one.ask.sessions.assume_role(arn, "doctor", external)
                entered += 1
            except RoleDenied:
                refused.append(each.id)
            except RoleFailed:
                failed.append(each.id)
        if left := refused + failed:
            seen = f"{_named(one, left)}: these credentials cannot assume the {what} role; the hub perhaps can"
            yield unknown(f"{seen}. Leave out --assume to see what its last sweep found")
        else:
            yield ok(f"the {what} role can be assumed in {plural(entered, 'account')}")


def regions(one: Installation) -> Iterator[Finding]:
    """They need not be enabled in the hub: each account is entered with tokens of the hub's region (D6.7)."""
    names = one.variables.words("REGIONS")
    here = known(one.region)
    strange = [each for each in names if each not in here and each != ENABLED]
    new = offered(one.ask.sessions.hub("ssm")) if any(map(is_name, strange)) else frozenset()
    if new is None:
        seen = "ssm:GetParametersByPath is not allowed or did not answer"
        yield unknown(f"{seen}, so whether there is a region {strange[0]} is not known")
        return
    if refused := why_refused("Regions", strange, here, lambda: new):
        slips = set(strange) - new
        mended = [(nearest(each, here) or "<region>") if each in slips else each for each in names]
        yield wrong(f"{refused}: no sweep starts", commands.set_parameter("Regions", ",".join(dict.fromkeys(mended))))
        return
    rows = one.swept.coverage.rows if one.swept else ()
    off = sorted({row.region for row in rows if row.cause is GapCause.REGION_OFF_EVERYWHERE})
    if off and ENABLED not in names:
        kept = ",".join(each for each in names if each not in off)
        yield note(f"{', '.join(off)}: no account has enabled it", commands.set_parameter("Regions", kept))
    else:
        yield ok(f"{', '.join(names)}: all exist")


def _named(one: Installation, accounts: list[str]) -> str:
    """A few accounts with their names, which anyone in the account may have written."""
    try:
        names = {each.id: clean(each.name, 30) for each in one.every_member}
    except (NotAllowed, NotAnswered):
        names = {}
    shown = [f"{each} ({names[each]})" if names.get(each) else each for each in accounts[:_SHOWN]]
    more = len(accounts) - _SHOWN
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


CHECKS: tuple[Check[Installation], ...] = (
    Check("organization", organization),
    Check("stack-sets", stack_sets),
    Check("roles", roles),
    Check("regions", regions),
)
