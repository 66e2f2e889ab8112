"""Request approval: one record, one secret an approver, one mail an approver."""

from dataclasses import replace
from typing import Any

from endpoint_sweep import reports
from endpoint_sweep.approvals import Approval, approval_id, hash_secret, mint_secret
from endpoint_sweep.config import Settings
from endpoint_sweep.documents import from_data, to_data
from endpoint_sweep.errors import AlreadyRecorded, ApprovalNotSent, MailRefused
from endpoint_sweep.model import Pointer
from endpoint_sweep.ports import Clock, Mailer, Store
from endpoint_sweep.records import Records
from endpoint_sweep.sweep_folder import SweepFolder


def request_approval(
    event: dict[str, Any], *, settings: Settings, store: Store, records: Records, mailer: Mailer, now: Clock
) -> dict[str, Any]:
    """`event`: `{"sweep_id", "execution", "plan": pointer}`. Raises ApprovalNotSent where no mail was accepted.

    The record with every secret's hash is written before the first mail: a link that arrives always works. A retry
    adds new secrets to the same record, so there is never a second approval for one sweep (FI-25).
    """
    pointer = from_data(Pointer, event["plan"])
    approval, version = _open(event, pointer, settings, records, now)
    minted = {mint_secret(): approver for approver in settings.approvers}
    hashes = {hash_secret(secret): approver for secret, approver in minted.items()}
    records.save_approval(replace(approval, secrets=approval.secrets | hashes), version)
    folder = SweepFolder(store, event["sweep_id"])
    coverage = folder.coverage()
    view = reports.approval_view(approval, folder.plan(pointer), coverage, folder.accounts())
    refused = []
    for secret, approver in minted.items():
        link = f"{settings.review_base_url}/a/{approval.id}?k={secret}"
        text, html = reports.approval_mail(view, link)
        try:
            mailer.send(approver, reports.approval_subject(view), text, html)
        except MailRefused as error:
            refused.append(str(error))
    if len(refused) == len(minted):
        raise ApprovalNotSent(f"no approver could be mailed: {refused[0] if refused else 'there is none'}")
    return {
        "id": approval.id,
        "status": "waiting",
        "mailed": len(minted) - len(refused),
        "refused": len(refused),
        "expires_at": to_data(approval.expires_at),
        "slice_seconds": next_slice(approval, settings, now),
    }


def _open(
    event: dict[str, Any], pointer: Pointer, settings: Settings, records: Records, now: Clock
) -> tuple[Approval, int]:
    """The record of this sweep and its version, written anew where there is none yet."""
    name = approval_id(event["sweep_id"])
    approval = Approval(name, event["sweep_id"], event["execution"], pointer, now() + settings.approval_ttl)
    try:
        records.save_approval(approval, 0)
    except AlreadyRecorded:
        found = records.approval(name)
        if found is None or found[0].plan != pointer:
            raise
        return found
    return approval, 1


def next_slice(approval: Approval, settings: Settings, now: Clock) -> int:
    """Seconds until the record is looked at again: one slice, or what is left until it expires, at least one."""
    left = int((approval.expires_at - now()).total_seconds()) + 1
    return max(1, min(int(settings.wait_slice.total_seconds()), left))
