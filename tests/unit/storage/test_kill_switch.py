"""The kill switch: one word lets sweeps delete."""

import pytest

from endpoint_sweep.domain.errors import SwitchMissing, SwitchUnreadable
from endpoint_sweep.storage.kill_switch import is_on, why_stopped


class Switch:
    def __init__(self, value: str | Exception) -> None:
        self._value = value

    def read(self) -> str:
        if isinstance(self._value, Exception):
            raise self._value
        return self._value


@pytest.mark.parametrize(("value", "stops"), [("off", False), (" OFF\n", False), ("on", True), ("", True), ("0", True)])
def test_only_off_is_off(value: str, stops: bool) -> None:
    """FI-50."""
    assert bool(why_stopped(Switch(value))) is stops


def test_a_switch_that_no_one_made_is_on() -> None:
    """A new installation deletes nothing until a person runs the command that the reason names."""
    missing = Switch(SwitchMissing("/endpoint-sweep/kill"))
    command = "aws ssm put-parameter --name /endpoint-sweep/kill --value off --type String --overwrite"
    assert f"`{command}`" in str(why_stopped(missing))
    assert is_on(missing)


def test_a_switch_that_cannot_be_read_stops_and_voids_nothing() -> None:
    """Systems Manager may answer again while the approval is still open."""
    unreadable = Switch(SwitchUnreadable("AccessDeniedException"))
    assert "could not be read and is treated as on: AccessDeniedException" in str(why_stopped(unreadable))
    assert not is_on(unreadable)
