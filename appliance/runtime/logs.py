"""Log lines for the journal of the machine: one line each, without anybody's name in it.

Whatever a caller hands over, links and codes of visits, addresses and control characters do not
reach the log, and an exception is told by its type and where it happened: its message may quote
what a visitor typed.
"""

import logging
import os
import re
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO

import structlog

LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40, "critical": 50}
# sd-daemon(3): journald takes the priority from a prefix of the line.
PRIORITIES = {"debug": 7, "info": 6, "warning": 4, "error": 3, "critical": 2}
VALUE_LIMIT = 500
FRAMES_KEPT = 12
_MASKS = (
    (re.compile(r"(/visits/)[^/?\s\"']+"), r"\1…"),
    (re.compile(r"\b[0-9a-f]{32,}\b"), "…"),
    (re.compile(r"(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Z])[\w-]{22,}(?![\w-])"), "…"),
    (re.compile(r"[^\s=@\"']+@[^\s=@\"']+\.\w+"), "…@…"),
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]")


def configure(process: str, level: str = "info", stream: TextIO | None = None) -> None:
    """Send structlog's and the standard library's lines to `stream` (stderr), named `process`."""
    target = stream or sys.stderr
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        _named(process),
        _without_message,
        _scrubbed,
    ]
    if not os.environ.get("JOURNAL_STREAM"):  # journald has its own clock
        shared.append(structlog.processors.TimeStamper("%H:%M:%S", utc=False, key="time"))
    render = _line
    structlog.configure(
        processors=[*shared, render],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(target),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    # Libraries speak up only when something is wrong.
    root.setLevel(LEVELS[level] if level == "debug" else max(LEVELS[level], LEVELS["warning"]))
    for package in ("appliance", "hardware", "web"):
        logging.getLogger(package).setLevel(LEVELS[level])
    logging.captureWarnings(True)


def mask(text: str) -> str:
    """The text without links, tokens, e-mail addresses and characters that forge lines."""
    for pattern, instead in _MASKS:
        text = pattern.sub(instead, text)
    text = _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)
    return text if len(text) <= VALUE_LIMIT else text[:VALUE_LIMIT] + "…"


def where(error: BaseException) -> str:
    """Type of the error and the frames that led to it, innermost first, on one line."""
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES_KEPT:]
    places = [f"{_short(frame.filename)}:{frame.lineno}:{frame.name}" for frame in reversed(frames)]
    cause = error.__cause__
    # These speak of our own code; any other message may quote what somebody typed.
    said = f" ({error})" if isinstance(error, ImportError | NameError | AttributeError) else ""
    text = f"{type(error).__name__}{said} at {' < '.join(places)}"
    return f"{text}, caused by {where(cause)}" if cause is not None else text


def _short(path: str) -> str:
    return "/".join(path.rsplit("/", 3)[-2:])


def _named(process: str) -> structlog.typing.Processor:
    def add(_logger: object, _method: str, line: MutableMapping[str, Any]) -> Mapping[str, Any]:
        line["process"] = process
        return line

    return add


def _without_message(
    _logger: object, _method: str, line: MutableMapping[str, Any]
) -> Mapping[str, Any]:
    raised = line.pop("exc_info", None)
    if raised is True:
        raised = sys.exc_info()
    if isinstance(raised, tuple):
        raised = raised[1]
    if isinstance(raised, BaseException):
        line["error"] = where(raised)
    return line


def _scrubbed(_logger: object, _method: str, line: MutableMapping[str, Any]) -> Mapping[str, Any]:
    for key, value in line.items():
        if key.startswith("_"):
            continue  # the record itself, which never reaches the line
        if not isinstance(value, bool | int | float | None):
            line[key] = mask(str(value)) if key != "error" else _CONTROL.sub("?", str(value))
    return line


def _line(_logger: object, _method: str, line: MutableMapping[str, Any]) -> str:
    level, process = line.pop("level", "info"), line.pop("process", "-")
    event, time = line.pop("event", ""), line.pop("time", None)
    head = f"<{PRIORITIES.get(level, 6)}>" if time is None else f"{time} "
    words = " ".join(f"{key}={_quoted(value)}" for key, value in line.items())
    return f"{head}{level} {process}: {event}{' ' + words if words else ''}"


def _quoted(value: object) -> str:
    text = str(value)
    return '"' + text.replace('"', "'") + '"' if " " in text or "=" in text or not text else text
