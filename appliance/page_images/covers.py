"""The cover of a publication: the picture fetched of it, or the first page of its softcopy."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from appliance.errors import NotFound
from appliance.page_images.rules import Format, Size
from appliance.page_images.service import PageImageService, PageProblem


class Fetched(Protocol):
    """A picture on the disk; `version` changes with it."""

    @property
    def path(self) -> Path: ...

    @property
    def mimetype(self) -> str: ...

    @property
    def version(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Cover:
    """A picture; `version` names it as it is now."""

    data: bytes
    mimetype: str
    version: str


class Covers:
    """Reads from any thread; a first page that was never drawn is waited for."""

    def __init__(self, images: PageImageService, fetched: Callable[[int], Fetched | None]) -> None:
        self._images = images
        self._fetched = fetched

    def version(self, publication_id: int) -> str:
        """What its address changes with; empty where there is nothing to make a cover of."""
        fetched = self._fetched(publication_id)
        if fetched is not None:
            return fetched.version
        with suppress(NotFound):
            return self._images.version(publication_id)
        return ""

    def cover(self, publication_id: int) -> Cover | None:
        """The cover, or None where there is none; raises Unavailable for now."""
        fetched = self._fetched(publication_id)
        if fetched is not None:
            with suppress(OSError):  # just replaced by another one
                return Cover(fetched.path.read_bytes(), fetched.mimetype, fetched.version)
        with suppress(PageProblem, NotFound):
            drawn = self._images.image(publication_id, 1, Size.COVER, Format.JPEG)
            return Cover(drawn.data, "image/jpeg", drawn.version)
        return None
