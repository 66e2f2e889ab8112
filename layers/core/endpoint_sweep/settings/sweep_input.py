"""The input of an execution, checked field by field. A refusal names the field and the fix, and echoes little."""

import difflib
import json
import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from endpoint_sweep.domain.errors import InputRejected
from endpoint_sweep.domain.model import Caps, Mode, Policy
from endpoint_sweep.domain.seen import MAX_LOOKBACK
from endpoint_sweep.rules.acting import MAX_LOOKS
from endpoint_sweep.rules.approvals import person
from endpoint_sweep.rules.decision_rules import Rules
from endpoint_sweep.rules.scopes import ENABLED, EVERYTHING, Scope
from endpoint_sweep.settings.environment import SHORT_SLICE, ActSettings, DecideSettings, PeopleSettings, ScanSettings
from endpoint_sweep.settings.lists import ACCOUNT, ADDRESS, UNIT, check_addresses, check_principals

FIELDS = (
    "mode", "accounts", "exclude_accounts", "organizational_units", "exclude_organizational_units", "regions",
    "exclude_regions", "lookback_days", "min_age_days", "offer_barely_used", "max_deletes", "expires_hours",
    "requested_by",
)  # fmt: skip
_SWEEP_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_REGION = re.compile(r".{1,60}", re.DOTALL)  # Any short text: which of them are regions is known to AWS.
_MAX_INPUT = 32 * 1024
MAX_APPROVERS = 50
SCHEDULE = "schedule"  # the requester if no person started the sweep
# Above what scanning takes; the state machine's own limit is in statemachine/sweep.asl.json.
SCAN, MACHINE = timedelta(hours=2), timedelta(hours=96)
LONGEST_SLICE = timedelta(hours=1)
# Of the 25,000 events that an execution may have (D10.3): the waiting gets these, everything else the rest.
WAITING_EVENTS = 20_000
SLICE_EVENTS = 13  # Await decision 6, Verify decision 5, What was decided? 2
_UNSET = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SweepInput:
    """What one sweep should do: its input, completed with the stack's settings. `requested_by` is an address,
    `schedule`, or empty if no one will be asked. `expires_hours`: less time to answer than the stack allows; 0: the
    same. `started`: when the execution began, which tells it from another one with its name. `now`: the clock for
    judging every cell. `pins`: SHA-256 of the lists that were written with this input. `stack`: the stack's scope,
    which `scope` narrows. `told`: both in words, as they met the Organization.
    """

    id: str
    mode: Mode
    policy: Policy
    caps: Caps
    scope: Scope
    requested_by: str = ""
    expires_hours: int = 0
    started: str = ""
    now: datetime = _UNSET
    pins: dict[str, str] = field(default_factory=dict)
    stack: Scope = EVERYTHING
    told: tuple[str, ...] = ()


def parse(sweep_id: str, data: Any, scan: ScanSettings, decide: DecideSettings, act: ActSettings) -> SweepInput:
    """Raises InputRejected, whose text begins with one of the codes `E_…`."""
    if not _SWEEP_ID.fullmatch(sweep_id):
        raise InputRejected(
            "E_RUN_NAME: the execution name can have up to 80 letters, digits, dots, dashes and underscores"
        )
    if not isinstance(data, dict):
        raise InputRejected('E_INPUT_SHAPE: the input must be a JSON object such as {"mode": "report"}')
    if len(json.dumps(data)) > _MAX_INPUT:
        raise InputRejected("E_INPUT_TOO_LARGE: the input can have at most 32 KiB")
    _reject_unknown(data)
    mode = _mode(data.get("mode", Mode.REPORT))
    if mode is Mode.APPROVE:
        if not decide.rules.approvers:
            raise InputRejected("E_APPROVERS_EMPTY: approve mode needs the stack parameter Approvers")
        if not decide.sender:
            raise InputRejected("E_APPROVERS_EMPTY: approve mode needs the stack parameter Sender")
        _check_approvers(decide.rules)
        _check_timers(decide, act)
    lookback = _number(data, "lookback_days", scan.lookback_days, 7, MAX_LOOKBACK, "E_LOOKBACK_RANGE")
    min_age = _number(data, "min_age_days", scan.min_age_days, 1, 3650, "E_LOOKBACK_RANGE")
    caps = decide.rules.caps
    per_sweep = _number(data, "max_deletes", caps.per_sweep, 1, caps.per_sweep, "E_CAP_RANGE")
    longest = max(1, decide.approval_ttl // timedelta(hours=1))
    expires = _number(data, "expires_hours", 1, 1, longest, "E_TTL_RANGE") if "expires_hours" in data else 0
    scope = _scope(data, scan)
    if mode is Mode.APPROVE and (denied := sorted(set(scope.accounts) & set(act.deny_accounts))):
        raise InputRejected(f"E_ACCOUNT_NOT_IN_SCOPE: {denied[0]} is on the deny list, so nothing is deleted there")
    return SweepInput(
        id=sweep_id,
        mode=mode,
        policy=Policy(lookback, min_age, scan.protect_tags, scan.barely_used_below, _offers_barely_used(data, scan)),
        caps=replace(caps, per_sweep=per_sweep),
        scope=scope,
        requested_by=_requested_by(data, mode),
        expires_hours=expires,
    )


def check_people(mode: Mode, people: PeopleSettings, rules: Rules) -> None:
    """The recipients of summaries and, in approve mode, the people who decide with AWS credentials.

    Raises InputRejected.
    """
    check_addresses("SummaryRecipients", people.recipients)
    if mode is Mode.APPROVE:
        check_principals(people.principals, rules.approvers, people.accounts)


def check_members(asked: SweepInput, rules: Rules, act: ActSettings, known: Collection[str]) -> None:
    """Accounts of the stack's lists that are not in the Organization are mistyped. Raises InputRejected in approve
    mode; a report deletes nothing.
    """
    if asked.mode is not Mode.APPROVE:
        return
    listed = {"DenyAccounts": act.deny_accounts, "TwoApproversForAccounts": rules.two_for_accounts}
    for parameter, accounts in listed.items():
        if strangers := sorted(set(accounts) - set(known)):
            raise InputRejected(
                f"E_ACCOUNT_NOT_IN_SCOPE: the stack parameter {parameter} has {strangers[0]}, which is not in the "
                "Organization; correct or remove it"
            )


def _check_approvers(rules: Rules) -> None:
    """There must be enough, each a different person: an alias is the same person (BI-10)."""
    persons = {person(one) for one in rules.approvers}
    if len(rules.approvers) > MAX_APPROVERS:
        raise InputRejected(f"E_APPROVERS: the stack parameter Approvers can have at most {MAX_APPROVERS} addresses")
    if len(persons) < len(rules.approvers):
        raise InputRejected("E_APPROVERS: two addresses in the stack parameter Approvers belong to one person")
    if len(persons) < rules.minimum:
        raise InputRejected("E_APPROVERS: the stack parameter MinApprovers is higher than the number of Approvers")
    if unusable := [one for one in rules.approvers if not ADDRESS.fullmatch(one)]:
        wrong = f"{len(unusable)} in the stack parameter Approvers" + (" is" if len(unusable) == 1 else " are")
        raise InputRejected(f"E_APPROVERS: {wrong} not a plain email address")


def _check_timers(decide: DecideSettings, act: ActSettings) -> None:
    """The timers must fit into each other and into the state machine's own (S1.5). The stack's parameter limits already
    allow only combinations that fit; a wait slice is cut to what is left of the approval.
    """
    if decide.link_ttl() <= timedelta():
        raise InputRejected("E_TTL: ApprovalTtlMinutes must be more than 15: the last 15 are for the deletions")
    if not timedelta() < decide.wait_slice <= LONGEST_SLICE:
        raise InputRejected("E_TTL: WaitSliceSeconds must be from 1 to 3600, so a lost wake-up is found in an hour")
    slices = -(-(decide.approval_ttl + decide.rules.grace) // decide.wait_slice)
    slices += -(-decide.rules.window // min(decide.wait_slice, SHORT_SLICE))
    if slices * SLICE_EVENTS > WAITING_EVENTS:
        raise InputRejected(
            "E_TTL: WaitSliceSeconds is too short for ApprovalTtlMinutes, GraceMinutes and DeleteWindowMinutes: the "
            f"sweep would check its record {slices:,} times, and Step Functions has room for "
            f"{WAITING_EVENTS // SLICE_EVENTS:,}; raise WaitSliceSeconds, or lower ApprovalTtlMinutes"
        )
    if decide.rules.grace >= decide.rules.window:
        raise InputRejected("E_TTL: GraceMinutes must be less than DeleteWindowMinutes, or nothing could be deleted")
    looking = act.gone_check * MAX_LOOKS
    if decide.approval_ttl + SCAN + decide.rules.window + looking >= MACHINE:
        timers = f"ApprovalTtlMinutes, DeleteWindowMinutes and {MAX_LOOKS} times GoneCheckSeconds"
        raise InputRejected(f"E_TTL: {timers} must add up to less than 94 hours")


def _requested_by(data: dict[str, Any], mode: Mode) -> str:
    """Who started the sweep must be known, because that person cannot be its only approver (S1.10)."""
    if mode is Mode.REPORT and "requested_by" not in data:
        return ""
    value = data.get("requested_by")
    if not isinstance(value, str) or not (value == SCHEDULE or ADDRESS.fullmatch(value)):
        raise InputRejected("E_REQUESTED_BY: requested_by must be the email address of the person who starts the sweep")
    return value


def _scope(data: dict[str, Any], scan: ScanSettings) -> Scope:
    an_account, a_region = "a 12-digit account id", "a region such as eu-west-1"
    a_unit = "a unit such as ou-ab12-11111111"
    if data.get("regions") in (ENABLED, [ENABLED]):
        regions: tuple[str, ...] = (ENABLED,)
    else:
        regions = _texts(data, "regions", _REGION, "E_REGION", f'{a_region}, or be "{ENABLED}"') or scan.regions
    if not regions:
        raise InputRejected("E_REGION: regions is empty; name at least one region in the input or the stack")
    return Scope(
        accounts=_texts(data, "accounts", ACCOUNT, "E_ACCOUNT_ID", an_account),
        exclude_accounts=_texts(data, "exclude_accounts", ACCOUNT, "E_ACCOUNT_ID", an_account),
        organizational_units=_texts(data, "organizational_units", UNIT, "E_UNIT", a_unit),
        exclude_organizational_units=_texts(data, "exclude_organizational_units", UNIT, "E_UNIT", a_unit),
        regions=regions,
        exclude_regions=_texts(data, "exclude_regions", _REGION, "E_REGION", a_region),
    )


def _reject_unknown(data: dict[str, Any]) -> None:
    for name in data:
        if name not in FIELDS:
            near = difflib.get_close_matches(name, FIELDS, 1, 0.4)
            hint = "mode" if name.lower().replace("_", "") == "dryrun" else (near[0] if near else None)
            question = f'; did you mean "{hint}"?' if hint else f"; the fields are {', '.join(FIELDS)}"
            raise InputRejected(f'E_INPUT_UNKNOWN_FIELD: there is no field "{_short(name)}"{question}')


def _mode(value: Any) -> Mode:
    if not isinstance(value, str) or value not in list(Mode):
        raise InputRejected('E_MODE: mode must be "report" or "approve"')
    return Mode(value)


def _offers_barely_used(data: dict[str, Any], scan: ScanSettings) -> bool:
    """The stack's setting; the input can turn it off, never on."""
    value = data.get("offer_barely_used", scan.offer_barely_used)
    if not isinstance(value, bool):
        raise InputRejected("E_OFFER: offer_barely_used must be true or false")
    if value and not scan.offer_barely_used:
        raise InputRejected("E_OFFER: offer_barely_used can be true only if the stack parameter OfferBarelyUsed is")
    return value


def _number(data: dict[str, Any], name: str, default: int, low: int, high: int, code: str) -> int:
    value = data.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise InputRejected(f"{code}: {name} must be a whole number from {low} to {high}")
    return value


def _texts(data: dict[str, Any], name: str, pattern: re.Pattern[str], code: str, example: str) -> tuple[str, ...]:
    values = data.get(name, [])
    if not isinstance(values, list) or len(values) > 10_000:
        raise InputRejected(f"{code}: {name} must be a list of at most 10000 strings")
    for value in values:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise InputRejected(f"{code}: each entry of {name} must be {example}")
    if len(set(values)) != len(values):
        raise InputRejected(f"{code}: {name} has a duplicate entry")
    return tuple(values)


def _short(text: str) -> str:
    return "".join(c for c in text if c.isalnum() or c in "_-")[:30]
