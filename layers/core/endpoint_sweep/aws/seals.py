"""`ports.Seals` on AWS KMS: one HMAC key per signer, one key that wraps the sweep keys, one for task tokens."""

import base64
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError

from endpoint_sweep.aws.error_translation import code_of
from endpoint_sweep.domain.errors import Unavailable
from endpoint_sweep.ports import Maker

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

_ALGORITHM: Final = "HMAC_SHA_256"
_NOT_OURS = ("InvalidCiphertextException", "IncorrectKeyException")


class AwsSeals:
    """The key policies in template.yaml say who may sign and who may verify with each key (docs/safety.md)."""

    def __init__(self, client: "KMSClient", keys: Mapping[Maker, str], cells_key: str, seal_key: str) -> None:
        self._client = client
        self._keys = keys
        self._cells_key = cells_key
        self._seal_key = seal_key
        self._opened: dict[tuple[str, ...], bytes] = {}

    def mac(self, maker: Maker, digest: bytes) -> str:
        try:
            answer = self._client.generate_mac(KeyId=self._keys[maker], MacAlgorithm=_ALGORITHM, Message=digest)
        except (ClientError, BotoCoreError) as error:
            raise Unavailable(f"KMS could not create a MAC: {_told(error)}") from error
        return base64.b64encode(answer["Mac"]).decode()

    def is_authentic(self, maker: Maker, digest: bytes, mac: str) -> bool:
        try:
            given = base64.b64decode(mac, validate=True)
            if not given:
                return False
            answer = self._client.verify_mac(
                KeyId=self._keys[maker], MacAlgorithm=_ALGORITHM, Message=digest, Mac=given
            )
            return answer["MacValid"]
        except ValueError:
            return False
        except ClientError as error:
            if code_of(error) == "KMSInvalidMacException":
                return False
            raise Unavailable(f"KMS could not verify a MAC: {_told(error)}") from error
        except BotoCoreError as error:
            raise Unavailable(f"KMS could not verify a MAC: {_told(error)}") from error

    def new_key(self, context: Mapping[str, str]) -> str:
        try:
            answer = self._client.generate_data_key_without_plaintext(
                KeyId=self._cells_key, KeySpec="AES_256", EncryptionContext=dict(context)
            )
        except (ClientError, BotoCoreError) as error:
            raise Unavailable(f"KMS could not create a key: {_told(error)}") from error
        return base64.b64encode(answer["CiphertextBlob"]).decode()

    def open_key(self, wrapped: str, context: Mapping[str, str]) -> bytes | None:
        """An instance that scans many cells of one sweep decrypts its key once."""
        name = (wrapped, *sorted(f"{key}={value}" for key, value in context.items()))
        if name not in self._opened:
            try:
                blob = base64.b64decode(wrapped, validate=True)
                answer = self._client.decrypt(
                    KeyId=self._cells_key, CiphertextBlob=blob, EncryptionContext=dict(context)
                )
            except ValueError:
                return None
            except ClientError as error:
                if code_of(error) in _NOT_OURS:
                    return None
                raise Unavailable(f"a key could not be opened: {_told(error)}") from error
            except BotoCoreError as error:
                raise Unavailable(f"a key could not be opened: {_told(error)}") from error
            self._opened = {name: answer["Plaintext"]}
        return self._opened[name]

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
        return answer["Plaintext"].decode()


def _told(error: Exception) -> str:
    return code_of(error) if isinstance(error, ClientError) else type(error).__name__
