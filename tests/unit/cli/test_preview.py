"""`endpoint-sweep preview`: every email and page, without AWS."""

from pathlib import Path

import pytest

from endpoint_sweep.cli import main
from endpoint_sweep.cli.preview.samples import SCENARIOS

ASKED = {f"{name}-mail.{kind}" for name in ("approval", "reminder", "code", "receipt") for kind in ("html", "txt")}
ASKED |= {"review-page.html", "confirm-page.html", "recorded-page.html"}
ALWAYS = {f"{name}-mail.{kind}" for name in ("summary", "watchdog", "overdue") for kind in ("html", "txt")}
ALWAYS |= {"report.html", "report.csv"}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_file_of_a_scenario(scenario: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a sweep of this kind sends and shows; the same in each run. No client of AWS is made."""
    monkeypatch.setattr("boto3.Session.client", None)
    for folder in ("one", "other"):
        assert main(["preview", "--scenario", scenario, "--output", str(tmp_path / folder)]) == 0
    files = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "one").iterdir()}
    assert files == {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "other").iterdir()}
    one = SCENARIOS[scenario]
    assert files.keys() == ALWAYS | (ASKED if one.asked else set())
    assert files["report.html"].count('<th scope="row" class="wide">') == one.idle + 2


@pytest.mark.parametrize(
    ("scenario", "words"),
    [
        ("usual", "4 endpoints deleted, $"),
        ("nothing", "No endpoint is idle."),
        ("report", "Report: 52 idle endpoints, $"),
        ("gaps", "75% of accounts and regions scanned.\n4 endpoints deleted"),
        ("not-asked", "No one was asked: 75% was scanned and 90% is needed; 52 idle"),
        ("no-answer", "No one responded: 52 idle"),
        ("in-part", "1 of 4 approved endpoints deleted, $"),
        ("all-failed", "4 of 4 approved deletions failed."),
        ("failed", "The sweep failed."),
    ],
)
def test_how_it_went_is_said_first(scenario: str, words: str, tmp_path: Path) -> None:
    assert main(["preview", "--scenario", scenario, "--output", str(tmp_path)]) == 0
    assert (tmp_path / "summary-mail.txt").read_text(encoding="utf-8").startswith(words)


def test_what_is_open_in_the_browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    assert main(["preview", "--output", str(tmp_path / "a"), "--open"]) == 0
    assert main(["preview", "--scenario", "report", "--output", str(tmp_path / "b"), "--open"]) == 0
    assert [one.rpartition("/")[2] for one in opened] == ["review-page.html", "report.html"]


def test_bad_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In one line, with what there is; nothing is written."""
    file = tmp_path / "file"
    file.write_text("")
    assert main(["preview", "--scenario", "x"]) == 2
    assert "--scenario must be one of usual, nothing, one" in capsys.readouterr().err
    assert main(["preview", "--output", str(file)]) == 2
    assert "--output must be a folder" in capsys.readouterr().err
