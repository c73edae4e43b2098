"""Slows down whoever guesses passwords, by account and client, across restarts."""

import math

from appliance import codes
from appliance.clock import Clock, Stamp
from appliance.errors import N_, Refused
from appliance.staff import rules
from appliance.storage.models import LoginFailure

FAILURES_KEPT = 10_000  # about 1 MB; a flood pushes out old ones, never the disk


class TooManyTries(Refused):
    """Raised while this client must wait before it may try again; `wait_s` says how long."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(
            N_("Terlalu banyak percobaan. Coba lagi dalam %(seconds)s detik."), seconds=wait_s
        )
        self.wait_s = wait_s


class LoginThrottle:
    """Counts failures by (account, client) and by client, so that nobody can lock out another."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def check(self, username: str, client: str) -> None:
        """Return when this client may try now. Raises TooManyTries."""
        now = self._clock.stamp()
        of_client = LoginFailure.client == client
        of_account = of_client & (LoginFailure.username == _account_key(username))
        wait_s = max(
            rules.account_wait_s(_ages(of_account, now)),
            rules.client_wait_s(_ages(of_client, now)),
        )
        if wait_s > 0:
            raise TooManyTries(math.ceil(wait_s))

    def count(self, username: str, client: str) -> None:
        """Remember one failure. Belongs inside a function given to the writer."""
        now = self._clock.stamp()
        made = LoginFailure.create(
            username=_account_key(username),
            client=client,
            at=now.at,
            boot_id=now.boot_id,
            boot_ms=now.boot_ms,
        )
        _drop(LoginFailure.id <= made.id - FAILURES_KEPT)

    def forget(self, username: str, client: str) -> None:
        """Drop what this client got wrong for this account. Belongs inside a writer's function."""
        _drop((LoginFailure.username == _account_key(username)) & (LoginFailure.client == client))


def _account_key(username: str) -> str:
    # People type their password into the wrong field; what they typed is never kept.
    return codes.token_hash(username)[:32]


def _drop(which: object) -> None:
    LoginFailure.delete().where(which).execute()  # type: ignore[misc]


def _ages(which: object, now: Stamp) -> list[float]:
    rows = LoginFailure.select().where(which).order_by(LoginFailure.id.desc())
    return [
        rules.failure_age_s(rules.Moment(row.at, row.boot_id, row.boot_ms), now)
        for row in rows.limit(rules.FAILURES_THAT_COUNT)
    ]
