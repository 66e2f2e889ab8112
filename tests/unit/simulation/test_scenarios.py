"""The named worlds are what their names say, and the same every time."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, tzinfo

import pytest

from tests.simulation.organization.scenarios import build, guards, names
from tests.simulation.organization.scenarios.small import one, organization
from tests.simulation.organization.specification import (
    Account,
    ComponentSpec,
    EndpointSpec,
    Organization,
    Serverless,
    Unit,
    VariantSpec,
)
from tests.simulation.organization.traffic import Traffic

NOBODY = (VariantSpec("a", "ml.m5.large", 0),)
ON_DEMAND = (VariantSpec("a", serverless=Serverless()),)
WARM = (VariantSpec("a", serverless=Serverless(provisioned=1)),)
RESERVED = (VariantSpec("a", "ml.m5.large", reservation="arn:aws:sagemaker:us-east-1:222222222222:ml-reservation/x"),)
CALLED = ComponentSpec("called", traffic=Traffic.last_seen(3))
REFUSED = ComponentSpec("refused", 0, refused=Traffic.last_seen(3))


@pytest.mark.parametrize("name", names())
def test_deterministic(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Built twice at one moment, a world is equal to itself. Dates in its tags move with the clock."""

    class Noon(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Noon":
            return cls(2026, 6, 1, 12, tzinfo=tz)

    monkeypatch.setattr(guards, "datetime", Noon)
    assert build(name) == build(name)


def test_an_unknown_name_is_told() -> None:
    """A typing error names the worlds that exist."""
    with pytest.raises(LookupError, match="small"):
        build("smal")


class TestDefault:
    def test_size(self) -> None:
        """Eight accounts in three units besides the management account, four regions, about 120 endpoints."""
        world = build("default")
        members = [account for account in world.accounts if account.id != world.management_account]
        assert len(members) == 8
        assert len({account.unit for account in members}) == 3
        assert len(world.regions) == 4
        assert 110 <= len(world.endpoints) <= 130

    def test_worth_looking_at(self) -> None:
        """About 40% idle, most of it in us-east-1, and every other verdict is there too."""
        world = build("default")
        verdicts = Counter(world.expected_verdicts().values())
        assert set(verdicts) == {"idle", "busy", "too-young", "protected", "not-in-service", "no-evidence"}
        assert 0.35 <= verdicts["idle"] / len(world.endpoints) <= 0.45
        idle = world.expected_idle()
        assert sum(region == "us-east-1" for _, region, _ in idle) > len(idle) * 0.6

    def test_unreachable_cells(self) -> None:
        """One account without the role, one suspended, one region denied by policy; the rest can be scanned."""
        world = build("default")
        coverage = world.expected_coverage()
        assert {cell[0] for cell, status in coverage.items() if status == "skipped"} == {"320000000005"}
        denied = {cell for cell, status in coverage.items() if status == "denied"}
        assert ("430000000007", "eu-central-1") in denied
        assert {account for account, _ in denied} == {"430000000007", "430000000008", world.management_account}

    def test_hostile_text(self) -> None:
        """A formula and a script stand where a member account's people could put them."""
        world = build("default")
        values = {value for spec in world.endpoints for value in spec.tags.values()}
        assert {'=HYPERLINK("http://x","y")', "<script>alert(1)</script>"} <= values
        assert any(account.name.startswith("=HYPERLINK") for account in world.accounts)


class TestVerdicts:
    @pytest.mark.parametrize(
        ("spec", "verdict"),
        [
            (one("a"), "idle"),
            (one("a", Traffic.last_seen(15)), "idle"),
            (one("a", Traffic.last_seen(13)), "busy"),
            (one("a", Traffic.steady(1)), "busy"),
            (one("a", Traffic.silent()), "no-evidence"),
            (one("a", age=13), "too-young"),
            (one("a", age=15), "idle"),
            (one("a", tags={"ENDPOINT-SWEEP:KEEP": ""}), "protected"),
            (one("a", status="Failed"), "not-in-service"),
            (one("a", status="OutOfService"), "not-in-service"),
            (one("a", status="Hibernating"), "not-in-service"),
            (one("a", status="UpdateRollbackFailed"), "idle"),
            (one("a", Traffic.steady(1), status="UpdateRollbackFailed"), "busy"),
            (one("a", Traffic.canary()), "busy"),
            (one("a", modified_days_ago=0.5), "idle"),
            (one("a", modified_days_ago=0.5, config_days_ago=13), "too-young"),
            (one("a", config_days_ago=15), "idle"),
            (one("a", Traffic.regular(30, 20)), "busy"),
            (one("a", Traffic.regular(30, 46)), "idle"),
            (one("a", failures=(("Invocation4XXErrors", Traffic.last_seen(13)),)), "busy"),
            (one("a", failures=(("Invocation4XXErrors", Traffic.last_seen(15)),)), "idle"),
            (one("a", tags={"endpoint-sweep:keep-until": "2099-01-01"}), "protected"),
            (one("a", tags={"endpoint-sweep:keep-until": "2020-01-01"}), "idle"),
            (one("a", tags={"endpoint-sweep:keep-until": "someday"}), "protected"),
            (one("a", tags={"aws:cloudformation:stack-name": "x"}), "protected"),
            (one("a", config_gone=True), "unknown"),
            (one("a", variants_hidden=True), "no-evidence"),
            (one("a", kind="asynchronous"), "idle"),
            (one("a", Traffic.silent(), kind="asynchronous"), "no-evidence"),
            (one("a", kind="asynchronous", backlog=1), "busy"),
            (one("a", kind="asynchronous", variants=NOBODY), "at-zero"),
            (one("a", kind="asynchronous", variants=NOBODY, backlog=1), "busy"),
            (one("a", kind="components"), "idle"),
            (one("a", kind="components", components=(ComponentSpec("x"), ComponentSpec("y"))), "idle"),
            (one("a", kind="components", components=(ComponentSpec("x"), CALLED)), "busy"),
            (one("a", kind="components", components=(ComponentSpec("x", 0),), variants=NOBODY), "at-zero"),
            (one("a", kind="components", components=(REFUSED,), variants=NOBODY), "busy"),
            (one("a", kind="serverless", variants=ON_DEMAND), "zero-cost"),
            (one("a", Traffic.steady(1), kind="serverless", variants=ON_DEMAND), "busy"),
            (one("a", kind="serverless", variants=WARM), "idle"),
            (one("a", variants=RESERVED), "zero-cost"),
            (one("a", variants=(*RESERVED, VariantSpec("b", "ml.m5.large"))), "idle"),
            (one("a", Traffic.steady(9), kind="unknown"), "unknown"),
        ],
    )
    def test_from_the_specification(self, spec: EndpointSpec, verdict: str) -> None:
        """The expected verdict follows from status, traffic, tags, age and evidence."""
        assert list(organization([spec]).expected_verdicts().values()) == [verdict]

    def test_any_variant_keeps_an_endpoint(self) -> None:
        """D1.17: one called variant makes the endpoint busy, one mute variant leaves it without proof."""
        for traffic, verdict in ((Traffic.steady(1), "busy"), (Traffic.silent(), "no-evidence")):
            variants = (VariantSpec("a", "ml.m5.large"), VariantSpec("b", "ml.m5.large", traffic=traffic))
            spec = EndpointSpec("222222222222", "us-east-1", "two", variants, 90)
            assert list(organization([spec]).expected_verdicts().values()) == [verdict]

    def test_unreachable_endpoints_have_none(self) -> None:
        """What no scan can see cannot be judged."""
        world = build("denied")
        assert set(world.expected_verdicts()) == {("222222222222", "us-east-1", "resnet-demo")}


class TestNotes:
    def test_what_a_person_should_be_told(self) -> None:
        """Makers, schedules, experiments, reservations and doubts stand beside the verdict."""
        found = {key[2]: words for key, words in build("guards").expected_notes().items() if words}
        assert found["made-by-stack"] == {"cloudformation"}
        assert found["made-in-studio"] == {"jumpstart"}
        assert found["made-by-bedrock"] == {"bedrock"}
        assert found["canvas-churn-forecast"] == {"canvas"}
        assert found["monitored"] == {"monitoring-schedule"}
        assert found["in-experiment"] == {"inference-experiment", "shadow-variant"}
        assert found["config-gone"] == {"not-restorable"}
        assert found["tag-until-word"] == {"keep-until-unparseable"}
        assert found["status-hibernating"] == {"unknown-status"}
        assert "tag-none" not in found


class TestContradictions:
    def test_two_of_one_name(self) -> None:
        """D2.6: names are unique per account and region."""
        with pytest.raises(ValueError, match="unique"):
            organization([one("a"), one("a")])

    def test_bad_name(self) -> None:
        """D2.6: the alphabet of endpoint names."""
        with pytest.raises(ValueError, match="bad name"):
            organization([one("a_b")])

    def test_unit_without_parent(self) -> None:
        """A unit lies under the root or under a unit that is there."""
        units = (Unit("ou-a", "A", "ou-gone"),)
        account = Account("111111111111", "hub", "ou-a")
        with pytest.raises(ValueError, match="unknown parent"):
            Organization("o-x", account.id, account.id, "us-east-1", (account,), units, ("us-east-1",))

    def test_unknown_account(self) -> None:
        """An endpoint lives in an account of the Organization."""
        with pytest.raises(ValueError, match="unknown account"):
            organization([one("a", account="999999999999")])

    def test_unknown_state(self) -> None:
        """D0.1: the five states of an account."""
        with pytest.raises(ValueError, match="state"):
            organization([], [Account("222222222222", "x", "ou-demo-workload1", state="GONE")])

    def test_a_default_region_that_is_off(self) -> None:
        """D6.8: no account can switch it off."""
        account, here = Account("222222222222", "x", "ou-demo-workload1"), ("eu-west-1",)
        for wrong in (replace(account, off_regions=here), replace(account, turning_regions=here)):
            with pytest.raises(ValueError, match="never off"):
                organization([], [wrong])

    def test_hub_is_a_member(self) -> None:
        """The hub is one of the accounts."""
        with pytest.raises(ValueError, match="hub"):
            Organization("o-x", "1", "2", "us-east-1", (), (), ("us-east-1",))
