"""Asks a child that may load libsane which device is meant, and what it can do."""

import json
from typing import Any

from hardware.interfaces import ScanError, ScanFailed, ScannerDescription, ScanProblem
from hardware.sane_problems import problem_of_exit, problem_of_open, scan_error
from hardware.watched_child import Silence, WatchedChild

ASK = ("-P", "-m", "hardware.sane_describe")


def describe(child: WatchedChild, device: str, silence_s: float) -> ScannerDescription:
    """What the child says of the device. Raises as `DocumentScanner.describe`."""
    fields: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in _answer(child, device, silence_s).items()
    }
    return ScannerDescription(**fields)


def found(child: WatchedChild, match: str, silence_s: float) -> str:
    """The name of the device that the child found. Raises as `DocumentScanner.describe`."""
    return str(_answer(child, match, silence_s)["device"])


def _answer(child: WatchedChild, about: str, silence_s: float) -> dict[str, Any]:
    output = b""
    try:
        while chunk := child.read(silence_s):
            output += chunk
        returncode, stderr = child.finish(silence_s)
    except Silence as silence:
        raise ScanFailed(
            ScanProblem.STALLED, f"{about} did not say in {silence_s:g} s what it can do"
        ) from silence
    if returncode not in (0, 1):
        raise scan_error(problem_of_exit(returncode, stderr), f"asking it crashed: {stderr}")
    try:
        answer: dict[str, Any] = json.loads(output)
    except ValueError as error:
        raise ScanFailed(ScanProblem.IO, f"no answer from the scanner: {stderr}") from error
    if "failed" in answer:
        raise _open_error(answer["failed"])
    return answer


def _open_error(text: str) -> ScanError:
    return scan_error(problem_of_open(text), f"the scanner cannot be opened: {text}")
