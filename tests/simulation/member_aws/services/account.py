"""Account management: which regions an account has enabled (D6.3)."""

from moto.core.responses import ActionResult, BaseResponse

from tests.simulation.member_aws.services.refused import Refused
from tests.simulation.member_aws.state import active
from tests.simulation.organization.specification import Account, Organization

PAGE = 50
# Enabled in every account from the beginning; all others have to be opted into.
BY_DEFAULT = frozenset(
    {
        *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1"),
        *("eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1", "eu-north-1"),
        *("ap-south-1", "ap-southeast-1", "ap-southeast-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3"),
    }
)
NOWHERE_ENABLED = ("af-south-1", "ap-east-1", "il-central-1", "me-south-1")


def region_states(organization: Organization, account: Account) -> dict[str, str]:
    """Region -> RegionOptStatus. The regions of the world, and some that no one in it has enabled."""
    states = dict.fromkeys(NOWHERE_ENABLED, "DISABLED")
    for region in organization.regions:
        enabled = "ENABLED_BY_DEFAULT" if region in BY_DEFAULT else "ENABLED"
        states[region] = enabled
        if region in account.off_regions:
            states[region] = "DISABLED"
        if region in account.turning_regions:
            states[region] = "ENABLING"
    return dict(sorted(states.items()))


class AccountRegions(BaseResponse):  # type: ignore[misc]  # moto ships no types
    use_raw_body = True

    def __init__(self) -> None:
        super().__init__(service_name="account")
        self.automated_parameter_parsing = True

    def list_regions(self) -> ActionResult:
        """Of the caller's own account, or of a member's with trusted access (D6.3). At most 50 per page."""
        state = active()
        organization = state.organization
        asked = self._get_param("AccountId")
        if asked is not None:
            if self.current_account not in (organization.management_account, organization.hub_account):
                raise Refused("AccessDeniedException", "You don't have permission to access this resource.")
            if asked == organization.management_account:
                text = "The management account is not a member: omit AccountId."
                raise Refused("ValidationException", text)
            if "trusted-access" in state.off:
                text = "User is not authorized to perform: account:ListRegions (trusted access is not enabled)"
                raise Refused("AccessDeniedException", text)
        account = state.account(asked or self.current_account)
        if account is None:
            raise Refused("AccessDeniedException", "The account is not a member of the organization.")
        wanted = self._get_param("RegionOptStatusContains")
        rows = [
            {"RegionName": name, "RegionOptStatus": status}
            for name, status in region_states(organization, account).items()
            if not wanted or status in wanted
        ]
        size = min(self._get_param("MaxResults") or PAGE, PAGE)
        start = int(self._get_param("NextToken") or 0)
        answer = {"Regions": rows[start : start + size]}
        return ActionResult(answer | ({"NextToken": str(start + size)} if start + size < len(rows) else {}))
