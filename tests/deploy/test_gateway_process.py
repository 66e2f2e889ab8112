"""The gateway is a good neighbour: it says why it cannot start, and leaves no process behind."""

import os
import socket
import time
from pathlib import Path

import pytest

from tests.deploy.actors import Actors
from tests.deploy.engine import Engine
from tests.simulation.hub.local_aws import LocalAws, LocalAwsError
from tests.simulation.hub_aws import __main__ as command


def _descendants(pid: int) -> set[int]:
    found: set[int] = set()
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text(encoding="ascii").split():
            found |= {int(child)} | _descendants(int(child))
    return found


def _alive(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"


def test_port_in_use_is_one_clear_line(tmp_path: Path) -> None:
    """A taken port is named, and nothing keeps running."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(LocalAwsError, match=rf"port {port} is in use$"):
            LocalAws(tmp_path, scenario="empty", port=port).start()


def test_another_ministack_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The patches fit one version of MiniStack: with another one the gateway says so and does not start."""
    monkeypatch.setattr("importlib.metadata.version", lambda name: "1.5.34")
    arguments = ["gateway", "--port", "1", "--call-log", str(tmp_path / "log"), "--data", str(tmp_path)]
    monkeypatch.setattr("sys.argv", arguments)
    with pytest.raises(SystemExit, match=r"MiniStack 1\.5\.33 is needed, 1\.5\.34 is installed"):
        command.main()


def test_stop_leaves_no_process(tmp_path: Path) -> None:
    """Stopped while a function works and an execution waits, the gateway and all function processes are gone."""
    aws = LocalAws(tmp_path, scenario="empty").start()
    try:
        engine = Engine(aws, Actors(aws))
        aws.client("lambda").invoke(FunctionName="probe", Payload=b'{"do": "pid"}')
        engine.start("waiting", {"Wait": engine.task("sleep", wait=True, payload={"seconds": 600, "key": "never"})})
        time.sleep(0.5)
        assert aws.pid is not None
        processes = {aws.pid} | _descendants(aws.pid)
        assert len(processes) >= 2
        assert os.getpid() not in processes
    finally:
        started = time.monotonic()
        aws.stop()
    assert time.monotonic() - started < 60
    assert not [pid for pid in processes if _alive(pid)]
