"""What browsers get, made ready once: ``python -m web.build``.

Takes htmx and Bootstrap out of their locked wheels (of Bootstrap what our templates can use), adds
``web/static/`` with the tokens of ``appliance/look/`` before our own sheet, and writes

- ``build/static/<name>.<hash>.<ext>`` with ``.gz`` and ``.br`` beside it,
- ``build/static/manifest.json``: the name in the source -> the name with the hash,
- ``build/translations/<language>/LC_MESSAGES/messages.mo``.

A name with a hash never changes its content, so browsers may keep it for ever. Nothing is done
when no input changed since the last run.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from web.build_css import only_used, words_of

ROOT = Path(__file__).resolve().parent.parent
LOCK = Path("requirements/assets.txt")
TOKENS = Path("appliance/look/static/tokens.css")
OWN_SHEET = "ruangbaca.css"
FROM_WHEELS = {
    "htmx.js": "django_htmx/static/django_htmx/htmx-2.min.js",
    "bootstrap.css": "flask_bootstrap/static/bootstrap5/css/bootstrap.min.css",
}
HASH_CHARS = 8  # 32 bits; a collision would need the same file name too
SOURCE_MAP = re.compile(rb"(/\*# sourceMappingURL=.*?\*/|//# sourceMappingURL=\S*)\s*\Z")
CSS_URL = re.compile(r"""url\(\s*(["']?)(?!data:|#)([^"')]+)\1\s*\)""")


class BuildError(Exception):
    """Raised with one sentence when the browser files cannot be made."""


def build(root: Path = ROOT) -> bool:
    """Bring ``build/`` up to date with its inputs; True when there was anything to do.

    Raises BuildError. Safe to interrupt: the stamp of a finished build is written last.
    """
    stamp = root / "build" / "inputs.sha256"
    wanted = _digest_of_inputs(root)
    if stamp.is_file() and stamp.read_text() == wanted and _is_complete(root):
        return False
    stamp.unlink(missing_ok=True)
    publish(_collect(root), root / "build" / "static")
    _build_translations(root)
    stamp.write_text(wanted)
    return True


def publish(sources: dict[str, bytes], target: Path) -> dict[str, str]:
    """Write the files under hashed names, compressed, and the manifest; returns the manifest.

    Style sheets come last, since their ``url(...)`` must carry the hashed names of the others.
    """
    target.mkdir(parents=True, exist_ok=True)
    manifest: dict[str, str] = {}
    for name in sorted(sources, key=lambda name: (name.endswith(".css"), name)):
        content = SOURCE_MAP.sub(b"", sources[name])
        if name.endswith(".css"):
            content = _with_hashed_urls(name, content, manifest)
        manifest[name] = _hashed_name(name, content)
        _write(target / manifest[name], content)
    _compress(target / hashed for hashed in manifest.values())
    _write(target / "manifest.json", json.dumps(manifest, indent=1, sort_keys=True).encode())
    _remove_others(target, set(manifest.values()))
    return manifest


def main() -> int:
    """Build and say so in one line; 1 when something must be put right first."""
    try:
        changed = build()
    except BuildError as error:
        print(f"web.build: {error}", file=sys.stderr)
        return 1
    print("web.build: built" if changed else "web.build: nothing changed")
    return 0


def _digest_of_inputs(root: Path) -> str:
    inputs = [
        root / LOCK,
        root / TOKENS,
        Path(__file__),
        Path(__file__).with_name("build_messages.py"),
    ]
    inputs.append(Path(__file__).with_name("build_css.py"))
    for folder in ("web/static", "web/templates", "web/translations"):
        inputs += [path for path in (root / folder).rglob("*") if path.is_file()]
    digest = hashlib.sha256()
    for path in sorted(inputs):
        content = path.read_bytes()
        digest.update(f"{path.name}\0{path.parent}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _is_complete(root: Path) -> bool:
    static = root / "build" / "static"
    try:
        manifest = json.loads((static / "manifest.json").read_text())
    except (OSError, ValueError):
        return False
    languages = [path.name for path in _languages(root)]
    return all((static / name).is_file() for name in manifest.values()) and all(
        _mo_file(root, language).is_file() for language in languages
    )


def _collect(root: Path) -> dict[str, bytes]:
    wheels = _unpacked_wheels(root)
    sources = {name: (wheels / inside).read_bytes() for name, inside in FROM_WHEELS.items()}
    words = words_of([root / "web" / "templates", root / "web" / "static"])
    sources["bootstrap.css"] = only_used(sources["bootstrap.css"].decode(), words).encode()
    own = root / "web" / "static"
    for path in own.rglob("*"):
        if path.is_file():
            name = path.relative_to(own).as_posix()
            if name in sources:
                raise BuildError(f"web/static/{name} has the name of a file from a wheel")
            sources[name] = path.read_bytes()
    sources[OWN_SHEET] = (root / TOKENS).read_bytes() + sources[OWN_SHEET]
    return sources


def _unpacked_wheels(root: Path) -> Path:
    lock = root / LOCK
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    target = root / "build" / "assets-src"
    stamp = target / "lock.sha256"
    if stamp.is_file() and stamp.read_text() == digest:
        return target
    shutil.rmtree(target, ignore_errors=True)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--require-hashes", "--target", str(target), "-r", str(lock)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr.strip() or "pip said nothing").splitlines()[-1]
        raise BuildError(
            "htmx dan Bootstrap tidak dapat diambil; periksa sambungan Internet lalu ulangi "
            f"(htmx and Bootstrap cannot be fetched: {reason})"
        )
    stamp.write_text(digest)
    return target


def _with_hashed_urls(name: str, content: bytes, manifest: dict[str, str]) -> bytes:
    folder = PurePosixPath(name).parent

    def hashed(match: re.Match[str]) -> str:
        wanted = os.path.normpath(folder / match[2])
        if wanted not in manifest:
            raise BuildError(f"{name} refers to {match[2]}, which is not in web/static")
        relative = os.path.relpath(manifest[wanted], folder)
        return f'url("{relative}")'

    return CSS_URL.sub(hashed, content.decode()).encode()


def _hashed_name(name: str, content: bytes) -> str:
    path = PurePosixPath(name)
    digest = hashlib.sha256(content).hexdigest()[:HASH_CHARS]
    return str(path.with_name(f"{path.stem}.{digest}{path.suffix}"))


def _write(path: Path, content: bytes) -> None:
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.part")
    unfinished.write_bytes(content)
    unfinished.replace(path)


def _compress(paths: Iterable[Path]) -> None:
    from whitenoise.compress import Compressor  # slow to import; seldom needed

    compressor = Compressor(quiet=True)
    for path in paths:
        if compressor.should_compress(path.name) and not path.with_name(f"{path.name}.gz").exists():
            compressor.compress(str(path))


def _remove_others(target: Path, kept: set[str]) -> None:
    wanted = {target / "manifest.json"}
    for name in kept:
        wanted |= {target / f"{name}{ending}" for ending in ("", ".gz", ".br")}
    for path in target.rglob("*"):
        if path.is_file() and path not in wanted:
            path.unlink()


def _languages(root: Path) -> list[Path]:
    return sorted(path for path in (root / "web" / "translations").glob("*") if path.is_dir())


def _mo_file(root: Path, language: str) -> Path:
    return root / "build" / "translations" / language / "LC_MESSAGES" / "messages.mo"


def _build_translations(root: Path) -> None:
    from web.build_messages import TranslationError, merge, write  # Babel is slow to import

    for folder in _languages(root):
        try:
            catalog = merge(sorted(folder.glob("*.po")), folder.name)
        except TranslationError as error:
            raise BuildError(f"translations to {folder.name}:\n{error}") from error
        write(catalog, _mo_file(root, folder.name))


if __name__ == "__main__":
    sys.exit(main())
