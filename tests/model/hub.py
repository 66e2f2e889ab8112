"""The real records over a table and a bucket in memory, which write down who read and wrote what, in its order."""

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from endpoint_sweep.domain.documents import digest, to_json
from endpoint_sweep.domain.errors import AlreadyRecorded, DocumentNotFound, ResourceNotFound
from endpoint_sweep.domain.model import Component, Description, Pointer, Series
from endpoint_sweep.ports import Maker, Row, Stored
from endpoint_sweep.resources.endpoint.traffic_series import SeriesKey
from endpoint_sweep.rules.approvals import ApprovalStatus
from endpoint_sweep.storage.records import Records
from tests.model.words import APPROVED_STATE, INPUT, PLAN, REQUEST, Record, joined, stop_of

Log = list[str]
# What no one but the function itself writes, and documents that are pinned by their hashes.
_FIXED = ("REQUEST", "COMPONENTS")


@dataclass
class FakeTable:
    """Conditional rows; each access is told as `read`, `write` or `remove` and the kind of row."""

    log: Log
    rows: dict[tuple[str, str], Row] = field(default_factory=dict)

    def get(self, pk: str, sk: str) -> Row | None:
        self._tell("read", sk)
        return self.rows.get((pk, sk))

    def put(self, pk: str, sk: str, document: Mapping[str, Any], version: int) -> None:
        self._tell("write", sk)
        there = self.rows.get((pk, sk))
        if (there.version if there else 0) != version:
            raise AlreadyRecorded(sk)
        self.rows[pk, sk] = Row((pk, sk), dict(document), version + 1)

    def remove(self, pk: str, sk: str, version: int) -> None:
        raise AssertionError(f"{pk} {sk} is removed")

    def query(self, pk: str, prefix: str = "") -> list[Row]:
        self._tell("read", prefix)
        return [row for key, row in self.rows.items() if key[0] == pk and key[1].startswith(prefix)]

    def _tell(self, what: str, sk: str) -> None:
        kind = sk.partition("#")[0]
        if kind not in (*_FIXED, "TOKEN"):
            self.log.append(f"{what} {kind}")


@dataclass
class FakeStore:
    """Documents of which each has one version."""

    log: Log
    documents: dict[str, bytes] = field(default_factory=dict)
    bucket: str = "bucket"

    def put(
        self, key: str, body: bytes, content_type: str = "", count: int = 1, *, once: bool = False, mac: str = ""
    ) -> Pointer:
        self.log.append(f"write {key.split('/')[2].removesuffix('.json')}")
        if once and key in self.documents:
            raise AlreadyRecorded(key)
        self.documents[key] = body
        return Pointer(self.bucket, key, "v1", digest(body), count)

    def get(self, key: str, version_id: str | None = None) -> bytes:
        if key not in self.documents:
            raise DocumentNotFound(key)
        return self.documents[key]

    def read(self, key: str, version_id: str | None = None) -> Stored:
        return Stored(self.get(key), "v1")

    def keys(self, prefix: str) -> list[str]:
        return [one for one in self.documents if one.startswith(prefix)]

    def all(self, prefix: str) -> Mapping[str, Stored]:
        return {one: self.read(one) for one in self.keys(prefix)}

    def history(self, prefix: str) -> tuple[tuple[str, str], ...]:
        if "/stops/" in prefix:
            self.log.append("read stops")
        return tuple((one, "v1") for one in sorted(self.keys(prefix)))


@dataclass
class FakeSeals:
    """The model's MAC: the digest itself, which only the page writes."""

    log: Log

    def mac(self, maker: Maker, of: bytes) -> str:
        if maker is Maker.DECISIONS:
            self.log.append("sign")
        return of.hex()

    def is_authentic(self, maker: Maker, of: bytes, mac: str) -> bool:
        return mac == of.hex()

    def new_key(self, context: Mapping[str, str]) -> str:
        raise NotImplementedError

    def open_key(self, wrapped: str, context: Mapping[str, str]) -> bytes | None:
        raise NotImplementedError

    def seal(self, text: str, context: str) -> str:
        return text

    def unseal(self, sealed: str, context: str) -> str:
        return sealed


@dataclass
class FakeSwitch:
    """Off, or whatever it is set to."""

    log: Log
    value: str = "off"

    def read(self) -> str:
        self.log.append("read switch")
        return self.value


@dataclass
class FakeMember:
    """The one endpoint, as it was approved; `Members` and `EndpointActor` at once."""

    log: Log
    there: bool = True

    def readers(self, *_: Any) -> Any:
        raise AssertionError("no one scans here")

    def actor(self, *_: Any) -> "FakeMember":
        return self

    def describe(self, name: str) -> Description:
        self.log.append("describe")
        if not self.there:
            raise ResourceNotFound(name)
        return APPROVED_STATE

    def tags_of(self, arn: str) -> dict[str, str]:
        return {}

    def activity(
        self, keys: Collection[SeriesKey], start: datetime, end: datetime, period: timedelta
    ) -> Mapping[SeriesKey, Series]:
        self.log.append("traffic")
        points = max(1, math.ceil((end - start) / period))  # Zeros all the time.
        return {one: Series(one.metric, one.variant, 0.0, points, None, complete=True) for one in keys}

    def components(self, endpoint: str) -> tuple[Component, ...]:
        return ()

    def component(self, name: str) -> Component:
        raise AssertionError("it has none")

    def routers(self) -> Iterator[str]:
        return iter(())

    def destinations(self, router: str) -> tuple[str, ...]:
        raise AssertionError("there is no router")

    def has_policy(self, name: str) -> bool:
        return False

    def restore_bundle(self, name: str, arn: str) -> dict[str, Any]:
        return {}

    def delete(self, name: str) -> str:
        self.log.append("call")
        self.there = False
        return "request-1"

    def delete_component(self, name: str) -> str:
        raise AssertionError("it has none")


@dataclass
class FakeHub:
    """All of them with one log, holding a record of the model."""

    log: Log = field(default_factory=list)

    def __post_init__(self) -> None:
        self.table, self.store, self.seals = FakeTable(self.log), FakeStore(self.log), FakeSeals(self.log)
        self.switch, self.member = FakeSwitch(self.log), FakeMember(self.log)
        self.records = Records(self.table, self.store, self.seals)
        self.store.documents = {"sweeps/sweep-1/plan.json": to_json(PLAN), "sweeps/sweep-1/input.json": INPUT}

    @classmethod
    def of(cls, record: Record) -> "FakeHub":
        hub, asked = cls(), joined(record)
        hub.records.save_request(asked, 0)
        status = ApprovalStatus.DECIDED if record.decided else ApprovalStatus.PENDING
        if record.choices:
            everything = joined(record._replace(stops=(), status=""))
            hub.records.save_choices(replace(everything, status=status), 0)
        if record.status:
            hub.records.save_end(replace(asked, status=ApprovalStatus(record.status), note=record.note), 0)
        for name in record.stops:
            hub.records.stop(REQUEST.sweep_id, stop_of(name))
        hub.log.clear()
        return hub
