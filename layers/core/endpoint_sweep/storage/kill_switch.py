"""The kill switch: a parameter of the hub that stops every deletion at once. It is read each time (S3.9)."""

from endpoint_sweep.domain.errors import SwitchMissing, SwitchUnreadable
from endpoint_sweep.ports import KillSwitch

OFF = "off"


def why_stopped(switch: KillSwitch) -> str | None:
    """Why nothing may be deleted, or None. Only the word `off` is off; a switch that is missing or unreadable is on."""
    try:
        value = switch.read()
    except SwitchMissing as error:
        command = f"aws ssm put-parameter --name {error} --value off --type String --overwrite"
        return f"the kill switch does not exist and is treated as on until someone runs `{command}`"
    except SwitchUnreadable as error:
        return f"the kill switch could not be read and is treated as on: {error}"
    return None if value.strip().lower() == OFF else "the kill switch is on"


def is_on(switch: KillSwitch) -> bool:
    """Whether it is on or missing, which voids open approvals. An unreadable one stops deletions but voids nothing."""
    try:
        return switch.read().strip().lower() != OFF
    except SwitchMissing:
        return True
    except SwitchUnreadable:
        return False
