"""One writer, many callers."""

import errno
import os
import threading
from concurrent.futures import ThreadPoolExecutor, wait

import apsw
import pytest

from appliance.bootstrap import Core
from appliance.errors import Refused, Unavailable
from appliance.storage import database as storage
from appliance.storage import writer
from appliance.storage.models import Meta
from appliance.storage.once import once
from appliance.storage.writer import FULL, NORMAL
from tests.running_demo import wait_until


def put(key: str) -> str:
    Meta.create(key=key, value="1")
    return key


def keys() -> set[str]:
    return {row.key for row in Meta.select()}


def seen_by_others(core: Core) -> int:
    other = apsw.Connection(str(core.settings.data_dir / storage.FILE_NAME))
    return int(other.execute("SELECT count(*) FROM meta").get)


def synchronous_of(core: Core, **how: bool) -> int:
    connection = core.database.connection
    return int(core.writer.run(lambda: connection().pragma("synchronous"), **how))


def test_the_caller_gets_the_result_after_the_commit(core: Core) -> None:
    assert core.writer.run(lambda: put("a")) == "a"

    assert seen_by_others(core) == 1


def test_the_caller_gets_the_exception_and_nothing_is_kept(core: Core) -> None:
    def half_done() -> None:
        put("a")
        raise Refused("tidak")

    with pytest.raises(Refused, match="tidak"):
        core.writer.run(half_done)

    assert keys() == set()


def test_a_refusal_undoes_nothing_of_those_who_share_the_commit(core: Core) -> None:
    gate = threading.Event()

    def one(number: int) -> str:
        if number % 3 == 0:
            raise Refused("tidak")
        return core.writer.run(lambda: put(str(number)))

    with ThreadPoolExecutor(20) as pool:
        pool.submit(core.writer.run, gate.wait)  # everybody else queues up behind this one
        wanted = [pool.submit(core.writer.run, lambda n=n: one(n)) for n in range(60)]
        gate.set()
        failed = sum(1 for future in wanted if future.exception() is not None)

    assert failed == 20
    assert keys() == {str(n) for n in range(60) if n % 3}


def test_a_call_inside_a_call_is_the_same_transaction(core: Core) -> None:
    def outer() -> None:
        core.writer.run(lambda: put("inner"))
        raise Refused("tidak")

    with pytest.raises(Refused):
        core.writer.run(outer)

    assert keys() == set()


def test_wake_ups_go_out_after_the_commit_and_only_then(core: Core) -> None:
    seen: list[set[str]] = []

    def kept() -> None:
        put("kept")
        core.writer.after_commit(lambda: seen.append(keys()))

    def undone() -> None:
        core.writer.after_commit(lambda: seen.append({"undone"}))
        raise Refused("tidak")

    core.writer.run(kept)
    with pytest.raises(Refused):
        core.writer.run(undone)

    assert seen == [{"kept"}]


@pytest.mark.parametrize("is_urgent", [True, False])
def test_only_an_urgent_wake_up_goes_out_before_the_flush(
    core: Core, monkeypatch: pytest.MonkeyPatch, is_urgent: bool
) -> None:
    said: list[str] = []
    flush = os.fdatasync

    def noted_flush(file: int) -> None:
        said.append("flush")
        flush(file)

    def write() -> None:
        put("a")
        core.writer.after_commit(lambda: said.append(f"wake {seen_by_others(core)}"))

    monkeypatch.setattr(os, "fdatasync", noted_flush)
    core.writer.run(write, is_urgent=is_urgent)

    # SQLite's own flush is not seen here: it is inside the commit, before any callback.
    assert said == (["wake 1", "flush"] if is_urgent else ["wake 1"])
    assert synchronous_of(core, is_urgent=False) == FULL
    assert synchronous_of(core, is_urgent=True) == NORMAL


def test_what_cannot_be_flushed_is_not_said_to_be_kept(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_file: int) -> None:
        raise OSError(errno.EIO, "I/O error")

    monkeypatch.setattr(os, "fdatasync", broken)
    with pytest.raises(Unavailable):
        core.writer.run(lambda: put("a"), is_urgent=True)

    core.writer.run(lambda: put("b"))
    assert "b" in keys()


def test_a_thread_writes_in_the_middle_of_reading_what_has_changed_since(core: Core) -> None:
    for key in ("a", "b", "c"):
        core.writer.run(lambda key=key: put(key))
    reading = Meta.select().order_by(Meta.key).iterator()

    for row in reading:
        core.writer.run(lambda row=row: put(row.key * 2))

    assert keys() == {"a", "b", "c", "aa", "bb", "cc"}


def test_a_fault_of_ours_leaves_nobody_waiting(core: Core) -> None:
    first_runs, others_wait = threading.Event(), threading.Event()

    def slow() -> None:
        first_runs.set()
        others_wait.wait(10)

    def broken() -> None:
        core.writer.after_commit(lambda: 1 / 0)

    with ThreadPoolExecutor(3) as pool:
        pool.submit(core.writer.run, slow)
        first_runs.wait(10)
        waiting = [pool.submit(core.writer.run, one) for one in (broken, lambda: put("a"))]
        others_wait.set()
        wait([*waiting], timeout=10)

    assert all(future.done() for future in waiting)
    assert core.writer.run(lambda: put("later")) == "later"


def test_closing_waits_for_what_is_queued(core: Core) -> None:
    runs, go_on = threading.Event(), threading.Event()

    def slow() -> str:
        runs.set()
        go_on.wait(10)
        return put("slow")

    with ThreadPoolExecutor(3) as pool:
        slowly = pool.submit(core.writer.run, slow)
        runs.wait(10)
        closing = pool.submit(core.writer.close)
        wait_until(lambda: core.writer._closed)
        assert not closing.done()
        go_on.set()

        assert slowly.result(10) == "slow"
        closing.result(10)


def test_a_full_disk_is_a_sentence_and_later_writes_work(core: Core) -> None:
    def limit(pages: int) -> None:
        core.database.connection().pragma("max_page_count", pages)

    core.writer.run(lambda: limit(1))  # no room for another page
    with pytest.raises(Unavailable):
        core.writer.run(lambda: Meta.create(key="big", value="x" * 100_000))
    core.writer.run(lambda: limit(1_000_000))

    assert core.writer.run(lambda: put("later")) == "later"
    assert keys() == {"later"}


def test_a_lock_held_by_another_process_is_waited_for(core: Core) -> None:
    other = apsw.Connection(str(core.settings.data_dir / storage.FILE_NAME))
    other.execute("BEGIN IMMEDIATE")
    release = threading.Timer(1.0, other.execute, ("COMMIT",))
    release.start()

    assert core.writer.run(lambda: put("patient")) == "patient"
    release.join()


def test_the_log_is_emptied_after_its_caller_was_answered(core: Core) -> None:
    file, big = core.settings.data_dir / storage.FILE_NAME, 6 << 20
    at_commit: list[int] = []

    def write() -> None:
        Meta.create(key="big", value="x" * big)
        core.writer.after_commit(lambda: at_commit.append(file.stat().st_size))

    core.writer.run(write)

    assert at_commit[0] < big, "emptying it is part of the commit"
    wait_until(lambda: file.stat().st_size > big)


def test_a_closed_writer_says_so(core: Core) -> None:
    core.writer.close()

    with pytest.raises(Unavailable):
        core.writer.run(lambda: put("late"))


def test_a_repeated_key_gets_the_first_answer(core: Core) -> None:
    made: list[str] = []

    def make() -> str:
        made.append("x")
        return f"answer-{len(made)}"

    def ask(key: str) -> str:
        return core.writer.run(lambda: once("test", key, core.clock, make))

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(ask, ["same"] * 16))

    assert answers == {"answer-1"}
    assert ask("other") == "answer-2"
    assert ask("") == "answer-3"
    assert ask("") == "answer-4"


def test_a_long_log_is_copied_into_the_file(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "LOG_PAGES", 1)
    file = core.settings.data_dir / storage.FILE_NAME

    core.writer.run(lambda: put("kuda-laut"))

    wait_until(lambda: b"kuda-laut" in file.read_bytes())


def test_what_may_be_lost_waits_for_no_disk(core: Core) -> None:
    assert synchronous_of(core, may_be_lost=True) == NORMAL
    assert synchronous_of(core) == FULL, "whoever comes next does"


def test_who_shares_a_commit_with_something_that_may_be_lost_loses_nothing(core: Core) -> None:
    started, queued = threading.Event(), threading.Event()

    def hold_the_commit() -> None:
        started.set()
        assert queued.wait(10)

    def level() -> int:
        return int(core.database.connection().pragma("synchronous"))

    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(core.writer.run, hold_the_commit)
        assert started.wait(10)
        lossy = pool.submit(lambda: core.writer.run(level, may_be_lost=True))
        kept = pool.submit(lambda: core.writer.run(level))
        wait_until(lambda: len(core.writer._jobs) == 2)
        queued.set()
        wait([first, lossy, kept], timeout=10)

    assert (lossy.result(), kept.result()) == (FULL, FULL)
