"""The Organization, its trusted access, and the StackSet that brings the roles into member accounts."""

from dataclasses import dataclass

from endpoint_sweep.aws.installation.asking import Asking

STACK_SETS = "member.org.stacksets.cloudformation.amazonaws.com"
_MISSING = ("StackSetNotFoundException", "StackSetNotFound")


@dataclass(frozen=True, slots=True)
class Instance:
    """The member stack of one account in one region. `status`: whether it has the StackSet's template; `detail`: how
    its last operation ended.
    """

    account: str
    region: str
    status: str
    detail: str

    @property
    def is_current(self) -> bool:
        return self.status == "CURRENT" and self.detail in ("SUCCEEDED", "")


@dataclass(frozen=True, slots=True)
class Member:
    """`unit`: the organizational unit, or the root, that the account is directly in; empty if AWS does not say."""

    id: str
    name: str
    is_active: bool
    unit: str


def organization_of(ask: Asking) -> tuple[str, str]:
    """Its id and its management account; empty where there is no Organization. Raises NotAllowed or NotAnswered."""
    answer = ask("organizations:DescribeOrganization", missing=("AWSOrganizationsNotInUseException",))
    row = answer["Organization"] if answer else {}
    return row.get("Id", ""), row.get("MasterAccountId", "")


def members_of(ask: Asking) -> tuple[Member, ...]:
    """Raises NotAllowed or NotAnswered."""
    rows = ask.rows("organizations:ListAccounts", "Accounts")
    return tuple(
        Member(
            row["Id"],
            row.get("Name", ""),
            (row.get("State") or row.get("Status")) == "ACTIVE",
            next(reversed([part for part in (row.get("Paths") or [""])[0].split("/") if part[:2] in ("r-", "ou")]), ""),
        )
        for row in {row["Id"]: row for row in rows}.values()
    )


def trusts_stack_sets(ask: Asking) -> bool:
    """Raises NotAllowed or NotAnswered."""
    rows = ask.rows("organizations:ListAWSServiceAccessForOrganization", "EnabledServicePrincipals")
    return STACK_SETS in {row["ServicePrincipal"] for row in rows}


def delegates_stack_sets(ask: Asking, account: str) -> bool:
    """Whether the account may operate StackSets for the Organization. Raises NotAllowed or NotAnswered."""
    request = {"ServicePrincipal": STACK_SETS}
    rows = ask.rows("organizations:ListDelegatedAdministrators", "DelegatedAdministrators", **request)
    return account in {row["Id"] for row in rows}


def has_stack_set(ask: Asking, name: str, call_as: str) -> bool:
    """Raises NotAllowed or NotAnswered."""
    answer = ask("cloudformation:DescribeStackSet", missing=_MISSING, StackSetName=name, CallAs=call_as)
    return answer is not None and answer["StackSet"].get("Status") != "DELETED"


def parameters_of(ask: Asking, name: str, call_as: str) -> tuple[str, ...]:
    """The names of the StackSet's own parameters. Raises NotAllowed or NotAnswered."""
    answer = ask("cloudformation:DescribeStackSet", missing=_MISSING, StackSetName=name, CallAs=call_as)
    rows = answer["StackSet"].get("Parameters") or () if answer else ()
    return tuple(row["ParameterKey"] for row in rows)


def instances_of(ask: Asking, name: str, call_as: str) -> tuple[Instance, ...]:
    """Raises NotAllowed or NotAnswered."""
    rows = ask.rows("cloudformation:ListStackInstances", "Summaries", StackSetName=name, CallAs=call_as)
    return tuple(
        Instance(
            row["Account"],
            row["Region"],
            row.get("Status", ""),
            (row.get("StackInstanceStatus") or {}).get("DetailedStatus", ""),
        )
        for row in rows
    )
