"""What AWS told about an endpoint: its description, its parts and its metrics."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from endpoint_sweep.domain.kinds import Kind
from endpoint_sweep.domain.restorable import NOT_ASKED, Restorable

REMEMBERED = timedelta(days=455)  # CloudWatch keeps datapoints of an hour or longer for so long (D1.23).
MAX_LOOKBACK = 400  # days


@dataclass(frozen=True, slots=True)
class ListedEndpoint:
    """What ListEndpoints tells: no kind, no variants, no tags, no cost (D2.4)."""

    name: str
    arn: str
    status: str
    created_at: datetime
    last_modified_at: datetime


@dataclass(frozen=True, slots=True)
class Listing:
    """The endpoints of a cell; `broken` says why the listing ended early, if it did."""

    endpoints: tuple[ListedEndpoint, ...]
    broken: str = ""


@dataclass(frozen=True, slots=True)
class Variant:
    """One variant: `count` running instances of `type`, None if AWS does not say (D1.33).

    A variant with instance pools is one of these for each pool. A `shadow` gets a copy of the traffic: it bills, but
    its traffic proves nothing (D1.18). `volume_gb` is the storage of one instance, where it is configured. A serverless
    variant has `memory_mb` for each of its `provisioned` concurrent calls, if these are kept ready (D8.8).
    """

    variant: str
    type: str | None
    count: int | None
    volume_gb: int | None = None
    shadow: bool = False
    memory_mb: int | None = None
    provisioned: int | None = None


@dataclass(frozen=True, slots=True)
class Component:
    """An inference component: a model on the instances of an IC endpoint. An adapter names its `base` (D1.16)."""

    name: str
    endpoint: str
    variant: str
    status: str = ""
    arn: str = ""
    created_at: datetime | None = None
    base: str = ""


@dataclass(frozen=True, slots=True)
class Description:
    """DescribeEndpoint joined with its configuration. `why_unknown` says what was not understood of an unknown kind;
    `reserved`: it runs on prepaid capacity only (D1.35); `captures`: its data is captured, as monitoring needs it.
    `unknown_fields`: names of AWS's own that this code does not know (D13.6).
    """

    status: str
    created_at: datetime
    config: str | None
    kind: Kind
    variants: tuple[Variant, ...]
    last_modified_at: datetime | None = None
    why_unknown: str = ""
    reserved: bool = False
    captures: bool = False
    restorable: Restorable = NOT_ASKED
    config_created_at: datetime | None = None
    unknown_fields: tuple[str, ...] = ()

    @property
    def serving(self) -> tuple[str, ...]:
        """Names of the variants whose traffic counts, once each."""
        return tuple(dict.fromkeys(one.variant for one in self.variants if not one.shadow))

    @property
    def instances(self) -> int | None:
        """Running instances of all variants; None where one is not known."""
        counts = [one.count for one in self.variants]
        return None if None in counts else sum(count or 0 for count in counts)


@dataclass(frozen=True, slots=True)
class Series:
    """One metric series over the window: sum, number of datapoints, last datapoint above zero. `variant` or `component`
    say whose it is; neither: the endpoint's. `counts` is False where it repeats what another counts; `steady` where
    about the same came in every full period; `complete` only as in D1.27.
    """

    metric: str
    variant: str
    total: float
    points: int
    last_at: datetime | None
    complete: bool
    component: str = ""
    counts: bool = True
    steady: bool = False


@dataclass(frozen=True, slots=True)
class Activity:
    """Everything that was measured of one endpoint, between two times."""

    start: datetime
    end: datetime
    series: tuple[Series, ...] = ()
