"""The tests that take the guest's systemd run only when all kernel tests are asked for."""

from pathlib import Path

import pytest

from tests.hardware.kernel import image


@pytest.fixture
def kernel(kernel) -> Path:
    """For tests that boot guests themselves."""
    if problem := image.without_systemd():
        pytest.skip(problem)
    return kernel
