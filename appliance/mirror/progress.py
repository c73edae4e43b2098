"""What a person at the keyboard is told while the catalogue is pulled."""

import time
from collections.abc import Callable

from appliance.errors import N_, Unavailable
from appliance.mirror.files import Fetched
from appliance.mirror.numbers import Numbered
from appliance.mirror.passes import PageKept, Passes
from appliance.mirror.puller import Buried, Done, SetAside

TOLD_EVERY_S = 2.0  # of what repeats


class PullLines:
    """A line for what is worth one; what repeats is told every two seconds at most."""

    def __init__(
        self, say: Callable[[str], object], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._say = say
        self._monotonic = monotonic
        self._told_s = float("-inf")

    def tell(self, done: Done) -> None:
        """One step was done."""
        if isinstance(done, PageKept):
            self._tell_page(done)
        elif isinstance(done, SetAside):
            self._say(f"{done.key}: {done.error} ({done.error.detail})")
        elif isinstance(done, Buried):
            self._say(f"{done.records} ditarik dari katalog / withdrawn")
        elif isinstance(done, Numbered):
            self._now_and_then(f"nomor / numbers: {done.left} menunggu / waiting")
        elif isinstance(done, Fetched):
            self._tell_file(done)

    def end(self, passes: Passes) -> None:
        """The last line. Raises Unavailable when a list changed all the time, or was odd."""
        incomplete = passes.incomplete()
        if incomplete:
            raise Unavailable(
                N_("Daftar ini belum lengkap; ulangi nanti: %(lists)s."),
                lists=", ".join(map(str, incomplete)),
            )
        self._say(f"Selesai: {passes.live()} rekaman. / Done: {passes.live()} records.")

    def _tell_page(self, page: PageKept) -> None:
        line = f"{page.key}: {page.page}/{page.pages} ({page.total})"
        if page.is_complete is None:
            self._now_and_then(line)
        elif page.is_complete:
            self._say(f"{line} lengkap / complete")
        else:
            self._say(f"{line} berubah saat dibaca / changed meanwhile")

    def _tell_file(self, file: Fetched) -> None:
        outcome = file.problem or f"{file.size_bytes} byte"
        self._say(f"{file.what} {file.publication_id}: {outcome}")

    def _now_and_then(self, line: str) -> None:
        now_s = self._monotonic()
        if now_s - self._told_s >= TOLD_EVERY_S:
            self._told_s = now_s
            self._say(line)
