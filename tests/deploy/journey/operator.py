"""Whoever installs the product: types what the documents print, into a shell that stands in a checkout.

`aws …` goes through boto3, because no AWS CLI is installed for the tests; everything else is a process of its own.
"""

import json
import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

from tests.deploy.journey.transcript import Transcript
from tests.simulation.hub import typed
from tests.simulation.hub.cloudformation import ROOT
from tests.simulation.hub.local_aws import LocalAws

# Entries of the Makefile and of the installed package, by the words that people type.
_TYPED = {
    "make deploy": (sys.executable, "-m", "scripts.deploy"),
    "endpoint-sweep": (sys.executable, "-m", "endpoint_sweep.cli"),
    "sam": (str(Path(sys.executable).with_name("sam")),),
}


@dataclass(frozen=True, slots=True)
class Printed:
    """`status`: the exit status."""

    status: int
    text: str

    def commands(self) -> list[str]:
        """The commands of the AWS CLI that it printed, without those that it printed as comments, each on one line."""
        return re.findall(r"^aws .*$", re.sub(r" *\\\n\s*", " ", self.text), re.MULTILINE)

    def findings(self) -> dict[str, str]:
        """The state of each check of the doctor; what is worst where there are several."""
        rows = re.findall(r"^  ([a-z-]+) +(ok|note|not known|wrong)  ", self.text, re.MULTILINE)
        worst = ("ok", "note", "not known", "wrong")
        return {check: max((state for one, state in rows if one == check), key=worst.index) for check, _ in rows}


class Operator:
    """`examples`: what the documents say -> what is so here."""

    def __init__(self, aws: LocalAws, checkout: Path, transcript: Transcript) -> None:
        self.aws, self.checkout, self.transcript = aws, checkout, transcript
        organization = aws.organization
        self.region, self.management = organization.hub_region, organization.management_account
        self.examples = {"eu-west-1": self.region, "r-ab12": organization.root_id}

    def follows(
        self, page: str, command: str, account: str = "", *, also: str = "", status: int = 0, **blanks: str
    ) -> Printed:
        """Types a command of a document, which must have it word for word; `blanks`: what stands in <…>.

        `also`: options that the document names elsewhere. `status`: the exit status to expect.
        """
        command, document = _plain(command), (self.checkout / page).read_text(encoding="utf-8")
        assert command in _plain(document), f"{page} does not say: {command}"
        for example, here in self.examples.items():
            command = command.replace(example, here)
        for name, value in blanks.items():
            command = command.replace(f"<{name}>", value)
        return self.types(f"{command} {also}".strip(), account, status)

    def types_what_was_printed(self, printed: Printed) -> None:
        """The commands of `member-roles`: those that are about no StackSet are for the management account."""
        assert printed.commands()
        for command in printed.commands():
            is_of_stack_set = "stack-set" in command or "stack-instances" in command
            self.types(command, "" if is_of_stack_set else self.management)

    def types(self, command: str, account: str = "", status: int = 0) -> Printed:
        """What it printed. `account`: whose credentials, by default the hub's."""
        words = shlex.split(command)
        printed = self._aws(command, account) if words[0] == "aws" else self._process(words, account)
        who = "the management account" if account == self.management else account
        self.transcript.command(command, printed.text, printed.status, who=who)
        assert printed.status == status, f"{command} ended with {printed.status}:\n{printed.text[-3000:]}"
        return printed

    def _aws(self, command: str, account: str) -> Printed:
        """With the text of files, and with what the CLI would print."""
        whole = re.sub(r"file://(\S+)", lambda found: shlex.quote((self.checkout / found[1]).read_text()), command)
        call = typed.parse(whole)
        client = boto3.Session().client(  # type: ignore[call-overload]
            call.service,
            region_name=call.region or self.region,
            aws_access_key_id=account or self.aws.organization.hub_account,
            aws_secret_access_key="test",
            endpoint_url=self.aws.endpoint,
        )
        try:
            answer: dict[str, Any] = getattr(client, call.operation)(**call.request)
        except ClientError as error:
            return Printed(254, f"{error}\n")
        answer.pop("ResponseMetadata", None)
        return Printed(0, json.dumps(answer, indent=4, default=str) + "\n" if answer else "")

    def _process(self, words: list[str], account: str) -> Printed:
        name = next(one for one in _TYPED if words[: len(one.split())] == one.split())
        rest = words[len(name.split()) :]
        # `make` takes its variables from the command line, the program behind it from the environment.
        settings = dict(one.split("=", 1) for one in rest) if name.startswith("make") else {}
        done = subprocess.run(
            [*_TYPED[name], *([] if settings else rest)],
            cwd=self.checkout,
            env=self._environment(account) | settings,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return Printed(done.returncode, done.stdout)

    def _environment(self, account: str) -> dict[str, str]:
        """A shell with credentials and nothing else of this one that the commands could take up."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTEST", "COV_"))}
        return kept | {
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
            "PYTHONPATH": str(self.checkout / "layers" / "core"),
            "SAM_CLI_TELEMETRY": "0",
            "AWS_ENDPOINT_URL": self.aws.endpoint,
            "AWS_ACCESS_KEY_ID": account or self.aws.organization.hub_account,
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": self.region,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }


def _plain(text: str) -> str:
    """Without line breaks and their marks."""
    return " ".join(text.replace("\\\n", " ").split())


def checkout(target: Path) -> Path:
    """A fresh copy of what this repository holds now, changes included, so that nothing is built in its own folder."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    for name in listed.split("\0"):
        source = ROOT / name
        if name.startswith("tests/") or not name or not source.is_file():
            continue
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_bytes(source.read_bytes())
    return target


def earlier(commit: str, target: Path) -> Path:
    """A checkout of an earlier version, from the history of this repository."""
    archive = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=False)
    assert archive.returncode == 0, (
        f"the history of this repository does not reach back to {commit}, from which the upgrade starts; "
        "a shallow clone becomes whole with: git fetch --unshallow"
    )
    subprocess.run(["tar", "--extract"], cwd=target, input=archive.stdout, check=True)
    return target
