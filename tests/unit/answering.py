"""Real botocore clients whose requests are answered by a function instead of a network."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

Answer = Mapping[str, Any]


class Refusal(Exception):
    """An answer that is an error of AWS."""

    def __init__(self, code: str, message: str = "no", status: int = 400) -> None:
        super().__init__(code)
        self.code, self.message, self.status = code, message, status


class Asked(list[tuple[str, dict[str, Any]]]):
    """Operations and their parameters, in order, as botocore accepted them."""

    def of(self, operation: str) -> list[dict[str, Any]]:
        return [request for name, request in self if name == operation]


def client(service: str, answer: Callable[[str, dict[str, Any]], Answer]) -> tuple[Any, Asked]:
    """`answer` is given the operation's name and its parameters. Parameters are validated, nothing is sent."""
    made = _session().client(service)
    asked = Asked()

    def note(params: dict[str, Any], model: Any, **_: Any) -> None:
        asked.append((model.name, dict(params)))

    def reply(model: Any, **_: Any) -> tuple[AWSResponse, dict[str, Any]]:
        try:
            body = dict(answer(*asked[-1]))
        except Refusal as refusal:
            return _http(refusal.status), {"Error": {"Code": refusal.code, "Message": refusal.message}}
        return ok(body)

    made.meta.events.register("before-parameter-build", note)
    made.meta.events.register("before-call", reply)
    return made, asked


def in_pages(*pages: Answer | Refusal, field: str = "NextToken") -> Callable[[str, dict[str, Any]], Answer]:
    """The pages one after the other, each with a token to the next in this field."""
    left: Iterator[tuple[int, Answer | Refusal]] = iter(enumerate(pages, 1))

    def answer(_: str, request: dict[str, Any]) -> Answer:
        number, page = next(left)
        if isinstance(page, Refusal):
            raise page
        assert request.get(field) == (f"page-{number}" if number > 1 else None)
        return page if number == len(pages) else {**page, field: f"page-{number + 1}"}

    return answer


def ok(body: Answer) -> tuple[AWSResponse, dict[str, Any]]:
    """What a handler of botocore's `before-call` returns for an answer."""
    return _http(200), dict(body)


@cache
def _session() -> Any:
    """One for all: reading the models again for every client takes long."""
    return boto3.Session("testing", "testing", region_name="us-east-1")


def _http(status: int) -> AWSResponse:
    return AWSResponse("", status, HTTPHeaders(), None)
