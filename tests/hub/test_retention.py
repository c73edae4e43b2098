"""Old months go, their figures stay, and nothing goes that no figure has seen."""

import datetime as dt

from appliance.hub import figures, partitions, projector, retention
from appliance.hub.periods import Period, Scope
from tests.hub.facts_kit import Room, caught_up
from tests.hub_kit import running_hub

TODAY = dt.date(2026, 11, 23)
OLD = dt.date(2026, 6, 1)


def names(found):
    return [one.name for one in found if one.rows]


def test_a_month_is_dropped_when_the_figures_have_it(postgres):
    with running_hub(postgres.new_database()) as hub:
        partitions.prepare(hub.database, OLD)
        room = Room(hub.database)
        subjects = [room.visit("2026-06-15", received_at="2026-06-15T00:00:00Z") for _ in range(6)]
        room.says("locker.assigned", subjects[0], locker=7, received_at="2026-06-15T00:00:00Z")
        with hub.database.transaction() as connection:
            connection.execute(
                "INSERT INTO health_log (at, device, document) VALUES ('2026-06-03', %s, '{}')",
                (room.device,),
            )

        unread = retention.drop(hub.database, TODAY, 3)
        assert [(one.name, one.rows, one.is_unread) for one in unread if one.rows] == [
            ("record_2026_06", 7, True),
            ("health_log_2026_06", 1, False),
        ]
        room.says("visit.closed", subjects[0], state="finished", stay_s=60)
        before = caught_up(hub.database)

        planned = retention.old(hub.database, TODAY, 3)
        assert names(planned) == ["record_2026_06"]
        assert planned[0].size_bytes > 0
        assert names(retention.drop(hub.database, TODAY, 3)) == ["record_2026_06"]
        assert retention.old(hub.database, TODAY, 3) == []
        assert hub.database.row("SELECT count(*) FROM record") == (1,)

        projector.rebuild(hub.database)
        assert caught_up(hub.database) == before
        june = figures.by_place(hub.database, Scope(), Period.month(2026, 6))
        assert june.total.visits.number == 6


def test_present_months_and_strays_are_never_dropped(hub):
    room = Room(hub.database)
    room.visit()
    room.visit(received_at="2019-01-01T00:00:00Z")
    caught_up(hub.database)

    assert names(retention.drop(hub.database, dt.datetime.now(dt.UTC).date(), 1)) == []
    assert partitions.strays(hub.database) == 1
    assert hub.database.row("SELECT count(*) FROM record") == (2,)
