"""What every app of a test run would work out anew: its templates' code, its routes' URLs.

The product makes one app per process, the tests more than a thousand. Two thirds of their time
went into compiling the same templates and the same URL builders again and again.
"""

from collections.abc import Callable, Iterator
from types import CodeType
from typing import Any

import pytest
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule


class CompiledTemplates(BytecodeCache):
    """Templates that an earlier app of this process compiled, while their text is the same.

    The code also depends on the kind of environment: the hub has some templates of the web app's.
    """

    def __init__(self) -> None:
        self._codes: dict[tuple[type, str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get(_place(bucket))

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code is not None
        self._codes[_place(bucket)] = bucket.code


def _place(bucket: Bucket) -> tuple[type, str, str]:
    return type(bucket.environment), bucket.key, bucket.checksum


def on_first_use(compile_builder: Callable[..., Any]) -> Callable[..., Any]:
    """A route's URL builder is compiled when a URL of it is first built; most never are."""

    def deferred(rule: Rule, append_unknown: bool = True) -> Callable[..., Any]:
        built: list[Callable[..., Any]] = []

        def build(self: Rule, *values: Any, **more: Any) -> Any:
            if not built:
                built.append(compile_builder(rule, append_unknown))
            return built[0](self, *values, **more)

        return build

    return deferred


@pytest.fixture(scope="session", autouse=True)
def warm_flask() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "jinja_options", {"bytecode_cache": CompiledTemplates()})
        patch.setattr(Rule, "_compile_builder", on_first_use(Rule._compile_builder))
        yield
