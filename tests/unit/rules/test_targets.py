"""Which accounts and regions are visited, and why the others are not."""

from collections.abc import Iterable
from itertools import permutations
from typing import Any

import pytest

from endpoint_sweep.domain.errors import InputRejected
from endpoint_sweep.domain.model import Account, Cell, GapCause
from endpoint_sweep.rules.bounds import BY_INPUT
from endpoint_sweep.rules.scopes import UNIT_NOT_KNOWN, Scope
from endpoint_sweep.rules.targets import NO_REGION, Target, choose, in_enabled_regions

MANAGEMENT, A, B, C, D = "100000000001", "222222222222", "333333333333", "444444444444", "555555555555"
ROOT, PROD, TEAM, SANDBOX = "r-ab12", "ou-ab12-prod0000", "ou-ab12-team0000", "ou-ab12-sand0000"
ACCOUNTS = (
    Account(MANAGEMENT, "payer", "ACTIVE", ROOT),
    Account(A, "shop", "ACTIVE", f"{ROOT}/{PROD}"),
    Account(B, "team", "ACTIVE", f"{ROOT}/{PROD}/{TEAM}"),
    Account(C, "sandbox", "ACTIVE", f"{ROOT}/{SANDBOX}"),
    Account(D, "old", "SUSPENDED", f"{ROOT}/{SANDBOX}"),
)
REGIONS = ("us-east-1", "eu-west-1")


def scope(**changes: Any) -> Scope:
    return Scope(**({"regions": REGIONS} | changes))


def visited(targets: Iterable[Target]) -> set[str]:
    return {target.account.id for target in targets if target.skipped is None}


def reasons(targets: Iterable[Target]) -> dict[str, str]:
    return {target.account.id: target.skipped for target in targets if target.skipped}


def test_every_account_is_there_with_a_cell_for_each_region() -> None:
    """No one is left out without a word, whatever order the accounts came in."""
    wanted = choose(ACCOUNTS, scope(), MANAGEMENT)
    assert [target.account.id for target in wanted] == [MANAGEMENT, A, B, C, D]
    assert wanted[1].cells == (Cell(A, "us-east-1"), Cell(A, "eu-west-1"))
    assert all(len(target.cells) == 2 for target in wanted)
    assert all(choose(order, scope(), MANAGEMENT) == wanted for order in permutations(ACCOUNTS))


CAUSES = {
    "SUSPENDED": GapCause.ACCOUNT_SUSPENDED,
    "PENDING_CLOSURE": GapCause.ACCOUNT_CLOSED,
    "CLOSED": GapCause.ACCOUNT_CLOSED,
}


@pytest.mark.parametrize(
    "state", ["SUSPENDED", "PENDING_ACTIVATION", "PENDING_CLOSURE", "CLOSED", "UNKNOWN", "", "new"]
)
def test_only_an_active_account_is_visited(state: str) -> None:
    """Any other state, also one that no one has heard of, is told as the reason."""
    (target,) = choose([Account(A, "", state)], scope(), None)
    assert target.skipped == f"the account is {state}"
    assert target.asked
    assert target.cause is CAUSES.get(state, GapCause.ACCOUNT_INACTIVE)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, {MANAGEMENT, A, B, C}),
        ({"accounts": (A, D)}, {A}),
        ({"exclude_accounts": (A,)}, {MANAGEMENT, B, C}),
        ({"accounts": (A, B), "exclude_accounts": (A,)}, {B}),
        ({"organizational_units": (PROD,)}, {A, B}),
        ({"organizational_units": (TEAM, SANDBOX)}, {B, C}),
        ({"organizational_units": (ROOT,)}, {MANAGEMENT, A, B, C}),
        ({"exclude_organizational_units": (PROD,)}, {MANAGEMENT, C}),
        ({"organizational_units": (PROD,), "exclude_organizational_units": (TEAM,)}, {A}),
        ({"accounts": (A, C), "organizational_units": (PROD,)}, {A}),
    ],
)
def test_lists_of_accounts_and_units(asked: dict[str, tuple[str, ...]], expected: set[str]) -> None:
    """All lists must agree, a unit covers those below it, and a denial wins."""
    assert visited(choose(ACCOUNTS, scope(**asked), MANAGEMENT)) == expected


def test_each_reason_says_which_list_it_was() -> None:
    """And whether the sweep was about that account at all."""
    targets = choose(ACCOUNTS, scope(accounts=(A, B, C, D), organizational_units=(PROD, SANDBOX), exclude_accounts=(A,),
                                     exclude_organizational_units=(TEAM,)), MANAGEMENT)  # fmt: skip
    assert reasons(targets) == {
        MANAGEMENT: BY_INPUT.not_listed,
        A: "excluded by the input of the sweep",
        B: f"its organizational unit {TEAM} is excluded by the input of the sweep",
        D: "the account is SUSPENDED",
    }
    assert [target.account.id for target in targets if not target.asked] == [MANAGEMENT]
    assert {target.account.id: target.cause for target in targets if target.skipped} == {
        MANAGEMENT: GapCause.LEFT_OUT,
        A: GapCause.EXCLUDED,
        B: GapCause.EXCLUDED,
        D: GapCause.ACCOUNT_SUSPENDED,
    }
    [other] = choose([*ACCOUNTS[1:2], *ACCOUNTS[3:4]], scope(organizational_units=(SANDBOX,)), None)[:1]
    assert (other.skipped, other.asked, other.cause) == (BY_INPUT.in_no_unit, False, GapCause.LEFT_OUT)


@pytest.mark.parametrize("asked", [{"organizational_units": (PROD,)}, {"exclude_organizational_units": (PROD,)}])
def test_an_account_whose_unit_is_not_known_is_left_alone(asked: dict[str, Any]) -> None:
    """It could be in the denied one; without units in the question it is visited."""
    accounts = [*ACCOUNTS, Account("666666666666", "new", "ACTIVE", "")]
    new = choose(accounts, scope(**asked), None)[-1]
    assert (new.skipped, new.asked, new.cause) == (UNIT_NOT_KNOWN, True, GapCause.LEFT_OUT)
    assert "666666666666" in visited(choose(accounts, scope(), None))


@pytest.mark.parametrize("asked", [{}, {"accounts": (A,)}, {"organizational_units": (PROD,)}])
def test_the_management_account_is_always_there_and_flagged(asked: dict[str, Any]) -> None:
    """Visited or not; and no one is flagged where it is not known which one it is."""
    assert [one.account.id for one in choose(ACCOUNTS, scope(**asked), MANAGEMENT) if one.management] == [MANAGEMENT]
    assert not [one for one in choose(ACCOUNTS, scope(**asked), None) if one.management]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"accounts": (A, "999999999999")}, "E_ACCOUNT_NOT_IN_SCOPE: accounts has 999999999999"),
        ({"exclude_accounts": ("999999999999",)}, "E_ACCOUNT_NOT_IN_SCOPE: exclude_accounts has"),
        ({"organizational_units": ("ou-ab12-nobody00",)}, "E_UNIT: organizational_units has ou-ab12-nobody00"),
        ({"exclude_organizational_units": ("ou-ab12-prod",)}, "E_UNIT: exclude_organizational_units has"),
        ({"exclude_regions": REGIONS}, "E_REGION"),
    ],
)
def test_a_list_that_names_a_stranger_is_refused_whole(asked: dict[str, Any], code: str) -> None:
    """A typing error must neither visit fewer accounts nor spare none; a part of a unit's name is no unit."""
    with pytest.raises(InputRejected, match=code):
        choose(ACCOUNTS, scope(**asked), MANAGEMENT)


def test_what_a_refusal_repeats_is_cut() -> None:
    """The input may hold anything; an id of an organizational unit is shorter."""
    with pytest.raises(InputRejected) as caught:
        choose(ACCOUNTS, scope(organizational_units=("x" * 200,)), MANAGEMENT)
    assert str(caught.value) == f"E_UNIT: organizational_units has {'x' * 80}, which has no accounts"


def test_an_excluded_region_has_no_cell() -> None:
    """And one that is named twice has one."""
    asked = scope(regions=("eu-west-1", "us-east-1", "eu-west-1"), exclude_regions=("us-east-1",))
    assert choose(ACCOUNTS[:1], asked, None)[0].regions == ("eu-west-1",)


KNOWN = ("eu-west-1", "us-east-1", "xx-old-1")


@pytest.mark.parametrize(
    ("enabled", "offered", "excluded", "expected"),
    [
        ({"us-east-1", "me-south-1"}, {"us-east-1", "me-south-1", "eu-west-1"}, (), ("me-south-1", "us-east-1")),
        ({"us-east-1", "xx-new-1"}, {"us-east-1"}, (), ("us-east-1",)),
        ({"us-east-1", "xx-new-1"}, None, (), ("us-east-1", "xx-new-1")),
        ({"us-east-1", "me-south-1"}, None, ("me-south-1",), ("us-east-1",)),
        (None, {"us-east-1", "xx-new-1", "eu-west-1"}, ("eu-west-1",), ("us-east-1", "xx-new-1")),
        (None, None, ("eu-west-1",), ("us-east-1", "xx-old-1", "xx-own-1")),
    ],
    ids=["both", "no SageMaker", "not known where", "excluded", "not told", "nothing told"],
)
def test_enabled_regions(
    enabled: set[str] | None, offered: set[str] | None, excluded: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    """Where an account does not tell, every region is a cell, never only the configured ones; exclusions hold."""
    asked = scope(regions=("enabled",), exclude_regions=excluded)
    (target,) = choose([ACCOUNTS[1]], asked, None)
    assert target.regions == ()
    narrowed = in_enabled_regions(target, asked, enabled, offered, KNOWN, ("us-east-1", "xx-own-1"))
    assert (narrowed.regions, narrowed.skipped) == (expected, None)


def test_an_account_without_a_region_to_visit_still_has_rows() -> None:
    """Also one that is skipped for another reason, which stays."""
    asked = scope(regions=("enabled",))
    shop, old = choose([ACCOUNTS[1], ACCOUNTS[4]], asked, None)
    narrowed = in_enabled_regions(shop, asked, {"us-gov-west-1"}, {"us-east-1"}, KNOWN, REGIONS)
    assert (narrowed.regions, narrowed.skipped) == (REGIONS, NO_REGION)
    narrowed = in_enabled_regions(old, asked, {"us-east-1"}, None, KNOWN, REGIONS)
    assert (narrowed.regions, narrowed.skipped) == (REGIONS, "the account is SUSPENDED")


def test_regions_that_somebody_named() -> None:
    """Not those that an account names."""
    assert scope(regions=("eu-west-1",)).named_regions == ("eu-west-1",)
    assert scope(regions=("enabled", "eu-west-1")).named_regions == ()
