"""What people see of an error: one line that names the command, and the exit status."""

import pytest

from endpoint_sweep.cli import main, scan
from endpoint_sweep.domain.errors import CellFailed, InputRejected, RestoreFailed, UsageError


@pytest.fixture
def fails(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> BaseException:
    """The scan of this process raises it."""
    error: BaseException = request.param

    def look(*_: object) -> None:
        raise error

    monkeypatch.setattr(scan, "look", look)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    return error


@pytest.mark.parametrize(
    ("fails", "status", "text"),
    [
        (UsageError("--x must be y"), 2, "--x must be y"),
        (InputRejected("E_UNIT: no such unit"), 2, "E_UNIT: no such unit"),
        (RestoreFailed("it is there already"), 1, "it is there already"),
        (CellFailed("no credentials"), 1, "no credentials"),
        (OSError(28, "No space left on device"), 1, "[Errno 28] No space left on device"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (CellFailed("first\nsecond \x1b[2Jthird"), 1, "first second [2Jthird"),
    ],
    indirect=["fails"],
    ids=["usage", "input", "restore", "cell", "file", "interrupt", "hostile"],
)
@pytest.mark.usefixtures("fails")
def test_an_error_is_one_line(capsys: pytest.CaptureFixture[str], status: int, text: str) -> None:
    """On standard error, with the command's name and without a stack trace; control characters are gone."""
    assert main(["scan"]) == status
    assert capsys.readouterr() == ("", f"endpoint-sweep scan: {text}\n")


@pytest.mark.parametrize("fails", [KeyError("secret")], indirect=True)
@pytest.mark.usefixtures("fails")
def test_a_surprise_is_called_a_bug(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """One line that says what to do; the stack trace only for those who ask for it."""
    monkeypatch.delenv("ENDPOINT_SWEEP_DEBUG", raising=False)
    assert main(["scan"]) == 1
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith("endpoint-sweep scan: this is a bug (KeyError). Please open an issue")
    assert "ENDPOINT_SWEEP_DEBUG=1" in err
    assert "secret" not in err
    monkeypatch.setenv("ENDPOINT_SWEEP_DEBUG", "1")
    assert main(["scan"]) == 1
    told = capsys.readouterr().err
    assert told.startswith("Traceback (most recent call last):")
    assert "KeyError: 'secret'\nendpoint-sweep scan: this is a bug" in told
