"""Ed25519 signatures (RFC 8032) over bytes; secrets and public keys are 32 bytes each.

By the bindings of libsodium alone: the classes above them would take as much memory again. Loaded
at first use, for a process that only might sign or check one thing a day.
"""

KEY_BYTES = 32
SIGNATURE_BYTES = 64


def public_key(secret: bytes) -> bytes:
    """The public key of a secret of 32 random bytes. Raises ValueError for another length."""
    return _pair(secret)[0]


def sign(secret: bytes, message: bytes) -> bytes:
    """The signature of these bytes; the same for the same secret and bytes."""
    from nacl import bindings

    return bytes(bindings.crypto_sign(message, _pair(secret)[1])[:SIGNATURE_BYTES])


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the holder of this key's secret signed exactly these bytes. False for any garbage."""
    if len(public) != KEY_BYTES or len(signature) != SIGNATURE_BYTES:
        return False
    from nacl import bindings
    from nacl.exceptions import CryptoError

    try:
        bindings.crypto_sign_open(signature + message, public)
    except CryptoError:
        return False
    return True


def _pair(secret: bytes) -> tuple[bytes, bytes]:
    if len(secret) != KEY_BYTES:
        raise ValueError("a secret has 32 bytes")
    from nacl import bindings

    public, pair = bindings.crypto_sign_seed_keypair(secret)
    return bytes(public), bytes(pair)
