"""The record of an approval: table rows, one for each writer, and documents that no one can take back.

Rows lie in the table (docs/safety.md says who writes which). Stops and tries lie in the versioned bucket, where every
version counts that was ever written.
"""

import json
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import NamedTuple

from endpoint_sweep.domain.documents import from_data, to_data, to_json
from endpoint_sweep.domain.errors import AlreadyRecorded, DocumentNotFound, RecordForged, RecordUnreadable
from endpoint_sweep.domain.why import Cause
from endpoint_sweep.ports import Maker, Seals, Store, Table
from endpoint_sweep.rules.approvals import (
    Approval,
    ApprovalStatus,
    Choice,
    Codes,
    Decision,
    Request,
    Stop,
    StopKind,
    Tries,
    approval_id,
    joined,
)
from endpoint_sweep.storage.retrying import retry_if_changed
from endpoint_sweep.storage.selections import packed, unpacked

_NAME = re.compile(r"[A-Za-z0-9._-]{0,80}", re.ASCII)
_NO_MAC = "AAAA"
_NEVER = datetime.min.replace(tzinfo=UTC)
_TRY = re.compile(r"([0-9]{3})(?:-([0-9]{3}))?", re.ASCII)


def _asked(approval_id: str) -> tuple[str, str]:
    return f"ASKED#{approval_id}", "REQUEST"


def _chosen(approval_id: str) -> tuple[str, str]:
    return f"DECIDED#{approval_id}", "DECISIONS"


def _codes(approval_id: str, link: str) -> tuple[str, str]:
    return f"DECIDED#{approval_id}", f"CODE#{link}"


def _ended(approval_id: str) -> tuple[str, str]:
    return f"APPROVAL#{approval_id}", "STATE"


def _wait(approval_id: str) -> tuple[str, str]:
    return f"WAIT#{approval_id}", "TOKEN"


def _stop_key(sweep_id: str, name: str) -> str:
    return f"sweeps/{sweep_id}/stops/{name}"


def _try_key(sweep_id: str, link: str, name: str) -> str:
    return f"sweeps/{sweep_id}/tries/{link}/{name}"


@dataclass(frozen=True, slots=True)
class Versions:
    """Versions of the rows that an approval was joined from (0 if there is none), and the number of stops."""

    asked: int = 0
    chosen: int = 0
    ended: int = 0
    stops: int = 0

    @property
    def seen(self) -> str:
        """Changes as soon as someone decides, stops the sweep or becomes unreachable."""
        return f"{self.chosen}.{self.ended}.{self.stops}"


class Versioned(NamedTuple):
    """An approval and the versions of its rows, without which nothing is written over them."""

    approval: Approval
    versions: Versions


class Unproven(NamedTuple):
    """The same, before KMS was asked whether the `mac` of its request is right."""

    approval: Approval
    versions: Versions
    mac: str


@dataclass(frozen=True, slots=True)
class _Chosen:
    decisions: tuple[Decision, ...] = ()
    decided: bool = False


@dataclass(frozen=True, slots=True)
class _Ended:
    status: ApprovalStatus = ApprovalStatus.PENDING
    note: str = ""
    unreachable: tuple[str, ...] = ()
    cause: Cause | None = None


class ApprovalRows:
    """Approvals, stops, waits and codes. Every write is conditional, so none overwrites a version that was not read."""

    def __init__(self, table: Table, store: Store, seals: Seals) -> None:
        self._table = table
        self._store = store
        self._seals = seals

    # approvals: what was asked, what was chosen, how it ended, and what stops it, each written by its own functions

    def approval(self, approval_id: str) -> Versioned | None:
        """All that is recorded of an approval, proven to be asked by the mailing functions.

        The decisions carry their own MACs, see `approval_rules`. Raises RecordUnreadable, RecordForged, Unavailable.
        """
        found = self.unproven(approval_id)
        if found is None:
            # A stranger must not learn from the time it takes whether there is such an approval (BI-27).
            self._seals.is_authentic(Maker.LINKS, bytes(32), _NO_MAC)
            return None
        if not self._seals.is_authentic(Maker.LINKS, found.approval.request.digest, found.mac):
            raise RecordForged("the approval record was not written by the function that emails the links")
        return Versioned(found.approval, found.versions)

    def unproven(self, approval_id: str) -> Unproven | None:
        """The same without asking KMS, with the MAC of the request: enough to see that something is over."""
        asked = self._table.get(*_asked(approval_id))
        chosen, ended = self._table.get(*_chosen(approval_id)), self._table.get(*_ended(approval_id))
        if asked is None:
            self.stops(approval_id)
            return None
        try:
            request = from_data(Request, asked.document)
            if request.id != approval_id:
                raise ValueError("it belongs to another approval")
            decisions = from_data(_Chosen, unpacked(chosen.document)) if chosen else _Chosen()
            state = from_data(_Ended, ended.document) if ended else _Ended()
        except (ValueError, TypeError) as error:
            raise RecordUnreadable(f"the approval record cannot be read: {error}") from error
        stops = self.stops(request.sweep_id)
        approval = joined(
            request,
            decisions.decisions,
            stops,
            decided=decisions.decided,
            ended=state.status if state.status in (ApprovalStatus.VERIFIED, ApprovalStatus.EXPIRED) else None,
            note=state.note,
            cause=state.cause,
            unreachable=state.unreachable,
        )
        versions = Versions(asked.version, chosen.version if chosen else 0, ended.version if ended else 0, len(stops))
        return Unproven(approval, versions, request.mac)

    def save_request(self, approval: Approval, version: int) -> None:
        """For the functions that email links. Raises AlreadyRecorded if it changed since it was read."""
        request = approval.request
        signed = replace(request, mac=self._seals.mac(Maker.LINKS, request.digest))
        self._table.put(*_asked(approval.id), to_data(signed), version)

    def save_choices(self, approval: Approval, version: int) -> None:
        """For the review page: the decisions to delete. Raises AlreadyRecorded if they changed in the meantime."""
        chosen = tuple(one for one in approval.decisions if one.choice is Choice.DELETE)
        decided = approval.status is not ApprovalStatus.PENDING
        state = {"decided": decided, "status": "decided" if decided else "pending"}
        self._table.put(*_chosen(approval.id), packed(chosen) | state, version)

    def save_end(self, approval: Approval, version: int) -> None:
        """How it ended, and whose email bounced. Raises AlreadyRecorded where that changed since it was read."""
        state = _Ended(approval.status, approval.note, approval.unreachable, approval.cause)
        self._table.put(*_ended(approval.id), to_data(state), version)

    def stops(self, sweep_id: str) -> tuple[Stop, ...]:
        """Everything that was ever written to stop this sweep, removed or not, the oldest version of each.

        One that cannot be read stops as well. Raises whatever S3 says: who cannot see must not act.
        """
        found: dict[str, Stop] = {}
        for key, version in self._store.history(_stop_key(sweep_id, "")):
            if key not in found:
                found[key] = self._stop(key, version)
        return tuple(found.values())

    def _stop(self, key: str, version: str) -> Stop:
        try:
            stop = from_data(Stop, json.loads(self._store.get(key, version)))
        except (ValueError, TypeError, DocumentNotFound):
            return Stop(StopKind.CLOSED, _NEVER, "someone stopped this sweep")
        # Anything can be written here: cut what people read of it, and accept a name only if it is one.
        return replace(stop, note=stop.note[:300], newer=stop.newer if _NAME.fullmatch(stop.newer) else "")

    def stop(self, sweep_id: str, stop: Stop) -> None:
        """Nothing more of this sweep is deleted from now on. A second stop of the same name changes nothing."""
        with suppress(AlreadyRecorded):
            self._store.put(_stop_key(sweep_id, stop.name), to_json(stop), once=True)

    def close_approval(self, sweep_id: str, stop: Stop) -> bool:
        """Stops a sweep; whether anyone could have decided until then."""
        ended = self._table.get(*_ended(approval_id(sweep_id)))
        status = ended.document.get("status") if ended else None
        asked = self._table.get(*_asked(approval_id(sweep_id))) is not None
        is_open = asked and status not in (ApprovalStatus.VERIFIED, ApprovalStatus.EXPIRED)
        was_stopped = bool(self._store.history(_stop_key(sweep_id, "")))
        self.stop(sweep_id, stop)
        return is_open and not was_stopped

    def waiting(self, approval_id: str) -> str | None:
        """The sealed task token of the present wait."""
        row = self._table.get(*_wait(approval_id))
        return str(row.document["token"]) if row else None

    def save_waiting(self, approval_id: str, token: str) -> None:
        """`token` is sealed. The newest wait is the one to wake. A conflict with oneself is no reason to stop."""

        def replace_token() -> None:
            row = self._table.get(*_wait(approval_id))
            if row is None or row.document.get("token") != token:
                self._table.put(*_wait(approval_id), {"token": token}, row.version if row else 0)

        retry_if_changed(replace_token)

    def forget_waiting(self, approval_id: str) -> None:
        row = self._table.get(*_wait(approval_id))
        if row:
            # Something else removed or renewed it. A token left behind wakes no one and decides nothing.
            with suppress(AlreadyRecorded):
                self._table.remove(*_wait(approval_id), row.version)

    # codes, and how often they were tried

    def codes(self, approval_id: str, link: str) -> tuple[Codes, int] | None:
        """The newest codes of a link. Raises RecordForged if the review page did not write them, and Unavailable."""
        row = self._table.get(*_codes(approval_id, link))
        if row is None:
            return None
        try:
            codes = from_data(Codes, row.document)
        except (ValueError, TypeError) as error:
            raise RecordForged("the record of codes cannot be read") from error
        is_placed = (codes.approval, codes.link) == (approval_id, link)
        if not is_placed or not self._seals.is_authentic(Maker.DECISIONS, codes.digest, codes.mac):
            raise RecordForged("the record of codes was not written by the review page")
        return codes, row.version

    def is_authentic(self, decision: Decision) -> bool:
        """Whether it was made on the review page. Raises Unavailable."""
        return self._seals.is_authentic(Maker.DECISIONS, decision.digest, decision.mac)

    def codes_version(self, approval_id: str, link: str) -> int:
        """Version of the row with a link's codes, proven or not; 0 if there is none."""
        row = self._table.get(*_codes(approval_id, link))
        return row.version if row else 0

    def save_codes(self, codes: Codes, version: int) -> None:
        """Raises AlreadyRecorded if another request for the same link was faster."""
        signed = replace(codes, mac=self._seals.mac(Maker.DECISIONS, codes.digest))
        self._table.put(*_codes(codes.approval, codes.link), to_data(signed), version)

    def tries(self, sweep_id: str, link: str) -> Tries:
        """Counts the names that were ever written, so no one can reset them."""
        prefix = _try_key(sweep_id, link, "")
        names = {key.removeprefix(prefix) for key, _ in self._store.history(prefix)}
        found = [_TRY.fullmatch(name) for name in names]
        counted = [(int(one[1]), int(one[2] or 0)) for one in found if one]
        codes, guesses = max(counted, default=(0, 0))
        return Tries(codes, guesses, "used-up" in names)

    def count_code(self, sweep_id: str, link: str, number: int) -> None:
        """Raises AlreadyRecorded if another request took this number."""
        self._store.put(_try_key(sweep_id, link, f"{number:03}"), b"{}", once=True)

    def count_guess(self, sweep_id: str, link: str, code: int, number: int) -> None:
        """Called before the comparison. `code`: the newest. Raises AlreadyRecorded if another request was faster."""
        self._store.put(_try_key(sweep_id, link, f"{code:03}-{number:03}"), b"{}", once=True)

    def mark_used_up(self, sweep_id: str, link: str) -> bool:
        """Whether it was not marked before."""
        try:
            self._store.put(_try_key(sweep_id, link, "used-up"), b"{}", once=True)
        except AlreadyRecorded:
            return False
        return True
