"""`endpoint-sweep init` at a terminal: what it finds, what it asks, and that only a whole answer is saved."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from endpoint_sweep.settings.deployment import Deployment
from tests.unit.cli.conftest import GIVEN, Init, saved

type Types = Callable[..., list[str]]


@pytest.fixture
def types(monkeypatch: pytest.MonkeyPatch) -> Types:
    """A person at a terminal, who types these lines; the prompts are noted."""

    def typing(*lines: str | type[BaseException]) -> list[str]:
        prompts: list[str] = []
        left = list(lines)

        def typed(prompt: str) -> str:
            prompts.append(prompt)
            line = left.pop(0)
            if isinstance(line, str):
                return line
            raise line

        monkeypatch.setattr("sys.stdin.isatty", lambda: True)
        monkeypatch.setattr("builtins.input", typed)
        return prompts

    return typing


def test_it_offers_what_it_finds(init: Init, file: Path, types: Types) -> None:
    """With Enter alone there is a deployment that can only report."""
    prompts = types("", "", "", "", "", "", "")
    status, out, err = init()
    assert (status, err) == (0, "")
    assert prompts[:6] == [
        "Region [eu-central-1]: ",
        "OrganizationId [o-found12345]: ",
        "Sender [finops@example.com]: ",
        "Approvers: ",
        "Regions [eu-central-1]: ",
        "AlarmTopicArn: ",
    ]
    assert saved(file) == Deployment(
        "endpoint-sweep",
        "eu-central-1",
        {
            "OrganizationId": "o-found12345",
            "Sender": "finops@example.com",
            "Approvers": "",
            "Regions": "eu-central-1",
            "AlarmTopicArn": "",
        },
    )
    assert "It must be one email address such as finops@example.com." in out
    assert "Verified in eu-central-1: example.com, finops@example.com." in out
    assert "There are no approvers, so sweeps can only report." in out
    assert "No sweep starts by itself." in out


def test_it_asks_again(init: Init, file: Path, types: Types) -> None:
    """Whatever is wrong is said where it was typed, with what is meant."""
    topic = "arn:aws:sns:us-east-1:111111111111:alarms"
    prompts = types(
        "eu-wset-1", "enabled",
        "eu-west-1", "abcdefghij", "o-abcdefghij", "me", "me@example.net", "ada", "a@x.org, a+b@x.org",
        "a@example.com, b@x.org", "Ireland", "enabled", topic, topic.replace("us-east-1", "eu-west-1"), "y",
    )  # fmt: skip
    status, out, _ = init()
    assert (status, len(prompts)) == (0, 15)
    assert 'the answer has "eu-wset-1", which is not a region; did you mean eu-west-1?' in out
    assert 'the answer has "enabled", which is not a region' in out
    assert 'OrganizationId is "abcdefghij", but must be an organization id' in out
    assert "me@example.net is not among the verified identities of eu-west-1" in out
    assert 'Approvers is "ada", but must be email addresses' in out
    assert "two addresses in the stack parameter Approvers belong to one person" in out
    assert 'Regions is "Ireland", but must be codes of regions' in out
    assert "AlarmTopicArn is in us-east-1, but must be in the region of the stack, eu-west-1" in out
    assert saved(file).values["Approvers"] == "a@example.com,b@x.org"


def test_an_answer_is_offered_again(init: Init, file: Path, types: Types) -> None:
    """The second time with what was answered; `none` takes it back, and the change is shown."""
    init(*GIVEN, "--set", "Approvers=ada@example.com")
    prompts = types("", "", "", "none", "", "", "")
    status, out, _ = init()
    assert (status, prompts[1], prompts[3]) == (0, "OrganizationId [o-abcdefghij]: ", "Approvers [ada@example.com]: ")
    assert "Approvers = none (until now ada@example.com)" in out
    assert saved(file).values["Approvers"] == ""


def test_a_small_account_is_noticed(init: Init, file: Path, says: dict[str, Mapping[str, Any]], types: Types) -> None:
    """A reservation would fail the deployment (D13.8), and more scans than fit would be throttled."""
    says["GetAccountSettings"] = {"AccountLimit": {"ConcurrentExecutions": 10}}
    file.write_text("[parameters]\nReviewConcurrency = 5\nScanConcurrency = 40\n", encoding="utf-8")
    prompts = types(*[""] * 9)
    status, out, _ = init()
    assert (status, prompts[6:8]) == (0, ["ReviewConcurrency [0]: ", "ScanConcurrency [5]: "])
    assert "This account runs at most 10 Lambda functions at once." in out
    assert saved(file).values["ReviewConcurrency"] == "0"
    file.unlink()
    assert "so the deployment fails. Use --set ReviewConcurrency=0." in init(*GIVEN, "--set", "ReviewConcurrency=5")[1]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('ScanConcurrency = "many"', 'ScanConcurrency is "many", but must be a whole number'),
        (
            'Sender = "a@x.org"\nApprovers = ["a@x.org"]\nGraceMinutes = 240',
            "GraceMinutes must be less than DeleteWindowMinutes",
        ),
    ],
)
def test_what_is_wrong_already_is_said_first(init: Init, file: Path, types: Types, text: str, told: str) -> None:
    """No answer to a later question could mend it."""
    file.write_text(f"[parameters]\n{text}\n", encoding="utf-8")
    types("")
    status, _, err = init()
    assert (status, told in err) == (2, True)


def test_what_aws_does_not_say_is_asked(
    init: Init, file: Path, says: dict[str, Mapping[str, Any]], types: Types
) -> None:
    """A refusal is no error; a required answer has no default then, and Enter is not one."""
    says.clear()
    types("", "", "o-abcdefghij", "finops@example.com", "", "", "", "")
    status, out, _ = init()
    assert (status, saved(file).values["OrganizationId"]) == (0, "o-abcdefghij")
    assert "OrganizationId must have a value" in out
    assert "could not be read from Amazon SES" in out


@pytest.mark.parametrize(("key", "expected"), [(KeyboardInterrupt, 130), (EOFError, 2)])
@pytest.mark.parametrize("answers", [0, 3, 6])
def test_nothing_is_saved_before_the_end(
    init: Init, file: Path, types: Types, key: type[BaseException], expected: int, answers: int
) -> None:
    """Ctrl-C and Ctrl-D at the first question, in the middle and at the last one."""
    types(*[""] * answers, key)
    assert init()[::2] == (expected, "endpoint-sweep init: nothing was saved\n")
    assert not file.exists()
    init(*GIVEN)
    before = file.read_bytes()
    types("us-east-1", *[""] * (answers - 1), key) if answers else types(key)
    assert init()[0] == expected
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]


def test_no_is_no(init: Init, file: Path, types: Types) -> None:
    """The last question is whether to save."""
    types(*[""] * 6, "n")
    assert init()[0] == 2
    assert not file.exists()
