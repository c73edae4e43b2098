"""The portal's account: told of, said to be there, verified when online. Nobody is turned away."""

from appliance.actor import Actor
from appliance.errors import N_, Refused
from appliance.offices import Office
from appliance.portal_account.rules import AccountState, further
from appliance.record import Books
from appliance.storage.models import PortalAccount as Row
from appliance.visits.rules import VisitCard
from appliance.visits.service import VisitService


class PortalAccountService:
    """Kept by visit, without an account's name: whose it is the portal knows."""

    def __init__(self, *, books: Books, office: Office, visits: VisitService) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._settings = office.portal_account
        self._visits = visits

    @property
    def is_asked(self) -> bool:
        """Whether this office asks for an account."""
        return self._settings.ask

    @property
    def url(self) -> str:
        """Where an account is made."""
        return self._settings.url

    def steps(self, language: str) -> tuple[str, ...]:
        """How an account is made, in short."""
        return self._settings.steps_en if language == "en" else self._settings.steps

    def of_visit(self, visit_id: int) -> AccountState | None:
        """How far this visit is; None before anybody has said anything."""
        row = Row.get_or_none(Row.visit == visit_id)
        return None if row is None else AccountState(row.state)

    def note(self, visit_id: int, state: AccountState | str, *, by: Actor) -> AccountState:
        """Keep that the visitor was told, or says to have an account.

        What is known already is not taken back. Raises NotFound, Refused when the visit has ended
        or the office does not ask; ValueError for any other state.
        """
        said = AccountState(state)
        if said is AccountState.VERIFIED:
            raise ValueError("only the portal verifies an account")
        if not self.is_asked:
            raise Refused(N_("Kantor ini tidak menanyakan akun portal."))

        def keep() -> AccountState:
            return self._keep(self._visits.require_open(visit_id), said, by)

        return self._writer.run(keep)

    def verified(self, visit_id: int, *, by: Actor) -> AccountState:
        """The portal knows the account, as an officer saw there; also after the visit has ended.

        The portal has no interface that could be asked. Raises NotFound, Refused while nobody has
        said that there is an account.
        """

        def keep() -> AccountState:
            if self.of_visit(visit_id) not in (AccountState.HAS_ACCOUNT, AccountState.VERIFIED):
                raise Refused(N_("Pengunjung ini belum menyebut punya akun."))
            return self._keep(self._visits.by_id(visit_id), AccountState.VERIFIED, by)

        return self._writer.run(keep)

    def _keep(self, visit: VisitCard, said: AccountState, by: Actor) -> AccountState:
        known, now = self.of_visit(visit.id), self._clock.now()
        state = further(known, said)
        if state is known:
            return state
        verified_at = now if state is AccountState.VERIFIED else None
        if known is None:
            Row.create(visit=visit.id, state=state, told_at=now, verified_at=verified_at)
        else:
            Row.update(state=state, verified_at=verified_at).where(Row.visit == visit.id).execute()
        data = {"state": str(state)}
        self._recorder.fact("portal_account.noted", f"visit/{visit.uuid}", data, by=by)
        return state
