"""What endpoints are read and deleted with: each method is one question to AWS."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from endpoint_sweep.aws.endpoint import cloudwatch, components, restore_bundle, routers, sagemaker
from endpoint_sweep.aws.endpoint.sagemaker_models import Models
from endpoint_sweep.aws.sessions import Clients
from endpoint_sweep.domain.model import Component, Description, Listing, Series
from endpoint_sweep.domain.restorable import Restorable
from endpoint_sweep.resources.endpoint.history import Past
from endpoint_sweep.resources.endpoint.traffic_series import Published, SeriesKey


class AwsEndpointReader:
    """`EndpointReader` in one cell."""

    def __init__(self, clients: Clients) -> None:
        self._client = clients
        self._configs: dict[str, Mapping[str, Any]] = {}
        self._models: Models | None = None

    def endpoints(self) -> Listing:
        return sagemaker.endpoints(self._client("sagemaker"))

    def tags(self) -> Mapping[str, dict[str, str]]:
        return sagemaker.tags(self._client("resourcegroupstaggingapi"))

    def published(self) -> Published:
        return cloudwatch.published(self._client("cloudwatch"))

    def components(self) -> tuple[Component, ...]:
        return sagemaker.components(self._client("sagemaker"))

    def activity(
        self, keys: Collection[SeriesKey], start: datetime, end: datetime, period: timedelta
    ) -> Mapping[SeriesKey, Series]:
        return cloudwatch.activity(self._client("cloudwatch"), keys, start, end, period)

    def past(self, keys: Collection[SeriesKey], start: datetime, end: datetime) -> Mapping[SeriesKey, Past]:
        return cloudwatch.past(self._client("cloudwatch"), keys, start, end)

    def activity_and_past(
        self,
        keys: Collection[SeriesKey],
        signs: Collection[SeriesKey],
        span: tuple[datetime, datetime, datetime],
        period: timedelta,
    ) -> tuple[Mapping[SeriesKey, Series], Mapping[SeriesKey, Past]]:
        return cloudwatch.activity_and_past(self._client("cloudwatch"), keys, signs, span, period)

    def describe(self, name: str) -> Description:
        return sagemaker.describe(self._client("sagemaker"), name, self._configs)

    def restorable(self, config: str) -> Restorable:
        if self._models is None:
            self._models = Models(self._client("sagemaker"))
        return self._models.restorable(self._configs.get(config, {}))

    def monitoring(self) -> Mapping[str, tuple[str, ...]]:
        return sagemaker.monitoring(self._client("sagemaker"))

    def experiments(self) -> Mapping[str, str]:
        return sagemaker.experiments(self._client("sagemaker"))

    def routers(self) -> Iterator[str]:
        return routers.names(self._client("sagemaker"))

    def destinations(self, router: str) -> tuple[str, ...]:
        return routers.destinations(self._client("sagemaker"), router)


class AwsEndpointActor:
    """`EndpointActor` for one endpoint."""

    def __init__(self, clients: Clients) -> None:
        self._client = clients
        # Made now, so that nothing but the call follows the last check.
        self._deleting = clients("sagemaker", once=True)

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

    def routers(self) -> Iterator[str]:
        return routers.names(self._client("sagemaker"))

    def destinations(self, router: str) -> tuple[str, ...]:
        return routers.destinations(self._client("sagemaker"), router)

    def has_policy(self, name: str) -> bool:
        return routers.has_policy(self._client("sagemaker"), name)

    def component(self, name: str) -> Component:
        return components.describe(self._client("sagemaker"), name)

    def delete(self, name: str) -> str:
        return sagemaker.delete(self._deleting, name)

    def delete_component(self, name: str) -> str:
        return components.delete(self._deleting, name)
