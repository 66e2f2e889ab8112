"""The lists of the stack: each entry is understood, or the list is refused by name; none is left out in silence."""

from typing import Any

import pytest

from endpoint_sweep.domain.errors import InputRejected, ListInvalid, ListUnreadable
from endpoint_sweep.settings.lists import accounts, check_addresses, check_principals, principals, regions, tags, units
from endpoint_sweep.settings.sweep_input import parse
from tests.unit.samples import ADA, settings, variables

FIRST, SECOND = "012345678901", "222222222222"
BAD_ACCOUNTS = [
    ("0123-4567-8901", "write each account as 12 digits with its leading zeros"),
    ("12345678901", "write each account as 12 digits with its leading zeros"),
    ("0123456789012", "write each account as 12 digits"),
    ("0123 4567 8901", "write each account as 12 digits"),
    (f"{FIRST};{SECOND}", "separate them by commas"),
    (f"{FIRST} {SECOND}", "separate them by commas"),
    (f"{FIRST}\n{SECOND}", "separate them by commas"),
    ("*", "write each account as 12 digits"),
    ("arn:aws:iam::012345678901:root", "write each account as 12 digits"),
    ("\u0660" * 12, "write each account as 12 digits"),
    (f"{FIRST},,{SECOND}", "has an empty entry; remove the extra comma"),
    (f"{FIRST},", "has an empty entry; remove the extra comma"),
    (f"{FIRST},{SECOND},{FIRST}", f'has "{FIRST}" twice; remove one'),
]


@pytest.mark.parametrize("text", ["", ",", " , ", " "])
def test_an_empty_list(text: str) -> None:
    """The stack puts a comma before every value (D9.8)."""
    assert accounts("DenyAccounts", text) == tags("ProtectTags", text) == ()
    assert units("OrganizationalUnits", text) == regions("ExcludeRegions", text) == ()


def test_what_is_understood() -> None:
    """Blanks around entries do not count."""
    assert accounts("DenyAccounts", f", {FIRST} ,{SECOND}") == (FIRST, SECOND)
    assert tags("ProtectTags", "team = ml ,env=prod,a=b=c,k\u00e9y") == ("team = ml", "env=prod", "a=b=c", "k\u00e9y")


@pytest.mark.parametrize(("text", "fix"), BAD_ACCOUNTS)
@pytest.mark.parametrize(
    ("name", "parameter"),
    [("DENY_ACCOUNTS", "DenyAccounts"), ("TWO_APPROVERS_FOR_ACCOUNTS", "TwoApproversForAccounts"),
     ("ACCOUNTS", "Accounts"), ("EXCLUDE_ACCOUNTS", "ExcludeAccounts")],
)  # fmt: skip
def test_a_list_of_accounts_that_is_not_understood_is_no_shorter_list(
    name: str, parameter: str, text: str, fix: str
) -> None:
    """Whoever needs it fails by name, whichever mode: no one may decide or delete without it."""
    with pytest.raises(ListInvalid, match=rf"^E_LIST: the stack parameter {parameter} has ") as refused:
        _ = settings(**{name: f",{text}"}).act
    assert fix in str(refused.value)
    assert len(str(refused.value)) < 250
    assert isinstance(refused.value, ListUnreadable)  # no summary and no veto waits for it


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("=prod", "write each tag as key or key=value"),
        (" = prod", "write each tag as key or key=value"),
        ("env=prod;team=ml", "separate them by commas"),
        ("env=*", "write each tag as key or key=value"),
        ("x" * 401, "write each tag as key or key=value"),
        ("env,,team", "has an empty entry; remove the extra comma"),
        ("env=prod,team, ENV = Prod", "twice; remove one"),
    ],
)
def test_a_protect_tag_that_is_not_understood(text: str, fix: str) -> None:
    """A wildcard or a wrong separator would protect nothing."""
    with pytest.raises(ListInvalid, match=r"^E_LIST: the stack parameter ProtectTags has ") as refused:
        _ = settings(PROTECT_TAGS=text).scan
    assert fix in str(refused.value)


BAD_UNITS = ["ou-ab12", "ab12-11111111", "OU-ab12-11111111", "r-", "222222222222", "ou-ab12-11111111;r-ab12", "*"]
BAD_REGIONS = ["eu-west", "Ireland", "EU-WEST-1", "eu-west-1;us-east-1", "enabled", "*", "eu-west-1a"]


@pytest.mark.parametrize(
    ("name", "parameter", "text", "fix"),
    [
        *((name, parameter, text, "write each organizational unit as ou-ab12-11111111")
          for name, parameter in (("ORGANIZATIONAL_UNITS", "OrganizationalUnits"),
                                  ("EXCLUDE_ORGANIZATIONAL_UNITS", "ExcludeOrganizationalUnits"))
          for text in BAD_UNITS),
        *(("EXCLUDE_REGIONS", "ExcludeRegions", text, "write each region as its code, such as eu-west-1")
          for text in BAD_REGIONS),
        ("EXCLUDE_ORGANIZATIONAL_UNITS", "ExcludeOrganizationalUnits", "r-ab12,r-ab12", "twice; remove one"),
        ("EXCLUDE_REGIONS", "ExcludeRegions", "eu-west-1,,us-east-1", "has an empty entry; remove the extra comma"),
        ("EXCLUDE_REGIONS", "ExcludeRegions", "eu-west-1, eu-west-1", "twice; remove one"),
    ],
)  # fmt: skip
def test_a_scope_that_is_not_understood(name: str, parameter: str, text: str, fix: str) -> None:
    """No sweep starts with half of it."""
    with pytest.raises(ListInvalid, match=rf"^E_LIST: the stack parameter {parameter} has ") as refused:
        _ = variables(**{name: f",{text}"}).scope
    assert fix in str(refused.value)


def test_little_is_echoed() -> None:
    """The entry, cut and without markup."""
    with pytest.raises(ListInvalid) as refused:
        accounts("DenyAccounts", "<script>alert(1)</script>" + "x" * 500)
    assert "<" not in str(refused.value)
    assert len(str(refused.value)) < 250


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        (["ada at example.com"], "has 1 entry that is not a plain email address, such as finops@example.com"),
        (["a@b", "x", ADA], "has 2 entries that are not a plain email address"),
        ([ADA, "Ada@Example.com"], 'has "Ada@Example.com" twice; remove one'),
        (["a@example.com;b@example.com"], "has 1 entry"),
    ],
)
def test_addresses(entries: list[str], said: str) -> None:
    """Plain ones, each once."""
    check_addresses("SummaryRecipients", [ADA, "team@example.com"])
    with pytest.raises(InputRejected, match=r"^E_LIST: the stack parameter SummaryRecipients ") as refused:
        check_addresses("SummaryRecipients", entries)
    assert said in str(refused.value)


ROLES, SESSIONS = "arn:aws:iam::111111111111:role/", "arn:aws:sts::111111111111:assumed-role/"
ROLE, SSO, GRACE = f"{ROLES}finops", "AWSReservedSSO_Approver_0123456789abcdef", "grace@example.com"


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ([ROLE], "write each as arn:aws:iam::111111111111:role/finops=ada@example.com"),
        ([f"{ROLE}:{ADA}"], "write each as"),
        ([f"finops={ADA}"], "write each as"),
        ([f"arn:aws:iam::11111111111:role/finops={ADA}"], "write each as"),
        ([f"arn:aws:iam::111111111111:group/finops={ADA}"], "write each as"),
        ([f"{ROLE}=linus@example.com"], "an address that is not in Approvers; add it there"),
        ([f"{ROLE}="], "an address that is not in Approvers"),
        ([f"{ROLE}={ADA}", f"{ROLE} = {ADA}"], "twice; remove one"),
        ([f"{ROLE}={ADA}", f"{ROLES}team/finops={ADA}"], "twice; remove one"),
        ([f"{ROLES}a/finops={ADA}", f"{ROLES}b/Finops={GRACE}"], f'the role "finops" to {ADA} and {GRACE}, but a role'),
        (
            [f"{ROLES}x/{SSO}={ADA}", f"{SESSIONS}{SSO}/grace={GRACE}"],
            f"to {ADA} and {GRACE}, but a role is one person",
        ),
        ([f"{SESSIONS}finops/ada={ADA}"], "whoever assumes a role chooses the name of the session; give each approver"),
        ([f"{SESSIONS}{SSO}/ada={ADA}", f"{SESSIONS}{SSO}/ada={GRACE}"], "twice; remove one"),
        (
            [f"arn:aws:iam::333333333333:user/ada={ADA}"],
            "of account 333333333333, which cannot reach the review API; add",
        ),
    ],
)
def test_principals(entries: list[str], said: str) -> None:
    """An ARN of a user, a role or a session, and the address of an approver; no one is two, and no two are one."""
    people, places = [ADA, GRACE], ["111111111111", "222222222222"]
    fine = [f"{ROLE} = {ADA}", f"{SESSIONS}{SSO}/ada={ADA}", f"{SESSIONS}{SSO}/grace={GRACE}"]
    check_principals([*fine, f"arn:aws:iam::222222222222:user/finops={ADA}"], people, places)
    check_principals([f"{ROLES}x/{SSO}={ADA}", f"{SESSIONS}{SSO}/ada={ADA}"], people, places)
    with pytest.raises(InputRejected, match=r"^E_LIST: the stack parameter") as refused:
        check_principals(entries, people, places)
    assert said in str(refused.value)


def test_what_is_no_principal_is_no_one() -> None:
    """An entry that slipped past the check calls no one an approver."""
    assert principals(["", "finops", f"finops={ADA}", f"arn:aws:iam::111111111111:group/x={ADA}"]) == ()
    assert [one.approver for one in principals([f"{ROLE} = {ADA} "])] == [ADA]


@pytest.mark.parametrize("mode", ["report", "approve"])
def test_the_lists_are_read_as_strictly_as_the_input(mode: str) -> None:
    """What the input may not say of an account, the stack may not either."""
    data: dict[str, Any] = {"mode": mode, "requested_by": "schedule"}
    for text, _ in BAD_ACCOUNTS:
        if "," not in text:
            with pytest.raises(InputRejected, match=r"^E_ACCOUNT_ID: "):
                parse("sweep", data | {"accounts": [text]}, *settings())
            with pytest.raises(ListInvalid, match=r"^E_LIST: "):
                _ = variables(DENY_ACCOUNTS=text).deny_accounts
