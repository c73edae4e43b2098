"""What a settings file says of the catalogue's source, the WebAPI of BPS."""

import datetime as dt
import re
from typing import Annotated, Literal, TypeAlias
from urllib.parse import urlsplit

import msgspec

from appliance.errors import N_, ConfigError

Model: TypeAlias = Literal["publication", "pressrelease", "statictable"]
Language: TypeAlias = Literal["ind", "eng"]
Domain: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}$")]
Megabytes: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
LOOPBACK = ("127.0.0.1", "::1", "localhost")
_HOURS = re.compile(r"([01]?[0-9]|2[0-4])-([01]?[0-9]|2[0-4])")


class CatalogueSource(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Where the catalogue is mirrored from, how politely, and how much of it is kept here.

    Pinned publications are told by their number, catalogue number or the source's own id. Plain
    http is for trials on this machine: the key travels in the address.
    """

    key_file: str = ""  # empty: nothing is mirrored
    url: str = "https://webapi.bps.go.id/v1/api/"
    domains: tuple[Domain, ...] = ()  # empty: the office's own
    languages: tuple[Language, ...] = ("ind",)  # the first one that has a record names it
    models: tuple[Model, ...] = ("publication", "pressrelease", "statictable")
    requests_per_s: Annotated[float, msgspec.Meta(gt=0, le=10)] = 1.0
    every_hours: Annotated[int, msgspec.Meta(ge=1, le=720)] = 24
    hours: str = ""  # of the day in which it pulls by itself, as "18-6"; empty: at any time
    pdf_mb: Megabytes = 2000
    cover_mb: Megabytes = 100
    table_mb: Megabytes = 50  # of static tables, to be read on the screen
    excel_mb: Megabytes = 50  # of the spreadsheets that belong to them
    pinned: tuple[str, ...] = ()
    file_hosts: tuple[str, ...] = ("bps.go.id",)  # with everything below them

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        is_safe = parts.scheme == "https" or parts.hostname in LOOPBACK
        if not is_safe or not parts.hostname or parts.query or not parts.path.endswith("/"):
            raise ValueError("url must be https and end with a slash")
        if self.hours and not _HOURS.fullmatch(self.hours):
            raise ValueError('hours must be like "18-6"')
        if not self.languages or not self.models:
            raise ValueError("languages and models must not be empty")

    @property
    def is_set(self) -> bool:
        return bool(self.key_file)

    def is_open(self, local: dt.datetime) -> bool:
        """Whether it may pull by itself at this time of the office's day."""
        if not self.hours:
            return True
        begins, ends = (int(hour) for hour in self.hours.split("-"))
        if begins <= ends:
            return begins <= local.hour < ends
        return local.hour >= begins or local.hour < ends

    def checked(self) -> "CatalogueSource":
        """The same, for who cannot work without. Raises ConfigError when no source is set."""
        if not self.is_set:
            raise ConfigError(
                N_("Sumber katalog belum diatur. Isi key_file di tabel [catalogue_source].")
            )
        return self
