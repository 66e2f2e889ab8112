"""The Organization: whole or not at all, and where each account lies in it."""

from typing import Any

import pytest

from endpoint_sweep.aws.organizations import AwsOrganization
from endpoint_sweep.domain.errors import TargetsIncomplete
from endpoint_sweep.domain.model import Account
from tests.unit.answering import Answer, Asked, Refusal, client, in_pages

ROOT, PROD, TEAM, EMPTY = "r-ab12", "ou-ab12-prod0000", "ou-ab12-team0000", "ou-ab12-none0000"
A, B, C = "222222222222", "333333333333", "444444444444"
TREE = {ROOT: [PROD, EMPTY], PROD: [TEAM], TEAM: [], EMPTY: []}
MEMBERS = {ROOT: [A], PROD: [B], TEAM: [C], EMPTY: []}


def row(account: str, *path: str, **changes: Any) -> dict[str, Any]:
    paths = [f"o-demo123456/{'/'.join(path)}/{account}/"] if path else []
    return {"Id": account, "Name": f"name {account}", "State": "ACTIVE", "Paths": paths} | changes


def listing(*pages: Answer | Refusal) -> tuple[AwsOrganization, Asked]:
    made, asked = client("organizations", in_pages(*pages))
    return AwsOrganization(made), asked


def walkable(*rows: dict[str, Any], refused: str | None = None) -> tuple[AwsOrganization, Asked]:
    """An Organization of one page of accounts and the tree above, which may refuse one unit."""

    def answer(operation: str, request: dict[str, Any]) -> Answer:
        here = request.get("ParentId", "")
        if here == refused is not None:
            raise Refusal("ServiceException", status=500)
        match operation:
            case "ListAccounts":
                return {"Accounts": rows}
            case "ListRoots":
                return {"Roots": [{"Id": ROOT}]}
            case "ListAccountsForParent":
                return {"Accounts": [{"Id": account} for account in MEMBERS[here]]}
            case "ListOrganizationalUnitsForParent":
                return {"OrganizationalUnits": [{"Id": unit} for unit in TREE[here]]}
        raise Refusal("AccessDeniedException")

    made, asked = client("organizations", answer)
    return AwsOrganization(made), asked


def test_accounts_come_from_every_page_with_the_path_to_their_unit() -> None:
    """An empty page with a token is not the end (D7.1); an account that comes twice is one; units from Paths (D0.2)."""
    organization, asked = listing(
        {"Accounts": [row(B, ROOT, PROD)]},
        {"Accounts": []},
        {"Accounts": [row(A, ROOT), row(B, ROOT, PROD), row(C, ROOT, PROD, TEAM)]},
    )
    assert organization.accounts(with_units=True) == (
        Account(A, f"name {A}", "ACTIVE", ROOT),
        Account(B, f"name {B}", "ACTIVE", f"{ROOT}/{PROD}"),
        Account(C, f"name {C}", "ACTIVE", f"{ROOT}/{PROD}/{TEAM}"),
    )
    assert {name for name, _ in asked} == {"ListAccounts"}


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"State": "SUSPENDED", "Status": "ACTIVE"}, "SUSPENDED"),
        ({"State": None, "Status": "ACTIVE"}, "ACTIVE"),
        ({"State": "", "Status": "PENDING_CLOSURE"}, "PENDING_CLOSURE"),
        ({"State": None}, "UNKNOWN"),
    ],
)
def test_the_state_before_the_status(fields: dict[str, Any], state: str) -> None:
    """`Status` is retired (D0.1); with neither the account is in no state that is scanned."""
    organization, _ = listing({"Accounts": [row(A, ROOT, **fields)]})
    assert [account.state for account in organization.accounts()] == [state]


@pytest.mark.parametrize(
    "pages",
    [
        (Refusal("AccessDeniedException"),),
        ({"Accounts": [row(A, ROOT)]}, Refusal("ServiceException", status=500)),
        ({"Accounts": [row(A, ROOT)]}, {"Accounts": []}, Refusal("TooManyRequestsException")),
    ],
    ids=["refused", "second page fails", "throttled for good"],
)
def test_a_page_that_fails_leaves_no_list(pages: tuple[Any, ...]) -> None:
    """Half an Organization is no plan (FI-12)."""
    organization, _ = listing(*pages)
    with pytest.raises(TargetsIncomplete):
        organization.accounts()


def test_a_token_that_leads_to_itself_leaves_no_list() -> None:
    """It is noticed, not followed (FI-04)."""
    made, asked = client("organizations", lambda *_: {"Accounts": [row(A, ROOT)], "NextToken": "again"})
    with pytest.raises(TargetsIncomplete, match="PaginationError"):
        AwsOrganization(made).accounts()
    assert len(asked) == 2


def test_without_paths_the_tree_is_walked_once() -> None:
    """Two listings a unit, none an account (D7.3); a path that was told is kept."""
    organization, asked = walkable(row(A), row(B), row(C, ROOT, EMPTY), row("555555555555"))
    assert [account.unit for account in organization.accounts(with_units=True)] == [
        ROOT, f"{ROOT}/{PROD}", f"{ROOT}/{EMPTY}", ""]  # fmt: skip
    assert len(asked) == 1 + 1 + 2 * len(TREE)


def test_nobody_walks_where_units_are_not_asked_for() -> None:
    """One call, and the units stay unknown."""
    organization, asked = walkable(row(A), row(B))
    assert [account.unit for account in organization.accounts()] == ["", ""]
    assert len(asked) == 1


@pytest.mark.parametrize("refused", [ROOT, TEAM])
def test_a_walk_that_fails_leaves_no_list(refused: str) -> None:
    """Accounts of an unknown unit could be in a denied one."""
    organization, _ = walkable(row(A), refused=refused)
    with pytest.raises(TargetsIncomplete, match="ServiceException"):
        organization.accounts(with_units=True)


def test_a_tree_that_leads_in_a_circle_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """A unit that says to be above itself is visited once."""
    monkeypatch.setitem(TREE, TEAM, [PROD, TEAM])
    organization, asked = walkable(row(C))
    assert organization.accounts(with_units=True)[0].unit == f"{ROOT}/{PROD}/{TEAM}"
    assert len(asked.of("ListAccountsForParent")) == len(TREE)


def test_the_management_account_is_named() -> None:
    """By DescribeOrganization, which any member may call."""
    organization, _ = listing({"Organization": {"MasterAccountId": A}})
    assert organization.management_account() == A


@pytest.mark.parametrize("answer", [Refusal("AccessDeniedException"), {"Organization": {}}], ids=["refused", "silent"])
def test_an_unknown_management_account_is_none(answer: Any) -> None:
    """A refusal only costs the flag."""
    organization, _ = listing(answer)
    assert organization.management_account() is None


def test_an_organization_without_accounts_is_not_believed() -> None:
    """boto3 turns a malformed answer into an empty one, but the hub itself is a member."""
    organization, _ = listing({"Accounts": []})
    with pytest.raises(TargetsIncomplete, match="named no account"):
        organization.accounts()
