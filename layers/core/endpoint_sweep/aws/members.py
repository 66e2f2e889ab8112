"""`ports.Members` on AWS: one assumed role a cell for reading, one a deletion for acting."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from endpoint_sweep.aws import cloudwatch, components, restore_bundle, sagemaker
from endpoint_sweep.aws.sagemaker_models import Models
from endpoint_sweep.aws.sessions import Member, Sessions, act_policy
from endpoint_sweep.domain.model import Cell, Component, Description, Listing, ResourceId, Series
from endpoint_sweep.domain.restorable import Restorable
from endpoint_sweep.resources.endpoint.recheck import source_identity
from endpoint_sweep.resources.endpoint.traffic_series import SeriesKey
from endpoint_sweep.settings.environment import Settings


class AwsMembers:
    """Ways into the member accounts."""

    def __init__(self, sessions: Sessions, settings: Settings) -> None:
        self._sessions = sessions
        self._settings = settings

    def reader(self, cell: Cell, sweep_id: str) -> "AwsCellReader":
        member = self._sessions.assume(self._settings, self._settings.scan_role, cell.account, sweep_id)
        return AwsCellReader(member, cell.region)

    def actor(self, target: ResourceId, sweep_id: str, approver: str, deletes: Collection[str]) -> "AwsCellActor":
        settings, source = self._settings, source_identity(sweep_id, approver)
        policy = act_policy(settings.partition, target, deletes)
        member = self._sessions.assume(settings, settings.act_role, target.account, sweep_id, policy, source)
        return AwsCellActor(member, target.region)


class _Clients:
    """The clients of one role in one region, made when they are first needed."""

    def __init__(self, member: Member, region: str) -> None:
        self._member = member
        self._region = region
        self._made: dict[str, Any] = {}
        self.retries = 0

    def __call__(self, service: str) -> Any:
        if service not in self._made:
            made = self._member.client(service, self._region)
            made.meta.events.register("after-call", self._count)
            self._made[service] = made
        return self._made[service]

    def _count(self, parsed: dict[str, Any], **_: Any) -> None:
        self.retries += int(parsed.get("ResponseMetadata", {}).get("RetryAttempts", 0))


class AwsCellReader:
    """`ports.CellReader`."""

    def __init__(self, member: Member, region: str) -> None:
        self._client = _Clients(member, region)
        self._configs: dict[str, dict[str, Any]] = {}
        self._models: Models | None = None

    def retries(self) -> int:
        return self._client.retries

    def endpoints(self) -> Listing:
        return sagemaker.endpoints(self._client("sagemaker"))

    def tags(self) -> Mapping[str, dict[str, str]]:
        return sagemaker.tags(self._client("resourcegroupstaggingapi"))

    def published(self) -> set[SeriesKey]:
        return cloudwatch.published(self._client("cloudwatch"))

    def components(self) -> tuple[Component, ...]:
        return sagemaker.components(self._client("sagemaker"))

    def activity(
        self, keys: Collection[SeriesKey], start: datetime, end: datetime, period: timedelta
    ) -> Mapping[SeriesKey, Series]:
        return cloudwatch.activity(self._client("cloudwatch"), keys, start, end, period)

    def describe(self, name: str) -> Description:
        return sagemaker.describe(self._client("sagemaker"), name, self._configs)

    def restorable(self, config: str) -> Restorable:
        if self._models is None:
            self._models = Models(self._client("sagemaker"))
        return self._models.restorable(self._configs.get(config, {}))

    def monitoring(self) -> Mapping[str, tuple[str, ...]]:
        return sagemaker.monitoring(self._client("sagemaker"))

    def experiments(self) -> tuple[str, ...]:
        return sagemaker.experiments(self._client("sagemaker"))


class AwsCellActor:
    """`ports.CellActor`."""

    def __init__(self, member: Member, region: str) -> None:
        self._client = _Clients(member, region)
        self._deleting = member.client("sagemaker", region, deleting=True)

    def describe(self, name: str) -> Description:
        return sagemaker.describe(self._client("sagemaker"), name, {})

    def tags_of(self, arn: str) -> dict[str, str]:
        return sagemaker.tags_of(self._client("sagemaker"), arn)

    def activity(
        self, keys: Collection[SeriesKey], start: datetime, end: datetime, period: timedelta
    ) -> Mapping[SeriesKey, Series]:
        return cloudwatch.activity(self._client("cloudwatch"), keys, start, end, period)

    def restore_bundle(self, name: str, arn: str) -> dict[str, Any]:
        return restore_bundle.collect(self._client("sagemaker"), self._client("application-autoscaling"), name, arn)

    def components(self, endpoint: str) -> tuple[Component, ...]:
        return components.of_endpoint(self._client("sagemaker"), endpoint)

    def component(self, name: str) -> Component:
        return components.describe(self._client("sagemaker"), name)

    def delete(self, name: str) -> str:
        return sagemaker.delete(self._deleting, name)

    def delete_component(self, name: str) -> str:
        return components.delete(self._deleting, name)
