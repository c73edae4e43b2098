"""Reasons in officers' own words: shown with the line, proved with the chain, and able to go."""

import pytest

from appliance.actor import SYSTEM
from appliance.journal.line import MARK
from appliance.storage.models import Journal, JournalWords
from tests.entries import filled
from tests.services.library import OFFICER

WORDS = "Bu Kenari pulang, anaknya sakit"
DAY_S = 24 * 3600


@pytest.fixture
def closed(services):
    visit = services.guestbook.register(
        filled(), channel="phone", language="id", idempotency_key="one"
    )
    services.visits.close(visit.id, by=OFFICER, state="closed_by_staff", reason=WORDS)
    return visit


def last_line() -> Journal:
    return Journal.select().order_by(Journal.seq.desc()).first()


def test_words_are_shown_with_their_line_and_are_not_in_it(core, closed) -> None:
    assert core.journal.latest(1)[0].reason == WORDS
    assert last_line().reason.startswith(MARK)
    assert core.journal.first_broken_link() is None


def test_a_code_stays_in_the_line(core, services) -> None:
    core.writer.run(lambda: core.recorder.note("visit.served", "visit/1", by=SYSTEM, why="locker"))

    assert last_line().reason == "locker"
    assert JournalWords.select().count() == 0


def test_words_that_somebody_changed_break_the_proof(core, closed) -> None:
    seq = JournalWords.get().seq

    core.writer.run(lambda: JournalWords.update(words="Pulang").execute())

    assert core.journal.first_broken_link() == seq


def test_two_lines_with_the_same_words_cannot_be_told_to_have_them(core) -> None:
    for _time in range(2):
        core.writer.run(lambda: core.recorder.note("staff.note", "staff/x", by=SYSTEM, why=WORDS))

    first, second = Journal.select().order_by(Journal.seq.desc()).limit(2)
    assert first.reason != second.reason


def test_an_erasure_takes_the_words_and_leaves_the_chain_whole(core, services, closed) -> None:
    services.erasures.erase(closed.id, by=OFFICER)

    line = next(one for one in core.journal.latest() if one.action == "visit.closed")
    assert line.is_forgotten
    assert JournalWords.select().count() == 0
    assert core.journal.first_broken_link() is None


def test_words_about_anything_go_after_as_long_as_names_are_kept(core, services, clock) -> None:
    services.lockers.sync_bank({1: True}, by=SYSTEM)
    services.lockers.set_condition(1, "blocked", by=OFFICER, note="Kata Pak Budi macet")
    assert JournalWords.select().count() == 1
    clock.advance(360 * DAY_S)
    services.privacy.erase_due()
    assert JournalWords.select().count() == 1
    clock.advance(10 * DAY_S)

    found = {one.kind: one.due for one in services.retention.dry_run()}
    services.privacy.erase_due()

    assert found["words"] == 1
    assert JournalWords.select().count() == 0
