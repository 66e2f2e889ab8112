"""`make demo`: a whole sweep of a simulated Organization on this machine, from deployment to the summary mail.

The template is built and deployed by SAM into a local AWS; nothing in the product knows that it is not AWS.
On a terminal, a person decides on the page. Otherwise, or with APPROVE=all|none|some, the demo uses the page over HTTP.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from types import FrameType

from rich.console import Console

from tests.simulation.demo.console import progress, show_coverage, show_idle, show_outcome
from tests.simulation.demo.files import HOME, keep_files
from tests.simulation.demo.proof import prove
from tests.simulation.demo.sweep import (
    APPROVER,
    SECOND_APPROVER,
    DemoError,
    Sweep,
    decision,
    document,
    keys,
    links,
    raise_if_ended,
    status,
)
from tests.simulation.hub.approver import Approver, PageError
from tests.simulation.hub.local_aws import LocalAws, LocalAwsError

# What differs from the template's defaults, and why it may here.
PARAMETERS = {
    "Mode": "approve",
    "Approvers": f"{APPROVER},{SECOND_APPROVER}",
    # One of eight accounts has no role and one region is closed, which is a large share of so few accounts.
    "MinCoveragePercent": "75",
    # So that APPROVE=all is possible.
    "MaxDeletesPerSweep": "200",
    "MaxDeletesPerAccount": "100",
    "MaxDeletePercentOfAccount": "100",
    # One person is enough to show everything.
    "TwoApproversAboveEndpoints": "1000",
    "TwoApproversAboveUsd": "10000000",
    # A simulated endpoint is gone after a second, a real one after minutes.
    "GoneCheckSeconds": "1",
    # As many as this machine can use.
    "ScanConcurrency": "4",
    # No one wants to wait a quarter of an hour during which everything could still be kept.
    "GraceMinutes": "0",
    # So that the demo ends by itself if no one answers.
    "ApprovalTtlMinutes": "60",
    "WaitSliceSeconds": "600",
}
CHOICES = ("all", "none", "some")


def main() -> int:
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 150)
    signal.signal(signal.SIGTERM, _terminate)
    try:
        _demo(console)
    except KeyboardInterrupt:
        console.print("\nStopped.")
        return 130
    except (LocalAwsError, DemoError, PageError) as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    return 0


def _terminate(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _demo(console: Console) -> None:
    choice = _choice()
    port = os.environ.get("PORT", "")
    if port and not port.isdecimal():
        raise DemoError("PORT must be a number, the port that the local AWS listens on")
    started = time.monotonic()
    with LocalAws(
        HOME / "aws", port=int(port) if port else None, progress=lambda phase: console.print(f"[dim]· {phase}[/dim]")
    ) as aws:
        outputs = aws.deploy(**PARAMETERS)  # type: ignore[arg-type]
        aws.allow_deletions()
        console.print(f"[dim]· Deployed after {time.monotonic() - started:.0f} s[/dim]")
        before = aws.snapshot()
        sweep = _start(aws, outputs)
        console.print(f"\n[bold]Sweep {sweep.id}[/bold]")
        link = _follow_scan(console, aws, sweep)
        show_coverage(console, aws, sweep)
        show_idle(console, aws, sweep)
        approved = _decide(console, aws, sweep, link, choice)
        _wait_for_end(console, aws, sweep, len(approved))
        show_outcome(console, aws, sweep)
        prove(console, before, aws.snapshot(), approved)
        keep_files(console, aws, sweep)
        console.print(f"[dim]· Done after {time.monotonic() - started:.0f} s[/dim]")
        if sys.stdin.isatty() and choice is None:
            console.print(f"The local AWS still answers at {aws.endpoint}. Press Enter to stop it.")
            with suppress(EOFError):
                input()


def _choice() -> str | None:
    """None if a person decides on the page."""
    given = os.environ.get("APPROVE", "")
    if given and given not in CHOICES:
        raise DemoError(f"APPROVE must be one of {', '.join(CHOICES)}")
    if given:
        return given
    return None if sys.stdin.isatty() and sys.stdout.isatty() else "some"


def _start(aws: LocalAws, outputs: dict[str, str]) -> Sweep:
    name = f"{datetime.now(UTC):%Y-%m-%dT%H-%MZ}-demo"
    # StackSets skip the management account, so it has no scan role.
    asked = {
        "mode": "approve",
        "requested_by": "demo@example.com",
        "exclude_accounts": [aws.organization.management_account],
    }
    started = aws.client("stepfunctions").start_execution(
        stateMachineArn=outputs["StateMachineArn"], name=name, input=json.dumps(asked)
    )
    return Sweep(name, started["executionArn"], outputs["BucketName"])


def _follow_scan(console: Console, aws: LocalAws, sweep: Sweep) -> str:
    """Shows how many accounts and regions are done until the approval mail arrives; returns its link."""
    with progress(console) as bar:
        task = bar.add_task("Scanning", total=None)
        while True:
            raise_if_ended(aws, sweep)
            if bar.tasks[task].total is None and (cells := document(aws, sweep, "expected.json")):
                bar.update(task, total=len(cells))
            bar.update(task, completed=len(keys(aws, sweep, "cells/")))
            if found := links(aws):
                if total := bar.tasks[task].total:
                    bar.update(task, completed=total)
                return found[APPROVER]
            time.sleep(0.3)


def _decide(console: Console, aws: LocalAws, sweep: Sweep, link: str, choice: str | None) -> set[str]:
    """Returns the approved ids as the page recorded them."""
    console.print(f"The approver's link:\n{link}\n")
    if choice is None:
        console.print("Open it in a browser on this machine and decide. Waiting …")
        while (decided := decision(aws, sweep)) is None:
            raise_if_ended(aws, sweep)
            time.sleep(0.5)
        return decided
    step = {"all": 1, "some": 2}.get(choice)

    def choose(offered: Sequence[str]) -> Sequence[str]:
        return offered[::step] if step else ()

    Approver(link, lambda: [mail.text for mail in aws.mails() if APPROVER in mail.to]).decide(choose)
    decided = decision(aws, sweep)
    if decided is None:
        raise DemoError("the page accepted a decision, but none was recorded")
    console.print(f"Decided through the page (APPROVE={choice}): {len(decided)} to be deleted.\n")
    return decided


def _wait_for_end(console: Console, aws: LocalAws, sweep: Sweep, approved: int) -> None:
    table = aws.outputs()["TableName"]
    with progress(console) as bar:
        task = bar.add_task("Applying", total=approved)
        while (ended := status(aws, sweep)) == "RUNNING":
            items = aws.client("dynamodb").get_paginator("scan").paginate(TableName=table).search("Items[]")
            final = [i for i in items if i["sk"]["S"].startswith("OUTCOME#") and i["status"]["S"] != "sent"]
            bar.update(task, completed=len(final))
            time.sleep(0.5)
        bar.update(task, completed=approved)
    if ended != "SUCCEEDED":
        raise DemoError(f"the sweep ended as {ended}")


if __name__ == "__main__":
    sys.exit(main())
