"""`ports.Seals` on AWS KMS: an HMAC key for decisions, an encryption key for task tokens."""

import base64
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from endpoint_sweep.aws.faults import code_of
from endpoint_sweep.errors import Unavailable

_ALGORITHM = "HMAC_SHA_256"


class AwsSeals:
    """The review function may make MACs, the verifying and the deleting function may only check them (safety 1.4)."""

    def __init__(self, client: Any, mac_key: str, seal_key: str) -> None:
        self._client = client
        self._mac_key = mac_key
        self._seal_key = seal_key

    def mac(self, digest: bytes) -> str:
        try:
            answer = self._client.generate_mac(KeyId=self._mac_key, MacAlgorithm=_ALGORITHM, Message=digest)
        except (ClientError, BotoCoreError) as error:
            raise Unavailable(f"no MAC could be made: {_told(error)}") from error
        return base64.b64encode(answer["Mac"]).decode()

    def is_authentic(self, digest: bytes, mac: str) -> bool:
        try:
            given = base64.b64decode(mac, validate=True)
            if not given:
                return False
            request = {"KeyId": self._mac_key, "MacAlgorithm": _ALGORITHM, "Message": digest, "Mac": given}
            return bool(self._client.verify_mac(**request)["MacValid"])
        except ValueError:
            return False
        except ClientError as error:
            if code_of(error) == "KMSInvalidMacException":
                return False
            raise Unavailable(f"a MAC could not be checked: {_told(error)}") from error
        except BotoCoreError as error:
            raise Unavailable(f"a MAC could not be checked: {_told(error)}") from error

    def seal(self, text: str, context: str) -> str:
        try:
            answer = self._client.encrypt(
                KeyId=self._seal_key, Plaintext=text.encode(), EncryptionContext={"approval": context}
            )
        except (ClientError, BotoCoreError) as error:
            raise Unavailable(f"the token could not be sealed: {_told(error)}") from error
        return base64.b64encode(answer["CiphertextBlob"]).decode()

    def unseal(self, sealed: str, context: str) -> str:
        try:
            answer = self._client.decrypt(
                KeyId=self._seal_key,
                CiphertextBlob=base64.b64decode(sealed),
                EncryptionContext={"approval": context},
            )
        except (ClientError, BotoCoreError, ValueError) as error:
            raise Unavailable(f"the token could not be unsealed: {_told(error)}") from error
        text: bytes = answer["Plaintext"]
        return text.decode()


def _told(error: Exception) -> str:
    return code_of(error) if isinstance(error, ClientError) else type(error).__name__
