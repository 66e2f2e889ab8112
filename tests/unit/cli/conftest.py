"""A shell in which `endpoint-sweep init` runs: what AWS answers, and the file that it writes."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from endpoint_sweep.aws.sessions import Sessions
from endpoint_sweep.cli import main
from endpoint_sweep.settings.deployment import Deployment, read
from endpoint_sweep.settings.template import parameters_of
from tests.simulation.hub.cloudformation import HUB_TEMPLATE
from tests.unit.answering import Refusal, client

HUB = parameters_of(HUB_TEMPLATE.read_text(encoding="utf-8"))
ANSWERS: dict[str, Mapping[str, Any]] = {
    "DescribeOrganization": {"Organization": {"Id": "o-found12345", "MasterAccountId": "999999999999"}},
    "ListEmailIdentities": {
        "EmailIdentities": [
            {"IdentityType": "DOMAIN", "IdentityName": "example.com", "SendingEnabled": True},
            {"IdentityType": "EMAIL_ADDRESS", "IdentityName": "old@example.org", "SendingEnabled": False},
            {"IdentityType": "EMAIL_ADDRESS", "IdentityName": "finops@example.com", "SendingEnabled": True},
        ]
    },
    "GetAccountSettings": {"AccountLimit": {"ConcurrentExecutions": 1000}},
}
GIVEN = ("--yes", "--set", "OrganizationId=o-abcdefghij", "--set", "Sender=finops@example.com", "--region", "eu-west-1")

type Init = Callable[..., tuple[int, str, str]]


def saved(file: Path) -> Deployment:
    return read(file.read_text(encoding="utf-8"), file.name, HUB)


@pytest.fixture
def says(monkeypatch: pytest.MonkeyPatch) -> dict[str, Mapping[str, Any]]:
    """What AWS answers; an operation that is taken out is refused."""
    answers = dict(ANSWERS)

    def answer(operation: str, request: dict[str, Any]) -> Mapping[str, Any]:
        if operation == "DescribeStacks" and operation not in answers:
            raise Refusal("ValidationError", "Stack with id endpoint-sweep does not exist")
        if operation not in answers:
            raise Refusal("AccessDeniedException")
        return answers[operation]

    monkeypatch.setattr(Sessions, "at", lambda _self, service, _region: client(service, answer)[0])
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setattr(Sessions, "chosen_region", lambda _self: "eu-central-1")
    return answers


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "parameters.toml"


@pytest.fixture
def init(file: Path, says: object, capsys: pytest.CaptureFixture[str]) -> Init:
    def called(*options: str) -> tuple[int, str, str]:
        status = main(["init", "--template", str(HUB_TEMPLATE), "--file", str(file), *options])
        said = capsys.readouterr()
        return status, " ".join(said.out.split()), said.err  # wherever the lines are broken

    return called
