"""The commands in the documents are commands, with options that they have."""

import re

import pytest

from endpoint_sweep.cli import main
from tests.simulation.hub.cloudformation import HUB_TEMPLATE, ROOT
from tests.unit.aws_cli import calls

DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), HUB_TEMPLATE]
COMMAND = re.compile(r"\bendpoint-sweep ([a-z][a-z-]+)((?: (?!#)[^`\n]*)?)")

BLOCK = re.compile(r"^( *)```[a-z]*\n(.*?)^ *```", re.DOTALL | re.MULTILINE)


def commands() -> list[tuple[str, str]]:
    found = set()
    for path in DOCUMENTS:
        text = path.read_text(encoding="utf-8")
        marked = "\n".join(re.findall(r"```[a-z]*\n.*?```|`[^`\n]+`", text, re.DOTALL))
        outputs = text.rpartition("\nOutputs:\n")[2] if path == HUB_TEMPLATE else ""
        found |= {(one[1], one[2]) for one in COMMAND.finditer(marked + outputs)}
    return sorted(found)


@pytest.mark.parametrize(("command", "rest"), commands())
def test_a_documented_command_exists(command: str, rest: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Copied from a document, it is not refused for a name that is none."""
    assert main([command, "--help"]) == 0
    known = set(re.findall(r"--[a-z-]+", capsys.readouterr().out))
    assert set(re.findall(r"(?<= )--[a-z-]+", rest)) <= known


def test_commands_are_found() -> None:
    """In blocks, in sentences and in the outputs of the stack."""
    assert {"init", "member-roles", "scan", "approve", "restore", "probe"} <= {command for command, _ in commands()}


def blocks() -> list[str]:
    """Those with commands of the AWS CLI, without their indentation."""
    texts = (path.read_text(encoding="utf-8") for path in DOCUMENTS)
    found = [(len(one[1]), one[2]) for text in texts for one in BLOCK.finditer(text)]
    plain = ["\n".join(line[indent:] for line in block.splitlines()) for indent, block in found]
    return [block for block in plain if re.search(r"^aws ", block, re.MULTILINE)]


@pytest.mark.parametrize("block", blocks())
def test_the_aws_cli_takes_a_documented_command(block: str) -> None:
    """Each operation exists, with options that it has and values of their types."""
    assert calls(block)


def test_aws_commands_are_found() -> None:
    """Those that remove a deployment come in their order."""
    asked = [name for block in blocks() for name, _ in calls(block)]
    removal = asked[asked.index("DeleteStackInstances") :]
    assert removal.index("DeleteStackInstances") < removal.index("DeleteStackSet") < removal.index("DeleteParameter")
    assert removal.index("UpdateTable") < removal.index("DeleteTable") < removal.index("ScheduleKeyDeletion")
