"""Another hub behind the same name, and one that was put back from a copy: all of it goes again."""

import datetime as dt

import psycopg
import pytest

from appliance.hub.offices import Offices
from appliance.sync.answers import Kind
from appliance.sync.backlog import KEPT
from appliance.sync.fork import Fork
from appliance.sync.standing import State
from tests.hub.test_pi_and_hub import Pi, stored_ids
from tests.hub_kit import running_hub

MONTH_S = (KEPT + dt.timedelta(days=1)).total_seconds()


@pytest.fixture
def pi(tmp_path):
    """Begun by `enrolled_at`."""
    made = Pi.__new__(Pi)
    yield made
    made.close()


def enrolled_at(hub, pi, folder) -> None:
    pi.__init__(folder / "pi", hub.url)
    give_code(hub, pi)


def give_code(hub, pi) -> None:
    """What an admin does with a code of this hub."""
    offices = Offices(hub.database)
    offices.add("pasaman", "BPS Kabupaten Pasaman", province="Sumatera Barat")
    pi.core.writer.run(lambda: pi.enrolment.ask(offices.issue("pasaman").code))


def port_of(hub) -> int:
    return int(hub.url.rpartition(":")[2])


def copied(postgres, dsn: str) -> str:
    """A copy of a database that nobody is connected to, as a backup would be put back."""
    name = psycopg.conninfo.conninfo_to_dict(dsn)["dbname"]
    with psycopg.connect(postgres.dsn("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}_copy TEMPLATE {name}")
    return postgres.dsn(f"{name}_copy")


def everything_once(hub, pi) -> bool:
    return sorted(stored_ids(hub)) == sorted(pi.ids()) and not hub.aside()


@pytest.mark.parametrize("forgets", [False, True], ids=["all kept here", "some let go here"])
def test_another_hub_behind_the_same_name_gets_all_that_is_kept(
    forgets, pi, postgres, tmp_path
) -> None:
    with running_hub(postgres.new_database()) as first:
        enrolled_at(first, pi, tmp_path)
        pi.record(5)
        assert pi.look() is State.IDLE
        if forgets:
            pi.clock.advance(MONTH_S)
            pi.look()
            assert pi.ids() == set(), "the portal has had them long enough"
    pi.record(2)
    with running_hub(postgres.new_database(), port_of(first)) as second:
        assert pi.look() is State.BLOCKED
        standing = pi.sending.standing.standing()
        assert standing.problem is Kind.REFUSED, "it does not know our key"
        assert standing.advice
        pi.record(1)
        give_code(second, pi)

        assert pi.look() is State.IDLE

        assert len(pi.ids()) == (3 if forgets else 8)
        assert everything_once(second, pi)
        standing = pi.sending.standing.standing()
        reason = Fork.PORTAL_LOST if forgets else Fork.REWOUND
        assert (standing.new_forks, standing.fork_reason) == (1, reason)


def test_a_hub_that_was_put_back_gets_what_it_lost(pi, postgres, tmp_path) -> None:
    dsn = postgres.new_database()
    with running_hub(dsn) as hub:
        enrolled_at(hub, pi, tmp_path)
        pi.record(5)
        pi.look()
    backup = copied(postgres, dsn)
    with running_hub(dsn, port_of(hub), hub.keys):
        pi.record(4)
        assert pi.look() is State.IDLE
    pi.record(3)
    with running_hub(backup, port_of(hub), hub.keys) as restored:
        assert len(restored.stored()) == 5

        assert pi.look() is State.IDLE

        assert everything_once(restored, pi)
        assert len(restored.stored()) == 12
        assert len(restored.database.rows("SELECT id FROM stream")) == 1
        standing = pi.sending.standing.standing()
        assert (standing.new_forks, standing.fork_reason) == (1, Fork.REWOUND)


def test_what_is_gone_here_and_there_costs_a_stream_and_nothing_else(
    pi, postgres, tmp_path
) -> None:
    """The copy is older than what the device has already let go of."""
    dsn = postgres.new_database()
    with running_hub(dsn) as hub:
        enrolled_at(hub, pi, tmp_path)
        pi.record(5)
        pi.look()
    backup = copied(postgres, dsn)
    old = pi.ids()
    with running_hub(dsn, port_of(hub), hub.keys):
        pi.record(4)
        pi.look()
        pi.clock.advance(MONTH_S)
        pi.look()
    pi.record(3)
    with running_hub(backup, port_of(hub), hub.keys) as restored:
        assert pi.look() is State.IDLE

        assert sorted(stored_ids(restored)) == sorted(old | pi.ids())
        standing = pi.sending.standing.standing()
        assert (standing.new_forks, standing.fork_reason) == (1, Fork.PORTAL_LOST)


def test_a_hub_without_our_stream_has_it_opened_again(pi, postgres, tmp_path) -> None:
    """The copy was made after we had enrolled, and before we sent anything."""
    dsn = postgres.new_database()
    with running_hub(dsn) as hub:
        enrolled_at(hub, pi, tmp_path)
        pi.look()
    backup = copied(postgres, dsn)
    with running_hub(dsn, port_of(hub), hub.keys):
        pi.record(4)
        pi.look()
    with psycopg.connect(backup, autocommit=True) as connection:
        connection.execute("DELETE FROM record")
        connection.execute("DELETE FROM stream")
    pi.record(1)
    with running_hub(backup, port_of(hub), hub.keys) as restored:
        assert pi.look() is State.IDLE

        assert everything_once(restored, pi)
        assert pi.sending.standing.standing().fork_reason == Fork.REWOUND
