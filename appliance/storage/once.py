"""A repeated key gets the first answer: a double tap is one visit."""

from collections.abc import Callable

from appliance.clock import Clock
from appliance.codes import token_hash
from appliance.storage.models import Idempotency

KEY_LENGTH = 128


def once(scope: str, key: str, clock: Clock, make: Callable[[], str]) -> str:
    """The subject `make` returned the first time this key came; runs `make` only then.

    Belongs inside a function given to the writer, so that key and fact are one transaction. An
    empty key asks for no protection. Keys longer than 128 characters are cut.
    """
    if not key:
        return make()
    key_hash = token_hash(key[:KEY_LENGTH])
    seen = Idempotency.get_or_none(scope=scope, key_hash=key_hash)
    if seen is not None:
        return str(seen.subject)
    subject = make()
    Idempotency.create(scope=scope, key_hash=key_hash, subject=subject, created_at=clock.now())
    return subject
