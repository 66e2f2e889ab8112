"""`ports.Members` on AWS: one assumed role per cell for reading, one per resource for acting."""

from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from endpoint_sweep.aws.plugs import Plug, by_type
from endpoint_sweep.aws.regions import RegionWitness
from endpoint_sweep.aws.sessions import CONNECTIONS, Clients, Member, Sessions
from endpoint_sweep.domain.errors import CellUnreachable, RoleDenied
from endpoint_sweep.domain.kinds import Access
from endpoint_sweep.domain.model import Cell, ResourceId
from endpoint_sweep.rules.acting import source_identity

_NOTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
# The act role denies deleting what has a `keep-until` tag, except to a session that says so (D9.5).
LAPSED = {"endpoint-sweep:lapsed": "true"}


class AwsMembers:
    """Ways into the member accounts, by one role that has the same path and name in all of them."""

    def __init__(
        self,
        sessions: Sessions,
        partition: str,
        role_path: str,
        role: str,
        external_id: str,
        plugs: Iterable[Plug],
        witness: RegionWitness,
    ) -> None:
        self._sessions = sessions
        self._partition = partition
        self._role = f"role{role_path}{role}"
        self._external_id = external_id
        self._plugs = by_type(plugs)
        self._witness = witness

    def readers(self, cell: Cell, sweep_id: str) -> "AwsCellReaders":
        member = self._assume(cell.account, sweep_id)
        return AwsCellReaders(member, cell.region, self._plugs, self._witness, (sweep_id, cell.account))

    def access(self, accounts: Collection[str], sweep_id: str) -> Mapping[str, Access]:
        wanted = list(accounts)
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            return dict(zip(wanted, pool.map(lambda one: self._access(one, sweep_id), wanted), strict=True))

    def _access(self, account: str, sweep_id: str) -> Access:
        try:
            self._assume(account, sweep_id, _NOTHING, source_identity(sweep_id, "checking"))
        except RoleDenied:
            return Access.NOT_ENABLED
        except CellUnreachable:
            return Access.UNKNOWN
        return Access.ENABLED

    def actor(
        self, target: ResourceId, sweep_id: str, approver: str, arns: Collection[str], lapsed: Collection[str] = ()
    ) -> Any:
        plug = self._plugs[target.type]
        policy = plug.type.act_policy(self._partition, target, arns, lapsed)
        member = self._assume(target.account, sweep_id, policy, source_identity(sweep_id, approver), bool(lapsed))
        return plug.actor(Clients(member, target.region))

    def _assume(
        self, account: str, sweep_id: str, policy: object = None, source: str = "", is_lapsed: bool = False
    ) -> Member:
        arn = f"arn:{self._partition}:iam::{account}:{self._role}"
        tags = LAPSED if is_lapsed else {}
        return self._sessions.assume_role(arn, sweep_id, self._external_id, policy, source=source, tags=tags)


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
