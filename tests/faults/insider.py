"""Someone inside the hub's account: may write what any role may write and call every function with made-up events.

No key of KMS signs for this person, and no version of an object goes away. What is done when stands in the case; what
it is about, the dice say.
"""

import json
import random
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from endpoint_sweep.rules.approvals import approval_id
from tests.faults.case import Case, Deed
from tests.judging.acts import Key
from tests.judging.stage import Stage, link_in
from tests.simulation.hub.lambda_endpoint import context
from tests.simulation.hub.resources import BUCKET, STACK, TABLE

Document = dict[str, Any]
BEFORE = {
    "ScanCell": "scanning",
    "AggregateFindings": "scanned",
    "RequestApproval": "asking",
    "ApplyDecision": "acting",
    "ConfirmItIsGone": "confirming",
    "SendSummary": "reporting",
}
# What allows nothing: whatever becomes of it is honest.
HARMLESS = ("proof", "flood")
THREAD = "insider"


@dataclass
class Insider:
    """Knows the sweep's name before it starts, and every row and version that was there when it acted."""

    stage: Stage
    case: Case
    sweep: str
    earlier: str = ""
    offered: list[Key] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    rows: list[Document] = field(default_factory=list)
    _done: set[Deed] = field(default_factory=set)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        # The functions as they are: what goes wrong by chance goes wrong for the sweep's own calls.
        self._handlers = dict(self.stage.hub.handlers)

    @property
    def approval(self) -> str:
        return approval_id(self.sweep)

    def in_place(self) -> None:
        """Listens to the sweep's own calls."""
        for function, moment in BEFORE.items():
            self.stage.around(f"{function}Function", lambda event, moment=moment: self._at(event, moment))  # type: ignore[misc]
        self.stage.around("VerifyDecisionFunction", self._verifying)

    def _at(self, event: Document, moment: str) -> None:
        if event.get("sweep_id") == self.sweep:
            self.act(moment)

    def _verifying(self, event: Document) -> None:
        record = self.stage.onlooker.approval(self.approval)
        if event.get("sweep_id") == self.sweep and record and record["status"] == "decided":
            self.act("grace")

    def act(self, moment: str) -> None:
        """Everything that is due at this moment, in a thread of its own: no fault strikes this person."""
        if threading.current_thread().name == THREAD:
            return  # A function that this person called; the others wait until it is done.
        with self._lock:
            due = [one for one in self.case.deeds if one.when == moment and one not in self._done]
            self._done.update(due)
            if due:
                thread = threading.Thread(target=self._act, args=(due,), name=THREAD)
                thread.start()
                thread.join()

    def _act(self, due: list[Deed]) -> None:
        from tests.faults.insider_calls import CALLS
        from tests.faults.insider_documents import DOCUMENTS
        from tests.faults.insider_others import OTHERS
        from tests.faults.insider_rows import ROWS

        for deed in due:
            if deed.what not in HARMLESS:
                self.stage.tampered.add(self.sweep)
            self.rows += self.stage.hub.items()
            try:
                (ROWS | OTHERS | DOCUMENTS | CALLS)[deed.what](self, random.Random(f"{deed} {self.case.seed}"))  # noqa: S311 - chance, not a secret
            except Exception as error:  # noqa: BLE001 - a fault of the harness, which must not look like one of AWS
                self.wrong.append(f"the insider met {type(error).__name__} at {deed}: {error}")

    # the table

    def read(self, pk: str, sk: str) -> Document | None:
        item = self.stage.hub.item(pk, sk)
        return json.loads(item["document"]["S"]) if item else None

    def write(self, pk: str, sk: str, document: Document) -> None:
        """As the product writes it, over whatever stands there."""
        there = self.stage.hub.item(pk, sk)
        item = {
            "pk": {"S": pk},
            "sk": {"S": sk},
            "document": {"S": json.dumps(document)},
            "version": {"N": str(int(there["version"]["N"]) + 1 if there else 1)},
            "status": {"S": str(document.get("status", "-"))},
        }
        self.stage.hub.client("dynamodb").put_item(TableName=TABLE, Item=item)

    def remove(self, pk: str, sk: str) -> None:
        self.stage.hub.client("dynamodb").delete_item(TableName=TABLE, Key={"pk": {"S": pk}, "sk": {"S": sk}})

    # the bucket

    def names(self, under: str = "", sweep: str = "") -> list[str]:
        """Of the documents of a sweep, below its folder."""
        prefix = f"sweeps/{sweep or self.sweep}/"
        pages = self.stage.hub.client("s3").get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
        found = [str(one["Key"]).removeprefix(prefix) for one in pages.search("Contents[]") if one]
        return sorted(one for one in found if one.startswith(under))

    def document(self, name: str) -> Any:
        """The newest version, or None."""
        s3 = self.stage.hub.client("s3")
        try:
            return json.loads(s3.get_object(Bucket=BUCKET, Key=self._key(name))["Body"].read())
        except (s3.exceptions.NoSuchKey, ValueError):
            return None

    def put(self, name: str, document: Any) -> Document:
        """A newer version with the signature of the one before; its pointer. Bytes are written as they are."""
        s3, key = self.stage.hub.client("s3"), self._key(name)
        signed: dict[str, str] = {}
        with suppress(s3.exceptions.ClientError):
            signed = s3.head_object(Bucket=BUCKET, Key=key)["Metadata"]
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        version = s3.put_object(Bucket=BUCKET, Key=key, Body=body, Metadata=signed)["VersionId"]
        self.stage.onlooker.foreign.add((key, version))
        return {"bucket": BUCKET, "key": key, "version_id": version, "body": body}

    def hide(self, name: str) -> None:
        """A marker over it: it looks as if it was never there."""
        self.stage.hub.client("s3").delete_object(Bucket=BUCKET, Key=self._key(name))

    def _key(self, name: str) -> str:
        return name if name.startswith(("sweeps/", "prices/")) else f"sweeps/{self.sweep}/{name}"

    # what else is at hand

    def call(self, function: str, event: Document) -> Any:
        """What a function answers to a made-up event, or nothing."""
        with suppress(Exception):  # It may refuse in any way.
            return self._handlers[f"{STACK}-{function}Function"](event, context())
        return None

    def everything(self) -> list[Key]:
        """All endpoints of the world, those first that are in use."""
        return sorted(self.stage.world.endpoints(), key=lambda one: (one in self.offered, one))

    def stolen(self, approver: str) -> str:
        """The newest link of this approver, or nothing; also where no code is asked for, so that a link is enough."""
        if self.stage.hub.parameters["RequireCode"] != "true":
            return ""
        found = [link for mail in self.stage.mails(self.sweep) if mail.to == approver and (link := link_in(mail))]
        return found[-1] if found else ""


def item(key: Key) -> Document:
    return dict(zip(("account", "region", "name"), key, strict=True))
