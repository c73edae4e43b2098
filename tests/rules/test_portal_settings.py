"""Which of the portal's wishes are heeded, and what they make of an office."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from appliance.offices import load_office
from appliance.portal_settings.rules import NAMES, ClosedDay, Wishes, applied, checked

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=12,
)
DAY = dt.date(2027, 5, 25)


@given(st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=12), JSON))
def test_whatever_is_wished_each_setting_is_taken_or_refused(settings) -> None:
    wishes, refused = checked(settings)

    assert set(refused) <= set(settings)
    office = applied(load_office("pasaman"), wishes)
    assert 1 <= office.policy.promise_minutes <= 120
    if "promise_minutes" in refused or "promise_minutes" not in settings:
        assert wishes.promise_minutes is None
    else:
        assert wishes.promise_minutes == settings["promise_minutes"]


def test_a_wrong_setting_leaves_the_others_in_force() -> None:
    days = [{"date": "2027-05-25", "name": "Cuti bersama"}]

    wishes, refused = checked({"promise_minutes": 0, "closed_days": days, "wifi_password": "x"})

    assert wishes == Wishes(closed_days=(ClosedDay(DAY, "Cuti bersama"),))
    assert set(refused) == {"promise_minutes", "wifi_password"}
    assert refused["wifi_password"] == "unknown"
    for bad in (True, "5", 121, 5.5):
        assert checked({"promise_minutes": bad}) == (Wishes(), checked({"promise_minutes": bad})[1])
        assert checked({"promise_minutes": bad})[1]
    assert checked({"closed_days": [{"date": "2027-02-30", "name": "x"}]})[1]
    assert checked({"closed_days": [{"date": "2027-05-25", "name": "x", "opens": "08:00"}]})[1]


def test_a_closed_day_closes_the_room_unless_the_office_names_the_date_itself() -> None:
    office = load_office("pasaman")
    named = next(one.date for one in office.hours.exceptions if one.date is not None)
    wishes = Wishes(
        promise_minutes=7,
        closed_days=(ClosedDay(DAY, "Cuti bersama", "Joint leave"), ClosedDay(named, "Lain")),
    )

    after = applied(office, wishes)

    assert office.opening.day(DAY).is_open
    assert not after.opening.day(DAY).is_open
    assert after.opening.day(DAY).reason_en == "Joint leave"
    assert after.opening.day(named) == office.opening.day(named)
    assert after.policy.promise_minutes == 7
    assert applied(office, Wishes()) == office
