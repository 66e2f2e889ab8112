"""What the steps need from the world. The adapters in `aws/` implement these; tests may, too."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from endpoint_sweep.domain.caller_proof import Binding
from endpoint_sweep.domain.kinds import Access, Measure
from endpoint_sweep.domain.model import Account, Cell, Pointer, ResourceId
from endpoint_sweep.domain.sweep_events import SweepEvent
from endpoint_sweep.rules.net_cost import Paid
from endpoint_sweep.rules.second_opinion import Answers

Clock = Callable[[], datetime]
# A list of the stack, read when it is needed. Raises ListUnreadable.
StackList = Callable[[], tuple[str, ...]]


class Organization(Protocol):
    """The accounts of the Organization. Raises TargetsIncomplete where not all could be listed."""

    def accounts(self, *, with_units: bool = False) -> tuple[Account, ...]: ...

    def management_account(self) -> str | None:
        """None if not permitted to know."""


class Regions(Protocol):
    """Enabled regions, and regions with SageMaker. None: not known."""

    def enabled(self, account: str) -> frozenset[str] | None: ...

    def offered(self) -> frozenset[str] | None: ...

    def known(self) -> Mapping[str, str]:
        """The long names of the partition's regions, as far as this version of the SDK knows them."""


class SecondWitness(Protocol):
    """What Compute Optimizer calls idle, and what it says of each."""

    def idle(self, cells: Collection[Cell]) -> Answers:
        """By cell; None, or no entry, if it did not answer."""


class Bills(Protocol):
    """What hosting cost. Never raises: the answer says why nothing is known."""

    def paid(self, today: date) -> Paid: ...


class CellReaders(Protocol):
    """A session of the scan role in one cell."""

    def reader(self, type_: str) -> Any:
        """What resources of this type are read with."""

    def retries(self) -> int:
        """How many calls were repeated so far, because AWS throttled or failed."""

    def enabled(self) -> frozenset[str] | None:
        """The regions that the account has enabled, by itself. None: not known."""

    def offered(self) -> frozenset[str] | None:
        """The regions where SageMaker is. None: not known."""


class ActRoles(Protocol):
    """The roles that delete, one per account."""

    def access(self, accounts: Collection[str], sweep_id: str) -> Mapping[str, Access]:
        """Whether each account lets the hub in, by one call that changes nothing."""


class Members(Protocol):
    """Ways into the member accounts. Raises RoleDenied, or CellFailed where STS itself does not answer."""

    def readers(self, cell: Cell, sweep_id: str) -> CellReaders: ...

    def actor(
        self, target: ResourceId, sweep_id: str, approver: str, arns: Collection[str], lapsed: Collection[str] = ()
    ) -> Any:
        """What the target's type acts with. The session can look, and act on exactly these ARNs; the member's
        CloudTrail shows who approved. `lapsed`: values of `keep-until` that stand on them and no longer protect.
        """


@dataclass(frozen=True, slots=True)
class Stored:
    """A document as it lies in the bucket: `mac` is what was written alongside it, unchecked."""

    body: bytes
    version_id: str = ""
    mac: str = ""


class Store(Protocol):
    """Documents by key, every version kept."""

    @property
    def bucket(self) -> str: ...

    def put(
        self,
        key: str,
        body: bytes,
        content_type: str = "application/json",
        count: int = 1,
        *,
        once: bool = False,
        mac: str = "",
    ) -> Pointer:
        """`once`: only where there is nothing yet; `mac` is kept alongside it. Raises AlreadyRecorded then, and
        DocumentNotWritten.
        """

    def get(self, key: str, version_id: str | None = None) -> bytes:
        """Raises DocumentNotFound."""

    def read(self, key: str, version_id: str | None = None) -> Stored:
        """The same with its MAC. Raises DocumentNotFound."""

    def keys(self, prefix: str) -> list[str]: ...

    def all(self, prefix: str) -> Mapping[str, Stored]:
        """Every document under a prefix by its key, read many at a time."""

    def history(self, prefix: str) -> tuple[tuple[str, str], ...]:
        """Key and version of everything that was ever written under a prefix, removed or not, each key oldest first."""


@dataclass(frozen=True, slots=True)
class Row:
    """A record of the table: its document and the version to name when it is overwritten."""

    key: tuple[str, str]
    document: dict[str, Any]
    version: int


class Table(Protocol):
    """Records with optimistic locking."""

    def get(self, pk: str, sk: str) -> Row | None:
        """A strongly consistent read."""

    def put(self, pk: str, sk: str, document: Mapping[str, Any], version: int) -> None:
        """Writes version + 1 if the stored version is `version` (0: there is none). Raises AlreadyRecorded."""

    def remove(self, pk: str, sk: str, version: int) -> None:
        """Removes exactly this version. Raises AlreadyRecorded."""

    def query(self, pk: str, prefix: str = "") -> list[Row]: ...


class KillSwitch(Protocol):
    """The parameter that stops every deletion."""

    def read(self) -> str:
        """Its value at this moment, never a remembered one. Raises SwitchMissing or SwitchUnreadable."""


class Callers(Protocol):
    """Who calls with AWS credentials."""

    def identify(self, proof: str, binding: Binding) -> str:
        """The ARN of who made the proof, by AWS's word. Raises CallerUnproven, or Unavailable where AWS is silent."""


class Mailer(Protocol):
    """Mail. Raises MailRefused."""

    def send(self, recipient: str, subject: str, text: str, html: str, approval: str = "") -> None:
        """`approval`: the approval whose email this is, so that a bounce finds its way back."""


class Events(Protocol):
    """News for whoever subscribes. Best effort: never raises, gives up after seconds, and nothing depends on it."""

    def emit(self, *events: SweepEvent) -> None:
        """At least one."""


class Metrics(Protocol):
    """Figures for a dashboard. Best effort: never raises, and nothing depends on it."""

    def publish(self, figures: Mapping[Measure, Decimal | int]) -> None: ...


class Executions(Protocol):
    """Step Functions, seen from inside a sweep."""

    def wake(self, token: str) -> bool:
        """Ends a wait; whether someone was waiting. The token carries no meaning beyond that (S1.2)."""

    def is_running(self, execution: str) -> bool: ...

    def error_of(self, execution: str) -> str:
        """The error that an execution failed with; empty where it did not fail, or Step Functions does not answer."""

    def start(self, name: str, data: Mapping[str, Any]) -> str:
        """The execution's ARN. Raises AlreadyRecorded where the name was used before."""


class Schedules(Protocol):
    """The schedule that starts sweeps."""

    def changed_at(self, name: str) -> datetime | None:
        """When it was last made or changed; None if there is none."""


class PastSweeps(Protocol):
    """What Step Functions still knows of sweeps. Only the state machine writes there."""

    def is_one_running(self) -> bool: ...

    def last_finished(self) -> datetime | None:
        """When a sweep last ended with a summary, however many cells it could scan; None if none did for 90 days."""


class Maker(StrEnum):
    """Who signs: each has a key in KMS that no one else may sign with."""

    FINDINGS = "findings"
    LINKS = "links"
    DECISIONS = "decisions"
    ACTS = "acts"


class Seals(Protocol):
    """Keys that never leave KMS (S1.3): MACs over what is believed, the key that the cells of one sweep are
    signed with, and the task token encrypted at rest.
    """

    def mac(self, maker: Maker, digest: bytes) -> str:
        """Raises Unavailable where no MAC could be made: then nothing is recorded (FI-32)."""

    def is_authentic(self, maker: Maker, digest: bytes, mac: str) -> bool:
        """Raises Unavailable where KMS does not answer: then nothing is acted on."""

    def new_key(self, context: Mapping[str, str]) -> str:
        """A fresh key, wrapped: it can be opened with exactly this context. Raises Unavailable."""

    def open_key(self, wrapped: str, context: Mapping[str, str]) -> bytes | None:
        """None where it was not made for this context. Raises Unavailable."""

    def seal(self, text: str, context: str) -> str: ...

    def unseal(self, sealed: str, context: str) -> str: ...
