"""What a type of resource brings along. Everything that a sweep does with a resource is behind this interface.

A type lives in `resources/<type>/` and its AWS calls in `aws/<type>/`; `aws/plugs.py` registers both, and
`member-roles.yaml` permits the calls. Steps, storage, pages and mails know no type.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from endpoint_sweep.domain.model import Cell, Component, Finding, OutcomeStatus, Policy
from endpoint_sweep.domain.resource import ResourceId
from endpoint_sweep.rules.acting import Parts
from endpoint_sweep.rules.pricing import Cost, PriceBook


@dataclass(frozen=True, slots=True)
class Found:
    """One finding per resource of a type in a cell; `broken` says why the listing ended early, if it did."""

    findings: tuple[Finding, ...] = ()
    broken: str = ""


@dataclass(frozen=True, slots=True)
class Undo:
    """How to restore: `say` is called with each step. `resume` continues a restore that stopped halfway."""

    say: Callable[[str], None]
    dry_run: bool = False
    resume: bool = False
    wait_seconds: int = 0


class ResourceType(Protocol):
    """`reader`, `actor` and `restorer` are the type's own adapters: no one else calls them.

    Whatever is not certain keeps the resource: the methods that recheck raise `Kept`, or CellUnreachable.
    """

    @property
    def name(self) -> str:
        """As in ids and documents, and with blanks for hyphens in what people read: `notebook-instance`."""

    def find(self, reader: Any, cell: Cell, policy: Policy, now: datetime) -> Found:
        """Lists and judges. Raises CellUnreachable."""

    def cost(self, finding: Finding, prices: PriceBook) -> Cost: ...

    def act_policy(self, partition: str, target: ResourceId, arns: Collection[str]) -> dict[str, Any]:
        """The session policy: look at the target, and act on exactly these ARNs. At most 2,048 characters (D9.6)."""

    def check_unchanged(self, actor: Any, finding: Finding) -> None:
        """Raises Kept where it is not what was approved, and ResourceNotFound where it is gone."""

    def check_unused(self, actor: Any, finding: Finding, now: datetime) -> None:
        """Raises Kept where it was used since the scan, or where no one can tell."""

    def parts(self, actor: Any, finding: Finding, sent: Collection[str]) -> Parts:
        """`sent`: names of parts whose deletion has an intent. Raises Kept where they are not what was approved."""

    def check_part(self, actor: Any, part: Component) -> None:
        """Raises Kept where the part is not what was approved, and ComponentNotFound where it is gone."""

    def tags_of(self, actor: Any, arn: str) -> dict[str, str]:
        """Of the resource or of one of its parts."""

    def restore_bundle(self, actor: Any, finding: Finding) -> dict[str, Any]:
        """All that `restore` needs, as plain JSON data. Raises where it is not complete."""

    def act(self, actor: Any, finding: Finding) -> str:
        """One call, never repeated; its request id. Raises ResourceNotFound, CellUnreachable or ReplyLost."""

    def delete_part(self, actor: Any, part: Component) -> str:
        """One call, never repeated; its request id. Raises ComponentNotFound, CellUnreachable or ReplyLost."""

    def look(self, actor: Any, finding: Finding) -> tuple[OutcomeStatus, str]:
        """What the action has done, and why: `done`, still `sent`, `changed` or `failed`. Raises CellUnreachable."""

    def restore(self, restorer: Any, bundle: dict[str, Any], how: Undo) -> tuple[str, ...]:
        """Gives back what was. How it differs from what was, empty if in nothing.

        Raises RestoreFailed or CellUnreachable.
        """


ResourceTypes = Mapping[str, ResourceType]
