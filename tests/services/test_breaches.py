"""Data that got out: written down, timed, and gathered into one archive."""

import csv
import datetime as dt
import hashlib
import io
import json
import zipfile

import pytest

from appliance.actor import Actor
from appliance.errors import Invalid, NotFound
from appliance.privacy.affected import Affected
from appliance.privacy.register import CATEGORIES
from tests.entries import filled
from tests.services.library import OFFICER

ADMIN = Actor.staff("admin", "admin")
HOUR_S = 3600


def form(clock, **answers):
    now = clock.now()
    return {
        "noticed_at": now.isoformat(),
        "began_at": (now - dt.timedelta(days=1)).isoformat(),
        "ended_at": "",
        "scope": "kept",
        "kinds": ["identity", "request", "complaint"],
        "happened": "Laptop cadangan hilang dari ruang rapat.",
        "done": "",
    } | answers


@pytest.fixture
def visit(services):
    return register_one(services, "one")


def register_one(services, key: str, **answers):
    return services.guestbook.register(
        filled(**answers), channel="phone", language="id", idempotency_key=key
    )


def opened(services, breach, *, contacts: bool = False) -> zipfile.ZipFile:
    with services.breach_packs.make(breach.uuid, contacts=contacts, by=ADMIN) as file:
        return zipfile.ZipFile(io.BytesIO(file.read()))


def rows(archive: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"))))


def test_72_hours_run_from_when_it_was_noticed_until_both_are_told(services, clock) -> None:
    noticed = clock.now() - dt.timedelta(hours=70)
    began = noticed - dt.timedelta(hours=1)
    said = form(clock, noticed_at=noticed.isoformat(), began_at=began.isoformat())
    made = services.breaches.note(said, by=ADMIN)
    assert (made.number, made.is_late, round(made.left_s / HOUR_S)) == ("I-2026-001", False, 2)

    clock.advance(3 * HOUR_S)
    services.breaches.told(made.uuid, "people", by=ADMIN)
    assert services.breaches.all()[0].is_late
    done = services.breaches.told(made.uuid, "authority", by=ADMIN)

    assert (done.is_open, done.is_late) == (False, False)
    assert done.people_told_at == clock.now()


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"noticed_at": "kemarin"}, "noticed_at"),
        ({"noticed_at": "2199-01-01T00:00"}, "noticed_at"),
        ({"began_at": ""}, "began_at"),
        ({"ended_at": "2001-01-01T00:00"}, "ended_at"),
        ({"kinds": []}, "kinds"),
        ({"kinds": ["identity", "money"]}, "kinds"),
        ({"scope": "all"}, "scope"),
        ({"happened": " "}, "happened"),
    ],
)
def test_a_record_that_cannot_be_is_not_taken(services, clock, answers, field) -> None:
    with pytest.raises(Invalid) as invalid:
        services.breaches.note(form(clock, **answers), by=ADMIN)

    assert list(invalid.value.problems) == [field]


def test_a_pack_counts_people_by_kind_and_names_them_only_when_asked(
    services, clock, visit
) -> None:
    other = register_one(services, "other", name="=Budi", email="budi@contoh.id", phone="")
    services.requests.make(other.id, {"wanted": "PDRB", "purpose": "Skripsi"}, by=OFFICER)
    made = services.breaches.note(form(clock), by=ADMIN)

    without, with_names = opened(services, made), opened(services, made, contacts=True)

    counts = {row["jenis data"]: row for row in rows(without, "1-data-dan-jumlah-orang.csv")}
    assert counts["Nama, kontak, instansi"]["orang"] == "2"
    assert "nomor handphone" in counts["Nama, kontak, instansi"]["isian"]
    assert counts["Permintaan softcopy dan berkasnya"]["kunjungan"] == "1"
    assert counts["Pengaduan dan kontaknya"]["catatan lain"] == "0"
    listed = rows(without, "2-kunjungan.csv")
    assert [row["nomor"] for row in listed] == [str(visit.number), str(other.number)]
    everything = b"".join(without.read(name) for name in without.namelist())
    assert b"Rahmawati" not in everything
    assert b"contoh.id" not in everything.replace(b"@contoh.go.id", b"")
    assert "3-kontak.csv" not in without.namelist()
    contacts = rows(with_names, "3-kontak.csv")
    assert (contacts[0]["nomor handphone"], contacts[1]["nama"]) == ("0812 3456 7890", "'=Budi")
    assert all("Rahmawati" not in name for name in with_names.namelist())


def test_the_lines_of_the_journal_prove_themselves(services, core, clock, visit) -> None:
    made = services.breaches.note(form(clock), by=ADMIN)

    archive = opened(services, made)

    proof = json.loads(archive.read("4-jurnal-bukti.json"))
    chain = bytes.fromhex(proof["chain_before_first"])
    lines = [json.loads(line) for line in archive.read("4-jurnal.jsonl").splitlines()]
    assert lines[0]["seq"] == proof["first"]
    for line in lines:
        kept = line.pop("chain")
        text = json.dumps(line, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        chain = hashlib.sha256(chain + text.encode()).digest()
        assert chain.hex() == kept
    assert proof["first_line_that_does_not_fit"] is None
    assert proof["head_chain"] == core.journal.head().link
    actions = [line["action"] for line in lines]
    assert actions[-2:] == ["breach.noted", "breach.packed"]


def test_only_visits_of_the_period_are_concerned_where_a_screen_was_seen(
    services, clock, visit
) -> None:
    services.visits.close(visit.id, by=OFFICER)
    clock.advance(48 * HOUR_S)
    later = register_one(services, "later", name="Budi", phone="", email="")
    seen = services.breaches.note(form(clock, scope="period", kinds=["identity"]), by=ADMIN)
    stolen = services.breaches.note(form(clock, kinds=["identity"]), by=ADMIN)

    of_period, of_all = opened(services, seen), opened(services, stolen)

    assert [row["id"] for row in rows(of_period, "2-kunjungan.csv")] == [str(later.id)]
    assert len(rows(of_all, "2-kunjungan.csv")) == 2


def test_who_was_erased_since_counts_and_who_was_erased_before_does_not(
    services, clock, visit
) -> None:
    services.visits.close(visit.id, by=OFFICER)
    services.erasures.erase(visit.id, by=OFFICER)
    since = services.breaches.note(form(clock, kinds=["identity"]), by=ADMIN)
    clock.advance(48 * HOUR_S)
    before = services.breaches.note(form(clock, kinds=["identity"]), by=ADMIN)

    told = rows(opened(services, since, contacts=True), "2-kunjungan.csv")

    assert told[0]["identitas sudah dihapus"] == "ya"
    assert rows(opened(services, since, contacts=True), "3-kontak.csv") == []
    assert rows(opened(services, before), "2-kunjungan.csv") == []


def test_every_kind_of_the_register_can_be_counted(services, clock, visit) -> None:
    made = services.breaches.note(form(clock, kinds=list(CATEGORIES)), by=ADMIN)

    counts = {one.kind: one for one in Affected(made).counts()}

    assert set(counts) == set(CATEGORIES)
    assert (counts["identity"].people, counts["breach"].records) == (1, 1)


def test_the_letters_say_what_the_law_wants(services, clock, visit) -> None:
    made = services.breaches.note(form(clock), by=ADMIN)
    made = services.breaches.change(made.uuid, form(clock, done="Kata sandi diganti."), by=ADMIN)

    archive = opened(services, made)

    for name in ("6-surat-pemilik-data.txt", "7-surat-lembaga.txt"):
        letter = archive.read(name).decode()
        assert "Pasal 46" in letter
        assert "nomor handphone" in letter
        assert "Laptop cadangan hilang" in letter
        assert "Kata sandi diganti." in letter
        assert services.office.notice.contact in letter
    assert "1 orang" in archive.read("7-surat-lembaga.txt").decode()


def test_the_journal_tells_of_everything_and_repeats_no_words(services, core, clock) -> None:
    made = services.breaches.note(form(clock, happened="Kenari hilang."), by=ADMIN)
    services.breaches.change(made.uuid, form(clock, done="Kenari dicari."), by=ADMIN)
    services.breaches.told(made.uuid, "people", by=ADMIN)
    services.breaches.told(made.uuid, "people", by=ADMIN)
    opened(services, made, contacts=True)

    lines = core.journal.latest(10)

    assert [line.action for line in lines] == [
        *("breach.packed", "breach.told", "breach.changed", "breach.noted"),
    ]
    assert "kenari" not in f"{lines}".lower()
    with pytest.raises(NotFound):
        services.breach_packs.make("none", contacts=False, by=ADMIN)
    with pytest.raises(Invalid):
        services.breaches.told(made.uuid, "nobody", by=ADMIN)
