"""The command line."""

import pytest

from endpoint_sweep import __version__
from endpoint_sweep.cli import main


def test_without_arguments_it_helps(capsys: pytest.CaptureFixture[str]) -> None:
    """And says that this was no command."""
    assert main([]) == 2
    assert "endpoint-sweep" in capsys.readouterr().out


def test_it_tells_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    """`--version`."""
    assert (main(["--version"]), capsys.readouterr().out.strip()) == (0, f"endpoint-sweep {__version__}")


def test_it_explains_its_commands(capsys: pytest.CaptureFixture[str]) -> None:
    """`--help` is no error, and no AWS call."""
    assert main(["scan", "--help"]) == 0
    told = capsys.readouterr().out
    assert {"--organization", "--accounts", "--regions", "--lookback-days", "--format", "--output"} <= set(told.split())


def test_an_unknown_option_is_bad_usage() -> None:
    """Exit status 2."""
    assert main(["--nonsense"]) == 2
    assert main(["scna"]) == 2
