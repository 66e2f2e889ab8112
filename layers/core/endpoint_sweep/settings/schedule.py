"""The settings of the function that checks whether a scheduled sweep is overdue."""

from dataclasses import dataclass
from datetime import tzinfo
from zoneinfo import ZoneInfo

from endpoint_sweep.domain.errors import ScheduleUnreadable
from endpoint_sweep.settings.environment import Variables


@dataclass(frozen=True, slots=True)
class ScheduleSettings:
    """When sweeps should start, as the stack was deployed. `zone_name`: as people write it."""

    name: str
    expression: str
    zone_name: str
    is_enabled: bool

    @property
    def zone(self) -> tzinfo:
        try:
            return ZoneInfo(self.zone_name)
        except (KeyError, ValueError, OSError) as error:
            raise ScheduleUnreadable(f"ScheduleTimezone: no time zone is named {self.zone_name!r}") from error

    @classmethod
    def of(cls, variables: Variables) -> "ScheduleSettings":
        return cls(
            name=variables.text("SCHEDULE_NAME"),
            expression=variables.text("SCHEDULE_EXPRESSION"),
            zone_name=variables.text("SCHEDULE_TIMEZONE"),
            # Anything but DISABLED is watched over.
            is_enabled=variables.text("SCHEDULE_STATE") != "DISABLED",
        )
