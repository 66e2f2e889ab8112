"""What must be true after every run, whatever happened in it: judged by the wire, the world and what was stored.

Each rule returns sentences about what is wrong; none means that the promise held. `tests/workflow/test_invariants.py`
shows that each can fail.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.judging.acts import Key
from tests.judging.deceit import deceived
from tests.judging.promises import broken
from tests.judging.stage import Stage, link_in, secret_of
from tests.simulation.member_aws.refusals import MEMBER_SERVICES
from tests.simulation.member_aws.snapshot import Snapshot
from tests.simulation.organization.specification import Organization
from tests.simulation.wire.calls import Call

NARROWING = {
    *("accounts", "exclude_accounts", "organizational_units", "exclude_organizational_units"),
    *("regions", "exclude_regions"),
}
# What the stack leaves out without a row. What it excludes by name has one.
UNLISTED = ("Accounts", "OrganizationalUnits", "ExcludeRegions")
READS = ("List", "Describe", "Get")
RUNNING = "RUNNING"
DELETIONS = ("DeleteEndpoint", "DeleteInferenceComponent")
PART = "inference-component/"
GROUPS = {"already-gone": "already_gone", "protected": "changed", "stale": "changed", "sent": "unknown"}


@dataclass(frozen=True, slots=True)
class Before:
    """How things stood when a test began."""

    world: Snapshot
    calls: int
    sweeps: frozenset[str]
    sent: int = 0


def before(stage: Stage) -> Before:
    return Before(stage.world.snapshot(), len(stage.world.log), frozenset(stage.sweeps), len(stage.onlooker.sent))


def violations(stage: Stage, start: Before) -> list[str]:
    """Everything that is wrong with what happened since `start`."""
    calls = stage.world.log.calls[start.calls :]
    hosts = hosts_of(start.world)
    found = unapproved_changes(calls, stage.approved, hosts)
    found += lost_or_altered(start.world, stage.world.snapshot(), stage.approved, stage.touched)
    found += deletions_without_undo(calls, hosts)
    found += out_of_scope(calls, stage.world.organization, stage.hub.parameters)
    sent, sweeps = stage.onlooker.sent[start.sent :], stage.sweeps.keys() - start.sweeps
    found += broken(stage, sent, sweeps)
    found += deceived(stage, sent, sweeps)
    for sweep in stage.sweeps.keys() - start.sweeps:
        found += unfinished(stage, sweep, start.world)
    found += leaked(stage)
    return found


def hosts_of(world: Snapshot) -> dict[Key, str]:
    """The endpoint of each inference component."""
    return {
        (account, region, name): row["EndpointName"]
        for account, regions in world.items()
        for region, cell in regions.items()
        for name, row in cell["components"].items()
    }


def unapproved_changes(
    calls: Iterable[Call], approved: Collection[Key], hosts: Mapping[Key, str] | None = None
) -> list[str]:
    """Every deletion on the wire is for an approved endpoint, or a component of one, and the only one.

    Nothing else changes a member.
    """
    changing = [call for call in calls if call.service in MEMBER_SERVICES and not call.operation.startswith(READS)]
    found = [f"{one.name} in {one.account}" for one in changing if one.operation not in DELETIONS]
    deletions = Counter(
        (one.account, one.region, f"{PART if one.operation == DELETIONS[1] else ''}{one.resource}")
        for one in changing
        if one.operation in DELETIONS
    )
    found += [
        f"{key} was deleted, no one approved it"
        for key in deletions
        if (*key[:2], host_of(key, hosts or {})) not in approved
    ]
    return found + [f"{key} was deleted {count} times" for key, count in deletions.items() if count > 1]


def host_of(key: Key, hosts: Mapping[Key, str]) -> str:
    """The endpoint that a deletion is about: itself, or the host of the component."""
    name = key[2].removeprefix(PART)
    return name if name == key[2] else hosts.get((*key[:2], name), "")


def lost_or_altered(
    earlier: Snapshot, later: Snapshot, approved: Collection[Key], touched: Collection[Key]
) -> list[str]:
    """What no one approved is byte-identical; configurations and models always are. `touched` are others' changes."""
    found = []
    for account, regions in earlier.items():
        for region, cell in regions.items():
            now = later[account][region]
            for section, value in cell.items():
                free = {one[2] for one in (*approved, *touched) if one[:2] == (account, region)}
                parts = {name for name, row in cell.get("components", {}).items() if row["EndpointName"] in free}
                then_, now_ = (_without(section, one, free, parts) for one in (value, now[section]))
                if _bytes(then_) != _bytes(now_):
                    found.append(f"{section} of {account}/{region} changed without approval")
    return found


def _without(section: str, value: Any, endpoints: Collection[str], parts: Collection[str]) -> Any:
    """The section without what belongs to these endpoints; `parts` are their inference components."""
    if section in ("configs", "models"):
        return value
    if section == "endpoints":
        return {name: one for name, one in value.items() if name not in endpoints}
    if section == "components":
        return {name: one for name, one in value.items() if one["EndpointName"] not in endpoints}
    theirs = (*(f"endpoint/{name}/variant/" for name in endpoints), *(f"{PART}{name} " for name in parts))
    if isinstance(value, Mapping):
        return {name: one for name, one in value.items() if not name.startswith(theirs)}
    return [one for one in value if not one.startswith(theirs)]


def _bytes(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def deletions_without_undo(calls: Iterable[Call], hosts: Mapping[Key, str] | None = None) -> list[str]:
    """Before each deletion its restore bundle was written, and a record after that (I8)."""
    found, bundles, latest = [], set(), ""
    for call in calls:
        if call.operation == "PutObject" and "/restore/" in call.resource and call.decision == "allowed":
            bundles.add(call.resource.partition("/restore/")[2].removesuffix(".json"))
        elif call.operation == "PutItem":
            latest = call.operation
        elif call.operation in DELETIONS:
            part = PART if call.operation == DELETIONS[1] else ""
            endpoint = host_of((call.account, call.region, f"{part}{call.resource}"), hosts or {})
            if f"{call.account}/{call.region}/{endpoint}" not in bundles:
                found.append(f"{call.resource} was deleted without a restore bundle")
            if not latest:
                found.append(f"{call.resource} was deleted without an intent")
    return found


def unfinished(stage: Stage, sweep: str, world: Snapshot) -> list[str]:
    """The sweep is over, left a report whose sums are true, an outcome for each intent, and no lock."""
    execution = stage.sweeps[sweep]
    described = stage.hub.client("stepfunctions").describe_execution(executionArn=execution)
    if described["status"] == RUNNING:
        return [f"{sweep} is still running"]
    items = stage.hub.items()
    found = []
    if sweep not in stage.tampered:
        found = [f"{sweep} left the lock" for item in items if item["pk"]["S"] == "LOCK" and execution in str(item)]
        found += _unsettled(items, sweep)
    elif described["status"] == "FAILED" and not stage.has_report(sweep):
        return []  # The alarm of failed executions tells; whatever was to be reported, someone else wrote.
    if sweep in stage.stopped or (described["status"] == "FAILED" and not stage.has_report(sweep)):
        found += no_report(stage, sweep)
        is_open = stage.row(sweep, "REQUEST") and stage.record(sweep)["status"] in ("pending", "decided")
        return found + ([f"{sweep} was stopped, its approval is not closed"] if is_open else [])
    if "Skipped, another sweep is running" in stage.states(sweep):
        return found
    report = stage.report(sweep)
    return found + missing_cells(stage, sweep, report) + wrong_sums(report, world, stage.touched)


def out_of_scope(calls: Iterable[Call], organization: Organization, parameters: Mapping[str, str]) -> list[str]:
    """No endpoint is looked at where the stack's parameters say that no sweep goes, whatever a sweep was asked."""

    def listed(name: str) -> set[str]:
        return {one for one in parameters[name].split(",") if one}

    units = {
        account.id: {organization.root_id, *organization.units_above(account)} for account in organization.accounts
    }
    inside = {
        one
        for one, above in units.items()
        if one not in listed("ExcludeAccounts")
        and not above & listed("ExcludeOrganizationalUnits")
        and (one in listed("Accounts") or not listed("Accounts"))
        and (above & listed("OrganizationalUnits") or not listed("OrganizationalUnits"))
    }
    seen = [one for one in calls if one.service == "sagemaker"]
    out = [one for one in seen if one.account not in inside or one.region in listed("ExcludeRegions")]
    return [f"{one.operation} in {one.account}/{one.region}, which the stack leaves out" for one in out]


def no_report(stage: Stage, sweep: str) -> list[str]:
    """What the watchdog has to leave behind: a report, or where nothing can be written, a mail all the same (I9)."""
    name = f"sweeps/{sweep}/report.failed.json"
    # Stopped at its very end, a sweep may have told by itself how it ended.
    if stage.has_report(sweep) or any(one.startswith(f"{name}@") for one in stage.objects()):
        return []
    tried = stage.world.log.find(service="s3", operation="PutObject", resource=f"*{name}")
    told = [mail for mail in stage.mails(sweep) if mail.subject.endswith("stopped before it sent its summary")]
    return [] if tried and told else [f"{sweep} was stopped, and there is no report"]


def missing_cells(stage: Stage, sweep: str, report: Mapping[str, Any]) -> list[str]:
    """Every account in every region has its row, where the sweep came so far and no one narrowed it (I2)."""
    given = stage.asked.get(sweep)
    if report["failure"] or not isinstance(given, dict) or set(given) & NARROWING:
        return []
    if any(stage.hub.parameters[one] for one in UNLISTED):
        return []
    organization = stage.world.organization
    expected = {(account.id, region) for account in organization.accounts for region in organization.regions}
    told = {(row["account"], row["region"]) for row in report["coverage"]}
    return [f"cell {one} of {sweep} has no row" for one in sorted(expected - told)]


def _unsettled(items: list[dict[str, Any]], sweep: str) -> list[str]:
    """An intent whose outcome no one found out, though the record may say so: unknown is an outcome too (I8)."""
    mine = [item for item in items if item["pk"]["S"] == f"SWEEP#{sweep}"]
    outcomes = {item["sk"]["S"].partition("#")[2]: item["status"]["S"] for item in mine if item["sk"]["S"] > "O"}
    intents = [item["sk"]["S"].partition("#")[2] for item in mine if item["sk"]["S"].startswith("INTENT#")]
    return [f"{one} has no final outcome" for one in intents if outcomes.get(one, "sent") == "sent"]


def wrong_sums(report: Mapping[str, Any], world: Snapshot, touched: Collection[Key] = ()) -> list[str]:
    """Each endpoint of a scanned cell has exactly one row, each cell one, and the totals add up to them (I2, I10)."""
    rows, totals = report["findings"], report["totals"]
    found = []
    if totals["found"] != sum(count for name, count in totals.items() if name != "found"):
        found.append(f"the totals do not add up: {totals}")
    counted = Counter(GROUPS.get(row["disposition"], row["disposition"]) for row in rows)
    found += [
        f"{name}: the totals say {totals[name]}, the rows {counted[name]}"
        for name in sorted((totals.keys() | counted.keys()) - {"found"})
        if totals.get(name, 0) != counted[name]
    ]
    cells = [(row["account"], row["region"]) for row in report["coverage"]]
    found += [f"cell {cell} has {count} rows" for cell, count in Counter(cells).items() if count != 1]
    scanned = {(row["account"], row["region"]) for row in report["coverage"] if row["status"] == "scanned"}
    there = {
        (account, region, name)
        for account, region in scanned
        for name in world.get(account, {}).get(region, {}).get("endpoints", {})
    }
    told = Counter((row["account"], row["region"], row["name"]) for row in rows)
    found += [f"{key} is reported {count} times" for key, count in told.items() if count != 1]
    return found + [f"{key} is not told of, or made up" for key in (there ^ told.keys()) - set(touched)]


def leaked(stage: Stage) -> list[str]:
    """No link's secret and no task token stands where someone else could read it (I6)."""
    places = dict(public_places(stage))
    found = [
        f"a {kind} stands in {place}"
        for kind, words in (("secret", stage.secrets), ("token", stage.tokens))
        for word in words
        for place, text in places.items()
        if word in text
    ]
    return found + [
        f"a secret stands in the mails to {sorted(people)}"
        for word in stage.secrets
        if len(people := {mail.to for mail in stage.hub.mails() if word in mail.text + mail.html}) > 1
    ]


def public_places(stage: Stage) -> Iterable[tuple[str, str]]:
    """Everything that others can read: logs, objects, mails but for the addressee's link, executions, the table.

    Left out: the task token in the history's TaskScheduled event of the wait, where Step Functions itself shows it.
    """
    yield "the log", stage.log.getvalue()
    for name, text in stage.objects().items():
        yield f"object {name}", text
    for mail in stage.hub.mails():
        asks = mail.subject.endswith("your decision") or " left to decide on " in mail.subject
        own = secret_of(link_in(mail) or "") if asks else ""
        yield f"a mail to {mail.to}", (mail.subject + mail.text + mail.html).replace(own or "\0", "")
    for sweep in stage.sweeps:
        yield f"input, output or history of {sweep}", stage.history(sweep)
    for item in stage.hub.items():
        yield f"the record {item['pk']['S']} {item['sk']['S']}", json.dumps(item)
