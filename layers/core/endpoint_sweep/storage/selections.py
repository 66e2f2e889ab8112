"""The row with the decisions of one approval, which DynamoDB limits to 400 KB (D14.5).

A thousand endpoints are a third of that, in each decision. So a large row names every endpoint once, and its decisions
refer to the places: `"0-499,501"` in the order of the selection, because the MAC of a decision is over that order.
"""

import json
from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby
from typing import Any

from endpoint_sweep.domain.documents import to_data
from endpoint_sweep.domain.model import ResourceId
from endpoint_sweep.rules.approvals import Decision

type Document = dict[str, Any]
type Data = list[dict[str, str]]

_LARGE = 100_000  # characters
_MOST = 100  # decisions; there are at most 50 approvers


def packed(decisions: tuple[Decision, ...]) -> Document:
    """The fields of the row that hold the decisions. A row that is small stays as it is, readable in the console."""
    plain = {"decisions": to_data(decisions)}
    if len(json.dumps(plain)) <= _LARGE:
        return plain
    named = [target for one in decisions for target in (*one.selected, *(snooze.id for snooze in one.snoozes))]
    places = {target: place for place, target in enumerate(dict.fromkeys(named))}
    return {"ids": [str(target) for target in places], "decisions": [_packed(one, places) for one in decisions]}


def _packed(decision: Decision, places: dict[ResourceId, int]) -> Document:
    snoozes = [
        {"days": days, "ids": _runs(places[one.id] for one in same)}
        for days, same in groupby(decision.snoozes, lambda one: one.days)
    ]
    rest: Document = to_data(replace(decision, selected=(), snoozes=()))
    return rest | {"selected": _runs(places[one] for one in decision.selected), "snoozes": snoozes}


def _runs(places: Iterable[int]) -> str:
    runs: list[list[int]] = []
    for place in places:
        if runs and place == runs[-1][1] + 1:
            runs[-1][1] = place
        else:
            runs.append([place, place])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def unpacked(document: Document) -> Document:
    """The row with every endpoint in its place. Raises ValueError or TypeError if it cannot be read.

    Nothing here is trusted: a decision with other endpoints than it was made with has a wrong MAC. A row that would
    fill the memory is not read.
    """
    if "ids" not in document:
        return document
    try:
        ids: Data = [to_data(ResourceId.parse(one)) for one in document["ids"]]
        if len(document["decisions"]) > _MOST:
            raise ValueError("there are more decisions than approvers")
        decisions = [_unpacked(one, ids) for one in document["decisions"]]
    except (KeyError, AttributeError) as error:
        raise ValueError(f"the decisions cannot be read: {type(error).__name__}: {error}") from error
    return {name: value for name, value in document.items() if name != "ids"} | {"decisions": decisions}


def _unpacked(decision: Document, ids: Data) -> Document:
    snoozes: list[Document] = []
    for same in decision["snoozes"]:
        snoozes += [{"id": one, "days": same["days"]} for one in _named(same["ids"], ids, len(ids) - len(snoozes))]
    return decision | {"selected": _named(decision["selected"], ids, len(ids)), "snoozes": snoozes}


def _named(runs: str, ids: Data, most: int) -> Data:
    """What the runs stand for, `most` at most: a short text cannot stand for a long list."""
    found: Data = []
    for run in runs.split(",") if runs != "" else ():
        first, _, last = run.partition("-")
        start, end = int(first), int(last or first)
        if not 0 <= start <= end < len(ids) or len(found) + end - start >= most:
            raise ValueError(f"{run[:20]} are no places of {len(ids)} endpoints")
        found += ids[start : end + 1]
    return found
