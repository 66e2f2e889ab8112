"""The second witness: what AWS Compute Optimizer says about an endpoint (D0.4). Optional.

Approvers see it next to our own verdict. It never changes what is offered or kept.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum

from endpoint_sweep.domain.model import Cell, Finding, Verdict


class Witness(StrEnum):
    """`silent` is not an objection: AWS does not publish what Compute Optimizer looks for in an endpoint."""

    AGREES = "agrees"
    SILENT = "silent"
    DISAGREES = "disagrees"


# By cell, the lower-case ARNs of the endpoints that it finds idle. None or no entry: no answer.
Answers = Mapping[Cell, Collection[str] | None]


def witness(finding: Finding, answers: Answers) -> Witness | None:
    """None if it did not answer for the finding's cell: not opted in, refused, or not asked.

    It only ever names idle endpoints. So it agrees with our `idle`, disagrees by naming an endpoint that we do not
    find idle, and is silent about all others.
    """
    named = answers.get(finding.id.cell)
    if named is None:
        return None
    if finding.arn.lower() not in named:
        return Witness.SILENT
    return Witness.AGREES if finding.verdict is Verdict.IDLE else Witness.DISAGREES
