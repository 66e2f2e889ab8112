"""One question to AWS, named by the permission that it needs, so that a refusal can name what is missing."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError

from endpoint_sweep.aws.error_translation import DENIED, code_of, message_of
from endpoint_sweep.aws.paging import to_the_end
from endpoint_sweep.aws.sessions import Sessions
from endpoint_sweep.domain.errors import NotAllowed, NotAnswered

# The prefix of the permission -> the client's name, where they differ.
_CLIENTS = {"ses": "sesv2", "states": "stepfunctions"}
# The permission -> the operation, where they differ.
_OPERATIONS = {"s3:ListBucket": "ListObjectsV2"}
_DENIED = DENIED | {"AuthorizationError", "AuthorizationErrorException", "403"}


class Asking:
    """The caller's credentials in the hub's region."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._made: dict[tuple[str, str], Any] = {}

    @property
    def sessions(self) -> Sessions:
        return self._sessions

    def __call__(
        self, action: str, *, missing: Collection[str] = (), region: str = "", **request: Any
    ) -> dict[str, Any] | None:
        """The answer; None where AWS says one of the `missing` codes. Raises NotAllowed or NotAnswered."""
        client, operation = self._client(action, region)
        try:
            with answering(action):
                answer: dict[str, Any] = getattr(client, operation)(**request)
        except NotAnswered as error:
            if error.code in missing:
                return None
            raise
        return answer

    def sure(self, action: str, *, region: str = "", **request: Any) -> dict[str, Any]:
        """The answer to a question that always has one. Raises NotAllowed or NotAnswered."""
        answer = self(action, region=region, **request)
        assert answer is not None  # noqa: S101 - for the type checker: nothing counts as missing here
        return answer

    def rows(self, action: str, key: str, **request: Any) -> list[dict[str, Any]]:
        """The rows of all pages. Raises NotAllowed or NotAnswered."""
        client, operation = self._client(action, "")
        with answering(action):
            pages = client.get_paginator(operation).paginate(**request)
            return [row for page in to_the_end(pages) for row in page.get(key) or ()]

    def _client(self, action: str, region: str) -> tuple[Any, str]:
        prefix, _, name = action.partition(":")
        service = _CLIENTS.get(prefix, prefix)
        if (service, region) not in self._made:
            with answering(action):
                made = self._sessions.at(service, region) if region else self._sessions.hub(service)
                self._made[service, region] = made
        return self._made[service, region], xform_name(_OPERATIONS.get(action, name))


@contextmanager
def answering(action: str) -> Iterator[None]:
    """Turns what botocore raises into NotAllowed or NotAnswered."""
    try:
        yield
    except ClientError as error:
        if code_of(error) in _DENIED:
            raise NotAllowed(action) from error
        raise NotAnswered(action, code_of(error), message_of(error)) from error
    except BotoCoreError as error:
        raise NotAnswered(action, type(error).__name__) from error
