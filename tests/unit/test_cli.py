"""The command line."""

import pytest

from endpoint_sweep import __version__
from endpoint_sweep.cli import main


def test_without_arguments_it_helps(capsys: pytest.CaptureFixture[str]) -> None:
    """And exits 0."""
    assert main([]) == 0
    assert "endpoint-sweep" in capsys.readouterr().out


def test_it_tells_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    """`--version`."""
    with pytest.raises(SystemExit) as done:
        main(["--version"])
    assert (done.value.code, capsys.readouterr().out.strip()) == (0, f"endpoint-sweep {__version__}")


def test_an_unknown_option_is_bad_usage() -> None:
    """Exit status 2."""
    with pytest.raises(SystemExit) as done:
        main(["--nonsense"])
    assert done.value.code == 2
