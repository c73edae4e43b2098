"""What `python -m web.build` makes of the browser files."""

import gzip
import hashlib
import json
import shutil
from pathlib import Path

import brotli
import pytest

from tests.architecture.source import ROOT
from web.build import OWN_SHEET, TOKENS, BuildError, build, publish

LONG = b"body { color: black; }\n" * 50


def test_a_name_carries_the_hash_of_its_content(tmp_path: Path) -> None:
    manifest = publish({"own.css": LONG}, tmp_path)

    assert manifest == {"own.css": f"own.{hashlib.sha256(LONG).hexdigest()[:8]}.css"}
    assert (tmp_path / manifest["own.css"]).read_bytes() == LONG
    assert json.loads((tmp_path / "manifest.json").read_text()) == manifest


def test_compressed_twins_hold_the_same(tmp_path: Path) -> None:
    hashed = publish({"own.css": LONG}, tmp_path)["own.css"]

    assert gzip.decompress((tmp_path / f"{hashed}.gz").read_bytes()) == LONG
    assert brotli.decompress((tmp_path / f"{hashed}.br").read_bytes()) == LONG


def test_changed_content_gets_a_new_name_and_the_old_file_goes(tmp_path: Path) -> None:
    old = publish({"own.css": LONG}, tmp_path)["own.css"]

    new = publish({"own.css": LONG + b"a{}"}, tmp_path)["own.css"]

    assert new != old
    assert not list(tmp_path.glob(f"{old}*"))


def test_a_style_sheet_refers_to_hashed_names(tmp_path: Path) -> None:
    sources = {
        "own.css": b'a { background: url("img/dot.svg"); b: url(data:x); c: url(#d) }',
        "img/dot.svg": b"<svg/>",
    }

    manifest = publish(sources, tmp_path)

    assert (tmp_path / manifest["own.css"]).read_text() == (
        f'a {{ background: url("{manifest["img/dot.svg"]}"); b: url(data:x); c: url(#d) }}'
    )


def test_a_style_sheet_may_not_refer_to_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"own\.css refers to gone\.svg"):
        publish({"own.css": b"a { background: url(gone.svg) }"}, tmp_path)


@pytest.mark.parametrize(
    "comment", [b"\n/*# sourceMappingURL=x.css.map */", b"\n//# sourceMappingURL=x.js.map\n"]
)
def test_comments_that_ask_for_a_source_map_are_dropped(tmp_path: Path, comment: bytes) -> None:
    hashed = publish({"own.css": LONG + comment}, tmp_path)["own.css"]

    assert b"sourceMapping" not in (tmp_path / hashed).read_bytes()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the inputs, with the wheels already taken apart."""
    wheels = ROOT / "build" / "assets-src"
    if not wheels.is_dir():
        pytest.skip("the browser files were never built: run provisioning/run")
    shutil.copytree(wheels, tmp_path / "build" / "assets-src")
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    (tmp_path / "web" / "static").mkdir(parents=True)
    (tmp_path / "web" / "static" / OWN_SHEET).write_bytes(LONG)
    (tmp_path / TOKENS).parent.mkdir(parents=True)
    (tmp_path / TOKENS).write_bytes(b":root { --edge: 1px }\n")
    english = tmp_path / "web" / "translations" / "en"
    english.mkdir(parents=True)
    (english / "own.po").write_text('msgid "Simpan"\nmsgstr "Save"\n')
    return tmp_path


def test_the_build_holds_htmx_2_and_bootstrap_5(checkout: Path) -> None:
    assert build(checkout) is True

    static = checkout / "build" / "static"
    manifest = json.loads((static / "manifest.json").read_text())
    assert set(manifest) == {"htmx.js", "bootstrap.css", OWN_SHEET}
    assert 'version:"2.' in (static / manifest["htmx.js"]).read_text()
    assert (static / manifest[OWN_SHEET]).read_bytes() == b":root { --edge: 1px }\n" + LONG
    assert "Bootstrap  v5.3" in (static / manifest["bootstrap.css"]).read_text()[:200]
    assert (checkout / "build/translations/en/LC_MESSAGES/messages.mo").is_file()


def test_a_second_build_does_nothing(checkout: Path) -> None:
    build(checkout)

    assert build(checkout) is False


@pytest.mark.parametrize(
    "change", ["web/static/ruangbaca.css", "web/translations/en/own.po", str(TOKENS)]
)
def test_a_changed_input_is_built_again(checkout: Path, change: str) -> None:
    build(checkout)

    with (checkout / change).open("ab") as file:
        file.write(b"\n")

    assert build(checkout) is True


def test_a_lost_file_is_built_again(checkout: Path) -> None:
    build(checkout)
    next((checkout / "build" / "static").glob("ruangbaca.*.css")).unlink()

    assert build(checkout) is True


def test_a_faulty_translation_stops_the_build_and_is_named(checkout: Path) -> None:
    (checkout / "web/translations/en/own.po").write_text('msgid "Simpan"\nmsgstr ""\n')

    with pytest.raises(BuildError, match=r"own\.po:1: no translation of 'Simpan'"):
        build(checkout)

    with pytest.raises(BuildError):
        build(checkout)
