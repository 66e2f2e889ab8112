"""`make docs`: writes docs/configuration.md and parameters.example.toml from the parameters of the templates."""

import sys
from pathlib import Path
from typing import Any

from cfnlint.decode import decode

from endpoint_sweep.settings import deployment
from endpoint_sweep.settings.template import parameters_of

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "configuration.md"
TEMPLATES = (
    ("The hub stack", "template.yaml"),
    ("The member roles", "member-roles.yaml"),
    ("The cost role", "cost-role.yaml"),
)
EXAMPLE = ROOT / deployment.EXAMPLE
REQUIRED = {"OrganizationId": "o-abcdefghij", "Sender": "finops@example.com"}
INTRODUCTION = """# Configuration

`make docs` writes this page from the templates. `endpoint-sweep init` asks for what the hub stack has to know and
writes `parameters.toml`; [parameters.example.toml](../parameters.example.toml) has every parameter. To change one
later: `make deploy SET="LookbackDays=90"`. A sweep's input can narrow some of them, see
[operating.md](operating.md#the-input-of-a-sweep).
"""


def page() -> str:
    """The whole document."""
    parts = [INTRODUCTION]
    for title, name in TEMPLATES:
        template, _ = decode(str(ROOT / name))
        parts.append(f"## {title}\n\nParameters of `{name}`.\n")
        for group in template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]:
            rows = [_row(one, template["Parameters"][one]) for one in group["Parameters"]]
            head = "| Parameter | Default | Allowed | What it does |\n|---|---|---|---|"
            parts.append(f"### {group['Label']['default']}\n\n{head}\n" + "\n".join(rows) + "\n")
    return "\n".join(parts)


def example() -> str:
    """The file to copy."""
    return deployment.example(parameters_of((ROOT / "template.yaml").read_text(encoding="utf-8")), REQUIRED)


def _row(name: str, spec: dict[str, Any]) -> str:
    default = f"`{spec['Default']}`" if spec.get("Default", "") != "" else "empty" if "Default" in spec else "required"
    return f"| `{name}` | {default} | {_allowed(spec)} | {_cell(spec['Description'])} |"


def _allowed(spec: dict[str, Any]) -> str:
    if "AllowedValues" in spec:
        return ", ".join(f"`{one}`" for one in spec["AllowedValues"])
    if "MinValue" in spec and "MaxValue" in spec:
        return f"{spec['MinValue']:,} to {spec['MaxValue']:,}"
    if "MinValue" in spec:
        return f"{spec['MinValue']:,} or more"
    return _cell(spec.get("ConstraintDescription", ""))


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def main() -> int:
    DOCUMENT.write_text(page(), encoding="utf-8")
    EXAMPLE.write_text(example(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
