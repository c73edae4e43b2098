"""Forms that officers hand out: on a tablet, by a QR, by a code to type; gone with their answers.

A form shows nothing of the visitor, so it may be filled in on a screen that others use.
"""

import datetime as dt
import uuid as uuids
from collections.abc import Mapping
from dataclasses import dataclass, field

from peewee import SQL, Expression

from appliance import codes
from appliance.actor import ANYONE, Actor
from appliance.errors import N_, Invalid, NotFound, Refused
from appliance.ratings.rules import How
from appliance.ratings.service import ALREADY, UNRATED, RatingService
from appliance.ratings.skd_service import SkdService
from appliance.ratings.tablets import Tablet
from appliance.record import Books
from appliance.storage.models import RatingInvitation, Visit
from appliance.visits.service import VisitService

LASTS = dt.timedelta(hours=2)  # a code on a slip, which people answer before they go
LASTS_ON_TABLET = dt.timedelta(minutes=10)  # or the next visitor would rate for this one
MOST_MEMBERS = 40  # a school class
UNKNOWN = N_("Lembar penilaian itu sudah diisi atau sudah tidak berlaku.")
TOO_MANY = N_("Itu lebih banyak daripada anggota rombongan yang belum menilai.")
NINE_FIRST = N_("Sembilan pertanyaan lebih dahulu.")
SKM, SKD = "skm", "skd"


@dataclass(frozen=True, slots=True)
class Invitation:
    """One form that was handed out. `wants_skd`: the nine questions are answered."""

    token: str = field(repr=False)
    code: str = field(repr=False)
    visit_id: int
    is_member: bool
    tablet_id: int | None
    wants_skd: bool
    expires_at: dt.datetime


class RatingInvitations:
    """Hands out forms and takes their answers."""

    def __init__(
        self,
        *,
        books: Books,
        visits: VisitService,
        ratings: RatingService,
        skd: SkdService,
        link_key: bytes,
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._visits = visits
        self._ratings = ratings
        self._skd = skd
        self._link_key = link_key

    def invite(self, visit_id: int, *, by: Actor, tablet: Tablet | None = None) -> Invitation:
        """The form of this visit, on this tablet if one is named; a form before it is void.

        Raises Refused when the visit has rated or declined, or was never served.
        """

        def write() -> Invitation:
            visit = self._visits.by_id(visit_id)
            if visit.rated_at is not None or visit.state in UNRATED:
                raise Refused(ALREADY)
            _drop(_of_visit(visit_id))
            if tablet is not None:
                _drop(RatingInvitation.tablet == tablet.id)
            self._recorder.note("rating.handed_out", f"visit/{visit.uuid}", by=by)
            return self._create(visit_id, tablet_id=tablet.id if tablet else None)

        return self._writer.run(write)

    def invite_members(self, visit_id: int, text: str, *, by: Actor) -> tuple[Invitation, ...]:
        """So many forms for the willing ones of a group, its leader not counted.

        Raises Invalid unless `text` is a number from 1 to 40, and no more than came and have not
        been asked yet.
        """
        count = int(text) if text.isascii() and text.isdigit() and len(text) < 3 else 0
        if not 1 <= count <= MOST_MEMBERS:
            raise Invalid({"count": N_("Tulis angka 1 sampai 40.")})

        def write() -> tuple[Invitation, ...]:
            visit = self._visits.by_id(visit_id)
            if count > self.members_left(visit_id):
                raise Invalid({"count": TOO_MANY})
            _drop(_of_members(visit_id))
            detail = {"count": count}
            self._recorder.note("rating.handed_out", f"visit/{visit.uuid}", by=by, detail=detail)
            return tuple(self._create(visit_id, is_member=True) for _ in range(count))

        return self._writer.run(write)

    def members_left(self, visit_id: int) -> int:
        """How many of a group may still be asked, its leader not counted. Raises NotFound."""
        row = self._visits.row(visit_id)
        return int(min(max(row.persons - 1 - row.members_asked, 0), MOST_MEMBERS))

    def of_visit(self, visit_id: int) -> Invitation | None:
        """The form that waits for this visit's rating; None without one."""
        return self._found(_of_visit(visit_id))

    def of_members(self, visit_id: int) -> tuple[Invitation, ...]:
        """The forms of its group that were not used yet."""
        rows = RatingInvitation.select().where(_of_members(visit_id))
        found = (self._live(row) for row in rows.order_by(RatingInvitation.code))
        return tuple(one for one in found if one is not None)

    def on_tablet(self, tablet: Tablet) -> Invitation | None:
        """What this tablet is to show; None while it rests."""
        return self._found(RatingInvitation.tablet == tablet.id)

    def by_token(self, token: str) -> Invitation:
        """The form behind a link. Raises NotFound, the same for unknown and used ones."""
        return self._required(RatingInvitation.token_hash == codes.token_hash(token))

    def by_code(self, text: str) -> Invitation:
        """The form behind a typed code. Raises NotFound."""
        code = codes.parse_short_code(text)
        if code is None:
            raise NotFound(UNKNOWN)
        return self._required(RatingInvitation.code == code)

    def give(
        self,
        token: str,
        answers: Mapping[str, object],
        comment: str = "",
        *,
        how: How,
        idempotency_key: str = "",
    ) -> None:
        """Keep the nine answers, once. Raises NotFound, Invalid, Refused."""

        def write() -> None:
            form = self.by_token(token)
            key = idempotency_key
            if form.wants_skd and form.is_member:
                return  # sent twice: nothing else tells that this member has answered
            if form.is_member:
                self._ratings.give_apart(answers, comment, by=ANYONE, how=how, idempotency_key=key)
                _count_member(form.visit_id)
            else:
                self._ratings.give(
                    form.visit_id, answers, comment, by=ANYONE, how=how, idempotency_key=key
                )
            self._go_on(token, SKD if self._skd.is_offered else "")

        self._writer.run(write)

    def decline(self, token: str, *, reason: str = "") -> None:
        """The form comes back empty. Raises NotFound, Refused."""

        def write() -> None:
            form = self.by_token(token)
            if form.wants_skd:
                pass  # the nine are answered: what is left is not wanted
            elif form.is_member:
                self._ratings.decline_apart(reason=reason)
                _count_member(form.visit_id)
            else:
                self._ratings.decline(form.visit_id, by=ANYONE, reason=reason)
            self._go_on(token, "")

        self._writer.run(write)

    def give_skd(self, token: str, form: Mapping[str, str], *, idempotency_key: str = "") -> None:
        """Keep what was answered of the sixteen items. Raises NotFound, Invalid, Refused."""

        def write() -> None:
            invitation = self._for_items(token)
            if invitation.is_member:
                self._skd.give_apart(form, by=ANYONE, idempotency_key=idempotency_key)
            else:
                visit_id = invitation.visit_id
                self._skd.give(visit_id, form, by=ANYONE, idempotency_key=idempotency_key)
            self._go_on(token, "")

        self._writer.run(write)

    def skip_skd(self, token: str) -> None:
        """No sixteen items, thank you. Raises NotFound, Refused."""

        def write() -> None:
            form = self._for_items(token)
            if not form.is_member:
                self._skd.skip(form.visit_id, by=ANYONE)
            self._go_on(token, "")

        self._writer.run(write)

    def withdraw(self, visit_id: int, *, by: Actor) -> None:
        """Take back what this visit and its group were handed out."""

        def write() -> None:
            visit = self._visits.by_id(visit_id)
            if _drop(RatingInvitation.visit == visit_id):
                self._recorder.note("rating.taken_back", f"visit/{visit.uuid}", by=by)

        self._writer.run(write)

    def forget_due(self) -> int:
        """Drop the forms whose time is over; how many."""
        over = RatingInvitation.expires_at <= self._clock.now()
        return self._writer.run(lambda: _drop(over))

    def _create(
        self, visit_id: int, *, is_member: bool = False, tablet_id: int | None = None
    ) -> Invitation:
        now, uuid = self._clock.now(), str(uuids.uuid4())
        row = RatingInvitation.create(
            uuid=uuid,
            token_hash=codes.token_hash(self._token(uuid)),
            code=codes.new_short_code(),
            visit=visit_id,
            is_member=is_member,
            tablet=tablet_id,
            step=SKM,
            created_at=now,
            expires_at=now + (LASTS_ON_TABLET if tablet_id else LASTS),
        )
        return self._invitation(row)

    def _for_items(self, token: str) -> Invitation:
        """The form, when its nine questions are answered. Raises NotFound, Refused."""
        form = self.by_token(token)
        if not form.wants_skd:
            raise Refused(NINE_FIRST)
        return form

    def _go_on(self, token: str, step: str) -> None:
        of_token = RatingInvitation.token_hash == codes.token_hash(token)
        if step:
            RatingInvitation.update(step=step).where(of_token).execute()
        else:
            _drop(of_token)

    def _found(self, condition: Expression) -> Invitation | None:
        row = RatingInvitation.get_or_none(condition)
        return self._live(row) if row else None

    def _required(self, condition: Expression) -> Invitation:
        found = self._found(condition)
        if found is None:
            raise NotFound(UNKNOWN)
        return found

    def _live(self, row: RatingInvitation) -> Invitation | None:
        """The form, unless its time is over or the visit has rated by another way."""
        if row.expires_at <= self._clock.now():
            return None
        if row.is_member:
            return self._invitation(row)
        visit = self._visits.by_id(row.visit_id)
        is_asked = visit.rated_at is None if row.step == SKM else self._skd.is_open_to(visit)
        return self._invitation(row) if is_asked else None

    def _invitation(self, row: RatingInvitation) -> Invitation:
        return Invitation(
            token=self._token(row.uuid),
            code=row.code,
            visit_id=row.visit_id,
            is_member=bool(row.is_member),
            tablet_id=row.tablet_id,
            wants_skd=row.step == SKD,
            expires_at=row.expires_at,
        )

    def _token(self, uuid: str) -> str:
        return codes.derived_token(self._link_key, "rating", uuid)


def _of_visit(visit_id: int) -> Expression:
    # Spelt out, so that SQLite uses the partial index.
    condition: Expression = (RatingInvitation.visit == visit_id) & SQL("is_member = 0")
    return condition


def _of_members(visit_id: int) -> Expression:
    condition: Expression = (RatingInvitation.visit == visit_id) & SQL("is_member = 1")
    return condition


def _count_member(visit_id: int) -> None:
    asked = Visit.update(members_asked=Visit.members_asked + 1)
    asked.where(Visit.id == visit_id).execute()


def _drop(condition: Expression) -> int:
    return int(RatingInvitation.delete().where(condition).execute())  # type: ignore[misc]
