"""What the corrections of moto need to know about the world they serve: one object, active in one process at a time."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from threading import RLock
from typing import Any

from tests.simulation.member_aws.hub_state import HubState
from tests.simulation.member_aws.metric_store import MetricStore
from tests.simulation.organization.specification import ACT_ROLE, COST_ROLE, SCAN_ROLE, Account, Organization

# People who look at the hub and act on it by hand. No fault affects their calls.
PEOPLE_KEY, PEOPLE = "AKIASIMULATEDPEOPLE1", ":user/people"


@dataclass(frozen=True, slots=True)
class Session:
    """Temporary credentials from AssumeRole, found by their access key."""

    account: str
    role: str
    name: str
    source: str = ""

    @property
    def arn(self) -> str:
        return f"arn:aws:sts::{self.account}:assumed-role/{self.role}/{self.name}"


@dataclass
class CellState:
    """What one account has in one region beside moto's own: rows as SageMaker would show them."""

    components: dict[str, dict[str, Any]] = field(default_factory=dict)
    schedules: list[dict[str, Any]] = field(default_factory=list)
    experiments: list[dict[str, Any]] = field(default_factory=list)
    routers: dict[str, dict[str, Any]] = field(default_factory=dict)
    policies: dict[str, str] = field(default_factory=dict)


@dataclass
class State:
    """The mutable side of a world that moto does not store."""

    organization: Organization
    metrics: MetricStore = field(init=False)
    sessions: dict[str, Session] = field(default_factory=dict)
    roles: dict[str, set[str]] = field(default_factory=dict)
    gone_at: dict[tuple[str, str, str], float] = field(default_factory=dict)
    deleting_seconds: float = 1.0
    clock: Callable[[], float] = time.time
    lock: RLock = field(default_factory=RLock)
    cells: dict[tuple[str, str], CellState] = field(default_factory=dict)
    off: set[str] = field(default_factory=set)
    metrics_answers: list[tuple[str, str, str]] = field(default_factory=list)
    odd_prices: dict[str, str] = field(default_factory=dict)
    hub: HubState = field(default_factory=HubState)

    def __post_init__(self) -> None:
        self.metrics = MetricStore(self.organization.silence)
        self.off |= self.organization.off
        if self.organization.metrics_answer:
            self.metrics_answers.append(("*", "*", self.organization.metrics_answer))
        for account in self.organization.accounts:
            wanted = (
                (SCAN_ROLE, account.has_scan_role),
                (ACT_ROLE, account.has_act_role),
                (COST_ROLE, account.has_cost_role),
            )
            self.roles[account.id] = {role for role, there in wanted if there}

    def alone(self, service: str) -> AbstractContextManager[object]:
        """While moto answers: it reads its dictionaries for some requests while others delete from them."""
        return self.lock if service in ("sagemaker", "application-autoscaling") else nullcontext()

    def cell(self, account: str, region: str) -> CellState:
        return self.cells.setdefault((account, region), CellState())

    def metrics_answer(self, account: str, region: str) -> str:
        """How CloudWatch fails in an account and region. The latest rule that fits wins; empty means that it works."""
        fitting = [
            answer
            for for_account, for_region, answer in self.metrics_answers
            if fnmatchcase(account, for_account) and fnmatchcase(region, for_region)
        ]
        return fitting[-1] if fitting else ""

    def now(self) -> datetime:
        """The current time as moto stores it: UTC without a time zone, in milliseconds as AWS reports them."""
        moment = datetime.fromtimestamp(round(self.clock(), 3), UTC)
        return moment.replace(tzinfo=None)

    def account(self, account_id: str) -> Account | None:
        return self.organization.account(account_id)

    def account_of_key(self, access_key: str) -> str:
        """The account that an access key belongs to: a session's, a 12-digit key's own, else the hub's."""
        if (session := self.sessions.get(access_key)) is not None:
            return session.account
        if len(access_key) == 12 and access_key.isdigit():
            return access_key
        return self.organization.hub_account

    def caller_of_key(self, access_key: str) -> str:
        session = self.sessions.get(access_key)
        if access_key == PEOPLE_KEY:
            return f"arn:aws:iam::{self.organization.hub_account}{PEOPLE}"
        return session.arn if session else f"arn:aws:iam::{self.account_of_key(access_key)}:root"


_active: list[State] = []


def active() -> State:
    """The world that is being served; the innermost if they are nested."""
    if not _active:
        raise LookupError("no simulated world is active")
    return _active[-1]


def activate(state: State) -> None:
    _active.append(state)


def deactivate(state: State) -> None:
    _active.remove(state)
