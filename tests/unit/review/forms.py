"""Forms as a browser would send them."""

import re

from endpoint_sweep.rules.approvals import Choice, phrase
from tests.simulation.hub.offers import Offer
from tests.simulation.hub.review_site import ADA, Answer, ReviewSite

Fields = dict[str, str | list[str]]


def form(offer: Offer, *delete: str, snooze: dict[str, int] | None = None, **other: str | list[str]) -> Fields:
    """A correct final form but for its code, and but for `other`."""
    choice = Choice.DELETE if delete else Choice.KEEP
    sha256 = offer.approval.plan.sha256
    fields: Fields = {
        "plan_sha256": sha256,
        "step": "decide",
        "choice": choice.value,
        "phrase": phrase(choice, len(delete), sha256),
    }
    fields |= {offer.row(name): "d" for name in delete}
    fields |= {offer.row(name, "z"): str(days) for name, days in (snooze or {}).items()}
    return fields | other


def with_code(site: ReviewSite, path: str, fields: Fields, approver: str = ADA) -> Fields:
    """Goes through the second step, so that there is a code, and types it."""
    shown = site.post(path, fields | {"step": "review"})
    assert shown.status == 200, shown.body
    return fields | {"code": site.code(approver)}


def decide(site: ReviewSite, path: str, fields: Fields, approver: str = ADA) -> Answer:
    return site.post(path, with_code(site, path, fields, approver))


def selected(body: str) -> list[str]:
    """The fields of the rows that a page shows as selected for deletion."""
    return re.findall(r'name="(i\d+)" value="d" checked', body)


def snoozed(body: str) -> dict[str, str]:
    """The fields of the rows that a page shows as snoozed, with their days."""
    chosen = r'<select name="(z\d+)"[^>]*>(?:<option value="\w*">[^<]*</option>)*<option value="(\d+)" selected>'
    return dict(re.findall(chosen, body))


def told(answer: Answer) -> tuple[int, str]:
    """Status and code of an answer."""
    found = re.search(r"\bE_[A-Z_]+", answer.body)
    return answer.status, found[0] if found else ""
