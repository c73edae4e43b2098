"""What a catalogue search costs, as a ratio to raw FTS5: ``python -m tests.bench.bench_search``.

Both ask the same database in the same run, in turns, and only CPU time is compared; absolute
times of a busy machine say nothing. Raw FTS5 is ``MATCH ... ORDER BY bm25() LIMIT 20`` over title,
subject and abstract, which is what one would write first and which reads every match twice.
The budgets are those of the project: 1.15 for full searches, 0.15 while typing.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from playhouse.fts_parser import parse

from appliance.bootstrap import Core, build_services, open_core
from appliance.config import Settings
from appliance.services import Services
from appliance.storage.models import Publication

QUERIES = 60
ROUNDS = 3
CHUNK = 500
BUDGETS = {"whole words": 1.15, "typing": 0.15, "one common word": 1.15}
# Common first: in real titles few words are everywhere and many are rare.
WORDS = (
    "kabupaten",
    "statistik",
    "angka",
    "dalam",
    "pasaman",
    "penduduk",
    "kecamatan",
    "provinsi",
    "indikator",
    "produksi",
    "pertanian",
    "daerah",
    "ekonomi",
    "rakyat",
    "kesejahteraan",
    "indeks",
    "harga",
    "konsumen",
    "tenaga",
    "kerja",
    "miskin",
    "pendidikan",
    "kesehatan",
    "padi",
    "sawah",
    "luas",
    "panen",
    "inflasi",
    "ekspor",
    "impor",
    "wisata",
    "hotel",
    "jalan",
    "sungai",
)
RARE = tuple(f"istilah{number}" for number in range(3000))


def titles(chance: random.Random, count: int) -> Iterator[dict[str, object]]:
    """Records whose words are as unevenly spread as in the real catalogue."""
    weights = [1 / (place + 1) for place in range(len(WORDS))]
    for number in range(count):
        title = [*chance.choices(WORDS, weights, k=5), chance.choice(RARE)]
        abstract = [
            *chance.choices(WORDS, weights, k=chance.randint(40, 100)),
            *chance.choices(RARE, k=30),
        ]
        yield {
            "title": " ".join(title),
            "subject": chance.choice(WORDS),
            "abstract": " ".join(abstract),
            "year": 1990 + number % 36,
        }


def searches(chance: random.Random) -> dict[str, list[str]]:
    """What people look for: whole words, words cut off while typing, one common word."""
    whole = [" ".join(chance.sample(WORDS, 2)) for _ in range(QUERIES)]
    return {
        "whole words": whole,
        "typing": [text[: -chance.randint(1, 4)].strip() for text in whole]
        + [chance.choice(WORDS)[: chance.randint(2, 3)] for _ in range(QUERIES)],
        "one common word": list(WORDS[:8]),
    }


def cpu_s(run: Callable[[str], object], texts: list[str]) -> float:
    started = time.process_time()
    for text in texts:
        run(text)
    return time.process_time() - started


def compare(
    core: Core, services: Services, texts: list[str], *, typing: bool
) -> tuple[float, float]:
    """CPU seconds a search of raw FTS5 and of the catalogue, the best of a few rounds."""
    raw_sql = (
        "SELECT rowid FROM publication_fts WHERE publication_fts MATCH ?"
        " ORDER BY bm25(publication_fts) LIMIT 20"
    )

    def raw(text: str) -> None:
        core.database.execute_sql(raw_sql, (parse(f"{text}*"),)).fetchall()

    def ours(text: str) -> None:
        services.catalogue.search(text, typing=typing)

    pairs = [(cpu_s(raw, texts), cpu_s(ours, texts)) for _ in range(ROUNDS)]
    return tuple(min(side) / len(texts) for side in zip(*pairs, strict=True))


def main() -> None:
    """Fill a database, compare, and say which budgets hold; exit code 1 when one does not."""
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--records", type=int, default=100_000)
    count = arguments.parse_args().records
    chance = random.Random(1309)
    with tempfile.TemporaryDirectory() as folder:
        core = open_core(Settings(data=str(Path(folder))))
        services = build_services(core)
        rows = list(titles(chance, count))

        def insert(start: int) -> None:
            Publication.insert_many(rows[start : start + CHUNK]).execute()

        for start in range(0, count, CHUNK):
            core.writer.run(lambda start=start: insert(start))
        print(f"{count} records; CPU ms a search")
        is_broken = False
        for name, texts in searches(chance).items():
            raw, ours = compare(core, services, texts, typing=name == "typing")
            ratio, budget = ours / raw, BUDGETS[name]
            is_broken |= ratio > budget
            verdict = "ok" if ratio <= budget else "OVER"
            print(
                f"{name:16} raw {raw * 1000:8.2f}  ours {ours * 1000:8.2f}"
                f"  ratio {ratio:5.2f}  budget {budget:4.2f}  {verdict}"
            )
        core.close()
    raise SystemExit(int(is_broken))


if __name__ == "__main__":
    main()
