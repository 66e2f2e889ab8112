"""One folder of the bucket per sweep: `sweeps/<id>/…`, the documents of design and audit.

A chain proves what stands in them. The input is bound to the sweep's own key, which opens only with its hash; the cells
are signed with that key; the plan is signed by the aggregation and holds the hashes of all that people read alongside
it.
"""

import hashlib
import hmac
import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from endpoint_sweep.domain.documents import digest, from_data, sealed_digest, to_json
from endpoint_sweep.domain.errors import AlreadyRecorded, DocumentNotFound, DocumentTampered, PlanDiffers
from endpoint_sweep.domain.model import Account, Cell, CellResult, Finding, Plan, Pointer, ResourceId
from endpoint_sweep.ports import Maker, Seals, Store, Stored
from endpoint_sweep.rules.planning import Coverage
from endpoint_sweep.settings.sweep_input import SweepInput

Pins = Mapping[str, str]  # SHA-256 of documents by name
# For a report that must be written although KMS does not answer: it says so.
UNPROVEN: Pins = MappingProxyType({})
INPUT, ACCOUNTS, COVERAGE, FINDINGS = "input.json", "accounts.json", "coverage.json", "findings.json"
EXPECTED, SKIPPED, _PLAN, _KEY = "expected.json", "skipped.json", "plan.json", "key.json"


@dataclass(frozen=True, slots=True)
class Opened:
    """A sweep's input, proven, with the key that its cells are signed with."""

    input: SweepInput
    sha256: str
    key: bytes


@dataclass(frozen=True, slots=True)
class Cells:
    """What the scan left: the results that it signed, and the keys of documents that it did not write."""

    results: tuple[CellResult, ...]
    forged: tuple[str, ...] = ()


class SweepFolder:
    """The documents of one sweep by name."""

    def __init__(self, store: Store, sweep_id: str, *, every_version: bool = False) -> None:
        """`every_version`: finds the original of an overwritten document. Needs permission to list versions."""
        self._store = store
        self._every_version = every_version
        self.sweep_id = sweep_id
        self.prefix = f"sweeps/{sweep_id}"
        self._plan_key = f"{self.prefix}/{_PLAN}"

    # what the sweep was asked to do

    def put_input(self, sweep_input: SweepInput, seals: Seals) -> None:
        """The key comes last: without it nothing of the folder is believed."""
        pointer = self._put(INPUT, sweep_input)
        self._put(_KEY, {"wrapped": seals.new_key(self._context(pointer.sha256))})

    def input(self, pins: Pins) -> SweepInput:
        """As the plan knows it. Raises DocumentTampered."""
        return from_data(SweepInput, json.loads(self._pinned(INPUT, pins)))

    def opened(self, seals: Seals) -> Opened:
        """The input, proven to be that of this sweep. Raises DocumentNotFound, DocumentTampered or Unavailable."""
        body = self._store.get(f"{self.prefix}/{INPUT}")
        sha256 = digest(body)
        try:
            wrapped = str(self._get(_KEY)["wrapped"])
            found = from_data(SweepInput, json.loads(body))
        except (ValueError, TypeError, KeyError) as error:
            raise DocumentTampered(f"{self.prefix}/{INPUT} or {_KEY} cannot be read") from error
        key = seals.open_key(wrapped, self._context(sha256))
        if key is None or found.id != self.sweep_id:
            raise DocumentTampered(f"{self.prefix}/{INPUT} is not the input that the sweep started with")
        return Opened(found, sha256, key)

    def used_before(self, asked: SweepInput) -> bool:
        """Whether another execution of this name ever wrote its input, or someone who asked for something else in its
        place. One's own second try asks for the same at another time.
        """
        for key, version in self._store.history(f"{self.prefix}/{INPUT}"):
            try:
                known = from_data(SweepInput, json.loads(self._store.get(key, version)))
            except (ValueError, TypeError):
                return True
            if replace(known, now=asked.now, pins=asked.pins, told=asked.told) != asked:
                return True
        return False

    def _context(self, sha256: str) -> dict[str, str]:
        return {"sweep": self.sweep_id, "input": sha256}

    def put_accounts(self, accounts: tuple[Account, ...]) -> Pointer:
        return self._put(ACCOUNTS, accounts, len(accounts))

    def accounts(self, pins: Pins) -> dict[str, Account]:
        found = from_data(tuple[Account, ...], json.loads(self._pinned(ACCOUNTS, pins)))
        return {account.id: account for account in found}

    def put_cells(self, cells: list[Cell]) -> Pointer:
        """The cells to scan: what the Distributed Map reads."""
        return self._put("cells.json", cells, len(cells))

    def put_expected(self, cells: list[Cell]) -> Pointer:
        """Every cell that must have a row in the end, scanned or not."""
        return self._put(EXPECTED, cells, len(cells))

    def expected(self, pins: Pins) -> tuple[Cell, ...]:
        return from_data(tuple[Cell, ...], json.loads(self._pinned(EXPECTED, pins)))

    def put_skipped(self, results: list[CellResult]) -> Pointer:
        """The rows of the cells that are not scanned."""
        return self._put(SKIPPED, results, len(results))

    def skipped(self, pins: Pins) -> tuple[CellResult, ...]:
        return from_data(tuple[CellResult, ...], json.loads(self._pinned(SKIPPED, pins)))

    # what was found

    def put_cell(self, result: CellResult, key: bytes) -> bool:
        """The first result of a cell counts. A second try, or a failure after it, does not replace it.

        Whether someone else had written there: that is replaced, and stays among the versions.
        """
        name, body = f"{self.prefix}/cells/{result.account}/{result.region}.json", to_json(result)
        mac = _mac(key, name, body)
        try:
            self._store.put(name, body, count=len(result.findings), once=True, mac=mac)
        except AlreadyRecorded:
            there = self._store.read(name)
            if hmac.compare_digest(there.mac, _mac(key, name, there.body)):
                return False
            self._store.put(name, body, count=len(result.findings), mac=mac)
            return True
        return False

    def cells(self, key: bytes) -> Cells:
        """Every result in the folder. One that is unreadable or unsigned is left out and counts as missing."""
        results, forged = [], []
        for name, there in self._store.all(f"{self.prefix}/cells/").items():
            if not hmac.compare_digest(there.mac, _mac(key, name, there.body)):
                forged.append(name)
                continue
            try:
                result = from_data(CellResult, json.loads(there.body))
            except (ValueError, TypeError):
                continue
            if name == f"{self.prefix}/cells/{result.account}/{result.region}.json":
                results.append(result)
        return Cells(tuple(results), tuple(forged))

    def put_coverage(self, coverage: Coverage) -> None:
        """Written after the plan, so that a step that made another plan cannot overwrite the documents of this one."""
        for name, rows in _documents(coverage).items():
            self._put(name, rows, len(rows))

    def coverage(self, pins: Pins) -> Coverage:
        """The rows without their findings. Raises DocumentNotFound before the findings were aggregated."""
        return Coverage(from_data(tuple[CellResult, ...], json.loads(self._pinned(COVERAGE, pins))))

    def judged(self, pins: Pins) -> Coverage:
        """The rows with their findings. Raises DocumentNotFound before the findings were aggregated."""
        by_cell: dict[Cell, list[Finding]] = defaultdict(list)
        for finding in from_data(tuple[Finding, ...], json.loads(self._pinned(FINDINGS, pins))):
            by_cell[finding.id.cell].append(finding)
        rows = self.coverage(pins).rows
        return Coverage(tuple(replace(row, findings=tuple(by_cell.get(row.cell, ()))) for row in rows))

    # the plan

    def put_plan(self, plan: Plan, seals: Seals) -> Pointer:
        """Written once. Raises PlanDiffers if there is another plan already: no one may be asked about that one."""
        key, body = self._plan_key, to_json(plan)
        mac = seals.mac(Maker.FINDINGS, sealed_digest(key, digest(body)))
        try:
            return self._store.put(key, body, count=len(plan.items), once=True, mac=mac)
        except AlreadyRecorded as error:
            there = self._store.read(key)
            if there.body != body:
                raise PlanDiffers(f"{key} holds a plan that this sweep did not make") from error
            return Pointer(self._store.bucket, key, there.version_id, digest(body), len(plan.items))

    def proven_plan(self, seals: Seals, pointer: Pointer | None = None) -> Plan:
        """The plan, if the aggregation signed it. Raises DocumentTampered if not."""

        def is_ours(there: Stored) -> bool:
            sha256 = digest(there.body)
            is_pinned = pointer is None or (pointer.key, pointer.sha256) == (self._plan_key, sha256)
            return is_pinned and seals.is_authentic(Maker.FINDINGS, sealed_digest(self._plan_key, sha256), there.mac)

        there = self._found(self._plan_key, is_ours, pointer.version_id if pointer else None)
        if there is None:
            raise DocumentTampered(f"{self._plan_key} is not the plan that this sweep made")
        return from_data(Plan, json.loads(there.body))

    def plan(self, pointer: Pointer) -> Plan:
        """Exactly that version. Raises DocumentTampered if its bytes are not the recorded ones."""
        body = self._store.get(pointer.key, pointer.version_id)
        if digest(body) != pointer.sha256:
            raise DocumentTampered(f"{pointer.key} is not what was recorded")
        return from_data(Plan, json.loads(body))

    def put_approved(self, targets: tuple[ResourceId, ...]) -> Pointer:
        """The approved endpoints: what the second Distributed Map reads. Only a list of names, never a permission."""
        return self._put_once("approved.json", targets, len(targets))

    def put_restore(self, target: ResourceId, bundle: dict[str, Any], seals: Seals) -> None:
        """Written once: the first one tells of the endpoint before anything happened to it. What someone else wrote
        there before is replaced, and stays among the versions.
        """
        key, body = f"{self.prefix}/restore/{target}.json", to_json(bundle)
        mac = seals.mac(Maker.ACTS, sealed_digest(key, digest(body)))
        try:
            self._store.put(key, body, once=True, mac=mac)
        except AlreadyRecorded:
            there = self._store.read(key)
            if not seals.is_authentic(Maker.ACTS, sealed_digest(key, digest(there.body)), there.mac):
                self._store.put(key, body, mac=mac)

    def acted_on(self) -> set[ResourceId]:
        """The resources for which a bundle was ever written, removed or not: no more than this sweep has begun with."""
        prefix = f"{self.prefix}/restore/"
        names = {key.removeprefix(prefix).removesuffix(".json") for key, _ in self._store.history(prefix)}
        return {one for name in names if (one := ResourceId.try_parse(name))}

    def restore_keys(self) -> set[str]:
        return set(self._store.keys(f"{self.prefix}/restore/"))

    def put_failure(self, failure: dict[str, str]) -> Pointer:
        return self._put("failure.json", failure)

    def failure(self) -> dict[str, str] | None:
        try:
            return from_data(dict[str, str], self._get("failure.json"))
        except DocumentNotFound:
            return None

    def put_report(self, name: str, body: bytes, content_type: str) -> Pointer:
        return self._store.put(f"{self.prefix}/{name}", body, content_type)

    def _put(self, name: str, value: Any, count: int = 1) -> Pointer:
        return self._store.put(f"{self.prefix}/{name}", to_json(value), count=count)

    def _put_once(self, name: str, value: Any, count: int = 1) -> Pointer:
        """The pointer to the document, written now or before."""
        key = f"{self.prefix}/{name}"
        try:
            return self._store.put(key, to_json(value), count=count, once=True)
        except AlreadyRecorded:
            there = self._store.read(key)
            return Pointer(self._store.bucket, key, there.version_id, digest(there.body), count)

    def _pinned(self, name: str, pins: Pins) -> bytes:
        there = self._found(f"{self.prefix}/{name}", lambda one: pins is UNPROVEN or digest(one.body) == pins.get(name))
        if there is None:
            raise DocumentTampered(f"{self.prefix}/{name} is not what was recorded")
        return there.body

    def _found(self, key: str, is_it: Callable[[Stored], bool], version: str | None = None) -> Stored | None:
        """The document if it is what it should be, otherwise the oldest version that is."""
        if not self._every_version:
            there = self._store.read(key, version)
            return there if is_it(there) else None
        with suppress(DocumentNotFound):  # Or someone removed it, and an older version is the original.
            if is_it(there := self._store.read(key, version)):
                return there
        versions = [one for one in self._store.history(key) if one[0] == key]
        if not versions:
            raise DocumentNotFound(key)
        return next((one for one in (self._store.read(*one) for one in versions) if is_it(one)), None)

    def _get(self, name: str) -> Any:
        return json.loads(self._store.get(f"{self.prefix}/{name}"))


def pins_of(coverage: Coverage) -> Pins:
    """Of the documents that `put_coverage` writes."""
    return {name: digest(to_json(rows)) for name, rows in _documents(coverage).items()}


def _documents(coverage: Coverage) -> dict[str, list[Any]]:
    """The rows and the findings in two documents, so that a page about a few findings reads a short one."""
    return {
        FINDINGS: [finding for row in coverage.rows for finding in row.findings],
        COVERAGE: [replace(row, findings=()) for row in coverage.rows],
    }


def _mac(key: bytes, place: str, body: bytes) -> str:
    """Over the document and its place."""
    return hmac.new(key, sealed_digest(place, digest(body)), hashlib.sha256).hexdigest()
