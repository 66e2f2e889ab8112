"""A fixed sample of whole sweeps in which things go wrong by chance; `make figures` plays thousands more (P1)."""

import pytest

from tests.faults.case import draw
from tests.faults.play import play

SAMPLE = range(60)


@pytest.mark.parametrize("seed", SAMPLE)
def test_every_promise_is_kept(seed: int) -> None:
    """Whatever failed, died or interfered: I1 to I12 hold."""
    played = play(draw(seed))
    assert played.wrong == (), str(played.case)
