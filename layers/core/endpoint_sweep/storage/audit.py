"""Whether the record of a sweep was written by the functions that may write it: for an auditor, who only reads.

Each record is checked by the code with which the sweep itself believes it, and with the keys that only verify. The
cells are not checked one by one: what was found is bound to the plan, which is signed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from endpoint_sweep.domain.documents import digest, sealed_digest
from endpoint_sweep.domain.errors import DocumentNotFound, DocumentTampered, RecordForged, RecordUnreadable
from endpoint_sweep.domain.model import ResourceId
from endpoint_sweep.ports import Maker, Seals, Store
from endpoint_sweep.rules.approval_rules import approved, authentic
from endpoint_sweep.rules.approvals import Approval, approval_id
from endpoint_sweep.storage.records import Records
from endpoint_sweep.storage.sweep_folder import ACCOUNTS, COVERAGE, FINDINGS, INPUT, Pins, SweepFolder

_REQUEST = "the request for approval"
_NOT_DECIDED = "it was not made on the review page for this request"
_NOT_DELETED = "it was not written by the function that deletes"


@dataclass(frozen=True, slots=True)
class Proof:
    """One record of a sweep. `doubt`: why it is not proven; empty if it is."""

    record: str
    doubt: str = ""


def audited(sweep_id: str, store: Store, records: Records, seals: Seals) -> tuple[Proof, ...]:
    """Every record of the sweep that claims or allows something; none if there is no such sweep.

    Raises Unavailable if KMS does not say whether a record is authentic, and whatever S3 and DynamoDB say.
    """
    folder = SweepFolder(store, sweep_id)
    return (
        *_documents(folder, seals),
        *_approval(sweep_id, folder, records, seals),
        *_parts(sweep_id, records),
        *_bundles(folder, store, seals),
    )


def _documents(folder: SweepFolder, seals: Seals) -> Iterator[Proof]:
    """The plan, and what it has the hashes of. As they are now: one that was overwritten is not proven."""
    try:
        plan = folder.proven_plan(seals)
    except DocumentNotFound:
        return  # The sweep ended before it made one, or there is no such sweep.
    except DocumentTampered as error:
        yield Proof("plan.json", str(error))
        return
    yield Proof("plan.json")
    reads: tuple[tuple[str, Callable[[Pins], object]], ...] = (
        (INPUT, folder.input),
        (ACCOUNTS, folder.accounts),
        (COVERAGE, folder.coverage),
        (FINDINGS, folder.judged),
    )
    for name, read in reads:
        yield Proof(name, _doubt(partial(read, plan.pins)))


def _approval(sweep_id: str, folder: SweepFolder, records: Records, seals: Seals) -> Iterator[Proof]:
    """What was asked, of which plan, who decided, and what was done."""
    found: Approval | None = None
    try:
        versioned = records.approval(approval_id(sweep_id))
        found = versioned.approval if versioned else None
    except (RecordForged, RecordUnreadable) as error:
        yield Proof(_REQUEST, str(error))
    allowed: tuple[ResourceId, ...] = ()
    if found:
        yield Proof(_REQUEST)
        yield Proof("the plan that was asked about", _doubt(lambda: folder.proven_plan(seals, found.plan)))
        decisions = authentic(found, records.is_authentic)
        withdrawn = authentic(replace(found, decisions=found.withdrawn), records.is_authentic)
        for one in (*found.decisions, *found.withdrawn):
            is_proven = one in decisions or one in withdrawn
            yield Proof(f"the decision of {one.approver}", "" if is_proven else _NOT_DECIDED)
        allowed = approved(replace(found, decisions=decisions, withdrawn=withdrawn))
    for name, outcome in records.claims(sweep_id).items():
        yield Proof(f"the outcome of {name}", "" if outcome else _NOT_DELETED)
        if outcome and outcome.id not in allowed:
            yield Proof(f"the approval of {name}", "its deletion was sent, and no proven decision allows it")


def _parts(sweep_id: str, records: Records) -> Iterator[Proof]:
    """The inference components that were deleted one by one."""
    for name in sorted(records.intents(sweep_id)):
        target = ResourceId.try_parse(name)
        if target is None:
            yield Proof(f"the intent for {name}", "it is about no resource")
            continue
        try:
            if records.components(sweep_id, target):
                yield Proof(f"the components of {name}")
        except RecordForged as error:
            yield Proof(f"the components of {name}", str(error))


def _bundles(folder: SweepFolder, store: Store, seals: Seals) -> Iterator[Proof]:
    """What an endpoint is restored from."""
    for key in sorted(folder.restore_keys()):
        try:
            there = store.read(key)
            is_ours = seals.is_authentic(Maker.ACTS, sealed_digest(key, digest(there.body)), there.mac)
        except DocumentTampered:
            is_ours = False
        yield Proof(key.removeprefix(f"{folder.prefix}/"), "" if is_ours else _NOT_DELETED)


def _doubt(read: Callable[[], object]) -> str:
    try:
        read()
    except DocumentTampered as error:
        return str(error)
    except DocumentNotFound as error:
        return f"{error} does not exist"
    return ""
