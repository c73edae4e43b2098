"""How an office's queue goes: series of numbers, desks, and who is not there when called."""

from collections.abc import Iterable, Iterator
from typing import Annotated

import msgspec

from appliance.errors import N_

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]


class Series(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Numbers of one kind of service: its letter, its name, and the codes of the guest book.

    The one series without codes takes everybody else.
    """

    prefix: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]$")]
    label: Text
    label_en: Text
    services: tuple[str, ...] = ()


class Queue(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The queue of an office.

    `desks` are numbers or short names, as the room's screen shows them. Who is not there when
    called lets `skip_places` others go first, at most `skips` times; then the number is put aside.
    """

    desks: tuple[Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z ]{1,12}$")], ...] = ("1",)
    skip_places: Annotated[int, msgspec.Meta(ge=1, le=20)] = 2
    skips: Annotated[int, msgspec.Meta(ge=0, le=5)] = 2
    series: tuple[Series, ...] = (Series("A", "Layanan", "Service"),)

    @property
    def first(self) -> Series:
        """The series of whoever asks for no service of another one."""
        return next(one for one in self.series if not one.services)

    @property
    def prefixes(self) -> tuple[str, ...]:
        return tuple(one.prefix for one in self.series)

    def series_for(self, services: Iterable[str]) -> Series:
        """The series that offers everything a visit asks for.

        Who wants something else as well begins where everybody does, and is passed on.
        """
        wanted = set(services)
        fitting = (one for one in self.series if wanted and wanted.issubset(one.services))
        return next(fitting, self.first)


def problems(queue: Queue) -> Iterator[tuple[str, str]]:
    """What is wrong with the queue as written: the setting below `queue`, and the message."""
    prefixes = queue.prefixes
    if len(set(prefixes)) < len(prefixes):
        yield "series", N_("tiap seri antrean memerlukan huruf sendiri")
    if sum(not one.services for one in queue.series) != 1:
        yield "series", N_("tepat satu seri antrean tanpa services, untuk yang lain")
    if not queue.desks or len(set(queue.desks)) < len(queue.desks):
        yield "desks", N_("tulis nama tiap meja, masing-masing sekali")
