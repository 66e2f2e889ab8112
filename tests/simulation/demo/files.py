"""What the demo leaves in its folder: mails, report, history, calls."""

import json
from pathlib import Path

from rich.console import Console

from tests.simulation.demo.sweep import Sweep
from tests.simulation.hub.local_aws import LocalAws, Mail

HOME = Path(".demo")
# By the words of its subject.
KINDS = {
    "waiting for your decision": "approval", "left to decide": "reminder", "your code": "code",
    "is recorded": "receipt",
}  # fmt: skip


def keep_files(console: Console, aws: LocalAws, sweep: Sweep) -> None:
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
    kind = next((kind for words, kind in KINDS.items() if words in mail.subject), "summary")
    stem = f"{number:02}-{kind}-to-{mail.to[0].partition('@')[0]}"
    (folder / f"{stem}.html").write_text(mail.html, encoding="utf-8")
    (folder / f"{stem}.txt").write_text(f"To: {mail.to[0]}\nSubject: {mail.subject}\n\n{mail.text}", encoding="utf-8")
