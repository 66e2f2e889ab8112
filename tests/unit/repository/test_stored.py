"""The table in docs/safety.md says who writes what, and is the template's truth."""

import pytest

from tests.unit.repository.makers import DOCUMENTS, PARAMETERS, ROWS
from tests.unit.repository.stored import Kind, kinds

# The rows of one partition have one set of writers in IAM; the table tells them apart.
SORT_KEYS = {
    "LOCK": ("LOCK",),
    "APPROVAL#5f3a": ("STATE",),
    "ASKED#5f3a": ("REQUEST",),
    "DECIDED#5f3a": ("DECISIONS", "CODE#0c1d"),
    "WAIT#5f3a": ("TOKEN",),
    "SWEEP#2026-11-20T06-00Z": ("INTENT#1/us-east-1/a", "COMPONENTS#1/us-east-1/a", "OUTCOME#1/us-east-1/a"),
    "SNOOZE": ("1/us-east-1/a",),
    "LEDGER": ("2026-11-20T06-00Z",),
}
# Two functions that share a role, and a role named after its function.
FUNCTIONS = {"ApplyDecisionRole": {"ApplyDecision", "ConfirmItIsGone"}, "ScanCellRole": {"ScanCell"}}


def functions(roles: set[str]) -> set[str]:
    return {name for role in roles for name in FUNCTIONS.get(role, {role.removesuffix("FunctionRole")})}


def found(place: str) -> Kind:
    [kind] = [one for one in kinds() if one.holds(place)]
    return kind


@pytest.mark.parametrize("name", [name for name, (_, writers, *_) in ROWS.items() if writers])
def test_every_kind_of_row_is_in_the_table(name: str) -> None:
    """With writers that its role lets write it; together they are all who may write or remove rows of the partition."""
    partition, writers, removers, *_ = ROWS[name]
    told = [found(f"{partition} {sort}").writers for sort in SORT_KEYS[partition]]
    allowed = functions(writers | (removers if partition == "LOCK" else set()))
    assert all(one <= allowed for one in told)
    assert frozenset().union(*told) == allowed


@pytest.mark.parametrize("key", [key for key, writers in DOCUMENTS.items() if writers and "/restore/" not in key])
def test_every_kind_of_document_is_in_the_table(key: str) -> None:
    """With exactly the writers that the template lets write it."""
    assert found(key).writers == functions(DOCUMENTS[key])


@pytest.mark.parametrize("name", sorted(PARAMETERS.keys() - {"kill"}))
def test_every_list_is_in_the_table(name: str) -> None:
    """Its only writer is the deployment; the kill switch is people's."""
    assert found(f"/endpoint-sweep/{name}").writers == {"CloudFormation"}


def test_nothing_else_is_in_the_table() -> None:
    """Each kind of the table is a row or a document that someone may write, or a list of the stack."""
    rows = [f"{partition} {sort}" for partition, sorts in SORT_KEYS.items() for sort in sorts]
    documents = [*DOCUMENTS, "sweeps/s/restore/222222222222/us-east-1/demo.json"]
    lists = [f"/endpoint-sweep/{name}" for name in PARAMETERS]
    unknown = [one.what for one in kinds() if not any(one.holds(place) for place in (*rows, *documents, *lists))]
    assert unknown == []
    assert len(kinds()) > 25


def test_every_kind_says_what_proves_it() -> None:
    """Even if that is nothing."""
    assert all(one.proof and one.writers for one in kinds())
