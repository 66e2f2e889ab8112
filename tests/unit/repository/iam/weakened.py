"""The stacks with one statement weakened: a denial left out, or one operator of a condition."""

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from tests.simulation.hub.cloudformation import Statement, actions, as_list
from tests.unit.repository.iam.evaluator import deployed
from tests.unit.repository.iam.rows import Row
from tests.unit.repository.iam.stacks import Document, Stacks

# IAM takes no policy without a statement.
_NOTHING = {"Effect": "Deny", "Action": "aws-portal:ViewBilling", "Resource": "*"}
# Together they have every statement of the templates.
STACKS = ("default", "people scan", "your key", "auditors")


def weakened(rows: Sequence[Row]) -> Iterator[tuple[str, Stacks, list[Row]]]:
    """What was changed, the stacks with it, and the rows that it concerns. A statement that stacks share comes once."""
    seen = set()
    for stack in STACKS:
        asked = [row for row in rows if row.stack == stack]
        for whose, statement, changed, made, concerns in _everywhere(deployed(stack)):
            name = f"{whose} {changed} {statement}"
            if name not in seen:
                seen.add(name)
                found = [row for row in asked if concerns(row) and _is_of(statement, row.action)]
                yield f"{whose}: {statement.get('Sid')} without {changed}", made, found


def _everywhere(made: Stacks) -> Iterator[tuple[str, Statement, str, Stacks, Callable[[Row], bool]]]:
    for name, role in made.roles.items():
        for number, document in enumerate(role.documents):
            for statement, changed, weaker in _weaker(document):
                documents = [*role.documents[:number], weaker, *role.documents[number + 1 :]]
                other = replace(made, roles=made.roles | {name: replace(role, documents=documents)})
                yield name, statement, changed, other, lambda row, name=name: row.who == name  # type: ignore[misc]
        for statement, changed, weaker in _weaker(role.trust):
            other = replace(made, roles=made.roles | {name: replace(role, trust=weaker)})
            yield f"into {name}", statement, changed, other, lambda row, arn=role.arn: row.what == arn  # type: ignore[misc]
    for arn, document in made.resource_policies.items():
        for statement, changed, weaker in _weaker(document):
            other = replace(made, resource_policies=made.resource_policies | {arn: weaker})
            yield arn, statement, changed, other, lambda row, arn=arn: row.what.startswith(arn)  # type: ignore[misc]


def _weaker(document: Document) -> Iterator[tuple[Statement, str, Document]]:
    """The statement, what it is without, and the document then."""
    statements = as_list(document["Statement"])
    for number, statement in enumerate(statements):
        if statement["Effect"] == "Deny":
            rest = statements[:number] + statements[number + 1 :]
            yield statement, "itself", document | {"Statement": rest or [_NOTHING]}
            continue
        for operator, keys in statement.get("Condition", {}).items():
            for one in keys:
                changed = copy.deepcopy(statements)
                del changed[number]["Condition"][operator][one]
                yield statement, f"{operator} {one}", document | {"Statement": changed}


def _is_of(statement: Statement, action: str) -> bool:
    return any(fnmatchcase(action.lower(), pattern.lower()) for pattern in actions(statement))
