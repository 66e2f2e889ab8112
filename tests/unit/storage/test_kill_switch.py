"""The kill switch: one word lets sweeps delete."""

import pytest

from endpoint_sweep.storage.kill_switch import why_stopped


class Switch:
    def __init__(self, value: str) -> None:
        self._value = value

    def read(self) -> str:
        return self._value


@pytest.mark.parametrize(("value", "stops"), [("off", False), (" OFF\n", False), ("on", True), ("", True), ("0", True)])
def test_only_off_is_off(value: str, stops: bool) -> None:
    """FI-50."""
    assert bool(why_stopped(Switch(value))) is stops
