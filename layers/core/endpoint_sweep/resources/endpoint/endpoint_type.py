"""SageMaker endpoints as a type of resource: idle ones are deleted, after their inference components."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from endpoint_sweep.domain.errors import ResourceNotFound
from endpoint_sweep.domain.model import Cell, Component, Finding, Kind, OutcomeStatus, Policy
from endpoint_sweep.domain.needs import Needs
from endpoint_sweep.domain.resource import ENDPOINT, ResourceId
from endpoint_sweep.resources.endpoint import permissions, recheck, restoring, routers, scan
from endpoint_sweep.resources.endpoint.cost import cost
from endpoint_sweep.resources.endpoint.ports import EndpointActor, EndpointReader, EndpointRestorer
from endpoint_sweep.resources.resource_type import Found, Undo
from endpoint_sweep.rules.acting import Kept, Parts
from endpoint_sweep.rules.pricing import Cost, PriceBook


class EndpointType:
    """`ResourceType`, see there for what each method promises."""

    name = ENDPOINT

    def find(self, reader: EndpointReader, cell: Cell, policy: Policy, now: datetime) -> Found:
        return scan.find(reader, cell, policy, now)

    def needs(self, reader: EndpointReader, cell: Cell) -> Needs:
        return routers.needs(reader, cell)

    def cost(self, finding: Finding, prices: PriceBook) -> Cost:
        return cost(finding, prices)

    def act_policy(
        self, partition: str, target: ResourceId, arns: Collection[str], lapsed: Collection[str] = ()
    ) -> dict[str, Any]:
        return permissions.act_policy(partition, target, arns, lapsed)

    def check_unchanged(self, actor: EndpointActor, finding: Finding) -> None:
        recheck.check_fingerprint(actor.describe(finding.name), finding)

    def check_unused(self, actor: EndpointActor, finding: Finding, now: datetime) -> None:
        recheck.check_unused(actor, finding, now)

    def check_not_needed(self, actor: EndpointActor, finding: Finding) -> None:
        routers.check_not_needed(actor, finding)

    def parts(self, actor: EndpointActor, finding: Finding, sent: Collection[str]) -> Parts:
        hosted = actor.components(finding.name) if finding.kind is Kind.INFERENCE_COMPONENTS else ()
        return recheck.parts_left(finding.components, hosted, sent)

    def check_part(self, actor: EndpointActor, part: Component) -> None:
        if actor.component(part.name).created_at != part.created_at:
            raise Kept(OutcomeStatus.CHANGED, f"its inference component {part.name} was re-created after the scan")

    def tags_of(self, actor: EndpointActor, arn: str) -> dict[str, str]:
        return actor.tags_of(arn)

    def restore_bundle(self, actor: EndpointActor, finding: Finding) -> dict[str, Any]:
        return actor.restore_bundle(finding.name, finding.arn)

    def act(self, actor: EndpointActor, finding: Finding) -> str:
        return actor.delete(finding.name)

    def delete_part(self, actor: EndpointActor, part: Component) -> str:
        return actor.delete_component(part.name)

    def look(self, actor: EndpointActor, finding: Finding) -> tuple[OutcomeStatus, str]:
        try:
            return recheck.judge_deletion(actor.describe(finding.name), finding)
        except ResourceNotFound:
            return OutcomeStatus.DONE, "deleted and confirmed gone"

    def restore(self, restorer: EndpointRestorer, bundle: dict[str, Any], how: Undo) -> tuple[str, ...]:
        return restoring.restore(restorer, bundle, how)
