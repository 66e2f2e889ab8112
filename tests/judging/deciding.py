"""A decision through the page's own handler: the form of its first step, then the phrase and the code of its second.

The form is written from the plan, not read from the page, so that it can also come too late, or after someone else's.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from endpoint_sweep.domain.resource import ResourceId
from endpoint_sweep.rules.approvals import Choice, phrase
from tests.simulation.hub.approver import newest_code
from tests.simulation.hub.stack_in_process import Answer, Hub

Fields = dict[str, str | list[str]]


def decide(
    hub: Hub,
    link: str,
    endpoints: Sequence[str],
    snoozes: Mapping[str, int] | None = None,
    comment: str = "",
    *,
    at_once: bool = False,
    code: str = "",
) -> Answer:
    """Both steps of the page. The body: the ids to be deleted where it was recorded (303), else the code.

    `code`: digits that were mailed before; empty: asks for some.

    Where it falls between two slices the page says 202, recorded but not woken: by chance, so it is told as 303 here.
    """
    fields = form(hub, link, endpoints, snoozes, comment) | ({"at_once": "yes"} if at_once else {})
    answer = hub.post(link, fields | {"code": code} if code else with_code(hub, link, fields))
    if answer.status in (202, 303):
        return Answer(303, answer.headers, " ".join(ids(hub, link, endpoints)))
    refusal = re.search(r"\bE_[A-Z_]+", answer.body)
    return Answer(answer.status, answer.headers, refusal[0] if refusal else "")


def whose(hub: Hub, link: str) -> tuple[str, str]:
    """The sweep that a link is about, and the approver who was mailed it."""
    holders = [mail.to for mail in hub.mails() if link in mail.text]
    return _record(hub, link)["sweep_id"], holders[0] if holders else ""


def form(
    hub: Hub, link: str, endpoints: Sequence[str] = (), snoozes: Mapping[str, int] | None = None, comment: str = ""
) -> Fields:
    """A correct final form but for its code. `endpoints` are ids or names."""
    rows, sha256 = ids(hub, link), _record(hub, link)["plan"]["sha256"]
    choice = Choice.DELETE if endpoints else Choice.KEEP
    fields: Fields = {f"i{rows.index(_id(rows, one))}": "d" for one in endpoints}
    fields |= {f"z{rows.index(_id(rows, one))}": str(days) for one, days in (snoozes or {}).items()}
    words = phrase(choice, len(endpoints), sha256)
    return fields | {
        "plan_sha256": sha256, "choice": choice.value, "step": "decide", "phrase": words, "comment": comment,
    }  # fmt: skip


def with_code(hub: Hub, link: str, fields: Fields) -> Fields:
    """Goes through the second step and types the code that was mailed; without one where the page asks for none."""
    if 'name="code"' not in hub.post(link, fields | {"step": "review"}).body:
        return fields
    sweep, approver = whose(hub, link)
    mails = [mail for mail in hub.mails() if mail.to == approver and f" {sweep}: " in mail.subject]
    return fields | {"code": newest_code(mail.text for mail in mails)}


def _record(hub: Hub, link: str) -> dict[str, Any]:
    found = hub.approval(link.rpartition("/a/")[2].partition("?")[0])
    assert found, "there is no such approval"
    return found


def ids(hub: Hub, link: str, endpoints: Sequence[str] | None = None) -> list[str]:
    """Of these endpoints, or of all that are offered, in the order of the plan that was asked about."""
    plan, s3 = _record(hub, link)["plan"], hub.client("s3")
    try:
        there = s3.get_object(Bucket=plan["bucket"], Key=plan["key"], VersionId=plan["version_id"])
    except s3.exceptions.ClientError as error:
        raise LookupError("the record names a plan that is not there") from error
    items = json.loads(there["Body"].read())["items"]
    rows = [str(ResourceId(one["account"], one["region"], one["name"], one["type"])) for one in items]
    return rows if endpoints is None else [_id(rows, one) for one in endpoints]


def _id(rows: Sequence[str], name: str) -> str:
    """By the whole id, or by the name alone."""
    [found] = [one for one in rows if name in (one, one.rpartition("/")[2])]
    return found
