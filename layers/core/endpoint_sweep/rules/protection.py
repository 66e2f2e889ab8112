"""What keeps an endpoint regardless of traffic: tags, owners, age, recent change. Pure; each check says why."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone

from endpoint_sweep.domain.model import Policy

KEEP_TAG = "endpoint-sweep:keep"
KEEP_UNTIL_TAG = "endpoint-sweep:keep-until"
RECENT = timedelta(hours=24)  # Redeployment and scaling move LastModifiedTime: a weak sign of life (D2.5).
_STACK_TAG = "aws:cloudformation:stack-name"
_MAKERS = (
    ("bedrock:", "Amazon Bedrock"),
    ("aws:bedrock", "Amazon Bedrock"),
)
_LONGEST = 40  # An exact moment has 32 characters; so long a value still fits into a session policy (D9.6).
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(?P<zone>Z|[+-]\d{2}:?\d{2})?", re.ASCII)
# Nowhere on earth is a day over later than twelve hours after it is over in UTC.
_LAST_ZONE = timezone(timedelta(hours=-12))


def protection(tags: Mapping[str, str] | None, policy: Policy, now: datetime) -> str | None:
    """Why the tags protect an endpoint, or None. Unreadable tags (None) protect it (I5).

    Keys and values are compared without regard to case and to blanks around them, because a false match only keeps.
    `keep` protects with any value, even `endpoint-sweep:keep=false`. `keep-until` protects until `expiry`.
    """
    if tags is None:
        return "its tags could not be read, so it counts as protected"
    for name, value in sorted(tags.items()):
        own = _plain(name)
        if own == KEEP_TAG:
            return f"its owner protects it with the tag {name.strip()}"
        if own == KEEP_UNTIL_TAG and (why := _until(value, now)):
            return why
        for pattern in policy.protect_tags:
            wanted, equals, wanted_value = pattern.partition("=")
            if own == _plain(wanted) and (not equals or _plain(value) == _plain(wanted_value)):
                return f"protected by the tag {pattern}"
    return _owner_elsewhere(tags)


def expiry(value: str) -> datetime | None:
    """When a `keep-until` stops protecting; None: never, because it is not a date or a time that we understand.

    A date lasts until it is over everywhere on earth. A time without a zone may be of any zone, so the last one counts.
    """
    text = value.strip()
    if not value.isascii() or len(value) > _LONGEST:
        return None
    try:
        if _DAY.fullmatch(text):
            return datetime.fromisoformat(text).replace(tzinfo=_LAST_ZONE).astimezone(UTC) + timedelta(days=1)
        if told := _MOMENT.fullmatch(text):
            at = datetime.fromisoformat(text)
            return (at if told["zone"] else at.replace(tzinfo=_LAST_ZONE)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return None


def lapsed(tags: Mapping[str, str], now: datetime) -> tuple[str, ...]:
    """The values of `keep-until` that no longer protect, exactly as they stand on the resource."""
    own = (value for name, value in sorted(tags.items()) if _plain(name) == KEEP_UNTIL_TAG)
    return tuple(value for value in own if _until(value, now) is None)


def _until(value: str, now: datetime) -> str | None:
    end = expiry(value)
    if end is None:
        return "its owner protects it with endpoint-sweep:keep-until, but the value is not a date such as 2027-01-31"
    return f"its owner protects it until {value.strip()}" if now < end else None


def _plain(text: str) -> str:
    return text.strip().casefold()


def _owner_elsewhere(tags: Mapping[str, str]) -> str | None:
    """Something else owns it and would recreate or miss it; a stack would fail at its next update (D3.13)."""
    if stack := tags.get(_STACK_TAG):
        return f"the CloudFormation stack {stack} owns it; change the stack instead"
    for name in sorted(tags):
        for prefix, maker in _MAKERS:
            if name.lower().startswith(prefix):
                return f"{maker} made it and may need it"
    return None


def youth(created_at: datetime, policy: Policy, now: datetime) -> str | None:
    """Why the endpoint is too new, or None. It must have existed for the whole window (D2.5)."""
    needed = max(policy.min_age_days, policy.lookback_days)
    if not is_believable(created_at, now):
        return "its creation time is not plausible"
    age = now - created_at
    if age >= timedelta(days=needed):
        return None
    return f"created {age.days} days ago; endpoints are evaluated after {needed} days"


def recent_change(last_modified_at: datetime | None, now: datetime) -> str | None:
    """Why a change is too recent to judge, or None."""
    if last_modified_at is None:
        return None
    if not is_believable(last_modified_at, now):
        return "its last change time is not plausible"
    age = now - last_modified_at
    if age >= RECENT:
        return None
    return f"it was deployed or scaled {int(age / timedelta(hours=1))} hours ago"


def is_believable(at: datetime, now: datetime) -> bool:
    """A time without a zone, or more than five minutes ahead, shows that something is wrong (BI-24, FI-09)."""
    return at.tzinfo is not None and at <= now + timedelta(minutes=5)
