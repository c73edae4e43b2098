"""The life of door commands and sessions, tried in any order that people and power can find."""

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from appliance.clock import ClockQuality, Stamp
from appliance.lockers import rules
from appliance.lockers.rules import CommandLife, Condition, LockerState, Outcome
from tests.fakes import START

BOOTS = st.sampled_from(["boot-1", "boot-2"])
MOMENTS = st.integers(0, 100_000)


def stamp(boot_ms: int, boot_id: str = "boot-1") -> Stamp:
    return Stamp(START, boot_id, boot_ms, ClockQuality.SYNCED)


@given(
    st.builds(
        CommandLife,
        boot_id=BOOTS,
        created_boot_ms=st.just(10_000),
        expires_boot_ms=st.just(15_000),
        is_claimed=st.booleans(),
        is_pulsed=st.booleans(),
        was_seen_open=st.booleans(),
        result=st.none() | st.sampled_from([o for o in Outcome if not o.is_running]),
    ),
    MOMENTS,
    BOOTS,
)
def test_a_final_outcome_never_runs_and_every_outcome_has_a_sentence(life, boot_ms, boot_id):
    now = stamp(boot_ms, boot_id)

    seen = rules.outcome(life, now)

    assert seen.sentence % {"number": "07"}
    if life.result is not None:
        assert not seen.is_running
        assert not rules.is_due(life, now)
    if rules.is_due(life, now):
        assert (life.boot_id, boot_ms < life.expires_boot_ms) == (boot_id, True)


@given(st.sampled_from(Condition), st.booleans())
def test_a_locker_in_use_stays_so_whatever_its_condition(condition, in_use):
    word = rules.state(condition, in_use=in_use)

    assert (word is LockerState.USED) is in_use
    assert (word is LockerState.FREE) is (not in_use and condition is Condition.USABLE)


class CommandMachine(RuleBasedStateMachine):
    """One command among processes that are killed, clocks that stand, doors that jam."""

    @initialize()
    def ask(self):
        self.boot, self.ms = "boot-1", 10_000
        self.life = CommandLife("boot-1", 10_000, 15_000, False, False, False, None)
        self.pulses = 0
        self.results: list[Outcome] = []
        self.is_owned = False

    @property
    def now(self) -> Stamp:
        return stamp(self.ms, self.boot)

    def change(self, **values):
        parts = {name: getattr(self.life, name) for name in CommandLife.__slots__}
        self.life = CommandLife(**(parts | values))

    def finish(self, result: Outcome):
        if self.life.result is None:
            self.change(result=result)
            self.results.append(result)

    @rule(ms=st.integers(1, 8_000))
    def time_passes(self, ms):
        self.ms += ms

    @rule()
    def power_cut(self):
        self.boot, self.ms, self.is_owned = self.boot + "+", 0, False

    @rule()
    def process_starts_again(self):
        self.is_owned = False
        if self.life.is_claimed:
            self.finish(Outcome.INTERRUPTED)

    @rule()
    def nobody_listens(self):
        if not self.life.is_claimed:
            self.finish(Outcome.UNATTENDED)

    @rule()
    def worker_looks(self):
        if self.life.is_claimed or self.life.result is not None:
            return
        if rules.is_due(self.life, self.now):
            self.change(is_claimed=True)
            self.is_owned = True
        else:
            self.finish(Outcome.EXPIRED)

    @precondition(lambda self: self.is_owned and not self.life.is_pulsed)
    @rule(has_sensor=st.booleans(), opens=st.booleans())
    def worker_pulses(self, has_sensor, opens):
        if not rules.is_due(self.life, self.now):
            self.finish(Outcome.EXPIRED)
            return
        assert self.boot == "boot-1"
        assert self.ms < 15_000
        self.pulses += 1
        self.change(is_pulsed=True, was_seen_open=has_sensor and opens)
        self.finish(rules.judged(has_sensor=has_sensor, was_seen_open=opens))

    @invariant()
    def never_twice_and_never_another_story(self):
        assert self.pulses <= 1
        assert len(self.results) <= 1

    @invariant()
    def what_never_fired_is_never_called_open(self):
        if not self.pulses:
            assert rules.outcome(self.life, self.now) not in (Outcome.OPENED, Outcome.SENT)

    @invariant()
    def nobody_waits_for_ever(self):
        late = stamp(self.ms + rules.COMMAND_LIFE_MS + rules.CLAIM_GRACE_MS, self.boot)
        assert not rules.outcome(self.life, late).is_running


TestCommandLife = CommandMachine.TestCase
