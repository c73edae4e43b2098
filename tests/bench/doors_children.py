"""The processes of the doors' bench: ``python -m tests.bench.doors_children WHICH ...``.

Each is the product's own, so what the bench needs of it is put around it here, and nothing is
loaded that the product would not load.
"""

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"


def run_web(settings: str) -> None:
    """The web process."""
    from appliance.config import load_settings
    from appliance.processes import run_web as run

    run(load_settings(Path(settings), env={}))


def run_doors(settings: str, trace: str) -> None:
    """The lockers process. Every change of a simulated coil goes into the file `trace`; a line on
    standard input is read by its simulated reader, and answered by the time of that."""
    from appliance.runtime.memory import hash_without_openssl

    hash_without_openssl()
    import appliance.devices
    from appliance.config import load_settings
    from appliance.processes import run_lockers
    from hardware.simulated_pins import CoilPin

    file = os.open(trace, os.O_WRONLY | os.O_APPEND)
    change, open_readers = CoilPin._change_state, appliance.devices.open_readers

    def telling(pin: CoilPin, value: bool) -> bool:
        now_s = time.monotonic()
        changed = change(pin, value)
        if changed:
            line = json.dumps((now_s, str(pin), bool(value)))
            os.write(file, line.encode() + b"\n")
        return changed

    def listening(*words: Any) -> Any:
        placed = open_readers(*words)
        reader = next(one.reader for one in placed if one.name == "scans")

        def listen() -> None:
            for text in sys.stdin:
                print(time.monotonic(), flush=True)
                reader.read(text.strip())

        threading.Thread(target=listen, daemon=True).start()
        return placed

    CoilPin._change_state = telling
    appliance.devices.open_readers = listening
    run_lockers(load_settings(Path(settings), env={}))


def run_bare(port: str) -> None:
    """The floor: an empty answer behind the same server."""
    from waitress.server import create_server

    from web.server import WAITRESS

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        environ["wsgi.input"].read()
        start_response("303 See Other", [("Location", "/"), ("Content-Length", "0")])
        return []

    create_server(answer, host=HOST, port=int(port), **WAITRESS).run()


if __name__ == "__main__":
    {"web": run_web, "doors": run_doors, "bare": run_bare}[sys.argv[1]](*sys.argv[2:])
