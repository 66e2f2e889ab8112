"""The named worlds are what their names say, and the same every time."""

from collections import Counter

import pytest

from tests.simulation.organization import Account, EndpointSpec, Organization, VariantSpec
from tests.simulation.scenarios import build, names
from tests.simulation.scenarios.small import one, organization
from tests.simulation.traffic import Traffic


@pytest.mark.parametrize("name", names())
def test_deterministic(name: str) -> None:
    """Built twice, a world is equal to itself."""
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
        """About 40 % idle, most of it in us-east-1, and every other verdict is there too."""
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


class TestContradictions:
    def test_two_of_one_name(self) -> None:
        """D2.6: names are unique per account and region."""
        with pytest.raises(ValueError, match="unique"):
            organization([one("a"), one("a")])

    def test_bad_name(self) -> None:
        """D2.6: the alphabet of endpoint names."""
        with pytest.raises(ValueError, match="bad name"):
            organization([one("a_b")])

    def test_unknown_account(self) -> None:
        """An endpoint lives in an account of the Organization."""
        with pytest.raises(ValueError, match="unknown account"):
            organization([one("a", account="999999999999")])

    def test_unknown_state(self) -> None:
        """D0.1: the five states of an account."""
        with pytest.raises(ValueError, match="state"):
            organization([], [Account("222222222222", "x", "ou-demo-workload1", state="GONE")])

    def test_hub_is_a_member(self) -> None:
        """The hub is one of the accounts."""
        with pytest.raises(ValueError, match="hub"):
            Organization("o-x", "1", "2", "us-east-1", (), (), ("us-east-1",))
