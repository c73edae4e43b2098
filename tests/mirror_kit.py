"""A mirror over a real database and a source on this machine."""

import threading
from collections import deque

from appliance.mirror.client import WebApi
from appliance.mirror.files import Files
from appliance.mirror.numbers import Numbers
from appliance.mirror.passes import Passes
from appliance.mirror.puller import Pace, Puller
from appliance.mirror.state import PullState
from appliance.storage.models import MirrorRecord, Publication
from tests.webapi_server import KEY, publication

QUICK = 1_000_000.0  # requests a second


class Mirror:
    """Everything that a pull needs; a new one over the same core is a new process."""

    def __init__(self, core, server, *, silence_s=10.0, answer_s=20.0, api=None, **changes):
        self._clock = core.clock
        self.source = server.settings(**changes)
        pace = Pace(QUICK, threading.Event())
        self.api = api or WebApi(
            self.source, KEY, pace=pace, silence_s=silence_s, answer_s=answer_s
        )
        self.state = PullState(core.books, chance=lambda: 1.0)
        self.passes = Passes(books=core.books, source=self.source, domains=self.source.domains)
        self.numbers = Numbers(books=core.books, source=self.source)
        self.files = Files(
            books=core.books,
            source=self.source,
            data_dir=core.settings.data_dir,
            numbers=self.numbers,
        )
        self.puller = Puller(
            api=self.api,
            state=self.state,
            passes=self.passes,
            numbers=self.numbers,
            files=self.files,
        )

    def pull(self):
        """Everything that is due; what each step brought. Raises what ends it."""
        done = []
        try:
            while (step := self.puller.step()) is not None:
                done.append(step)
        finally:
            self.api.close()
        return done

    def again(self):
        """Everything, although its time has not come."""
        self._clock.advance(1)
        self.state.ask()
        return self.pull()


def numbered(count):
    """So many publications as a list has them."""
    return [publication(number) for number in range(1, count + 1)]


def titles(*, withdrawn=False):
    """The titles of the catalogue, by source."""
    rows = Publication.select()
    return {
        row.source_id: row.title
        for row in rows
        if row.source_id is not None and (row.withdrawn_at is not None) is withdrawn
    }


def whole_mirror():
    """Everything a reader sees of it, and nothing of when it came."""
    rows = Publication.select().order_by(Publication.source_id)
    columns = ("source_id", "kind", "title", "abstract", "subject", "year", "released_on", "issn")
    numbers = ("catalogue_number", "publication_number")
    found = deque()
    for row in rows:
        values = tuple(getattr(row, name) for name in (*columns, *numbers))
        found.append((*values, row.withdrawn_at is not None))
    said = MirrorRecord.select(
        MirrorRecord.model,
        MirrorRecord.domain,
        MirrorRecord.lang,
        MirrorRecord.remote_id,
        MirrorRecord.held,
        MirrorRecord.updated_on,
        MirrorRecord.gone_at.is_null(),
    ).order_by(*(getattr(MirrorRecord, name) for name in ("model", "domain", "lang", "remote_id")))
    return list(found), [tuple(row) for row in said.tuples().iterator()]
