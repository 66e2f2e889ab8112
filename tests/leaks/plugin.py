"""Every run of pytest listens, and searches at its end. What it finds fails the run.

Each worker of a parallel run writes its own files; the process that the person started searches them all.
"""

import shutil
import tempfile
from collections.abc import Generator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.leaks.listening import listening
from tests.leaks.search import Found, search
from tests.leaks.spool import KINDS, Spool

LEAST_BYTES = 50_000_000  # what a whole run has to look at (P4)


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Leaks(config), "leaks")


class Leaks:
    """The run's spool: kept where this process runs tests, searched where this process was started by a person."""

    def __init__(self, config: pytest.Config) -> None:
        self._config, self._stack = config, ExitStack()
        worker: dict[str, Any] = getattr(config, "workerinput", {})
        self._is_worker = bool(worker)
        self._folder = Path(worker["leaks"] if worker else tempfile.mkdtemp(prefix="leaks-"))
        self._spool = Spool(self._folder, worker.get("workerid", "main"))
        self._stack.callback(self._spool.close)
        self._said: list[str] = []

    def unheard(self) -> AbstractContextManager[None]:
        """For tests that leak on purpose."""
        return self._spool.unheard()

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """A worker is told where to write."""
        node.workerinput["leaks"] = str(self._folder)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        self._stack.enter_context(listening(self._spool))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """What tests print, and what the product prints in them."""
        report = yield
        for name, text in report.sections:
            self._spool.keep(name, text)
        return report

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        self._stack.close()
        if self._is_worker:
            return
        found = search(self._folder)
        shutil.rmtree(self._folder, ignore_errors=True)
        whole = is_whole(self._config) and session.exitstatus == pytest.ExitCode.OK
        self._said = [str(found), *sorted(set(found.leaks)), *(too_little(found) if whole else ())]
        if len(self._said) > 1 and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for line in self._said:
            terminalreporter.write_line(line, red=len(self._said) > 1)


def is_whole(config: pytest.Config) -> bool:
    """Whether nothing was left out."""
    option = config.option
    left_out = ("keyword", "markexpr", "deselect", "ignore", "ignore_glob", "collectonly", "lf", "stepwise")
    some = any(getattr(option, name, None) for name in left_out)
    return config.args_source is pytest.Config.ArgsSource.TESTPATHS and not some


def too_little(found: Found) -> list[str]:
    """A whole run that hardly looked says nothing."""
    said = [f"no {kind} was minted in the whole run" for kind in KINDS if not found.minted[kind]]
    if found.searched < LEAST_BYTES:
        said.append(f"less than {LEAST_BYTES / 1e6:.0f} MB were searched in the whole run")
    return said
