"""`make docs`: writes docs/iam.md, one row for each action of each role, from the templates."""

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cfnlint.decode import decode

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "iam.md"
TEMPLATES = (
    ("The hub", "template.yaml"),
    ("Member accounts", "member-roles.yaml"),
    ("The payer account", "cost-role.yaml"),
)
INTRODUCTION = """# Permissions

`make docs` writes this page from the templates. It has one row for each action that a role is allowed or denied. Every
function has a role of its own, except where the tables say otherwise. No permission is unnecessary: for each statement
that allows something, `tests/deploy/test_statements.py` finds a call on a local AWS that IAM would refuse without it,
and lists the few statements for which that cannot be shown, with reasons. It leaves out the statements about a key of
your own, because the local AWS has no such key.

Besides these, each function has `AWSLambdaBasicExecutionRole`, to write its log, and `AWSXRayDaemonWriteAccess` or the
equivalent `AWSXrayWriteOnlyAccess`, to write its trace. For functions in a VPC, Lambda needs
`AWSLambdaVPCAccessExecutionRole`. SAM attaches it to the roles that it makes even without a VPC, so
`OnlyLambdaMakesInterfaces` denies the code of every function what that policy allows. With `KmsKeyArn`, `UsesYourKey`
and `KeepsWhatFailedWithYourKey` let the roles that use the bucket, the table or the queue use that key, through these
services only. Who may use the stack's own keys is in their [key policies](#keys).
"""
_HEAD = "| Action | Resource | Condition | Why |\n|---|---|---|---|"
_COMMENTED = re.compile(r"^\s*- ([a-z0-9-]+:\w+\*?)\s+# (.+)$", re.MULTILINE)
_OPERATORS = {
    "StringEquals": "is",
    "StringLike": "is like",
    "StringNotEquals": "is not",
    "StringNotLike": "is not like",
    "ArnEquals": "is",
    "ArnLike": "is like",
    "NotIpAddress": "is not in",
}


def page() -> str:
    """The whole document."""
    parts = [INTRODUCTION]
    for title, name in TEMPLATES:
        path = ROOT / name
        template, _ = decode(str(path))
        reasons = _reasons(path.read_text(encoding="utf-8"))
        parts.append(f"## {title}\n\nRoles of `{name}`, and policies that several of them have.\n")
        for role, statements in roles(template):
            rows = [row for one in statements for row in _rows(one, reasons)]
            users = _users(template, role)
            used = f"{users}\n\n" if users else ""
            parts.append(f"### {role}\n\n{used}{_HEAD}\n" + "\n".join(rows) + "\n")
    parts.append(_keys())
    return "\n".join(parts)


def roles(template: Mapping[str, Any]) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    """(logical id, statements) of every role, those that SAM makes for functions and the state machine among them, and
    of every policy that is attached to several roles.
    """
    for name, resource in template["Resources"].items():
        given = resource.get("Properties", {})
        match resource["Type"]:
            case "AWS::IAM::Role":
                policies = [one["Fn::If"][1] if "Fn::If" in one else one for one in given.get("Policies", [])]
                documents = [one["PolicyDocument"] for one in policies]
            case "AWS::IAM::Policy":
                documents = [given["PolicyDocument"]]
            case "AWS::Serverless::Function" | "AWS::Serverless::StateMachine" if "Role" not in given:
                documents = given.get("Policies", [])
            case _:
                continue
        statements = [statement for document in documents for statement in document["Statement"]]
        if statements:
            yield str(name), statements


def _reasons(text: str) -> dict[tuple[str, str], str]:
    """(Sid, action) -> the comment behind the action in the template's text."""
    _, *statements = re.split(r"\bSid: ", text)
    return {
        (statement.split(maxsplit=1)[0], action): why
        for statement in statements
        for action, why in _COMMENTED.findall(statement)
    }


def _users(template: Mapping[str, Any], role: str) -> str:
    """The functions that were given this role, or the roles that have this policy, as a sentence."""
    resource = template["Resources"][role]
    if resource["Type"] == "AWS::IAM::Policy":
        where = f", if `{resource['Condition']}`" if "Condition" in resource else ""
        return f"Attached to {', '.join(one['Ref'] for one in resource['Properties']['Roles'])}{where}."
    given = {name: one.get("Properties", {}).get("Role") for name, one in template["Resources"].items()}
    users = [str(name) for name, one in given.items() if one == {"Fn::GetAtt": [role, "Arn"]}]
    return f"The role of {', '.join(users)}." if users else ""


def _keys() -> str:
    template, _ = decode(str(ROOT / "template.yaml"))
    rows = []
    for name, resource in template["Resources"].items():
        if resource["Type"] != "AWS::KMS::Key":
            continue
        for given in resource["Properties"]["KeyPolicy"]["Statement"]:
            statement = given["Fn::If"][1] if "Fn::If" in given else given
            who = ", ".join(_shown(one) for one in _list(statement["Principal"]["AWS"]))
            used = ", ".join(f"`{one}`" for one in _list(statement["Action"]))
            rows.append(f"| {name} | {who} | {used} | {_words(statement['Sid'])} |")
    return "## Keys\n\n| Key | Role | Action | Why |\n|---|---|---|---|\n" + "\n".join(rows) + "\n"


def _rows(statement: Mapping[str, Any], reasons: Mapping[tuple[str, str], str]) -> Iterator[str]:
    resources = "<br>".join(_shown(one) for one in _list(statement["Resource"]))
    condition = "<br>".join(_condition(statement.get("Condition", {}))) or "none"
    denied = "never: " if statement["Effect"] == "Deny" else ""
    for action in _list(statement["Action"]):
        why = _words(statement["Sid"])
        if (statement["Sid"], action) in reasons:
            why += f": {reasons[statement['Sid'], action]}"
        yield f"| {denied}`{action}` | {resources} | {condition} | {why} |".replace("\n", " ")


def _condition(condition: Mapping[str, Any]) -> Iterator[str]:
    for operator, keys in condition.items():
        words = _OPERATORS[str(operator).rpartition(":")[2]]
        every = "every " if str(operator).startswith("ForAllValues:") else ""
        for key, values in keys.items():
            yield f"{every}`{_text(key)}` {words} {' or '.join(_shown(one) for one in _list(values))}"


def _words(sid: str) -> str:
    """`ReadTheLists` as words."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", sid).capitalize()
    return words.replace("sage maker", "SageMaker").replace(" xray", " X-Ray").replace(" macs", " MACs")


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [value]


def _shown(value: Any) -> str:
    return f"`{_text(value)}`"


def _text(value: Any) -> str:
    match value:
        case {"Fn::Sub": text}:
            return str(text).replace("${AWS::Partition}", "aws").replace(".Arn}", "}")
        case {"Fn::GetAtt": [name, *_]} | {"Ref": name}:
            return f"${{{name}}}"
        case {"Fn::GetAtt": text}:
            return f"${{{str(text).removesuffix('.Arn')}}}"
        case {"Fn::Split": [_, inner]}:
            return _text(inner)
        case {"Fn::If": [_, inner, _]}:
            return _text(inner)
        case _:
            return str(value)


def main() -> int:
    DOCUMENT.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
