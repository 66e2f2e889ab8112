"""A type of resource that only these tests know: toy trains, which stand idle when no one plays with them.

All that a sweep needs to know of them is in this folder. `TRAINS` registers them.
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from endpoint_sweep.aws.plugs import Plug
from endpoint_sweep.aws.sessions import Clients
from endpoint_sweep.domain.errors import ResourceNotFound, RestoreFailed
from endpoint_sweep.domain.model import Activity, Cell, Component, Finding, OutcomeStatus, Policy, Verdict
from endpoint_sweep.domain.resource import ResourceId
from endpoint_sweep.domain.restorable import YES
from endpoint_sweep.resources.resource_type import Found, Undo
from endpoint_sweep.rules.acting import Kept, Parts
from endpoint_sweep.rules.owners import owner_of
from endpoint_sweep.rules.pricing import Cost, PriceBook
from endpoint_sweep.rules.protection import protection


@dataclass(frozen=True)
class Train:
    """`wagons` tells a train from one that was rebuilt under its name."""

    created_at: datetime
    wagons: int
    played_at: tuple[datetime, ...] = ()
    tags: dict[str, str] = field(default_factory=dict)


SHELF: dict[tuple[Cell, str], Train] = {}


class Room:
    """What a session finds in the room that it was made for: AWS tells which one that is."""

    def __init__(self, clients: Clients) -> None:
        sts = clients("sts")
        self.cell = Cell(sts.get_caller_identity()["Account"], sts.meta.region_name)

    def train(self, name: str) -> Train:
        if (self.cell, name) not in SHELF:
            raise ResourceNotFound(name)
        return SHELF[self.cell, name]


class ToyTrainType:
    """`ResourceType`, see there."""

    name = "toy-train"

    def find(self, reader: Room, cell: Cell, policy: Policy, now: datetime) -> Found:
        mine = sorted((name, train) for (where, name), train in SHELF.items() if where == reader.cell == cell)
        return Found(tuple(_judged(cell, name, train, policy, now) for name, train in mine))

    def cost(self, finding: Finding, _prices: PriceBook) -> Cost:
        wagons = Decimal(finding.state["wagons"])
        return Cost(wagons / 100, wagons * 10, "toy catalogue")

    def act_policy(self, _partition: str, _target: ResourceId, _arns: Collection[str]) -> dict[str, Any]:
        allow = {"Effect": "Allow", "Action": "sts:GetCallerIdentity", "Resource": "*"}
        return {"Version": "2012-10-17", "Statement": [allow]}

    def check_unchanged(self, actor: Room, finding: Finding) -> None:
        train = actor.train(finding.name)
        if (train.created_at, str(train.wagons)) != (finding.created_at, finding.state["wagons"]):
            raise Kept(OutcomeStatus.CHANGED, "it was rebuilt")

    def check_unused(self, actor: Room, finding: Finding, _now: datetime) -> None:
        if any(at > finding.evidence.end for at in actor.train(finding.name).played_at):
            raise Kept(OutcomeStatus.SPARED, "someone plays with it again")

    def parts(self, _actor: Room, _finding: Finding, _sent: Collection[str]) -> Parts:
        return Parts()

    def check_part(self, _actor: Room, _part: Component) -> None:
        raise AssertionError("a train has no parts")

    def tags_of(self, actor: Room, arn: str) -> dict[str, str]:
        return actor.train(arn.rpartition("/")[2]).tags

    def restore_bundle(self, actor: Room, finding: Finding) -> dict[str, Any]:
        train = actor.train(finding.name)
        return {"name": finding.name, "created_at": train.created_at.isoformat(), "wagons": train.wagons}

    def act(self, actor: Room, finding: Finding) -> str:
        actor.train(finding.name)
        del SHELF[actor.cell, finding.name]
        return "toy-request"

    def delete_part(self, _actor: Room, _part: Component) -> str:
        raise AssertionError("a train has no parts")

    def look(self, actor: Room, finding: Finding) -> tuple[OutcomeStatus, str]:
        try:
            actor.train(finding.name)
        except ResourceNotFound:
            return OutcomeStatus.DONE, "put back into its box"
        return OutcomeStatus.SENT, "it still stands there"

    def restore(self, restorer: Room, bundle: dict[str, Any], how: Undo) -> tuple[str, ...]:
        if (restorer.cell, bundle["name"]) in SHELF:
            raise RestoreFailed("it is there already")
        how.say(f"building {bundle['name']}")
        SHELF[restorer.cell, bundle["name"]] = Train(datetime.fromisoformat(bundle["created_at"]), bundle["wagons"])
        return ()


def _judged(cell: Cell, name: str, train: Train, policy: Policy, now: datetime) -> Finding:
    finding = Finding(
        account=cell.account,
        region=cell.region,
        name=name,
        arn=f"arn:aws:toys:{cell.region}:{cell.account}:train/{name}",
        kind=None,
        status="OnTheShelf",
        verdict=Verdict.IDLE,
        reason="no one played with it",
        created_at=train.created_at,
        config=None,
        instances=(),
        evidence=Activity(train.created_at, now),
        tags=train.tags,
        owner=owner_of(train.tags),
        restorable=YES,
        type="toy-train",
        state={"wagons": str(train.wagons)},
    )
    if why := protection(train.tags, policy, now):
        return replace(finding, verdict=Verdict.PROTECTED, reason=why)
    if train.played_at:
        return replace(finding, verdict=Verdict.BUSY, reason="someone plays with it")
    return finding


TRAINS = Plug(ToyTrainType(), Room, Room, Room)
