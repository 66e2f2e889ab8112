"""The environment: read once, and what is missing is named."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from endpoint_sweep.domain.errors import SettingsError
from endpoint_sweep.rules.scopes import EVERYTHING, Scope
from endpoint_sweep.settings.environment import (
    ActSettings,
    DecideSettings,
    HubSettings,
    PeopleSettings,
    ScanSettings,
    Variables,
)
from endpoint_sweep.settings.schedule import ScheduleSettings
from tests.unit.samples import ADA, ENVIRONMENT, NAMES, settings, variables

OPTIONAL = {"SENDER", "REGIONS"}
# An adapter reads these by itself; tests/unit/repository/test_variables.py says for whom.
ADAPTERS = {"ROLE_PATH", "SCAN_ROLE_NAME", "ACT_ROLE_NAME", "EXTERNAL_ID", "KILL_SWITCH", "EVENT_BUS"}


def test_everything_is_read() -> None:
    """Lists without white space, durations in their units, the base address without its slash."""
    found = settings()
    assert found.decide.rules == found.act.rules
    assert found.act.rules.approvers == (ADA, "grace@example.com")
    assert (found.decide.approval_ttl, found.decide.wait_slice) == (timedelta(hours=72), timedelta(hours=1))
    assert (found.act.rules.window, found.act.gone_check) == (timedelta(hours=4), timedelta(seconds=30))
    assert found.act.rules.caps.per_account == 10
    assert found.scan.regions == ("us-east-1", "eu-west-1")
    assert variables().review_base_url == "https://review.example.com/v1"
    assert variables().code_ttl == timedelta(hours=1)


def test_the_hub_knows_where_it_is() -> None:
    """By the ARN of its state machine."""
    found = HubSettings.of(variables(STATE_MACHINE_ARN="arn:aws-cn:states:cn-north-1:222222222222:stateMachine:x"))
    assert (found.partition, found.home_region, found.hub_account) == ("aws-cn", "cn-north-1", "222222222222")
    assert found.stack == "x"


def test_principals_are_read_in_pairs() -> None:
    """The ARN before the equals sign; spaces do not count."""
    role = "arn:aws:iam::111111111111:role/finops"
    found = variables(APPROVER_PRINCIPALS=f",{role}/ada = {ADA}, {role}/grace=grace@example.com").principals
    assert [(one.arn, one.approver) for one in found] == [(f"{role}/ada", ADA), (f"{role}/grace", "grace@example.com")]


def test_the_hub_s_own_account_reaches_the_api() -> None:
    """And those that the stack names."""
    assert PeopleSettings.of(variables()).accounts == ("111111111111",)
    assert PeopleSettings.of(variables(APPROVER_ACCOUNTS="222222222222")).accounts == ("111111111111", "222222222222")


def test_summaries_go_to_the_approvers_unless_somebody_else_is_named() -> None:
    """Both ways."""
    assert variables().recipients == variables().approvers == (ADA, "grace@example.com")
    assert variables(SUMMARY_RECIPIENTS=",team@example.com").recipients == ("team@example.com",)


def test_the_scope_of_the_stack() -> None:
    """Each list where it belongs; the step that deletes asks no one about units."""
    found = variables(ACCOUNTS=",222222222222", EXCLUDE_ACCOUNTS=",333333333333", EXCLUDE_REGIONS=",eu-west-1",
                      ORGANIZATIONAL_UNITS=",r-ab12", EXCLUDE_ORGANIZATIONAL_UNITS=",ou-ab12-11111111")  # fmt: skip
    names = Scope(("222222222222",), ("333333333333",), exclude_regions=("eu-west-1",))
    assert ActSettings.of(found).scope == names
    assert found.scope == replace(
        names, organizational_units=("r-ab12",), exclude_organizational_units=("ou-ab12-11111111",)
    )
    assert variables().scope == EVERYTHING


def test_an_empty_list_is_a_comma() -> None:
    """A parameter may not be empty (D9.8)."""
    assert variables(APPROVERS=",").approvers == ()


def read_all(environment: Mapping[str, str]) -> tuple[object, ...]:
    found = Variables(environment, lambda _name: ",")
    kinds = HubSettings.of(found), ScanSettings.of(found), DecideSettings.of(found), ActSettings.of(found)
    others = found.scope, found.principals, found.recipients, found.review_base_url, found.code_ttl
    return (*kinds, ScheduleSettings.of(found), *others)


@pytest.mark.parametrize("name", sorted((ENVIRONMENT | NAMES).keys() - OPTIONAL - ADAPTERS))
@pytest.mark.parametrize("value", [None, "", "  "], ids=["missing", "empty", "blank"])
def test_a_missing_variable_is_named(name: str, value: str | None) -> None:
    """The name stands in the error."""
    environment = {key: one for key, one in (ENVIRONMENT | NAMES | {name: value}).items() if one is not None}
    with pytest.raises(SettingsError, match=rf"\b{name}\b is missing or empty"):
        read_all(environment)


@pytest.mark.parametrize("value", ["ten", "-1", "1.5", "0x10", "٣", "1e3", "1_000"])
def test_a_number_that_is_none_is_named(value: str) -> None:
    """With what it was."""
    with pytest.raises(SettingsError, match="LOOKBACK_DAYS must be a whole number"):
        settings(LOOKBACK_DAYS=value)


@pytest.mark.parametrize("name", sorted(OPTIONAL))
def test_what_may_be_missing(name: str) -> None:
    """Report mode needs no sender, and a sweep may name its regions."""
    given = ENVIRONMENT | NAMES
    without = {key: value for key, value in given.items() if key != name}
    assert read_all(without) == read_all(given | {name: ""}) != read_all(given)
