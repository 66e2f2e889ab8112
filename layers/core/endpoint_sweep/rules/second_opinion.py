"""The second witness: what AWS Compute Optimizer says about an endpoint (D0.4). Optional.

Approvers see it next to our own verdict. It never changes what is offered or kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from endpoint_sweep.domain.model import Cell, Finding, Verdict


class Witness(StrEnum):
    """`silent` is not an objection: AWS does not publish what Compute Optimizer looks for in an endpoint."""

    AGREES = "agrees"
    SILENT = "silent"
    DISAGREES = "disagrees"


@dataclass(frozen=True, slots=True)
class Opinion:
    """What it says of an endpoint that it finds idle (D13.16). `net_monthly_usd`: what deleting it saves, after the
    account's discounts.
    """

    description: str = ""
    lookback_days: int | None = None
    net_monthly_usd: Decimal | None = None

    @property
    def note(self) -> str:
        """Its own words and how far it looked back, as far as it says so."""
        looked = f"looking back {self.lookback_days} days" if self.lookback_days else ""
        return ", ".join(part for part in (self.description.rstrip("."), looked) if part)


# By cell, the endpoints that it finds idle, by lower-case ARN. None or no entry: no answer.
Answers = Mapping[Cell, Mapping[str, Opinion] | None]


def witness(finding: Finding, answers: Answers) -> Witness | None:
    """None if it did not answer for the finding's cell: not opted in, refused, or not asked.

    It only ever names idle endpoints. So it agrees with our `idle`, disagrees by naming an endpoint that we do not
    find idle, and is silent about all others.
    """
    if answers.get(finding.id.cell) is None:
        return None
    if opinion(finding, answers) is None:
        return Witness.SILENT
    return Witness.AGREES if finding.verdict is Verdict.IDLE else Witness.DISAGREES


def opinion(finding: Finding, answers: Answers) -> Opinion | None:
    """None where it does not name the endpoint."""
    return (answers.get(finding.id.cell) or {}).get(finding.arn.lower())
