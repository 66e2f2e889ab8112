"""STS: a role is assumed only where it exists, with the right external id, for an hour at most (D9.5, D9.6).

Who may assume it is not decided here: all functions share one identity in a process. Real IAM decides that elsewhere.
"""

import json
import re

import moto.core.errors
import moto.iam.models
from moto.core.responses import ActionResult
from moto.sts.exceptions import STSClientError
from moto.sts.responses import TokenResponse

from tests.simulation.member_aws.corrections.correction import Correction
from tests.simulation.member_aws.state import Session, active

ROLE_ARN = re.compile(r"arn:aws:iam::(\d{12}):role/(?:[\w+=,.@/-]*/)?([\w+=,.@-]{1,64})")
SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}")
CHAINED_SECONDS, SHORTEST_SECONDS = 3600, 900
POLICY_CHARACTERS = 2048
_assume_role = TokenResponse.assume_role


def assume_role(response: TokenResponse) -> ActionResult:
    """moto hands out keys for anything; this looks at the account, the role, the external id, the times and sizes."""
    state = active()
    role_arn, name = response._get_param("RoleArn"), response._get_param("RoleSessionName")
    matched = ROLE_ARN.fullmatch(role_arn)
    if matched is None:
        raise STSClientError("ValidationError", f"{role_arn} is invalid")
    if not SESSION_NAME.fullmatch(name):
        raise STSClientError("ValidationError", f"Value '{name}' at 'roleSessionName' failed to satisfy constraint")
    account_id, role = matched.groups()
    account = state.account(account_id)
    there = account is not None and account.state == "ACTIVE" and role in state.roles.get(account_id, set())
    if not there or response._get_param("ExternalId") != state.organization.external_id:
        caller = state.caller_of_key(response.get_access_key())
        text = f"User: {caller} is not authorized to perform: sts:AssumeRole on resource: {role_arn}"
        raise STSClientError("AccessDenied", text)
    source = response._get_param("SourceIdentity")
    if source is not None and (not SESSION_NAME.fullmatch(source) or source.startswith("aws:")):
        raise STSClientError("ValidationError", f"Value '{source}' at 'sourceIdentity' failed to satisfy constraint")
    _check_limits(response)
    result = _assume_role(response)
    assumed = result.result["Credentials"]
    state.sessions[assumed.access_key_id] = Session(account_id, role, name, source or "")
    return result


def _check_limits(response: TokenResponse) -> None:
    seconds = response._get_int_param("DurationSeconds", CHAINED_SECONDS)
    if seconds > CHAINED_SECONDS:
        text = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining"
        raise STSClientError("ValidationError", text)
    if seconds < SHORTEST_SECONDS:
        raise STSClientError("ValidationError", f"Value '{seconds}' at 'durationSeconds' failed to satisfy constraint")
    policy = response._get_param("Policy")
    if policy is None:
        return
    if len(policy) > POLICY_CHARACTERS:
        text = "Value at 'policy' failed to satisfy constraint: Member must have length less than or equal to 2048"
        raise STSClientError("ValidationError", text)
    try:
        json.loads(policy)
    except ValueError as error:
        raise STSClientError("MalformedPolicyDocument", "This policy contains invalid Json") from error


def get_account_id_from(access_key: str) -> str:
    """Keys of a session belong to the member account, all others (the state machine engine's too) to the hub."""
    return active().account_of_key(access_key)


# moto warns of every error code that a service's model does not list; these AWS answers everywhere.
COMMON_CODES = [*moto.core.errors.COMMON_ERROR_CODES, "AccessDenied", "AccessDeniedException"]
CORRECTIONS = (
    Correction("common-errors", moto.core.errors, "COMMON_ERROR_CODES", COMMON_CODES, "no warning for a plain refusal"),
    Correction("assume-role", TokenResponse, "assume_role", assume_role, "refusals and limits, D6.5, D9.5, D9.6"),
    Correction("account-of-key", moto.iam.models, "get_account_id_from", get_account_id_from, "who calls"),
)
