"""Which accounts are asked, and what is remembered of their answers."""

import json
from dataclasses import replace

import pytest

from endpoint_sweep.domain.documents import to_json
from endpoint_sweep.domain.kinds import Access
from endpoint_sweep.domain.model import Verdict
from endpoint_sweep.storage.access_document import put_access, read_access, unused_accounts
from tests.unit.rows import Stored
from tests.unit.samples import ACCOUNT, cell, finding

OTHER, FEW = "333333333333", "444444444444"
CELLS = "sweeps/sweep-1/cells/"


def test_accounts_with_something_unused_are_asked(hub: Stored) -> None:
    """Idle or barely used, once each; what is in use or belongs to another sweep asks nothing."""
    hub.store.put(f"{CELLS}a.json", to_json(cell(finding(), finding("b"))))
    hub.store.put(f"{CELLS}b.json", to_json(cell(finding(), region="eu-west-1")))
    hub.store.put(f"{CELLS}c.json", to_json(cell(replace(finding(), verdict=Verdict.BUSY), account=OTHER)))
    hub.store.put(f"{CELLS}d.json", to_json(cell(replace(finding(), verdict=Verdict.BARELY_USED), account=FEW)))
    hub.store.put("sweeps/sweep-2/cells/a.json", to_json(cell(finding(), account=OTHER)))
    assert unused_accounts(hub.store, "sweep-1") == (ACCOUNT, FEW)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b'{"account": "1"}', b'{"findings": [1], "account": "1"}', b'{"findings": 1}']
)
def test_what_someone_else_wrote_asks_nothing(hub: Stored, body: bytes) -> None:
    """And hides no other cell."""
    hub.store.put(f"{CELLS}a.json", body)
    hub.store.put(f"{CELLS}b.json", to_json(cell(finding())))
    assert unused_accounts(hub.store, "sweep-1") == (ACCOUNT,)


def test_the_first_answer_counts(hub: Stored) -> None:
    """A second run of the step changes nothing."""
    put_access(hub.store, "sweep-1", {ACCOUNT: Access.NOT_ENABLED})
    put_access(hub.store, "sweep-1", {ACCOUNT: Access.ENABLED})
    assert read_access(hub.store, "sweep-1") == {ACCOUNT: Access.NOT_ENABLED}


@pytest.mark.parametrize("body", [b"", b"[]", json.dumps({ACCOUNT: "perhaps"}).encode()])
def test_an_unreadable_answer_is_none(hub: Stored, body: bytes) -> None:
    """Then nothing is offered in any account."""
    assert read_access(hub.store, "sweep-1") == {}
    hub.store.put("sweeps/sweep-1/access.json", body)
    assert read_access(hub.store, "sweep-1") == {}
