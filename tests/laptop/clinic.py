"""A sound installation, and the doctor who looks at it."""

import json
import os
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest

from endpoint_sweep.cli import main
from tests.simulation.hub.installation import Installation, installed, sound_world
from tests.simulation.member_aws.world import World

OK, WRONG, NOTE, UNKNOWN = "ok", "wrong", "note", "not known"
Rows = list[dict[str, Any]]
READS = ("List", "Describe", "Get", "AssumeRole")


class Place:
    """One installation for the tests of this file; another one after a test that did not leave it sound."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._one: Installation | None = None

    def open(self) -> Installation:
        if self._one is None:
            self._stack.close()
            world = self._stack.enter_context(World.in_process(sound_world()))
            self._one = self._stack.enter_context(installed(world))
        return self._one

    def close(self) -> None:
        self._stack.close()
        self._one = None


@dataclass
class Clinic:
    """The installation, and the doctor who looks at it. `is_sound`: the last look found nothing to say, or nothing but
    an injected fault disturbs the installation.
    """

    one: Installation
    capsys: pytest.CaptureFixture[str]
    status: int = -1
    calls: set[str] = field(default_factory=set)
    is_sound: bool = False

    def look(self, *options: str) -> str:
        """What it prints."""
        log = self.one.world.log
        before = len(log)
        # In this process Lambda answers only to invocations; a shell has no such address.
        invoking = os.environ.pop("AWS_ENDPOINT_URL_LAMBDA")
        self.capsys.readouterr()
        try:
            self.status = main(["doctor", *options])
        finally:
            os.environ["AWS_ENDPOINT_URL_LAMBDA"] = invoking
        made = [call for call in log.calls[before:] if not call.caller.endswith(":user/people")]
        self.calls = {call.name for call in made}
        changing = [call.name for call in made if not call.operation.startswith(READS)]
        assert changing == [], "a doctor only looks"
        return self.capsys.readouterr().out

    def rows(self, *options: str) -> Rows:
        found: Rows = json.loads(self.look("--format", "json", *options))["findings"]
        return found

    def not_ok(self, *options: str) -> Rows:
        found = [row for row in self.rows(*options) if row["state"] != OK]
        self.is_sound = not found and not options
        return found
