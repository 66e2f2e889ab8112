"""Twenty thousand endpoints, 7,600 of them idle: every document, page, mail and record still fits (FI-16, I10)."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from endpoint_sweep.aws import wiring
from endpoint_sweep.domain.model import Account, CellResult, CoverageStatus, Finding, Mode, Verdict
from endpoint_sweep.reports import Report
from endpoint_sweep.rules.approvals import ApprovalStatus, approval_id
from endpoint_sweep.rules.planning import MOST_OFFERED
from endpoint_sweep.settings.sweep_input import parse
from endpoint_sweep.steps.aggregate_findings import aggregate_findings
from endpoint_sweep.steps.check_act_roles import check_act_roles
from endpoint_sweep.steps.money import Sources
from endpoint_sweep.steps.request_approval import request_approval
from endpoint_sweep.steps.send_summary import send_summary
from endpoint_sweep.steps.verify_decision import verify_decision
from endpoint_sweep.storage.sweep_folder import UNPROVEN, SweepFolder
from tests.simulation.hub.offers import Offer, finding
from tests.simulation.hub.review_site import ADA, GRACE, Answer, ReviewSite
from tests.unit.quiet import NoPrices, NoWitness, Off, OpenRoles
from tests.unit.review.forms import decide, form

SWEEP, EXECUTION = "2026-11-20T06-00Z-many", "arn:aws:states:us-east-1:111111111111:execution:endpoint-sweep:many"
ACCOUNTS = tuple(Account(f"{number:012}", '"<&>' * 20, "ACTIVE") for number in range(100))
REGIONS, IN_A_CELL, IDLE = ("us-east-1", "ap-southeast-2"), 100, 38
ROOM = {
    "REGIONS": ",".join(REGIONS),
    "MAX_DELETES_PER_SWEEP": "1000",
    "MAX_DELETES_PER_ACCOUNT": "1000",
    "MAX_DELETE_PERCENT_OF_ACCOUNT": "100",
    "MIN_APPROVERS": "2",
    "REVIEW_BASE_URL": "https://review.example.com/v1",
    "SCAN_CONCURRENCY": "20",
}
# What AWS takes: a function's answer, an item of the table, a state's input; and what Gmail shows of a mail.
ANSWER, ITEM, STATE, MAIL = 6 * 1024 * 1024, 400_000, 256 * 1024, 102_400


@dataclass(frozen=True, slots=True)
class Many:
    site: ReviewSite
    said: dict[str, Any]
    asked: dict[str, Any]
    offers: dict[str, Offer]


def cell(account: str, region: str, start: int) -> CellResult:
    """The longest names and owners that escape worst."""
    found: list[Finding] = []
    for number in range(start, start + IN_A_CELL):
        name = f"{'x' * 57}{number:06}"
        one = finding(name, account, region, owner='"<&>' * 64)
        is_idle = number % IN_A_CELL < IDLE
        found.append(one if is_idle else replace(one, verdict=Verdict.BUSY, reason="3 invocations"))
    return CellResult(account, region, CoverageStatus.SCANNED, "", len(found), tuple(found))


@pytest.fixture(scope="module")
def many() -> Iterator[Many]:
    with ReviewSite.open(1, **ROOM) as site:
        at, folder = wiring.hub(), SweepFolder(wiring.hub().store, SWEEP)
        places = [(account.id, region) for account in ACCOUNTS for region in REGIONS]
        results = [cell(*place, number * IN_A_CELL) for number, place in enumerate(places)]
        pins = {
            "accounts.json": folder.put_accounts(ACCOUNTS).sha256,
            "expected.json": folder.put_expected([one.cell for one in results]).sha256,
            "skipped.json": folder.put_skipped([]).sha256,
        }
        kinds = at.scan_settings, at.decide_settings, at.act_settings
        asked_for = parse(SWEEP, {"mode": "approve", "requested_by": "schedule"}, *kinds)
        folder.put_input(replace(asked_for, now=at.now(), pins=pins), at.seals)
        key = folder.opened(at.seals).key
        for one in results:
            folder.put_cell(one, key)
        check_act_roles({"sweep_id": SWEEP}, roles=OpenRoles(), store=at.store)
        said = aggregate_findings(
            {"sweep_id": SWEEP}, settings=at.scan_settings,
            types=at.types, store=at.store, records=at.records, seals=at.seals,
            money=Sources(NoPrices(), NoWitness()),
        )  # fmt: skip
        asked = request_approval(
            {"sweep_id": SWEEP, "execution": EXECUTION, "plan": said["plan"]},
            settings=at.decide_settings, base_url=at.review_base_url,
            store=at.store, records=at.records, seals=at.seals, mailer=at.mailer,
            metrics=at.metrics, events=at.events, now=at.now,
        )  # fmt: skip
        found = at.records.approval(approval_id(SWEEP))
        assert found
        paths = {mail.to: mail.text.split("/v1")[1].split()[0] for mail in site.outbox}
        plan = folder.plan(found.approval.plan)
        offers = {who: Offer(found.approval, plan, path, "") for who, path in paths.items()}
        yield Many(site, said, asked, offers)


def answered(answer: Answer) -> int:
    """The bytes that Lambda counts."""
    told = {"statusCode": answer.status, "multiValueHeaders": {}, "body": answer.body, "isBase64Encoded": False}
    return len(json.dumps(told, ensure_ascii=False).encode())


def test_the_dearest_thousand_are_offered_and_the_others_are_told(many: Many) -> None:
    """On the page, in the mail and in the state machine's own words; only pointers and counts go through states."""
    assert (many.said["resources"], many.said["verdicts"]["idle"], many.said["beyond"]) == (20_000, 7_600, 6_600)
    assert len(many.offers[ADA].plan.items) == MOST_OFFERED == many.said["plan"]["count"]
    assert len(json.dumps(many.said)) + len(json.dumps(many.asked)) < STATE
    mail, page = many.site.outbox[0], many.site.get(many.offers[ADA].path)
    for text in (mail.text, mail.html, page.body):
        assert "6,600 more idle endpoints are not offered, because one sweep offers only the 1,000 most" in text
    assert len(mail.html.encode()) < MAIL
    assert page.status == 200
    assert answered(page) < ANSWER


def test_a_decision_on_all_of_them_fits_and_the_totals_add_up(many: Many) -> None:
    """Two approvers choose all thousand; the record, the confirmation, every step's answer and the summary fit."""
    site, at = many.site, wiring.hub()
    names = [one.name for one in many.offers[ADA].plan.items]
    for who in (ADA, GRACE):
        offer = many.offers[who]
        shown = site.post(offer.path, form(offer, *names, step="review"))
        assert shown.status == 200
        assert answered(shown) < ANSWER
        assert decide(site, offer.path, form(offer, *names), who).status in (202, 303)
    assert many.offers[ADA].now().status is ApprovalStatus.DECIDED
    sizes = [len(json.dumps(item)) for item in site.items()]
    assert max(sizes) < ITEM
    ports: dict[str, Any] = {"store": at.store, "records": at.records, "now": at.now}
    verified = verify_decision(
        {"sweep_id": SWEEP, "approval_id": approval_id(SWEEP)}, settings=at.decide_settings, switch=Off(), **ports
    )
    assert (verified["status"], verified["approved"]["count"]) == ("approved", MOST_OFFERED)
    totals = send_summary(
        {"sweep_id": SWEEP, "execution": EXECUTION}, mailer=at.mailer, seals=at.seals,
        metrics=at.metrics, events=at.events,
        recipients=lambda: at.recipients, approvers=lambda: at.approvers,
        deny_accounts=lambda: at.deny_accounts, **ports,
    )  # fmt: skip
    assert (totals["found"], totals["failed"], totals["kept"]) == (20_000, 1_000, 19_000)
    report = json.loads(at.store.get(f"sweeps/{SWEEP}/report.json"))
    reasons = Counter(row["disposition_reason"] for row in report["findings"] if row["verdict"] == "idle")
    assert reasons["kept: not offered, because one sweep offers only the 1,000 most expensive"] == 6_600
    unasked = Report(SWEEP, Mode.APPROVE, SweepFolder(at.store, SWEEP).judged(UNPROVEN), {})
    assert unasked.beyond == frozenset()  # where no one was asked, the limit is not the reason
    summary = site.outbox[-1]
    assert "6,600 of these were not offered" in summary.text
    assert len(summary.html.encode()) < MAIL
