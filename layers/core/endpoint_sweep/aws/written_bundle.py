"""The restore bundle as the hub wrote it, read with the credentials of a shell."""

import json
from typing import TYPE_CHECKING, Any

import jmespath

from endpoint_sweep.aws.error_translation import translated
from endpoint_sweep.aws.sessions import Sessions
from endpoint_sweep.aws.store import AwsStore
from endpoint_sweep.domain.errors import DocumentNotFound, RestoreFailed, UsageError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient


def bucket_of(sessions: Sessions, stack: str) -> str:
    """The hub's bucket, as the outputs of its stack name it. Raises RestoreFailed, CellDenied or CellFailed."""
    try:
        return output_of(sessions, stack, "BucketName")
    except UsageError as error:
        raise RestoreFailed(f"the stack {stack} has no output BucketName; name the bucket with --bucket") from error


def output_of(sessions: Sessions, stack: str, name: str) -> str:
    """One output of the hub's stack. Raises UsageError, CellDenied or CellFailed."""
    with translated(f"asking the stack {stack} for its outputs"):
        client: CloudFormationClient = sessions.hub("cloudformation")
        answer = client.describe_stacks(StackName=stack)
    value = jmespath.search(f"Stacks[0].Outputs[?OutputKey=='{name}'].OutputValue | [0]", answer)
    if not value:
        raise UsageError(f"the stack {stack} has no output {name}; name the hub's stack with --stack")
    return str(value)


def written_bundle(sessions: Sessions, bucket: str, key: str) -> dict[str, Any]:
    """The restore bundle as it was written before the deletion. Raises RestoreFailed, CellDenied or CellFailed."""
    with translated(f"reading {key} in {bucket}"):
        try:
            body = AwsStore(sessions.hub("s3"), bucket).get(key)
        except DocumentNotFound as error:
            raise RestoreFailed(f"bucket {bucket} has no restore bundle {key}") from error
    try:
        bundle = json.loads(body)
    except ValueError as error:
        raise RestoreFailed(f"{key} in {bucket} is not a restore bundle") from error
    if not isinstance(bundle, dict) or not bundle:
        raise RestoreFailed(f"{key} in {bucket} is not a restore bundle")
    return bundle
