"""A hub of its own for every test that asks for one."""

from collections.abc import Iterator

import pytest

from endpoint_sweep.records import Records
from tests.unit.rows import Stored, stored


@pytest.fixture
def hub() -> Iterator[Stored]:
    with stored() as opened:
        yield opened


@pytest.fixture
def records(hub: Stored) -> Records:
    return hub.records
