"""Numbers for a monitor, in the text format that Prometheus reads."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
PREFIX = "ruangbaca_"
_IN_LABELS = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


@dataclass(frozen=True, slots=True)
class Gauge:
    """A number that goes up and down, for each value of its label; the help is in English."""

    name: str
    help: str
    values: Mapping[str, float]
    label: str = ""  # empty: one number, whatever it is called in `values`


def single(name: str, text: str, value: float) -> Gauge:
    """A gauge of one number."""
    return Gauge(name, text, {"": value})


def exposed(gauges: Iterable[Gauge]) -> str:
    """All of them, as a monitor reads them."""
    return "".join(line for gauge in gauges for line in _lines(gauge))


def _lines(gauge: Gauge) -> Iterable[str]:
    name = PREFIX + gauge.name
    yield f"# HELP {name} {gauge.help}\n# TYPE {name} gauge\n"
    for value, number in gauge.values.items():
        label = f'{{{gauge.label}="{value.translate(_IN_LABELS)}"}}' if gauge.label else ""
        yield f"{name}{label} {float(number)}\n"
