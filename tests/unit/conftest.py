"""A table and a bucket of its own for every test that asks for them; the keys are those of its file."""

from collections.abc import Iterator

import pytest

from endpoint_sweep.aws.seals import AwsSeals
from endpoint_sweep.storage.records import Records
from tests.unit.rows import Stored, fresh, keyring


@pytest.fixture(scope="module")
def keys() -> Iterator[AwsSeals]:
    with keyring() as made:
        yield made


@pytest.fixture
def hub(keys: AwsSeals) -> Stored:
    return fresh(keys)


@pytest.fixture
def records(hub: Stored) -> Records:
    return hub.records
