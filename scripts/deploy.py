"""`make deploy`: from the file of a deployment to its stack. SET="Name=Value" changes it first, YES=1 asks nothing.

FILE=other.toml is the file of another deployment.

`sam` gets every parameter on its command line, so the answers are never written into samconfig.toml.
"""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from endpoint_sweep.aws.hub_stack import HubStack, hub_stack
from endpoint_sweep.aws.partition_services import without
from endpoint_sweep.aws.sessions import Sessions
from endpoint_sweep.cli import main as command_line
from endpoint_sweep.cli.checkout import check_whole, deployment_in, parameters_in
from endpoint_sweep.domain.errors import EndpointSweepError, UsageError
from endpoint_sweep.settings.deployment import FILE, Deployment

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = ROOT / "template.yaml"
FAILED, BAD_USAGE, INTERRUPTED = 1, 2, 130


def overrides(values: Mapping[str, str]) -> list[str]:
    r"""The arguments of --parameter-overrides, which survive the way in which sam reads them.

    It looks for the long form first, everywhere in an argument, so only that form can hold any value. It takes away the
    quotes and `\"`, but leaves a doubled backslash as it is. Raises UsageError for a value with a backslash.
    """
    if wrong := [name for name, value in values.items() if "\\" in value]:
        raise UsageError(f"{wrong[0]} has a backslash, which sam cannot pass on; write it without")
    quoted = {name: value.replace('"', '\\"') for name, value in values.items()}
    return [f'ParameterKey={name},ParameterValue="{value}"' for name, value in quoted.items()]


def sam_arguments(deployment: Deployment, values: Mapping[str, str], *, asks: bool) -> list[str]:
    """The command line of `sam deploy`; the rest is in samconfig.toml. Raises UsageError."""
    return [
        "sam", "deploy", "--stack-name", deployment.stack, "--region", deployment.region,
        "--confirm-changeset" if asks else "--no-confirm-changeset", "--no-fail-on-empty-changeset",
        *(["--tags", *(f'"{key}"="{value}"' for key, value in deployment.tags.items())] if deployment.tags else []),
        *(["--parameter-overrides", *overrides(values)] if values else []),
    ]  # fmt: skip


def changes(stack: HubStack | None, values: Mapping[str, str]) -> list[str]:
    """What the deployment changes about the parameters, as lines."""
    if stack is None:
        return [f"{name} = {value or 'none'}" for name, value in values.items()]
    before = stack.parameters
    said = [
        f"{name} = {value or 'none'} (until now {before[name] or 'none'})"
        if name in before
        else f"{name} = {value or 'none'} (new)"
        for name, value in values.items()
        if before.get(name) != value
    ]
    return said + [
        f"{name} no longer exists (until now {before[name] or 'none'})" for name in before if name not in values
    ]


def next_steps(stack: HubStack, name: str) -> str:
    """What comes after a deployment, each with its command."""
    at = f"--region {stack.region}"
    return f"""
The hub stack is deployed. What comes next:

1. Roles in the other accounts. This prints the commands that create them:
     .venv/bin/endpoint-sweep member-roles --stack {name} {at}
2. A first sweep, which only reports:
     aws stepfunctions start-execution --state-machine-arn {stack.outputs["StateMachineArn"]} \\
       --name first-look --input '{{"mode": "report"}}' {at}
3. Deletions, once the reports look right. Nothing can be deleted until you run this, or once you set it to on:
     {stack.outputs["AllowDeletionsCommand"]}

docs/deploy.md says how to go on from there."""


def assignments(text: str) -> list[str]:
    """`Mode=approve ScheduleState=ENABLED` is two; a value may have blanks, but no word that looks like a new name."""
    return [part for part in re.split(r"\s+(?=[A-Z][A-Za-z0-9]*=)", text.strip()) if part]


def deploy(environment: Mapping[str, str]) -> int:
    """The exit status. Raises UsageError, or what AWS refuses."""
    file, is_sure = ROOT / (environment.get("FILE") or FILE), bool(environment.get("YES"))
    wanted = assignments(environment.get("SET", ""))
    if not is_sure and not sys.stdin.isatty():
        raise UsageError("there is no terminal to confirm the changes on: use make deploy YES=1")
    if wanted or not file.exists():
        options = [part for one in wanted for part in ("--set", one)] + ["--yes"] * (is_sure or file.exists())
        if status := command_line(["init", "--template", str(TEMPLATE), "--file", str(file), *options]):
            return status
    parameters, sessions = parameters_in(TEMPLATE), Sessions()
    deployment = deployment_in(file, parameters)
    check_whole(deployment, parameters, sessions)
    values = deployment.complete(parameters)
    command = sam_arguments(deployment, values, asks=not is_sure)
    before = hub_stack(sessions, deployment.stack, deployment.region)
    if status := _run(["sam", "build", "--cached", "--parallel"]):
        return status
    for line in without(deployment.region):
        print(line)
    print(f"\nThe parameters of the stack {deployment.stack} in {deployment.region} that change:", flush=True)
    print("\n".join(f"  {line}" for line in changes(before, values)) or "  none", flush=True)
    if deployment.tags:
        print("with the tags " + ", ".join(f"{key} = {value}" for key, value in deployment.tags.items()), flush=True)
    if status := _run(command):
        return status
    after = hub_stack(sessions, deployment.stack, deployment.region)
    if after is not None and after.outputs:
        print(next_steps(after, deployment.stack))
        print("\nIs everything sound? This is what endpoint-sweep doctor finds:\n", flush=True)
        command_line(["doctor", "--stack", deployment.stack, "--region", deployment.region])
    return 0


def _run(command: list[str]) -> int:
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def main() -> int:
    try:
        return deploy(os.environ)
    except UsageError as error:
        status, said = BAD_USAGE, str(error)
    except (EndpointSweepError, OSError) as error:
        status, said = FAILED, str(error)
    except KeyboardInterrupt:
        status, said = INTERRUPTED, "interrupted"
    print(f"make deploy: {said}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
