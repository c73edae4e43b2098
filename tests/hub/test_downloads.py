"""The catalogue and files on their way down."""

import base64
import gzip
import hashlib
import json

from appliance import ed25519
from appliance.hub.blobs import PART_BYTES, Blobs
from appliance.hub.catalogue import CatalogueStore, Item, read_lines


def test_a_device_follows_the_catalogue_page_by_page(hub, enrolled):
    store = CatalogueStore(hub.database)
    store.put([Item(f"p{n}", {"title": f"Publikasi {n}"}) for n in range(5)], hub.keys)
    store.put([Item("p1", None), Item("p2", {"title": "Publikasi 2"})], hub.keys)

    def page(after, limit):
        return json.loads(
            enrolled.ask("GET", f"/v1/catalogue/changes?after={after}&limit={limit}").body
        )

    first, rest = page(0, 2), page(3, 10)

    assert ([one["id"] for one in first["items"]], first["more"]) == (["p0", "p2"], True)
    assert [one["id"] for one in rest["items"]] == ["p3", "p4", "p1"]
    assert rest["items"][-1]["document"] is None
    assert (rest["next"], rest["more"]) == (6, False)  # p2 was not changed
    assert page(6, 10) == {"items": [], "next": 6, "more": False}
    gone = enrolled.ask("GET", "/v1/catalogue/changes?after=99")
    assert (gone.status, json.loads(gone.body)["type"]) == (410, "/problems/cursor-gone")


def test_the_whole_catalogue_is_a_signed_pack(hub, enrolled):
    assert enrolled.ask("GET", "/v1/catalogue/snapshot").status == 404
    lines = b'{"id":"b","title":"Dua"}\n{"id":"a","title":"Satu"}\n{"id":"c"}\n'
    CatalogueStore(hub.database).put(read_lines(lines), hub.keys)
    CatalogueStore(hub.database).put(read_lines(b'{"id":"c","deleted":true}\n'), hub.keys)

    signed = json.loads(enrolled.ask("GET", "/v1/catalogue/snapshot").body)

    document = base64.b64decode(signed["document"])
    signature = base64.b64decode(signed["signature"])
    assert ed25519.is_signed(hub.keys.signing_public, document, signature)
    manifest = json.loads(document)
    assert (manifest["version"], manifest["items"]) == (4, 2)
    pack = enrolled.ask("GET", f"/v1/blobs/{manifest['sha256']}").body
    assert hashlib.sha256(pack).hexdigest() == manifest["sha256"]
    ids = [json.loads(line)["id"] for line in gzip.decompress(pack).splitlines()]
    assert ids == ["a", "b"]


def test_a_file_is_fetched_in_ranges_that_fit_together(hub, enrolled):
    content = bytes(range(256)) * (PART_BYTES // 128) + b"the end"
    path = f"/v1/blobs/{Blobs(hub.database).put(content, 'application/zip').hex()}"
    Blobs(hub.database).put(content, "application/zip")

    def got(wanted, **headers):
        reply = enrolled.ask("GET", path, range=wanted, **headers)
        return reply.status, reply.headers.get("content-range", ""), reply.body

    whole = enrolled.ask("GET", path)
    size, middle = len(content), PART_BYTES - 3
    assert (whole.status, whole.body) == (200, content)
    assert whole.headers["accept-ranges"] == "bytes"
    for wanted, first, last in (
        (f"bytes={middle}-{middle + 9}", middle, middle + 9),
        (f"bytes={middle}-", middle, size - 1),
        ("bytes=-7", size - 7, size - 1),
        (f"bytes=0-{size * 2}", 0, size - 1),
    ):
        expected = (206, f"bytes {first}-{last}/{size}", content[first : last + 1])
        assert got(wanted) == expected, wanted
    assert got(f"bytes={size}-")[:2] == (416, f"bytes */{size}")
    for ignored in ("bytes=5-2", "bytes=-", "lines=1-2", "bytes=1-2,5-6"):
        assert got(ignored)[0] == 200, ignored
    assert got("bytes=0-1", if_range='"another"')[0] == 200
    assert got("bytes=0-1", if_range=whole.headers["etag"])[0] == 206
    assert enrolled.ask("GET", path, sign=False).status == 401
