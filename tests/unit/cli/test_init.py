"""`endpoint-sweep init`: what it finds, what it asks, what it refuses, and that only a whole answer is saved."""

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

type Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> dict[str, Mapping[str, Any]]:
    """What AWS answers; an operation that is taken out is refused."""
    answers = dict(ANSWERS)

    def answer(operation: str, request: dict[str, Any]) -> Mapping[str, Any]:
        if operation == "DescribeStacks" and operation not in answers:
            raise Refusal("ValidationError", "Stack with id endpoint-sweep does not exist")
        if operation not in answers:
            raise Refusal("AccessDeniedException")
        return answers[operation]

    monkeypatch.setattr(Sessions, "at", lambda _self, service, _region: client(service, answer)[0])
    monkeypatch.setattr(Sessions, "chosen_region", lambda _self: "eu-central-1")
    return answers


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "parameters.toml"


@pytest.fixture
def run(file: Path, aws: object, capsys: pytest.CaptureFixture[str]) -> Run:
    def called(*options: str) -> tuple[int, str, str]:
        status = main(["init", "--template", str(HUB_TEMPLATE), "--file", str(file), *options])
        said = capsys.readouterr()
        return status, " ".join(said.out.split()), said.err  # wherever the lines are broken

    return called


@pytest.fixture
def types(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
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


def saved(file: Path) -> Deployment:
    return read(file.read_text(encoding="utf-8"), file.name, HUB)


def test_it_offers_what_it_finds(run: Run, file: Path, types: Callable[..., list[str]]) -> None:
    """With Enter alone there is a deployment that can only report."""
    prompts = types("", "", "", "", "", "", "")
    status, out, err = run()
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


def test_it_asks_again(run: Run, file: Path, types: Callable[..., list[str]]) -> None:
    """Whatever is wrong is said where it was typed, with what is meant."""
    topic = "arn:aws:sns:us-east-1:111111111111:alarms"
    prompts = types(
        "eu-wset-1", "eu-west-1", "abcdefghij", "o-abcdefghij", "me", "me@example.net", "ada", "a@example.com, b@x.org",
        "Ireland", "enabled", topic, topic.replace("us-east-1", "eu-west-1"), "y",
    )  # fmt: skip
    status, out, _ = run()
    assert (status, len(prompts)) == (0, 13)
    assert 'the answer has "eu-wset-1", which is not a region; did you mean eu-west-1?' in out
    assert 'OrganizationId is "abcdefghij", but must be an organization id' in out
    assert "me@example.net is not among the verified identities of eu-west-1" in out
    assert 'Approvers is "ada", but must be email addresses' in out
    assert 'Regions is "Ireland", but must be codes of regions' in out
    assert "AlarmTopicArn is in us-east-1, but must be in the region of the stack, eu-west-1" in out
    assert saved(file).values["Approvers"] == "a@example.com,b@x.org"


def test_an_answer_is_offered_again(run: Run, file: Path, types: Callable[..., list[str]]) -> None:
    """The second time with what was answered; `none` takes it back, and the change is shown."""
    run(*GIVEN, "--set", "Approvers=ada@example.com")
    prompts = types("", "", "", "none", "", "", "")
    status, out, _ = run()
    assert (status, prompts[1], prompts[3]) == (0, "OrganizationId [o-abcdefghij]: ", "Approvers [ada@example.com]: ")
    assert "Approvers = none (until now ada@example.com)" in out
    assert saved(file).values["Approvers"] == ""


def test_a_small_account_is_noticed(
    run: Run, file: Path, aws: dict[str, Mapping[str, Any]], types: Callable[..., list[str]]
) -> None:
    """A reservation would fail the deployment (D13.8), and forty scans would be throttled."""
    aws["GetAccountSettings"] = {"AccountLimit": {"ConcurrentExecutions": 10}}
    prompts = types(*[""] * 9)
    status, out, _ = run()
    assert (status, prompts[6:8]) == (0, ["ReviewConcurrency [0]: ", "ScanConcurrency [5]: "])
    assert "This account runs at most 10 Lambda functions at once in eu-central-1." in out
    assert saved(file).values["ReviewConcurrency"] == "0"


def test_what_aws_does_not_say_is_asked(
    run: Run, file: Path, aws: dict[str, Mapping[str, Any]], types: Callable[..., list[str]]
) -> None:
    """A refusal is no error; a required answer has no default then, and Enter is not one."""
    aws.clear()
    types("", "", "o-abcdefghij", "finops@example.com", "", "", "", "")
    status, out, _ = run()
    assert (status, saved(file).values["OrganizationId"]) == (0, "o-abcdefghij")
    assert "OrganizationId must have a value" in out
    assert "could not be read from Amazon SES" in out


@pytest.mark.parametrize(("key", "expected"), [(KeyboardInterrupt, 130), (EOFError, 2)])
@pytest.mark.parametrize("answers", [0, 3, 6])
def test_nothing_is_saved_before_the_end(
    run: Run, file: Path, types: Callable[..., list[str]], key: type[BaseException], expected: int, answers: int
) -> None:
    """Ctrl-C and Ctrl-D at the first question, in the middle and at the last one."""
    types(*[""] * answers, key)
    assert run()[::2] == (expected, "endpoint-sweep init: nothing was saved\n")
    assert not file.exists()
    run(*GIVEN)
    before = file.read_bytes()
    types("us-east-1", *[""] * (answers - 1), key) if answers else types(key)
    assert run()[0] == expected
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]


def test_no_is_no(run: Run, file: Path, types: Callable[..., list[str]]) -> None:
    """The last question is whether to save."""
    types(*[""] * 6, "n")
    assert run()[0] == 2
    assert not file.exists()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), "OrganizationId and Sender must have a value: use --set OrganizationId=…"),
        (("--yes",), "OrganizationId and Sender must have a value"),
        (GIVEN[1:], "nothing was saved: there is no terminal to confirm on; add --yes"),
        ((*GIVEN, "--set", "Mod=approve"), "the template has no parameter Mod; did you mean Mode?"),
        ((*GIVEN, "--set", "LookbackDays=3"), 'LookbackDays is "3", but must be a whole number from 7 to 400'),
        ((*GIVEN, "--set", "Mode=approve"), "approve mode needs the stack parameter Approvers"),
        ((*GIVEN, "--set", "Regions=eu-wset-1"), "did you mean eu-west-1?"),
        ((*GIVEN, "--region", "eu-wset-1"), "the region of the stack has"),
        ((*GIVEN, "--stack", "my stack"), "the name of the stack must be"),
        ((*GIVEN, "--from", "gone.toml"), "--from: there is no file gone.toml"),
    ],
)
def test_without_a_terminal_nothing_is_asked(
    run: Run, file: Path, options: tuple[str, ...], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is missing or wrong is named, and nothing is written."""
    monkeypatch.setattr("builtins.input", lambda _: pytest.fail("it asked"))
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    status, _, err = run(*options)
    assert (status, file.exists()) == (2, False)
    assert told in err


def test_a_change_is_one_option(run: Run, file: Path) -> None:
    """Nothing else changes; a comment stays; the same again writes nothing."""
    run(*GIVEN)
    file.write_text(file.read_text(encoding="utf-8") + "# ours\n", encoding="utf-8")
    before = file.read_text(encoding="utf-8")
    schedule = "cron(0 6 ? * MON,THU *)"
    status, out, err = run("--yes", "--set", f"ScheduleExpression={schedule}")
    assert (status, err) == (0, "")
    assert f"ScheduleExpression = {schedule} (until now cron(0 7 ? * TUE *))" in out
    assert file.read_text(encoding="utf-8") == before + f'ScheduleExpression = "{schedule}"\n'
    assert "says so already" in run("--yes", "--set", f"ScheduleExpression={schedule}")[1]


def stack_with(**parameters: str) -> dict[str, Any]:
    rows = [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()]
    arn = "arn:aws:cloudformation:eu-west-1:111111111111:stack/endpoint-sweep/1"
    return {"Stacks": [{"StackId": arn, "StackStatus": "UPDATE_COMPLETE", "Parameters": rows}]}


def test_a_stack_is_taken_over(run: Run, file: Path, aws: dict[str, Mapping[str, Any]]) -> None:
    """A deployment from before the file: what differs from the template stays, whatever is answered counts more."""
    aws["DescribeStacks"] = stack_with(
        OrganizationId="o-ofthestack", DenyAccounts="012345678901", LookbackDays="30", Sender="x@y.z", BlueMoon="1"
    )
    assert run(*GIVEN)[0] == 0
    wanted = {"OrganizationId": "o-abcdefghij", "Sender": "finops@example.com", "DenyAccounts": "012345678901"}
    assert saved(file).values == wanted
    run("--yes", "--set", "DenyAccounts=")
    assert saved(file).values["DenyAccounts"] == ""


def test_a_stack_that_is_only_planned_has_nothing(run: Run, file: Path, aws: dict[str, Mapping[str, Any]]) -> None:
    """A change set that was refused leaves a stack without parameters behind."""
    aws["DescribeStacks"] = stack_with()
    aws["DescribeStacks"]["Stacks"][0]["StackStatus"] = "REVIEW_IN_PROGRESS"
    assert "taken over" not in run(*GIVEN)[1]


def test_answers_come_from_a_file(run: Run, file: Path, tmp_path: Path) -> None:
    """Options win over it."""
    source = tmp_path / "answers.toml"
    source.write_text(
        '[deploy]\nstack = "sweep"\nregion = "us-east-1"\n[parameters]\nOrganizationId = "o-abcdefghij"\n'
        'Sender = "a@example.com"\nRequireCode = false\n',
        encoding="utf-8",
    )
    assert run("--from", str(source), "--yes", "--set", "Sender=b@example.com")[0] == 0
    wanted = {"OrganizationId": "o-abcdefghij", "Sender": "b@example.com", "RequireCode": "false"}
    assert saved(file) == Deployment("sweep", "us-east-1", wanted)


def test_a_parameter_that_is_gone_is_named(run: Run, file: Path) -> None:
    """After an upgrade; the file stays as it is."""
    file.write_text('[parameters]\nBlueMoon = "x"\n', encoding="utf-8")
    status, _, err = run(*GIVEN)
    assert (status, file.read_text(encoding="utf-8")) == (2, '[parameters]\nBlueMoon = "x"\n')
    assert "parameters.toml: the template has no parameter BlueMoon; remove it: CHANGELOG.md" in err


def test_outside_a_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The template is named by an option, or found from the folder of the shell."""
    monkeypatch.chdir(tmp_path)
    assert main(["init", *GIVEN]) == 2
    assert "there is no template.yaml here" in capsys.readouterr().err
    (tmp_path / "template.yaml").write_bytes(HUB_TEMPLATE.read_bytes())
    (tmp_path / "docs").mkdir()
    monkeypatch.chdir(tmp_path / "docs")
    assert main(["init", *GIVEN]) == 0
    assert (tmp_path / "parameters.toml").is_file()
