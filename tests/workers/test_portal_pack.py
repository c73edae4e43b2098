"""Packs that are not what their hash promised to be useful for."""

import gzip

import pytest

from appliance.mirror.portal_pack import BadPack, PackFile
from appliance.mirror.portal_rows import Pack

LINES = [b"[]", b'"a"', b"1", b"null", b"{}", b"[" * 100_000, b'{"id":1', b"\xff"]


@pytest.mark.parametrize("line", LINES, ids=range(len(LINES)))
def test_a_line_that_is_no_record_makes_a_bad_pack_and_nothing_worse(tmp_path, line) -> None:
    file = PackFile(tmp_path, Pack(version=1, sha256="0" * 64, size_bytes=1, lines=0))
    file._whole.write_bytes(gzip.compress(b'{"id":"a","title":"Padi"}\n' + line + b"\n"))

    with pytest.raises(BadPack):
        list(file.items(after_lines=0))
