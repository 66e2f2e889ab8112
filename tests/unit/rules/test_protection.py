"""What keeps an endpoint whatever its traffic: tags, owners elsewhere, age, recent change."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from endpoint_sweep.domain.model import Policy
from endpoint_sweep.rules.protection import protection, recent_change, youth
from tests.unit.samples import NOW, POLICY

STRICT = Policy(14, 14, ("critical", "env=prod", "a=b=c"))
UNREADABLE = "its owner protects it with endpoint-sweep:keep-until, but the value is not a date such as 2027-01-31"
STACK = "the CloudFormation stack ranker owns it; change the stack instead"


@pytest.mark.parametrize(
    ("tags", "protects"),
    [
        ({}, False),
        ({"endpoint-sweep:keep": "true"}, True),
        ({"endpoint-sweep:keep": "false"}, True),
        ({"Endpoint-Sweep:KEEP": ""}, True),
        ({" endpoint-sweep:keep ": "x"}, True),
        ({"endpoint-sweep:keeper": "x"}, False),
        ({"critical": "yes"}, True),
        ({"critical": ""}, True),
        ({"env": "prod"}, True),
        ({"env": "dev"}, False),
        ({"env": ""}, False),
        ({"Env": "prod"}, False),
        ({"env": "Prod"}, False),
        ({"a": "b=c"}, True),
        ({"a": "b"}, False),
        ({"env=prod": ""}, False),
        (None, True),
        ({f"tag-{number:02d}": "x" for number in range(49)} | {"endpoint-sweep:Keep": "x"}, True),
    ],
)
def test_protect_tags(tags: dict[str, str] | None, protects: bool) -> None:
    """Ours in any case and with any value, the stack's exactly; unread tags protect (BI-21)."""
    assert (protection(tags, STRICT, NOW) is not None) is protects


@pytest.mark.parametrize(
    ("value", "protects"),
    [
        ("2026-11-21", True),
        ("2026-11-20", True),
        ("2026-11-19", False),
        (" 2026-11-19 ", False),
        ("2026-11-20T00:00:00Z", True),
        ("2026-11-19T23:59:59+00:00", False),
        ("tomorrow", True),
        ("2026-13-45", True),
        ("9999-99-99", True),
        ("", True),
        ("2020-01-01 or until Bob is back", True),
        ("2020-01-012", True),
        ("01.01.2020", True),
        ("1577836800", True),
    ],
)
def test_keep_until(value: str, protects: bool) -> None:
    """Through the end of its day; whatever is no date protects for ever (BI-20)."""
    assert (protection({"Endpoint-Sweep:Keep-Until": value}, POLICY, NOW) is not None) is protects


def test_a_date_that_is_over_takes_no_other_protection_away() -> None:
    """Each tag speaks for itself, in whatever order they come."""
    over = {"endpoint-sweep:keep-until": "2020-01-01"}
    assert protection(over, STRICT, NOW) is None
    for other in ({"endpoint-sweep:keep": ""}, {"env": "prod"}, {"Endpoint-Sweep:Keep-Until": "2030-01-01"}):
        assert protection(over | other, STRICT, NOW) is not None
        assert protection(other | over, STRICT, NOW) is not None


@pytest.mark.parametrize(
    ("tags", "said"),
    [
        (None, "its tags could not be read, so it counts as protected"),
        ({"endpoint-sweep:keep": "x"}, "its owner protects it with the tag endpoint-sweep:keep"),
        ({"endpoint-sweep:keep-until": "2027-01-31"}, "its owner protects it until 2027-01-31"),
        ({"endpoint-sweep:keep-until": "soon"}, UNREADABLE),
        ({"env": "prod"}, "protected by the tag env=prod"),
        ({"aws:cloudformation:stack-name": "ranker"}, STACK),
        ({"sagemaker-sdk:jumpstart-model-id": "x"}, "SageMaker JumpStart made it and may need it"),
        ({"sagemaker-studio:jumpstart-model-id": "x"}, "SageMaker JumpStart made it and may need it"),
        ({"SageMaker:Canvas-App": "x"}, "SageMaker Canvas made it and may need it"),
        ({"bedrock:marketplace-registration-status": "registered"}, "Amazon Bedrock made it and may need it"),
        ({"bedrock-poc": "x", "my:aws:cloudformation:stack-name": "x"}, None),
    ],
)  # fmt: skip
def test_each_protection_says_why(tags: dict[str, str] | None, said: str | None) -> None:
    """A person reads it (D3.13)."""
    assert protection(tags, STRICT, NOW) == said


@given(st.dictionaries(st.sampled_from(["a", "env", "critical", "endpoint-sweep:keep", "Endpoint-Sweep:Keep-Until"]),
                       st.sampled_from(["", "prod", "2020-01-01", "2030-01-01", "x"])))  # fmt: skip
def test_the_order_of_tags_does_not_matter(tags: dict[str, str]) -> None:
    """The same reason, whichever comes first."""
    assert protection(tags, STRICT, NOW) == protection(dict(reversed(tags.items())), STRICT, NOW)


@pytest.mark.parametrize(
    ("created", "young"),
    [
        (NOW - timedelta(days=14), False),
        (NOW - timedelta(days=14) + timedelta(seconds=1), True),
        (NOW, True),
        (NOW + timedelta(days=1), True),
        (datetime(2020, 1, 1), True),  # noqa: DTZ001 - that is the point
        (datetime(2026, 11, 6, 8, 0, tzinfo=timezone(timedelta(hours=2))), False),
    ],
    ids=["old enough", "a second short", "new", "in the future", "without a time zone", "in another time zone"],
)
def test_youth(created: datetime, young: bool) -> None:
    """The whole window must lie within its life; a time that cannot be true counts as young (D2.5)."""
    assert (youth(created, POLICY, NOW) is not None) is young


def test_the_longer_of_age_and_lookback_decides() -> None:
    """A minimum age below the lookback cannot shorten the window."""
    created = NOW - timedelta(days=20)
    assert youth(created, Policy(30, 1), NOW) == "created 20 days ago; endpoints are evaluated after 30 days"
    assert youth(created, Policy(7, 21), NOW) is not None
    assert youth(created, Policy(7, 20), NOW) is None


@pytest.mark.parametrize(
    ("modified", "said"),
    [
        (None, None),
        (NOW - timedelta(days=2), None),
        (NOW - timedelta(hours=24), None),
        (NOW - timedelta(hours=23, minutes=59), "it was deployed or scaled 23 hours ago"),
        (NOW - timedelta(hours=1), "it was deployed or scaled 1 hours ago"),
        (NOW, "it was deployed or scaled 0 hours ago"),
        (NOW + timedelta(minutes=5), "it was deployed or scaled 0 hours ago"),
        (NOW + timedelta(minutes=6), "its last change time is not plausible"),
        (datetime(2020, 1, 1), "its last change time is not plausible"),  # noqa: DTZ001 - that is the point
    ],
)
def test_a_recent_change_is_a_sign_of_life(modified: datetime | None, said: str | None) -> None:
    """A day of grace after a deployment or a scaling (D2.5)."""
    assert recent_change(modified, NOW) == said


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 6, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_only_whole_windows_are_old_enough(created: datetime) -> None:
    """Whatever the moment of creation."""
    assert (youth(created, POLICY, NOW) is None) is (created <= NOW - timedelta(days=14))
