"""The stack's scope: what a sweep asks for narrows it, and whatever would widen it is refused by name."""

from typing import Any

import pytest

from endpoint_sweep.domain.errors import InputRejected
from endpoint_sweep.domain.model import Account, Cell, GapCause
from endpoint_sweep.rules.bounds import BY_STACK, left_out, left_since, refuse_excluded_regions
from endpoint_sweep.rules.scope_words import told
from endpoint_sweep.rules.scopes import EVERYTHING, UNIT_NOT_KNOWN, Scope
from endpoint_sweep.rules.targets import Target, choose

MANAGEMENT, A, B, C, D = "100000000001", "222222222222", "333333333333", "444444444444", "555555555555"
GONE, GONE_TOO = "999999999999", "888888888888"
ROOT, PROD, TEAM, SANDBOX = "r-ab12", "ou-ab12-prod0000", "ou-ab12-team0000", "ou-ab12-sand0000"
EMPTY = "ou-ab12-empty000"
ACCOUNTS = (
    Account(MANAGEMENT, "payer", "ACTIVE", ROOT),
    Account(A, "shop", "ACTIVE", f"{ROOT}/{PROD}"),
    Account(B, "team", "ACTIVE", f"{ROOT}/{PROD}/{TEAM}"),
    Account(C, "sandbox", "ACTIVE", f"{ROOT}/{SANDBOX}"),
    Account(D, "old", "SUSPENDED", f"{ROOT}/{SANDBOX}"),
)
REGIONS = ("us-east-1", "eu-west-1")


def chosen(stack: Scope, **asked: Any) -> tuple[Target, ...]:
    return choose(ACCOUNTS, Scope(**({"regions": REGIONS} | asked)), MANAGEMENT, stack)


def visited(stack: Scope, **asked: Any) -> set[str]:
    return {target.account.id for target in chosen(stack, **asked) if target.skipped is None}


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        (EVERYTHING, {MANAGEMENT, A, B, C}),
        (Scope(accounts=(A, D)), {A}),
        (Scope(exclude_accounts=(A, B)), {MANAGEMENT, C}),
        (Scope(accounts=(A, B), exclude_accounts=(A,)), {B}),
        (Scope(organizational_units=(PROD,)), {A, B}),
        (Scope(exclude_organizational_units=(PROD,)), {MANAGEMENT, C}),
        (Scope(accounts=(A, C), organizational_units=(PROD,)), {A}),
        (Scope(organizational_units=(ROOT,), exclude_organizational_units=(TEAM, SANDBOX)), {MANAGEMENT, A}),
    ],
)
def test_a_sweep_that_asks_for_nothing_gets_the_stacks_scope(stack: Scope, expected: set[str]) -> None:
    """The same rules as for the input."""
    assert visited(stack) == expected


@pytest.mark.parametrize(
    ("stack", "asked", "expected"),
    [
        (Scope(accounts=(A, B)), {"accounts": (A,)}, {A}),
        (Scope(accounts=(A, B)), {"exclude_accounts": (A,)}, {B}),
        (Scope(accounts=(A, B)), {"exclude_accounts": (A, C)}, {B}),
        (Scope(exclude_accounts=(A,)), {"organizational_units": (PROD,)}, {B}),
        (Scope(organizational_units=(PROD,)), {"organizational_units": (TEAM,)}, {B}),
        (Scope(organizational_units=(TEAM,)), {"organizational_units": (PROD,)}, {B}),
        (Scope(organizational_units=(TEAM,)), {"organizational_units": (ROOT,)}, {B}),
        (Scope(exclude_organizational_units=(TEAM,)), {"organizational_units": (PROD, SANDBOX)}, {A, C}),
        (Scope(organizational_units=(PROD,)), {"accounts": (A,), "exclude_organizational_units": (TEAM,)}, {A}),
    ],
)
def test_the_input_narrows(stack: Scope, asked: dict[str, Any], expected: set[str]) -> None:
    """An account must be in both scopes; a unit above those of the stack adds nothing."""
    assert visited(stack, **asked) == expected


@pytest.mark.parametrize(
    ("stack", "asked", "said"),
    [
        (
            Scope(accounts=(A,)),
            {"accounts": (A, B)},
            f"accounts has {B}, which the stack parameter Accounts leaves out",
        ),
        (Scope(exclude_accounts=(B,)), {"accounts": (B,)}, "the stack parameter ExcludeAccounts leaves out"),
        (Scope(organizational_units=(PROD,)), {"accounts": (C,)}, "the stack parameter OrganizationalUnits leaves out"),
        (
            Scope(exclude_organizational_units=(PROD,)),
            {"accounts": (B,)},
            f"accounts has {B}, which the stack parameter ExcludeOrganizationalUnits leaves out",
        ),
    ],
)
def test_the_input_cannot_name_an_account_that_the_stack_leaves_out(
    stack: Scope, asked: dict[str, Any], said: str
) -> None:
    """The refusal names the parameter that would have to change."""
    with pytest.raises(InputRejected, match=rf"^E_ACCOUNT_NOT_IN_SCOPE: .*{said}$"):
        chosen(stack, **asked)


@pytest.mark.parametrize(
    ("stack", "asked", "said"),
    [
        (
            Scope(organizational_units=(PROD,)),
            SANDBOX,
            f"{SANDBOX}, of which the stack parameter OrganizationalUnits leaves no account",
        ),
        (
            Scope(exclude_accounts=(A,), exclude_organizational_units=(TEAM,)),
            PROD,
            f"{PROD}, of which the stack parameters ExcludeAccounts and ExcludeOrganizationalUnits leave no account",
        ),
    ],
)
def test_the_input_cannot_name_a_unit_of_which_the_stack_leaves_nothing(stack: Scope, asked: str, said: str) -> None:
    """With every parameter that has a part in it."""
    with pytest.raises(InputRejected) as refused:
        chosen(stack, organizational_units=(asked,))
    assert str(refused.value) == f"E_UNIT: organizational_units has {said}"


def test_a_stack_that_leaves_nothing_is_refused() -> None:
    """It would sweep nothing every week, and no one would notice."""
    with pytest.raises(InputRejected, match="E_ACCOUNT_NOT_IN_SCOPE: the stack parameter Accounts leaves no account"):
        chosen(Scope(accounts=(GONE,)))
    stack = Scope(organizational_units=(PROD,), exclude_accounts=(A, B))
    with pytest.raises(InputRejected, match="the stack parameters ExcludeAccounts and OrganizationalUnits leave no"):
        chosen(stack)
    with pytest.raises(InputRejected, match=r"^E_REGION: .* excluded by the stack parameter ExcludeRegions"):
        chosen(Scope(exclude_regions=REGIONS), exclude_regions=REGIONS)


def test_each_account_says_which_parameter_leaves_it_out() -> None:
    """What is excluded by name is reported; what is in none of the lists is not, apart from the management account."""
    stack = Scope(organizational_units=(PROD, SANDBOX), exclude_accounts=(A,), exclude_organizational_units=(TEAM,))
    targets = {target.account.id: target for target in chosen(stack)}
    assert {one: (target.skipped, target.asked, target.cause) for one, target in targets.items() if target.skipped} == {
        MANAGEMENT: ("in no unit of the stack parameter OrganizationalUnits", False, GapCause.LEFT_OUT),
        A: ("excluded by the stack parameter ExcludeAccounts", True, GapCause.EXCLUDED_BY_STACK),
        B: (f"its organizational unit {TEAM} is excluded by the stack parameter ExcludeOrganizationalUnits", True,
            GapCause.EXCLUDED_BY_STACK),
        D: ("the account is SUSPENDED", True, GapCause.ACCOUNT_SUSPENDED),
    }  # fmt: skip
    assert [one for one, target in targets.items() if target.in_scope] == [C, D]
    unlisted = left_out(ACCOUNTS[1], Scope(accounts=(B,)), BY_STACK)
    assert unlisted
    assert (unlisted.reason, unlisted.asked) == ("not in the stack parameter Accounts", False)


def test_what_the_input_is_not_about_is_not_reported() -> None:
    """Whichever list of the stack excludes it."""
    targets = chosen(Scope(exclude_accounts=(A,)), accounts=(B,))
    assert [target.account.id for target in targets if target.asked] == [B]


@pytest.mark.parametrize("stack", [Scope(organizational_units=(PROD,)), Scope(exclude_organizational_units=(PROD,))])
def test_an_account_whose_unit_is_not_known_is_left_alone(stack: Scope) -> None:
    """It could be in the excluded one. Without units in the stack it is visited."""
    new = Account("666666666666", "new", "ACTIVE", "")
    [*_, target] = choose([*ACCOUNTS, new], Scope(regions=REGIONS), None, stack)
    assert (target.skipped, target.asked, target.in_scope) == (UNIT_NOT_KNOWN, True, False)
    with pytest.raises(InputRejected, match="accounts has 666666666666, which the stack parameter"):
        choose([*ACCOUNTS, new], Scope(accounts=(new.id,), regions=REGIONS), None, stack)


def test_a_region_of_the_input_that_the_stack_excludes() -> None:
    """Named, it is refused."""
    stack = Scope(exclude_regions=("eu-west-1",))
    refuse_excluded_regions(("us-east-1", "ap-southeast-2"), stack)
    with pytest.raises(InputRejected) as refused:
        refuse_excluded_regions(REGIONS, stack)
    assert str(refused.value) == "E_REGION: regions has eu-west-1, which the stack parameter ExcludeRegions excludes"


@pytest.mark.parametrize(
    ("stack", "why"),
    [
        (EVERYTHING, ""),
        (Scope(accounts=(A, B), exclude_accounts=(B,), exclude_regions=("us-east-1",)), ""),
        (Scope(accounts=(B,)), "its account is not in the stack parameter Accounts"),
        (Scope(accounts=(A,), exclude_accounts=(A,)), "its account is in the stack parameter ExcludeAccounts"),
        (Scope(exclude_regions=("eu-west-1",)), "its region is in the stack parameter ExcludeRegions"),
    ],
)
def test_what_was_left_out_after_the_approval(stack: Scope, why: str) -> None:
    """As far as names say it."""
    assert left_since(Cell(A, "eu-west-1"), stack) == why


def words(stack: Scope, **asked: Any) -> tuple[str, ...]:
    scope = Scope(**({"regions": ("us-east-1",)} | asked))
    return told(choose(ACCOUNTS, scope, MANAGEMENT, stack), scope, stack)


@pytest.mark.parametrize(
    ("stack", "asked", "line"),
    [
        (Scope(exclude_accounts=(A,)), {}, "4 of 5 accounts"),
        (EVERYTHING, {"accounts": (A,)}, "1 of 5 accounts"),
        (EVERYTHING, {"exclude_regions": ("eu-west-1",)}, "without eu-west-1"),
        (
            Scope(organizational_units=(PROD,), exclude_regions=("eu-south-2",)),
            {},
            "2 of 5 accounts, in 2 of 4 organizational units, without eu-south-2",
        ),
        (
            Scope(exclude_organizational_units=(TEAM,)),
            {"exclude_regions": ("a", "b", "c", "d", "e")},
            "4 of 5 accounts, in 3 of 4 organizational units, without a, b, c and 2 more",
        ),
        (
            Scope(exclude_regions=("eu-west-1",)),
            {"exclude_regions": ("eu-south-2", "eu-west-1")},
            "without eu-west-1 and eu-south-2",
        ),
    ],
)
def test_the_scope_in_words(stack: Scope, asked: dict[str, Any], line: str) -> None:
    """How much of the Organization it is."""
    assert words(stack, **asked) == (f"Scope: {line}",)


def test_everything_needs_no_words() -> None:
    """Neither does a suspended account make a scope."""
    assert words(EVERYTHING) == ()


@pytest.mark.parametrize(
    ("stack", "notes"),
    [
        (Scope(exclude_accounts=(A, GONE)), [f"ExcludeAccounts has {GONE}, not in the Organization"]),
        (
            Scope(accounts=(A, GONE, GONE_TOO), organizational_units=(EMPTY, ROOT)),
            [
                f"Accounts has {GONE} and {GONE_TOO}, not in the Organization",
                f"OrganizationalUnits has {EMPTY}, not a unit that has accounts",
            ],
        ),
        (
            Scope(exclude_organizational_units=(EMPTY,)),
            [f"ExcludeOrganizationalUnits has {EMPTY}, not a unit that has accounts"],
        ),
    ],
)
def test_an_entry_of_the_stack_that_matches_nothing_is_told(stack: Scope, notes: list[str]) -> None:
    """An account that was closed stops no sweep."""
    assert words(stack)[1:] == tuple(f"The stack parameter {note}: correct or remove it" for note in notes)


def test_one_account_in_one_unit() -> None:
    """In the singular."""
    stack = Scope(exclude_organizational_units=(TEAM,))
    targets = choose(ACCOUNTS[1:2], Scope(regions=REGIONS), None, stack)
    assert told(targets, EVERYTHING, stack)[0] == "Scope: 1 of 1 account, in 1 of 1 organizational unit"
