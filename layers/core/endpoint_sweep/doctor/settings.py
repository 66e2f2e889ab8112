"""The stack's parameters, read by the same code as the functions read their environment."""

import re
from collections.abc import Mapping

from endpoint_sweep.domain.errors import StackMissing
from endpoint_sweep.settings.environment import Variables

_LISTS = (
    "Approvers", "SummaryRecipients", "TwoApproversForAccounts", "DenyAccounts", "Accounts", "ExcludeAccounts",
    "OrganizationalUnits", "ExcludeOrganizationalUnits", "ExcludeRegions",
)  # fmt: skip
_PRINCIPALS = ("ApproverPrincipals", "MoreApproverPrincipals")
NEEDED = (
    "OrganizationId", "ExternalId", "Regions", "ScanRoleName", "ActRoleName", "Sender", "AlarmTopicArn",
    "MinApprovers", "TwoApproversAboveEndpoints", "TwoApproversAboveUsd", "RequireCode", "ProtectTags",
    "ReviewBaseUrl", "ReviewConcurrency", "CodeTtlMinutes", "Mode", "ScheduleExpression", "ScheduleTimezone", "ScheduleState",
    "LookbackDays", "BarelyUsedBelow", "OfferBarelyUsed", "MinAgeDays", "MinCoveragePercent", "MaxDeletesPerSweep",
    "MaxDeletesPerAccount", "MaxDeletePercentOfAccount", "ApprovalTtlMinutes", "GraceMinutes", "DeleteWindowMinutes",
    "WaitSliceSeconds", "GoneCheckSeconds", "ScanConcurrency", *_LISTS, *_PRINCIPALS,
)  # fmt: skip


def variable(parameter: str) -> str:
    """The name under which a function knows a parameter."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", parameter).upper()


def variables_of(parameters: Mapping[str, str]) -> Variables:
    """Raises StackMissing if one that the doctor reads is absent: the stack is of another version."""
    if absent := [name for name in NEEDED if name not in parameters]:
        raise StackMissing(f"the stack has no parameter {absent[0]}, so it is of another version than this program")
    environment = {variable(name): value for name, value in parameters.items()}
    environment |= {f"{variable(name)}_PARAMETER": name for name in (*_LISTS, _PRINCIPALS[0])}
    texts = {name: parameters[name] for name in _LISTS}
    texts[_PRINCIPALS[0]] = ",".join(parameters[name] for name in _PRINCIPALS)
    return Variables(environment, lambda name: f",{texts[name]}".removesuffix(","))
