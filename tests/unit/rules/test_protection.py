"""What keeps an endpoint whatever its traffic: tags, owners elsewhere, age, recent change."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from endpoint_sweep.domain.model import Policy
from endpoint_sweep.rules.protection import expiry, lapsed, protection, recent_change, youth
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
        ({"Env": "prod"}, True),
        ({" env ": " PROD "}, True),
        ({"env": "production"}, False),
        ({"CRITICAL ": "no"}, True),
        ({"a": "b=c"}, True),
        ({"a": "b"}, False),
        ({"env=prod": ""}, False),
        (None, True),
        ({f"tag-{number:02d}": "x" for number in range(49)} | {"endpoint-sweep:Keep": "x"}, True),
    ],
)
def test_protect_tags(tags: dict[str, str] | None, protects: bool) -> None:
    """Ours with any value, the stack's by key or value, all in any case and between blanks; unread ones too (BI-21)."""
    assert (protection(tags, STRICT, NOW) is not None) is protects


@pytest.mark.parametrize("pattern", ["env=prod", "ENV=Prod", " Env = PROD ", "env"])
def test_the_case_of_the_stack_s_own_tags_does_not_matter(pattern: str) -> None:
    """Whoever types the parameter may write it as they like: a false match only keeps."""
    assert protection({"env": "prod"}, Policy(14, 14, (pattern,)), NOW) == f"protected by the tag {pattern}"


@pytest.mark.parametrize(
    ("value", "end"),
    [
        ("2026-11-20", "2026-11-21T12:00Z"),
        (" 2026-11-19 ", "2026-11-20T12:00Z"),
        ("2026-11-20T07:00:00Z", "2026-11-20T07:00Z"),
        ("2026-11-20 07:00+02:00", "2026-11-20T05:00Z"),
        ("2026-11-20T07:00-0530", "2026-11-20T12:30Z"),
        ("2026-11-20T07:00:30.5Z", "2026-11-20T07:00:30.5Z"),
        ("2026-11-20T07:00", "2026-11-20T19:00Z"),
        ("2026-11-20 07:00:00", "2026-11-20T19:00Z"),
        ("tomorrow", None),
        ("2026-13-45", None),
        ("2026-02-29", None),
        ("9999-99-99", None),
        ("9999-12-31", None),
        ("0001-01-01T00:00+14:00", None),
        ("", None),
        ("2020-01-01 or until Bob is back", None),
        ("2020-01-012", None),
        ("2020-1-1", None),
        ("20200101", None),
        ("2020-W01-1", None),
        ("01.01.2020", None),
        ("1577836800", None),
        ("2026-11-19" + 31 * " ", None),
        ("2026-11-19\u00a0", None),
        ("2020-01-01T25:00Z", None),
        ("2020-01-01T00:00+25:00", None),
        ("2020-01-01T00:00 CET", None),
        ("\u0662\u0660\u0662\u0660-01-01", None),
    ],
)
def test_keep_until(value: str, end: str | None) -> None:
    """A day until it is over everywhere, a time until it is there, in the last zone where it names none; whatever is
    neither protects for ever (BI-20).
    """
    assert expiry(value) == (datetime.fromisoformat(end) if end else None)
    tags = {"Endpoint-Sweep:Keep-Until": value}
    if end is None:
        assert protection(tags, POLICY, datetime(9998, 1, 1, tzinfo=UTC)) == UNREADABLE
        assert lapsed(tags, datetime(9998, 1, 1, tzinfo=UTC)) == ()
        return
    over = datetime.fromisoformat(end)
    just_before = over - timedelta(microseconds=1)
    assert protection(tags, POLICY, just_before) == f"its owner protects it until {value.strip()}"
    assert lapsed(tags, just_before) == ()
    assert protection(tags, POLICY, over) is None
    assert lapsed(tags, over) == (value,)


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
        ({"sagemaker-sdk:jumpstart-model-id": "x", "sagemaker-studio:jumpstart-model-id": "x"}, None),
        ({"SageMaker:Canvas-App": "x", "sagemaker-canvas": "x"}, None),
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
