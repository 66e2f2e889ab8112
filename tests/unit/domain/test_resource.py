"""The address of a resource as text, and what to call resources of some types."""

import pytest

from endpoint_sweep.domain.resource import Action, Cell, ResourceId, noun_of, share_of
from tests.unit.samples import ACCOUNT, REGION

NOTEBOOK = "notebook-instance"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{ACCOUNT}/{REGION}/a", ResourceId(ACCOUNT, REGION, "a")),
        (f"{ACCOUNT}/{REGION}/{NOTEBOOK}/a", ResourceId(ACCOUNT, REGION, "a", NOTEBOOK)),
    ],
)
def test_an_address_is_read_as_it_is_written(text: str, expected: ResourceId) -> None:
    """Endpoints without their type, as stored rows and old mails have it."""
    assert ResourceId.parse(text) == ResourceId.try_parse(text) == expected
    assert (str(expected), expected.cell) == (text, Cell(ACCOUNT, REGION))


@pytest.mark.parametrize(
    "text", ["", "a", "a/b", f"{ACCOUNT}/{REGION}/endpoint/a", "a/b/c/d/e", "a/b/", "/b/c", "a//c", "a/b//c", "a/b/t/"]
)
def test_what_is_no_address(text: str) -> None:
    """An endpoint has one spelling only, so no one selects it twice; the error shows what was written."""
    with pytest.raises(ValueError, match=f"^{text} is not ACCOUNT/REGION/NAME or ACCOUNT/REGION/TYPE/NAME$"):
        ResourceId.parse(text)
    assert ResourceId.try_parse(text) is None


@pytest.mark.parametrize(
    ("types", "noun"),
    [
        ([], "endpoint"),
        (["endpoint", "endpoint"], "endpoint"),
        ([NOTEBOOK], "notebook instance"),
        (["endpoint", NOTEBOOK], "resource"),
    ],
)
def test_what_people_read_for_a_type(types: list[str], noun: str) -> None:
    """One word for one type, without hyphens; of nothing, endpoints are what was looked for."""
    assert noun_of(types) == noun


def test_an_account_counts_each_type_apart() -> None:
    """Under names that no two types share; that of endpoints is the one of earlier versions."""
    assert (share_of(ACCOUNT, "endpoint"), share_of(ACCOUNT, NOTEBOOK)) == (ACCOUNT, f"{ACCOUNT}/{NOTEBOOK}")


def test_every_action_has_a_word_for_reports() -> None:
    """As in `2 endpoints deleted`."""
    assert [one.done for one in Action] == ["deleted"]


@pytest.mark.parametrize("text", ["a/b/Endpoint/c", "a/b/ endpoint/c", "a/b/toy train/c"])
def test_what_is_no_type(text: str) -> None:
    """A type is written in one way only."""
    assert ResourceId.try_parse(text) is None


@pytest.mark.parametrize("parts", [("a", "b", "toy/c"), ("a", "b/toy", "c"), ("a/b", "toy", "c"), ("a", "b", "c", "T")])
def test_no_two_addresses_read_alike(parts: tuple[str, ...]) -> None:
    """A slash in a name would make an endpoint read like a resource of another type."""
    with pytest.raises(ValueError, match="is not the address of a resource"):
        ResourceId(*parts)
