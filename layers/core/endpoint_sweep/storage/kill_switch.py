"""The kill switch: a parameter of the hub that stops every deletion at once. It is read each time (S3.9)."""

from endpoint_sweep.domain.errors import SwitchUnreadable
from endpoint_sweep.ports import KillSwitch

OFF = "off"


def why_stopped(switch: KillSwitch) -> str | None:
    """Why nothing may be deleted, or None. Only the word `off` is off; a switch that cannot be read is on."""
    try:
        value = switch.read()
    except SwitchUnreadable as error:
        return f"the kill switch could not be read and is treated as on: {error}"
    return None if value.strip().lower() == OFF else "the kill switch is on"


def is_on(switch: KillSwitch) -> bool:
    """Whether it is switched on, which voids open approvals. An unreadable switch stops deletions but voids nothing."""
    try:
        return switch.read().strip().lower() != OFF
    except SwitchUnreadable:
        return False
