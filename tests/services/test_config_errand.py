"""Settings of a portal that changes its key, is put back, or lies: no appliance goes back."""

import base64
from types import SimpleNamespace

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance import ed25519
from appliance.base64url import encoded
from appliance.portal_settings import book
from appliance.portal_settings.rules import Wishes
from appliance.storage.models import Enrolment as Row
from appliance.storage.models import PortalSettings
from appliance.sync import protocol
from appliance.sync.answers import Reply
from appliance.sync.config_errand import ConfigErrand
from appliance.sync.enrolment import Enrolment
from appliance.sync.protocol import PublicKey, Signed, Successor

OFFICE = "pasaman"
SECRETS = tuple(bytes([number]) * 32 for number in range(1, 6))  # the portal's, one after another
STRANGER = b"s" * 32
KEYS = [ed25519.public_key(secret) for secret in SECRETS]
SUCCESSORS = [
    Successor(
        PublicKey(encoded(after)),
        protocol.key_id(before),
        encoded(ed25519.sign(secret, protocol.succession_text(after))),
    )
    for secret, before, after in zip(SECRETS, KEYS, KEYS[1:], strict=False)
]
FALSE_SUCCESSOR = Successor(
    PublicKey(encoded(ed25519.public_key(STRANGER))),
    protocol.key_id(KEYS[0]),
    encoded(ed25519.sign(STRANGER, protocol.succession_text(ed25519.public_key(STRANGER)))),
)


class Offer(msgspec.Struct, frozen=True):
    """What a portal answers; `key` is the number of its key, -1 a stranger's.

    A stranger may introduce itself, in the name of the portal's first key.
    """

    version: int
    minutes: int
    key: int
    office: str
    fault: str
    shuffled: tuple[int, ...]

    def reply(self) -> Reply:
        is_strangers = self.key < 0 or self.fault == "introduced"
        secret = STRANGER if is_strangers else SECRETS[self.key]
        told = {"promise_minutes": self.minutes}
        document = msgspec.json.encode(
            {"version": self.version, "office": self.office, "settings": told}, order="sorted"
        )
        signature = ed25519.sign(secret, document)
        if self.fault == "changed":
            document = document.replace(b'"version":', b'"version":9')
        successors = [SUCCESSORS[place] for place in self.shuffled]
        signed = Signed(
            self.version,
            base64.b64encode(document).decode(),
            base64.b64encode(signature).decode(),
            protocol.key_id(ed25519.public_key(secret)),
            [*successors, FALSE_SUCCESSOR] if self.fault == "introduced" else successors,
        )
        body = msgspec.json.encode(signed)
        return Reply(200, {"content-type": protocol.JSON_TYPE}, body)

    def is_the_portals(self, known: int) -> bool:
        """Whether a device that knows this key of the portal may take what it is offered."""
        return self.fault == "" and self.office == OFFICE and self.key >= known


OFFERS = st.builds(
    Offer,
    version=st.integers(1, 6),
    minutes=st.integers(1, 120),
    key=st.integers(-1, len(SECRETS) - 1),
    office=st.sampled_from([OFFICE, OFFICE, OFFICE, "dharmasraya"]),
    fault=st.sampled_from(["", "", "", "changed", "introduced"]),
    shuffled=st.permutations(range(len(SUCCESSORS))).map(tuple),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(offers=st.lists(OFFERS, max_size=8))
def test_no_sequence_of_documents_and_keys_takes_an_appliance_back(core, clock, offers) -> None:
    errand = _at_a_device_that_knows_the_first_key(core, clock)
    known, version, minutes = 0, 0, None
    for offer in offers:
        is_newer = offer.is_the_portals(known) and offer.version > version
        if is_newer:
            known, version, minutes = offer.key, offer.version, offer.minutes

        errand.run(SimpleNamespace(device_id="d", ask=lambda *_, told=offer, **__: told.reply()))

        taken = book.taken()
        assert (taken.version, taken.wishes.promise_minutes) == (version, minutes)
        assert bytes(Row.get_by_id(1).config_key) == KEYS[known]
        assert is_newer <= (taken.problem is None)


def _at_a_device_that_knows_the_first_key(core, clock) -> ConfigErrand:
    values = {"portal": "http://hub.example", "office": OFFICE, "config_key": KEYS[0]}
    core.writer.run(book.forget)
    core.writer.run(
        lambda: (
            Row.insert(id=1, **values)
            .on_conflict(conflict_target=[Row.id], update=values)
            .execute()
        )
    )
    enrolment = Enrolment(
        writer=core.writer,
        clock=clock,
        portal="http://hub.example",
        data_dir=core.settings.data_dir,
    )
    return ConfigErrand(writer=core.writer, clock=clock, notes=core.recorder, enrolment=enrolment)


def test_what_another_release_wrote_stops_nobody(core) -> None:
    """An appliance that was put back to an older release opens its lockers all the same."""
    for document, problem in ((b"[]", ""), (b"\xff", "odd"), (None, "odd"), (b"{}", "")):
        values = {"version": 4, "document": document, "problem": problem}
        core.writer.run(
            lambda values=values: (
                PortalSettings.insert(id=1, **values)
                .on_conflict(conflict_target=[PortalSettings.id], update=values)
                .execute()
            )
        )

        taken = book.taken()

        assert (taken.version, taken.wishes) == (4, Wishes())
        assert taken.problem is (book.Refusal.UNREADABLE if document or problem else None)


def test_a_setting_of_an_odd_name_is_told_of_too(core, clock) -> None:
    document = {"version": 1, "office": OFFICE, "settings": {"a-b": 1, "Lampu": 1, "lamp": 1}}
    core.writer.run(lambda: book.keep(msgspec.json.encode(document), 1, clock.now()))

    assert book.taken().refused == ("?", "lamp")
