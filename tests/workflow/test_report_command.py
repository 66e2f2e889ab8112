"""`endpoint-sweep report` and `endpoint-sweep sweeps`: what a sweep left behind, by its name or as the latest."""

import json
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from endpoint_sweep.aws import written_report
from endpoint_sweep.aws.sessions import Sessions
from endpoint_sweep.cli import main
from endpoint_sweep.domain.errors import UsageError
from tests.judging.stage import Stage
from tests.simulation.hub.resources import BUCKET, STACK, TABLE
from tests.workflow.conftest import OpenStage

type Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Status, output and errors of a command that is started in an empty folder."""
    outputs = {"BucketName": BUCKET, "TableName": TABLE}

    def output_of(_sessions: Sessions, stack: str, name: str) -> str:
        if stack != STACK:
            raise UsageError(f"the stack {stack} has no output {name}; name the hub's stack with --stack")
        return outputs[name]

    monkeypatch.setattr(written_report, "output_of", output_of)
    monkeypatch.chdir(tmp_path)

    def called(stage: Stage, *arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = main([*arguments, "--region", stage.hub.region, "--stack", STACK])
        return status, *capsys.readouterr()

    return called


def test_the_latest_is_fetched_and_all_are_listed(stage_of: OpenStage, run: Run, tmp_path: Path) -> None:
    """Each format by name and by default, as the bucket has it; the newest sweep stands first."""
    stage = stage_of("small")
    assert run(stage, "report")[::2] == (2, f"endpoint-sweep report: no sweep of the stack {STACK} has ended yet\n")
    first, second = stage.decided(), stage.decided("resnet-demo")
    status, out, _ = run(stage, "report", "--format", "json")
    assert (status, out) == (0, f"{second}.json\n")
    found: dict[str, Any] = json.loads((tmp_path / f"{second}.json").read_text(encoding="utf-8"))
    assert found == stage.report(second)
    status, out, _ = run(stage, "report", second, "--output", "a.html")
    assert (status, out) == (0, "a.html\n")
    assert "1 endpoint deleted" in (tmp_path / "a.html").read_text(encoding="utf-8")
    assert run(stage, "report", first, "--format", "csv")[0] == 0
    assert "resnet-demo" in (tmp_path / f"{first}.csv").read_text(encoding="utf-8-sig")
    listed = run(stage, "sweeps")[1]
    assert listed.index(second) < listed.index(first)
    rows = json.loads(run(stage, "sweeps", "--format", "json", "--most", "1")[1])
    assert [(row["sweep_id"], row["deleted"], row["ending"]) for row in rows] == [(second, 1, "gaps")]


def test_what_cannot_be_fetched_says_what_to_do(stage_of: OpenStage, run: Run, tmp_path: Path) -> None:
    """One line, status 2, and no file."""
    stage = stage_of("small")
    for arguments, words in (
        (("report", "2020-01-01"), "there is no report.html of a sweep 2020-01-01; `endpoint-sweep sweeps` lists"),
        (("report", "../x"), "SWEEP must be the name of a sweep"),
        (("report", "--output", "nowhere/a.html"), "the folder nowhere does not exist"),
        (("sweeps", "--most", "0"), "--most must be at least 1"),
    ):
        status, _, errors = run(stage, *arguments)
        assert (status, words in errors, errors.count("\n")) == (2, True, 1), errors
    assert list(tmp_path.iterdir()) == []


def test_a_name_in_the_ledger_becomes_no_path(stage_of: OpenStage, run: Run) -> None:
    """Whoever can write to the table could put anything there."""
    stage = stage_of("small")
    item = {
        "pk": {"S": "LEDGER"},
        "sk": {"S": "../../etc/x"},
        "document": {"S": '{"at": "2099"}'},
        "version": {"N": "1"},
    }
    stage.hub.client("dynamodb").put_item(TableName=TABLE, Item=item)
    assert run(stage, "report")[0] == 2


def test_the_file_is_opened_in_the_browser(stage_of: OpenStage, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    stage, opened = stage_of("small"), list[str]()
    monkeypatch.setattr(webbrowser, "open", opened.append)
    sweep = stage.decided()
    assert run(stage, "report", "--open")[0] == 0
    assert [address.rpartition("/")[2] for address in opened] == [f"{sweep}.html"]
