"""What endpoints are deleted with."""

from typing import TYPE_CHECKING, Any, cast

from endpoint_sweep.aws.endpoint.adapter import AwsEndpointActor

if TYPE_CHECKING:
    from endpoint_sweep.aws.sessions import Clients


def test_nothing_but_the_call_follows_the_last_check() -> None:
    """The client that deletes is there from the start, because making one takes longer than the kill switch may."""
    made: list[tuple[str, bool]] = []

    def clients(service: str, *, once: bool = False) -> Any:
        made.append((service, once))

    AwsEndpointActor(cast("Clients", clients))
    assert made == [("sagemaker", True)]
