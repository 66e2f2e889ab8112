"""The hub itself: who asks, the stack, its parameters, its kill switch and its schedule."""

import json
from collections.abc import Iterator

from endpoint_sweep.aws.installation import parts
from endpoint_sweep.aws.partition_services import without
from endpoint_sweep.doctor import commands
from endpoint_sweep.doctor.finding import Check, Finding, Fix, State, note, ok, wrong
from endpoint_sweep.doctor.installation import Installation
from endpoint_sweep.doctor.settings import NEEDED
from endpoint_sweep.doctor.timetable import next_run
from endpoint_sweep.domain.errors import InputRejected, NotAllowed, NotAnswered, SettingsError, StackMissing
from endpoint_sweep.domain.model import Mode
from endpoint_sweep.rules.approvals import person
from endpoint_sweep.rules.decision_rules import Rules
from endpoint_sweep.settings import sweep_input
from endpoint_sweep.settings.environment import ActSettings, DecideSettings, PeopleSettings, ScanSettings
from endpoint_sweep.storage.kill_switch import OFF

_SOUND = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"}
_OF_NO_USE = {"CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED", "REVIEW_IN_PROGRESS"}


def identity(one: Installation) -> Iterator[Finding]:
    """The stack is looked for in the caller's account, so that account is the hub's if the stack is there."""
    who = f"{one.caller.arn} in {one.region}"
    try:
        hub = one.stack.account
    except StackMissing:
        yield note(f"{who}; whether {one.caller.account} is the hub's account is not known, for the stack is not there")
        return
    yield ok(f"{who}; {hub} is the hub's account")


def services(one: Installation) -> Iterator[Finding]:
    """What the partition of the hub does not offer."""
    missing = without(one.region)
    for sentence in missing:
        yield note(sentence)
    if not missing:
        yield ok("every service that the hub asks is offered in this partition")


def stack(one: Installation) -> Iterator[Finding]:
    try:
        found = one.stack
    except StackMissing as error:
        yield wrong(f"{error}: name it with --stack, its region with --region, or deploy it", commands.deploy())
        return
    name = {"stack-name": found.name}
    if found.status == "UPDATE_ROLLBACK_FAILED":
        fix = one.aws("cloudformation", "continue-update-rollback", name)
        yield wrong(f"the stack {found.name} is {found.status}: parts of it may be of two versions", fix)
    elif found.status in _OF_NO_USE:
        fix = one.aws("cloudformation", "delete-stack", name)
        yield wrong(f"the stack {found.name} is {found.status} and cannot be updated", fix, commands.deploy())
    elif found.status.startswith("DELETE"):
        yield wrong(f"the stack {found.name} is {found.status}", commands.deploy())
    elif absent := [each for each in NEEDED if each not in found.parameters]:
        yield wrong(f"the stack has no parameter {absent[0]}: it is of an older version", commands.deploy())
    elif found.status in _SOUND:
        yield ok(f"the stack {found.name} is {found.status}, with {len(found.parameters)} parameters")
    else:
        fix = one.aws("cloudformation", "describe-stack-events", name)
        yield note(f"the stack {found.name} is {found.status}", fix)


def parameters(one: Installation) -> Iterator[Finding]:
    """First what can be named with its fix, then whatever else a sweep would refuse to start with."""
    try:
        scan, decide = ScanSettings.of(one.variables), DecideSettings.of(one.variables)
        act, people = ActSettings.of(one.variables), PeopleSettings.of(one.variables)
        asked = {"mode": one.mode.value, "requested_by": sweep_input.SCHEDULE}
        found = [*_people(one, decide.rules), *_timers(decide.rules), *_strangers(one)]
        yield from found
        if any(each.state is State.WRONG for each in found):
            return
        checked = sweep_input.parse("doctor", asked, scan, decide, act)
        sweep_input.check_people(checked.mode, people, decide.rules)
        if not found:
            yield ok(f"a sweep in {one.mode.value} mode starts with them")
    except (InputRejected, SettingsError) as error:
        fix = commands.set_parameter("<parameter>", "<value>")
        yield wrong(f"no sweep in {one.mode.value} mode starts: {error}", fix)


def _people(one: Installation, rules: Rules) -> Iterator[Finding]:
    """Enough of them, each a different person."""
    persons = {person(each) for each in rules.approvers}
    more = commands.set_parameter("Approvers", ",".join((*rules.approvers, "<address>")))
    if not persons:
        if one.mode is Mode.APPROVE:
            yield wrong("Mode is approve and there are no Approvers, so no sweep starts", more)
        return
    if len(persons) < rules.minimum:
        seen = f"MinApprovers is {rules.minimum} and {len(persons)} can approve"
        yield wrong(f"{seen}, so no sweep in approve mode starts", more)
    elif len(persons) == 1 and (bound := _bound(rules)):
        yield wrong(f"{bound} need two approvers, and there is one", more)
    elif len(persons) == 1:
        seen = f"a selection that saves more than ${rules.two_above_usd:,} a month needs two approvers"
        yield note(f"{seen}, and there is one", more)


def _bound(rules: Rules) -> str:
    """What always needs two."""
    if rules.two_for_accounts:
        return f"deletions in {len(rules.two_for_accounts)} accounts (TwoApproversForAccounts)"
    if rules.two_above_endpoints < rules.caps.per_sweep:
        return f"selections of more than {rules.two_above_endpoints} endpoints (TwoApproversAboveEndpoints)"
    return ""


def _timers(rules: Rules) -> Iterator[Finding]:
    if rules.grace >= rules.window:
        grace, window = (int(each.total_seconds()) // 60 for each in (rules.grace, rules.window))
        fix = commands.set_parameter("GraceMinutes", str(min(15, window - 1)))
        seen = f"GraceMinutes is {grace} and DeleteWindowMinutes is {window}"
        yield wrong(f"{seen}, so nothing could ever be deleted", fix)


def _strangers(one: Installation) -> Iterator[Finding]:
    """Accounts of the stack's lists that are not in the Organization are mistyped."""
    listed = {"DenyAccounts": one.variables.deny_accounts, "TwoApproversForAccounts": one.variables.two_approvers_for}
    if not any(listed.values()) or one.asked.accounts:
        return
    try:
        known = {each.id for each in one.every_member}
    except (NotAllowed, NotAnswered):
        return  # The check of the Organization says that it cannot be listed.
    for name, accounts in listed.items():
        if strangers := [each for each in accounts if each not in known]:
            mended = ",".join("<account>" if each in strangers else each for each in accounts)
            seen = f"{name} has {strangers[0]}, which is not in the Organization, so no sweep in approve mode starts"
            yield wrong(seen, commands.set_parameter(name, mended))


def kill_switch(one: Installation) -> Iterator[Finding]:
    """A switch that is not there counts as on."""
    name = f"/{one.stack.name}/kill"
    value = parts.parameter(one.ask, name)
    fix = one.aws("ssm", "put-parameter", {"name": name, "value": OFF, "type": "String", "overwrite": True})
    if value is not None and value.strip().lower() == OFF:
        yield ok(f"{name} is {OFF}: deletions are possible")
        return
    seen = f"{name} is not there, which counts as on" if value is None else f"{name} is on"
    stopped = f"{seen}: deletions are stopped"
    if one.mode is Mode.APPROVE:
        yield wrong(f"{stopped} and no sweep in approve mode starts", fix)
    else:
        yield note(stopped, fix)


def schedule(one: Installation) -> Iterator[Finding]:
    name, given = f"{one.stack.name}-sweep", one.parameters
    found = parts.schedule(one.ask, name)
    if found is None:
        yield wrong(f"there is no schedule {name}: someone removed it", _as_deployed(one))
        return
    wanted = (given["ScheduleState"], given["ScheduleExpression"], given["ScheduleTimezone"])
    if (found.state, found.expression, found.timezone) != wanted:
        state, expression, timezone = wanted
        options = {
            "name": name,
            "state": state,
            "schedule-expression": expression,
            "schedule-expression-timezone": timezone,
            "flexible-time-window": found.request["FlexibleTimeWindow"],
            "target": found.request["Target"],
        }
        is_ = f"{found.state}, {found.expression} in {found.timezone}"
        seen = f"the schedule was changed by hand: it is {is_}, the stack says {state}, {expression} in {timezone}"
        yield wrong(seen, one.aws("scheduler", "update-schedule", options))
        return
    last = next((each for each in one.executions if each.name.endswith("-scheduled")), None)
    ran = f"last started {last.started:%Y-%m-%d %H:%M} UTC" if last else "never started a sweep yet"
    told = f"{found.expression} in {found.timezone}, {found.mode or 'unknown'} mode, {ran}"
    if found.state == "ENABLED":
        following = next_run(found.expression, found.timezone, one.now)
        yield ok(f"{told}, next at {following:%Y-%m-%d %H:%M} UTC" if following else told)
    else:
        yield note(f"DISABLED, so people start every sweep: {told}", commands.set_parameter("ScheduleState", "ENABLED"))


def _as_deployed(one: Installation) -> Fix:
    """Makes the schedule of template.yaml again: CloudFormation does not, as long as its properties stay."""
    given, hub, role = one.parameters, f"{one.region}:{one.stack.account}", one.part("StartSweepFunctionWeeklyRole")
    aws = f"arn:{one.caller.partition}"
    at, asked = "<aws.scheduler.scheduled-time>", {"mode": given["Mode"]}
    target = {
        "Arn": f"{aws}:lambda:{hub}:function:{one.part('StartSweepFunction')}",
        "RoleArn": f"{aws}:iam::{one.stack.account}:role{given['RolePath']}{role}",
        "Input": json.dumps({"scheduled_at": at, "label": "scheduled", "input": asked}),
        "RetryPolicy": {"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": 3600},
        "DeadLetterConfig": {"Arn": f"{aws}:sqs:{hub}:{one.part('MissedEvents').rpartition('/')[2]}"},
    }
    options = {
        "name": f"{one.stack.name}-sweep",
        "state": given["ScheduleState"],
        "schedule-expression": given["ScheduleExpression"],
        "schedule-expression-timezone": given["ScheduleTimezone"],
        "flexible-time-window": {"Mode": "OFF"},
        "target": target,
    }
    return one.aws("scheduler", "create-schedule", options)


CHECKS: tuple[Check[Installation], ...] = (
    Check("identity", identity),
    Check("services", services),
    Check("stack", stack),
    Check("parameters", parameters),
    Check("kill-switch", kill_switch),
    Check("schedule", schedule),
)
