"""`make demo`: a whole sweep of a simulated Organization on this machine, from deployment to the summary mail.

The template is built and deployed by SAM into a local AWS; nothing in the product knows that it is not AWS.
On a terminal a person decides on the page; else, or with APPROVE=all|none|some, the page is used over HTTP.
"""

import json
import os
import re
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from tests.simulation.approver import Approver, PageError
from tests.simulation.local_aws import LocalAws, LocalAwsError, Mail

APPROVER = "ada.approver@example.com"
SECOND_APPROVER = "grace.approver@example.com"
HOME = Path(".demo")
# What differs from the template's defaults, and why it may here.
PARAMETERS = {
    "Mode": "approve",
    "Approvers": f"{APPROVER},{SECOND_APPROVER}",
    # One of eight accounts has no role and one region is closed: with few accounts that is a large share.
    "MinCoveragePercent": "75",
    # APPROVE=all is to be possible.
    "MaxDeletesPerSweep": "200",
    "MaxDeletesPerAccount": "100",
    "MaxDeletePercentOfAccount": "100",
    # A simulated endpoint is gone after a second, a real one after minutes.
    "GoneCheckSeconds": "1",
    # As many as this machine has use for.
    "ScanConcurrency": "4",
    # So that the demo ends by itself where nobody answers.
    "ApprovalTtlMinutes": "60",
}
CHOICES = ("all", "none", "some")


class DemoError(Exception):
    """The demo did not do what it claims, in one line."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """One execution under way."""

    id: str
    arn: str
    bucket: str


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
        outputs = aws.deploy(**PARAMETERS)
        console.print(f"[dim]· Deployed after {time.monotonic() - started:.0f} s[/dim]")
        before = aws.snapshot()
        sweep = _start(aws, outputs)
        console.print(f"\n[bold]Sweep {sweep.id}[/bold]")
        link = _follow_scan(console, aws, sweep)
        _show_coverage(console, aws, sweep)
        _show_idle(console, aws, sweep)
        approved = _decide(console, aws, sweep, link, choice)
        _wait_for_end(console, aws, sweep, len(approved))
        _show_outcome(console, aws, sweep)
        _prove(console, before, aws.snapshot(), approved)
        _keep_files(console, aws, sweep)
        console.print(f"[dim]· Done after {time.monotonic() - started:.0f} s[/dim]")
        if sys.stdin.isatty() and choice is None:
            console.print(f"The local AWS still answers at {aws.endpoint}. Press Enter to stop it.")
            with suppress(EOFError):
                input()


def _choice() -> str | None:
    """None: a person decides on the page."""
    given = os.environ.get("APPROVE", "")
    if given and given not in CHOICES:
        raise DemoError(f"APPROVE must be one of {', '.join(CHOICES)}")
    if given:
        return given
    return None if sys.stdin.isatty() and sys.stdout.isatty() else "some"


def _start(aws: LocalAws, outputs: dict[str, str]) -> Sweep:
    name = f"{datetime.now(UTC):%Y-%m-%dT%H-%MZ}-demo"
    # StackSets leave the management account out, so it has no scan role.
    asked = {"mode": "approve", "exclude_accounts": [aws.organization.management_account]}
    started = aws.client("stepfunctions").start_execution(
        stateMachineArn=outputs["StateMachineArn"], name=name, input=json.dumps(asked)
    )
    return Sweep(name, started["executionArn"], outputs["BucketName"])


def _follow_scan(console: Console, aws: LocalAws, sweep: Sweep) -> str:
    """Shows cells done of all until the approval mail is there; its link."""
    with _progress(console) as progress:
        task = progress.add_task("Scanning", total=None)
        while True:
            _raise_if_ended(aws, sweep)
            if progress.tasks[task].total is None and (cells := _document(aws, sweep, "expected.json")):
                progress.update(task, total=len(cells))
            progress.update(task, completed=len(_keys(aws, sweep, "cells/")))
            if links := _links(aws):
                if total := progress.tasks[task].total:
                    progress.update(task, completed=total)
                return links[APPROVER]
            time.sleep(0.3)


def _links(aws: LocalAws) -> dict[str, str]:
    pattern = re.compile(re.escape(aws.page_url()) + r"/a/[0-9a-f]+\?k=[\w-]+")
    found = {mail.to[0]: pattern.findall(mail.text) for mail in aws.mails()}
    links = {to: links[0] for to, links in found.items() if links}
    return links if APPROVER in links else {}


def _show_coverage(console: Console, aws: LocalAws, sweep: Sweep) -> None:
    rows = [_document(aws, sweep, key) for key in _keys(aws, sweep, "cells/")]
    accounts = {account["id"]: account["name"] for account in _document(aws, sweep, "accounts.json")}
    table = Table("Account", "Name", "Scanned", "Not scanned", "Endpoints", title="Coverage", title_justify="left", box=SIMPLE)
    for account in sorted({row["account"] for row in rows}):
        mine = [row for row in rows if row["account"] == account]
        wrong = [row for row in mine if row["status"] != "scanned"]
        why = Text("; ".join(sorted({f"{row['status']}: {row['reason'][:60]}" for row in wrong})))
        done = f"{len(mine) - len(wrong)} of {len(mine)}"
        table.add_row(account, Text(accounts[account]), done, why, str(sum(row["endpoints"] for row in mine)))
    console.print(table)


def _show_idle(console: Console, aws: LocalAws, sweep: Sweep) -> None:
    items = _document(aws, sweep, "plan.json")["items"]
    table = Table("Endpoint", "Account", "Region", "Owner", "Instances", title="Idle", title_justify="left", box=SIMPLE)
    table.add_column("A month", justify="right")
    for item in items:
        instances = ", ".join(f"{one['count']} × {one['type']}" for one in item["instances"])
        cost = f"${float(item['monthly_usd']):,.2f}" if item["monthly_usd"] else "unknown"
        owner = Text(item["owner"] or "–")
        table.add_row(Text(item["endpoint"]), item["account"], item["region"], owner, instances, cost)
    console.print(table)
    known = sum(float(item["monthly_usd"]) for item in items if item["monthly_usd"])
    unknown = sum(item["monthly_usd"] is None for item in items)
    console.print(f"{len(items)} idle, ${known:,.2f} a month at list price, {unknown} without a known price.\n")


def _decide(console: Console, aws: LocalAws, sweep: Sweep, link: str, choice: str | None) -> set[str]:
    """The ids that were approved, as the page recorded them."""
    console.print(f"The approver's link:\n{link}\n")
    if choice is None:
        console.print("Open it in a browser on this machine and decide. Waiting …")
        while (decision := _decision(aws, sweep)) is None:
            _raise_if_ended(aws, sweep)
            time.sleep(0.5)
        return decision
    pick = {"all": lambda ids: ids, "none": lambda _: [], "some": lambda ids: ids[::2]}[choice]

    def choose(offered: Sequence[str]) -> Sequence[str]:
        return list(pick(offered))

    Approver(link).decide(choose)
    decision = _decision(aws, sweep)
    if decision is None:
        raise DemoError("the page accepted a decision, but none was recorded")
    console.print(f"Decided through the page (APPROVE={choice}): {len(decision)} to be deleted.\n")
    return decision


def _decision(aws: LocalAws, sweep: Sweep) -> set[str] | None:
    table = aws.outputs()["TableName"]
    pages = aws.client("dynamodb").get_paginator("scan").paginate(TableName=table)
    for item in pages.search("Items[?sk.S == 'RECORD']"):
        record = json.loads(item["document"]["S"])
        if record["sweep_id"] == sweep.id and record["decision"]:
            return {f"{one['account']}/{one['region']}/{one['endpoint']}" for one in record["decision"]["selected"]}
    return None


def _wait_for_end(console: Console, aws: LocalAws, sweep: Sweep, approved: int) -> None:
    table = aws.outputs()["TableName"]
    with _progress(console) as progress:
        task = progress.add_task("Applying", total=approved)
        while (status := _status(aws, sweep)) == "RUNNING":
            items = aws.client("dynamodb").get_paginator("scan").paginate(TableName=table).search("Items[]")
            final = [i for i in items if i["sk"]["S"].startswith("OUTCOME#") and i["status"]["S"] != "deleting"]
            progress.update(task, completed=len(final))
            time.sleep(0.5)
        progress.update(task, completed=approved)
    if status != "SUCCEEDED":
        raise DemoError(f"the sweep ended as {status}")


def _show_outcome(console: Console, aws: LocalAws, sweep: Sweep) -> None:
    report = _document(aws, sweep, "report.json")
    totals = report["totals"]
    console.print("[bold]Outcome[/bold]")
    console.print(", ".join(f"{count} {name.replace('_', ' ')}" for name, count in totals.items()))
    console.print(f"Saving: ${float(report['monthly_saving_usd']):,.2f} a month at list price.\n")


def _prove(console: Console, before: dict[str, Any], after: dict[str, Any], approved: set[str]) -> None:
    """Exactly the approved endpoints are gone; everything else in every member account is as it was."""
    gone, changed = _difference(before, after)
    if gone != approved or changed:
        raise DemoError(f"not as approved: gone {sorted(gone ^ approved)[:5]}, changed {sorted(changed)[:5]}")
    left = sum(len(cell["endpoints"]) for regions in after.values() for cell in regions.values())
    console.print(
        f"Compared the whole world before and after: exactly the {len(gone)} approved endpoints are gone, "
        f"{left} are left, and nothing else in any member account changed.\n"
    )


def _difference(before: dict[str, Any], after: dict[str, Any]) -> tuple[set[str], set[str]]:
    """Endpoints that are gone, and paths of everything else that differs."""
    gone, changed = set(), set()
    for account in before.keys() | after.keys():
        for region in before.get(account, {}).keys() | after.get(account, {}).keys():
            old, new = before.get(account, {}).get(region, {}), after.get(account, {}).get(region, {})
            removed = old.get("endpoints", {}).keys() - new.get("endpoints", {}).keys()
            gone |= {f"{account}/{region}/{name}" for name in removed}
            for kind in old.keys() | new.keys():
                for name in old.get(kind, {}).keys() | new.get(kind, {}).keys():
                    if _belongs_to(kind, name, removed):
                        continue
                    if old.get(kind, {}).get(name) != new.get(kind, {}).get(name):
                        changed.add(f"{account}/{region}/{kind}/{name}")
    return gone, changed


def _belongs_to(kind: str, name: str, removed: set[str]) -> bool:
    """An endpoint that is gone, and the scalable targets that SageMaker deregisters with it (D3.5)."""
    if kind == "endpoints":
        return name in removed
    return kind == "scalable_targets" and any(name.startswith(f"endpoint/{one}/") for one in removed)


def _keep_files(console: Console, aws: LocalAws, sweep: Sweep) -> None:
    mails = HOME / "mails"
    mails.mkdir(parents=True, exist_ok=True)
    for old in mails.iterdir():
        old.unlink()
    for number, mail in enumerate(aws.mails(), 1):
        _keep_mail(mails, number, mail)
    for name in ("report.html", "report.csv", "report.json"):
        key = f"sweeps/{sweep.id}/{name}"
        body = aws.client("s3").get_object(Bucket=sweep.bucket, Key=key)["Body"].read()
        (HOME / name).write_bytes(body)
    history = aws.client("stepfunctions").get_execution_history(executionArn=sweep.arn, maxResults=1000)["events"]
    (HOME / "execution-history.json").write_text(json.dumps(history, indent=1, default=str))
    console.print(f"Mails: {mails}/    Report: {HOME}/report.html, report.csv, report.json")
    console.print(f"Every call to AWS with its caller and IAM decision: {aws.call_log.relative_to(Path.cwd())}")
    console.print(f"The execution's history, as the Step Functions console shows it: {HOME}/execution-history.json")
    entered = [event["stateEnteredEventDetails"]["name"] for event in history if "stateEnteredEventDetails" in event]
    console.print(f"Its states: {' → '.join(entered)}")


def _keep_mail(folder: Path, number: int, mail: Mail) -> None:
    kind = "approval" if "decision" in mail.subject else "summary"
    stem = f"{number:02}-{kind}-to-{mail.to[0].partition('@')[0]}"
    (folder / f"{stem}.html").write_text(mail.html, encoding="utf-8")
    (folder / f"{stem}.txt").write_text(f"To: {mail.to[0]}\nSubject: {mail.subject}\n\n{mail.text}", encoding="utf-8")


def _status(aws: LocalAws, sweep: Sweep) -> str:
    return str(aws.client("stepfunctions").describe_execution(executionArn=sweep.arn)["status"])


def _raise_if_ended(aws: LocalAws, sweep: Sweep) -> None:
    status = _status(aws, sweep)
    if status != "RUNNING":
        told = _document(aws, sweep, "failure.json") or {"error": "no approval was asked for", "reason": ""}
        raise DemoError(f"the sweep ended as {status}: {told['error']} {told['reason']}; see {aws.gateway_log}")


def _keys(aws: LocalAws, sweep: Sweep, prefix: str) -> list[str]:
    folder = f"sweeps/{sweep.id}/"
    pages = aws.client("s3").get_paginator("list_objects_v2").paginate(Bucket=sweep.bucket, Prefix=folder + prefix)
    return [key.removeprefix(folder) for key in pages.search("Contents[].Key") if key]


def _document(aws: LocalAws, sweep: Sweep, name: str) -> Any:
    s3 = aws.client("s3")
    try:
        return json.loads(s3.get_object(Bucket=sweep.bucket, Key=f"sweeps/{sweep.id}/{name}")["Body"].read())
    except s3.exceptions.NoSuchKey:
        return None


def _progress(console: Console) -> Progress:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console, disable=False)


if __name__ == "__main__":
    sys.exit(main())
