"""Verifies CloudTrail's signatures: SHA-256 with RSA, PKCS #1 version 1.5.

Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-custom-validation.html
"""

from __future__ import annotations

from binascii import unhexlify

from auditor.errors import ConfigurationError


class UnusableKeyError(Exception):
    """A public key cannot be loaded."""


def require_cryptography() -> None:
    """Sees to it that signatures can be verified.

    Raises:
        ConfigurationError: The package that verifies them is not installed.
    """
    try:
        import cryptography  # noqa: F401 - looked for only
    except ImportError as error:
        raise ConfigurationError(
            "Signatures cannot be verified, for the package cryptography is not installed.",
            "Install it: pip install 'trail-auditor[integrity]'.",
        ) from error


def is_signed(text: bytes, signature: str, public_key: bytes) -> bool:
    """Gives whether a text was signed with the private key of a public one.

    Args:
        text: What was signed.
        signature: In hexadecimal; what is none signs nothing.
        public_key: In DER, as PKCS #1 or as SubjectPublicKeyInfo, for AWS shows keys in either.

    Raises:
        UnusableKeyError: The key cannot be loaded, or is no RSA key.
    """
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        key = load_der_public_key(public_key)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UnusableKeyError(str(error)) from error
    if not isinstance(key, RSAPublicKey):
        raise UnusableKeyError("it is no RSA key")
    try:
        key.verify(unhexlify(signature), text, PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True
