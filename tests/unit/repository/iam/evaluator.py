"""Asks an evaluator that is not ours, iam-simulate, about all rows at once."""

import json
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from tests.simulation.hub.cloudformation import ROOT
from tests.unit.repository.iam.people import (
    BOUNDARY,
    BOUNDARY_DOCUMENT,
    DEPLOYMENTS,
    MEMBER_BOUNDARY,
    OTHER_GUARDS,
    PEOPLE,
)
from tests.unit.repository.iam.rows import Answer, Row
from tests.unit.repository.iam.stacks import HUB, ORGANIZATION, Deployment, Document, Stacks, stacks

SCRIPT = Path(__file__).with_name("evaluate.mjs")


@cache
def deployed(name: str) -> Stacks:
    return stacks(DEPLOYMENTS[name])


def ask(rows: Sequence[Row], made: Sequence[Stacks] | None = None) -> list[Answer]:
    """The answers, in order; `made`: the stacks that each row is asked of, instead of those that the templates make.

    Raises AssertionError where the evaluator finds a question wrong, or would not look at a part of it.
    """
    assert (ROOT / "node_modules" / "@cloud-copilot" / "iam-simulate").exists(), "it is not installed: make setup"
    of = made or [deployed(row.stack) for row in rows]
    documents: dict[str, list[Document]] = {}
    requests = [_request(row, one, documents) for row, one in zip(rows, of, strict=True)]
    node = Path(sys.executable).parent / "node"
    asked = json.dumps({"documents": documents, "requests": requests})
    done = subprocess.run([node, SCRIPT], input=asked, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout)
    wrong = [f"{row}: {one}" for row, one in zip(rows, answers, strict=True) if one.get("ignored") != []]
    assert wrong == [], "\n".join(wrong)
    return [Answer(one["result"]) for one in answers]


def _request(row: Row, made: Stacks, documents: dict[str, list[Document]]) -> dict[str, Any]:
    deployment = DEPLOYMENTS[row.stack]
    principal, own, organization, boundary = _principal(row.who, made, deployment)
    what = _placed(row.what, deployment)
    account, asker = _account(what), _account(principal or "")
    guard = _guard(row.action, what, made)
    own_name, guard_name = f"{id(made)} {row.who}", f"{id(made)} {row.action[:4]} {what}"
    documents[own_name] = own
    if guard:
        documents[guard_name] = [guard]
    if boundary is not None:
        assert boundary in {BOUNDARY, MEMBER_BOUNDARY}
        documents[boundary] = [BOUNDARY_DOCUMENT]
    carried: dict[str, Any] = {"aws:SecureTransport": "true", "aws:SourceIp": "203.0.113.7"}
    if asker:
        carried |= {"aws:PrincipalArn": principal, "aws:PrincipalAccount": asker}
    if organization is not None:
        carried["aws:PrincipalOrgID"] = organization
    return {
        "principal": _session(principal) if principal and ":role/" in principal else principal,
        "action": row.action,
        "resource": what,
        # The names of buckets stand for their account.
        "account": account or (HUB if what.startswith("arn:") else asker),
        "context": carried | {name: _value(one, deployment) for name, one in row.context.items()},
        "session": row.session,
        "own": own_name,
        "guard": guard_name,
        "boundary": boundary,
    }


def _principal(
    who: str, made: Stacks, deployment: Deployment
) -> tuple[str | None, list[Document], str | None, str | None]:
    """Its ARN, its policies, its Organization and its boundary."""
    if who in made.roles:
        one = made.roles[who]
        return one.arn, one.documents, ORGANIZATION, one.boundary
    person = PEOPLE[who]
    arn = person.arn and _placed(person.arn, deployment)
    return arn, [person.document] if person.document else [], person.organization, None


def _session(role: str) -> str:
    """Roles act in sessions, whose ARN has no path."""
    head, _, name = role.partition(":role/")
    return f"{head.replace(':iam:', ':sts:')}:assumed-role/{name.rpartition('/')[2]}/session"


def _account(arn: str) -> str:
    """Empty where it has none: a bucket, a service, `*`."""
    return arn.split(":")[4] if arn.startswith("arn:") else ""


def _guard(action: str, what: str, made: Stacks) -> Document | None:
    """The policy of the resource: for `sts` that of the role, of which other services know nothing."""
    if action.startswith("sts:"):
        return next((one.trust for one in made.roles.values() if one.arn == what), None)
    guards = made.resource_policies | OTHER_GUARDS
    return next((one for arn, one in guards.items() if what == arn or what.startswith(f"{arn}/")), None)


def _placed(text: str, deployment: Deployment) -> str:
    placed = text.replace("arn:aws:", f"arn:{deployment.partition}:")
    return placed.replace("eu-west-1", deployment.region)


def _value(value: str | list[str], deployment: Deployment) -> str | list[str]:
    return _placed(value, deployment) if isinstance(value, str) else [_placed(one, deployment) for one in value]
