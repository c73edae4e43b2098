"""What draws pages in the tests: the real child, started once for a module."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from appliance.config import Settings
from appliance.core import Core
from appliance.page_images import service
from appliance.page_images.maker import PageImageMaker
from appliance.page_images.renderer import Renderer
from appliance.services import Services
from appliance.storage.models import Publication
from tests.services.library import new_publication

PATIENCE_S = 60.0  # a busy machine is not a slow product


class WarmRenderer(Renderer):
    """A renderer that outlives its makers, because its child takes half a second to start."""

    def close(self) -> None:
        """Only `end` ends it."""

    def end(self) -> None:
        super().close()


@contextmanager
def making(settings: Settings, renderer: Renderer) -> Iterator[PageImageMaker]:
    """What answers in the documents process."""
    maker = PageImageMaker(settings.data_dir, renderer, budget_bytes=1 << 30)
    maker.start(settings.run_dir)
    try:
        yield maker
    finally:
        maker.close()


@pytest.fixture(scope="module")
def warm() -> Iterator[WarmRenderer]:
    started = WarmRenderer()
    yield started
    started.end()


@pytest.fixture
def maker(
    core: Core, warm: WarmRenderer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[PageImageMaker]:
    """The documents process's part, for a service that waits longer than the product."""
    monkeypatch.setattr(service, "PATIENCE_S", PATIENCE_S)
    with making(core.settings, warm) as started:
        yield started


def with_softcopy(core: Core, services: Services, file: Path) -> int:
    """A publication whose softcopy is this file of the data folder."""
    made = new_publication(services)
    row = Publication.update(softcopy_path=file.name).where(Publication.id == made.id)
    core.writer.run(row.execute)
    return made.id
