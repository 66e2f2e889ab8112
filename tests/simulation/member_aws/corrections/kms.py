"""Decrypt names what is wrong with a ciphertext: that it is not one, or that another key made it."""

from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.kms import utils
from moto.kms.exceptions import InvalidCiphertextException
from moto.kms.models import KmsBackend

from tests.simulation.member_aws.corrections.correction import Correction

_decrypt = KmsBackend.decrypt


def decrypt(
    backend: KmsBackend, ciphertext_blob: bytes, encryption_context: dict[str, str], key_id: str | None = None
) -> tuple[bytes, str]:
    """moto answers both with the error of a missing permission."""
    try:
        made_with: Any = utils._deserialize_ciphertext_blob(ciphertext_blob).key_id
    except Exception as error:
        raise InvalidCiphertextException from error
    if made_with not in backend.keys:
        raise InvalidCiphertextException
    if key_id is not None and backend.any_id_to_key_id(key_id) != made_with:
        raise JsonRESTError("IncorrectKeyException", "The key ID in the request does not identify the CMK used.")
    opened: tuple[bytes, str] = _decrypt(backend, ciphertext_blob, encryption_context)
    return opened


CORRECTIONS = (Correction("decrypt", KmsBackend, "decrypt", decrypt, "no permission is missing"),)
