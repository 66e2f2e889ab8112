"""Endpoints with few calls, where a threshold is given: a verdict of their own, never mixed with idle."""

from tests.laptop.conftest import Laptop
from tests.simulation.organization.scenarios.small import FIRST, one, organization
from tests.simulation.organization.traffic import Traffic

ONE_CELL = ("--accounts", FIRST)


def test_few_calls_are_told_with_a_threshold_only(laptop: Laptop) -> None:
    """The latency of the calls that were served is no other request, and a failed one is."""
    failing = (("Invocation5XXErrors", Traffic.last_seen(5, 3)),)
    laptop.open(
        organization(
            [
                one("few", Traffic.last_seen(3, 4)),
                one("many", Traffic.last_seen(3, 5)),
                one("weekly", Traffic.regular(7, 1, 2)),
                one("few-and-failing", Traffic.last_seen(3, 4), failures=failing),
                one("never"),
            ]
        )
    )
    busy = dict.fromkeys(("few", "many", "weekly", "few-and-failing"), "busy")
    assert laptop.scan(*ONE_CELL).names == busy | {"never": "idle"}
    assert laptop.scan(*ONE_CELL, "--threshold", "5").names == {
        "few": "barely-used",
        "many": "busy",
        "weekly": "barely-used",
        "few-and-failing": "busy",
        "never": "idle",
    }
