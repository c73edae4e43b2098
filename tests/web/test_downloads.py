"""Downloads, whole and in parts, which no phone can use to keep the server's threads."""

import io
import os
import socket
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from flask import Flask

from appliance.documents.archive import Archive, _checksum
from web.downloads import sent

WAIT_S = 20
PHONES = 9  # one more than the server has threads
PROGRAM = """
import sys
from flask import Flask
from appliance.documents.archive import Archive
from pathlib import Path
from web.downloads import sent
from web.server import serve
app, large = Flask("t"), Path(sys.argv[1])
size = large.stat().st_size
@app.get("/whole.zip")
def archive():
    found = Archive([(large, "large.pdf")])
    return sent(found, found.size_bytes, "application/zip", "large.zip")
app.add_url_rule("/part.pdf", "part", lambda: sent(
    large.open("rb"), size, "application/pdf", "large.pdf", etag="e"))
app.add_url_rule("/", "home", lambda: "halo")
serve(app, "127.0.0.1", 0, on_ready=lambda address: print(address, flush=True))
"""


def test_phones_that_stop_reading_keep_no_thread(tmp_path: Path) -> None:
    large = tmp_path / "large.pdf"
    with large.open("wb") as file:
        file.truncate(40_000_000)
    server = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(large)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    phones = []
    try:
        host, _, port = server.stdout.readline().strip().partition(":")
        for path in ("/whole.zip", "/part.pdf"):
            phones += [asking((host, int(port)), path) for _ in range(PHONES)]

        for phone in phones:
            assert phone.recv(12).startswith(b"HTTP/1.1 20")
        with asking((host, int(port)), "/") as visitor:
            assert b"200 OK" in visitor.recv(100)
    finally:
        for phone in phones:
            phone.close()
        server.kill()
        server.communicate()


def asking(address: tuple[str, int], path: str) -> socket.socket:
    line = socket.create_connection(address, timeout=WAIT_S)
    line.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nRange: bytes=1-\r\n\r\n".encode())
    return line


@pytest.mark.parametrize(
    ("wanted", "data"), [("2-4", b"234"), ("7-", b"789"), ("-2", b"89"), ("5-99", b"56789")]
)
def test_a_part_is_what_was_asked_for(wanted: str, data: bytes) -> None:
    with Flask("t").test_request_context(headers={"Range": f"bytes={wanted}"}):
        answer = sent(io.BytesIO(b"0123456789"), 10, "application/pdf", "a.pdf", etag="e")

        assert (answer.status_code, answer.content_length) == (206, len(data))
        assert b"".join(answer.response) == data


def test_an_archive_reads_the_same_from_anywhere(tmp_path: Path) -> None:
    contents = {"a.pdf": b"first" * 9, "b.pdf": b"", "c.pdf": b"third"}
    for name, data in contents.items():
        (tmp_path / name).write_bytes(data)

    with Archive([(tmp_path / name, name) for name in contents]) as archive:
        whole = archive.read()
        with zipfile.ZipFile(io.BytesIO(whole)) as unpacked:
            assert unpacked.testzip() is None
            assert {name: unpacked.read(name) for name in unpacked.namelist()} == contents
        assert archive.size_bytes == len(whole)
        for begin in range(0, len(whole), 7):
            archive.seek(begin)
            assert archive.readall() == whole[begin:]


def test_an_archive_asked_for_again_is_not_read_again(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"first")
    entries = [(tmp_path / "a.pdf", "a.pdf")]
    before = _checksum.cache_info().misses

    for _ in range(3):
        Archive(entries).close()
    assert _checksum.cache_info().misses == before + 1

    (tmp_path / "a.pdf").write_bytes(b"other")
    os.utime(tmp_path / "a.pdf", ns=(1, 1))
    with Archive(entries) as archive, zipfile.ZipFile(io.BytesIO(archive.read())) as unpacked:
        assert unpacked.testzip() is None
