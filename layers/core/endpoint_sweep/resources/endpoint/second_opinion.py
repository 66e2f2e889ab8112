"""The second witness: what AWS Compute Optimizer says of an endpoint, beside our own verdict (D0.4). Never needed.

It is told to the person who decides; nothing is offered or spared because of it.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum

from endpoint_sweep.domain.model import Cell, Finding, Verdict


class Witness(StrEnum):
    """`silent` is no objection: what Compute Optimizer looks for in an endpoint is not published."""

    AGREES = "agrees"
    SILENT = "silent"
    DISAGREES = "disagrees"


# By cell the lower-case ARNs of the endpoints called idle; None, or no entry: no answer.
Answers = Mapping[Cell, Collection[str] | None]


def witness(finding: Finding, answers: Answers) -> Witness | None:
    """None where it did not answer for the finding's cell: not opted in, refused, or not asked.

    It only ever names what it calls idle. So it agrees with our `idle`, disagrees by naming what we do not call idle,
    and is silent about everything else.
    """
    named = answers.get(finding.id.cell)
    if named is None:
        return None
    if finding.arn.lower() not in named:
        return Witness.SILENT
    return Witness.AGREES if finding.verdict is Verdict.IDLE else Witness.DISAGREES
