"""`make lint`: checkov on the templates as CloudFormation gets them.

What it finds and nobody changes has its reason beside the resource, in `Metadata`. What SAM makes has none of its own:
its reasons are in `.checkov.yaml`.
"""

import json
import logging
import subprocess
import sys
from pathlib import Path

from samcli.yamlhelper import yaml_parse

from scripts.transform import transformed

ROOT = Path(__file__).resolve().parent.parent
CHECKOV = ROOT / ".tools" / "checkov" / "bin" / "checkov"
MADE = ROOT / "build" / "template.json"


def main() -> int:
    logging.getLogger("samtranslator").setLevel(logging.ERROR)
    MADE.parent.mkdir(exist_ok=True)
    hub = transformed(yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8")), "us-east-1")
    MADE.write_text(json.dumps(hub, indent=1), encoding="utf-8")
    files = [str(MADE.relative_to(ROOT)), "member-roles.yaml", "cost-role.yaml"]
    command = [str(CHECKOV), "--config-file", ".checkov.yaml", "--file", *files]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
