"""A name that is no region is refused by name, with the one that was meant."""

import pytest

from endpoint_sweep.aws.regions import known
from endpoint_sweep.rules.region_names import is_name, nearest, why_refused

KNOWN = known("us-east-1")
EVERYWHERE = ("eusc-de-east-1", "us-gov-west-1", "cn-north-1", "ap-southeast-7", "us-isob-east-1")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("us-esat-1", "us-east-1"),
        ("us-wets-2", "us-west-2"),
        ("eu-west1", "eu-west-1"),
        ("eu_west_1", "eu-west-1"),
        ("US-EAST-1", "us-east-1"),
        ("us-east-1a", "us-east-1"),
        ("us-east-3", "us-east-1"),
        ("eucentral-1", "eu-central-1"),
        ("ap-southest-2", "ap-southeast-2"),
        ("Ireland", "eu-west-1"),
        ("irland", "eu-west-1"),
        (" frankfurt ", "eu-central-1"),
        ("Europe (London)", "eu-west-2"),
        ("N. Virginia", "us-east-1"),
        ("Virginia", "us-east-1"),
        ("oregon", "us-west-2"),
        ("aws-global", None),
        ("all", None),
        ("*", None),
        ("", None),
        ("enabled", None),
    ],
)
def test_what_was_probably_meant(name: str, meant: str | None) -> None:
    """Letters that changed places, a dash that is missing, a zone, a city."""
    assert nearest(name, KNOWN) == meant
    hint = f"did you mean {meant}?" if meant else "a region has a name such as eu-west-1"
    assert why_refused("regions", ["us-east-1", name], KNOWN, lambda: None) == (
        f'regions has "{name.replace(".", "").replace("(", "").replace(")", "").replace("*", "")}", '
        f"which is not a region; {hint}"
    )


@pytest.mark.parametrize(
    ("name", "could_be"),
    [
        *((name, True) for name in EVERYWHERE),
        *((name, False) for name in ("", "us-east", "eu-west1", "us-east-1a", "US-EAST-1", "e-west-1", "eu-west-123")),
    ],
)
def test_what_could_be_a_region(name: str, could_be: bool) -> None:
    """In every partition; one rule for the commands, the stack and the address of the API."""
    assert is_name(name) is could_be


def test_every_region_of_the_partition_is_fine() -> None:
    """Of no other: a session holds in one partition only."""
    assert why_refused("regions", KNOWN, KNOWN, lambda: None) is None
    for name in ("cn-north-1", "us-gov-west-1", "eusc-de-east-1"):
        assert why_refused("regions", [name], KNOWN, lambda: None)
        assert why_refused("regions", [name], known(name), lambda: None) is None


def test_a_region_that_is_newer_than_the_sdk() -> None:
    """AWS's own list knows it; a text that can be no region is not even looked for there."""
    asked = []

    def offered() -> frozenset[str]:
        asked.append(1)
        return frozenset({"ap-south-9", "all"})

    assert why_refused("regions", ["ap-south-9"], KNOWN, offered) is None
    assert len(asked) == 1
    assert why_refused("regions", ["all"], KNOWN, offered)
    assert why_refused("regions", ["us-east-1"], KNOWN, offered) is None
    assert len(asked) == 1
    assert why_refused("regions", ["ap-south-9"], KNOWN, lambda: None) == (
        'regions has "ap-south-9", which is not a region; did you mean ap-south-1?'
    )


def test_a_refusal_echoes_little() -> None:
    """The input may hold anything."""
    why = why_refused("regions", ["<script>alert(1)</script>" + "x" * 500], KNOWN, lambda: None)
    assert why is not None
    assert "<" not in why
    assert len(why) < 150


def test_without_any_known_region_nothing_is_meant() -> None:
    """No guess without a list."""
    assert nearest("us-east-1", {}) is None


@pytest.mark.parametrize(
    ("name", "known", "meant"),
    [
        ("roxyz", {"eu-west-9": "Far Away (Roxab)"}, "eu-west-9"),
        ("roxyzz", {"eu-west-9": "Far Away (Roxab)"}, None),
        ("", {"eu-west-9": "A Place"}, None),
        ("rome", {"eu-west-9": "One (Rome)", "eu-west-8": "Two (Rome)"}, "eu-west-8"),
    ],
    ids=["three of five letters", "fewer", "no letters", "two places of one name"],
)
def test_how_much_alike_is_enough(name: str, known: dict[str, str], meant: str | None) -> None:
    """A place counts without its brackets; of two that are called the same it is the first."""
    assert nearest(name, known) == meant
