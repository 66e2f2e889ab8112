"""One installation as the checks look at it: what several of them need is read once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from endpoint_sweep.aws.installation import members, parts
from endpoint_sweep.aws.installation.asking import Asking, answering
from endpoint_sweep.aws.installation.hub_stack import Part, Stack, read_parts, read_stack
from endpoint_sweep.aws.installation.members import Member
from endpoint_sweep.aws.installation.parts import Execution
from endpoint_sweep.aws.store import AwsStore
from endpoint_sweep.doctor import commands
from endpoint_sweep.doctor.finding import Fix
from endpoint_sweep.doctor.settings import variables_of
from endpoint_sweep.domain.errors import DocumentNotFound, NotAnswered, StackMissing
from endpoint_sweep.domain.kinds import Access
from endpoint_sweep.domain.model import Mode
from endpoint_sweep.rules.planning import Coverage
from endpoint_sweep.settings.environment import Variables
from endpoint_sweep.storage.access_document import read_access
from endpoint_sweep.storage.sweep_folder import UNPROVEN, SweepFolder


@dataclass(frozen=True, slots=True)
class Caller:
    account: str
    arn: str

    @property
    def partition(self) -> str:
        return self.arn.split(":")[1]


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep wrote down. It is believed unproven: a forged document can only mislead the doctor."""

    name: str
    coverage: Coverage
    access: Mapping[str, Access]


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of the command. `accounts`: only these; empty means all. `assume`: try the roles of the members."""

    stack: str
    profile: str = ""
    accounts: tuple[str, ...] = ()
    assume: bool = False


class Installation:
    """Every property raises NotAllowed, NotAnswered or StackMissing where it cannot be read."""

    def __init__(self, ask: Asking, asked: Asked, caller: Caller, region: str, now: datetime) -> None:
        self.ask = ask
        self.asked = asked
        self.caller = caller
        self.region = region
        self.now = now

    # the stack

    @cached_property
    def stack(self) -> Stack:
        return read_stack(self.ask, self.asked.stack)

    @property
    def parameters(self) -> Mapping[str, str]:
        return self.stack.parameters

    def parameter(self, name: str) -> str:
        if name not in self.parameters:
            raise StackMissing(f"the stack has no parameter {name}, so it is of another version than this program")
        return self.parameters[name]

    def output(self, name: str) -> str:
        if name not in self.stack.outputs:
            raise StackMissing(f"the stack has no output {name}: it was not deployed, or is of another version")
        return self.stack.outputs[name]

    @cached_property
    def variables(self) -> Variables:
        return variables_of(self.parameters, self.stack.account)

    @property
    def mode(self) -> Mode:
        return Mode(self.parameter("Mode"))

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        return read_parts(self.ask, self.stack.name)

    def parts_of(self, type_: str) -> tuple[Part, ...]:
        return tuple(one for one in self.parts if one.type == type_)

    def part(self, logical: str) -> str:
        """The physical name of one resource. Raises NotAnswered."""
        found = [one.physical for one in self.parts if one.logical == logical and one.physical]
        if not found:
            raise NotAnswered("cloudformation:ListStackResources", f"the stack has no {logical}")
        return found[0]

    # the Organization

    @cached_property
    def organization(self) -> tuple[str, str]:
        return members.organization_of(self.ask)

    @property
    def management(self) -> str:
        return self.organization[1]

    @cached_property
    def every_member(self) -> tuple[Member, ...]:
        return members.members_of(self.ask)

    @property
    def members(self) -> tuple[Member, ...]:
        """The active accounts that this is about, the management account too."""
        return tuple(one for one in self.every_member if one.is_active and self.concerns(one.id))

    def concerns(self, account: str) -> bool:
        return not self.asked.accounts or account in self.asked.accounts

    @property
    def call_as(self) -> str:
        return "SELF" if self.caller.account == self.management else "DELEGATED_ADMIN"

    @property
    def stack_set(self) -> str:
        return f"{self.stack.name}-member-roles"

    # its sweeps

    @cached_property
    def executions(self) -> tuple[Execution, ...]:
        found = parts.executions(self.ask, self.output("StateMachineArn"))
        if found is None:
            raise NotAnswered("states:ListExecutions", "the state machine of the stack does not exist")
        return found

    @property
    def last_ended(self) -> Execution | None:
        return next((one for one in self.executions if one.ended is not None), None)

    @cached_property
    def swept(self) -> Swept | None:
        """Of the newest sweep that got as far as writing down what it scanned."""
        return next(filter(None, (self.swept_by(one.name) for one in self.executions[:10])), None)

    def swept_by(self, sweep: str) -> Swept | None:
        """None if it did not get as far as writing down what it scanned."""
        store = AwsStore(self.ask.sessions.hub("s3"), self.output("BucketName"))
        with answering("s3:GetObject"):
            try:
                coverage = SweepFolder(store, sweep).coverage(UNPROVEN)
            except DocumentNotFound:
                return None
            return Swept(sweep, coverage, read_access(store, sweep))

    # how to mend it

    def aws(self, service: str, operation: str, options: Mapping[str, Any], account: str = "") -> Fix:
        """`account`: with credentials of another account than the hub's."""
        elsewhere = account if account != self.caller.account else ""
        how = {"region": self.region, "profile": self.asked.profile, "account": elsewhere}
        return commands.aws(service, operation, options, **how)

    def drift(self) -> Fix:
        """For a resource that someone removed: CloudFormation does not make it again by itself, but tells of it."""
        return self.aws("cloudformation", "detect-stack-drift", {"stack-name": self.stack.name})

    def sweep(self) -> Fix:
        """Starts a sweep that changes nothing. Its name must be new."""
        options = {
            "state-machine-arn": self.output("StateMachineArn"),
            "name": f"{self.now:%Y-%m-%dT%H-%M-%SZ}-doctor",
            "input": {"mode": "report"},
        }
        return self.aws("stepfunctions", "start-execution", options)

    def targets(self, accounts: Collection[str]) -> dict[str, Any]:
        """Of a StackSet that serves organizational units: these accounts, and no other of their units (D7.8)."""
        units = {one.unit for one in self.members if one.id in accounts and one.unit}
        return {
            "OrganizationalUnitIds": sorted(units),
            "Accounts": sorted(accounts),
            "AccountFilterType": "INTERSECTION",
        }
