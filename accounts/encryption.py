"""Secrets that have to be read again, encrypted at rest by keys that are not in the database.

AES-256-GCM. Each entry of settings.ENCRYPTION_KEYS gives a key by HKDF-SHA256: the first encrypts,
all decrypt, hence keys can be rotated. The owner is authenticated with the text, so that one copied
to another's row does not open there. (A Fernet token of 20 bytes has 120 characters and names no
owner; django-otp's column has room for 80.)
"""

import base64
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_PREFIX = "a1:"  # the form; no hexadecimal text begins so
_NONCE = 12  # bytes


class UndecipherableError(Exception):
    """The text was not encrypted for this owner by any of the keys."""


@lru_cache(maxsize=16)
def _cipher(key: str) -> AESGCM:
    derived = HKDF(SHA256(), length=32, salt=None, info=b"sijafung encryption at rest")
    return AESGCM(derived.derive(key.encode()))


def encrypt(secret: bytes, owner: str) -> str:
    """The secret as text, by the first key: 3 characters and four for every three bytes, of which
    28 are nonce and tag. 20 bytes have 67 characters."""
    nonce = os.urandom(_NONCE)
    sealed = _cipher(settings.ENCRYPTION_KEYS[0]).encrypt(nonce, secret, owner.encode())
    return _PREFIX + base64.urlsafe_b64encode(nonce + sealed).decode()


def decrypt(text: str, owner: str) -> bytes:
    """The secret out of its text, by whichever key fits; UndecipherableError where none does."""
    try:
        whole = base64.urlsafe_b64decode(text.removeprefix(_PREFIX)) if encrypted(text) else b""
    except ValueError:
        whole = b""
    for key in settings.ENCRYPTION_KEYS:
        try:
            return _cipher(key).decrypt(whole[:_NONCE], whole[_NONCE:], owner.encode())
        except (InvalidTag, ValueError):
            continue
    raise UndecipherableError


def encrypted(text: str) -> bool:
    """Whether the text has the form that `encrypt` gives."""
    return text.startswith(_PREFIX)
