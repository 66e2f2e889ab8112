"""Writes docs/report.schema.json, the JSON Schema of `report.json`, from the types that it is made of.

`PYTHONPATH=layers/core python -m scripts.report_schema`, part of `make docs`.
"""

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from endpoint_sweep.domain.closed import Closed
from endpoint_sweep.domain.kinds import Access, CoverageStatus, Silence
from endpoint_sweep.domain.model import Finding, Mode
from endpoint_sweep.domain.resource import Action
from endpoint_sweep.reports.document import SCHEMA
from endpoint_sweep.reports.money import MoneyView
from endpoint_sweep.rules.savings import Realized

PAGE = Path(__file__).resolve().parent.parent / "docs" / "report.schema.json"
_TEXT, _COUNT, _USD = (
    {"type": "string"},
    {"type": "integer", "minimum": 0},
    {"type": "string", "pattern": r"^\d+(\.\d+)?$"},
)
_NOTHING = {"type": "null"}
_KEPT = ("found", "kept", "already_gone", "spared", "changed", "failed", "unknown")


def schema() -> dict[str, Any]:
    """Every field is always there. Amounts are texts in US dollars, times are in UTC."""
    parts = {
        one.__name__: TypeAdapter(one).json_schema(mode="serialization")
        for one in (Finding, MoneyView, Realized, Closed)
    }
    found = {name: shape for one in parts.values() for name, shape in one.pop("$defs", {}).items()}
    definitions = {name: _plain(shape) for name, shape in sorted((found | parts).items())}
    row = definitions["Finding"]
    row["properties"] |= {"disposition": _TEXT | {"description": "What happened to it."}, "disposition_reason": _TEXT}
    row["required"] += ["disposition", "disposition_reason"]
    silence = _object({one.value: _COUNT for one in Silence}, "Silent endpoints by what they published meanwhile.")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "report.json of endpoint-sweep",
        **_object(
            {
                "schema": {"const": SCHEMA},
                "sweep": _object({"id": _TEXT, "mode": _one_of(Mode), "reported_at": _TEXT | {"format": "date-time"}}),
                "ending": {"enum": ["complete", "gaps", "failed"]},
                "failure": {"anyOf": [_object({"error": _TEXT, "reason": _TEXT}), _NOTHING]},
                "scope": {"type": "array", "items": _TEXT},
                "coverage": {"type": "array", "items": _object(_cell(silence))},
                "totals": _object(dict.fromkeys((*_KEPT, *(one.done for one in Action)), _COUNT)),
                "monthly_saving_usd": _USD,
                "monthly_saving_net_usd": {"anyOf": [_USD, _NOTHING]},
                "monthly_promised_usd": _USD,
                "idle": _ref("MoneyView"),
                "realized": _ref("Realized"),
                "protected_unused": _ref("MoneyView"),
                "silence": silence,
                "not_offered": {
                    "type": "object",
                    "propertyNames": {"enum": sorted({one.value for one in Access} - {Access.ENABLED.value})},
                    "additionalProperties": _ref("Closed"),
                },
                "findings": {"type": "array", "items": _ref("Finding")},
            },
            "What a sweep found and what happened to it. Amounts are texts in US dollars; times are in UTC.",
        ),
        "$defs": definitions,
    }


def _cell(silence: dict[str, Any]) -> dict[str, Any]:
    texts = dict.fromkeys(("account", "region", "reason", "routers"), _TEXT)
    return texts | {"status": _one_of(CoverageStatus), "resources": _COUNT, "silence": silence}


def _object(properties: dict[str, Any], about: str = "") -> dict[str, Any]:
    made = {"type": "object", "properties": properties, "required": list(properties)}
    return {"description": about} | made if about else made


def _one_of(values: Any) -> dict[str, Any]:
    return {"enum": [one.value for one in values]}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/$defs/{name}"}


def _plain(shape: Any) -> Any:
    """Without the titles and defaults that pydantic adds. Docstrings of this project wrap their lines."""
    match shape:
        case dict():
            kept = {name: _plain(one) for name, one in shape.items() if name not in ("title", "default")}
            if isinstance(kept.get("description"), str):
                kept["description"] = " ".join(kept["description"].split())
            if "properties" in kept:
                kept["required"] = list(kept["properties"])
            return kept
        case list():
            return [_plain(one) for one in shape]
    return shape


def text() -> str:
    return json.dumps(schema(), indent=2) + "\n"


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
