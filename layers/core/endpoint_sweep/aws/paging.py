"""Listings in pages, to their end."""

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import PaginationError


def pages(client: Any, operation: str, **request: Any) -> Iterator[dict[str, Any]]:
    """Every page of a listing.

    botocore notices a token that comes twice in a row; a longer circle of pages would never end (FI-04).
    """
    seen: set[str] = set()
    for page in client.get_paginator(operation).paginate(**request):
        yield page
        token = page.get("NextToken") or page.get("PaginationToken")
        if token in seen:
            raise PaginationError(message="the pages lead in a circle")
        if token:
            seen.add(token)
