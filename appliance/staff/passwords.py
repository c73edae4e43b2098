"""Passwords kept as argon2id, checked at the same cost whether or not the account exists."""

import secrets
import threading
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from appliance.errors import N_, Unavailable

# OWASP's second profile: 41 ms of CPU here against 256 ms of the library's default, and a Pi with
# 512 MB has no room for 64 MiB a guess.
MEMORY_KIB = 19 * 1024
PASSES = 2
LANES = 1
AT_ONCE = 1
PATIENCE_S = 8.0


class Passwords:
    """Hashes and checks passwords, one at a time, so that guessing cannot eat the memory."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)
        self._turn = threading.BoundedSemaphore(AT_ONCE)

    def hash(self, password: str) -> str:
        """The hash to keep. Blocks; raises Unavailable when too many are waiting."""
        with _Turn(self._turn):
            return self._hasher.hash(password)

    def matches(self, password: str, password_hash: str | None) -> bool:
        """Whether the password fits. With no hash it works just as long and says no."""
        with _Turn(self._turn):
            try:
                self._hasher.verify(password_hash or self._nobody, password)
            except (VerifyMismatchError, VerificationError, InvalidHashError):
                return False
            return password_hash is not None

    @cached_property
    def _nobody(self) -> str:
        return self._hasher.hash(secrets.token_hex(16))


class _Turn:
    def __init__(self, semaphore: threading.BoundedSemaphore) -> None:
        self._semaphore = semaphore

    def __enter__(self) -> None:
        if not self._semaphore.acquire(timeout=PATIENCE_S):
            raise Unavailable(N_("Banyak yang sedang masuk. Coba lagi sebentar lagi."))

    def __exit__(self, *_error: object) -> None:
        self._semaphore.release()
