"""Listings in pages, to their end."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from botocore.exceptions import PaginationError


def to_the_end[Page: Mapping[str, Any]](pages: Iterable[Page]) -> Iterator[Page]:
    """Every page that a paginator gives.

    botocore notices a token that comes twice in a row; a longer circle of pages would never end (FI-04).
    """
    seen: set[str] = set()
    for page in pages:
        yield page
        token = page.get("NextToken") or page.get("PaginationToken")
        if token in seen:
            raise PaginationError(message="the pages lead in a circle")
        if token:
            seen.add(token)
