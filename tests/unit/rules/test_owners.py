"""Who owns a resource, by its tags."""

import pytest

from endpoint_sweep.rules.owners import owner_of


@pytest.mark.parametrize(
    ("tags", "owner"),
    [
        ({}, None),
        ({"owner": ""}, None),
        ({"team": "vision", "Owner": "mira"}, "mira"),
        ({"Team": "vision"}, "vision"),
        ({"CreatedBy": "x"}, "x"),
    ],
)
def test_owners(tags: dict[str, str], owner: str | None) -> None:
    """The first tag that names one, in any letter case."""
    assert owner_of(tags) == owner
