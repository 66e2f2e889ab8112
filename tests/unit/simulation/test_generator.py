"""Generated worlds: the size that was asked for, the same again, and everything in them that can go wrong."""

from collections import Counter

import pytest

from tests.simulation.member_aws.world import World
from tests.simulation.organization.scenarios.generator import PLAIN, generate
from tests.simulation.organization.verdicts import STATUSES


def test_size_and_share() -> None:
    """20 x 4 x 20 with 38% idle are 1,600 endpoints, 608 of them idle."""
    world = generate(20, 4, 20, 0.38, seed=1)
    assert len(world.endpoints) == 1600
    assert len(world.expected_idle()) == 608
    assert len({(spec.account, spec.region) for spec in world.endpoints}) == 80


@pytest.mark.parametrize("seed", range(5))
def test_idle_is_what_was_ordered(seed: int) -> None:
    """No other life is idle by accident."""
    world = generate(3, 3, 11, 0.5, seed=seed)
    assert len(world.expected_idle()) == round(99 * 0.5)


def test_the_same_again() -> None:
    """A seed is a world; another seed is another."""
    assert generate(2, 2, 5, seed=7) == generate(2, 2, 5, seed=7)
    assert generate(2, 2, 5, seed=7) != generate(2, 2, 5, seed=8)


def test_mixture() -> None:
    """Every kind, every verdict, an unknown status, names in every case."""
    world = generate(10, 4, 20, seed=2)
    assert {spec.kind for spec in world.endpoints} == {
        *("real-time", "multi-model", "multi-container", "pipeline", "components", "serverless"),
        *("asynchronous", "unknown"),
    }
    assert len(Counter(world.expected_verdicts().values())) == 9
    assert any(spec.status not in STATUSES for spec in world.endpoints)
    assert any(spec.name != spec.name.lower() for spec in world.endpoints)


def test_empty_cells() -> None:
    """About 95% of the cells hold nothing."""
    world = generate(50, 17, 2, empty_share=0.95, seed=4, kinds=PLAIN)
    cells = {(spec.account, spec.region) for spec in world.endpoints}
    assert 0.02 < len(cells) / (50 * 17) < 0.09
    assert {spec.kind for spec in world.endpoints} == {"real-time"}


def test_it_can_be_seeded() -> None:
    """moto takes every mixture."""
    organization = generate(4, 3, 12, seed=5)
    with World.in_process(organization) as world:
        assert world.endpoints() == {spec.key for spec in organization.endpoints}


def test_too_many_regions() -> None:
    """There are 17 to choose from."""
    with pytest.raises(ValueError, match="17"):
        generate(1, 18, 1)
