"""The register of personal data: every column and file that can tell of a person.

The record of processing, "my data", erasure and retention are held against it by tests; a new
text column must be written down here or in `impersonal` before it can be built.
"""

from dataclasses import dataclass

from appliance.errors import N_


@dataclass(frozen=True, slots=True)
class Category:
    """Data of one kind: what for and for how long, as messages.

    `goes` says whether an erasure that is asked for takes it.
    """

    title: str
    purpose: str
    kept: str
    goes: bool


CATEGORIES = {
    "identity": Category(
        N_("Nama, kontak, instansi"),
        N_("Memanggil dan melayani pengunjung"),
        N_("Sampai batas di pemberitahuan privasi, atau sampai diminta hapus"),
        goes=True,
    ),
    "words": Category(
        N_("Isian bebas tentang kunjungan"),
        N_("Melayani kunjungan dan menghitung statistik"),
        N_("Sama dengan nama dan kontak"),
        goes=True,
    ),
    "request": Category(
        N_("Permintaan softcopy dan berkasnya"),
        N_("Menjawab permintaan"),
        N_("Beberapa hari setelah dijawab, atau sampai diminta hapus"),
        goes=True,
    ),
    "mail": Category(
        N_("Kiriman email dan salinannya"),
        N_("Mengirim berkas yang diminta"),
        N_("Sampai terkirim, paling lama sepekan"),
        goes=True,
    ),
    "scan": Category(
        N_("Hasil pindai"),
        N_("Menyerahkan hasil pindai kepada pengunjung"),
        N_("Beberapa menit setelah kunjungan selesai"),
        goes=True,
    ),
    "complaint": Category(
        N_("Pengaduan dan kontaknya"),
        N_("Menjawab pengaduan; tidak terhubung dengan kunjungan"),
        N_("Kontak: sama dengan nama; isi: sampai tiketnya dilupakan"),
        goes=False,
    ),
    "receiver": Category(
        N_("Penerima barang temuan dan pemegang kunci"),
        N_("Bukti serah terima"),
        N_("Sama dengan nama dan kontak"),
        goes=False,
    ),
    "house": Category(
        N_("Catatan petugas tentang loker, kunci, dan barang"),
        N_("Menjelaskan kerja ruang baca; nama pengunjung di dalamnya ikut dihapus"),
        N_("Selama barangnya dicatat"),
        goes=False,
    ),
    "breach": Category(
        N_("Catatan insiden data"),
        N_("Memberi tahu dalam 3 × 24 jam dan mempertanggungjawabkannya"),
        N_("Selama jurnal disimpan"),
        goes=False,
    ),
    "staff": Category(
        N_("Akun dan catatan kerja petugas"),
        N_("Hak masuk dan pertanggungjawaban"),
        N_("Selama jurnal disimpan"),
        goes=False,
    ),
}

_IDENTITY = "name email phone agency_name guardian_name"
# table -> category -> columns
COLUMNS: dict[str, dict[str, str]] = {
    "guest": {"identity": _IDENTITY},
    "restricted_identity": {"identity": _IDENTITY},
    "visitor": {"identity": "card_hash"},
    "visit": {
        "words": "occupation_other agency_other purpose_other data_wanted late_note close_reason"
    },
    "privacy_request": {"words": "words answer"},
    "catalogue_question": {"words": "wanted"},
    "served_correction": {"words": "reason"},
    "reading": {"words": "missing_reason"},
    "photocopy": {"words": "lost_reason"},
    "journal_words": {"words": "words"},
    "deposit": {"words": "note"},
    "deposit_contact": {"words": "note"},
    "card_swap": {"words": "note"},
    "softcopy_request": {"request": "wanted purpose email area note reason"},
    "mail_message": {"mail": "address"},
    "complaint": {"complaint": "body contact answer earlier_answer reopen_words"},
    "complaint_note": {"complaint": "words"},
    "found_property": {"receiver": "handed_to proof note", "house": "description"},
    "key_event": {"receiver": "holder", "house": "note"},
    "locker": {"house": "condition_note"},
    "locker_move": {"words": "reason"},
    "door_command": {"house": "reason"},
    "door_alarm": {"house": "note"},
    "closing_look": {"house": "note"},
    "emergency": {"house": "reason"},
    "start_line": {"house": "note"},
    "book_copy": {"house": "note"},
    "breach": {"breach": "happened done"},
    "staff": {"staff": "username display_name password_hash pin_hash"},
    "staff_session": {"staff": "token_hash client browser"},
    "staff_badge": {"staff": "token_hash"},
    "login_failure": {"staff": "username client"},
    "hand_over": {"staff": "from_name to_name note"},
    "journal": {"staff": "actor"},
    "journal_key": {"staff": "value"},
}

# Folders below the data folder -> what their files are.
FOLDERS = {"scans": "scan", "answers": "request", "mail": "mail"}


def columns(category: str) -> tuple[tuple[str, str], ...]:
    """Table and column of everything of this category."""
    return tuple(
        (table, column)
        for table, kinds in COLUMNS.items()
        for column in kinds.get(category, "").split()
    )


def personal_of(table: str) -> frozenset[str]:
    """The columns of a table that can tell of a person."""
    return frozenset(" ".join(COLUMNS.get(table, {}).values()).split())
