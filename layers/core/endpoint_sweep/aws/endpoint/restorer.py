"""The calls of a restore in a member account."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from endpoint_sweep.aws.endpoint import restore_bundle
from endpoint_sweep.aws.error_translation import code_of, translated
from endpoint_sweep.aws.sessions import Clients
from endpoint_sweep.domain.errors import ResourceNotFound, RestoreFailed
from endpoint_sweep.resources.endpoint.restore_plan import Call

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient

POLL_SECONDS = 15
# CreateEndpoint reads the configuration from a store that may not have it yet (D3.15).
_TRIES = 4


class Restorer:
    """`EndpointRestorer`: one account in one region, with a session that may create."""

    def __init__(self, clients: Clients) -> None:
        self._client = clients

    @property
    def _sagemaker(self) -> "SageMakerClient":
        client: SageMakerClient = self._client("sagemaker")
        return client

    def has_endpoint(self, name: str) -> bool:
        try:
            with translated(f"looking for endpoint {name}"):
                self._sagemaker.describe_endpoint(EndpointName=name)
        except ResourceNotFound:
            return False
        return True

    def has_config(self, name: str) -> bool:
        return _is_there(name, lambda: self._sagemaker.describe_endpoint_config(EndpointConfigName=name))

    def has_model(self, name: str) -> bool:
        return _is_there(name, lambda: self._sagemaker.describe_model(ModelName=name))

    def make(self, call: Call, wait_seconds: int) -> None:
        """Raises RestoreFailed, CellDenied or CellFailed with AWS's reason."""
        with translated(f"creating {call.what}"):
            for attempt in range(1, _TRIES + 1):
                try:
                    # The plan names the operation, which no stub can follow.
                    getattr(self._client(call.service), call.operation)(**call.request)
                    break
                except ClientError as error:
                    late = call.operation == "create_endpoint" and "Could not find endpoint config" in str(error)
                    if not late or attempt == _TRIES:
                        raise
                    time.sleep(attempt)
        if call.wait_for:
            self.wait(*call.wait_for, wait_seconds)

    def wait(self, kind: str, name: str, seconds: int) -> None:
        """Waits until the `endpoint` or `component` is in service.

        Raises RestoreFailed if it fails or takes too long, and CellDenied or CellFailed with AWS's reason.
        """
        end = time.monotonic() + seconds
        while True:
            status, why = self._status(kind, name)
            if status == "InService":
                return
            if status == "Failed":
                raise RestoreFailed(f"{kind} {name} failed: {why}")
            if time.monotonic() >= end:
                raise RestoreFailed(
                    f"{kind} {name} is still {status} after {seconds // 60} minutes; it may still come up"
                )
            time.sleep(POLL_SECONDS)

    def _status(self, kind: str, name: str) -> tuple[str, str]:
        with translated(f"waiting for {kind} {name}"):
            if kind == "endpoint":
                endpoint = self._sagemaker.describe_endpoint(EndpointName=name)
                return endpoint["EndpointStatus"], endpoint.get("FailureReason", "")
            component = self._sagemaker.describe_inference_component(InferenceComponentName=name)
            return component["InferenceComponentStatus"], component.get("FailureReason", "")

    def bundle(self, name: str, arn: str) -> dict[str, Any]:
        """What is there now, in the words of a restore bundle."""
        return restore_bundle.collect(self._sagemaker, self._client("application-autoscaling"), name, arn)


def _is_there(name: str, look: Callable[[], object]) -> bool:
    with translated(f"looking for {name}"):
        try:
            look()
        except ClientError as error:
            if code_of(error) == "ValidationException":
                return False
            raise
    return True
