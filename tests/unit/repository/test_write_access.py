"""Who may write what: every role of the hub beside every kind of row, document and key, allowed and refused.

`makers` is the design as data; the template is what is tested.
"""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from tests.simulation.hub import cloudformation
from tests.simulation.hub.cloudformation import Statement, Template
from tests.unit.repository.access import ADMINISTRATOR, Access
from tests.unit.repository.makers import (
    ADMINISTRATION,
    AGGREGATE,
    AWAIT,
    DOCUMENTS,
    EVERY_VERSION,
    KEYS,
    MACHINE,
    PARAMETERS,
    PLAN,
    READERS,
    ROLES,
    ROWS,
    SCAN,
    SWEEP,
    UNREACHABLE,
    USES,
)


@pytest.fixture(scope="module")
def access() -> Access:
    return Access.of(cloudformation.load(cloudformation.HUB_TEMPLATE))


def test_the_tables_know_every_role(access: Access) -> None:
    """A new role has to be thought about."""
    assert set(access.roles) == ROLES


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
    """What keeps every version is no one's to switch off."""
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


def test_who_is_told_what_is_missing(access: Access) -> None:
    """Every function that reads a plan, without a condition: else S3 answers AccessDenied (D13.18), and a removed plan
    looks like a fault instead of tampering.
    """
    for prefix in (None, f"{SWEEP}/cells/"):
        assert access.listing("ListBucket", prefix) == READERS - {MACHINE}


def test_who_may_read_a_sweep(access: Access) -> None:
    """A scan sees what it has to prove and its cells; who starts or stops a sweep does not read its plan."""
    assert access.document("GetObject", f"{SWEEP}/plan.json") == READERS
    assert access.document("GetObject", f"{SWEEP}/stops/closed.json") == READERS | {AWAIT}
    assert access.document("GetObject", f"{SWEEP}/input.json") == READERS | {PLAN, SCAN, UNREACHABLE}
    assert access.document("GetObject", f"{SWEEP}/key.json") == READERS | {SCAN, UNREACHABLE}
    assert access.document("GetObject", f"{SWEEP}/cells/222222222222/us-east-1.json") == READERS | {SCAN, UNREACHABLE}
    assert access.document("GetObject", "prices/read.json") == {AGGREGATE}


@pytest.mark.parametrize("name", PARAMETERS)
def test_who_may_read_a_parameter(access: Access, name: str) -> None:
    """Exactly these roles, one by its name; no role has another way to it."""
    assert access.parameter("GetParameter", name) == PARAMETERS[name]
    for action in ("GetParameters", "GetParametersByPath", "GetParameterHistory"):
        assert access.parameter(action, name) == set(), action


@pytest.mark.parametrize("name", PARAMETERS)
def test_no_role_may_write_a_parameter(access: Access, name: str) -> None:
    """Who could write one could make itself an approver, or switch the kill switch off."""
    for action in ("PutParameter", "DeleteParameter", "DeleteParameters", "LabelParameterVersion", "PutResourcePolicy"):
        assert access.parameter(action, name) == set(), action


@pytest.mark.parametrize("key", KEYS)
def test_who_may_use_a_key(access: Access, key: str) -> None:
    """Exactly these roles, by the key's own policy; no one else, whatever they may do (docs/safety.md)."""
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


def widened(hub: Template, action: str, **wider: Any) -> Iterator[tuple[str, Access]]:
    """Access to the stack with one statement after the other that allows this changed; the statement's Sid."""
    originals = [s for _, s in cloudformation.statements(hub) if action in cloudformation.actions(s)]
    for number, original in enumerate(originals):
        changed = copy.deepcopy(hub)
        statement: Statement = [
            s for _, s in cloudformation.statements(changed) if action in cloudformation.actions(s)
        ][number]
        statement.update(wider)
        yield str(original["Sid"]), Access.of(changed)


@pytest.mark.parametrize(
    ("action", "column"), [("dynamodb:PutItem", 1), ("dynamodb:DeleteItem", 2), ("dynamodb:GetItem", 3)]
)
def test_the_tables_notice_a_row_too_many(action: str, column: int) -> None:
    """Any one statement without its condition is seen: the tables have rows that it then reaches."""
    found = list(widened(cloudformation.load(cloudformation.HUB_TEMPLATE), action, Condition={}))
    assert found
    for sid, access in found:
        reached = {kind for kind, row in ROWS.items() if access.row(action.partition(":")[2], row[0]) != row[column]}
        assert len(reached) > 4, sid


def test_the_tables_notice_a_document_too_many() -> None:
    """Any one statement that writes the whole folder is seen."""
    folder = {"Fn::Sub": "${Bucket.Arn}/sweeps/*"}
    found = list(widened(cloudformation.load(cloudformation.HUB_TEMPLATE), "s3:PutObject", Resource=folder))
    assert found
    for sid, access in found:
        reached = {key for key, writers in DOCUMENTS.items() if access.document("PutObject", key) != writers}
        assert len(reached) > 9, sid
