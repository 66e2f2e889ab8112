"""Which caller is which approver: as AWS calls them, and no one twice."""

import pytest

from endpoint_sweep.rules.principals import Principal, approver_of, principal, shared_role

ADA, GRACE = "ada@example.com", "grace@example.com"
ROLES, SESSIONS = "arn:aws:iam::111111111111:role/", "arn:aws:sts::111111111111:assumed-role/"
USER, SSO = "arn:aws:iam::111111111111:user/team/ada", "AWSReservedSSO_Approver_0123456789abcdef"


def entry(arn: str, approver: str = ADA) -> Principal:
    found = principal(arn, approver)
    assert found is not None, arn
    return found


@pytest.mark.parametrize(
    ("arn", "caller"),
    [
        (USER, USER),
        (f"{ROLES}finops", f"{SESSIONS}finops/ada"),
        (f"{ROLES}finops", f"{SESSIONS}finops/whatever=they.choose@x,+"),
        (f"{ROLES}team/emea/finops", f"{SESSIONS}finops/ada"),
        (f"{ROLES}x/{SSO}", f"{SESSIONS}{SSO}/grace"),
        (f"{SESSIONS}{SSO}/ada@example.com", f"{SESSIONS}{SSO}/ada@example.com"),
        ("arn:aws-cn:iam::111111111111:role/finops", "arn:aws-cn:sts::111111111111:assumed-role/finops/ada"),
    ],
)
def test_who_is_an_approver(arn: str, caller: str) -> None:
    """A user by the whole ARN, a role by any of its sessions, whatever its path, a session by its name (D13.12)."""
    assert approver_of([entry(arn)], caller) == ADA


@pytest.mark.parametrize(
    ("arn", "caller"),
    [
        (USER, "arn:aws:iam::111111111111:user/ada"),
        (USER, "arn:aws:iam::111111111111:user/team/Ada"),
        (USER, USER.replace("1" * 12, "2" * 12)),
        (USER, f"{SESSIONS}ada/ada"),
        (f"{ROLES}finops", f"{ROLES}finops"),
        (f"{ROLES}finops", f"{SESSIONS}finops"),
        (f"{ROLES}finops", f"{SESSIONS}finops/a/b"),
        (f"{ROLES}finops", f"{SESSIONS}finops2/ada"),
        (f"{ROLES}finops", f"{SESSIONS}Finops/ada"),
        (f"{ROLES}finops", f"{SESSIONS}team/finops"),
        (f"{ROLES}finops", "arn:aws:sts::222222222222:assumed-role/finops/ada"),
        (f"{ROLES}finops", "arn:aws-cn:sts::111111111111:assumed-role/finops/ada"),
        (f"{ROLES}finops", "arn:aws:sts::111111111111:federated-user/finops"),
        (f"{SESSIONS}{SSO}/ada", f"{SESSIONS}{SSO}/grace"),
        (f"{SESSIONS}{SSO}/ada", f"{SESSIONS}{SSO}/Ada"),
        (f"{SESSIONS}finops/ada", f"{SESSIONS}finops/ada"),
        (f"{ROLES}finops", ""),
    ],
)
def test_who_is_none(arn: str, caller: str) -> None:
    """Another account, name, case or session; and a session that anyone may take is no one, if it is listed."""
    assert approver_of([entry(arn)], caller) == ""


def test_no_session_makes_two_of_one() -> None:
    """Whoever may assume the role is one approver, by whatever name."""
    listed = [entry(f"{ROLES}finops"), entry(f"{ROLES}auditors", GRACE)]
    assert {approver_of(listed, f"{SESSIONS}finops/{name}") for name in ("ada", "grace", "auditors")} == {ADA}


def test_entries_that_disagree_are_no_one() -> None:
    """Of two people; one person under an alias is one."""
    caller = f"{SESSIONS}finops/ada"
    assert approver_of([entry(f"{ROLES}a/finops"), entry(f"{ROLES}b/finops", GRACE)], caller) == ""
    assert approver_of([entry(f"{ROLES}a/finops"), entry(f"{ROLES}b/finops", "Ada+x@example.com")], caller) != ""


@pytest.mark.parametrize(
    "arn",
    ["", "finops", "arn:aws:iam::111111111111:group/finops", "arn:aws:iam::1:role/finops",
     "arn:aws:iam::111111111111:root", f"{ROLES}a=b", f"{SESSIONS}finops",
     "arn:aws:sts::111111111111:role/finops", f"{ROLES}", f"{USER} "],
)  # fmt: skip
def test_what_is_no_principal(arn: str) -> None:
    """The ARN of something else, or none."""
    assert principal(arn, ADA) is None


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        (f"{ROLES}finops", f"{ROLES}team/Finops", True),
        (f"{ROLES}x/{SSO}", f"{SESSIONS}{SSO}/grace", True),
        (f"{SESSIONS}{SSO}/ada", f"{SESSIONS}{SSO}/grace", False),
        (f"{ROLES}finops", f"{ROLES}auditors", False),
        (f"{ROLES}finops", "arn:aws:iam::222222222222:role/finops", False),
        (f"{ROLES}finops", USER, False),
        (USER, "arn:aws:iam::111111111111:user/grace", False),
    ],
)
def test_a_role_of_two_people(one: str, other: str, shared: bool) -> None:
    """All of it to one, and all or a session of it to another; never where both are one person (D13.53)."""
    both = entry(one), entry(other, GRACE)
    assert shared_role([entry(USER), *both]) == (both if shared else None)
    assert shared_role([entry(one), entry(other)]) is None
