"""What MiniStack's KMS gets wrong."""

import base64
import hashlib
import hmac
import json
from typing import Any

from ministack.services import kms

_TAG_BYTES = 32
_KEY_ID_BYTES = 36


def authenticate_ciphertexts() -> None:
    """Stock decrypts a ciphertext that was changed or belongs to another key, and returns a wrong plaintext."""
    encrypt, decrypt, generate = kms._encrypt, kms._decrypt, kms._generate_data_key_common

    def encrypt_whole(request: dict[str, Any]) -> Any:
        status, headers, body = encrypt(request)
        key = kms._resolve_key(request.get("KeyId", "")) or {}
        if status == 200 and "_symmetric_key" in key:
            answer = json.loads(body)
            sealed = base64.b64decode(answer["CiphertextBlob"])
            answer["CiphertextBlob"] = base64.b64encode(sealed + _tag(key, sealed)).decode()
            return kms.json_response(answer)
        return status, headers, body

    def generate_whole(request: dict[str, Any], *action: str) -> Any:
        key, plaintext, sealed = generate(request, *action)
        return key, plaintext, sealed if key is None else sealed + _tag(key, sealed)

    def decrypt_whole(request: dict[str, Any]) -> Any:
        blob = base64.b64decode(request.get("CiphertextBlob", ""))
        named = kms._resolve_key(request["KeyId"]) if request.get("KeyId") else None
        if named and "_symmetric_key" not in named:
            return decrypt(request)
        key = kms._resolve_key(blob[:_KEY_ID_BYTES].decode("utf-8", "ignore"))
        sealed, tag = blob[:-_TAG_BYTES], blob[-_TAG_BYTES:]
        if key is None or "_symmetric_key" not in key or not hmac.compare_digest(tag, _tag(key, sealed)):
            return kms.error_response_json("InvalidCiphertextException", "", 400)
        if named and named["KeyId"] != key["KeyId"]:
            text = "The key ID in the request does not identify a CMK that can perform this operation."
            return kms.error_response_json("IncorrectKeyException", text, 400)
        return decrypt(request | {"CiphertextBlob": base64.b64encode(sealed).decode()})

    kms._encrypt, kms._decrypt, kms._generate_data_key_common = encrypt_whole, decrypt_whole, generate_whole


def _tag(key: dict[str, Any], sealed: bytes) -> bytes:
    return hmac.digest(key["_symmetric_key"], b"authentic" + sealed, hashlib.sha256)
