"""What keeps an endpoint regardless of traffic: tags, owners, age, recent change. Pure; each check says why."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from endpoint_sweep.domain.model import Policy

KEEP_TAG = "endpoint-sweep:keep"
KEEP_UNTIL_TAG = "endpoint-sweep:keep-until"
RECENT = timedelta(hours=24)  # Redeployment and scaling move LastModifiedTime: a weak sign of life (D2.5).
_STACK_TAG = "aws:cloudformation:stack-name"
_MAKERS = (
    ("sagemaker-sdk:jumpstart", "SageMaker JumpStart"),
    ("sagemaker-studio:jumpstart", "SageMaker JumpStart"),
    ("sagemaker:jumpstart", "SageMaker JumpStart"),
    ("sagemaker-canvas", "SageMaker Canvas"),
    ("sagemaker:canvas", "SageMaker Canvas"),
    ("bedrock:", "Amazon Bedrock"),
    ("aws:bedrock", "Amazon Bedrock"),
)


def protection(tags: Mapping[str, str] | None, policy: Policy, now: datetime) -> str | None:
    """Why the tags protect an endpoint, or None. Unreadable tags (None) protect it (I5).

    Our own keys count in any letter case. `keep` protects with any value, even `endpoint-sweep:keep=false`.
    `keep-until` protects through that day, or permanently if the value is not a date.
    """
    if tags is None:
        return "its tags could not be read, so it counts as protected"
    for name, value in sorted(tags.items()):
        own = name.strip().lower()
        if own == KEEP_TAG:
            return f"its owner protects it with the tag {name.strip()}"
        if own == KEEP_UNTIL_TAG and (why := _until(value, now)):
            return why
        for pattern in policy.protect_tags:
            wanted, equals, wanted_value = pattern.partition("=")
            if name == wanted and (not equals or value == wanted_value):
                return f"protected by the tag {pattern}"
    return _owner_elsewhere(tags)


def _until(value: str, now: datetime) -> str | None:
    try:
        last = datetime.fromisoformat(value.strip()).date()
    except ValueError:
        return "its owner protects it with endpoint-sweep:keep-until, but the value is not a date such as 2027-01-31"
    return f"its owner protects it until {last.isoformat()}" if last >= now.date() else None


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
