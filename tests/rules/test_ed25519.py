"""Signatures against the published test vectors, and against anybody's changes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance import ed25519

# RFC 8032, section 7.1: secret, public key, message, signature.
VECTORS = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e397"
            "01cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f361"
            "3d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f76"
            "0984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
]
SECRET = bytes(range(32))


@pytest.mark.parametrize(("secret", "public", "message", "signature"), VECTORS)
def test_the_published_vectors_come_out(secret, public, message, signature):
    key, text = bytes.fromhex(secret), bytes.fromhex(message)

    assert ed25519.public_key(key).hex() == public
    assert ed25519.sign(key, text).hex() == signature
    assert ed25519.is_signed(bytes.fromhex(public), text, bytes.fromhex(signature))


@settings(max_examples=20)
@given(st.binary(max_size=60), st.integers(0, 511), st.binary(min_size=1, max_size=3))
def test_one_other_bit_anywhere_is_no_signature(message, bit, more):
    public, signature = ed25519.public_key(SECRET), ed25519.sign(SECRET, message)
    flipped = bytearray(signature)
    flipped[bit // 8] ^= 1 << bit % 8

    assert ed25519.is_signed(public, message, signature)
    assert not ed25519.is_signed(public, message, bytes(flipped))
    assert not ed25519.is_signed(public, message + more, signature)
    assert not ed25519.is_signed(ed25519.public_key(bytes(32)), message, signature)


@settings(max_examples=50)
@given(st.binary(max_size=70), st.binary(max_size=70))
def test_nonsense_is_no_signature_and_no_error(public, signature):
    assert not ed25519.is_signed(public, b"x", signature)
    assert not ed25519.is_signed(bytes(32), b"x", signature[:64].ljust(64, b"\0"))


def test_a_scalar_beyond_the_order_is_refused():
    message = b"laporan"
    signature = ed25519.sign(SECRET, message)
    order = 2**252 + 27742317777372353535851937790883648493
    larger = int.from_bytes(signature[32:], "little") + order

    forged = signature[:32] + larger.to_bytes(32, "little")

    assert not ed25519.is_signed(ed25519.public_key(SECRET), message, forged)


def test_a_secret_of_another_length_is_refused():
    with pytest.raises(ValueError, match="32 bytes"):
        ed25519.sign(b"short", b"x")
