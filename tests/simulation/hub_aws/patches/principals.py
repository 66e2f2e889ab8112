"""What MiniStack gets wrong about who calls and who may assume which role."""

import contextvars
import copy
import json
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ministack.core import iam_actions, iam_evaluator
from ministack.services import iam, ses_v2, sts

from tests.simulation.hub_aws.conditions import sender_of
from tests.simulation.organization.specification import Organization

_NONE: Mapping[str, Any] = MappingProxyType({})
request_keys: contextvars.ContextVar[Mapping[str, Any]] = contextvars.ContextVar("request_keys", default=_NONE)
_source_identity: contextvars.ContextVar[str] = contextvars.ContextVar("source_identity", default="")


def know_principals(organization: Organization) -> None:
    """Stock gives the session ARN as `aws:PrincipalArn`, and knows no Organization and no source identity.

    Nor the keys that SES and DynamoDB take from the request: a condition on them denies all mail, or fences nothing.
    """
    resolve, keys = iam_evaluator._resolve_condition_key, iam_evaluator._principal_keys
    members = {account.id for account in organization.accounts} | {organization.management_account}

    def resolve_condition_key(key: str, ctx: Any) -> Any:
        if key.lower() == "aws:principalarn" and ":assumed-role/" in ctx.principal_arn:
            name = iam_evaluator._role_name_from_assumed_arn(ctx.principal_arn)
            role = iam._roles.get_scoped(ctx.principal_account, None, name) or {}
            return role.get("Arn") or f"arn:aws:iam::{ctx.principal_account}:role/{name}"
        if key.lower() in request_keys.get():
            return request_keys.get()[key.lower()]
        return resolve(key, ctx)

    def principal_keys(credential: Any) -> dict[str, Any]:
        session = sts._sessions.get(credential.access_key_id) or {}
        found: dict[str, Any] = dict(keys(credential))
        if session.get("SourceIdentity"):
            found["aws:sourceidentity"] = session["SourceIdentity"]
        return found

    iam_evaluator._resolve_condition_key = resolve_condition_key
    iam_evaluator._principal_keys = sts._principal_keys = principal_keys
    iam_evaluator._principal_org_id = lambda account: organization.id if account in members else None


def name_mail_identities() -> None:
    """Stock judges SendEmail on `*`; AWS judges it on the identity of the sender, the address before its domain."""
    stock = iam_actions._ses_v2_resource_arn

    def resource_arn(method: str, path: str, body: bytes, region: str, account: str) -> str:
        if method != "POST" or not path.endswith("/email/outbound-emails"):
            return str(stock(method, path, body, region, account))
        address = sender_of(json.loads(body))
        known = set(ses_v2._identities.keys())
        domain = address.rpartition("@")[2]
        identity = domain if domain in known and address not in known else address
        return f"arn:aws:ses:{region}:{account}:identity/{identity}"

    iam_actions._ses_v2_resource_arn = resource_arn


def check_assume_role(organization: Organization) -> None:
    """Stock lets anyone into a suspended account, ignores source identities, who may tag a session and the
    one-hour limit of role chaining.
    """
    handle, trusts, register = sts.handle_request, iam_evaluator.evaluate_trust_policy, sts.register_session
    open_accounts = {account.id for account in organization.accounts if account.state == "ACTIVE"}

    async def handle_request(method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
        form = {name: values[0] for name, values in sts.parse_qs(body.decode("utf-8", "replace")).items()}
        if form.get("Action") != "AssumeRole":
            return await handle(method, path, headers, body, query)
        key = sts.extract_access_key_id(headers, query)
        session = sts._sessions.get(key) or {}
        role_arn, identity = form.get("RoleArn", ""), form.get("SourceIdentity") or session.get("SourceIdentity", "")
        if problem := _assume_role_problem(form, chained=":assumed-role/" in session.get("Arn", "")):
            return sts._error(400, "ValidationError", problem, ns="sts")
        account = (role_arn.split(":") + [""] * 5)[4]
        refused = account not in open_accounts or not iam._roles.get_scoped(account, None, role_arn.rpartition("/")[2])
        refused = refused or identity != (session.get("SourceIdentity") or identity)
        more = {"sts:SetSourceIdentity": bool(identity), "sts:TagSession": "Tags.member.1.Key" in form}
        needed = [action for action, is_asked in more.items() if is_asked and not refused]
        if refused or any(iam_evaluator.enforce(key, one, "sts", sts.get_region(), role_arn) for one in needed):
            caller = (iam_evaluator.resolve_caller_identity(key) or {}).get("userArn", "anonymous")
            message = f"User: {caller} is not authorized to perform: sts:AssumeRole on resource: "
            return sts._error(403, "AccessDenied", message + role_arn, ns="sts")
        _source_identity.set(identity)
        return await handle(method, path, headers, body, query)

    def evaluate_trust_policy(document: Any, caller_arn: str, ctx: Any = None) -> bool:
        identity = _source_identity.get()
        if ctx is None or not identity:
            return bool(trusts(document, caller_arn, ctx))
        ctx = copy.replace(ctx, service_context={**ctx.service_context, "sts:sourceidentity": identity})
        if ctx.action != "sts:AssumeRole":
            return bool(trusts(document, caller_arn, ctx))
        setting = copy.replace(ctx, action="sts:SetSourceIdentity")
        return bool(trusts(document, caller_arn, ctx) and trusts(document, caller_arn, setting))

    def register_session(access_key: str, session: dict[str, Any]) -> None:
        register(access_key, {**session, "SourceIdentity": _source_identity.get()})

    sts.handle_request, sts.register_session = handle_request, register_session
    iam_evaluator.evaluate_trust_policy = evaluate_trust_policy


def _assume_role_problem(form: dict[str, str], *, chained: bool) -> str:
    """What AWS's own validation says about an AssumeRole request, or empty."""
    if not re.fullmatch(r"[\w+=,.@-]{2,64}", form.get("RoleSessionName", ""), re.ASCII):
        return f"1 validation error detected: Value '{form.get('RoleSessionName')}' at 'roleSessionName' is not valid"
    seconds = int(form.get("DurationSeconds", "3600"))
    if seconds < 900:
        return f"1 validation error detected: Value '{seconds}' at 'durationSeconds' must be at least 900"
    if chained and seconds > 3600:
        return "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining"
    return ""
