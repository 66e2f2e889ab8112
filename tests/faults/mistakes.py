"""Mistakes that could be made in the product, each as a patch of it; `bugs` says where they show."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import count
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from endpoint_sweep.aws import seals, sessions, step_log
from endpoint_sweep.aws.mailer import AwsMailer
from endpoint_sweep.aws.switch_parameter import AwsKillSwitch
from endpoint_sweep.domain.documents import digest
from endpoint_sweep.domain.model import Mode, Verdict
from endpoint_sweep.reports import Report
from endpoint_sweep.resources.endpoint import idleness, recheck
from endpoint_sweep.review import access, page_flow, recording
from endpoint_sweep.review.access import Opened, by_link, plan_of
from endpoint_sweep.review.selection import Wish, drafted
from endpoint_sweep.rules import access as access_rules
from endpoint_sweep.rules import approval_rules, approvals, planning
from endpoint_sweep.rules.approval_rules import Ruling
from endpoint_sweep.rules.approvals import ApprovalStatus, Identity, StopKind
from endpoint_sweep.rules.planning import by_id
from endpoint_sweep.rules.quorum import Quorum
from endpoint_sweep.steps import aggregate_findings, apply_decision, request_approval, verify_decision
from endpoint_sweep.storage.approval_rows import ApprovalRows
from endpoint_sweep.storage.records import Records
from endpoint_sweep.storage.sweep_folder import SweepFolder


def _nothing(*_: Any, **__: Any) -> None:
    """What a step does that was forgotten."""


def get_approves() -> Any:
    """Opening the link decides, as in samples on the web."""
    show = page_flow.show

    def deciding(approval_id: str, secret: str, at: Any) -> Any:
        opened = by_link(approval_id, secret, at)
        if isinstance(opened, Opened) and opened.approval.status is ApprovalStatus.PENDING:
            plan: Any = plan_of(opened.approval, at)
            wish = Wish(tuple(sorted(by_id(plan.items))))
            draft: Any = drafted(opened, plan, wish, "delete", comment="", nonce="x", at=at.now(), caps=at.rules.caps)
            recording.record(opened, replace(draft, identity=Identity.LINK_AND_CODE), plan, at)
        return show(approval_id, secret, at)

    return patch.object(page_flow, "show", deciding)


def blind_retry() -> Any:
    """The deleting client repeats a call whose reply was lost."""
    return patch.object(sessions, "_DELETING", sessions._READING)


@contextmanager
def barely_used_unasked() -> Iterator[None]:
    """What is barely used counts as offered, whatever the stack and the sweep say."""

    def always(finding: Any, _below: int) -> bool:
        return finding.verdict in (Verdict.IDLE, Verdict.BARELY_USED)

    with ExitStack() as patches:
        for module in (access_rules, approval_rules, planning, aggregate_findings, request_approval, apply_decision):
            patches.enter_context(patch.object(module, "may_be_offered", always))
        yield


@contextmanager
def cap_truncates() -> Iterator[None]:
    """A selection over the cap is cut instead of refused."""
    agreed = approval_rules.agreed
    with (
        patch.object(approvals, "over_caps", lambda *_: []),
        patch.object(approval_rules, "over_caps", lambda *_: []),
        patch.object(approval_rules, "agreed", lambda decisions: agreed(decisions)[:1]),
    ):
        yield


def missing_cell_dropped() -> Any:
    """A cell without a result has no row."""
    join = planning.join

    def dropping(expected: Any, results: Any, named: Any = ()) -> Any:
        found = list(results)
        return join({one.cell for one in found} & set(expected), found, named)

    return patch.object(aggregate_findings, "join", dropping)


@contextmanager
def expiry_deletes() -> Iterator[None]:
    """Silence counts as consent."""
    settle, rule = verify_decision._settle, approval_rules.what_may_be_deleted

    def settling(approval: Any, *others: Any) -> Any:
        return settle(replace(approval, status=ApprovalStatus.DECIDED), *others)

    def ruled(approval: Any, plan: Any, *others: Any) -> Ruling:
        return rule(approval, plan, *others) if approval.decisions else Ruling(tuple(sorted(by_id(plan.items))))

    with (
        patch.object(verify_decision, "_settle", settling),
        patch.object(verify_decision, "what_may_be_deleted", ruled),
        patch.object(apply_decision, "what_may_be_deleted", ruled),
    ):
        yield


def mac_not_checked() -> Any:
    return patch.object(seals.AwsSeals, "is_authentic", lambda *_: True)


def switch_not_read() -> Any:
    return patch.object(AwsKillSwitch, "read", lambda _: "off")


def no_second_look() -> Any:
    return patch.object(recheck, "check_fingerprint", _nothing)


def instances_not_compared() -> Any:
    return patch.object(recheck, "_size", lambda _: ("any", False, "", 0))


def traffic_not_looked_at() -> Any:
    return patch.object(recheck, "check_unused", _nothing)


def tags_not_looked_at() -> Any:
    return patch.object(apply_decision, "_check_tags", _nothing)


def bundle_not_written() -> Any:
    return patch.object(SweepFolder, "put_restore", _nothing)


def intent_not_written() -> Any:
    return patch.object(Records, "write_intent", _nothing)


@contextmanager
def any_approver_is_enough() -> Iterator[None]:
    with (
        patch.object(approval_rules, "quorum", _one_is_enough),
        patch.object(approval_rules, "quorum_of", _one_is_enough),
    ):
        yield


def _one_is_enough(*_: object) -> Quorum:
    return Quorum(1)


def all_that_anybody_chose() -> Any:
    """The union of what the approvers chose, not what all of them did."""

    def union(decisions: Any) -> Any:
        return tuple(sorted({target for one in decisions for target in one.selected}))

    return patch.object(approval_rules, "agreed", union)


def rejection_ignored() -> Any:
    """Whoever keeps everything is thanked, and that is all."""
    stop = ApprovalRows.stop

    def stopping(records: Any, sweep_id: str, why: Any) -> Any:
        return None if why.kind is StopKind.KEPT else stop(records, sweep_id, why)

    return patch.object(ApprovalRows, "stop", stopping)


@contextmanager
def approvals_never_age() -> Iterator[None]:
    with patch.object(approval_rules, "is_stale", lambda *_: False):
        yield


def silence_is_idle() -> Any:
    """No evidence counts as no traffic."""
    judge = idleness.judge

    def judging(*given: Any, **named: Any) -> Any:
        verdict, reason = judge(*given, **named)
        return (Verdict.IDLE if verdict in (Verdict.NO_EVIDENCE, Verdict.TOO_YOUNG) else verdict), reason

    return patch("endpoint_sweep.resources.endpoint.scan.judge", judging)


def mail_logged() -> Any:
    """The text of a mail stands in the log."""
    send = AwsMailer.send

    def sending(mailer: Any, recipient: str, subject: str, text: str, *others: Any, **named: Any) -> None:
        step_log._logger().info(text)
        send(mailer, recipient, subject, text, *others, **named)

    return patch.object(AwsMailer, "send", sending)


def outcome_forgotten() -> Any:
    """What became of a deletion is not written down."""
    return patch.object(Records, "write_outcome", lambda _records, _sweep_id, outcome, **_: outcome)


def report_mode_asks() -> Any:
    """`mode` is read, and then forgotten."""
    return patch.object(aggregate_findings, "Mode", SimpleNamespace(REPORT="no mode", APPROVE=Mode.APPROVE))


def secret_stored() -> Any:
    """The link's secret lies in the table instead of its hash, and the same for all."""
    return patch.object(request_approval, "hash_secret", lambda secret: f"{secret} {digest(secret.encode())}")


def failed_not_counted() -> Any:
    """The totals leave out what failed."""
    totals: Any = Report.__dict__["totals"]
    return patch.object(Report, "totals", property(lambda report: totals.fget(report) | {"failed": 0}))


@contextmanager
def components_without_intent() -> Iterator[None]:
    with patch.object(Records, "write_component_intent", _nothing):
        yield


def nobody_is_told() -> Any:
    """The mails of the end are not sent: only those that belong to an approval are."""
    send = AwsMailer.send

    def sending(mailer: Any, *texts: Any, **named: Any) -> None:
        if named.get("approval"):
            send(mailer, *texts, **named)

    return patch.object(AwsMailer, "send", sending)


@contextmanager
def one_person_counts_twice() -> Iterator[None]:
    """Who decides a second time is taken for someone else."""
    numbers = count()

    def stranger(approver: str) -> str:
        return f"{approver} {next(numbers)}"

    with patch.object(approval_rules, "person", stranger), patch.object(access, "person", stranger):
        yield
