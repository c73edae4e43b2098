"""Where the built CSS, JavaScript and translations lie, under what names, and how they are served.

`python -m web.build` writes `build/static/manifest.json`: plain name -> hashed name. Only hashed
names are cached for ever, because only they can never change their content.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from wsgiref.headers import Headers

from flask import Flask
from markupsafe import Markup
from whitenoise import WhiteNoise

from web.security import STATIC_HEADERS

BUILD_DIR = Path(__file__).resolve().parents[1] / "build"
STATIC_PREFIX = "/static/"
UNHASHED_MAX_AGE_S = 60
# No eval, no script tags, no history snapshots with personal data in the browser's storage; a form
# that came back with problems (422) is shown in place, every other error goes to the notice area.
_HTMX_CONFIG = {
    "includeIndicatorStyles": False,
    "allowEval": False,
    "allowScriptTags": False,
    "selfRequestsOnly": True,
    "historyCacheSize": 0,
    "refreshOnHistoryMiss": True,
    "timeout": 15000,
    "responseHandling": [
        {"code": "204", "swap": False},
        {"code": "[23]..", "swap": True},
        {"code": "422", "swap": True},
        {
            "code": "[45]..",
            "swap": True,
            "error": True,
            "target": "#notice",
            "swapOverride": "innerHTML",
        },
    ],
}
HTMX_CONFIG = Markup(json.dumps(_HTMX_CONFIG, separators=(",", ":")))  # noqa: S704 - a constant
_HASHED = re.compile(r"[.-][0-9a-f]{8,64}\.[a-z0-9.]+$")


class MissingBuild(RuntimeError):
    """Raised when the assets were never built; says what to run."""


def read_manifest(build_dir: Path) -> Mapping[str, str]:
    """Plain asset name -> hashed file name, as the build wrote it. Raises MissingBuild."""
    path = build_dir / "static" / "manifest.json"
    try:
        manifest: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise MissingBuild(
            f"Berkas tampilan belum dibangun ({path}). Jalankan provisioning/run. "
            "The web assets are not built: run provisioning/run or `python -m web.build`."
        ) from error
    return manifest


def serve_assets(app: Flask, build_dir: Path) -> None:
    """Serve the build at /static/ and give templates `asset('name')`. Raises MissingBuild."""
    manifest = read_manifest(build_dir)

    def asset(name: str) -> str:
        return STATIC_PREFIX + manifest[name]

    app.jinja_env.globals.update(asset=asset, HTMX_CONFIG=HTMX_CONFIG)
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(build_dir / "static"),
        prefix=STATIC_PREFIX,
        max_age=UNHASHED_MAX_AGE_S,
        allow_all_origins=False,
        immutable_file_test=lambda path, url: _HASHED.search(url) is not None,
        add_headers_function=_add_static_headers,
    )


def _add_static_headers(headers: Headers, path: str, url: str) -> None:
    for name, value in STATIC_HEADERS.items():
        headers[name] = value
