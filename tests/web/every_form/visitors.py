"""The forms of whoever walks in, of kiosks, tablets and stations: fields as a person fills them in.

A field whose name ends in `*` stands for those that carry a number or a word there.
"""

from appliance.ratings.questions import Element
from appliance.ratings.skd_rules import FIELDS
from tests.entries import filled

Fields = dict[str, str | list[str]]
KEY: Fields = {"idempotency_key": "key"}
TRIP: Fields = {
    f"{name}{line}": value
    for name, value in (("title", "Pasaman Dalam Angka"), ("pages", "3"))
    for line in ("", "-2", "-3", "-4", "-5")
}
ENTRY: Fields = filled(
    guardian_name="Ibu Ani",
    guardian_relation="parent",
    guardian_consent="1",
    occupation_other="Nelayan",
    agency_other="Koperasi",
    purpose_other="Lomba",
    disability="4",
    data_wanted="Luas panen",
    heads_1_1="3",
    heads_2_7="4",
    returning="x.y",
    **KEY,
)
KNOWN: Fields = {
    "name": "Siti Rahmawati",
    "phone": "0812 3456 7890",
    "card": "",
    "last_digits": "7890",
}
NINE: Fields = dict.fromkeys(map(str, Element), "4") | {
    "comment": "Baik",
    "partly": "",
    "stars_1": "5",
    **KEY,
}
SIXTEEN: Fields = dict.fromkeys(FIELDS, "8") | {"step": "2", "go": "next", **KEY}
REQUEST: Fields = {
    "wanted": "Pasaman Dalam Angka 2024",
    "publication_id": "1",
    "purpose": "skripsi",
    "email": "siti@contoh.id",
    "level": "4",
    "year_from": "2020",
    "year_to": "2024",
    "period": "1",
    "area": "Kecamatan Bonjol",
    "source": "",
    "national": "",
    **KEY,
}
PAGE: Fields = {"page": "{page}"}
VISIT: Fields = {"visit": "{visit_id}"}

VISITORS_FORMS: dict[str, Fields] = {
    "catalogue.ask": {"wanted": "Harga beras", "q": "harga"},
    "checkout.finish": {},
    "checkout.own_locker_is_empty": {"locker": "1"},
    "checkout.stay": {},
    "complaints.make": {
        "kind": "question",
        "topic": "time",
        "body": "Antre",
        "contact": "0812",
        **KEY,
    },
    "complaints.status": {"ticket": "{ticket}"},
    "complaints.accept": {"ticket": "{ticket}"},
    "complaints.withdraw_contact": {"ticket": "{ticket}"},
    "complaints.reopen": {"ticket": "{ticket}", "words": "Belum"},
    "copies.make": {"purpose": "1", **KEY},
    "copies.verify_number": {"number": "1309-2026-7K3M9QXA"},
    "copies.verify_file": {"file": "%PDF-1.7"},
    "guardians.withdraw_own": {"reason": "Berubah pikiran", "sure": "1"},
    "guestbook.find": KNOWN,
    "guestbook.register": ENTRY,
    "handed_ratings.find": {"code": "0000-0000"},
    "handed_ratings.give": NINE,
    "handed_ratings.decline": {"reason": "hurry"},
    "handed_ratings.give_items": SIXTEEN,
    "handed_ratings.skip_items": {},
    "home.find": {"code": "{code}"},
    "lockers.open_own": {"number": "1"},
    "mail.ask": {"email": "siti@contoh.id", **KEY},
    "mail.cancel": {},
    "own_locker.seen": {"saw": "opened", "command": "x", "number": "1"},
    "photocopies.ask": TRIP | KEY,
    "photocopies.withdraw": {},
    "portal_account.say": {"state": "told"},
    "privacy.ask": {"kind": "correct", "words": "Nama saya Siti", **KEY},
    "privacy.take": {"format": "json"},
    "publication_ratings.rate": {"stars": "5", "word": "Jelas"},
    "ratings.give": NINE,
    "ratings.decline": {"reason": "hurry"},
    "ratings.give_items": SIXTEEN,
    "ratings.skip_items": {},
    "readers.choose": {"choice": "open", "read": "1"},
    "readers.take": {"read": "1"},
    "readings.note_own": {"publication_id": "1"},
    "requests.make": REQUEST,
    "requests.cancel": {},
    "requests.look_up": {"code": "{request_code}"},
    "requests.fetch": {"code": ""},
    "requests.judge": {"outcome": "yes", "quality": "9", "code": ""},
    "scans.delete": {},
    "scans.read_text": {},
    "shell.csp_report": {},
    "simulation.bank": {"deed": "drop"},
    "simulation.button": {"deed": "press"},
    "simulation.fill_room": {},
    "simulation.door": {"deed": "jam"},
    "simulation.reader": {"deed": "read", "typed": "RBP1", "code": "RBP1"},
    "station.add": VISIT | PAGE,
    "station.again": VISIT | PAGE,
    "station.another": VISIT,
    "station.bind": {"code": "{code}", "visit": ""},
    "station.cancel": VISIT | PAGE,
    "station.choose_scanner": VISIT | {"scanner": "utama"},
    "station.discard": VISIT,
    "station.finish": VISIT,
    "station.next_visitor": {},
    "station.read_text": VISIT,
    "station.resume": VISIT,
    "station.start": VISIT | {"scanner": "utama", "preset": "colour"},
    "station.step_back": VISIT,
    "station_hand_outs.ask": VISIT | {"kind": "mail", "email": "siti@contoh.id"},
    "station_pages.collate": {},
    "station_pages.cut": PAGE
    | {"cut": "yes", "left": "1", "top": "1", "right": "1", "bottom": "1"},
    "station_pages.keep": PAGE,
    "station_pages.move": PAGE | {"place": "1"},
    "station_pages.remove": PAGE,
    "station_pages.restore": PAGE,
    "station_pages.turn": PAGE | {"turned": "90"},
    "visits.cancel": {},
}
