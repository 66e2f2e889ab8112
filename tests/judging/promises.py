"""The promises that a run must have kept, judged from what an onlooker at the wire saw and what people did (I1 - I12).

Each returns sentences about what is wrong. None of it asks the product: who approved what is known from the tests
themselves, what was there at a deletion from the engines' memory.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from endpoint_sweep.rules.approvals import person
from tests.judging.acts import Act, Key
from tests.judging.onlooker import Sent
from tests.judging.stage import Stage
from tests.simulation.organization.verdicts import is_protected

CLOCKS = timedelta(minutes=2)
IN_FLIGHT = timedelta(seconds=5)  # a call that was under way when someone kept everything; `broken` counts those
DELETABLE = ("InService", "OutOfService", "Failed", "UpdateRollbackFailed")
FINAL = ("verified", "expired", "superseded", "closed")
STEPS = {
    "pending": {"pending", "decided", *FINAL},
    "decided": {"decided", *FINAL},
} | {one: {one} for one in FINAL}


def broken(stage: Stage, sent: Iterable[Sent], sweeps: Iterable[str]) -> list[str]:
    """Everything that is wrong with these deletions and these sweeps."""
    deletions = tuple(sent)
    found = [f"I3: {one}" for one in stage.onlooker.written_while_reading]
    for one in deletions:
        found += [f"{wrong}: {one.call.operation} {one.call.resource}" for wrong in wrong_with(stage, one)]
    if len(after := {(one.key, one.component) for one in deletions if one.switch != "off"}) > 1:
        found.append(f"I11: {len(after)} deletions began although the kill switch was on")
    if len(after := {(one.key, one.component) for one in deletions if one.stopped}) > 1:
        found.append(f"I11: {len(after)} deletions began after someone had stopped the sweep")
    for sweep in sweeps:
        if sweep not in stage.tampered:
            found += wrongly_offered(stage, sweep)
            found += wrong_record(stage.onlooker.record_of(sweep))
        found += over_the_caps(stage, sweep, [one for one in deletions if one.sweep == sweep])
        found += not_told(stage, sweep)
    return found


def wrong_with(stage: Stage, sent: Sent) -> list[str]:
    """What should have kept this endpoint (I1, I5), or should have been written before (I8)."""
    found = []
    if sent.sweep not in stage.sweeps:
        return [f"I1: deleted by {sent.call.caller}, which is no sweep"]
    if asked(stage, sent.sweep).get("mode") != "approve":
        found.append("I12: the sweep may only report")
    acts = [one for one in stage.acts if one.sweep == sent.sweep and (one.selected or one.at < sent.at - IN_FLIGHT)]
    finding = stage.onlooker.planned(sent.sweep, "/".join(sent.key))
    if finding is None:
        return ["I1: it was not on offer"]
    if why := not_approved(stage, sent.key, acts):
        found.append(f"I1: {why}")
    elif wrong := at_the_wrong_time(stage, sent, acts):
        found.append(f"I1: {wrong}")
    is_honest = sent.sweep not in stage.tampered
    if is_honest and (sent.record is None or sent.record["status"] != "verified"):
        found.append("I1: there was no verified decision")
    if sent.there is not None:
        kept_by = stage.hub.parameters["ProtectTags"].split(",")
        found += [f"I1: {why}" for why in _not_as_approved(sent, sent.there, finding, kept_by)]
    if not sent.has_bundle:
        found.append("I8: no restore bundle")
    if is_honest and (sent.intent is None or sent.intent.get("void")):
        found.append("I8: no intent")
    return found


def not_approved(stage: Stage, key: Key, acts: Iterable[Act]) -> str:
    """Why what people did does not allow this deletion, or nothing. Derived without the product's own rules (S1.10)."""
    acts = tuple(acts)
    if any(one.is_sure and not one.selected for one in acts):
        return "someone kept everything"
    if any(one.is_sure and key not in one.selected for one in acts):
        return "someone who decided did not choose it"
    agreeing = {person(one.approver) for one in acts if key in one.selected}
    needed = _needed(stage, acts)
    return "" if len(agreeing) >= needed else f"{len(agreeing)} approved it, {needed} are needed"


def _needed(stage: Stage, acts: tuple[Act, ...]) -> int:
    """How many persons it takes, from the stack's parameters."""
    if not acts:
        return 1
    given, sweep = stage.hub.parameters, acts[0].sweep
    chosen = [set(one.selected) for one in acts if one.selected]
    selected = set.intersection(*chosen) if chosen else set()
    accounts = {one[0] for one in selected}
    plan: dict[str, Any] = stage.onlooker.plan(sweep) or {"items": [], "flagged": {}}
    saving = sum(
        max(Decimal(one["monthly_usd"] or 0), Decimal(one["net_monthly_usd"] or 0))
        for one in plan["items"]
        if (one["account"], one["region"], one["name"]) in selected
    )
    asker = asked(stage, sweep).get("requested_by", "")
    two = (
        len(selected) > int(given["TwoApproversAboveEndpoints"])
        or saving > Decimal(given["TwoApproversAboveUsd"])
        or accounts & set(given["TwoApproversForAccounts"].split(","))
        or {"*", *accounts} & plan["flagged"].keys()
        or person(asker) in {person(one.approver) for one in acts}
    )
    return max(int(given["MinApprovers"]), 2 if two else 1)


def asked(stage: Stage, sweep: str) -> dict[str, Any]:
    """The input of a sweep, where it was an object."""
    given = stage.asked.get(sweep)
    return given if isinstance(given, dict) else {}


def at_the_wrong_time(stage: Stage, sent: Sent, acts: Collection[Act]) -> str:
    """Too late, or while everybody had time to keep everything."""
    if not _is_recent(stage, sent, acts):
        return "the approval had expired or was too old"
    return "the grace period was not over" if sent.at + CLOCKS < grace_ends(stage, acts) else ""


def _is_recent(stage: Stage, sent: Sent, acts: Iterable[Act]) -> bool:
    times = [one.at for one in acts if sent.key in one.selected]
    window = timedelta(minutes=int(stage.hub.parameters["DeleteWindowMinutes"]))
    is_honest = sent.record is not None and sent.sweep not in stage.tampered
    end = datetime.fromisoformat(sent.record["expires_at"]) if is_honest and sent.record else max(times)
    return max(times) < end + CLOCKS and sent.at <= max(times) + window + CLOCKS


def grace_ends(stage: Stage, acts: Iterable[Act]) -> datetime:
    """Before that nothing may be deleted: after the last decision everybody has time to keep everything, unless two
    persons or more all did without.
    """
    chosen = [one for one in acts if one.selected]
    at_once = len({person(one.approver) for one in chosen}) > 1 and all(one.at_once for one in chosen)
    grace = timedelta() if at_once else timedelta(minutes=int(stage.hub.parameters["GraceMinutes"]))
    return max(one.at for one in chosen) + grace


def _not_as_approved(sent: Sent, there: dict[str, Any], finding: dict[str, Any], protect_tags: list[str]) -> list[str]:
    """Another endpoint of the same name, another configuration, a status, a tag or traffic that keeps it (D2.7)."""
    found = []
    if abs(_utc(there["CreationTime"]) - _utc(finding["created_at"])) > timedelta(milliseconds=2):
        found.append("it is another endpoint of the same name")
    if there.get("EndpointConfigName") != finding["config"]:
        found.append("its configuration is another one")
    if finding["kind"] != "inference-components" and (now := _more_or_less(there, finding)):
        found.append(f"it was scaled since the scan: {now}")
    if there["EndpointStatus"] not in DELETABLE:
        found.append(f"its status was {there['EndpointStatus']}")
    if is_protected(there["Tags"], [one for one in protect_tags if one]):
        found.append("its owner had protected it")
    if sent.calls:
        found.append("it had been called since the scan")
    return found


def _more_or_less(there: dict[str, Any], finding: dict[str, Any]) -> dict[str, int]:
    """The instances of each variant, where they are not as many as the scan saw."""
    then, known = Counter[str](), [one for one in finding["instances"] if not one["shadow"]]
    for one in known:
        then[one["variant"]] += one["count"] or 0
    counted = {one["variant"] for one in known if one["count"] is not None}
    rows = {row["VariantName"]: row.get("CurrentInstanceCount", 0) for row in there.get("ProductionVariants", [])}
    now = {name: count for name, count in rows.items() if name in counted}
    return {} if now == {name: then[name] for name in now} else now


def _utc(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=None)


def wrongly_offered(stage: Stage, sweep: str) -> list[str]:
    """I5: what is on offer is idle, or barely used if the stack offers that, by the specification alone."""
    given, organization = asked(stage, sweep), stage.world.organization
    lookback = int(given.get("lookback_days", stage.hub.parameters["LookbackDays"]))
    age = int(given.get("min_age_days", stage.hub.parameters["MinAgeDays"]))
    plan = stage.onlooker.plan(sweep) or {"items": []}
    offered = {(one["account"], one["region"], one["name"]) for one in plan["items"]}
    kept_by = [one for one in stage.hub.parameters["ProtectTags"].split(",") if one]
    may_be = organization.expected_offers(lookback, age, kept_by, offered_below(stage, sweep))
    wrong = offered - may_be - stage.touched - of_unread_routers(stage)
    found = [f"I5: {'/'.join(one)} was offered in {sweep} and is not idle" for one in sorted(wrong)]
    if given.get("mode") == "approve":
        closed = offered - organization.deletable(offered)
        found += [
            f"I5: {'/'.join(one)} was offered in {sweep}, and its account has no act role" for one in sorted(closed)
        ]
    return found


def of_unread_routers(stage: Stage) -> set[Key]:
    """Destinations of routers that lie where a question about routers was not answered: they may be offered, because no
    one knew of them. The second look in the same cell must not miss them.
    """
    calls = stage.world.log.find(service="sagemaker", operation="*InferenceRouter*")
    lost = [one for one in calls if one.decision != "allowed"]
    lost += [one for one in stage.garbled if "InferenceRouter" in one.operation]
    unread = {(one.account, one.region) for one in lost}
    return {
        (one.account, one.region, one.name)
        for router in stage.world.organization.routers
        if (router.account, router.region) in unread
        for one in router.destinations
    }


def offered_below(stage: Stage, sweep: str) -> int:
    """Fewer calls than these may be offered, where stack and input both say so; 0: only what was not called."""
    given = stage.hub.parameters
    is_on = given["OfferBarelyUsed"] == "true" and asked(stage, sweep).get("offer_barely_used", True) is True
    return int(given["BarelyUsedBelow"]) if is_on else 0


def over_the_caps(stage: Stage, sweep: str, sent: Iterable[Sent]) -> list[str]:
    """I7: no more endpoints than the stack and the sweep's input allow, of an account, in all, and in percent."""
    hosts = {one.key for one in sent}
    if not hosts:
        return []
    given = stage.hub.parameters
    top = min(int(given["MaxDeletesPerSweep"]), int(asked(stage, sweep).get("max_deletes", 10**6)))
    found = [f"I7: {len(hosts)} endpoints of {sweep}, at most {top}"] if len(hosts) > top else []
    acts = [one for one in stage.acts if one.sweep == sweep and one.is_sure and len(one.selected) > top]
    found += [f"I7: of {len(one.selected)} selected, at most {top} allowed, some were deleted" for one in acts]
    plan = stage.onlooker.plan(sweep)
    for account, count in Counter(one[0] for one in hosts).items():
        there = (plan or {"found": {}})["found"].get(account, 0)
        share = max(1, there * int(given["MaxDeletePercentOfAccount"]) // 100)
        limit = min(int(given["MaxDeletesPerAccount"]), share)
        found += [f"I7: {count} endpoints of {account} in {sweep}, at most {limit}"] if count > limit else []
    return found


def not_told(stage: Stage, sweep: str) -> list[str]:
    """I9: the end of a sweep stands in a mail or in an alarm."""
    somebody = stage.hub.parameters["SummaryRecipients"] or stage.hub.parameters["Approvers"]
    if "Skipped, another sweep is running" in stage.states(sweep) or not somebody:
        return []
    asking = ("your decision", "left to decide on")
    told = [mail for mail in stage.mails(sweep) if not any(word in mail.subject for word in asking)]
    own = [mail for mail in told if ": your " not in mail.subject]
    failed = stage.hub.client("stepfunctions").describe_execution(executionArn=stage.sweeps[sweep])["status"]
    return [] if own or failed != "SUCCEEDED" else [f"I9: no one was told how {sweep} ended"]


def wrong_record(history: Iterable[dict[str, Any]]) -> list[str]:
    """I4: one approval's record as it was written time after time: no step back, no one decides twice, no word lost."""
    found, last = [], None
    for record in history:
        persons = [person(one["approver"]) for one in record["decisions"]]
        found += [f"I4: {one} decided twice" for one in sorted(set(persons)) if persons.count(one) > 1]
        if last is not None:
            if record["status"] not in STEPS[last["status"]]:
                found.append(f"I4: from {last['status']} to {record['status']}")
            lost = [one for one in last["decisions"] if one not in record["decisions"] + record["withdrawn"]]
            found += [f"I4: the decision of {one['approver']} was lost" for one in lost]
        last = record
    return found
