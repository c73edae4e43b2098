"""How fast the hub makes facts and figures: ``python -m tests.bench.bench_hub_projector``.

514 offices; of ten records seven belong to a visit, as it comes, is served, uses a locker and
leaves, and three to something that no figure counts. Told are records a second of the projector
and of a rebuild, the CPU time of PostgreSQL a record, and how long each figure takes.
"""

import argparse
import time
from collections.abc import Callable

from appliance.hub import figures, projector
from appliance.hub.database import Database, opened
from appliance.hub.periods import Period, Scope
from tests.bench.bench_hub_append import backends, cpu_s
from tests.hub_kit import cluster

OFFICES = """
INSERT INTO office (code, name, province)
SELECT 'office-' || n, 'Office ' || n, 'Province ' || n %% 38 FROM generate_series(1, %(offices)s) n
"""
DEVICES = "INSERT INTO device (id, office) SELECT gen_random_uuid(), code FROM office"
STREAMS = """
INSERT INTO stream (device, epoch, chain)
SELECT id, gen_random_uuid(), decode(repeat('00', 32), 'hex') FROM device
"""
# Visits overlap as they do in life: what a visit says next comes among the words of others.
RECORDS = """
INSERT INTO record (stream, sequence, event_id, type, subject, occurred_at, recorded_at, clock,
    boot_id, boot_ms, data)
SELECT s.id, v.n * 10 + k.place, gen_random_uuid(), 'id.go.bps.ruangbaca.' || k.kind || '.v1',
    'visit/' || md5(s.id || '/' || v.n)::uuid, day.at, day.at, 2, 'b', 1,
    CASE WHEN k.kind = 'visit.registered' THEN jsonb_build_object(
        'business_date', day.at::date, 'channel', 'tablet', 'purpose', 'p' || v.n %% 4,
        'sex', CASE v.n %% 2 WHEN 0 THEN 'f' ELSE 'm' END, 'age_band', 'a' || v.n %% 6,
        'education', 'e' || v.n %% 7, 'occupation', 'o' || v.n %% 8, 'disability', '')
        ELSE k.data END
FROM generate_series(1, %(visits)s) v(n)
CROSS JOIN stream s
CROSS JOIN LATERAL (
    SELECT '2026-01-01T03:00:00Z'::timestamptz + (v.n * 250 / %(visits)s) * '1 day'::interval AS at
) day
CROSS JOIN (VALUES
    (0, 'visit.registered', '{}'::jsonb), (1, 'visit.called', '{"desk": "1"}'),
    (2, 'visit.served', '{"wait_s": 60, "within_promise": true}'),
    (3, 'locker.assigned', '{"locker": 7}'), (4, 'reading.noted', '{}'), (5, 'scan.page', '{}'),
    (6, 'scan.made', '{}'), (7, 'locker.released', '{"locker": 7, "end_reason": "visitor"}'),
    (8, 'visit.leaving', '{}'), (9, 'visit.closed', '{"state": "finished", "stay_s": 1800}')
) k(place, kind, data)
ORDER BY v.n / 20, k.place
"""


def fill(database: Database, visits: int, offices: int) -> int:
    asked = {"visits": visits, "offices": offices}
    with database.transaction() as connection:
        connection.execute("SET LOCAL statement_timeout = 0")
        connection.execute(OFFICES, asked)
        connection.execute(DEVICES)
        connection.execute(STREAMS)
        connection.execute(RECORDS, asked)
    with database.transaction() as connection:
        connection.execute("SET LOCAL statement_timeout = 0")
        connection.execute("ANALYZE")
    return visits * offices * 10


def timed(dsn: str, name: str, records: int, work: Callable[[], None]) -> str:
    before, started_s = cpu_s(backends(dsn)), time.perf_counter()
    work()
    took_s = time.perf_counter() - started_s
    used_s = cpu_s(backends(dsn)) - before
    return (
        f"{name}: {records / took_s:,.0f} records/s,"
        f" PostgreSQL {used_s / records * 1e6:.1f} us of CPU a record"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=100, help="of each office, over a year")
    parser.add_argument("--offices", type=int, default=514)
    asked = parser.parse_args()
    year, month = Period.of_year(2026), Period.month(2026, 3)
    with cluster(durable=True) as postgres:
        dsn = postgres.new_database()
        with opened(dsn) as database:
            records = fill(database, asked.visits, asked.offices)
            print(timed(dsn, "projector", records, lambda: projector.catch_up(database)))
            print(timed(dsn, "rebuild", records, lambda: projector.rebuild(database)))
            with database.transaction() as connection:
                connection.execute("ANALYZE")
            questions: dict[str, Callable[[], object]] = {
                "by place, month": lambda: figures.by_place(database, Scope(), month),
                "by place, year": lambda: figures.by_place(database, Scope(), year),
                "by month": lambda: figures.by_month(database, Scope("Province 3"), 2026),
                "by age, year": lambda: figures.breakdown(database, Scope(), year, "age_band"),
                "lockers, year": lambda: figures.lockers(database, Scope(), year),
            }
            for name, ask in questions.items():
                started_s = time.perf_counter()
                ask()
                print(f"{name}: {(time.perf_counter() - started_s) * 1000:,.0f} ms", flush=True)


if __name__ == "__main__":
    main()
