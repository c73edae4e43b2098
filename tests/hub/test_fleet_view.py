"""What is wrong with each device, and which one somebody should see to first."""

import datetime as dt

import pytest

from appliance.hub.fleet import FleetLine
from appliance.hub.site.fleet_view import (
    ADVICE,
    WORDS,
    Filter,
    Signal,
    by_province,
    chosen,
    watched,
    worst_first,
)

NOW = dt.datetime(2026, 11, 23, 3, tzinfo=dt.UTC)  # a Monday


def line(**told) -> FleetLine:
    values = {
        "province": "Sumatera Barat",
        "office": "pasaman",
        "device": "0001",
        "state": "active",
        "software": "0.2.0",
        "heard_at": NOW - dt.timedelta(minutes=4),
        "waiting": 0,
        "oldest_waiting_s": None,
        "clock_offset_s": 0.2,
        "forks": 0,
        "problem": "",
        "timezone": "Asia/Jakarta",
        "enrolled_at": NOW - dt.timedelta(days=90),
        "office_name": "BPS Kabupaten Pasaman",
        "odd_forks": 0,
        "apart": 0,
        "held": 0,
        "disk_used": 0.4,
        "config_version": 1,
        "config_wanted": 1,
        "config_refused": [],
        "config_problem": "",
    }
    return FleetLine(**{**values, **told})


@pytest.mark.parametrize(
    ("told", "signals"),
    [
        ({}, ()),
        ({"forks": 3}, ()),  # begun on purpose
        ({"forks": 3, "odd_forks": 1}, (Signal.FORKED,)),
        ({"heard_at": NOW - dt.timedelta(days=7)}, (Signal.SILENT,)),
        ({"heard_at": NOW - dt.timedelta(days=4)}, ()),  # over a weekend
        ({"heard_at": None, "waiting": None, "disk_used": None}, (Signal.SILENT,)),
        ({"heard_at": None, "enrolled_at": NOW - dt.timedelta(days=1)}, ()),
        ({"waiting": 900, "oldest_waiting_s": 3 * 24 * 3600.0}, (Signal.QUEUE,)),
        ({"waiting": 900, "oldest_waiting_s": 3600.0}, ()),
        ({"clock_offset_s": -121.0, "problem": "clock"}, (Signal.CLOCK, Signal.PROBLEM)),
        ({"disk_used": 0.9}, (Signal.DISK,)),
        ({"disk_used": 0.95}, (Signal.DISK_FULL,)),
        ({"apart": 2, "held": 1}, (Signal.HELD, Signal.APART)),
        ({"state": "revoked", "heard_at": None, "apart": 2}, ()),
    ],
)
def test_a_device_has_the_signals_of_what_is_wrong(told, signals):
    assert watched(line(**told), NOW).signals == signals


def test_every_signal_has_words_and_says_what_to_do():
    assert set(WORDS) == set(ADVICE) == set(Signal)


def test_the_worst_comes_first_and_the_longest_silent_before_others():
    quiet = [
        line(device=name, heard_at=NOW - dt.timedelta(days=days))
        for name, days in (("a", 8), ("b", 30), ("c", 0))
    ]
    devices = [watched(one, NOW) for one in (*quiet, line(device="d", odd_forks=1))]

    assert [one.line.device for one in worst_first(devices)] == ["d", "b", "a"]


def test_the_list_is_narrowed_by_filter_and_words():
    devices = [
        watched(one, NOW)
        for one in (
            line(device="a", apart=1),
            line(device="b", state="revoked"),
            line(device="c", office="kupang", office_name="BPS Kota Kupang", province="NTT"),
        )
    ]

    def shown(which: Filter, words: str = "") -> list[str]:
        return [one.line.device for one in chosen(devices, which, words)]

    assert shown(Filter.ALL) == ["a", "b", "c"]
    assert shown(Filter.ALARMS) == ["a"]
    assert shown(Filter.REVOKED) == ["b"]
    assert shown(Filter.ALL, "kota NTT") == ["c"]
    assert shown(Filter.ALARMS, "kupang") == []


def test_a_province_sums_its_devices_without_the_revoked():
    devices = [
        watched(one, NOW)
        for one in (
            line(waiting=5),
            line(waiting=None, heard_at=None),
            line(state="revoked", waiting=9),
            line(province="Aceh"),
        )
    ]

    aceh, barat = by_province(devices)

    assert (aceh.province, aceh.devices, aceh.alarmed) == ("Aceh", 1, 0)
    assert (barat.devices, barat.alarmed, barat.silent, barat.waiting) == (2, 1, 1, 5)
