"""Stands at the wire and notes what was true in the moment in which each deletion was sent, and who read or wrote what.

Reads the engines' own memory, never through the wire: it can neither be faulted nor disturb what it watches.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.s3.models import s3_backends
from moto.ssm.models import ssm_backends
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from endpoint_sweep.rules.approvals import approval_id
from tests.simulation.hub.approval_rows import approval_of, stop_of, stops_prefix
from tests.simulation.hub.resources import BUCKET, TABLE
from tests.simulation.hub.stack_in_process import Hub
from tests.simulation.wire.calls import Call

Document = dict[str, Any]
SESSION = "/endpoint-sweep-"
STORED = ("dynamodb", "s3", "sesv2", "stepfunctions", "ssm", "kms")
WRITES = ("Put", "Update", "Delete", "Send", "Start", "Stop", "Batch", "Transact", "Copy", "Create", "GenerateMac")
COUNTING = ("Invocations", "InvocationsProcessed")


@dataclass(frozen=True, slots=True)
class Sent:
    """One deletion as it was sent. `host` is the endpoint it is about; `component` its part, or empty.

    `at` is the product's clock. `there`: the live endpoint, None where there is none. `calls`: what it was called since
    the end of the scan's window. `intent`, `record`: the documents of the table at that moment. `stopped`: someone
    had kept everything, or ended the sweep.
    """

    call: Call
    sweep: str
    at: datetime
    host: str
    component: str
    switch: str
    there: Document | None
    calls: float
    has_bundle: bool
    intent: Document | None
    record: Document | None
    stopped: bool = False

    @property
    def key(self) -> tuple[str, str, str]:
        return self.call.account, self.call.region, self.host


@dataclass
class Onlooker:
    """Knows the hub from inside the engines. `foreign`: key and version of objects that the product did not write."""

    hub: Hub
    sent: list[Sent] = field(default_factory=list)
    records: dict[str, list[Document]] = field(default_factory=dict)
    written_while_reading: list[str] = field(default_factory=list)
    foreign: set[tuple[str, str]] = field(default_factory=set)
    _reading: threading.local = field(default_factory=threading.local)

    def __call__(self, call: Call) -> None:
        """For `Wire.watchers`: before anything else happens to a call."""
        if getattr(self._reading, "what", "") and call.service in STORED and call.operation.startswith(WRITES):
            self.written_while_reading.append(f"{call.name} {call.resource} during {self._reading.what}")
        if call.operation in ("DeleteEndpoint", "DeleteInferenceComponent"):
            self.sent.append(self._look(call))
        elif call.name in ("dynamodb:PutItem", "s3:PutObject"):
            self._remember()

    @contextmanager
    def reading(self, what: str) -> Iterator[None]:
        """What this thread does now may change no stored byte (I3)."""
        self._reading.what = what
        try:
            yield
        finally:
            self._reading.what = ""

    def document(self, pk: str, sk: str) -> Document | None:
        """One document of the hub's table."""
        table = dynamodb_backends[self._account][self.hub.region].get_table(TABLE)
        item = table.get_item(DynamoType({"S": pk}), DynamoType({"S": sk}))
        found: Document | None = json.loads(item.attrs["document"].value) if item else None
        return found

    def status(self, sweep: str) -> str:
        """How the execution of a sweep stands."""
        backend = stepfunctions_parser_backends[self._account][self.hub.region]
        arn = f"{self.hub.arn.replace(':stateMachine:', ':execution:')}:{sweep}"
        return str(backend.describe_execution(arn).status)

    def record_of(self, sweep: str) -> list[Document]:
        """The sweep's approval as it was written, one time after the other."""
        self._remember()
        return self.records.get(sweep, [])

    def approval(self, approval: str) -> Document | None:
        """An approval by its id, joined from its rows and from what stops it."""
        return approval_of(approval, self.document, self._stops)

    def _stops(self, sweep: str) -> Iterator[Document]:
        """Everything that was ever written to stop a sweep, whether or not it was removed."""
        keys = s3_backends[self._account]["aws"].get_bucket(BUCKET).keys
        for name, versions in list(keys.iterlists()):
            if name.startswith(stops_prefix(sweep)):
                for one in versions:
                    if hasattr(one, "value"):
                        yield stop_of(one.value)

    def _remember(self) -> None:
        """What lies in the table and the bucket before the next write."""
        table = dynamodb_backends[self._account][self.hub.region].get_table(TABLE)
        for rows in list(table.items.values()):
            for item in list(rows.values()) if isinstance(rows, dict) else [rows]:
                prefix, _, approval = item.hash_key.value.partition("#")
                if prefix == "ASKED":
                    document = self.approval(approval) or {}
                    if approval != approval_id(str(document.get("sweep_id"))):
                        continue  # Someone put it there: it is of no sweep.
                    known = self.records.setdefault(str(document.get("sweep_id")), [])
                    if not known or known[-1] != document:
                        known.append(document)

    @property
    def _account(self) -> str:
        return self.hub.world.organization.hub_account

    def _look(self, call: Call) -> Sent:
        world, is_part = self.hub.world, call.operation == "DeleteInferenceComponent"
        cell = world.state.cell(call.account, call.region)
        row = cell.components.get(call.resource, {}) if is_part else {}
        host = (row.get("EndpointName") or self._host_at_first(call)) if is_part else call.resource
        component = call.resource if is_part else ""
        sweep = call.caller.rpartition(SESSION)[2] if SESSION in call.caller else ""
        target = f"{call.account}/{call.region}/{host}"
        intent = self.document(f"SWEEP#{sweep}", f"INTENT#{target}")
        if is_part:
            parts = self.document(f"SWEEP#{sweep}", f"COMPONENTS#{target}") or {"components": {}}
            intent = parts["components"].get(component)
        switch = ssm_backends[self._account][self.hub.region].get_parameter(self.hub.environment()["KILL_SWITCH"])
        there = world.look(call.account, call.region, host)
        plan = self.planned(sweep, target)
        return Sent(
            call=call,
            sweep=sweep,
            at=self.hub.now(),
            host=host,
            component=component,
            switch=str(switch.value) if switch else "",
            there=there,
            calls=self._calls(call, host, plan["evidence"]["end"]) if plan else 0,
            has_bundle=bool(self._versions(f"sweeps/{sweep}/restore/{target}.json")),
            intent=intent,
            record=self.approval(approval_id(sweep)),
            stopped=any(self._stops(sweep)),
        )

    def _host_at_first(self, call: Call) -> str:
        """Whose component it was, where someone else removed it meanwhile."""
        cell = (call.account, call.region)
        hosts = [one for one in self.hub.world.organization.endpoints if (one.account, one.region) == cell]
        return next((one.name for one in hosts if call.resource in {part.name for part in one.components}), "")

    def plan(self, sweep: str) -> Document | None:
        """The plan in the version that the approval was asked for; where others wrote there, too, the product's own."""
        key = f"sweeps/{sweep}/plan.json"
        if any(name == key for name, _ in self.foreign):
            own = [one for one in self._versions(key) if (key, one.version_id) not in self.foreign]
            return json.loads(own[0].value) if own else None
        record = self.approval(approval_id(sweep))
        body = self._object(key, record["plan"]["version_id"] if record else None)
        found: Document | None = json.loads(body) if body else None
        return found

    def planned(self, sweep: str, target: str) -> Document | None:
        """The finding of one endpoint in the plan."""
        items = (self.plan(sweep) or {"items": []})["items"]
        return next((one for one in items if f"{one['account']}/{one['region']}/{one['name']}" == target), None)

    def _object(self, key: str, version: str | None = None) -> bytes | None:
        found = s3_backends[self._account]["aws"].get_object(BUCKET, key, version_id=version)
        return bytes(found.value) if found and hasattr(found, "value") else None

    def _versions(self, key: str) -> list[Any]:
        """Oldest first, whatever lies over them."""
        found = s3_backends[self._account]["aws"].get_bucket(BUCKET).keys.getlist(key, [])
        return [one for one in found if hasattr(one, "value")]

    def _calls(self, call: Call, host: str, since: str) -> float:
        """Calls of the endpoint's variants and components after the scan's window."""
        state = self.hub.world.state
        start, cell, now = datetime.fromisoformat(since).timestamp(), (call.account, call.region), state.clock()
        parts = [name for name, row in state.cell(*cell).components.items() if row["EndpointName"] == host]
        dimensions = [("EndpointName", host), *(("InferenceComponentName", name) for name in parts)]
        found = {key: one for dimension in dimensions for key, one in state.metrics.matching(cell, dimension)}
        sums = (one.summary(start, now + 60, now + 60) for key, one in found.items() if key.name in COUNTING)
        return sum(one.total for one in sums if one)
