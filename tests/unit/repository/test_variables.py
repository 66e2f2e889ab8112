"""The environment of each function: what its settings and adapters read, no more and no less, and it fits."""

import ast
from collections.abc import Iterator
from typing import Any

import pytest

from endpoint_sweep.aws.plugs import PLUGS
from endpoint_sweep.aws.sessions import Sessions
from endpoint_sweep.aws.wiring import Hub
from endpoint_sweep.settings.environment import Variables
from tests.simulation.hub import cloudformation
from tests.simulation.hub.cloudformation import HUB_TEMPLATE, ROOT, Template
from tests.unit.repository.makers import PARAMETERS
from tests.unit.samples import ENVIRONMENT, LISTS, NAMES

TEMPLATE = cloudformation.load(HUB_TEMPLATE)
FUNCTIONS = cloudformation.resources(TEMPLATE, "AWS::Serverless::Function")
ENVIRONMENT_BYTES = 4096  # D9.7
VALUE, ADVANCED_VALUE = 4096, 8192  # D9.7, D9.8
FIFTY = range(50)


class Noting(dict[str, str]):
    """An environment that knows which of its variables were read."""

    def __init__(self) -> None:
        super().__init__(ENVIRONMENT | NAMES)
        self.read: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.read.add(name)
        return super().get(name, default)


class Lists:
    """What stands in the parameters."""

    def read(self, name: str) -> str:
        return LISTS[name.rpartition("/")[2]]


def uses(function: str) -> set[str]:
    """What the handler takes from the hub."""
    tree = ast.parse((ROOT / FUNCTIONS[function]["CodeUri"] / "app.py").read_text())
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in ("at", "hub()")
    }


def role_of(function: str) -> str:
    match FUNCTIONS[function]:
        case {"Role": {"Fn::GetAtt": [name, _]}}:
            return str(name)
        case _:
            return f"{function}Role"


@pytest.fixture(scope="module")
def sessions() -> Iterator[Sessions]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"):
            patch.setenv(f"AWS_{name}", "testing")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        yield Sessions()


@pytest.fixture(scope="module")
def read(sessions: Sessions) -> dict[str, set[str]]:
    """Function -> the variables that it reads."""
    found = {}
    for function in FUNCTIONS:
        environment = Noting()
        hub: Any = Hub(environment, PLUGS)
        hub._sessions, hub._lists = sessions, Lists()
        for name in uses(function):
            getattr(hub, name)
        found[function] = environment.read
    return found


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_is_given_what_it_reads(read: dict[str, set[str]], function: str) -> None:
    """Exactly that."""
    assert set(cloudformation.variables(TEMPLATE, function)) == read[function]


def test_who_reads_a_parameter_may_do_so(read: dict[str, set[str]]) -> None:
    """And no one else: the roles of the functions that are given its name are those of the design."""
    written = cloudformation.resources(TEMPLATE, "AWS::SSM::Parameter")
    roles: dict[str, set[str]] = {}
    for function, variables in read.items():
        given = cloudformation.variables(TEMPLATE, function)
        for name in variables:
            if name == "KILL_SWITCH" or name in NAMES:
                named = given[name] if name == "KILL_SWITCH" else written[given[name]["Ref"]]["Name"]
                short = named["Fn::Sub"].removeprefix("/${AWS::StackName}/")
                roles.setdefault(short, set()).add(role_of(function))
    assert roles == PARAMETERS


class Values(dict[str, str]):
    """A deployment: the parameters that are given, the defaults of the others, and ARNs of a usual length."""

    def __init__(self, template: Template, **given: str) -> None:
        defaults = {name: str(one.get("Default", "")) for name, one in template["Parameters"].items()}
        super().__init__(defaults | given)

    def __missing__(self, name: str) -> str:
        return f"arn:aws:kms:us-gov-west-1:111111111111:key/{name:-<36}"


def test_fifty_approvers_with_principals_fit() -> None:
    """With long addresses and ARNs of 100 characters: into what CloudFormation takes, Systems Manager keeps and a
    function's environment holds; all of them are read again.
    """
    addresses = [f"{f'approver-{number}':-<40}@finance.example.com" for number in FIFTY]
    arns = [f"{f'arn:aws:iam::111111111111:role/finops-{number}':-<100}" for number in FIFTY]
    pairs = [f"{arn}={address}" for arn, address in zip(arns, addresses, strict=True)]
    given = {
        "Approvers": ",".join(addresses),
        "SummaryRecipients": ",".join(addresses),
        "ApproverPrincipals": ",".join(pairs[:25]),
        "MoreApproverPrincipals": ",".join(pairs[25:]),
        "DenyAccounts": ",".join(f"{number:012}" for number in range(300)),
        "Accounts": ",".join(f"{number:012}" for number in range(300)),
        "ExcludeAccounts": ",".join(f"{number:012}" for number in range(300)),
        "OrganizationalUnits": ",".join(f"ou-ab12-{number:08}" for number in range(200)),
        "ExcludeOrganizationalUnits": ",".join(f"ou-ab12-{number:08}" for number in range(200)),
        "TwoApproversForAccounts": ",".join(f"{number:012}" for number in range(300)),
    }
    assert max(map(len, given.values())) <= VALUE
    values = Values(TEMPLATE, **given)
    for function in FUNCTIONS:
        environment = cloudformation.variables(TEMPLATE, function).items()
        assert sum(len(name) + len(cloudformation.resolved(one, values)) for name, one in environment) < (
            ENVIRONMENT_BYTES * 0.7
        ), function
    stored = {
        name: cloudformation.resolved(one["Value"], values)
        for name, one in cloudformation.resources(TEMPLATE, "AWS::SSM::Parameter").items()
    }
    assert max(map(len, stored.values())) <= ADVANCED_VALUE
    names = {name: given["Ref"] for name, given in cloudformation.variables(TEMPLATE, "ReviewFunction").items()
             if name in NAMES}  # fmt: skip
    found = Variables(names, stored.__getitem__)
    assert found.approvers == tuple(addresses)
    assert [(one.arn, one.approver) for one in found.principals] == list(zip(arns, addresses, strict=True))


def test_an_empty_list_can_be_stored() -> None:
    """Systems Manager keeps no empty value, and keeps one that is too long for it as an advanced parameter (D9.8)."""
    for name, one in cloudformation.resources(TEMPLATE, "AWS::SSM::Parameter").items():
        assert cloudformation.resolved(one["Value"], Values(TEMPLATE)), name
        assert one["Tier"] == "Intelligent-Tiering"
