"""The stack's scope in whole sweeps, as the schedule starts them: what is left out is not scanned, and it is told."""

from typing import Any

import pytest

from tests.judging.stage import ADA, Stage
from tests.simulation.organization.scenarios.small import (
    FIRST,
    HUB,
    MANAGEMENT,
    OTHER_REGION,
    PLATFORM,
    REGION,
    SECOND,
    WORKLOADS,
    one,
    organization,
)
from tests.simulation.organization.specification import Account, Organization
from tests.workflow.conftest import OpenStage

STRANGER, EMPTY = "999999999999", "ou-demo-nobody00"


def two() -> Organization:
    """An idle endpoint in each of two members, in two regions; the second one has no scan role."""
    members = (Account(FIRST, "vision", WORKLOADS.id), Account(SECOND, "speech", WORKLOADS.id, has_scan_role=False))
    endpoints = [one("here"), one("there", region=OTHER_REGION), one("hidden", account=SECOND)]
    return organization(endpoints, members, (REGION, OTHER_REGION))


def statuses(stage: Stage, sweep: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for (account, _), status in stage.coverage(sweep).items():
        found.setdefault(account, set()).add(status)
    return found


def entered(stage: Stage) -> set[tuple[str, str]]:
    """The account-region pairs in which endpoints were listed."""
    return {(call.account, call.region) for call in stage.world.log.find(operation="ListEndpoints")}


BOTH = f"{MANAGEMENT},{SECOND}"


@pytest.mark.parametrize(
    ("parameters", "expected", "line"),
    [
        (
            {"ExcludeAccounts": BOTH},
            {MANAGEMENT: {"skipped"}, SECOND: {"skipped"}, HUB: {"scanned"}, FIRST: {"scanned"}},
            "Scope: 2 of 4 accounts.",
        ),
        (
            {"Accounts": f"{FIRST},{HUB}"},
            {MANAGEMENT: {"skipped"}, HUB: {"scanned"}, FIRST: {"scanned"}},
            "Scope: 2 of 4 accounts.",
        ),
        (
            {"OrganizationalUnits": WORKLOADS.id, "ExcludeAccounts": SECOND},
            {MANAGEMENT: {"skipped"}, SECOND: {"skipped"}, FIRST: {"scanned"}},
            "Scope: 1 of 4 accounts, in 1 of 3 organizational units.",
        ),
        (
            {"ExcludeOrganizationalUnits": PLATFORM.id, "ExcludeAccounts": BOTH},
            {MANAGEMENT: {"skipped"}, HUB: {"skipped"}, SECOND: {"skipped"}, FIRST: {"scanned"}},
            "Scope: 1 of 4 accounts, in 1 of 3 organizational units.",
        ),
    ],
    ids=["excluded accounts", "accounts", "units", "excluded units"],
)
def test_a_scheduled_sweep_of_a_part(
    stage_of: OpenStage, parameters: dict[str, str], expected: dict[str, set[str]], line: str
) -> None:
    """With the default coverage: what is left out counts against nothing, so that people are asked about the rest."""
    stage = stage_of(two(), MinCoveragePercent="90", **parameters)
    sweep = stage.start()
    links = stage.links(sweep)
    assert line in stage.mails(sweep)[0].text
    assert line in stage.hub.get(links[ADA]).body
    assert stage.plan(sweep) == [f"{FIRST}/{OTHER_REGION}/there", f"{FIRST}/{REGION}/here"]
    assert stage.decide(links[ADA]).status == 303
    stage.end(sweep)
    assert statuses(stage, sweep) == expected
    assert {account for account, _ in entered(stage)} == {one for one, how in expected.items() if "scanned" in how}
    summary = stage.summary(sweep)
    assert (line in summary.text, line in summary.html) == (True, True)
    assert "100% scanned" in summary.text
    assert stage.report(sweep)["scope"] == [line.rstrip(".")]


def test_without_a_scope_nobody_is_asked(stage_of: OpenStage) -> None:
    """The accounts without the role count, and nothing is said of a scope."""
    stage = stage_of(two(), MinCoveragePercent="90")
    stage.end(sweep := stage.start())
    assert "Request approval" not in stage.states(sweep)
    assert stage.report(sweep)["scope"] == []
    assert "Scope:" not in stage.summary(sweep).text


@pytest.mark.parametrize("regions", [f"{REGION},{OTHER_REGION}", "enabled"])
def test_a_region_that_the_stack_excludes(stage_of: OpenStage, regions: str) -> None:
    """Whether it is in the list, or one of those that each account has enabled."""
    stage = stage_of(two(), Regions=regions, ExcludeRegions=OTHER_REGION)
    stage.end(sweep := stage.start("report"))
    assert OTHER_REGION not in {region for _, region in stage.coverage(sweep)}
    assert {region for _, region in entered(stage)} >= {REGION}
    assert OTHER_REGION not in {region for _, region in entered(stage)}
    assert f"without {OTHER_REGION}." in stage.summary(sweep).text


@pytest.mark.parametrize(
    ("parameters", "asked", "why"),
    [
        (
            {"Accounts": FIRST},
            {"accounts": [FIRST, SECOND]},
            f"accounts has {SECOND}, which the stack parameter Accounts",
        ),
        ({"ExcludeAccounts": SECOND}, {"accounts": [SECOND]}, "which the stack parameter ExcludeAccounts leaves out"),
        (
            {"OrganizationalUnits": WORKLOADS.id},
            {"organizational_units": [PLATFORM.id]},
            "the stack parameter OrganizationalUnits leaves no account",
        ),
        (
            {"ExcludeOrganizationalUnits": WORKLOADS.id},
            {"accounts": [FIRST]},
            "which the stack parameter ExcludeOrganizationalUnits leaves out",
        ),
        (
            {"ExcludeRegions": OTHER_REGION},
            {"regions": [OTHER_REGION]},
            "which the stack parameter ExcludeRegions excl",
        ),
        ({"Accounts": STRANGER}, {}, "the stack parameter Accounts leaves no account to sweep"),
        ({"Accounts": f"{FIRST},{MANAGEMENT}"}, {}, "report mode; remove it from the stack parameter Accounts"),
        ({"ExcludeRegions": "eu-wset-1"}, {}, "the stack parameter ExcludeRegions has"),
        ({"ExcludeRegions": f"{REGION},{OTHER_REGION}"}, {}, "excluded by the stack parameter ExcludeRegions"),
        ({"ExcludeOrganizationalUnits": "Sandbox"}, {}, "the stack parameter ExcludeOrganizationalUnits has"),
    ],
)
def test_what_is_refused(stage_of: OpenStage, parameters: dict[str, str], asked: dict[str, Any], why: str) -> None:
    """An input that would widen the stack's scope, and a scope that no one can mean: no account is entered."""
    stage = stage_of(two(), **parameters)
    sweep = stage.start(**asked)
    assert stage.end(sweep)["status"] == "FAILED"
    assert why in stage.report(sweep)["failure"]["reason"]
    assert entered(stage) == set()
    assert stage.row(sweep, "REQUEST") is None


def test_an_account_that_was_closed_stops_no_sweep(stage_of: OpenStage) -> None:
    """Nor a unit without accounts; who decides reads of both, because they may be typing errors."""
    stage = stage_of(two(), ExcludeAccounts=f"{BOTH},{STRANGER}", OrganizationalUnits=f"{WORKLOADS.id},{EMPTY}")
    sweep = stage.start()
    links = stage.links(sweep)
    notes = [
        f"The stack parameter ExcludeAccounts has {STRANGER}, not in the Organization: correct or remove it",
        f"The stack parameter OrganizationalUnits has {EMPTY}, not a unit that has accounts: correct or remove it",
    ]
    assert all(note in stage.mails(sweep)[0].text for note in notes)
    assert all(note in stage.hub.get(links[ADA]).body for note in notes)
    assert stage.decide(links[ADA]).status == 303
    stage.end(sweep)
    assert stage.report(sweep)["scope"][1:] == notes
    assert all(note in stage.summary(sweep).text for note in notes)


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("EXCLUDE_ACCOUNTS", f",{FIRST}", "failed: kept: its account is in the stack parameter ExcludeAccounts"),
        ("ACCOUNTS", f",{HUB}", "failed: kept: its account is not in the stack parameter Accounts"),
        ("EXCLUDE_REGIONS", f",{REGION}", "failed: kept: its region is in the stack parameter ExcludeRegions"),
        ("EXCLUDE_ACCOUNTS", ",0222-2222-2222", "failed: kept: the delete step stopped before it deleted anything"),
    ],
)
def test_the_scope_is_looked_at_again_before_the_deletion(stage_of: OpenStage, name: str, value: str, why: str) -> None:
    """What was left out after the approval is kept, and everything while no one knows what was meant."""
    stage = stage_of(two(), MinCoveragePercent="10", MaxDeletePercentOfAccount="100")
    sweep = stage.start()
    links = stage.links(sweep)

    def narrowed(_: Any) -> None:
        from endpoint_sweep.aws import wiring

        parameter = stage.hub.environment()[f"{name}_PARAMETER"]
        stage.hub.client("ssm").put_parameter(Name=parameter, Value=value, Type="String", Overwrite=True)
        wiring.hub.cache_clear()

    stage.around("ApplyDecisionFunction", narrowed)
    assert stage.decide(links[ADA], f"{FIRST}/{REGION}/here").status == 303
    stage.end(sweep)
    assert ": ".join(stage.disposition(sweep, "here")) == why
    assert stage.world.log.find(service="sagemaker", operation="DeleteEndpoint") == []
