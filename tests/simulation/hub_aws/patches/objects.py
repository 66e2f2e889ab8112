"""What MiniStack's S3 gets wrong about permissions."""

from typing import Any

from ministack.core import iam_actions, iam_evaluator, router
from ministack.core.responses import get_region
from ministack.services import s3


def check_every_deletion() -> None:
    """Stock judges the first object of DeleteObjects as if it named no version, which bypasses a Deny on versions."""
    stock = iam_actions.s3_additional_checks

    def additional_checks(method: str, path: str, headers: Any, body: bytes, query: Any) -> list[tuple[str, str]]:
        checks: list[tuple[str, str]] = stock(method, path, headers, body, query)
        bucket = path.strip("/")
        if method == "POST" and "delete" in query and bucket and "/" not in bucket:
            for arn, version in iam_actions._s3_batch_delete_targets(bucket, body)[:1]:
                checks += [("s3:DeleteObjectVersion", arn)] if version else []
        return checks

    iam_actions.s3_additional_checks = additional_checks


def hide_what_is_missing() -> None:
    """Stock tells everyone that an object does not exist. AWS tells only those who may list the bucket.

    A permission that is limited to a prefix does not count here, because no one knows whether it does (D13.18).
    """
    handle = s3.handle_request

    async def handle_request(method: str, path: str, headers: Any, body: bytes, query: Any, **more: Any) -> Any:
        answer = await handle(method, path, headers, body, query, **more)
        bucket, _, key = path.lstrip("/").partition("/")
        asked = method in ("GET", "HEAD") and key and answer[0] == 404 and not query.get("versionId")
        if not asked or s3._ensure_bucket(bucket) is None:
            return answer
        who = router.extract_access_key_id(headers, query)
        arn = f"arn:aws:s3:::{bucket}"
        if iam_evaluator.enforce(who, "s3:ListBucket", "s3", get_region(), resource_arn=arn) is None:
            return answer
        status, found, text = s3._error("AccessDenied", "Access Denied", 403)
        return status, found, b"" if method == "HEAD" else text

    s3.handle_request = handle_request
