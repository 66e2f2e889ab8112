"""`endpoint-sweep init`: asks what a deployment needs to know, checks it, and writes the file of the deployment.

Run again, or with --set, it changes the file. Nothing is written before everything is checked.
"""

import argparse
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from endpoint_sweep.aws.hub_account import HubAccount
from endpoint_sweep.aws.hub_stack import hub_stack
from endpoint_sweep.aws.partition_services import without
from endpoint_sweep.aws.sessions import Sessions
from endpoint_sweep.cli import shell
from endpoint_sweep.cli.checkout import check_whole, deployment_in, found, parameters_in, save
from endpoint_sweep.cli.questions import Questions, too_much
from endpoint_sweep.domain.errors import CellUnreachable, UsageError
from endpoint_sweep.domain.model import Mode
from endpoint_sweep.reports.text import clean
from endpoint_sweep.settings.deployment import FILE, STACK, Deployment, assigned
from endpoint_sweep.settings.lists import split
from endpoint_sweep.settings.template import Parameter

DONE = 0
_NOT_SAVED = "nothing was saved"


def add_parser(commands: Any) -> None:
    """The options of the command."""
    words = "answer what a deployment needs to know, or change an answer; writes parameters.toml"
    parser = commands.add_parser("init", help=words)
    add = parser.add_argument
    add("--set", action="append", default=[], metavar="Name=Value", help="the value of a parameter; repeat for more")
    add("--from", dest="source", type=Path, metavar="FILE", help="take the answers of this file, in the same format")
    add("--yes", action="store_true", help="ask nothing, and save")
    add("--stack", metavar="NAME", help="the name of the hub stack; endpoint-sweep by default")
    add("--file", type=Path, metavar="FILE", help="write to this file instead of parameters.toml beside the template")
    add("--template", type=Path, metavar="FILE", help="the hub's template; template.yaml of this checkout by default")
    shell.add_session(parser)
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """The exit status. Raises UsageError, and OSError where a file cannot be read or written."""
    template = found("template.yaml", given.template, "--template")
    parameters = parameters_in(template)
    file = given.file or template.parent / FILE
    sessions = shell.opened(given, needs_region=False)
    before = deployment_in(file, parameters) if file.exists() else Deployment()
    deployment = _given(before, given, parameters, sessions)
    questions = Questions(parameters, lambda region: HubAccount(sessions, region), _typed)
    asks = not given.yes and not given.set and sys.stdin.isatty()
    if asks:
        deployment = questions.region(deployment)
    if not file.exists():
        deployment = _taken_over(deployment, parameters, sessions)
    if asks:
        deployment = questions.answered(deployment)
    check_whole(deployment, parameters, sessions)
    if before == deployment and file.exists():
        print(f"{file.name} says so already.")
        return DONE
    _show(before, deployment, parameters, file)
    limit = HubAccount(sessions, deployment.region).concurrency()
    for name, (fits, said) in too_much(limit, deployment.complete(parameters)).items():
        print(f"\n{said} Use --set {name}={fits}.")
    if not given.yes and not _agreed(file):
        raise UsageError(_NOT_SAVED)
    save(file, deployment, parameters)
    print(f"Saved to {file.name}.")
    return DONE


def _given(
    before: Deployment, given: argparse.Namespace, parameters: Mapping[str, Parameter], sessions: Sessions
) -> Deployment:
    """What the file says, then --from, then the options. Raises UsageError."""
    deployment = before
    if given.source:
        source = deployment_in(found("", given.source, "--from"), parameters)
        stack = before.stack if source.stack == STACK else source.stack
        values, tags = {**before.values, **source.values}, {**before.tags, **source.tags}
        deployment = Deployment(stack, source.region or before.region, values, tags)
    stack = given.stack or deployment.stack
    region = given.region or deployment.region or sessions.chosen_region()
    return replace(deployment, stack=stack, region=region).with_values(assigned(given.set, parameters))


def _taken_over(deployment: Deployment, parameters: Mapping[str, Parameter], sessions: Sessions) -> Deployment:
    """A new file does not forget what the stack was deployed with until now."""
    if not deployment.region:
        return deployment
    try:
        stack = hub_stack(sessions, deployment.stack, deployment.region)
    except CellUnreachable as error:
        print(f"What the stack {deployment.stack} has now, if it exists, could not be read: {clean(str(error), 200)}")
        return deployment
    if stack is None:
        return deployment
    print(f"The stack {deployment.stack} exists in {deployment.region}: its parameters are taken over.")
    return deployment.taking_over(stack.parameters, parameters)


def _show(before: Deployment, after: Deployment, parameters: Mapping[str, Parameter], file: Path) -> None:
    """What will be saved, and what it means."""
    print(f"\n{file.name} will deploy the stack {after.stack} in {after.region} with")
    for name, value in after.values.items():
        is_new = before.values and before.values.get(name, parameters[name].default or "") != value
        was = f" (until now {clean(before.values.get(name, parameters[name].default)) or 'none'})" if is_new else ""
        print(f"  {name} = {clean(value, 400) or 'none'}{was}")
    for name, value in after.tags.items():
        print(f"  the tag {clean(name)} = {clean(value)}")
    print("and the defaults of the template for everything else. That means:")
    for line in (*meaning(after.complete(parameters)), *without(after.region)):
        print(f"  * {line}")


def meaning(values: Mapping[str, str]) -> list[str]:
    """What a deployment with these parameters does, in sentences."""
    approvers = len(split(values["Approvers"]))
    says = []
    if values["ScheduleState"] == "ENABLED":
        when = f"{values['ScheduleExpression']} in the time zone {values['ScheduleTimezone']}"
        asks = "asks the approvers" if values["Mode"] == Mode.APPROVE else "only reports"
        says.append(f"A sweep starts by itself, {when}, and {asks}.")
    else:
        says.append("No sweep starts by itself. ScheduleState=ENABLED changes that.")
    if approvers:
        need = values["MinApprovers"]
        who, has = "person" if approvers == 1 else "people", "has" if need == "1" else "have"
        says.append(f"{approvers} {who} may approve deletions, and at least {need} {has} to.")
    else:
        says.append("There are no approvers, so sweeps can only report.")
    says.append("Nothing can be deleted in an account before its role says AllowDelete=true.")
    alarms = "notify " + values["AlarmTopicArn"] if values["AlarmTopicArn"] else "only show in CloudWatch"
    says.append(f"Alarms {alarms}.")
    return says


def _agreed(file: Path) -> bool:
    if not sys.stdin.isatty():
        raise UsageError(f"{_NOT_SAVED}: there is no terminal to confirm on; add --yes")
    return _typed(f"\nSave this to {file.name}? [Y/n] ").strip().lower() in ("", "y", "yes")


def _typed(prompt: str) -> str:
    try:
        return input(prompt)
    except EOFError as error:
        raise UsageError(_NOT_SAVED) from error
    except KeyboardInterrupt as error:
        raise KeyboardInterrupt(_NOT_SAVED) from error
