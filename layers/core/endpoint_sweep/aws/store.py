"""The hub's bucket, on S3."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError, FlexibleChecksumError

from endpoint_sweep.aws.error_translation import code_of, message_of
from endpoint_sweep.aws.sessions import CONNECTIONS
from endpoint_sweep.domain.documents import digest
from endpoint_sweep.domain.errors import (
    AlreadyRecorded,
    DocumentNotFound,
    DocumentNotWritten,
    DocumentTampered,
    Unavailable,
)
from endpoint_sweep.domain.model import Pointer
from endpoint_sweep.ports import Stored

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import GetObjectRequestTypeDef, PutObjectRequestTypeDef

_MAC = "mac"


class AwsStore:
    """`ports.Store` on S3. The bucket is versioned, so nothing that was written is lost."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    @property
    def bucket(self) -> str:
        return self._bucket

    def put(
        self,
        key: str,
        body: bytes,
        content_type: str = "application/json",
        count: int = 1,
        *,
        once: bool = False,
        mac: str = "",
    ) -> Pointer:
        request: PutObjectRequestTypeDef = {"Bucket": self._bucket, "Key": key, "Body": body}
        request["ContentType"] = content_type
        if once:
            request["IfNoneMatch"] = "*"
        if mac:
            request["Metadata"] = {_MAC: mac}
        try:
            answer = self._client.put_object(**request)
        except ClientError as error:
            if code_of(error) == "PreconditionFailed":
                raise AlreadyRecorded(f"{key} was written before") from error
            raise DocumentNotWritten(f"{key}: {code_of(error)}: {message_of(error)}") from error
        except BotoCoreError as error:
            raise DocumentNotWritten(f"{key}: {type(error).__name__}") from error
        return Pointer(self._bucket, key, str(answer.get("VersionId", "")), digest(body), count)

    def get(self, key: str, version_id: str | None = None) -> bytes:
        return self.read(key, version_id).body

    def read(self, key: str, version_id: str | None = None) -> Stored:
        request: GetObjectRequestTypeDef = {"Bucket": self._bucket, "Key": key}
        if version_id:
            request["VersionId"] = version_id
        try:
            answer = self._client.get_object(**request)
            body: bytes = answer["Body"].read()
        except ClientError as error:
            if code_of(error) in ("NoSuchKey", "NoSuchVersion"):
                raise DocumentNotFound(key) from error
            raise
        except FlexibleChecksumError as error:
            raise DocumentTampered(f"{key} is not what was written") from error
        return Stored(body, str(answer.get("VersionId", "")), str(answer.get("Metadata", {}).get(_MAC, "")))

    def keys(self, prefix: str) -> list[str]:
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        return sorted(key for key in pages.search("Contents[].Key") if key)

    def all(self, prefix: str) -> Mapping[str, Stored]:
        keys = self.keys(prefix)
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            return dict(zip(keys, pool.map(self.read, keys), strict=True))

    def history(self, prefix: str) -> tuple[tuple[str, str], ...]:
        found: list[tuple[str, str]] = []
        for page in self._client.get_paginator("list_object_versions").paginate(Bucket=self._bucket, Prefix=prefix):
            if page.get("Prefix", "") != prefix:
                # botocore makes an empty answer of a body that it cannot read: that is not "there is nothing".
                raise Unavailable("S3's answer cannot be read")
            found += [(one["Key"], one["VersionId"]) for one in page.get("Versions", ())]
        return tuple(reversed(found))
