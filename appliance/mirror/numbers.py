"""Catalogue and publication numbers, which only a record's own answer has."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from peewee import ModelSelect

from appliance.catalogue import index
from appliance.mirror.records import ListKey, Records
from appliance.mirror.shapes import View
from appliance.mirror.state import PullState
from appliance.mirror.trouble import OF_ONE_THING, OF_WHOM, SourceTrouble
from appliance.record import Books
from appliance.source_settings import CatalogueSource
from appliance.storage.models import MirrorRecord

if TYPE_CHECKING:
    from appliance.mirror.client import WebApi  # speaks TLS

MOST_TRIES = 3
ODD_IN_A_ROW = 3  # one record may be odd; so many are a changed source


@dataclass(frozen=True, slots=True)
class Numbered:
    """A record whose numbers are known now, or that has none; `left` wait for theirs."""

    publication_id: int
    left: int


class Numbers:
    """Asks for one record a step, those that failed last. One thread."""

    def __init__(self, *, books: Books, source: CatalogueSource) -> None:
        self._writer = books.writer
        self._records = Records(books.clock, source.languages)
        self._odd = 0
        self._doubted: dict[str, ListKey] = {}

    def step(self, api: "WebApi", state: PullState) -> Numbered | None:
        """None when no record waits that may be asked for. Raises SourceTrouble."""
        able = waiting().where(MirrorRecord.remote_id.not_in(list(self._doubted)))
        row = able.order_by(MirrorRecord.view_tries, MirrorRecord.publication).first()
        if row is None:
            return None
        key = ListKey("publication", row.domain, row.lang)
        try:
            found = api.view(domain=key.domain, lang=key.lang, remote_id=row.remote_id)
        except SourceTrouble as error:
            self._odd += 1
            if error.trouble not in OF_ONE_THING or self._odd >= ODD_IN_A_ROW:
                self._odd = 0
                if error.trouble in OF_WHOM:
                    self._doubted[row.remote_id] = key
                raise
            self._fail(key, row.remote_id)
        else:
            self._odd = 0
            self.keep(key, row.remote_id, found)
            state.answered()
        return Numbered(int(row.publication_id), waiting().count())

    def settle(self) -> None:
        """Something else was answered: what was doubted had a try, and may have another."""
        doubted, self._doubted = self._doubted, {}
        for remote_id, key in doubted.items():
            self._fail(key, remote_id)

    def _fail(self, key: ListKey, remote_id: str) -> None:
        self._writer.run(lambda: self._records.fail_view(key, remote_id, most_tries=MOST_TRIES))

    def keep(self, key: ListKey, remote_id: str, found: View | None) -> None:
        """Keep the numbers of an answer that was asked for something else, too."""

        def write() -> None:
            self._records.number(key, remote_id, found)
            index.refresh()

        self._writer.run(write)


def waiting() -> "ModelSelect[MirrorRecord]":
    """The records that have not been asked for their numbers."""
    return MirrorRecord.select().where(
        MirrorRecord.viewed_at.is_null(),
        MirrorRecord.gone_at.is_null(),
        MirrorRecord.model == "publication",
    )
