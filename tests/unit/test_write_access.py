"""Who may write what: every role of the hub beside every kind of row, document and key, allowed and refused.

What is not in these tables, nobody may. The tables are the design; the template is what is tested.
"""

import pytest

from tests.simulation import cloudformation
from tests.unit.access import ADMINISTRATOR, Access

PLAN, SCAN, UNREACHABLE = "PlanSweepFunctionRole", "ScanCellRole", "RecordUnreachableCellFunctionRole"
AGGREGATE, REQUEST, REMIND = (
    "AggregateFindingsFunctionRole",
    "RequestApprovalFunctionRole",
    "RemindApproversFunctionRole",
)
AWAIT, REVIEW, VERIFY = "AwaitDecisionFunctionRole", "ReviewFunctionRole", "VerifyDecisionFunctionRole"
APPLY, BOUNCE, FAILURE = "ApplyDecisionRole", "RecordBounceFunctionRole", "RecordFailureFunctionRole"
SUMMARY, WATCHDOG = "SendSummaryFunctionRole", "WatchdogFunctionRole"
START, MACHINE, LOGS = "StartSweepFunctionRole", "SweepStateMachineRole", "AccessLogsRole"

# Kind of row -> its partition key, who may write it, who may remove it, who may read one, who may list them.
ROWS: dict[str, tuple[str, set[str], set[str], set[str], set[str]]] = {
    "lock": ("LOCK", {PLAN}, {PLAN, SUMMARY, WATCHDOG}, {PLAN, SUMMARY, WATCHDOG}, set()),
    "state of an approval": (
        "APPROVAL#5f3a",
        {PLAN, VERIFY, BOUNCE, FAILURE, WATCHDOG},
        set(),
        {PLAN, REQUEST, REMIND, AWAIT, REVIEW, VERIFY, APPLY, BOUNCE, FAILURE, SUMMARY, WATCHDOG},
        set(),
    ),
    "request": (
        "ASKED#5f3a",
        {REQUEST, REMIND},
        set(),
        {REQUEST, REMIND, REVIEW, VERIFY, APPLY, BOUNCE, SUMMARY},
        set(),
    ),
    "decisions and codes": (
        "DECIDED#5f3a",
        {REVIEW},
        set(),
        {REQUEST, REMIND, AWAIT, REVIEW, VERIFY, APPLY, BOUNCE, SUMMARY},
        {REQUEST, REMIND, REVIEW, VERIFY},
    ),
    "token": ("WAIT#5f3a", {AWAIT}, {PLAN, VERIFY, WATCHDOG}, {PLAN, AWAIT, REVIEW, VERIFY, BOUNCE, WATCHDOG}, set()),
    "intents and outcomes": (
        "SWEEP#2026-11-20T06-00Z",
        {APPLY, SUMMARY, WATCHDOG},
        set(),
        {APPLY, SUMMARY, WATCHDOG},
        {REVIEW, SUMMARY, WATCHDOG},
    ),
    "snooze": ("SNOOZE", {VERIFY}, set(), {VERIFY}, {AGGREGATE}),
    "ledger": ("LEDGER", {SUMMARY, WATCHDOG}, set(), {SUMMARY, WATCHDOG}, {AGGREGATE, SUMMARY}),
    # No kind of ours: a key that only begins or ends like one.
    "longer lock": ("LOCK#2", set(), set(), set(), set()),
    "hidden request": ("X#ASKED#5f3a", set(), set(), set(), set()),
    "lower case": ("decided#5f3a", set(), set(), set(), set()),
    "without a name": ("DECIDED", set(), set(), set(), set()),
}

SWEEP = "sweeps/2026-11-20T06-00Z"
DOCUMENTS: dict[str, set[str]] = {
    f"{SWEEP}/input.json": {PLAN},
    f"{SWEEP}/key.json": {PLAN},
    f"{SWEEP}/accounts.json": {PLAN},
    f"{SWEEP}/cells.json": {PLAN},
    f"{SWEEP}/expected.json": {PLAN},
    f"{SWEEP}/skipped.json": {PLAN},
    f"{SWEEP}/cells/222222222222/us-east-1.json": {SCAN, UNREACHABLE},
    f"{SWEEP}/plan.json": {AGGREGATE},
    f"{SWEEP}/coverage.json": {AGGREGATE},
    f"{SWEEP}/findings.json": {AGGREGATE},
    "prices/read.json": {AGGREGATE},
    f"{SWEEP}/approved.json": {VERIFY},
    f"{SWEEP}/tries/0c1d/1.json": {REVIEW},
    f"{SWEEP}/stops/closed.json": {PLAN, REVIEW, VERIFY, BOUNCE, FAILURE, WATCHDOG},
    f"{SWEEP}/restore/222222222222-us-east-1-demo.json": {APPLY},
    f"{SWEEP}/failure.json": {FAILURE},
    f"{SWEEP}/report.json": {SUMMARY},
    f"{SWEEP}/report.html": {SUMMARY},
    f"{SWEEP}/report.csv": {SUMMARY},
    f"{SWEEP}/report.failed.json": {WATCHDOG},
    # No kind of ours.
    f"{SWEEP}/decision.json": set(),
    f"{SWEEP}/cells": set(),
    "sweeps/plan.json": set(),
    "prices/other.json": set(),
    "input.json": set(),
}
EVERY_VERSION = {PLAN, REQUEST, REMIND, AWAIT, REVIEW, VERIFY, APPLY, BOUNCE, SUMMARY}
READERS = {AGGREGATE, REQUEST, REMIND, REVIEW, VERIFY, APPLY, BOUNCE, SUMMARY, MACHINE}

# Key -> what may be done with it by whom; any other use is nobody's.
KEYS: dict[str, dict[str, set[str]]] = {
    "CellsKey": {
        "kms:GenerateDataKeyWithoutPlaintext": {PLAN},
        "kms:Decrypt": {SCAN, UNREACHABLE, AGGREGATE, SUMMARY},
    },
    "FindingsKey": {"kms:GenerateMac": {AGGREGATE}, "kms:VerifyMac": {AGGREGATE, REQUEST}},
    "LinksKey": {
        "kms:GenerateMac": {REQUEST, REMIND},
        "kms:VerifyMac": {REQUEST, REMIND, REVIEW, VERIFY, APPLY, BOUNCE, SUMMARY},
    },
    "MacKey": {"kms:GenerateMac": {REVIEW}, "kms:VerifyMac": {REVIEW, VERIFY, APPLY, SUMMARY}},
    "ActsKey": {"kms:GenerateMac": {APPLY}, "kms:VerifyMac": {APPLY, SUMMARY, WATCHDOG, REVIEW}},
    "SealKey": {"kms:Encrypt": {AWAIT}, "kms:Decrypt": {REVIEW, BOUNCE}},
}
USES = (
    "kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext",
    "kms:GenerateDataKeyPair", "kms:GenerateDataKeyPairWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo",
    "kms:GenerateMac", "kms:VerifyMac", "kms:Sign", "kms:Verify", "kms:DeriveSharedSecret", "kms:CreateGrant",
    "kms:ImportKeyMaterial", "kms:ReplicateKey",
)  # fmt: skip
ADMINISTRATION = ("kms:PutKeyPolicy", "kms:DisableKey", "kms:ScheduleKeyDeletion", "kms:DescribeKey")


@pytest.fixture(scope="module")
def access() -> Access:
    return Access.of(cloudformation.load(cloudformation.HUB_TEMPLATE))


def test_the_tables_know_every_role(access: Access) -> None:
    """A new role has to be thought about."""
    known = {PLAN, SCAN, UNREACHABLE, AGGREGATE, REQUEST, REMIND, AWAIT, REVIEW, VERIFY, APPLY, BOUNCE, FAILURE}
    assert set(access.roles) == known | {SUMMARY, WATCHDOG, START, MACHINE, LOGS}


@pytest.mark.parametrize("kind", ROWS)
def test_who_may_touch_a_row(access: Access, kind: str) -> None:
    """Exactly these roles write, remove, read and list rows of this kind; all others are refused."""
    partition, writers, removers, readers, listers = ROWS[kind]
    assert access.row("PutItem", partition) == writers
    assert access.row("DeleteItem", partition) == removers
    assert access.row("GetItem", partition) == readers
    assert access.row("Query", partition) == listers


@pytest.mark.parametrize("key", DOCUMENTS)
def test_who_may_write_a_document(access: Access, key: str) -> None:
    """Exactly these roles write documents of this kind; all others are refused."""
    assert access.document("PutObject", key) == DOCUMENTS[key]


@pytest.mark.parametrize(
    "action",
    ["UpdateItem", "BatchWriteItem", "BatchGetItem", "Scan", "ConditionCheckItem", "PartiQLInsert", "PartiQLUpdate",
     "PartiQLDelete", "PartiQLSelect", "DeleteTable", "UpdateTimeToLive", "RestoreTableToPointInTime"],
)  # fmt: skip
def test_no_role_has_another_way_into_the_table(access: Access, action: str) -> None:
    """Above all none without a partition key in the request, where a condition on all of its keys would hold."""
    for partition in (*(row[0] for row in ROWS.values()), None):
        assert access.row(action, partition) == set()


@pytest.mark.parametrize(
    "action",
    ["DeleteObject", "DeleteObjectVersion", "PutObjectAcl", "PutObjectTagging", "PutObjectRetention",
     "BypassGovernanceRetention", "RestoreObject", "ReplicateObject"],
)  # fmt: skip
def test_no_role_takes_a_document_away(access: Access, action: str) -> None:
    """Objects are only ever added."""
    for key in DOCUMENTS:
        assert access.document(action, key) == set()


@pytest.mark.parametrize("action", ["PutBucketPolicy", "PutBucketVersioning", "PutLifecycleConfiguration"])
def test_no_role_changes_the_bucket(access: Access, action: str) -> None:
    """What keeps every version is nobody's to switch off."""
    assert access.document(action, "") == set()


def test_even_an_administrator_cannot_take_a_veto_back(access: Access) -> None:
    """The bucket refuses to whomever the deletion of a version in a sweep's folder; a delete marker hides nothing."""
    assert access.may(ADMINISTRATOR, "DeleteObject", f"{SWEEP}/stops/closed.json")
    assert not access.may(ADMINISTRATOR, "DeleteObjectVersion", f"{SWEEP}/stops/closed.json")
    assert access.may(ADMINISTRATOR, "DeleteObjectVersion", "prices/read.json")


def test_who_sees_every_version(access: Access) -> None:
    """Those who have to know whether something was ever forbidden, in the folders of sweeps only."""
    assert access.listing("ListBucketVersions", f"{SWEEP}/stops/") == EVERY_VERSION
    for prefix in (None, "", "prices/", "sweep"):
        assert access.listing("ListBucketVersions", prefix) == set()
    assert access.listing("ListBucket", f"{SWEEP}/cells/") == {AGGREGATE, SUMMARY}


def test_who_may_read_a_sweep(access: Access) -> None:
    """A scan sees what it has to prove and its cells; who starts or stops a sweep does not read its plan."""
    assert access.document("GetObject", f"{SWEEP}/plan.json") == READERS
    assert access.document("GetObject", f"{SWEEP}/stops/closed.json") == READERS
    for name in ("input.json", "key.json"):
        assert access.document("GetObject", f"{SWEEP}/{name}") == READERS | {PLAN, SCAN, UNREACHABLE}
    assert access.document("GetObject", f"{SWEEP}/cells/222222222222/us-east-1.json") == READERS | {SCAN, UNREACHABLE}
    assert access.document("GetObject", "prices/read.json") == {AGGREGATE}


@pytest.mark.parametrize("key", KEYS)
def test_who_may_use_a_key(access: Access, key: str) -> None:
    """Exactly these roles, by the key's own policy; whoever may do everything in the account may not (safety 1.4)."""
    for action in USES:
        assert access.key(key, action) == KEYS[key].get(action, set()), action


@pytest.mark.parametrize("key", KEYS)
def test_who_may_administer_a_key(access: Access, key: str) -> None:
    """The account does, no role of the stack."""
    for action in ADMINISTRATION:
        assert access.key(key, action) == {ADMINISTRATOR}, action


def test_the_tables_know_every_key(access: Access) -> None:
    """A new key has to be thought about."""
    assert set(access.keys) == set(KEYS)
