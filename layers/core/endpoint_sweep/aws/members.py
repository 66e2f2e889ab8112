"""`ports.Members` on AWS: one assumed role per cell for reading, one per resource for acting."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from endpoint_sweep.aws.plugs import Plug, by_type
from endpoint_sweep.aws.regions import RegionWitness
from endpoint_sweep.aws.sessions import Clients, Member, Sessions
from endpoint_sweep.domain.model import Cell, ResourceId
from endpoint_sweep.rules.acting import source_identity


class AwsMembers:
    """Ways into the member accounts, by one role that has the same name in all of them."""

    def __init__(
        self,
        sessions: Sessions,
        partition: str,
        role: str,
        external_id: str,
        plugs: Iterable[Plug],
        witness: RegionWitness,
    ) -> None:
        self._sessions = sessions
        self._partition = partition
        self._role = role
        self._external_id = external_id
        self._plugs = by_type(plugs)
        self._witness = witness

    def readers(self, cell: Cell, sweep_id: str) -> "AwsCellReaders":
        member = self._assume(cell.account, sweep_id)
        return AwsCellReaders(member, cell.region, self._plugs, self._witness, (sweep_id, cell.account))

    def actor(self, target: ResourceId, sweep_id: str, approver: str, arns: Collection[str]) -> Any:
        plug = self._plugs[target.type]
        policy = plug.type.act_policy(self._partition, target, arns)
        member = self._assume(target.account, sweep_id, policy, source_identity(sweep_id, approver))
        return plug.actor(Clients(member, target.region))

    def _assume(self, account: str, sweep_id: str, policy: object = None, source: str = "") -> Member:
        arn = f"arn:{self._partition}:iam::{account}:role/{self._role}"
        return self._sessions.assume_role(arn, sweep_id, self._external_id, policy, source=source)


class AwsCellReaders:
    """`ports.CellReaders`: all types share the clients of a cell. `of`: whom the witness is asked about."""

    def __init__(
        self, member: Member, region: str, plugs: Mapping[str, Plug], witness: RegionWitness, of: object
    ) -> None:
        self._member = member
        self._clients = Clients(member, region)
        self._plugs = plugs
        self._witness = witness
        self._of = of

    def reader(self, type_: str) -> Any:
        return self._plugs[type_].reader(self._clients)

    def retries(self) -> int:
        return self._clients.retries

    def enabled(self) -> frozenset[str] | None:
        return self._witness.enabled(self._member, self._of)

    def offered(self) -> frozenset[str] | None:
        return self._witness.offered()
