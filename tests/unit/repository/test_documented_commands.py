"""The commands in the documents are commands, with options that they have."""

import re

import pytest

from endpoint_sweep.cli import main
from tests.simulation.hub.cloudformation import HUB_TEMPLATE, ROOT

DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), HUB_TEMPLATE]
COMMAND = re.compile(r"\bendpoint-sweep ([a-z][a-z-]+)((?: (?!#)[^`\n]*)?)")


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
