"""A TCP proxy on loopback that ends a connection after so many bytes, in one direction or both."""

import contextlib
import socket
import threading
from collections.abc import Iterator

PIECE = 4096
LIMIT_S = 30.0


class CuttingProxy:
    """`cut_after` bytes, counted over both directions of a connection; None: never."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self.cut_after: int | None = None
        self.passed = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._threads: list[threading.Thread] = []
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()

    def serve(self) -> None:
        while True:
            try:
                here, _ = self._listener.accept()
            except OSError:
                return
            with contextlib.suppress(OSError):
                self._join(here, socket.create_connection(self._target, timeout=LIMIT_S))

    def _join(self, here: socket.socket, there: socket.socket) -> None:
        budget = _Budget(self.cut_after)
        for source, target in ((here, there), (there, here)):
            self._open.add(source)
            thread = threading.Thread(target=self._pump, args=(source, target, budget), daemon=True)
            thread.start()
            self._threads.append(thread)

    def _pump(self, source: socket.socket, target: socket.socket, budget: "_Budget") -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(PIECE):
                allowed = budget.take(len(piece))
                with self._lock:
                    self.passed += allowed
                target.sendall(piece[:allowed])
                if allowed < len(piece):
                    break
        for one in (source, target):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for one in self._open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(LIMIT_S)
        for one in self._open:
            one.close()


class _Budget:
    """Bytes that one connection may still pass."""

    def __init__(self, left: int | None) -> None:
        self._left = left
        self._lock = threading.Lock()

    def take(self, wanted: int) -> int:
        with self._lock:
            if self._left is None:
                return wanted
            allowed = min(wanted, self._left)
            self._left -= allowed
            return allowed


@contextlib.contextmanager
def cutting_proxy(host: str, port: int) -> Iterator[CuttingProxy]:
    """Listening until the end of the block."""
    proxy = CuttingProxy(host, port)
    thread = threading.Thread(target=proxy.serve, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.close()
        thread.join(LIMIT_S)
