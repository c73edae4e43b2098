"""Ed25519 signatures (RFC 8032) in plain Python, for the few things a day that this house signs.

Not in constant time: sign only what nobody from outside can have signed again and again.
"""

import hashlib
from typing import NamedTuple

KEY_BYTES = 32
SIGNATURE_BYTES = 64
_FIELD = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _FIELD) % _FIELD
_ROOT_OF_MINUS_ONE = pow(2, (_FIELD - 1) // 4, _FIELD)


class _Point(NamedTuple):
    """A point of the curve as X, Y, Z, T with x = X/Z, y = Y/Z, x*y = T/Z."""

    x: int
    y: int
    z: int
    t: int


def public_key(secret: bytes) -> bytes:
    """The public key of a secret of 32 random bytes."""
    scalar, _ = _expanded(secret)
    return _packed(_times(scalar, _BASE))


def sign(secret: bytes, message: bytes) -> bytes:
    """The signature of these bytes; the same for the same secret and bytes."""
    scalar, prefix = _expanded(secret)
    nonce = _number(prefix, message)
    commitment = _packed(_times(nonce, _BASE))
    challenge = _number(commitment, public_key(secret), message)
    return commitment + ((nonce + challenge * scalar) % _ORDER).to_bytes(32, "little")


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the holder of this public key's secret signed these bytes; False for nonsense."""
    if len(public) != KEY_BYTES or len(signature) != SIGNATURE_BYTES:
        return False
    key, commitment = _unpacked(public), _unpacked(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or commitment is None or scalar >= _ORDER:
        return False
    if _is_same(_times(8, key), _NEUTRAL):  # a key of small order signs anything
        return False
    challenge = _number(signature[:32], public, message)
    return _is_same(_times(scalar, _BASE), _plus(commitment, _times(challenge, key)))


def _expanded(secret: bytes) -> tuple[int, bytes]:
    if len(secret) != KEY_BYTES:
        raise ValueError(f"a secret has {KEY_BYTES} bytes")
    digest = hashlib.sha512(secret).digest()
    scalar = int.from_bytes(digest[:32], "little")
    return scalar & ((1 << 254) - 8) | 1 << 254, digest[32:]


def _number(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % _ORDER


def _plus(one: _Point, other: _Point) -> _Point:
    a = (one.y - one.x) * (other.y - other.x) % _FIELD
    b = (one.y + one.x) * (other.y + other.x) % _FIELD
    c = 2 * one.t * other.t * _D % _FIELD
    d = 2 * one.z * other.z % _FIELD
    e, f, g, h = b - a, d - c, d + c, b + a
    return _Point(e * f % _FIELD, g * h % _FIELD, f * g % _FIELD, e * h % _FIELD)


def _times(scalar: int, point: _Point) -> _Point:
    result = _NEUTRAL
    while scalar:
        if scalar & 1:
            result = _plus(result, point)
        point = _plus(point, point)
        scalar >>= 1
    return result


def _is_same(one: _Point, other: _Point) -> bool:
    same_x = (one.x * other.z - other.x * one.z) % _FIELD == 0
    return same_x and (one.y * other.z - other.y * one.z) % _FIELD == 0


def _packed(point: _Point) -> bytes:
    inverse = pow(point.z, -1, _FIELD)
    x, y = point.x * inverse % _FIELD, point.y * inverse % _FIELD
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _unpacked(data: bytes) -> _Point | None:
    number = int.from_bytes(data, "little")
    sign_bit, y = number >> 255, number & ((1 << 255) - 1)
    x = _x_of(y, sign_bit)
    return None if x is None else _Point(x, y, 1, x * y % _FIELD)


def _x_of(y: int, sign_bit: int) -> int | None:
    if y >= _FIELD:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _FIELD) % _FIELD
    if square == 0:
        return None if sign_bit else 0
    x = pow(square, (_FIELD + 3) // 8, _FIELD)
    if (x * x - square) % _FIELD:
        x = x * _ROOT_OF_MINUS_ONE % _FIELD
    if (x * x - square) % _FIELD:
        return None
    return _FIELD - x if (x & 1) != sign_bit else x


def _base() -> _Point:
    y = 4 * pow(5, -1, _FIELD) % _FIELD
    x = _x_of(y, 0) or 0
    return _Point(x, y, 1, x * y % _FIELD)


_NEUTRAL = _Point(0, 1, 1, 0)
_BASE = _base()
