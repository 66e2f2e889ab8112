"""`endpoint-sweep scan` in this process, against a simulated Organization."""

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from endpoint_sweep.cli import main
from tests.laptop.clinic import READS, Clinic, Place
from tests.simulation.member_aws.world import World
from tests.simulation.organization.scenarios import build
from tests.simulation.organization.specification import LOOKBACK_DAYS, Organization
from tests.simulation.wire.calls import Call

OF_A_CELL = {"sagemaker", "cloudwatch", "resourcegroupstaggingapi", "application-autoscaling"}


@dataclass(frozen=True)
class Scanned:
    """What one command did: its exit status, what it wrote, and every call it made."""

    status: int
    out: str
    err: str
    calls: tuple[Call, ...]

    @property
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found

    @property
    def rows(self) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.out)))

    @property
    def coverage(self) -> dict[tuple[str, str], str]:
        return {(row["account"], row["region"]): row["status"] for row in self.document["coverage"]}

    def reason(self, account: str, region: str) -> str:
        rows = [row for row in self.document["coverage"] if (row["account"], row["region"]) == (account, region)]
        assert len(rows) == 1
        return str(rows[0]["reason"])

    @property
    def verdicts(self) -> dict[tuple[str, str, str], str]:
        return {(one["account"], one["region"], one["name"]): one["verdict"] for one in self.document["findings"]}

    @property
    def names(self) -> dict[str, str]:
        """Verdicts by name, for worlds where names are unique."""
        return {name: verdict for (_, _, name), verdict in self.verdicts.items()}

    def of_cells(self) -> dict[tuple[str, str], Counter[str]]:
        """How often each cell was asked what."""
        found: dict[tuple[str, str], Counter[str]] = {}
        for call in self.calls:
            if call.service in OF_A_CELL:
                found.setdefault((call.account, call.region), Counter())[call.operation] += 1
        return found


Scan = Callable[..., Scanned]


class Laptop:
    """One world at a time; `scan` runs the command in it and looks for calls that change something."""

    def __init__(self, capsys: pytest.CaptureFixture[str], stack: ExitStack) -> None:
        self._capsys = capsys
        self._stack = stack
        self.world: World

    def open(self, world: str | Organization) -> World:
        self._stack.close()
        organization = build(world) if isinstance(world, str) else world
        self.world = self._stack.enter_context(World.in_process(organization))
        return self.world

    def scan(self, *options: str, organization: bool = True, external_id: bool = True) -> Scanned:
        """As JSON over the whole Organization, unless the options say otherwise."""
        asked = ["scan", *options]
        if organization:
            asked.append("--organization")
        if external_id:
            asked += ["--external-id", self.world.organization.external_id]
        if "--lookback-days" not in options:
            asked += ["--lookback-days", LOOKBACK_DAYS]  # The worlds are drawn for it.
        if not any(one.startswith("--format") for one in options):
            asked += ["--format", "json"]
        before, endpoints = len(self.world.log), self.world.endpoints()
        self._capsys.readouterr()
        status = main(asked)
        told = self._capsys.readouterr()
        calls = self.world.log.calls[before:]
        changing = [call.name for call in calls if not call.operation.startswith(READS)]
        assert changing == [], "a scan only reads"
        assert self.world.endpoints() <= endpoints
        return Scanned(status, told.out, told.err, calls)


@pytest.fixture
def laptop(capsys: pytest.CaptureFixture[str]) -> Iterator[Laptop]:
    with ExitStack() as stack:
        yield Laptop(capsys, stack)


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    place = Place()
    yield place
    place.close()


@pytest.fixture
def clinic(place: Place, capsys: pytest.CaptureFixture[str]) -> Iterator[Clinic]:
    """Every test leaves a sound installation behind, or the next one gets another."""
    clinic = Clinic(place.open(), capsys)
    yield clinic
    clinic.one.world.clear_faults()
    clinic.one.world.state.hub.mail.production = True
    if not clinic.is_sound and clinic.not_ok():
        place.close()
