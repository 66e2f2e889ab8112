"""`make docs`: writes docs/iam-readonly.json, what a role needs that only scans, from the scan role of the template."""

import json
import sys
from pathlib import Path
from typing import Any

from cfnlint.decode import decode

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "iam-readonly.json"


def document() -> str:
    """The same permissions for any account."""
    template, _ = decode(str(ROOT / "member-roles.yaml"))
    [policy] = template["Resources"]["ScanRole"]["Properties"]["Policies"]
    return json.dumps(_plain(policy["PolicyDocument"]), indent=2) + "\n"


def _plain(value: Any) -> Any:
    """Without CloudFormation's functions."""
    match value:
        case {"Fn::Sub": text}:
            return str(text).replace("${AWS::Partition}", "aws").replace("${AWS::AccountId}", "*")
        case dict():
            return {str(name): _plain(one) for name, one in value.items()}
        case list():
            return [_plain(one) for one in value]
        case _:
            return str(value)


def main() -> int:
    DOCUMENT.write_text(document(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
