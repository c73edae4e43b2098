"""Whether a visitor knows of the account on the portal that the office asks for."""

from enum import StrEnum


class AccountState(StrEnum):
    """How far a visit is; the values are those of the database."""

    TOLD = "told"
    HAS_ACCOUNT = "has_account"
    """The visitor says so; nobody has looked."""
    VERIFIED = "verified"
    """The portal knows the account."""


_RANKS = {state: rank for rank, state in enumerate(AccountState)}


def further(now: AccountState | None, said: AccountState) -> AccountState:
    """The state after `said`; what is known already is not taken back."""
    if now is None or _RANKS[said] > _RANKS[now]:
        return said
    return now
