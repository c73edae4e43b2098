"""What a catalogue search costs beside its peers: ``python -m tests.bench.bench_search``.

Full searches beside ``MATCH ... ORDER BY bm25() LIMIT 20`` over the same table; searches at every
key stroke beside Datasette's ``_search`` and tantivy, when they are there. To have them:
``pip install --target build/peers -r tests/bench/requirements-peers.txt`` and
``PYTHONPATH=build/peers``. All ask in turns on one core, and CPU time of the whole process counts:
absolute times of a busy machine say nothing. With several sizes the growth between them is told.
"""

import argparse
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from appliance.bootstrap import Core, build_services, open_core
from appliance.config import Settings
from appliance.services import Services
from appliance.storage.models import Publication
from tests.bench.search_peers import PlainFts, open_peers
from tests.bps_titles import WORDS, records
from tests.search_kit import keystrokes, mistyped, short, typed

CHUNK = 500
KEYS, FULL_TITLES, MISTYPED = 150, 120, 200
TOP = 5
ROUNDS = 2
INDEX = ("title_index%", "text_index%", "catalogue_%")


@dataclass(frozen=True, slots=True)
class Budgets:
    """Ratios that hold at 100,000 records, and growth from there to 500,000."""

    full: float = 0.25
    datasette: float = 1 / 5
    tantivy: float = 5.0
    index: float = 1.1
    growth: float = 2.0
    mistyped: float = 0.90


class Verdicts:
    """Prints each figure with its budget; remembers whether one was broken."""

    def __init__(self) -> None:
        self.is_broken = False

    def say(self, name: str, value: float, budget: float, *, at_least: bool = False) -> None:
        holds = value >= budget if at_least else value <= budget
        self.is_broken |= not holds
        sign = ">=" if at_least else "<="
        verdict = "ok" if holds else "OVER"
        print(f"  {name:52} {value:7.3f}  budget {sign} {budget:.2f}  {verdict}", flush=True)


def cpu_ms(search: Callable[[str], object], texts: Sequence[str]) -> list[float]:
    """CPU milliseconds of the process for each text, the best of a few rounds."""
    best = [float("inf")] * len(texts)
    for _ in range(ROUNDS):
        for place, text in enumerate(texts):
            started = time.process_time()
            search(text)
            best[place] = min(best[place], (time.process_time() - started) * 1000)
    return best


def p99(values: Sequence[float]) -> float:
    return sorted(values)[int(len(values) * 0.99)]


def fill(core: Core, services: Services, rows: Sequence[dict[str, object]]) -> None:
    """Put the records in, and their entries; says what each took."""

    def insert(start: int) -> None:
        Publication.insert_many(rows[start : start + CHUNK]).execute()

    started = time.process_time()
    for start in range(0, len(rows), CHUNK):
        core.writer.run(lambda start=start: insert(start))
    print(f"  table {time.process_time() - started:.1f} CPU s", end=", ", flush=True)
    started = time.process_time()
    services.catalogue.mend_index()
    print(f"index {time.process_time() - started:.1f} CPU s", flush=True)


def index_share(core: Core) -> float:
    """How large the index is, as a share of the table."""
    connection = core.database.connection()

    def size(name: str) -> int:
        found = connection.execute("SELECT sum(pgsize) FROM dbstat WHERE name LIKE ?", (name,))
        return int(found.get or 0)

    parts = {name.rstrip("%_"): size(name) for name in INDEX}
    table = size("publication")
    sizes = ", ".join(f"{name} {part / 1e6:.1f}" for name, part in parts.items())
    print(f"  MB: table {table / 1e6:.1f}, {sizes}")
    return sum(parts.values()) / table


def searches(rows: Sequence[dict[str, object]]) -> tuple[list[str], list[str]]:
    """Finished searches, and what stands in the box key by key."""
    chance = random.Random(7)
    titles = [str(row["title"]) for row in rows]
    full = [short(chance.choice(titles)) for _ in range(FULL_TITLES // 3)]
    full += [" ".join(chance.sample(typed(chance.choice(titles)), 2)) for _ in full]
    full += [" ".join(chance.sample(WORDS[:60], chance.randint(1, 2))) for _ in full[::2]]
    keys = [text for _ in range(KEYS // 8) for text in keystrokes(chance.choice(titles))]
    keys += [text for word in WORDS for text in keystrokes(word)]
    return full, chance.sample(keys, KEYS)


def share_found(services: Services, rows: Sequence[dict[str, object]]) -> float:
    """How many of the mistyped titles stand among the first five."""
    chance = random.Random(200)
    found = 0
    for number in range(MISTYPED):
        title = str(chance.choice(rows)["title"])
        text = mistyped(" ".join(typed(title)) if number % 2 else short(title), chance)
        hits = services.catalogue.search(text).hits[:TOP]
        found += title in [hit.title for hit in hits]
    return found / MISTYPED


def compare(count: int, verdicts: Verdicts, budgets: Budgets, *, peers: bool) -> float:
    """Every figure at this size; returns the p99 of typing."""
    rows = [{"id": number, **row} for number, row in enumerate(records(count), start=1)]
    print(f"{count} records", flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        core = open_core(Settings(data=str(folder)))
        with closing(core):
            services = build_services(core)
            fill(core, services, rows)
            verdicts.say("size of the index / table", index_share(core), budgets.index)
            full, keys = searches(rows)
            ours_keys = cpu_ms(lambda text: services.catalogue.search(text, typing=True), keys)
            ours_full = cpu_ms(services.catalogue.search, full)
            _tell("ours, typing", ours_keys)
            _tell("ours, full", ours_full)
            if peers:
                _beside(core, services, folder, rows, verdicts, budgets)
            share = share_found(services, rows)
            verdicts.say(f"mistyped found in the top {TOP}", share, budgets.mistyped, at_least=True)
    return p99(ours_keys)


def _beside(
    core: Core,
    services: Services,
    folder: Path,
    rows: Sequence[dict[str, object]],
    verdicts: Verdicts,
    budgets: Budgets,
) -> None:
    full, keys = searches(rows)
    ours = cpu_ms(services.catalogue.search, full)
    with closing(PlainFts(folder, rows)) as plain:
        raw = cpu_ms(plain.ranked, full)
        _tell("plain bm25, full", raw)
        verdicts.say("full, mean / plain bm25", _mean(ours) / _mean(raw), budgets.full)
        found, missing = open_peers(plain, folder, rows)
        for name in missing:
            print(f"  {name}: not installed")
        page = _fragments(services)
        typing = cpu_ms(lambda text: services.catalogue.search(text, typing=True), keys)
        pages = cpu_ms(page, keys)
        _tell("ours, typing, the whole HTML answer", pages)
        for name, search in found.items():
            theirs = cpu_ms(search, keys)
            _tell(name, theirs)
            if name == "tantivy":
                verdicts.say("typing, p99 / tantivy", p99(typing) / p99(theirs), budgets.tantivy)
            else:
                ratio = p99(pages) / p99(theirs)
                verdicts.say(f"typing, p99 of our HTML / {name}", ratio, budgets.datasette)


def _fragments(services: Services) -> Callable[[str], object]:
    """Our answer to a key stroke, as a browser gets it."""
    from web.app import create_app

    client = create_app(services, services.settings).test_client()

    def ask(text: str) -> object:
        answer = client.get("/catalogue", query_string={"q": text}, headers={"HX-Request": "true"})
        assert answer.status_code == 200
        return answer

    return ask


def _mean(values: Sequence[float]) -> float:
    return statistics.fmean(values)


def _tell(name: str, values: Sequence[float]) -> None:
    print(
        f"  {name:40} CPU ms: mean {_mean(values):8.2f}  p50 {statistics.median(values):8.2f}"
        f"  p99 {p99(values):8.2f}  of {len(values)}",
        flush=True,
    )


def main() -> None:
    """Measure at each size; exit code 1 when a budget is broken."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--records", type=int, nargs="+", default=[100_000])
    parser.add_argument("--alone", action="store_true", help="compare with no other program")
    arguments = parser.parse_args()
    sizes = arguments.records
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    verdicts, budgets = Verdicts(), Budgets()
    worst = [
        compare(count, verdicts, budgets, peers=place == 0 and not arguments.alone)
        for place, count in enumerate(sizes)
    ]
    for count, value in zip(sizes[1:], worst[1:], strict=True):
        verdicts.say(f"typing, p99 at {count} / {sizes[0]}", value / worst[0], budgets.growth)
    raise SystemExit(int(verdicts.is_broken))


if __name__ == "__main__":
    main()
