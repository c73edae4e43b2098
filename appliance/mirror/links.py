"""A record's own answer, read anew before each file: its links are signed for a while only."""

import msgspec

from appliance.catalogue import index
from appliance.mirror.client import WebApi
from appliance.mirror.download import Unfit
from appliance.mirror.numbers import Numbers
from appliance.mirror.shelf import Want
from appliance.mirror.tables import table_of
from appliance.record import Books
from appliance.storage.models import Publication


class Links:
    """Reads what a file needs, and keeps what else the answer says."""

    def __init__(self, *, books: Books, numbers: Numbers) -> None:
        self._writer = books.writer
        self._numbers = numbers

    def read(self, api: WebApi, want: Want, what: str) -> str:
        """Where the file is just now; empty when the source has none. Raises SourceTrouble."""
        domain, lang, remote_id = want.key.domain, want.key.lang, want.remote_id
        if want.key.model == "statictable":
            table = api.table(domain=domain, lang=lang, remote_id=remote_id)
            return "" if table is None else table.excel_url
        if want.key.model == "pressrelease":
            release = api.release(domain=domain, lang=lang, remote_id=remote_id)
            self._keep_abstract(want.publication_id, "" if release is None else release.abstract)
            return "" if release is None else release.pdf_url
        view = api.view(domain=domain, lang=lang, remote_id=remote_id)
        self._numbers.keep(want.key, remote_id, view)
        if view is None:
            return ""
        return view.pdf_url if what == "pdf" else view.cover_url

    def table(self, api: WebApi, want: Want) -> bytes:
        """A static table without anything but its texts. Raises SourceTrouble, Unfit."""
        domain, lang = want.key.domain, want.key.lang
        view = api.table(domain=domain, lang=lang, remote_id=want.remote_id)
        if view is None or not view.html.strip():
            raise Unfit("no_link")
        table = table_of(view.html)
        if table is None:
            raise Unfit("not_table")
        return msgspec.json.encode(table)

    def _keep_abstract(self, publication_id: int, abstract: str) -> None:
        """The list has it as a rule; what stands there is not written over."""
        empty = (Publication.id == publication_id) & (Publication.abstract == "")
        if not abstract or not Publication.select().where(empty).exists():
            return

        def write() -> None:
            Publication.update(abstract=abstract).where(empty).execute()
            index.refresh()

        self._writer.run(write)
