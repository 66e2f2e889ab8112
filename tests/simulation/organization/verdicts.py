"""What the product should conclude about one endpoint, derived from its specification alone.

First what is changing or broken, then traffic, protection, age, what cannot be judged, what costs nothing, evidence.
The order is the product's promise; the worlds avoid mixtures about which reasonable people would disagree.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from tests.simulation.organization.endpoints import MODEL_KINDS, EndpointSpec
from tests.simulation.organization.routers import RouterSpec
from tests.simulation.organization.traffic import Traffic

UNUSED = ("idle", "barely-used")
KEEP_TAG, KEEP_UNTIL_TAG = "endpoint-sweep:keep", "endpoint-sweep:keep-until"
JUDGED_STATUSES = ("InService", "UpdateRollbackFailed")  # Both serve traffic (D2.8).
# Who made it, by tag, and manages it.
MAKERS = {
    "aws:cloudformation:stack-name": "cloudformation",  # D3.13
    "bedrock:marketplace-registration-status": "bedrock",
}
# Who deployed it and left it alone: a tag of the SDK or of Studio. Canvas leaves none, and is known by prefix (D13.4).
DEPLOYERS = {
    "sagemaker-sdk:jumpstart-model-id": "jumpstart",
    "sagemaker-studio:jumpstart-model-id": "jumpstart",
}
CANVAS_PREFIX = "canvas-"
CLOCKS = ("%H:%M", "%H:%M:%S", "%H:%M:%S.%f")
NEVER = datetime(9999, 12, 31, 23, 59, tzinfo=UTC)
MOMENTS = [f"%Y-%m-%d{between}{clock}" for between in ("T", " ") for clock in CLOCKS]


def verdict(
    spec: EndpointSpec, lookback_days: float, age_days: float, protect_tags: Iterable[str] = (), below: int = 0
) -> str:
    """One of the product's words. `protect_tags`: those of the deployment, `key` or `key=value`. `below`: fewer calls
    than these are few.
    """
    bare = _unprotected(spec, lookback_days, age_days, below)
    if bare in ("not-in-service", "busy"):
        return bare
    is_kept = is_protected(spec.tags, protect_tags) or any(key in spec.tags for key in MAKERS)
    return "protected" if is_kept or (bare in UNUSED and in_shadow_test(spec)) else bare


def _unprotected(spec: EndpointSpec, lookback_days: float, age_days: float, below: int) -> str:
    """The verdict if nothing protected it."""
    if spec.status not in JUDGED_STATUSES:
        return "not-in-service"
    days = min(lookback_days, spec.created_days_ago)
    if called(spec, days) and not is_seldom(spec, days, below):
        return "busy"
    redeployed = spec.config_days_ago is not None and not spec.config_gone and spec.config_days_ago < lookback_days
    if spec.created_days_ago < age_days or redeployed:
        return "too-young"  # What was called before a deployment has other names.
    if spec.kind == "unknown" or spec.config_gone:
        # Without its configuration neither is the kind certain nor a restore possible (D1.5, D3.9).
        return "unknown"
    if spec.variants_hidden:
        return "no-evidence"
    return _by_evidence(spec, lookback_days)


def _by_evidence(spec: EndpointSpec, lookback_days: float) -> str:
    if all(_saves_nothing(spec, number) for number in range(len(spec.variants))):
        return "zero-cost"
    if spec.at_zero:
        return "at-zero"
    if not proven(spec):
        return "no-evidence"
    if called(spec, lookback_days):
        return "busy" if fails(spec, lookback_days) or recurs(spec, lookback_days) else "barely-used"
    return "busy" if is_needed(spec, lookback_days) else "idle"


def in_shadow_test(spec: EndpointSpec) -> bool:
    """An experiment that is not over needs its endpoint, and the shadow variant that it made (D13.5)."""
    return bool(spec.experiments and spec.shadows) and spec.experiment_status not in ("Completed", "Cancelled")


def with_routers(spec: EndpointSpec, word: str, routers: Iterable[RouterSpec]) -> str:
    """A destination in use or on stand-by is no forgotten endpoint, wherever its router lies (D13.1)."""
    needed = any(one.is_on(spec) for router in routers for one in router.destinations)
    return "protected" if word in UNUSED and needed else word


def called(spec: EndpointSpec, days: float) -> bool:
    """Whether anything that serves it was called. A shadow's traffic is a copy and does not count (D1.18)."""
    if spec.kind == "unknown":
        return False  # It publishes where no one looks.
    if spec.kind == "components":  # D1.13, D1.14
        return any(one.traffic.called_within(days) or one.refused.called_within(days) for one in spec.components)
    return spec.backlog > 0 or any(spec.traffic_of(variant).called_within(days) for variant in spec.variants)


def is_seldom(spec: EndpointSpec, days: float, below: int) -> bool:
    """Whether its calls were all served, and fewer than that. What waits or was refused for want of room is no call."""
    parts = _parts(spec)
    refused = spec.backlog > 0 or any(one.refused.called_within(days) for one in spec.components)
    if refused or any(one.per_hour or one.per_minute for one in parts):
        return False
    return 0 < sum(count for one in parts for at, count in one.bursts if at <= days) < below


def fails(spec: EndpointSpec, days: float) -> bool:
    return any(traffic.called_within(days) for _, traffic in spec.failures)


def is_needed(spec: EndpointSpec, days: float) -> bool:
    """Whether it is called without being served, or at a rhythm longer than the window (D1.29, D13.3)."""
    return fails(spec, days) or any(traffic.is_expected for traffic in _parts(spec))


def recurs(spec: EndpointSpec, days: float) -> bool:
    """Whether it is called at a rhythm longer than the window, in which one run may lie."""
    return any(one.is_expected and one.rhythm and one.rhythm[0] > days for one in _parts(spec))


def _parts(spec: EndpointSpec) -> list[Traffic]:
    """The traffic of all that serves."""
    if spec.kind == "components":
        return [one.traffic for one in spec.components]
    return [spec.traffic_of(one) for one in spec.variants]


def proven(spec: EndpointSpec) -> bool:
    """Whether silence is proof: zeros from all that serves, or a live fleet whatever it publishes (D1.25, D13.2)."""
    return all(spec.traffic_of(variant).zeros for variant in spec.variants)


def is_protected(tags: Mapping[str, str], protect_tags: Iterable[str] = ()) -> bool:
    """Keys and values in any letter case, between any blanks. A time in the past protects no longer, an unreadable
    one does.
    """
    now = datetime.now(UTC)
    for key, value in ((key.strip().lower(), value) for key, value in tags.items()):
        if key == KEEP_TAG or (key == KEEP_UNTIL_TAG and end_of(value) > now):
            return True
        for wanted in protect_tags:
            its_key, _, its_value = (part.strip().lower() for part in wanted.partition("="))
            if key == its_key and ("=" not in wanted or value.strip().lower() == its_value):
                return True
    return False


def end_of(text: str) -> datetime:
    """When a day is over everywhere on earth, and when a time is there in the last zone that it may mean."""
    written = text.strip()
    if len(text) > 40 or not written.isascii() or written != " ".join(written.split()):
        return NEVER
    try:
        if len(written) == len("2027-01-31"):
            return datetime.strptime(f"{written} +0000", "%Y-%m-%d %z") + timedelta(days=1, hours=12)
    except (ValueError, OverflowError):
        return NEVER
    for form in MOMENTS:
        for zone in ("%z", ""):
            try:
                found = datetime.strptime(written, form + zone)  # noqa: DTZ007 - the zone is the question
            except ValueError:
                continue
            return found if zone else found.replace(tzinfo=UTC) + timedelta(hours=12)
    return NEVER


def makers(spec: EndpointSpec) -> frozenset[str]:
    """Who made the endpoint, where it is not the account's own people by hand."""
    found = {maker for key, maker in (MAKERS | DEPLOYERS).items() if key in spec.tags}
    return frozenset(found | ({"canvas"} if spec.name.lower().startswith(CANVAS_PREFIX) else set()))


def notes(spec: EndpointSpec) -> frozenset[str]:
    """What a person should be told besides the verdict, as words."""
    of_variants = [spec.traffic_of(variant) for variant in spec.variants]
    until = {key.lower(): value for key, value in spec.tags.items()}.get(KEEP_UNTIL_TAG)
    found = {
        "canary": any(one.per_minute for one in of_variants),  # D1.31
        "monitoring-schedule": bool(spec.monitoring_schedules),  # D3.12
        "inference-experiment": bool(spec.experiments),  # D1.18
        "shadow-variant": bool(spec.shadows),
        "not-restorable": spec.config_gone,  # D3.9
        "capacity-reservation": any(variant.reservation for variant in spec.variants),  # D1.35
        "backlog-without-capacity": spec.backlog > 0 and spec.at_zero,  # D1.12
        "called-without-capacity": any(one.refused.called_within(14) for one in spec.components),  # D1.14
        "no-components": spec.kind == "components" and not spec.components,  # D1.15
        "keep-until-unparseable": until is not None and end_of(until) == NEVER,
        "unknown-status": spec.status not in STATUSES,
    }
    return frozenset(word for word, true in found.items() if true) | makers(spec)


STATUSES = (
    *("InService", "OutOfService", "Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"),
    *("Failed", "UpdateRollbackFailed"),
)


def _saves_nothing(spec: EndpointSpec, number: int) -> bool:
    variant = spec.variants[number]
    if variant.serverless is not None:
        return variant.serverless.provisioned == 0  # D1.6
    return bool(variant.reservation) and spec.kind in MODEL_KINDS  # D1.35
