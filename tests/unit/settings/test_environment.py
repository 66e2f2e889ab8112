"""The environment: read once, and what is missing is named."""

from datetime import timedelta

import pytest

from endpoint_sweep.domain.errors import SettingsError
from endpoint_sweep.settings.environment import Settings
from tests.unit.samples import ADA, ENVIRONMENT, settings

OPTIONAL = {"SENDER", "APPROVERS", "REGIONS", "REVIEW_BASE_URL"}


def test_everything_is_read() -> None:
    """Lists without white space, durations in their units, the base address without its slash."""
    found = settings()
    assert found.approvers == (ADA, "grace@example.com")
    assert (found.approval_ttl, found.wait_slice) == (timedelta(hours=72), timedelta(hours=1))
    assert (found.delete_window, found.gone_check) == (timedelta(hours=4), timedelta(seconds=30))
    assert found.review_base_url == "https://review.example.com/v1"
    assert (found.partition, found.caps.per_account) == ("aws", 10)


def test_summaries_go_to_the_approvers_unless_somebody_else_is_named() -> None:
    """Both ways."""
    assert settings().recipients == settings().approvers
    assert settings(SUMMARY_RECIPIENTS="team@example.com").recipients == ("team@example.com",)


@pytest.mark.parametrize("name", sorted(ENVIRONMENT.keys() - OPTIONAL))
@pytest.mark.parametrize("value", [None, "", "  "], ids=["missing", "empty", "blank"])
def test_a_missing_variable_is_named(name: str, value: str | None) -> None:
    """The name stands in the error."""
    environment = {key: one for key, one in (ENVIRONMENT | {name: value}).items() if one is not None}
    with pytest.raises(SettingsError, match=rf"\b{name}\b is missing or empty"):
        Settings.from_environment(environment)


@pytest.mark.parametrize("value", ["ten", "-1", "1.5", "0x10", "٣", "1e3", "1_000"])
def test_a_number_that_is_none_is_named(value: str) -> None:
    """With what it was."""
    with pytest.raises(SettingsError, match="LOOKBACK_DAYS must be a whole number"):
        settings(LOOKBACK_DAYS=value)


@pytest.mark.parametrize("name", sorted(OPTIONAL))
def test_what_may_be_missing(name: str) -> None:
    """Mode report needs no sender, no approvers and no page: missing is as good as empty."""
    without = {key: value for key, value in ENVIRONMENT.items() if key != name}
    assert Settings.from_environment(without) == settings(**{name: ""}) != settings()
