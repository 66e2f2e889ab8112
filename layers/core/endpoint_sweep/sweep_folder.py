"""One folder of the bucket a sweep: `sweeps/<id>/…`, the documents of design and audit."""

import json
from collections import defaultdict
from contextlib import suppress
from dataclasses import replace
from typing import Any

from endpoint_sweep.documents import digest, from_data, to_json
from endpoint_sweep.errors import AlreadyRecorded, DocumentNotFound, DocumentTampered
from endpoint_sweep.model import Account, Cell, CellResult, EndpointId, Finding, Plan, Pointer
from endpoint_sweep.planning import Coverage
from endpoint_sweep.ports import Store
from endpoint_sweep.sweep_input import SweepInput


class SweepFolder:
    """The documents of one sweep by name."""

    def __init__(self, store: Store, sweep_id: str) -> None:
        self._store = store
        self.sweep_id = sweep_id
        self.prefix = f"sweeps/{sweep_id}"

    def put_input(self, sweep_input: SweepInput) -> Pointer:
        return self._put("input.json", sweep_input)

    def input(self) -> SweepInput:
        return from_data(SweepInput, self._get("input.json"))

    def put_accounts(self, accounts: tuple[Account, ...]) -> Pointer:
        return self._put("accounts.json", accounts, len(accounts))

    def accounts(self) -> dict[str, Account]:
        found = from_data(tuple[Account, ...], self._get("accounts.json"))
        return {account.id: account for account in found}

    def put_cells(self, cells: list[Cell]) -> Pointer:
        """The cells to scan: what the Distributed Map reads."""
        return self._put("cells.json", cells, len(cells))

    def put_expected(self, cells: list[Cell]) -> Pointer:
        """Every cell that must have a row in the end, scanned or not."""
        return self._put("expected.json", cells, len(cells))

    def expected(self) -> tuple[Cell, ...]:
        return from_data(tuple[Cell, ...], self._get("expected.json"))

    def put_cell(self, result: CellResult) -> None:
        """The first result of a cell stands; a second try, or a failure after it, does not replace it."""
        key = f"{self.prefix}/cells/{result.account}/{result.region}.json"
        with suppress(AlreadyRecorded):
            self._store.put(key, to_json(result), count=len(result.findings), once=True)

    def cells(self) -> list[CellResult]:
        """Every result that lies there. One that cannot be read is left out, and so counts as missing."""
        results = []
        for key, body in self._store.all(f"{self.prefix}/cells/").items():
            try:
                result = from_data(CellResult, json.loads(body))
            except (ValueError, TypeError):
                continue
            if key == f"{self.prefix}/cells/{result.account}/{result.region}.json":
                results.append(result)
        return results

    def put_coverage(self, coverage: Coverage) -> None:
        """The rows and the findings in two documents, so that a page about a few findings reads a short one."""
        findings = [finding for row in coverage.rows for finding in row.findings]
        self._put("findings.json", findings, len(findings))
        self._put("coverage.json", [replace(row, findings=()) for row in coverage.rows], len(coverage.rows))

    def coverage(self) -> Coverage:
        """The rows without their findings. Raises DocumentNotFound before the findings were aggregated."""
        return Coverage(from_data(tuple[CellResult, ...], self._get("coverage.json")))

    def judged(self) -> Coverage:
        """The rows with their findings. Raises DocumentNotFound before the findings were aggregated."""
        by_cell: dict[Cell, list[Finding]] = defaultdict(list)
        for finding in from_data(tuple[Finding, ...], self._get("findings.json")):
            by_cell[finding.id.cell].append(finding)
        rows = self.coverage().rows
        return Coverage(tuple(replace(row, findings=tuple(by_cell.get(row.cell, ()))) for row in rows))

    def put_plan(self, plan: Plan) -> Pointer:
        """Written once: what stands there already was perhaps offered, so it stands."""
        pointer = self._put_once("plan.json", plan)
        return replace(pointer, count=len(self.plan(pointer).items))

    def plan(self, pointer: Pointer | None = None) -> Plan:
        """With a pointer exactly that version; raises DocumentTampered where its bytes are not the recorded ones."""
        if pointer is None:
            return from_data(Plan, self._get("plan.json"))
        body = self._store.get(pointer.key, pointer.version_id)
        if digest(body) != pointer.sha256:
            raise DocumentTampered(f"{pointer.key} is not what was recorded")
        return from_data(Plan, json.loads(body))

    def put_approved(self, targets: tuple[EndpointId, ...]) -> Pointer:
        """The approved endpoints: what the second Distributed Map reads. Only a list of names, never a permission."""
        return self._put_once("approved.json", targets, len(targets))

    def put_restore(self, target: EndpointId, bundle: dict[str, Any]) -> Pointer:
        """Written once: the first one tells of the endpoint before anything happened to it."""
        return self._put_once(f"restore/{target}.json", bundle)

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
        """The pointer to what stands there, written now or before."""
        key = f"{self.prefix}/{name}"
        try:
            return self._store.put(key, to_json(value), count=count, once=True)
        except AlreadyRecorded:
            return replace(self._store.pointer(key), count=count)

    def _get(self, name: str) -> Any:
        return json.loads(self._store.get(f"{self.prefix}/{name}"))
