"""The stack's parameters, read by the same code as the functions read their environment."""

from collections.abc import Mapping

from endpoint_sweep.domain.errors import StackMissing
from endpoint_sweep.settings.cross_checks import variables
from endpoint_sweep.settings.environment import Variables

NEEDED = (
    "OrganizationId", "ExternalId", "Regions", "ScanRoleName", "ActRoleName", "RolePath", "Sender", "AlarmTopicArn",
    "MinApprovers", "TwoApproversAboveEndpoints", "TwoApproversAboveUsd", "RequireCode", "CodeTtlMinutes",
    "ProtectTags", "ReviewBaseUrl", "ReviewConcurrency", "Mode", "ScheduleExpression", "ScheduleTimezone",
    "ScheduleState", "LookbackDays", "BarelyUsedBelow", "OfferBarelyUsed", "MinAgeDays", "MinCoveragePercent",
    "MaxDeletesPerSweep", "MaxDeletesPerAccount", "MaxDeletePercentOfAccount", "ApprovalTtlMinutes", "GraceMinutes",
    "DeleteWindowMinutes", "WaitSliceSeconds", "GoneCheckSeconds", "ScanConcurrency", "Approvers",
    "SummaryRecipients", "TwoApproversForAccounts", "DenyAccounts", "Accounts", "ExcludeAccounts",
    "OrganizationalUnits", "ExcludeOrganizationalUnits", "ExcludeRegions", "ApproverPrincipals",
    "MoreApproverPrincipals", "ApproverAccounts",
)  # fmt: skip


def variables_of(parameters: Mapping[str, str], hub_account: str) -> Variables:
    """Raises StackMissing if one that the doctor reads is absent: the stack is of another version."""
    if absent := [name for name in NEEDED if name not in parameters]:
        raise StackMissing(f"the stack has no parameter {absent[0]}, so it is of another version than this program")
    return variables(parameters, hub_account)
