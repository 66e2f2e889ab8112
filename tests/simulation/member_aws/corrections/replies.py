"""Replies of the JSON services as plain text: with fields that no current SDK knows and a serializer drops."""

import base64
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from moto.core.responses import BaseResponse
from moto.sagemaker.exceptions import ValidationError

Row = dict[str, Any]
JsonReply = tuple[int, dict[str, str], str]
DEFAULT_PAGE, LARGEST_PAGE = 10, 100  # of every List operation of SageMaker (D2.1)


def reply(answer: Row) -> JsonReply:
    """The answer as JSON 1.1 writes it: a time is an epoch second."""
    return 200, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(answer, default=_epoch)


def _epoch(value: object) -> float:
    if not isinstance(value, datetime):
        raise TypeError(f"{type(value).__name__} is not JSON")
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()


def page_size(response: BaseResponse) -> int:
    size = response._get_param("MaxResults") or DEFAULT_PAGE
    if not 1 <= size <= LARGEST_PAGE:
        limit = "less than or equal to 100" if size > LARGEST_PAGE else "greater than or equal to 1"
        text = f"1 validation error detected: Value '{size}' at 'maxResults' failed to satisfy constraint: "
        raise ValidationError(message=f"{text}Member must have value {limit}")
    return int(size)


def page[T](response: BaseResponse, rows: Sequence[tuple[tuple[str, str], T]]) -> tuple[list[T], str | None]:
    """One page of `rows`, each with its place in the order, and the token of the next.

    Descending by default. The token is a place, not a number: what is deleted meanwhile hides nothing (D2.3).
    """
    size = page_size(response)
    ascending = response._get_param("SortOrder") == "Ascending"
    ordered = sorted(rows, key=lambda row: row[0], reverse=not ascending)
    if token := response._get_param("NextToken"):
        place = _place(token)
        ordered = [row for row in ordered if (row[0] > place if ascending else row[0] < place)]
    chosen = ordered[:size]
    next_token = base64.urlsafe_b64encode(json.dumps(chosen[-1][0]).encode()).decode() if len(ordered) > size else None
    return [row for _, row in chosen], next_token


def _place(token: str) -> tuple[str, str]:
    try:
        value, name = json.loads(base64.urlsafe_b64decode(token.encode()))
    except ValueError as error:
        raise ValidationError(message="Invalid pagination token given.") from error
    return str(value), str(name)


def with_token(answer: Row, token: str | None) -> Row:
    return answer | ({"NextToken": token} if token else {})
