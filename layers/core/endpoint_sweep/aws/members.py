"""`ports.Members` on AWS: one assumed role a cell for reading, one a resource for acting."""

from collections.abc import Collection, Iterable
from typing import Any

from endpoint_sweep.aws.plugs import Plug, by_type
from endpoint_sweep.aws.sessions import Clients, Member, Sessions
from endpoint_sweep.domain.model import Cell, ResourceId
from endpoint_sweep.rules.acting import source_identity
from endpoint_sweep.settings.environment import Settings


class AwsMembers:
    """Ways into the member accounts."""

    def __init__(self, sessions: Sessions, settings: Settings, plugs: Iterable[Plug]) -> None:
        self._sessions = sessions
        self._settings = settings
        self._plugs = by_type(plugs)

    def readers(self, cell: Cell, sweep_id: str) -> "AwsCellReaders":
        member = self._sessions.assume(self._settings, self._settings.scan_role, cell.account, sweep_id)
        return AwsCellReaders(member, cell.region, self._plugs.values())

    def actor(self, target: ResourceId, sweep_id: str, approver: str, arns: Collection[str]) -> Any:
        settings, source, plug = self._settings, source_identity(sweep_id, approver), self._plugs[target.type]
        policy = plug.type.act_policy(settings.partition, target, arns)
        member = self._sessions.assume(settings, settings.act_role, target.account, sweep_id, policy, source)
        return plug.actor(Clients(member, target.region))


class AwsCellReaders:
    """`ports.CellReaders`: all types share the clients of a cell."""

    def __init__(self, member: Member, region: str, plugs: Iterable[Plug]) -> None:
        self._clients = Clients(member, region)
        self._plugs = by_type(plugs)

    def reader(self, type_: str) -> Any:
        return self._plugs[type_].reader(self._clients)

    def retries(self) -> int:
        return self._clients.retries
