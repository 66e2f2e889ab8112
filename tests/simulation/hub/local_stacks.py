"""CloudFormation stacks in the simulated accounts: by `sam` for the hub, by plain create-stack for the members."""

import fcntl
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from endpoint_sweep.settings.deployment import Deployment
from scripts.deploy import sam_arguments

STACK = "endpoint-sweep"
ARTIFACTS = "endpoint-sweep-artifacts"
ROOT = Path(__file__).resolve().parents[3]


class LocalAwsError(Exception):
    """Says what went wrong in one line, for the person who started it."""


@dataclass(frozen=True, slots=True)
class Sam:
    """The `sam` tool against one endpoint; its output goes to files in `logs`."""

    endpoint: str
    account: str
    region: str
    logs: Path

    def build(self, template: Path) -> Path:
        """Builds with the project's own cache; returns the built template. Parallel runs share no build folder."""
        if not template.is_file():
            raise LocalAwsError(f"there is no {template.name} to build")
        target = self.logs / "build"
        arguments = ["build", "--template-file", str(template), "--cached", "--parallel"]
        arguments += ["--build-dir", str(target), "--cache-dir", str(template.parent / ".aws-sam" / "cache")]
        # sam keeps its downloads in one folder of the checkout and clears it while others read it.
        with (template.parent / "Makefile").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._run(arguments)
        return target / "template.yaml"

    def deploy(self, built: Path, parameters: Mapping[str, str]) -> None:
        """As `make deploy` does it, without its questions."""
        arguments = sam_arguments(Deployment(STACK, self.region), parameters, asks=False)[1:]
        arguments += ["--template-file", str(built), "--s3-bucket", ARTIFACTS, "--no-progressbar"]
        arguments += ["--capabilities", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
        self._run(arguments)

    def _run(self, arguments: Iterable[str]) -> None:
        arguments = list(arguments)
        # sam looks for the name python3.13: the running interpreter's own folder comes first.
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
        sam = shutil.which("sam", path=path)
        if sam is None:
            raise LocalAwsError("the tool `sam` (aws-sam-cli) is missing")
        config = self.logs / "samconfig.toml"  # not the project's own, which is for real accounts
        config.write_text("version = 0.1\n", encoding="utf-8")
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        environment |= {
            "PATH": path,
            "SAM_CLI_TELEMETRY": "0",
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": self.account,
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": self.region,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }
        log = self.logs / f"sam-{arguments[0]}.log"
        with log.open("wb") as output:
            command = [sam, *arguments, "--config-file", str(config)]
            done = subprocess.run(command, cwd=ROOT, env=environment, stdout=output, stderr=output, check=False)
        if done.returncode != 0:
            raise LocalAwsError(f"sam {arguments[0]} failed: {last_line(log)} (more in {log})")


def create_stack(cloudformation: Any, name: str, body: str, parameters: Mapping[str, str]) -> None:
    """Creates a plain stack and waits for it."""
    cloudformation.create_stack(
        StackName=name,
        TemplateBody=body,
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    deadline = time.monotonic() + 20
    while (status := _status(cloudformation, name)).endswith("IN_PROGRESS"):
        if time.monotonic() > deadline:
            raise LocalAwsError(f"stack {name} is not ready after 20 seconds")
        time.sleep(0.02)
    if status != "CREATE_COMPLETE":
        raise LocalAwsError(f"stack {name}: {first_failure(cloudformation, name) or status}")


def first_failure(cloudformation: Any, name: str) -> str:
    """The first resource that failed in a stack, and why. Empty if there is no such stack or failure."""
    try:
        events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    except cloudformation.exceptions.ClientError:
        return ""
    failed = [event for event in reversed(events) if event["ResourceStatus"].endswith("_FAILED")]
    named = [event for event in failed if event["LogicalResourceId"] != name and event.get("ResourceStatusReason")]
    for event in named or failed:
        return f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', event['ResourceStatus'])}"
    return ""


def parameter_names(template: Path) -> set[str]:
    """The parameters that a template declares, read without resolving its short functions."""
    text = template.read_text(encoding="utf-8")
    found = re.search(r"^Parameters:\n(.*?)(?=^\S|\Z)", text, re.DOTALL | re.MULTILINE)
    return set(re.findall(r"^  (\w+):", found.group(1), re.MULTILINE)) if found else set()


def last_line(log: Path) -> str:
    """The last line that says something."""
    lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    return lines[-1] if lines else ""


def _status(cloudformation: Any, name: str) -> str:
    return str(cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])
