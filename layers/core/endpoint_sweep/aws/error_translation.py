"""AWS's error codes as the product's errors (D6.5, D9.2)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
)

from endpoint_sweep.domain.errors import (
    CellDenied,
    CellFailed,
    ComponentNotFound,
    NotConnected,
    RegionDenied,
    ReplyLost,
    ResourceNotFound,
    TokenRefused,
)

DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "Forbidden"}
# What a region says that is off, and also one that is on to a token that is bad or not known there yet.
_TOKEN_REFUSED = {"UnrecognizedClientException", "InvalidClientTokenId", "AuthFailure", "RegionDisabledException"}
_MAX_REASON = 300
_SERVER_ERROR = 500


def code_of(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def message_of(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Message", ""))[:_MAX_REASON]


def is_missing_endpoint(error: ClientError) -> bool:
    """DescribeEndpoint and DeleteEndpoint say it with a ValidationException, so the text decides (D3.2).

    A configuration that is missing is told in the same words (D3.9) and says nothing of the endpoint.
    """
    told = message_of(error)
    said_of_another = told.startswith("Could not find endpoint configuration")
    return (
        code_of(error) == "ValidationException" and told.startswith("Could not find endpoint") and not said_of_another
    )


def is_missing_component(error: ClientError) -> bool:
    return code_of(error) == "ValidationException" and message_of(error).startswith("Could not find inference compon")


@contextmanager
def sent_once(what: str) -> Iterator[None]:
    """Around a deletion that is never repeated: was it refused, not sent, or is only its reply lost?

    Raises ResourceNotFound, ComponentNotFound, CellDenied, CellFailed or ReplyLost.
    """
    try:
        yield
    except (ConnectTimeoutError, EndpointConnectionError) as error:
        raise CellFailed(f"{what} was not sent: {type(error).__name__}") from error
    except HTTPClientError as error:
        raise ReplyLost(f"{what}: {type(error).__name__}") from error
    except ClientError as error:
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if is_missing_endpoint(error):
            raise ResourceNotFound(message_of(error)) from error
        if is_missing_component(error):
            raise ComponentNotFound(message_of(error)) from error
        if status >= _SERVER_ERROR:
            raise ReplyLost(f"{what}: {code_of(error)}") from error
        if code_of(error) in DENIED:
            raise CellDenied(f"{what}: {message_of(error)}") from error
        raise CellFailed(f"{what}: {code_of(error)}: {message_of(error)}") from error


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """Turns whatever botocore raises into one named error whose text says what was being done."""
    try:
        yield
    except ClientError as error:
        _raise_translated(error, doing)
    except EndpointConnectionError as error:
        raise NotConnected(f"{doing}: no connection to the service") from error
    except BotoCoreError as error:
        raise CellFailed(f"{doing}: {type(error).__name__}") from error


def _raise_translated(error: ClientError, doing: str) -> NoReturn:
    code, message = code_of(error), message_of(error)
    if is_missing_endpoint(error):
        raise ResourceNotFound(message) from error
    if is_missing_component(error):
        raise ComponentNotFound(message) from error
    if code in DENIED:
        if "service control policy" in message or "resource control policy" in message:
            raise RegionDenied(f"{doing}: closed by a policy of the Organization") from error
        raise CellDenied(f"{doing}: {code}: {message}") from error
    if code in _TOKEN_REFUSED:
        raise TokenRefused(f"{doing}: the session's token was refused ({code})") from error
    raise CellFailed(f"{doing}: {code}: {message}") from error
