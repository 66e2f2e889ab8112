"""The hub's table in the product's words: the sweep lock, approvals, intents, outcomes, the ledger."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from endpoint_sweep.approvals import Approval, ApprovalStatus, Code
from endpoint_sweep.documents import from_data, to_data
from endpoint_sweep.errors import AlreadyRecorded, RecordUnreadable
from endpoint_sweep.model import EndpointId, Outcome, OutcomeStatus
from endpoint_sweep.ports import Row, Table
from endpoint_sweep.snoozes import Snoozed

_LOCK = ("LOCK", "LOCK")


class Records:
    """Every write is conditional: nobody's word is overwritten unseen."""

    def __init__(self, table: Table) -> None:
        self._table = table

    # the sweep lock

    def lock_holder(self) -> Row | None:
        return self._table.get(*_LOCK)

    def take_lock(self, sweep_id: str, execution: str, replacing: Row | None) -> None:
        """`instead_of` names the sweep it is taken over from. Raises AlreadyRecorded where somebody was faster."""
        document = {"sweep_id": sweep_id, "execution": execution}
        document["instead_of"] = replacing.document["sweep_id"] if replacing else ""
        self._table.put(*_LOCK, document, replacing.version if replacing else 0)

    def release_lock(self, execution: str) -> bool:
        """Only the holder's lock is released; whether it was this execution's."""
        row = self._table.get(*_LOCK)
        if row is None or row.document["execution"] != execution:
            return False
        self._table.remove(*_LOCK, row.version)
        return True

    # approvals

    def approval(self, approval_id: str) -> tuple[Approval, int] | None:
        """The record and its version. Raises RecordUnreadable."""
        row = self._table.get(f"APPROVAL#{approval_id}", "RECORD")
        if row is None:
            return None
        try:
            return from_data(Approval, row.document), row.version
        except (ValueError, TypeError) as error:
            raise RecordUnreadable(f"the record of the approval cannot be read: {error}") from error

    def save_approval(self, approval: Approval, version: int) -> None:
        """Raises AlreadyRecorded where the record changed since it was read."""
        self._table.put(f"APPROVAL#{approval.id}", "RECORD", to_data(approval), version)

    def close_approval(self, approval_id: str, status: ApprovalStatus, newer: str = "", note: str = "") -> bool:
        """Turns a pending or decided record into a final one; whether it did. A verified one stays as it is.

        `newer` is the sweep that superseded it; `note` says why, where it was not the end of the sweep.

        One that cannot be read stays, too: nobody can decide on it, and it must not hold up what ends a sweep.
        """
        for _ in range(5):
            try:
                found = self.approval(approval_id)
            except RecordUnreadable:
                return False
            if found is None or found[0].status not in (ApprovalStatus.PENDING, ApprovalStatus.DECIDED):
                return False
            try:
                self.save_approval(replace(found[0], status=status, newer=newer, note=note or found[0].note), found[1])
            except AlreadyRecorded:
                continue
            return True
        return False

    def waiting(self, approval_id: str) -> str | None:
        """The sealed task token of the present wait."""
        row = self._table.get(f"APPROVAL#{approval_id}", "WAIT")
        return str(row.document["token"]) if row else None

    def save_waiting(self, approval_id: str, token: str) -> None:
        """`token` is sealed. The newest wait is the one to wake. A conflict with oneself is no reason to stop."""
        for _ in range(5):
            row = self._table.get(f"APPROVAL#{approval_id}", "WAIT")
            if row and row.document.get("token") == token:
                return
            with suppress(AlreadyRecorded):
                self._table.put(f"APPROVAL#{approval_id}", "WAIT", {"token": token}, row.version if row else 0)
                return
        raise AlreadyRecorded("the wait could not be written down")

    def forget_waiting(self, approval_id: str) -> None:
        row = self._table.get(f"APPROVAL#{approval_id}", "WAIT")
        if row:
            # Somebody else removed or renewed it: a token left behind wakes nobody and decides nothing.
            with suppress(AlreadyRecorded):
                self._table.remove(f"APPROVAL#{approval_id}", "WAIT", row.version)

    # codes

    def code(self, approval_id: str, approver: str) -> tuple[Code, int] | None:
        row = self._table.get(f"APPROVAL#{approval_id}", f"CODE#{approver}")
        return (from_data(Code, row.document), row.version) if row else None

    def save_code(self, approval_id: str, code: Code, version: int) -> None:
        """Raises AlreadyRecorded where another request of the same approver was faster."""
        self._table.put(f"APPROVAL#{approval_id}", f"CODE#{code.approver}", to_data(code), version)

    # snoozes

    def snoozed(self) -> dict[EndpointId, Snoozed]:
        rows = self._table.query("SNOOZE")
        return {one.id: one for one in (from_data(Snoozed, row.document) for row in rows)}

    def snooze(self, one: Snoozed) -> None:
        """The later end stands; of endpoints that had the same name, that of the newest."""
        row = self._table.get("SNOOZE", str(one.id))
        if row:
            known = from_data(Snoozed, row.document)
            if (known.created_at, known.until) >= (one.created_at, one.until):
                return
        self._table.put("SNOOZE", str(one.id), to_data(one), row.version if row else 0)

    # intents and outcomes

    def write_intent(self, sweep_id: str, target: EndpointId, at: datetime, approver: str) -> None:
        """Before the deletion. Raises AlreadyRecorded where there is one: then only looking is allowed."""
        document = {"at": to_data(at), "approver": approver, "target": str(target)}
        self._table.put(f"SWEEP#{sweep_id}", f"INTENT#{target}", document, 0)

    def has_intent(self, sweep_id: str, target: EndpointId) -> bool:
        return self._table.get(f"SWEEP#{sweep_id}", f"INTENT#{target}") is not None

    def void_intent(self, sweep_id: str, target: EndpointId, at: datetime) -> bool:
        """Takes the intent's place, so that a step that stopped can never go on; False where there is an intent."""
        document = {"at": to_data(at), "approver": "", "target": str(target), "void": True}
        try:
            self._table.put(f"SWEEP#{sweep_id}", f"INTENT#{target}", document, 0)
        except AlreadyRecorded:
            return self.is_void(sweep_id, target)
        return True

    def is_void(self, sweep_id: str, target: EndpointId) -> bool:
        row = self._table.get(f"SWEEP#{sweep_id}", f"INTENT#{target}")
        return row is not None and bool(row.document.get("void"))

    # inference components of an endpoint that is to be deleted: one record for all of them

    def components(self, sweep_id: str, target: EndpointId) -> dict[str, dict[str, str]]:
        """By name those whose deletion may have been sent: `at`, `approver`, `said`, `request_id`."""
        row = self._table.get(f"SWEEP#{sweep_id}", f"COMPONENTS#{target}")
        return dict(row.document["components"]) if row else {}

    def write_component_intent(self, sweep_id: str, target: EndpointId, name: str, at: datetime, approver: str) -> None:
        """Before its deletion. Raises AlreadyRecorded where there is one: then only looking is allowed."""
        row = self._table.get(f"SWEEP#{sweep_id}", f"COMPONENTS#{target}")
        known = row.document["components"] if row else {}
        if name in known:
            raise AlreadyRecorded(f"there is an intent for {name}")
        known[name] = {"at": to_data(at), "approver": approver, "said": "intent", "request_id": ""}
        self._put_components(sweep_id, target, known, row)

    def write_component_outcome(
        self, sweep_id: str, target: EndpointId, name: str, said: str, at: datetime, request_id: str
    ) -> None:
        row = self._table.get(f"SWEEP#{sweep_id}", f"COMPONENTS#{target}")
        known = row.document["components"] if row else {}
        known[name] = known.get(name, {}) | {"said": said, "at": to_data(at), "request_id": request_id}
        self._put_components(sweep_id, target, known, row)

    def settle_components(self, sweep_id: str, target: EndpointId, at: datetime) -> None:
        """All of them are gone."""
        row = self._table.get(f"SWEEP#{sweep_id}", f"COMPONENTS#{target}")
        if row is None:
            return
        known = {name: one | {"said": "deleted", "at": to_data(at)} for name, one in row.document["components"].items()}
        self._put_components(sweep_id, target, known, row)

    def components_gone(self, sweep_id: str, target: EndpointId) -> str:
        """For the reason why an endpoint stays: which of its components were already given up. Empty: none."""
        names = sorted(self.components(sweep_id, target))
        told = f"; a deletion of its inference components {', '.join(names)} had been sent"
        return f"{told}, endpoint-sweep restore makes them again" if names else ""

    def _put_components(self, sweep_id: str, target: EndpointId, known: dict[str, Any], row: Row | None) -> None:
        version = row.version if row else 0
        self._table.put(f"SWEEP#{sweep_id}", f"COMPONENTS#{target}", {"components": known}, version)

    # outcomes

    def outcome(self, sweep_id: str, target: EndpointId) -> Outcome | None:
        row = self._table.get(f"SWEEP#{sweep_id}", f"OUTCOME#{target}")
        return from_data(Outcome, row.document) if row else None

    def write_outcome(self, sweep_id: str, outcome: Outcome) -> Outcome:
        """The first final outcome stands; `deleting` may become a final one."""
        row = self._table.get(f"SWEEP#{sweep_id}", f"OUTCOME#{outcome.id}")
        if row and row.document["status"] != OutcomeStatus.DELETING:
            return from_data(Outcome, row.document)
        if row and outcome.request_id is None:
            outcome = replace(outcome, request_id=row.document["request_id"])
        self._table.put(f"SWEEP#{sweep_id}", f"OUTCOME#{outcome.id}", to_data(outcome), row.version if row else 0)
        return outcome

    def outcomes(self, sweep_id: str) -> dict[EndpointId, Outcome]:
        rows = self._table.query(f"SWEEP#{sweep_id}", "OUTCOME#")
        found = (from_data(Outcome, row.document) for row in rows)
        return {outcome.id: outcome for outcome in found}

    def intents(self, sweep_id: str) -> set[str]:
        """The endpoints whose deletion, or that of one of their components, may have been sent."""
        rows = self._table.query(f"SWEEP#{sweep_id}", "INTENT#")
        sent = {str(row.document["target"]) for row in rows if not row.document.get("void")}
        parts = self._table.query(f"SWEEP#{sweep_id}", "COMPONENTS#")
        return sent | {row.key[1].partition("#")[2] for row in parts}

    # the ledger of sweeps

    def summary_of(self, sweep_id: str) -> dict[str, Any] | None:
        row = self._table.get("LEDGER", sweep_id)
        return row.document if row else None

    def ledger(self) -> list[dict[str, Any]]:
        """The rows of all sweeps that ended, oldest first, each with its `sweep_id`."""
        rows = [row.document | {"sweep_id": row.key[1]} for row in self._table.query("LEDGER")]
        return sorted(rows, key=lambda row: (str(row.get("at", "")), row["sweep_id"]))

    def write_summary(self, sweep_id: str, totals: dict[str, Any]) -> None:
        row = self._table.get("LEDGER", sweep_id)
        self._table.put("LEDGER", sweep_id, to_data(totals), row.version if row else 0)
