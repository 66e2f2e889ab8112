"""`make docs`: writes into docs/deploy.md what the stack costs a month, from list prices and the template.

Prices are those of us-east-1, without free tiers (D16.3 to D16.5).
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cfnlint.decode import decode

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "deploy.md"
START, END = "<!-- running cost -->\n", "<!-- end of running cost -->"
SIZES = (10, 100, 1_000)

# What is assumed; docs/deploy.md says so.
SWEEPS = 52 / 12
REGIONS, ENDPOINTS = 17, 17  # in an account
METRICS = 20  # that are read for each endpoint
SCAN_SECONDS, SCAN_GB = 3, 1.0
OTHER_SECONDS, OTHER_GB, OTHER_CALLS = 600, 1.0, 1_000  # of a sweep: everything but scanning
STEPS_OF_A_CELL = 3  # its child execution, Scan cell, Cell scanned (D16.2)
STEPS_OF_A_SWEEP = 1_000  # hourly looks for three days, 25 deletions
EMAILS, PAGES = 50, 10  # of a sweep; pages of Cost Explorer
KILOBYTES_KEPT, KILOBYTES_LOGGED = 5, 8  # of a cell
MONTHS_KEPT = 12
# Published every hour, so they count all the time: what the filters find, and SweepOverdue.
OTHER_METRICS = 1

GB_SECOND, CALL = 0.0000133334, 0.20 / 1_000_000  # Lambda on arm64
TRANSITION = 0.025 / 1_000
KEY, KEY_REQUEST = 1.00, 0.03 / 10_000
ALARM, DASHBOARD, CUSTOM_METRIC, METRIC_READ = 0.10, 3.00, 0.30, 0.01 / 1_000
LOGGED_GB, TRACE = 0.50, 5.00 / 1_000_000
PUT, GET, STORED_GB = 0.005 / 1_000, 0.0004 / 1_000, 0.023
EMAIL, PAGE = 0.10 / 1_000, 0.01
KB_OF_A_GB = 1_000_000


def counted(template: Mapping[str, Any], kind: str) -> int:
    """How many resources of this type the stack has."""
    return sum(resource["Type"] == kind for resource in template["Resources"].values())


def monthly(template: Mapping[str, Any], accounts: int) -> dict[str, float]:
    """US dollars by what is paid for."""
    cells, endpoints = accounts * REGIONS * SWEEPS, accounts * ENDPOINTS * SWEEPS
    keys, alarms = counted(template, "AWS::KMS::Key"), counted(template, "AWS::CloudWatch::Alarm")
    dashboards = counted(template, "AWS::CloudWatch::Dashboard")
    metrics = counted(template, "AWS::Logs::MetricFilter") + OTHER_METRICS
    compute = cells * SCAN_SECONDS * SCAN_GB + SWEEPS * OTHER_SECONDS * OTHER_GB
    return {
        f"{keys} KMS keys": keys * KEY + cells * KEY_REQUEST,
        f"{alarms} alarms": alarms * ALARM,
        f"{metrics} metrics": metrics * CUSTOM_METRIC,
        f"{dashboards} dashboard": dashboards * DASHBOARD,
        "Step Functions": (cells * STEPS_OF_A_CELL + SWEEPS * STEPS_OF_A_SWEEP) * TRANSITION,
        "Lambda": compute * GB_SECOND + (cells + SWEEPS * OTHER_CALLS) * CALL,
        "Logs and traces": cells * (KILOBYTES_LOGGED / KB_OF_A_GB * LOGGED_GB + TRACE),
        "S3": cells * (PUT + GET + MONTHS_KEPT * KILOBYTES_KEPT / KB_OF_A_GB * STORED_GB),
        "SES and Cost Explorer": SWEEPS * (EMAILS * EMAIL + PAGES * PAGE),
        "GetMetricData, billed to the member accounts": endpoints * METRICS * METRIC_READ,
    }


def table() -> str:
    template, _ = decode(str(ROOT / "template.yaml"))
    columns = [monthly(template, accounts) for accounts in SIZES]
    head = [
        "| USD a month | " + " | ".join(f"{size:,} accounts" for size in SIZES) + " |",
        "|---|" + "---:|" * len(SIZES),
    ]
    rows = [f"| {name} | " + " | ".join(f"{column[name]:.2f}" for column in columns) + " |" for name in columns[0]]
    total = "| **Sum** | " + " | ".join(f"**{sum(column.values()):.0f}**" for column in columns) + " |"
    return "\n".join([*head, *rows, total]) + "\n"


def page(text: str) -> str:
    """The document with the table of today. Raises ValueError if it has no place for it."""
    before, rest = text.split(START)
    _, after = rest.split(END)
    return before + START + table() + END + after


def main() -> int:
    DOCUMENT.write_text(page(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
