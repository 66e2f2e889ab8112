"""What an endpoint's type needs from AWS. The adapters in `aws/endpoint/` implement these; tests may, too."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from endpoint_sweep.domain.model import Component, Description, Listing, Series
from endpoint_sweep.domain.restorable import Restorable
from endpoint_sweep.resources.endpoint.history import Past
from endpoint_sweep.resources.endpoint.restore_plan import Call
from endpoint_sweep.resources.endpoint.traffic_series import Published, SeriesKey


class EndpointReader(Protocol):
    """Read-only calls in one cell. Raises RegionOff, RegionDenied, CellDenied or CellFailed."""

    def endpoints(self) -> Listing:
        """Raises nothing where a later page fails: then the listing says that it is broken."""

    def tags(self) -> Mapping[str, dict[str, str]]:
        """Tags of every tagged endpoint of the cell by lower-case ARN; an endpoint without tags is not in it."""

    def published(self) -> Published:
        """The series with data in the last two weeks (D5.4)."""

    def activity(
        self, keys: Collection[SeriesKey], start: datetime, end: datetime, period: timedelta
    ) -> Mapping[SeriesKey, Series]:
        """Every key is answered; where CloudWatch did not answer completely, with `complete` False."""

    def past(self, keys: Collection[SeriesKey], start: datetime, end: datetime) -> Mapping[SeriesKey, Past]:
        """Every key is answered, day by day; where CloudWatch did not answer completely, with `complete` False."""

    def activity_and_past(
        self,
        keys: Collection[SeriesKey],
        signs: Collection[SeriesKey],
        span: tuple[datetime, datetime, datetime],
        period: timedelta,
    ) -> tuple[Mapping[SeriesKey, Series], Mapping[SeriesKey, Past]]:
        """`activity` of the keys and `past` of both, in one question. `span`: since when the past counts, when the
        window starts, and the end of both.
        """

    def components(self) -> tuple[Component, ...]:
        """The inference components of the cell."""

    def describe(self, name: str) -> Description:
        """Raises ResourceNotFound."""

    def restorable(self, config: str) -> Restorable:
        """Whether a described endpoint of this configuration could be re-created (D3.17)."""

    def monitoring(self) -> Mapping[str, tuple[str, ...]]:
        """Monitoring schedules of the cell by endpoint (D3.12)."""

    def experiments(self) -> Mapping[str, str]:
        """The endpoint of each inference experiment of the cell that is not over, empty where it cannot be read
        (D1.18, D13.5).
        """

    def routers(self) -> Iterator[str]:
        """Names of the inference routers of the cell; none where the region does not offer any (D13.32)."""

    def destinations(self, router: str) -> tuple[str, ...]:
        """ARNs of endpoints and inference components, of any account and region (D13.1). Raises ResourceNotFound."""


class EndpointActor(Protocol):
    """Calls of the act role for one endpoint."""

    def describe(self, name: str) -> Description:
        """Raises ResourceNotFound."""

    def tags_of(self, arn: str) -> dict[str, str]: ...

    def activity(
        self, keys: Collection[SeriesKey], start: datetime, end: datetime, period: timedelta
    ) -> Mapping[SeriesKey, Series]: ...

    def components(self, endpoint: str) -> tuple[Component, ...]:
        """The inference components of the endpoint, each with its base."""

    def component(self, name: str) -> Component:
        """Raises ComponentNotFound."""

    def routers(self) -> Iterator[str]:
        """As `EndpointReader`."""

    def destinations(self, router: str) -> tuple[str, ...]:
        """As `EndpointReader`."""

    def has_policy(self, name: str) -> bool:
        """Whether routers of other accounts may send requests to the endpoint (D13.31)."""

    def restore_bundle(self, name: str, arn: str) -> dict[str, Any]:
        """Everything needed to re-create the endpoint, as plain JSON data (D3.19)."""

    def delete(self, name: str) -> str:
        """One call, never repeated; its request id. Raises ResourceNotFound, CellDenied, CellFailed or ReplyLost."""

    def delete_component(self, name: str) -> str:
        """One call, never repeated; its request id. Raises ComponentNotFound, CellDenied, CellFailed or ReplyLost."""


class EndpointRestorer(Protocol):
    """Calls of a session that may create. Raises RestoreFailed, CellDenied or CellFailed."""

    def has_endpoint(self, name: str) -> bool: ...

    def has_config(self, name: str) -> bool: ...

    def has_model(self, name: str) -> bool: ...

    def make(self, call: Call, wait_seconds: int) -> None:
        """Waits until what was made is in service, if the call says so."""

    def wait(self, kind: str, name: str, seconds: int) -> None:
        """Waits until the `endpoint` or `component` is in service."""

    def bundle(self, name: str, arn: str) -> dict[str, Any]:
        """What is there now, in the words of a restore bundle."""
