"""Promises that hold whoever writes into the hub's table and bucket: what no one may be made to do or to believe.

Like `tests.judging.promises`, judged from outside; each rule returns sentences about what is wrong.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from tests.judging.acts import Key
from tests.judging.onlooker import Sent
from tests.judging.promises import of_unread_routers, offered_below
from tests.judging.stage import Stage, link_in
from tests.simulation.hub.outbox import Mail

CODES = 10  # of one link
# Why a row of the report says that someone decided.
NAMED = ("kept by {}", "approved by {}", "{} decided to keep")
RECEIPT = ": your decision to "


def deceived(stage: Stage, sent: Sequence[Sent], sweeps: Iterable[str]) -> list[str]:
    """Everything that is wrong with these deletions, and with what was told of these sweeps."""
    everything = list(stage.onlooker.sent)
    found = after_it_was_kept(everything, stage.kept_in_time)
    for sweep in sweeps:
        mails = stage.mails(sweep)
        mine = [one for one in sent if one.sweep == sweep]
        idle = idle_in(stage, sweep)
        found += [f"I5: {'/'.join(one.key)} was deleted and was not idle" for one in mine if one.key not in idle]
        offered = idle | of_unread_routers(stage)
        found += wrongly_asked(mails, stage.world.endpoints() | offered, offered)
        found += told_what_was_planted(mails, stage.planted)
        found += too_many_codes(mails)
        others = {one for one in stage.hub.parameters["Approvers"].split(",") if (sweep, one) not in stage.tried}
        report = stage.report(sweep) if stage.has_report(sweep) else {"findings": []}
        found += named_without_acting(report, mails, others)
        found += not_deleted(report, {one.key for one in everything if not one.component})
    sources = {session.source for session in stage.world.state.sessions.values() if session.source}
    # A stack without approvers has an empty list, not one person without a name.
    found += acted_for_others(sources, stage.tried, list(filter(None, stage.hub.parameters["Approvers"].split(","))))
    return found


def idle_in(stage: Stage, sweep: str) -> set[Key]:
    """What a sweep may offer by the world's own specification, and what others changed meanwhile."""
    given = stage.asked.get(sweep)
    given = given if isinstance(given, dict) else {}
    lookback = int(given.get("lookback_days", stage.hub.parameters["LookbackDays"]))
    age = int(given.get("min_age_days", stage.hub.parameters["MinAgeDays"]))
    below = offered_below(stage, sweep)
    return stage.world.organization.expected_offers(lookback, age, below=below) | stage.touched


def after_it_was_kept(sent: Sequence[Sent], kept: Mapping[Key, int]) -> list[str]:
    """I11: someone kept everything just before the last look at this endpoint, which had to see it."""
    return [
        f"I11: {'/'.join(one.key)} was deleted although someone had kept everything before the last look"
        for number, one in enumerate(sent)
        if number >= kept.get(one.key, len(sent))
    ]


def wrongly_asked(mails: Iterable[Mail], there: Collection[Key], idle: Collection[Key]) -> list[str]:
    """I5: a mail that asks names only what is idle. Names that an idle endpoint has elsewhere say nothing."""
    names = {one[2] for one in there} - {one[2] for one in idle}
    return [
        f"I5: {mail.to} was asked about {name}, which is not idle"
        for mail in mails
        if link_in(mail)
        for name in sorted(names)
        if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", mail.text)
    ]


def told_what_was_planted(mails: Iterable[Mail], planted: Collection[str]) -> list[str]:
    """I5: what someone wrote into a document stands in no mail that asks."""
    asking = [mail for mail in mails if link_in(mail)]
    return [f"I5: {mail.to} was told {word}" for mail in asking for word in planted if word in mail.text + mail.html]


def too_many_codes(mails: Iterable[Mail]) -> list[str]:
    """S1.9: of each link at most ten codes are mailed."""
    told = list(mails)
    found = []
    for who in {mail.to for mail in told}:
        codes = [mail for mail in told if mail.to == who and "Your code: " in mail.text]
        links = {link_in(mail) for mail in told if mail.to == who} - {None}
        if len(codes) > CODES * len(links):
            found.append(f"S1.9: {who} was mailed {len(codes)} codes for {len(links)} links")
    return found


def named_without_acting(report: Mapping[str, Any], mails: Iterable[Mail], others: Iterable[str]) -> list[str]:
    """I1: no one is said to have decided who did nothing: not in the report, in its mail or in a receipt."""
    found, told = [], list(mails)
    reasons = [str(row["disposition_reason"]) for row in report["findings"]]
    for who in others:
        words = [one.format(who) for one in NAMED]
        found += [f"I1: the report says {reason}" for reason in reasons if any(word in reason for word in words)]
        found += [f"I1: {who} did nothing and was mailed a receipt" for mail in told if _is_receipt(mail, who)]
        final = [mail for mail in told if not link_in(mail) and ": your " not in mail.subject]
        found += [f"I1: {mail.subject} says that {who} decided" for mail in final if f"{who} decided to" in mail.text]
    return sorted(set(found))


def _is_receipt(mail: Mail, who: str) -> bool:
    return mail.to == who and RECEIPT in mail.subject


def not_deleted(report: Mapping[str, Any], sent: Collection[Key]) -> list[str]:
    """I10: what the report calls deleted was sent for deletion."""
    rows = [row for row in report["findings"] if row["disposition"] == "deleted"]
    told = [(str(row["account"]), str(row["region"]), str(row["name"])) for row in rows]
    return [f"I10: {'/'.join(one)} is reported as deleted, and no one deleted it" for one in told if one not in sent]


def acted_for_others(
    sources: Iterable[str], tried: Collection[tuple[str, str]], approvers: Collection[str]
) -> list[str]:
    """I1: the sessions that act bear the names of people who decided in that sweep (D9.5). `tried`: sweep, approver."""
    found = []
    for source in sorted(sources):
        people, _, sweep = source.rpartition(",")
        strangers = [one for one in approvers if one in people and (sweep, one) not in tried]
        found += [f"I1: a session of {sweep} bears the name of {one}, who decided nothing" for one in strangers]
    return found
