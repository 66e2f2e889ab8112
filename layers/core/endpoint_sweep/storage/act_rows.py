"""What is recorded of deletions: intents, inference components, outcomes, each endpoint's own rows of a sweep.

That a row is there keeps the endpoint, so an intent needs no proof. What claims that something was sent or is gone is
signed by the deleting functions.
"""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from endpoint_sweep.domain.documents import from_data, sealed_digest, to_data
from endpoint_sweep.domain.errors import AlreadyRecorded, RecordForged, Unavailable
from endpoint_sweep.domain.model import Outcome, OutcomeStatus, ResourceId
from endpoint_sweep.ports import Maker, Row, Seals, Store, Table

# What may be said of an endpoint without the signature of the function that deletes: none of it claims a deletion.
_UNSIGNED = (OutcomeStatus.FAILED, OutcomeStatus.UNKNOWN)
NOT_SENT = "not sent"  # what a component's row says if its deletion was called off after the intent
_SENT = (OutcomeStatus.SENT, OutcomeStatus.DONE, OutcomeStatus.UNKNOWN)
_FORGED = "its outcome was not written by the delete function; please check"


class ActRows:
    """Intents, components and outcomes of a sweep, by endpoint."""

    def __init__(self, table: Table, store: Store, seals: Seals) -> None:
        self._table = table
        self._store = store
        self._seals = seals

    def write_intent(self, sweep_id: str, target: ResourceId, at: datetime, approver: str) -> None:
        """Written before the deletion. Raises AlreadyRecorded if there is one: then only looking is allowed."""
        document = {"at": to_data(at), "approver": approver, "target": str(target)}
        self._table.put(f"SWEEP#{sweep_id}", f"INTENT#{target}", document, 0)

    def has_intent(self, sweep_id: str, target: ResourceId) -> bool:
        return self._table.get(f"SWEEP#{sweep_id}", f"INTENT#{target}") is not None

    def void_intent(self, sweep_id: str, target: ResourceId, at: datetime) -> bool:
        """Takes the intent's place, so that a dead step can never resume. False if there is an intent."""
        document = {"at": to_data(at), "approver": "", "target": str(target), "void": True}
        try:
            self._table.put(f"SWEEP#{sweep_id}", f"INTENT#{target}", document, 0)
        except AlreadyRecorded:
            return self.is_void(sweep_id, target)
        return True

    def is_void(self, sweep_id: str, target: ResourceId) -> bool:
        row = self._table.get(f"SWEEP#{sweep_id}", f"INTENT#{target}")
        return row is not None and bool(row.document.get("void"))

    # inference components of an endpoint that is to be deleted: one record for all of them

    def components(self, sweep_id: str, target: ResourceId) -> dict[str, dict[str, str]]:
        """By name those whose deletion may have been sent: `at`, `approver`, `said`, `request_id`.

        Raises RecordForged, RecordUnreadable's kin, where the deleting function did not write it, and Unavailable.
        """
        known, _ = self._components(sweep_id, target)
        return known

    def write_component_intent(self, sweep_id: str, target: ResourceId, name: str, at: datetime, approver: str) -> None:
        """Written before its deletion. Raises AlreadyRecorded if there is one: then only looking is allowed."""
        known, row = self._components(sweep_id, target)
        if name in known:
            raise AlreadyRecorded(f"there is an intent for {name}")
        known[name] = {"at": to_data(at), "approver": approver, "said": "intent", "request_id": ""}
        self._put_components(sweep_id, target, known, row)

    def write_component_outcome(
        self, sweep_id: str, target: ResourceId, name: str, said: str, at: datetime, request_id: str
    ) -> None:
        known, row = self._components(sweep_id, target)
        known[name] = known.get(name, {}) | {"said": said, "at": to_data(at), "request_id": request_id}
        self._put_components(sweep_id, target, known, row)

    def settle_components(self, sweep_id: str, target: ResourceId, at: datetime) -> None:
        """All of them are gone."""
        known, row = self._components(sweep_id, target)
        if row is None:
            return
        settled = {name: one | {"said": "deleted", "at": to_data(at)} for name, one in known.items()}
        self._put_components(sweep_id, target, settled, row)

    def components_gone(self, sweep_id: str, target: ResourceId) -> str:
        """For the reason why an endpoint stays: which of its components were already given up. Empty: none."""
        row = self._table.get(f"SWEEP#{sweep_id}", f"COMPONENTS#{target}")
        found = row.document.get("components") if row else None
        names = sorted(name for name, one in found.items() if _was_sent(one)) if isinstance(found, dict) else []
        told = f"; the deletion of its inference components {', '.join(names)} had already been sent"
        return f"{told}; endpoint-sweep restore brings them back" if names else ""

    def _components(self, sweep_id: str, target: ResourceId) -> tuple[dict[str, dict[str, str]], Row | None]:
        row = self._table.get(f"SWEEP#{sweep_id}", f"COMPONENTS#{target}")
        if row is None:
            return {}, None
        try:
            known = from_data(dict[str, dict[str, str]], row.document["components"])
        except (ValueError, TypeError, KeyError) as error:
            raise RecordForged("the record of its inference components cannot be read") from error
        digest = sealed_digest(f"components {sweep_id} {target}", known)
        if not self._seals.is_authentic(Maker.ACTS, digest, str(row.document.get("mac", ""))):
            raise RecordForged("the record of its inference components was not written by the delete function")
        return known, row

    def _put_components(self, sweep_id: str, target: ResourceId, known: dict[str, Any], row: Row | None) -> None:
        mac = self._seals.mac(Maker.ACTS, sealed_digest(f"components {sweep_id} {target}", known))
        document = {"components": known, "mac": mac}
        self._table.put(f"SWEEP#{sweep_id}", f"COMPONENTS#{target}", document, row.version if row else 0)

    def outcome(self, sweep_id: str, target: ResourceId) -> Outcome | None:
        """An unsigned outcome that claims a deletion is read as unknown: it keeps the endpoint and proves nothing."""
        row = self._table.get(f"SWEEP#{sweep_id}", f"OUTCOME#{target}")
        return self._read(sweep_id, row) if row else None

    def write_outcome(self, sweep_id: str, outcome: Outcome, *, signed: bool = False) -> Outcome:
        """The first final outcome counts; `deleting` may become a final one.

        `signed`: by the functions that delete, without which nothing counts as sent or gone.
        """
        row = self._table.get(f"SWEEP#{sweep_id}", f"OUTCOME#{outcome.id}")
        if row and (known := self._read(sweep_id, row)).status is not OutcomeStatus.SENT:
            return known
        if row and outcome.request_id is None:
            outcome = replace(outcome, request_id=row.document.get("request_id"))
        mac = self._seals.mac(Maker.ACTS, _digest(sweep_id, outcome)) if signed else ""
        document = to_data(outcome) | {"mac": mac}
        self._table.put(f"SWEEP#{sweep_id}", f"OUTCOME#{outcome.id}", document, row.version if row else 0)
        return outcome

    def outcomes(self, sweep_id: str) -> dict[ResourceId, Outcome]:
        """One that cannot be proven at this moment is unknown."""
        found: dict[ResourceId, Outcome] = {}
        for row in self._table.query(f"SWEEP#{sweep_id}", "OUTCOME#"):
            target = ResourceId.try_parse(row.key[1].partition("#")[2])
            if target is None:
                continue  # Someone else's row: it is about no resource.
            try:
                outcome = self._read(sweep_id, row)
            except Unavailable as error:
                outcome = _doubted(row, f"its outcome cannot be verified: {error}")
            found[target] = outcome
        return found

    def claims(self, sweep_id: str) -> dict[str, Outcome | None]:
        """By the name of its row, every outcome that claims a deletion; None if the deleting functions did not sign it.

        Raises Unavailable.
        """
        found: dict[str, Outcome | None] = {}
        for row in self._table.query(f"SWEEP#{sweep_id}", "OUTCOME#"):
            name, outcome = row.key[1].partition("#")[2], None
            with suppress(ValueError, TypeError):
                outcome = from_data(Outcome, row.document)
            if outcome and outcome.status in _UNSIGNED and name == str(outcome.id):
                continue
            found[name] = outcome if outcome and self._is_signed(sweep_id, row, outcome) else None
        return found

    def _read(self, sweep_id: str, row: Row) -> Outcome:
        try:
            outcome = from_data(Outcome, row.document)
        except (ValueError, TypeError):
            return _doubted(row, _FORGED)
        if outcome.status in _UNSIGNED and row.key[1] == f"OUTCOME#{outcome.id}":
            return outcome
        return outcome if self._is_signed(sweep_id, row, outcome) else _doubted(row, _FORGED)

    def _is_signed(self, sweep_id: str, row: Row, outcome: Outcome) -> bool:
        """By a function that deletes, for this place. Raises Unavailable."""
        mac = str(row.document.get("mac") or "")
        is_placed = row.key[1] == f"OUTCOME#{outcome.id}"
        return is_placed and self._seals.is_authentic(Maker.ACTS, _digest(sweep_id, outcome), mac)

    def progress(self, sweep_id: str, approved: Collection[ResourceId]) -> tuple[int, int]:
        """Of these endpoints: how many were sent for deletion, and how many are neither sent nor settled yet.

        Only what the deleting functions signed leaves less, so that no one can make it look as if nothing were left.
        What no one found out may have been sent.
        """
        signed: dict[ResourceId, OutcomeStatus] = {}
        unknown = set()
        for row in self._table.query(f"SWEEP#{sweep_id}", "OUTCOME#"):
            with suppress(ValueError, TypeError, Unavailable):
                outcome = from_data(Outcome, row.document)
                if self._is_signed(sweep_id, row, outcome):
                    signed[outcome.id] = outcome.status
                elif outcome.status is OutcomeStatus.UNKNOWN:
                    unknown.add(outcome.id)
        sent = [one for one in approved if one in unknown or signed.get(one) in _SENT]
        return len(sent), len([one for one in approved if one not in signed])

    def intents(self, sweep_id: str) -> set[str]:
        """The endpoints whose deletion, or that of one of their components, may have been sent."""
        rows = self._table.query(f"SWEEP#{sweep_id}", "INTENT#")
        sent = {row.key[1].partition("#")[2] for row in rows if not row.document.get("void")}
        parts = self._table.query(f"SWEEP#{sweep_id}", "COMPONENTS#")
        return sent | {row.key[1].partition("#")[2] for row in parts}


def _was_sent(component: object) -> bool:
    """What cannot be read may have been."""
    return not isinstance(component, dict) or component.get("said") != NOT_SENT


def _digest(sweep_id: str, outcome: Outcome) -> bytes:
    return sealed_digest(f"outcome {sweep_id} {outcome.id}", outcome)


def _doubted(row: Row, reason: str) -> Outcome:
    one = ResourceId.parse(row.key[1].partition("#")[2])
    try:
        at = from_data(datetime, row.document["at"])
    except (ValueError, TypeError, KeyError):
        at = datetime.min.replace(tzinfo=UTC)
    return Outcome.of(one, OutcomeStatus.UNKNOWN, reason, at)
