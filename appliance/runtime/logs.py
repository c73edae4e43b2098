"""Log lines for the journal of the machine: one line each, without anybody's name in it.

Whatever a caller hands over, links and codes of visits, addresses and control characters do not
reach the log, and an exception is told by its type and where it happened: its message may quote
what a visitor typed.
"""

import contextvars
import logging
import os
import re
import sys
import traceback
from collections.abc import Mapping
from types import MappingProxyType
from typing import TextIO

ROOT = "ruangbaca"
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
_context: contextvars.ContextVar[Mapping[str, object]] = contextvars.ContextVar(
    "log_context", default=MappingProxyType({})
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]")


class Log:
    """Says what happened, with fields instead of sentences built from values.

    The field `exc_info` takes an exception, of which type and place are told.
    """

    def __init__(self, name: str) -> None:
        self._log = logging.getLogger(f"{ROOT}.{name}")

    def debug(self, event: str, **fields: object) -> None:
        self._say(logging.DEBUG, event, fields)

    def info(self, event: str, **fields: object) -> None:
        self._say(logging.INFO, event, fields)

    def warning(self, event: str, **fields: object) -> None:
        self._say(logging.WARNING, event, fields)

    def error(self, event: str, **fields: object) -> None:
        self._say(logging.ERROR, event, fields)

    def critical(self, event: str, **fields: object) -> None:
        self._say(logging.CRITICAL, event, fields)

    def _say(self, level: int, event: str, fields: dict[str, object]) -> None:
        raised = fields.pop("exc_info", None)
        self._log.log(
            level,
            event,
            extra={"fields": fields},
            exc_info=raised if isinstance(raised, BaseException) else None,
        )


def get_logger(name: str) -> Log:
    """The log of one part of the product."""
    return Log(name)


def set_context(**fields: object) -> None:
    """Add these fields to every line said on this thread from now on, instead of the last ones."""
    _context.set(MappingProxyType(fields))


def configure(process: str, level: str = "info", stream: TextIO | None = None) -> None:
    """Send every line of ours, and the warnings of libraries, to `stream` (stderr)."""
    handler = logging.StreamHandler(stream or sys.stderr)
    # journald has its own clock.
    handler.setFormatter(_Line(process, with_time=not os.environ.get("JOURNAL_STREAM")))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    # Libraries speak up only when something is wrong.
    root.setLevel(LEVELS[level] if level == "debug" else max(LEVELS[level], LEVELS["warning"]))
    for package in (ROOT, "appliance", "hardware", "web"):
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


class _Line(logging.Formatter):
    def __init__(self, process: str, *, with_time: bool) -> None:
        super().__init__()
        self._process = process
        self._with_time = with_time

    def format(self, record: logging.LogRecord) -> str:
        level = record.levelname.lower()
        time = self.formatTime(record, "%H:%M:%S")
        head = f"{time} " if self._with_time else f"<{PRIORITIES.get(level, 6)}>"
        fields = {**_context.get(), **getattr(record, "fields", {})}
        words = [f"{key}={_quoted(_scrubbed(value))}" for key, value in fields.items()]
        if record.exc_info and record.exc_info[1] is not None:
            words.append(f'error="{_CONTROL.sub("?", where(record.exc_info[1]))}"')
        event = mask(record.getMessage())
        return " ".join([f"{head}{level} {self._process}: {event}", *words])


def _scrubbed(value: object) -> object:
    return value if isinstance(value, bool | int | float | None) else mask(str(value))


def _quoted(value: object) -> str:
    text = str(value)
    return '"' + text.replace('"', "'") + '"' if " " in text or "=" in text or not text else text
