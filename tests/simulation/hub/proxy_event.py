"""The event that API Gateway makes of a request to the review API: a REST API with proxy integration."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from tests.simulation.hub import cloudformation


def proxy_event(
    method: str, path: str, query: str = "", body: str | None = None, *, headers: Mapping[str, str], base_path: str = ""
) -> dict[str, Any]:
    """`path`: within the API. `base_path`: of the mapping of a custom domain, which the event keeps in its paths
    (D13.50).
    """
    pairs = parse_qsl(query, keep_blank_values=True)
    resource = _resource(path)
    return {
        "resource": resource,
        "path": f"{base_path}{path}",
        "httpMethod": method,
        "headers": dict(headers),
        "multiValueHeaders": {},
        "queryStringParameters": dict(pairs) or None,
        "multiValueQueryStringParameters": _many(pairs) or None,
        "requestContext": {
            "resourcePath": resource,
            "path": f"{base_path or '/v1'}{path}",
            "httpMethod": method,
            "stage": "v1",
        },
        "body": body,
        "isBase64Encoded": False,
    }


def _resource(path: str) -> str:
    """The route of the template that the path fits. API Gateway itself answers any other."""
    return next((route for route, pattern in _routes().items() if pattern.fullmatch(path)), path)


@cache
def _routes() -> dict[str, re.Pattern[str]]:
    events = cloudformation.load(cloudformation.HUB_TEMPLATE)["Resources"]["ReviewFunction"]["Properties"]["Events"]
    routes = {one["Properties"]["Path"] for one in events.values()}
    return {route: re.compile(re.sub(r"\{[^}]+\}", "[^/]+", route) + "/?") for route in sorted(routes)}


def _many(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found
