"""Mistakes in what proves a record or a document and in what forbids, each as a patch of the product."""

import hmac
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from endpoint_sweep.aws.callers import AwsCallers
from endpoint_sweep.aws.seals import AwsSeals
from endpoint_sweep.aws.store import AwsStore
from endpoint_sweep.domain.approval_record import Decision
from endpoint_sweep.domain.codes import Codes
from endpoint_sweep.domain.documents import digest, from_data, sealed_digest
from endpoint_sweep.domain.model import Outcome, Pointer
from endpoint_sweep.ports import Maker
from endpoint_sweep.review import codes
from endpoint_sweep.rules import approval_rules
from endpoint_sweep.steps import apply_decision, verify_decision
from endpoint_sweep.storage.act_rows import ActRows
from endpoint_sweep.storage.approval_rows import ApprovalRows
from endpoint_sweep.storage.sweep_folder import SweepFolder


def _believing(maker: Maker) -> Any:
    """Of this maker every signature is right."""
    checked = AwsSeals.is_authentic

    def believing(seals: Any, who: Maker, *given: Any) -> bool:
        return who is maker or checked(seals, who, *given)

    return patch.object(AwsSeals, "is_authentic", believing)


def request_not_proven() -> Any:
    return _believing(Maker.LINKS)


def code_not_proven() -> Any:
    def read(rows: Any, approval_id: str, link: str) -> Any:
        row = rows._table.get(f"DECIDED#{approval_id}", f"CODE#{link}")
        return (from_data(Codes, row.document), row.version) if row else None

    return patch.object(ApprovalRows, "codes", read)


def code_put_back_counts() -> Any:
    """Which code was mailed last is not compared with what no one can take back."""

    def known(opened: Any, link: Any, desk: Any) -> Any:
        tries = desk.records.tries(opened.approval.sweep_id, link.id)
        found = desk.records.codes(opened.approval.id, link.id)
        return codes._Known(found[0].codes if found else (), found[1] if found else 0, tries)

    return patch.object(codes, "_known", known)


def newest_stops_only() -> Any:
    """What is under a marker was never there."""
    history = AwsStore.history

    def visible(store: Any, prefix: str) -> Any:
        there = store.keys(prefix) if "/stops/" in prefix else None
        return tuple(one for one in history(store, prefix) if there is None or one[0] in there)

    return patch.object(AwsStore, "history", visible)


def stop_not_read_again() -> Any:
    """Whoever keeps everything is heard where the decision is read, not right before the call."""
    return patch.object(apply_decision, "_check_stops", lambda _: None)


@contextmanager
def no_grace() -> Iterator[None]:
    def at_once(decisions: Any, _: Any) -> Any:
        return max(one.at for one in decisions)

    with patch.object(approval_rules, "grace_ends", at_once), patch.object(verify_decision, "grace_ends", at_once):
        yield


@contextmanager
def grace_only_waited_for() -> Iterator[None]:
    """The deleting step takes the word of who called it that the grace period is over."""
    rule = approval_rules.what_may_be_deleted

    def ruled(approval: Any, plan: Any, sha256: str, rules: Any, *others: Any) -> Any:
        return rule(approval, plan, sha256, replace(rules, grace=timedelta()), *others)

    with patch.object(apply_decision, "what_may_be_deleted", ruled):
        yield


def caller_believed() -> Any:
    """Who calls says so in the request, and STS is not asked."""
    return patch.object(AwsCallers, "identify", lambda _, proof, __: proof)


@contextmanager
def plan_there_accepted() -> Iterator[None]:
    """Where a plan lies already it is the plan, and whoever made it."""
    put = SweepFolder.put_plan

    def putting(folder: Any, plan: Any, seals: Any) -> Any:
        key = f"{folder.prefix}/plan.json"
        if key not in folder._store.keys(key):
            return put(folder, plan, seals)
        there = folder._store.read(key)
        return Pointer(
            folder._store.bucket, key, there.version_id, digest(there.body), len(json.loads(there.body)["items"])
        )

    with patch.object(SweepFolder, "put_plan", putting), _believing(Maker.FINDINGS), pins_not_compared():
        yield


def cells_not_proven() -> Any:
    return patch(
        "endpoint_sweep.storage.sweep_folder.hmac", SimpleNamespace(compare_digest=lambda *_: True, new=hmac.new)
    )


def input_not_proven() -> Any:
    """The sweep's key opens with whatever lies there."""
    return patch.object(AwsSeals, "open_key", lambda *_: b"0" * 32)


@contextmanager
def stack_caps_forgotten() -> Iterator[None]:
    """Only the plan's own caps bind."""
    with patch.object(approval_rules, "over_caps", lambda *_: []):
        yield


def outcome_not_proven() -> Any:
    def read(_: Any, __: str, row: Any) -> Outcome:
        return from_data(Outcome, row.document)

    return patch.object(ActRows, "_read", read)


def pins_not_compared() -> Any:
    """Names, findings and input are read as they lie there."""
    return patch.object(SweepFolder, "_pinned", lambda folder, name, _: folder._store.get(f"{folder.prefix}/{name}"))


def _digest_without(**left_out: Any) -> Callable[[Decision], bytes]:
    def sealed(decision: Decision) -> bytes:
        return sealed_digest(f"decision {decision.approval}", replace(decision, mac="", **left_out))

    return sealed


def selection_not_signed() -> Any:
    return patch.object(Decision, "digest", property(_digest_without(selected=())))


def approver_not_signed() -> Any:
    return patch.object(Decision, "digest", property(_digest_without(approver="")))
