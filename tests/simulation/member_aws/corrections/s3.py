"""An object is written in one step, with its metadata, and the versions of one folder are listed for themselves."""

import threading
from collections.abc import Callable, Iterator
from functools import wraps
from types import SimpleNamespace
from typing import Any

from moto.s3 import urls
from moto.s3.models import S3Backend
from moto.s3.responses import S3Response

from tests.simulation.member_aws.corrections.correction import Correction

_one_at_a_time = threading.RLock()
_list_object_versions = S3Backend.list_object_versions


def _alone(call: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(call)
    def alone(*given: Any, **named: Any) -> Any:
        with _one_at_a_time:
            return call(*given, **named)

    return alone


def list_object_versions(
    backend: S3Backend, bucket_name: str, *given: Any, prefix: str = "", **named: Any
) -> tuple[Any, ...]:
    """moto copies every version of the whole bucket for each question: a page would cost what all sweeps ever wrote."""

    def of_the_prefix() -> Iterator[tuple[str, Any]]:
        return ((key, versions) for key, versions in keys.iterlists() if key.startswith(prefix))

    with _one_at_a_time:
        keys = backend.get_bucket(bucket_name).keys
        bucket = SimpleNamespace(keys=SimpleNamespace(iterlists=of_the_prefix))
        narrow: Any = SimpleNamespace(get_bucket=lambda _: bucket)
        found: tuple[Any, ...] = _list_object_versions(narrow, bucket_name, *given, prefix=prefix, **named)
        return found


def url_module(_: S3Backend) -> Any:
    """moto loads this module from its file again for every account and region, in case the environment changed."""
    return urls


CORRECTIONS = (
    *(
        Correction(f"whole {name}", S3Response, name, _alone(getattr(S3Response, name)), "one of two writers wins")
        for name in ("put_object", "get_object")
    ),
    Correction("list-object-versions", S3Backend, "list_object_versions", list_object_versions, "slow"),
    Correction("url-module", S3Backend, "_url_module", property(url_module), "slow"),
)
