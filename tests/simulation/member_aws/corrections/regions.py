"""EC2's regions as one account sees them: those that it enabled, and the others only when asked (D6.2)."""

from moto.core.responses import ActionResult
from moto.ec2.responses.availability_zones_and_regions import AvailabilityZonesAndRegions

from tests.simulation.member_aws.corrections.correction import Correction
from tests.simulation.member_aws.services.account import region_states
from tests.simulation.member_aws.state import active
from tests.simulation.organization.specification import DEFAULT_REGIONS


def describe_regions(response: AvailabilityZonesAndRegions) -> ActionResult:
    """moto shows every region that it knows, enabled or not."""
    state = active()
    account = state.account(response.current_account)
    states = region_states(state.organization, account) if account is not None else {}
    everything = response._get_param("AllRegions") in (True, "true")
    names = response._get_param("RegionNames", [])
    rows = [
        {"RegionName": name, "Endpoint": f"ec2.{name}.amazonaws.com", "OptInStatus": _opted(name, status)}
        for name, status in states.items()
        if (everything or status.startswith("ENABLED")) and (not names or name in names)
    ]
    return ActionResult({"Regions": rows})


def _opted(name: str, status: str) -> str:
    if not status.startswith("ENABLED"):
        return "not-opted-in"
    return "opt-in-not-required" if name in DEFAULT_REGIONS else "opted-in"


CORRECTIONS = (
    Correction("regions", AvailabilityZonesAndRegions, "describe_regions", describe_regions, "of the account, D6.2"),
)
