"""Keeps one drawing child warm, gives it one order at a time, and survives whatever it reads."""

import os
import selectors
import subprocess
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import msgspec

from appliance.documents.child import PACKAGE_PARENT, kill_group
from appliance.page_images.orders import Answer, Order
from appliance.page_images.rules import Problem
from appliance.runtime.logs import get_logger

log = get_logger("documents")
PATIENCE_S = 30.0
IDLE_S = 120.0  # a reader turns a page more often; the child's 60 MB are needed elsewhere then
MAX_KILLS = 2
FILES_REMEMBERED = 256
MAX_ANSWER_BYTES = 8 << 20
CHUNK_BYTES = 1 << 16
FileKey = tuple[str, int, int, bool]


class Renderer:
    """Draws pages in a child process, which starts with the first order. Any thread may call it.

    `carry_out` and `close` never raise because of a file: the worst of them costs its child.
    """

    def __init__(
        self,
        *,
        patience_s: float = PATIENCE_S,
        idle_s: float = IDLE_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._patience_s = patience_s
        self._idle_s = idle_s
        self._monotonic = monotonic
        self._one_at_a_time = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._used_s = 0.0
        self._kills: OrderedDict[FileKey, int] = OrderedDict()
        self._closed = False

    @property
    def child_pid(self) -> int | None:
        """The child's process id while there is one."""
        child = self._child
        return child.pid if child is not None else None

    def carry_out(self, order: Order, *, patience_s: float = 0.0) -> Answer:
        """Wait for the turn, then for the answer; at most `patience_s` for the latter, or ours.

        A file that ended its child twice is given up until it changes; one whose words did can
        still be drawn.
        """
        with self._one_at_a_time:
            try:
                found = Path(order.path).stat()
            except OSError:
                return Answer(problem=Problem.MISSING)
            is_for_words = order.do == "read_words"
            key = (order.path, found.st_mtime_ns, found.st_size, is_for_words)
            if self._kills.get(key, 0) >= MAX_KILLS:
                return Answer(problem=Problem.GIVEN_UP)
            answer = self._ask(order, patience_s or self._patience_s)
            if answer is None:
                answer = self._killed_by(key, order)
            self._used_s = self._monotonic()
            return answer

    def look(self) -> None:
        """End a child that nobody needed for long; never waits for an order under way."""
        if not self._one_at_a_time.acquire(blocking=False):
            return
        try:
            if self._child is not None and self._monotonic() - self._used_s > self._idle_s:
                self._end()
        finally:
            self._one_at_a_time.release()

    def close(self) -> None:
        """End the child, whatever it is doing, and start none again."""
        self._closed = True
        child = self._child
        if child is not None:
            kill_group(child)  # whoever waits for it hears the end of its output
        with self._one_at_a_time:
            self._end()

    def _ask(self, order: Order, patience_s: float) -> Answer | None:
        """The child's answer; None when it ended or kept silent instead."""
        line = msgspec.json.encode(order) + b"\n"
        try:
            _write(self._living(), line)
        except BrokenPipeError:  # it ended while it had nothing to do
            self._end()
            try:
                _write(self._living(), line)
            except BrokenPipeError:
                self._end()
                return None
        answer = self._heard(patience_s)
        if answer is None or answer.is_last:
            self._end()
        return answer

    def _heard(self, patience_s: float) -> Answer | None:
        child = self._living()
        assert child.stdout is not None  # noqa: S101 - it was started with one
        deadline_s = self._monotonic() + patience_s
        received = bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(child.stdout, selectors.EVENT_READ)
            while not received.endswith(b"\n"):
                left_s = deadline_s - self._monotonic()
                if left_s <= 0 or not selector.select(left_s):
                    return None
                chunk = os.read(child.stdout.fileno(), CHUNK_BYTES)
                received += chunk
                if not chunk or len(received) > MAX_ANSWER_BYTES:
                    return None
        try:
            return msgspec.json.decode(received, type=Answer)
        except msgspec.DecodeError:
            return None

    def _killed_by(self, key: FileKey, order: Order) -> Answer:
        if order.target:
            target = Path(order.target)
            target.with_name(target.name + ".part").unlink(missing_ok=True)
        if self._closed:
            return Answer(problem=Problem.TOO_HEAVY)
        self._kills[key] = self._kills.pop(key, 0) + 1
        if len(self._kills) > FILES_REMEMBERED:
            self._kills.popitem(last=False)
        log.warning("a file ended its reader", file=Path(order.path).name, page=order.page)
        is_over = self._kills[key] >= MAX_KILLS
        return Answer(problem=Problem.GIVEN_UP if is_over else Problem.TOO_HEAVY)

    def _living(self) -> "subprocess.Popen[bytes]":
        if self._child is None:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "appliance.page_images.child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=PACKAGE_PARENT,
                start_new_session=True,
                bufsize=0,
            )
            if self._closed:
                kill_group(self._child)
        return self._child

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        kill_group(child)
        child.wait()
        for stream in (child.stdin, child.stdout):
            if stream is not None:
                stream.close()


def _write(child: "subprocess.Popen[bytes]", line: bytes) -> None:
    assert child.stdin is not None  # noqa: S101 - it was started with one
    child.stdin.write(line)
