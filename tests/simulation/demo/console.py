"""What the demo shows on the terminal."""

from rich.box import SIMPLE
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from tests.simulation.demo.sweep import Sweep, document
from tests.simulation.hub.local_aws import LocalAws


def show_coverage(console: Console, aws: LocalAws, sweep: Sweep) -> None:
    rows = document(aws, sweep, "coverage.json")
    accounts = {account["id"]: account["name"] for account in document(aws, sweep, "accounts.json")}
    table = Table(
        "Account", "Name", "Scanned", "Not scanned", "Endpoints", title="Coverage", title_justify="left", box=SIMPLE
    )
    for account in sorted({row["account"] for row in rows}):
        mine = [row for row in rows if row["account"] == account]
        wrong = [row for row in mine if row["status"] != "scanned"]
        why = Text("; ".join(sorted({f"{row['status']}: {row['reason'][:60]}" for row in wrong})))
        done = f"{len(mine) - len(wrong)} of {len(mine)}"
        table.add_row(account, Text(accounts[account]), done, why, str(sum(row["resources"] for row in mine)))
    console.print(table)


def show_idle(console: Console, aws: LocalAws, sweep: Sweep) -> None:
    items = document(aws, sweep, "plan.json")["items"]
    table = Table("Endpoint", "Account", "Region", "Owner", "Instances", title="Idle", title_justify="left", box=SIMPLE)
    table.add_column("Monthly cost", justify="right")
    for item in items:
        instances = ", ".join(f"{one['count']} × {one['type']}" for one in item["instances"])
        cost = f"${float(item['monthly_usd']):,.2f}" if item["monthly_usd"] else "unknown"
        owner = Text(item["owner"] or "–")
        table.add_row(Text(item["name"]), item["account"], item["region"], owner, instances, cost)
    console.print(table)
    known = sum(float(item["monthly_usd"]) for item in items if item["monthly_usd"])
    unknown = sum(item["monthly_usd"] is None for item in items)
    console.print(f"{len(items)} idle, ${known:,.2f} per month at list price, {unknown} with no known price.\n")


def show_outcome(console: Console, aws: LocalAws, sweep: Sweep) -> None:
    report = document(aws, sweep, "report.json")
    totals = report["totals"]
    console.print("[bold]Outcome[/bold]")
    console.print(", ".join(f"{count} {name.replace('_', ' ')}" for name, count in totals.items()))
    console.print(f"Saving: ${float(report['monthly_saving_usd']):,.2f} per month at list price.\n")


def progress(console: Console) -> Progress:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    return Progress(*columns, console=console, disable=False)
