"""Draft letters about an incident, in Indonesian, as UU 27/2022 article 46 wants them.

Paragraph 2 of it names the least that is said: which data, when and how, and what was done about
it. The office reads them, completes what stands in brackets, and signs; nothing is sent from here.
"""

import datetime as dt
from collections.abc import Sequence

from appliance.offices import Office
from appliance.privacy.affected import Touched
from appliance.privacy.breaches import Breach
from appliance.privacy.register import CATEGORIES, COLUMNS

MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus"),
    *("September", "Oktober", "November", "Desember"),
)
# What columns hold, as a person says it; any other goes by its own name.
FIELD_WORDS = {
    "name": "nama lengkap",
    "email": "alamat email",
    "phone": "nomor handphone",
    "agency_name": "nama instansi",
    "guardian_name": "nama pendamping anak",
    "card_hash": "sidik kartu pengunjung",
    "occupation_other": "pekerjaan yang ditulis sendiri",
    "agency_other": "kategori instansi yang ditulis sendiri",
    "purpose_other": "pemanfaatan yang ditulis sendiri",
    "data_wanted": "data yang dicari",
    "late_note": "catatan petugas",
    "close_reason": "catatan petugas",
    "note": "catatan petugas",
    "words": "isi permintaan atau catatan",
    "answer": "jawaban petugas",
    "wanted": "yang diminta",
    "purpose": "keperluan permintaan",
    "area": "wilayah data yang diminta",
    "reason": "alasan",
    "address": "alamat email tujuan",
    "body": "isi pengaduan",
    "contact": "kontak pengadu",
    "earlier_answer": "jawaban petugas",
    "reopen_words": "isi pengaduan",
    "handed_to": "nama penerima barang",
    "proof": "bukti penerimaan barang",
    "holder": "nama pemegang kunci",
    "username": "nama pengguna petugas",
    "display_name": "nama petugas",
    "password_hash": "sidik kata sandi petugas",
    "pin_hash": "sidik PIN petugas",
    "token_hash": "sidik tanda sesi petugas",
}

PEOPLE = """\
{office}
{address}

[tempat dan tanggal]

Perihal: Pemberitahuan kegagalan pelindungan data pribadi
Nomor insiden: {number}

Yth. Bapak/Ibu pengunjung ruang baca,

Berdasarkan Pasal 46 Undang-Undang Nomor 27 Tahun 2022 tentang Pelindungan Data Pribadi, kami
memberitahukan bahwa telah terjadi kegagalan pelindungan data pribadi di {office} yang mungkin
menyangkut data Anda.

1. Data pribadi yang terungkap
{fields}

2. Kapan dan bagaimana data terungkap
   Terjadi {began} sampai {ended} dan kami ketahui pada {noticed}.
{happened}

3. Upaya penanganan dan pemulihan
{done}

Saran kami: waspadai pesan atau panggilan yang mengatasnamakan BPS dan meminta data, kata sandi,
atau uang. Nomor kependudukan dan gambar kartu identitas tidak pernah kami simpan.

Anda berhak melihat, memperbaiki, membatasi, atau meminta hapus data Anda. Hubungi kami di
{contact}; kami menjawab paling lambat 3 x 24 jam.

Kami mohon maaf atas kejadian ini.

[nama, jabatan, dan tanda tangan]
"""

AUTHORITY = """\
{office}
{address}

[tempat dan tanggal]

Kepada Yth. Lembaga Pelindungan Data Pribadi
[nama dan alamat lembaga menurut peraturan yang berlaku]

Perihal: Pemberitahuan tertulis kegagalan pelindungan data pribadi
Dasar: Pasal 46 Undang-Undang Nomor 27 Tahun 2022
Nomor insiden: {number}

Diketahui pada {noticed}. Batas pemberitahuan 3 x 24 jam: {due}.

1. Pengendali data pribadi
   {office}, {address}. Kontak: {contact}.
   Pejabat atau petugas pelindungan data pribadi: [nama dan kontak]

2. Data pribadi yang terungkap dan jumlah orang
{counts}
   Rinciannya:
{fields}

3. Kapan dan bagaimana data terungkap
   Terjadi {began} sampai {ended}.
{happened}

4. Upaya penanganan dan pemulihan
{done}

5. Pemberitahuan kepada pemilik data
   {told}

Lampiran: jurnal peranti pada masa kejadian beserta bukti rantainya, dan daftar sesi petugas.

[nama, jabatan, dan tanda tangan]
"""


def to_people(breach: Breach, office: Office) -> str:
    """The letter to whom the data is about."""
    return PEOPLE.format(**_facts(breach, office))


def to_authority(breach: Breach, counts: Sequence[Touched], office: Office) -> str:
    """The letter to the authority, with how many people are concerned."""
    told = breach.people_told_at
    said = f"Sudah, pada {written(told, office)}." if told else "Belum; [rencana dan waktunya]."
    lines = [f"   - {CATEGORIES[one.kind].title}: {_how_many(one)}" for one in counts]
    return AUTHORITY.format(**_facts(breach, office), counts="\n".join(lines), told=said)


def written(at: dt.datetime, office: Office) -> str:
    """A moment as letters write it: `20 November 2026 pukul 09.30 WIB`."""
    local = at.astimezone(office.zone)
    date = f"{local.day} {MONTHS[local.month - 1]} {local.year}"
    return f"{date} pukul {local:%H.%M} {office.zone_name}"


def fields_of(kind: str) -> tuple[str, ...]:
    """What data of a kind is, in words, each thing once."""
    names = " ".join(kinds[kind] for kinds in COLUMNS.values() if kind in kinds).split()
    return tuple(dict.fromkeys(FIELD_WORDS.get(name, name) for name in names))


def _facts(breach: Breach, office: Office) -> dict[str, str]:
    return {
        "office": office.name,
        "address": office.address,
        "contact": office.notice.contact,
        "number": breach.number,
        "noticed": written(breach.noticed_at, office),
        "began": written(breach.began_at, office),
        "ended": written(breach.ended_at, office),
        "due": written(breach.due_at, office),
        "happened": _indented(breach.happened),
        "done": _indented(breach.done or "[apa yang dilakukan untuk menghentikan dan memulihkan]"),
        "fields": "\n".join(_line(kind) for kind in breach.kinds),
    }


def _line(kind: str) -> str:
    words = ", ".join(fields_of(kind))
    title = CATEGORIES[kind].title
    return f"   - {title}: {words}" if words else f"   - {title}"


def _how_many(one: Touched) -> str:
    people = f"{one.people} orang dalam {one.visits} kunjungan"
    return f"{people}, dan {one.records} catatan lain" if one.records else people


def _indented(text: str) -> str:
    return "\n".join(f"   {line}".rstrip() for line in text.splitlines())
